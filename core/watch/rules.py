"""What is worth telling whom: absences, incidents, and where a message comes from."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.chat.identity import Place, Platform

AWAY = timedelta(minutes=10)
"""A silence shorter than this is a restart, and nobody's concern."""

LONG = timedelta(hours=1)
"""An absence people noticed, even when nothing was skipped."""

KEPT = timedelta(hours=24)
"""How long a platform without a history keeps what happened
(https://core.telegram.org/bots/api#getting-updates)."""

LATE = timedelta(minutes=10)
"""Owed for longer than this, somebody should know."""

NOTICE_EVERY = timedelta(hours=1)
"""At most one message in that time about what could not be delivered, or one list of doubts."""

STALE = timedelta(days=2)
"""What failed before that is history: it is in the weekly digest."""

ONE_BY_ONE = 5
"""So many doubtful messages are shown each with its buttons; more are shown as a list."""

SHOWN = 10
"""Lines of a list of deliveries."""

WATCH = "watch"
"""The cause of what the watch itself owes: it does not report about itself."""

ROOMS = frozenset({"charter", "members", "onboarding", "questions", "reports", "rituals"})
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Pulse:
    """Whether a platform is connected, since when, and in one English line why not."""

    platform: Platform
    up: bool
    since: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pulses:
    """What this process knows of the platforms it is connected to, kept up to date by the suite."""

    by: dict[Platform, Pulse] = field(default_factory=dict)

    def down(self) -> frozenset[Platform]:
        """The platforms known not to be connected."""
        return frozenset(pulse.platform for pulse in self.by.values() if not pulse.up)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a platform's outbox holds; `oldest` is the age in seconds of what waits longest."""

    platform: Platform
    waiting: int = 0
    oldest: float = 0.0
    parked: int = 0
    doubtful: int = 0
    failed: int = 0


def absent(last: datetime | None, now: datetime) -> bool:
    """Whether we come back from an absence; who starts for the first time was never away."""
    return last is not None and now - last >= AWAY


@dataclass(frozen=True, slots=True)
class Away:
    """An absence as it is told: what was skipped by name and by number, what was read again.

    `skipped` and `recovered` count by room and by platform.
    """

    start: datetime
    end: datetime
    dates: Sequence[tuple[str, datetime]] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    recovered: Mapping[Platform, int] = field(default_factory=dict)
    forgetful: Collection[Platform] = ()

    @property
    def forgotten(self) -> tuple[Platform, ...]:
        """The platforms on which more happened than they kept for us."""
        return tuple(sorted(self.forgetful)) if self.end - self.start > KEPT else ()

    @property
    def worth_telling(self) -> bool:
        """Whether people should know: something is lost, or it was long."""
        lost = self.dates or self.skipped or self.forgotten
        return bool(lost) or self.end - self.start >= LONG


class Step(StrEnum):
    """What becomes of an incident at one look."""

    NOTE = "note"
    TELL = "tell"
    END = "end"
    FORGET = "forget"


def course(told: Mapping[Platform, bool], late: Collection[Platform]) -> dict[Platform, Step]:
    """What to do about each platform: `told` are the open incidents, and whether people know.

    Told once, at the second look at which something is late, and again when it is over; what is
    late at one look only is forgotten (a clock that leapt, a delivery just about to begin).
    """
    steps = {p: Step.NOTE for p in late if p not in told}
    steps |= {p: Step.TELL for p, known in told.items() if p in late and not known}
    steps |= {p: Step.END if known else Step.FORGET for p, known in told.items() if p not in late}
    return steps


def listeners(
    places: Collection[Place], late: Collection[Platform], down: Collection[Platform]
) -> tuple[Place, ...]:
    """Where an alert is heard: the platforms that work; none when none does."""
    return tuple(p for p in places if p.platform not in late and p.platform not in down)


def room_of(cause: str, *names: str) -> str:
    """The room a message or a job comes from, by what it names itself or by its cause."""
    for name in (*names, cause.removeprefix("job:")):
        room = name.partition(".")[0]
        if "." in name and room in ROOMS:
            return room
    return OTHER


class Why(StrEnum):
    """Why something was given up, as far as it changes what to do."""

    TIME = "time"
    DAMAGED = "damaged"
    REFUSED = "refused"


def why(problem: str) -> Why:
    """Which of them a row's problem is."""
    if problem.startswith("given up"):
        return Why.TIME
    return Why.DAMAGED if problem == "unreadable" else Why.REFUSED


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was given up lately: messages by platform and reason, work by room, dates by name."""

    messages: Mapping[tuple[Platform, Why], int] = field(default_factory=dict)
    reasons: Mapping[tuple[Platform, Why], str] = field(default_factory=dict)
    work: Mapping[str, int] = field(default_factory=dict)
    dates: Sequence[tuple[str, datetime]] = ()

    @classmethod
    def of(
        cls,
        messages: Sequence[tuple[Platform, Why, str]],
        work: Sequence[str],
        dates: Sequence[tuple[str, datetime]],
    ) -> "Trouble":
        """Put together what is alike; the platform's own words are the commonest ones."""
        counted = Counter((platform, reason) for platform, reason, _ in messages)
        said = {
            key: Counter(p for *about, p in messages if tuple(about) == key).most_common(1)[0][0]
            for key in counted
        }
        return cls(counted, said, Counter(work), tuple(dates))

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.messages or self.work or self.dates)
