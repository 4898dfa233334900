"""A meeting: announced, recalled to those who come, opened with a question, and who was there."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from core.chat.actions import Action, Link, row_named
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed
from core.chat.identity import Workspace
from core.chat.markup import join, plain
from core.chat.messages import Button, Message, Style, Text
from core.engine.errors import Refused
from core.engine.routes import Routes
from core.engine.scene import Dialogue, Scene, Speaker
from rituals import attendance, dates, runner
from rituals.calendar import ANNOUNCES, CLOSES, FROM, Stand, planned
from rituals.kinds import Appointment, Kind
from rituals.models import OccurrenceState, Presence
from rituals.rules import RitualSettings, address

routes = Routes("meeting")
REMINDS = "reminds"


class Meeting(RitualSettings):
    """Where it takes place, how long it lasts, and how people come into conversation."""

    kind: Literal["meeting"] = "meeting"
    link: str = Field(default="", max_length=290, description="the address of the video room")
    where: str = Field(default="", max_length=120, description="the place, where it has no link")
    duration_minutes: int = Field(default=30, ge=10, le=600)
    announce_hours: int = Field(default=24, ge=1, le=14 * 24, description="before it begins")
    remind_minutes: int = Field(default=15, ge=5, le=24 * 60, description="before it begins")
    icebreakers: tuple[str, ...] = Field(
        default=(), max_length=60, description="a question to begin with, one a date in this order"
    )

    @field_validator("link")
    @classmethod
    def _an_address(cls, value: str) -> str:
        found = address(value) if value else ""
        if found is None:
            raise ValueError(f"{value!r} is no web address; write it like https://exemple.fr/salle")
        return found

    @property
    def lasts(self) -> timedelta:
        """How long people are together."""
        return timedelta(minutes=self.duration_minutes)

    def moments(self, day: date, opens: datetime, zone: ZoneInfo) -> Mapping[str, datetime]:
        """Announced hours before, recalled minutes before, over after its duration."""
        return {
            ANNOUNCES: opens - timedelta(hours=self.announce_hours),
            REMINDS: opens - timedelta(minutes=self.remind_minutes),
            CLOSES: opens + timedelta(minutes=self.duration_minutes),
        }

    def icebreaker(self, day: date) -> str:
        """The question of the date planned on a day; empty when there is none."""
        earlier = sum(1 for _ in planned(self.days, FROM, day))
        return self.icebreakers[earlier % len(self.icebreakers)] if self.icebreakers else ""


def set_by(found: Appointment) -> Meeting:
    """The settings of a meeting."""
    assert isinstance(found.settings, Meeting)  # noqa: S101  it is of this kind
    return found.settings


# -- what is published -------------------------------------------------------------------------


def told(scene: Scene, found: Appointment, key: str, language: str) -> Text:
    """A text about the date: what it is called, when it is, how long it lasts."""
    settings = set_by(found)
    return scene.texts.say(
        key,
        language,
        title=settings.title,
        hashtag=settings.hashtag,
        at=scene.local(found.steps.opens),
        minutes=settings.duration_minutes,
    )


def where(found: Appointment) -> list[Text]:
    """The place, where it has one."""
    place = set_by(found).where
    return [plain(place)] if place else []


def door(scene: Scene, found: Appointment, language: str) -> tuple[Button, ...]:
    """The way in, where it has a video room."""
    link = set_by(found).link
    return (Button(scene.texts.label("meeting.enter", language), Link(link)),) if link else ()


async def announced(scene: Scene, found: Appointment, _home: Workspace) -> Message:
    """When and where it is, and who comes may say so."""
    language, settings = scene.community.language, set_by(found)
    parts = [told(scene, found, "meeting.announced", language), *where(found)]
    parts += [plain(settings.text)] if settings.text else []
    come = Action("meeting.come", str(found.row.id))
    label = scene.texts.label("meeting.come", language)
    return Message(join(parts), (Button(label, come, Style.PRIMARY),))


async def shown(scene: Scene, found: Appointment, _home: Workspace) -> Message:
    """It begins: the way in, a question to begin with, and who is there says so."""
    language = scene.community.language
    question = set_by(found).icebreaker(found.row.date)
    asked = plain(question) if question else scene.texts.say("meeting.icebreaker", language)
    begins = told(scene, found, "meeting.begins", language)
    there = Action("meeting.there", str(found.row.id))
    label = scene.texts.label("meeting.there", language)
    buttons = (*door(scene, found, language), Button(label, there, Style.PRIMARY))
    return Message(join([begins, *where(found), asked]), buttons)


# -- its steps ---------------------------------------------------------------------------------


def _still_expected(found: Appointment) -> Callable[[int], Action]:
    return lambda member: Action("meeting.expected", f"{found.row.id}:{member}")


async def reminds(scene: Scene, found: Appointment) -> None:
    """Those who said they come are told that it is soon."""

    def say(to: Speaker) -> Message:
        leave = Action("meeting.leave", str(found.row.id))
        button = Button(scene.texts.label("meeting.leave", to.language), leave)
        parts = [told(scene, found, "meeting.soon", to.language), *where(found)]
        return Message(join(parts), (*door(scene, found, to.language), button))

    await attendance.tell(scene, found, say, guard=_still_expected(found))


async def closes(scene: Scene, found: Appointment) -> None:
    """Thank those who were there, with how many they were; an empty room is not remarked upon."""
    people = await attendance.came(found)
    if people:
        language, title = scene.community.language, found.settings.title
        said = scene.texts.say("meeting.thanks", language, count=people, title=title)
        await runner.announce(scene, found, Message(said))


async def cancelled(scene: Scene, found: Appointment, following: Appointment) -> None:
    """It does not take place: those who would come are told, and when the next one is."""

    def say(to: Speaker) -> Message:
        at, next_one = scene.local(found.steps.opens), scene.local(following.steps.opens)
        title = found.settings.title
        said = scene.texts.say("meeting.cancelled", to.language, title=title, at=at, next=next_one)
        return Message(said)

    await attendance.tell(scene, found, say)


async def moved(scene: Scene, found: Appointment) -> None:
    """It takes place at another moment: those who come are told, once."""

    def say(to: Speaker) -> Message:
        leave = Action("meeting.leave", str(found.row.id))
        button = Button(scene.texts.label("meeting.leave", to.language), leave)
        return Message(told(scene, found, "meeting.moved", to.language), (button,))

    await attendance.tell(scene, found, say, guard=_still_expected(found))


# -- its buttons -------------------------------------------------------------------------------


@routes.guard("meeting.expected")
async def expected(scene: Scene, argument: str) -> bool:
    """Whether somebody still comes to a date that is still to take place."""
    date_id, _, member = argument.partition(":")
    rows = Presence.filter(
        occurrence_id=row_named(date_id),
        occurrence__ritual__community=scene.community,
        member_id=row_named(member),
        coming=True,
    )
    over = (OccurrenceState.SKIPPED, OccurrenceState.CLOSED)
    return await rows.exclude(occurrence__state__in=over).exists()


async def _open_one(dialogue: Dialogue, event: ButtonPressed) -> Appointment:
    """The meeting of a button. Raises Refused when it is over, or will not take place."""
    found = await dates.named(dialogue, event.action.argument)
    over = (OccurrenceState.SKIPPED, OccurrenceState.CLOSED)
    if found.row.state in over or not isinstance(found.settings, Meeting):
        raise Refused("rituals.over", day=found.steps.day)
    return found


@routes.button("meeting.come")
async def come(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Somebody comes: they will be told shortly before."""
    found = await _open_one(dialogue, event)
    await attendance.says(dialogue, found, coming=True)
    leave = dialogue.button("meeting.leave", Action("meeting.leave", str(found.row.id)))
    if found.stand is Stand.OPENED:
        way_in = door(dialogue, found, dialogue.who.language)
        return dialogue.reply("meeting.coming_now", *way_in, title=found.settings.title)
    at, minutes = dialogue.local(found.steps.opens), set_by(found).remind_minutes
    return dialogue.reply("meeting.coming", leave, at=at, minutes=minutes)


@routes.button("meeting.leave")
async def leave(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Somebody does not come after all."""
    found = await _open_one(dialogue, event)
    await attendance.says(dialogue, found, coming=False)
    come = dialogue.button("meeting.come", Action("meeting.come", str(found.row.id)))
    return dialogue.reply("meeting.not_coming", come, edits=True)


@routes.button("meeting.there")
async def there(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Somebody is there, while it is open."""
    found = await _open_one(dialogue, event)
    if found.stand is not Stand.OPENED:
        raise Refused("meeting.not_begun", at=dialogue.local(found.steps.opens))
    first = await attendance.is_there(dialogue, found)
    key = "meeting.welcome" if first else "meeting.welcome_again"
    return dialogue.reply(key, title=found.settings.title)


KIND = Kind(
    settings=Meeting,
    shown=shown,
    announces=announced,
    steps={REMINDS: reminds, CLOSES: closes},
    takes_part=frozenset(),
    skipped=cancelled,
    moved=moved,
    routes=routes,
)
