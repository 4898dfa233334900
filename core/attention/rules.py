"""When somebody may be asked something: one budget a person, quiet hours, leave. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.engine.schedule import WakingHours, at_local

WEEK = timedelta(days=7)
NOTHING = timedelta()

MOST = 5
"""Solicitations a week that anybody may choose: more than one a working day is no choice."""

PATIENCE = timedelta(days=14)
"""How long something waits for its moment when its room says nothing."""

NIGHT = time(3, 40)
"""When what is of no more use is tidied away, local time."""

EVENING = timedelta(hours=3)
"""How long before the end of their day somebody who is called to questions is asked what matters
little: the day is left for a call, which cannot wait."""


class AttentionSettings(BaseModel):
    """`[attention]`: what everybody has who chose nothing; hours are in the community's time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_week: int = Field(default=3, ge=0, le=MOST)
    start: time = time(8)
    end: time = time(20)

    @model_validator(mode="after")
    def _possible(self) -> "AttentionSettings":
        if not self.start < self.end:
            raise ValueError("start must be earlier than end, on the same day")
        return self

    @property
    def hours(self) -> WakingHours:
        """As the schedule reckons with them."""
        return WakingHours(self.start, self.end)


class Priority(IntEnum):
    """What goes first when there is room for one thing only."""

    LOW = 0
    NORMAL = 1
    HIGH = 2


class Fate(StrEnum):
    """What becomes of a wish at this moment."""

    SEND = "send"
    WAIT = "wait"
    DROP = "drop"


