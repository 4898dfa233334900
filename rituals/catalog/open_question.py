"""An open question: everybody may answer below it or with its hashtag, and is thanked."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from core.chat.identity import Workspace
from core.chat.markup import join, plain
from core.chat.messages import Message
from core.engagement import service as engagement
from core.engine.scene import Scene
from core.engine.schedule import at_local
from rituals import runner
from rituals.calendar import CLOSES, FROM, planned
from rituals.kinds import Appointment, By, Kind
from rituals.rules import RitualSettings


class OpenQuestion(RitualSettings):
    """The questions, asked one a date in this order, and again from the first."""

    kind: Literal["open_question"] = "open_question"
    questions: tuple[str, ...] = Field(
        default=(), max_length=60, description="one a date, in this order, again from the first"
    )
    closes_days: int = Field(
        default=4, ge=1, le=28, description="days after which the answers are counted"
    )

    def moments(self, day: date, opens: datetime, zone: ZoneInfo) -> Mapping[str, datetime]:
        """It closes some days later, at the hour at which it is asked."""
        return {CLOSES: at_local(day + timedelta(days=self.closes_days), self.at, zone)}

    def question(self, day: date) -> str:
        """The question of the date planned on a day; empty when there is none.

        It follows from the date alone, so that a preview shows what will be asked.
        """
        earlier = sum(1 for _ in planned(self.days, FROM, day))
        return self.questions[earlier % len(self.questions)] if self.questions else ""


async def shown(scene: Scene, found: Appointment, _home: Workspace) -> Message:
    """The question, and how to answer it."""
    settings, language = found.settings, scene.community.language
    assert isinstance(settings, OpenQuestion)  # noqa: S101  it is of this kind
    question = settings.question(found.row.date)
    asked = plain(question) if question else scene.texts.say("open_question.any", language)
    title, hashtag = settings.title, settings.hashtag
    parts = [scene.texts.say("open_question.title", language, title=title)]
    parts += [plain(settings.text)] if settings.text else []
    return Message(
        join([*parts, asked, scene.texts.say("open_question.how", language, hashtag=hashtag)])
    )


async def closes(scene: Scene, found: Appointment) -> None:
    """Thank those who answered, with how many they were; silence is not remarked upon."""
    settings = found.settings
    about = (scene.community, settings.slug, found.key)
    people = (await engagement.participation_in(*about)).people
    if people:
        said = scene.texts.say(
            "open_question.thanks", scene.community.language, count=people, title=settings.title
        )
        await runner.announce(scene, found, Message(said))


KIND = Kind(
    settings=OpenQuestion,
    shown=shown,
    steps={CLOSES: closes},
    takes_part=frozenset({By.REPLY, By.HASHTAG, By.REACTION}),
)
