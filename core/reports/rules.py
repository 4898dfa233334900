"""What a digest is made of: its week, its figures, and what may be told apart. Pure."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.arrivals.rules import Funnel
from core.chat.identity import Platform
from core.engagement.rules import Participation, name_of_week
from core.engagement.rules import week_of as bounds_of
from core.engine.schedule import Weekly
from core.onboarding.rules import Step

FEW = 5
"""Under this many people nothing is told apart and nothing is said in percent."""

WEEKS = 8
"""How many weeks the chart shows, and how far back a ritual's usual participation is sought."""

LEAD = timedelta(minutes=5)
"""How long before the digest its chart is prepared."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ReportsSettings(BaseModel):
    """When the weekly digest goes out, and to whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weekday: int = Field(
        default=0, ge=0, le=6, description="The day it goes out: monday (or 0) to sunday (or 6)."
    )
    at: time = Field(default=time(8, 30), description="The local time at which it goes out.")
    send_to: Literal["channel", "private"] = Field(
        default="channel",
        description="channel: the admins' channel; private: each admin in private as well.",
    )

    @field_validator("weekday", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if value.lower() not in DAYS:
            raise ValueError(f"{value!r} is no weekday; write one of {', '.join(DAYS)}")
        return DAYS.index(value.lower())

    @property
    def goes_out(self) -> Weekly:
        """When the digest goes out."""
        return Weekly(frozenset({self.weekday}), self.at)

    @property
    def prepares(self) -> Weekly:
        """When its chart is prepared: a little before."""
        day = date.fromisocalendar(2024, 1, self.weekday + 1)
        earlier = datetime.combine(day, self.at) - LEAD
        return Weekly(frozenset({earlier.weekday()}), earlier.time())


# -- weeks --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week, known by its Monday. Raises ValueError for another day."""

    monday: date

    def __post_init__(self) -> None:
        if self.monday.weekday() != 0:
            raise ValueError(f"a week begins on a Monday, not on {self.monday:%A}")

    @classmethod
    def of(cls, day: date) -> "Week":
        """The week that holds a local date."""
        return cls(day - timedelta(days=day.weekday()))

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    @property
    def name(self) -> str:
        """How it is written: `2026-W47`."""
        return name_of_week(self.monday)

    @property
    def number(self) -> int:
        """Its number in its year."""
        return self.monday.isocalendar().week

    def ago(self, weeks: int = 1) -> "Week":
        """The week that many weeks before."""
        return Week(self.monday - timedelta(weeks=weeks))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From Monday 00:00 local to the next one, in UTC."""
        return bounds_of(self.monday, zone)

    def holds(self, local_date: str) -> bool:
        """Whether it holds a date written `2026-11-16`."""
        return self.monday.isoformat() <= local_date <= self.sunday.isoformat()


def week_of(written: str) -> Week:
    """The ISO week written `2026-W47`, in any case, the hyphen left out or not.

    Raises ValueError, with what to write instead, for anything else.
    """
    parts = re.fullmatch(r"(20[0-9]{2})[ -]?W([0-9]{1,2})", written.strip().upper())
    if parts is None:
        raise ValueError(f"a week is written like 2026-W47, not {written.strip()!r}")
    year, number = int(parts[1]), int(parts[2])
    try:
        return Week(date.fromisocalendar(year, number, 1))
    except ValueError:
        last = date(year, 12, 28).isocalendar().week
        raise ValueError(f"{year} has the weeks 1 to {last}, not {number}") from None


# -- comparing ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A figure beside the one before it; `percent` is None where it would mean nothing."""

    difference: int
    percent: int | None


def change(now: int, before: int) -> Change:
    """How a figure moved; in percent only of five or more."""
    difference = now - before
    return Change(difference, round(100 * difference / before) if before >= FEW else None)


def usual(earlier: Sequence[int]) -> int | None:
    """What is usual after these: their median, None when there are none."""
    return int(median(earlier) + 0.5) if earlier else None


# -- by platform --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """A figure for one platform, or for several put together."""

    platforms: tuple[Platform, ...]
    count: int


People = Mapping[Platform, AbstractSet[int]]
"""Who is on each platform: ids of members; five of them are enough to know that it is no few."""


def few(people: People) -> tuple[Platform, ...]:
    """The platforms where there is somebody, but fewer than five people."""
    return tuple(p for p in Platform if 0 < len(people.get(p, ())) < FEW)


def shares(counts: Mapping[Platform, int], people: People) -> tuple[Share, ...]:
    """A figure by platform, so that no share is about fewer than five people.

    Platforms with fewer are put together, with one more when that is still too few: else what is
    left out could be had by subtraction. Empty when nothing is left to tell apart.
    """
    met = [p for p in Platform if people.get(p) or counts.get(p)]
    large = [p for p in met if len(people.get(p, ())) >= FEW]
    small = [p for p in met if p not in large]
    together = frozenset[int]().union(*(people.get(p, frozenset()) for p in small))
    if small and large and len(together) < FEW:
        small.append(large.pop())
    groups = [(p,) for p in large] + ([tuple(sorted(small))] if small else [])
    if len(groups) < 2:  # noqa: PLR2004  one share alone is the total
        return ()
    return tuple(Share(group, sum(counts.get(p, 0) for p in group)) for group in groups)


# -- the digest ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Total:
    """A figure of all platforms and, where that singles nobody out, its shares."""

    count: int
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Who arrived in the week: how many, and how many of those still here have which step next.

    The key None stands for those who have no step left.
    """

    arrived: int = 0
    stands: Mapping[Step | None, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """How many are gone again."""
        return self.arrived - sum(self.stands.values())

    @property
    def under_way(self) -> int:
        """How many are past the charter and have steps before them."""
        return sum(n for step, n in self.stands.items() if step not in {None, Step.CHARTER})


@dataclass(frozen=True, slots=True)
class Questions:
    """The week's questions; `helped` holds how many answers each person who answered gave.

    `median_minutes` is None when nothing was answered, `ninetieth_minutes` (nine answers in ten
    came sooner) with fewer than five answers. `unanswered` are titles of those waiting.
    """

    asked: int = 0
    answered: int = 0
    waiting: int = 0
    median_minutes: float | None = None
    unanswered: Sequence[str] = ()
    helped: Sequence[int] = ()
    ninetieth_minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Gathering:
    """How many people took part in a ritual; `usual` is the median of its earlier dates."""

    ritual: str
    taken_part: Total
    usual: int | None = None


NOBODY = Funnel()


@dataclass(frozen=True, slots=True)
class Digest:
    """All figures of one week; `over` is False while it still goes on.

    `series` ends with this week; a week before the community began holds None. `several` of the
    active have brought several accounts together. `few` are platforms that are never shown alone.
    `failed` messages were given up by platform, `missed` jobs were given up or too late; `away`
    is how long each time lasted in which we were stopped. `trained` is how far those who were
    imported have come, as it is now.
    """

    week: Week
    over: bool
    series: Sequence[tuple[Week, int | None]]
    several: int = 0
    newcomers: Newcomers = Newcomers()
    gate: int = 0
    trained: Funnel = NOBODY
    questions: Questions = Questions()
    gatherings: Sequence[Gathering] = ()
    messages: Total = Total(0)
    reactions: Total = Total(0)
    few: tuple[Platform, ...] = ()
    failed: Mapping[Platform, int] = field(default_factory=dict)
    missed: int = 0
    away: Sequence[timedelta] = ()

    @property
    def active(self) -> int:
        """How many people were active."""
        return self.series[-1][1] or 0

    @property
    def before(self) -> int | None:
        """How many were the week before; None when there is no whole week to compare with."""
        return self.series[-2][1] if self.over and len(self.series) > 1 else None


def gatherings(
    weeks: Sequence[tuple[Week, Sequence[Participation]]], people: People
) -> tuple[Gathering, ...]:
    """The rituals of the last of these weeks, against what is usual.

    A ritual that gathered people in both weeks before and nobody in this one is shown with nobody.
    """
    *earlier, (_, now) = weeks
    past = [_by_ritual(found) for _, found in earlier]
    here = _by_ritual(now)
    missing = set.intersection(*(set(found) for found in past[-2:])) if len(past) > 1 else set()
    made = []
    for ritual in sorted(here.keys() | missing):
        by = here.get(ritual, {})
        before = [sum(found[ritual].values()) for found in past if ritual in found]
        total = Total(sum(by.values()), shares(by, people))
        made.append(Gathering(ritual, total, usual(before)))
    return tuple(made)


def dated_in(week: Week, found: Sequence[Participation]) -> tuple[Participation, ...]:
    """Only the dates of that week: late echoes of earlier ones are not counted again."""
    return tuple(p for p in found if week.holds(p.occurrence))


def _by_ritual(found: Sequence[Participation]) -> dict[str, dict[Platform, int]]:
    by: dict[str, dict[Platform, int]] = {}
    for one in found:
        counted = by.setdefault(one.ritual, {})
        for platform, people in one.by.items():
            counted[platform] = counted.get(platform, 0) + people
    return by
