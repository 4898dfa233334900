"""A challenge over some weeks: people join, say each week how far they are, and are thanked."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from core.chat.actions import Action, row_named
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed
from core.chat.identity import Workspace
from core.chat.markup import join, plain
from core.chat.messages import Button, Message, Style
from core.engine.errors import Refused
from core.engine.routes import Routes
from core.engine.scene import Dialogue, Scene, Speaker
from core.engine.schedule import at_local
from rituals import attendance, contributions, dates, participation, runner
from rituals.calendar import CLOSES
from rituals.contributions import Given
from rituals.kinds import Appointment, By, Kind
from rituals.models import Contribution, ContributionState, Presence
from rituals.rules import RitualSettings

routes = Routes("challenge")
MOST = 8
"""Weeks it may last: a date is followed for two months."""
WEEKS = {f"week_{number}": number for number in range(1, MOST)}
FAR = (25, 50, 75, 100)
"""How far somebody may say they are, in percent."""


class Challenge(RitualSettings):
    """How many weeks it lasts; its text says what is to be done."""

    kind: Literal["challenge"] = "challenge"
    weeks: int = Field(default=4, ge=2, le=MOST, description="how long it lasts")

    def moments(self, day: date, opens: datetime, zone: ZoneInfo) -> Mapping[str, datetime]:
        """Every week at its hour people say how far they are, after the last one it is over."""
        after = {week: number for week, number in WEEKS.items() if number < self.weeks}
        return {
            step: at_local(day + timedelta(weeks=number), self.at, zone)
            for step, number in {**after, CLOSES: self.weeks}.items()
        }


def summed_up(far: Iterable[int]) -> tuple[int, int]:
    """How far people are on average (percent), and how many are through.

    >>> summed_up([100, 50, 0])
    (50, 1)
    """
    known = list(far)
    return (sum(known) // len(known) if known else 0, known.count(100))


# -- where it stands ---------------------------------------------------------------------------


async def _far(found: Appointment) -> dict[int, int]:
    """How far each of those who joined is, in percent."""
    far = dict.fromkeys(await attendance.expected(found.row), 0)
    for row in await contributions.given_for(found, ContributionState.CONSENTED):
        if row.member_id in far:
            far[row.member_id] = int(row.answers["percent"])
    return far


async def shown(scene: Scene, found: Appointment, _home: Workspace) -> Message:
    """What is to be done, for how long, and how to join."""
    settings, language = found.settings, scene.community.language
    parts = [
        scene.texts.say("challenge.title", language, title=settings.title),
        *([plain(settings.text)] if settings.text else []),
        scene.texts.say("challenge.how", language, until=scene.local(found.steps[CLOSES]).date()),
    ]
    return Message(join(parts), (_join(scene, found, language),))


def _join(scene: Scene, found: Appointment, language: str) -> Button:
    label = scene.texts.label("challenge.join", language)
    return Button(label, Action("challenge.join", str(found.row.id)), Style.PRIMARY)


def _leave(scene: Scene, found: Appointment, language: str) -> Button:
    label = scene.texts.label("challenge.leave", language)
    return Button(label, Action("challenge.leave", str(found.row.id)))


# -- its steps ---------------------------------------------------------------------------------


async def weekly(scene: Scene, found: Appointment) -> None:
    """Show where it stands, and ask those who joined how far they are, as they wished."""
    far, language = await _far(found), scene.community.language
    if not far:
        return
    average, through = summed_up(far.values())
    said = scene.texts.say(
        "challenge.week",
        language,
        count=len(far),
        title=found.settings.title,
        average=average,
        through=through,
    )
    await runner.announce(scene, found, Message(said, (_join(scene, found, language),)))

    def say(to: Speaker) -> Message:
        asked = scene.texts.say("challenge.how_far", to.language, title=found.settings.title)
        buttons = tuple(
            Button(f"{percent} %", Action("challenge.progress", f"{found.row.id}:{percent}"))
            for percent in FAR
        )
        return Message(asked, (*buttons, _leave(scene, found, to.language)))

    await attendance.tell(
        scene,
        found,
        say,
        guard=lambda member: Action("challenge.joined", f"{found.row.id}:{member}"),
    )


async def closes(scene: Scene, found: Appointment) -> None:
    """Thank those who joined, with how many went to the end; silence is not remarked upon."""
    far = await _far(found)
    if far:
        _, through = summed_up(far.values())
        language, title = scene.community.language, found.settings.title
        said = scene.texts.say(
            "challenge.thanks", language, count=len(far), title=title, through=through
        )
        await runner.announce(scene, found, Message(said))


# -- its buttons -------------------------------------------------------------------------------


@routes.guard("challenge.joined")
async def joined(scene: Scene, argument: str) -> bool:
    """Whether somebody is still in (`<occurrence>:<member>`) and is not through."""
    occurrence, _, member = argument.partition(":")
    found = await dates.reread(scene, row_named(occurrence))
    return found is not None and (await _far(found)).get(row_named(member), 100) < 100  # noqa: PLR2004


@routes.button("challenge.join")
async def join_in(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Somebody takes it up."""
    found = await dates.under_way(dialogue, event.action.argument, Challenge)
    await attendance.says(dialogue, found, coming=True)
    who = dialogue.who
    await participation.took_part(dialogue, found, who.member, who.account.platform, "joined")
    leave = _leave(dialogue, found, who.language)
    return dialogue.reply("challenge.joined", leave, title=found.settings.title)


@routes.button("challenge.leave")
async def leave(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Somebody gives it up, without a reason."""
    found = await dates.under_way(dialogue, event.action.argument, Challenge)
    await attendance.says(dialogue, found, coming=False)
    return dialogue.reply("challenge.left", _join(dialogue, found, dialogue.who.language))


@routes.button("challenge.progress")
async def progress(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Somebody says how far they are (`<occurrence>:<percent>`)."""
    occurrence, _, said = event.action.argument.partition(":")
    found = await dates.under_way(dialogue, occurrence, Challenge)
    percent, member = row_named(said), dialogue.who.member
    if percent not in FAR or not await _is_in(found, member):
        raise Refused("challenge.not_in", title=found.settings.title)
    given, state = Given(answers={"percent": str(percent)}), ContributionState.CONSENTED
    row = await Contribution.filter(occurrence=found.row, member_id=member).first()
    if row is None:
        await contributions.give(dialogue, found.ritual, member, given, state, found=found)
    else:
        await contributions.correct(dialogue, row, given, state)
    on = dialogue.who.account.platform
    await participation.took_part(dialogue, found, member, on, f"far:{percent}")
    key = "challenge.through" if percent == FAR[-1] else "challenge.noted"
    return dialogue.reply(key, title=found.settings.title)


async def _is_in(found: Appointment, member: int) -> bool:
    return await Presence.exists(occurrence=found.row, member_id=member, coming=True)


KIND = Kind(
    settings=Challenge,
    shown=shown,
    steps={**dict.fromkeys(WEEKS, weekly), CLOSES: closes},
    takes_part=frozenset({By.REPLY, By.HASHTAG}),
    routes=routes,
)
