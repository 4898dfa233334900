"""When recurring things fall, in the community's own time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def at_local(day: date, moment: time, zone: ZoneInfo) -> datetime:
    """That wall-clock time on that day, as UTC.

    In the hour that autumn repeats the first one counts; a time that spring skips falls as far
    after the change as it was meant to be after it (02:30 becomes 03:30), as zoneinfo reckons.
    """
    return datetime.combine(day, moment, zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Weekly:
    """Certain weekdays (Monday is 0) at a wall-clock time; the key of each is its local date.

    Raises ValueError when no weekday, or one outside 0 to 6, is given.
    """

    weekdays: frozenset[int]
    at: time

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= set(range(7)):
            raise ValueError("weekdays are one or more of 0 (Monday) to 6 (Sunday)")

    def after(self, moment: datetime, zone: ZoneInfo) -> Iterator[tuple[date, datetime]]:
        """Local dates and UTC times strictly after an aware moment, in order, without end."""
        day = moment.astimezone(zone).date()
        while True:
            due = at_local(day, self.at, zone)
            if day.weekday() in self.weekdays and due > moment:
                yield day, due
            day += timedelta(days=1)

    def next(self, moment: datetime, zone: ZoneInfo) -> tuple[date, datetime]:
        """The first after that moment."""
        return next(self.after(moment, zone))


EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class WakingHours:
    """The part of the day in which somebody may be solicited, in local time; `start < end`."""

    start: time = time(8)
    end: time = time(20)
    weekdays: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise ValueError("waking hours end after they start")
        if not self.weekdays:
            raise ValueError("waking hours need at least one weekday")

    def awake(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether an aware moment falls inside."""
        local = moment.astimezone(zone)
        return local.weekday() in self.weekdays and self.start <= local.time() < self.end

    def add(self, moment: datetime, wait: timedelta, zone: ZoneInfo) -> datetime:
        """The moment when `wait` of waking time has passed, as UTC."""
        day = moment.astimezone(zone).date()
        while True:
            opens = max(at_local(day, self.start, zone), moment)
            closes = at_local(day, self.end, zone)
            if day.weekday() in self.weekdays and opens < closes:
                if opens + wait < closes:
                    return opens + wait
                wait -= closes - opens
            day += timedelta(days=1)
