"""On which days a ritual falls: its rule, public and school holidays, and pauses. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from functools import lru_cache
from typing import Literal

from dateutil.rrule import DAILY, rrule, rrulestr
from holidays import HolidayBase, country_holidays
from pydantic import BaseModel, ConfigDict, Field, model_validator
from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
Which = Literal["first", "second", "third", "fourth", "last"]
PLACES: dict[Which, int] = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
OnHoliday = Literal["keep", "skip", "next", "previous"]
Zone = Literal["A", "B", "C"]

FROM = date(2024, 1, 1)
"""A Monday: from here the weeks of a rule like "every second week" are counted."""
HORIZON = timedelta(days=3 * 366)
"""How far ahead a date is looked for."""
NEAR = timedelta(days=10)
"""Further than that a holiday moves no date."""
SATURDAY = 5


Days = rrule
"""The days of a rule."""


class Pause(BaseModel):
    """`[[rituals.pauses]]`: nothing takes place from the first to the last of these days.

    `rituals` are the slugs concerned; all of them when it is empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1, max_length=60)
    start: date = Field(alias="from")
    end: date = Field(alias="to")
    rituals: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "Pause":
        if self.end < self.start:
            raise ValueError(f"{self.title}: the pause ends before it begins")
        return self

    def holds(self, slug: str, day: date) -> bool:
        """Whether that ritual rests on that day."""
        return self.start <= day <= self.end and (not self.rituals or slug in self.rituals)


@lru_cache
def _public(country: str, region: str) -> HolidayBase:
    return country_holidays(country, subdiv=region or None, language="fr")


_SCHOOL = SchoolHolidayDates()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days on which a community does not work as usual.

    `country` and `region` are those of https://holidays.readthedocs.io (`FR`, `57` for Moselle);
    an empty country has no public holidays. `zone` is the French school zone.
    """

    country: str = ""
    region: str = ""
    zone: Zone | None = None
    pauses: tuple[Pause, ...] = ()

    def holiday(self, day: date) -> str | None:
        """The public holiday of that day, in French where its country says so."""
        return _public(self.country, self.region).get(day) if self.country else None

    def works(self, day: date) -> bool:
        """Whether it is a working day: no holiday, no weekend."""
        return day.weekday() < SATURDAY and self.holiday(day) is None

    def school_holiday(self, day: date) -> bool:
        """Whether schools are closed there, as far as the ministry has said."""
        try:
            return bool(self.zone and _SCHOOL.is_holiday_for_zone(day, self.zone))
        except UnsupportedYearException:
            return False

    def pause(self, slug: str, day: date) -> Pause | None:
        """The pause in which a ritual is on that day."""
        return next((pause for pause in self.pauses if pause.holds(slug, day)), None)


EVERY_DAY_ALIKE = Calendar()


def written(weekday: Weekday, which: tuple[Which, ...], months: tuple[int, ...]) -> str:
    """The rule (RFC 5545) of "the first and third Tuesday, in March and September".

    >>> written("tuesday", ("first",), (3, 9))
    'FREQ=MONTHLY;BYDAY=1TU;BYMONTH=3,9'
    """
    day = weekday[:2].upper()
    if not which:
        rule = f"FREQ=WEEKLY;BYDAY={day}"
    else:
        rule = f"FREQ=MONTHLY;BYDAY={','.join(f'{PLACES[one]}{day}' for one in which)}"
    return f"{rule};BYMONTH={','.join(map(str, months))}" if months else rule


@lru_cache(maxsize=256)
def rule(text: str, start: date = FROM) -> Days:
    """The days of a rule, counted from `start`.

    Raises ValueError when it is no rule of days, or one that ends: a pause says that better.
    """
    if ":" in text or "\n" in text:
        raise ValueError(f"{text!r} is more than one rule; write it like FREQ=MONTHLY;BYDAY=1TU")
    for word in ("COUNT", "UNTIL", "BYHOUR", "BYMINUTE", "BYSECOND"):
        if f"{word}=" in text.upper():
            raise ValueError(f"a rule of days takes no {word}")
    found = rrulestr(text, dtstart=datetime.combine(start, time()), cache=True)
    if not isinstance(found, rrule) or found._freq > DAILY:  # type: ignore[attr-defined]  # noqa: SLF001  dateutil says it nowhere else
        raise ValueError("a ritual falls once a day at most")
    return found


def planned(days: Days, after: date, until: date) -> Iterator[date]:
    """The days of a rule from `after` to `until`, both included."""
    first, last = (datetime.combine(day, time()) for day in (after, until))
    return (found.date() for found in days.between(first, last, inc=True))


def placed(day: date, days: Days, on_holiday: OnHoliday, calendar: Calendar) -> date | None:
    """Where a planned day falls; None when it does not take place.

    One that a holiday moves never falls on another planned day, nor where an earlier one was
    moved to: it is left out then.
    """
    target = _moved(day, on_holiday, calendar)
    if target is None or target == day:
        return target
    near = list(planned(days, target - NEAR, target + NEAR))
    rivals = [one for one in near if _moved(one, on_holiday, calendar) == target]
    return target if target not in near and min(rivals) == day else None


def _moved(day: date, on_holiday: OnHoliday, calendar: Calendar) -> date | None:
    if on_holiday == "keep" or calendar.holiday(day) is None:
        return day
    step = {"skip": 0, "next": 1, "previous": -1}[on_holiday]
    for distance in range(1, NEAR.days if step else 0):
        if calendar.works(found := day + timedelta(days=step * distance)):
            return found
    return None


OPENS = "opens"
"""The step every date has: it is published, it begins."""
ANNOUNCES = "announces"
"""The step of a kind that publishes beforehand what is to come."""
CLOSES = "closes"
"""The step of a kind that ends a date: nothing counts any more."""


class Stand(Enum):
    """How one date stands when a step is due: still to come, opened, or given up."""

    TO_COME = auto()
    OPENED = auto()
    GIVEN_UP = auto()


@dataclass(frozen=True, slots=True)
class Steps:
    """One date of a ritual: the local day it was planned on and takes place on, and its moments.

    `others` are the moments of its kind beside the opening, by the name of their step; all are
    UTC. It is `off` when a holiday, a pause or a change of the rule keeps it from taking place.
    """

    planned: date
    day: date
    opens: datetime
    others: Mapping[str, datetime]
    off: bool = False

    def __getitem__(self, step: str) -> datetime:
        return self.opens if step == OPENS else self.others[step]

    def in_order(self) -> list[tuple[str, datetime]]:
        """The steps and their moments, the first first."""
        return sorted([(OPENS, self.opens), *self.others.items()], key=lambda step: step[1])

    def plays(self, step: str, now: datetime, stand: Stand, max_delay: timedelta) -> bool:
        """Whether a step beside the opening is done now.

        What prepares a date is done as long as it is to come, however late; what follows it is
        not done late, except that it closes.
        """
        at = self.others[step]
        if now < at:
            return False
        if at < self.opens:
            return stand is Stand.TO_COME and not self.off and now < self.opens
        return stand is Stand.OPENED and (step == CLOSES or now - at <= max_delay)
