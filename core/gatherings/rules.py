"""Who has a seat, who waits, when to remind, what changed and who came. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, TypeAdapter, ValidationError

from core.chat.identity import Purpose, Role

TITLE, PLACE, WORDS, LINK = 100, 100, 900, 500
"""Characters kept; a title and a place as Discord's own events hold them
(https://docs.discord.com/developers/resources/guild-scheduled-event)."""

SEATS = 10_000
"""The most seats one may write."""

CODE_LENGTH = 5
EARLY = timedelta(minutes=15)
"""How long before the beginning somebody may say that they are there."""

FORGOTTEN = timedelta(days=7)
"""After which a draft that nobody published is forgotten."""

KNOWN = timedelta(days=180)
"""Who came within that time is told of a new event."""


class GatheringsSettings(BaseModel):
    """`[gatherings]`: who may call one, where it is shown, and how often somebody is reminded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    creators: tuple[Role, ...] = Field(
        default=(Role.BUILDER, Role.EXPERT, Role.AMBASSADOR),
        description="who may create an event; admins may whatever a community builder may",
    )
    channel: Purpose = Field(default=Purpose.RITUALS, description="where its card stands")
    lasts_minutes: int = Field(default=60, ge=5, le=1440, description="when no end is given")
    reminder_hours: tuple[int, ...] = Field(
        default=(24, 1), description="hours before the beginning, for who asked to be reminded"
    )
    redraw_seconds: int = Field(
        default=10, ge=1, le=600, description="cards show new numbers at most that often"
    )
    tell_after_minutes: int = Field(
        default=5, ge=0, le=60, description="time to correct a change before people hear of it"
    )
    attend_hours: int = Field(
        default=24, ge=1, le=168, description="after the end, to give the code that was shown"
    )

    @property
    def lasting(self) -> timedelta:
        """How long it lasts when nobody says."""
        return timedelta(minutes=self.lasts_minutes)

    @property
    def redraw_every(self) -> timedelta:
        """How long new figures wait for others."""
        return timedelta(seconds=self.redraw_seconds)

    @property
    def patience(self) -> timedelta:
        """How long a change waits for another one."""
        return timedelta(minutes=self.tell_after_minutes)


class State(StrEnum):
    """What became of an event."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    CANCELLED = "cancelled"


class Standing(StrEnum):
    """What somebody said of coming; whoever waits comes as soon as there is a seat."""

    COMING = "coming"
    WAITING = "waiting"
    MAYBE = "maybe"
    NO = "no"


class Phase(StrEnum):
    """Where an event stands in time."""

    AHEAD = "ahead"
    ON = "on"
    OVER = "over"


def phase(starts: datetime, ends: datetime, now: datetime) -> Phase:
    """Where it stands: it is on from its first moment, and over at its last."""
    if now < starts:
        return Phase.AHEAD
    return Phase.ON if now < ends else Phase.OVER


# -- seats -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody on the list: their row, what they said, and their turn to say so."""

    id: int
    standing: Standing
    turn: int


def promoted(entries: Iterable[Entry], capacity: int | None) -> tuple[int, ...]:
    """The rows of those who wait and now have a seat, first come first served.

    Whoever comes joins the waiting list and is promoted at once where there is room: one rule.
    """
    known = list(entries)
    waiting = sorted((e for e in known if e.standing is Standing.WAITING), key=lambda e: e.turn)
    seated = sum(e.standing is Standing.COMING for e in known)
    free = len(waiting) if capacity is None else max(capacity - seated, 0)
    return tuple(entry.id for entry in waiting[:free])


def place_of(entries: Iterable[Entry], row: int) -> int:
    """The place on the waiting list, from 1; 0 for who does not wait."""
    waiting = sorted((e for e in entries if e.standing is Standing.WAITING), key=lambda e: e.turn)
    return next((place for place, e in enumerate(waiting, 1) if e.id == row), 0)


def rejoins(standing: Standing | None, wanted: Standing) -> bool:
    """Whether an answer takes a new turn: who already comes or waits keeps theirs."""
    there = {Standing.COMING, Standing.WAITING}
    return wanted is Standing.COMING and standing not in there


def capacity_of(written: str) -> int | None:
    """How many seats somebody wrote, None for no limit. Raises ValueError for anything else."""
    typed = written.strip().casefold()
    if typed in {"", "0", "-", "aucune", "aucun", "illimité", "sans limite", "none", "no limit"}:
        return None
    found = re.fullmatch(r"([0-9]{1,5})( *(places?|personnes?|seats?|people))?", typed)
    if found is None or not 1 <= int(found[1]) <= SEATS:
        raise ValueError(f"not a number of seats: {written!r}")
    return int(found[1])


@dataclass(frozen=True, slots=True)
class Tally:
    """How many said what; `capacity` is None without a limit."""

    coming: int = 0
    waiting: int = 0
    maybe: int = 0
    capacity: int | None = None

    @property
    def free(self) -> int | None:
        """Seats that nobody has or waits for, None without a limit."""
        if self.capacity is None:
            return None
        return max(self.capacity - self.coming - self.waiting, 0)


def tally(standings: Iterable[Standing], capacity: int | None) -> Tally:
    """The figures a card shows."""
    said = Counter(standings)
    return Tally(said[Standing.COMING], said[Standing.WAITING], said[Standing.MAYBE], capacity)


Moments = tuple[datetime, datetime]
"""From when to when, in UTC."""

# -- moments -----------------------------------------------------------------------------------


def reminders(
    starts: datetime, hours: Sequence[int], now: datetime
) -> tuple[tuple[int, datetime], ...]:
    """When to remind of it, with how many hours before that is: only what is still to come."""
    due = ((before, starts - timedelta(hours=before)) for before in sorted(set(hours)))
    return tuple((before, at) for before, at in due if at > now)


def in_time(starts: datetime, hours: Sequence[int], before: int, now: datetime) -> bool:
    """Whether there is time for the reminder of so many hours before.

    There is none once it has begun, or when the next reminder is due as well, after a stop.
    """
    following = (starts - timedelta(hours=later) for later in hours if later < before)
    return now < min(following, default=starts)


def may_attend(starts: datetime, ends: datetime, now: datetime, hours: int) -> bool:
    """Whether the code shown at the event counts now."""
    return starts - EARLY <= now < ends + timedelta(hours=hours)


# -- what changed, and who came ----------------------------------------------------------------


class About(BaseModel):
    """What those concerned know of an event: a change to it is told."""

    model_config = ConfigDict(frozen=True)

    title: str
    starts: datetime
    ends: datetime
    place: str


class Change(StrEnum):
    """What is different; its words are `gatherings.changed_<value>`."""

    TITLE = "title"
    WHEN = "when"
    PLACE = "place"


def changes(before: About, after: About) -> tuple[Change, ...]:
    """What to tell of, nothing when all is again as it was."""
    different = {
        Change.TITLE: before.title != after.title,
        Change.WHEN: (before.starts, before.ends) != (after.starts, after.ends),
        Change.PLACE: before.place != after.place,
    }
    return tuple(change for change, is_so in different.items() if is_so)


@dataclass(frozen=True, slots=True)
class Participation:
    """How many signed up, how many of those came, and how many came without."""

    registered: int
    came: int
    besides: int

    @property
    def rate(self) -> int | None:
        """Out of a hundred who signed up, how many came; None when nobody had."""
        return round(100 * self.came / self.registered) if self.registered else None


def participation(registered: Collection[int], came: Collection[int]) -> Participation:
    """The figures of an event from who had a seat and who was there."""
    seated, there = set(registered), set(came)
    return Participation(len(seated), len(seated & there), len(there - seated))


# -- what people write -------------------------------------------------------------------------

_ADDRESS = TypeAdapter(HttpUrl)


def link_of(written: str) -> str | None:
    """A web address somebody gave (`https://` is added where it lacks), None when it is none."""
    typed = written.strip()
    if not re.match(r"(?i)https?://", typed):
        typed = f"https://{typed}"
    if re.search(r"[\s<>]", typed):
        return None
    try:
        found = _ADDRESS.validate_python(typed)
    except ValidationError:
        return None
    named = "." in (found.host or "") and not found.username
    return str(found) if named and len(str(found)) <= LINK else None


def meant(titles: Mapping[int, str], written: str) -> tuple[int, ...]:
    """The rows somebody means: by number, by title, by a part of it; the first for no word."""
    typed = folded(written).removeprefix("#")
    if not typed:
        return tuple(titles)[:1]
    if typed.isascii() and typed.isdigit() and int(typed) in titles:
        return (int(typed),)
    known = {row: folded(title) for row, title in titles.items()}
    exact = tuple(row for row, title in known.items() if title == typed)
    return exact or tuple(row for row, title in known.items() if typed in title)


def folded(written: str) -> str:
    """Without case, accents and double spaces, as people type a title again."""
    parts = unicodedata.normalize("NFKD", written.casefold())
    return " ".join("".join(c for c in parts if not unicodedata.combining(c)).split())
