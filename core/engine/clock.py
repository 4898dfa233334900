"""The only source of now, so that a test or the demo can drive four weeks in a minute."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def now(self) -> datetime:
        """The present moment."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


class DrivenClock:
    """A clock that stands still until it is moved.

    Raises ValueError when started with a naive time.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a driven clock starts at an aware time")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The moment it was moved to."""
        return self._now

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Move forward."""
        self.move_to(self._now + timedelta(days=days, hours=hours, minutes=minutes))

    def move_to(self, moment: datetime) -> None:
        """Move to an aware moment that is not in the past. Raises ValueError when it is."""
        if moment < self._now:
            raise ValueError(f"a clock does not go back from {self._now} to {moment}")
        self._now = moment.astimezone(UTC)
