"""A poll: the platform's own where it has one, each person counted once over all of them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from core.chat.actions import Action
from core.chat.identity import Purpose, Workspace
from core.chat.markup import join, plain
from core.chat.messages import CHOICE, CHOICES, QUESTION, Message
from core.chat.messages import Poll as Ballot
from core.engine.routes import Routes
from core.engine.scene import Scene
from core.engine.schedule import at_local
from core.members import service as members
from core.polls import pages
from core.polls import service as polls
from rituals import dates, participation, runner
from rituals.calendar import CLOSES, FROM, planned
from rituals.kinds import Appointment, Kind
from rituals.models import OccurrenceState
from rituals.rules import RitualSettings

routes = Routes("poll")
Choice = Annotated[str, Field(min_length=1, max_length=CHOICE)]


class Asked(BaseModel):
    """One question, and the answers it offers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str = Field(min_length=1, max_length=QUESTION)
    choices: tuple[Choice, ...] = Field(min_length=2, max_length=CHOICES)
    several: bool = Field(default=False, description="several answers may be chosen")


class Poll(RitualSettings):
    """The questions, asked one a date in this order, and again from the first."""

    kind: Literal["poll"] = "poll"
    polls: tuple[Asked, ...] = Field(
        min_length=1, max_length=60, description="one a date, in this order, again from the first"
    )
    closes_days: int = Field(default=3, ge=1, le=7, description="days after which it is counted")

    def moments(self, day: date, opens: datetime, zone: ZoneInfo) -> Mapping[str, datetime]:
        """It closes some days later, at the hour at which it is asked."""
        return {CLOSES: at_local(day + timedelta(days=self.closes_days), self.at, zone)}

    def asked(self, day: date) -> Asked:
        """What is asked at the date planned on a day: it follows from the date alone."""
        earlier = sum(1 for _ in planned(self.days, FROM, day))
        return self.polls[earlier % len(self.polls)]


def _key(found: Appointment) -> str:
    return f"ritual-{found.row.id}"


async def shown(scene: Scene, found: Appointment, _home: Workspace) -> Message:
    """The question and its answers, and until when they are counted."""
    settings, language = found.settings, scene.community.language
    assert isinstance(settings, Poll)  # noqa: S101  it is of this kind
    asked, closes = settings.asked(found.row.date), found.steps[CLOSES]
    parts = [
        scene.texts.say("poll.title", language, title=settings.title),
        *([plain(settings.text)] if settings.text else []),
        scene.texts.say("poll.until", language, closes=scene.local(closes)),
    ]
    ballot = Ballot(_key(found), asked.question, asked.choices, closes, several=asked.several)
    return Message(join(parts), poll=ballot)


async def opens(scene: Scene, found: Appointment) -> OccurrenceState:
    """Ask it everywhere, once."""
    message = await shown(scene, found, scene.workspaces[0])
    then = Action("poll.counted", str(found.row.id))
    await polls.open_poll(scene, message, scene.places(Purpose.RITUALS), then=then)
    return OccurrenceState.OPEN


async def closes(scene: Scene, found: Appointment) -> None:
    """What comes of it is said once the poll itself is closed."""
    await polls.close(scene, _key(found))


@routes.job("poll.counted")
async def counted(scene: Scene, key: str) -> None:
    """Say what came of it and thank those who voted; silence is not remarked upon."""
    found = await dates.reread(scene, int(key))
    result = await polls.result(scene, _key(found)) if found else None
    if found is None or result is None or not result.voters:
        return
    for member in result.votes:
        voter = await members.reach(scene, member)
        if voter is not None:
            on = voter.account.platform
            await participation.took_part(scene, found, member, on, "voted")
    language = scene.community.language
    said = pages.result(scene.texts, language, result)
    thanks = scene.texts.say("poll.thanks", language, title=found.settings.title)
    await runner.announce(scene, found, Message(join([said, thanks])))


KIND = Kind(
    settings=Poll,
    shown=shown,
    opens=opens,
    steps={CLOSES: closes},
    takes_part=frozenset(),
    routes=routes,
)