class Reason(StrEnum):
    """Why: there is room, what is in the way, or what it came to."""

    ROOM = "room"
    LATER = "later"
    AWAY = "away"
    BUDGET = "budget"
    TODAY = "today"
    QUIET = "quiet"
    EVENING = "evening"
    REFUSED = "refused"
    EXPIRED = "expired"
    NONE = "none"
    SETTLED = "settled"
    REPLACED = "replaced"
    PASSED = "passed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody chose and was sent: `sent` are the nudges (by id) and when, aware.

    They are away before `away_until`, and `refused` are the kinds they want no more of. `called`:
    they were named in public these seven days, as may happen again.
    """

    per_week: int
    hours: WakingHours
    zone: ZoneInfo
    away_until: datetime | None = None
    refused: AbstractSet[str] = frozenset()
    sent: Mapping[int, datetime] = field(default_factory=dict)
    called: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something we would like of somebody: not before `since`, and of no use from `until` on."""

    id: int
    kind: str
    priority: Priority
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a wish, why, and when it is looked at again if it waits."""

    fate: Fate
    reason: Reason
    at: datetime


def decide(person: Person, wishes: Iterable[Waiting], now: datetime) -> dict[int, Decision]:
    """What becomes of each wish now; at most one is sent, the one that matters most.

    What cannot be sent before its `until`, even if it were alone, is dropped at once, so that
    its room may turn to somebody else. What only waits behind others keeps its chance.
    """
    decided: dict[int, Decision] = {}
    taken = dict(person.sent)
    for wish in sorted(wishes, key=lambda w: (-w.priority, w.until, w.id)):
        decided[wish.id] = found = _decide(person, wish, taken, now)
        if wish.since <= now and found.fate is not Fate.DROP:
            taken[wish.id] = found.at
    return decided


def _decide(
    person: Person, wish: Waiting, taken: Mapping[int, datetime], now: datetime
) -> Decision:
    if wish.kind in person.refused:
        return Decision(Fate.DROP, Reason.REFUSED, now)
    if wish.until <= now:
        return Decision(Fate.DROP, Reason.EXPIRED, now)
    if person.per_week == 0:
        return Decision(Fate.DROP, Reason.NONE, now)
    start = max(now, wish.since)
    alone, why = opening(person, _others(person.sent, wish), start)
    if alone >= wish.until:
        return Decision(Fate.DROP, Reason.LATER if why is Reason.ROOM else why, now)
    late = _in_the_evening(person, wish, start)
    at, why = opening(late or person, _others(taken, wish), start)
    if at <= now:
        return Decision(Fate.SEND, Reason.ROOM, now)
    if late and why is Reason.QUIET:
        why = Reason.EVENING
    return Decision(Fate.WAIT, Reason.LATER if start > now else why, min(at, wish.until))


def _in_the_evening(person: Person, wish: Waiting, start: datetime) -> Person | None:
    """Somebody with the end of their day only, where a wish waits for it; None where it does not.

    What would come too late then does not wait.
    """
    if not person.called or wish.priority is not Priority.LOW:
        return None
    first = _minutes(person.hours.end) - EVENING // timedelta(minutes=1)
    hour, minute = divmod(max(first, _minutes(person.hours.start)), 60)
    late = replace(person, hours=replace(person.hours, start=time(hour, minute)))
    at, _ = opening(late, _others(person.sent, wish), start)
    return late if at < wish.until else None


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _others(taken: Mapping[int, datetime], wish: Waiting) -> list[datetime]:
    """Whoever asks to see something again later is not charged twice for it."""
    return sorted(at for nudge, at in taken.items() if nudge != wish.id)


def opening(person: Person, sent: Sequence[datetime], start: datetime) -> tuple[datetime, Reason]:
    """The first moment from `start` on when they may be asked, and what was in the way first.

    `sent` in order. The person's budget must not be zero.
    """
    at, reason = start, Reason.ROOM
    while blocked := _blocked(person, sent, at):
        at, why = blocked
        reason = why if reason is Reason.ROOM else reason
    return at, reason


def _blocked(
    person: Person, sent: Sequence[datetime], at: datetime
) -> tuple[datetime, Reason] | None:
    """Until when they may not be asked, and why; None when they may."""
    if person.away_until is not None and at < person.away_until:
        return person.away_until, Reason.AWAY
    lately = [moment for moment in sent if at - WEEK < moment <= at]
    if len(lately) >= person.per_week:
        return lately[-person.per_week] + WEEK, Reason.BUDGET
    day = at.astimezone(person.zone).date()
    if day in {moment.astimezone(person.zone).date() for moment in sent}:
        return at_local(day + timedelta(days=1), time(), person.zone), Reason.TODAY
    awake = person.hours.add(at, NOTHING, person.zone)
    return (awake, Reason.QUIET) if awake > at else None


def now_or_never(person: Person, kind: str, now: datetime) -> Reason:
    """ROOM when they may be asked at this very moment, else what is in the way."""
    if kind in person.refused:
        return Reason.REFUSED
    if person.per_week == 0:
        return Reason.NONE
    return opening(person, sorted(person.sent.values()), now)[1]


def disturbs(person: Person, now: datetime) -> Reason | None:
    """Why nothing at all should reach them now: on leave, or asleep; None when it may."""
    blocked = _blocked(_without_budget(person), (), now)
    return blocked[1] if blocked else None


def welcome(person: Person, now: datetime) -> datetime:
    """When something that costs no budget and may wait reaches them best."""
    return opening(_without_budget(person), (), now)[0]


def _without_budget(person: Person) -> Person:
    return Person(1, person.hours, person.zone, person.away_until)


def hours_between(start: int, end: int) -> WakingHours:
    """From one whole hour to another of the same day. Raises ValueError when it ends first."""
    return WakingHours(time(start), time(end))


def tomorrow(person: Person, now: datetime) -> datetime:
    """When somebody who said «later» is asked again: when they wake on the next day."""
    day = now.astimezone(person.zone).date() + timedelta(days=1)
    return person.hours.add(at_local(day, time(), person.zone), NOTHING, person.zone)


def leave_until(days: int, now: datetime, zone: ZoneInfo) -> datetime:
    """When a leave of so many days, today the first, is over: the morning after."""
    return at_local(last_day(days, now, zone) + timedelta(days=1), time(), zone)


def last_day(days: int, now: datetime, zone: ZoneInfo) -> date:
    """The last day of a leave that begins today."""
    return now.astimezone(zone).date() + timedelta(days=days - 1)
