"""Four weeks of twelve people, day after day, and the Monday on which they are summed up."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from babel.dates import format_date

from bots.demo.tale import PROGRAMME, START, Day, Tale
from bots.demo.weeks import first, fourth, second, third

__all__ = ["DAYS", "PROGRAMME", "START", "Story", "summed_up"]

DAYS: tuple[Day, ...] = (*first.DAYS, *second.DAYS, *third.DAYS, *fourth.DAYS)


@dataclass(slots=True)
class Story(Tale):
    """The whole of it, played one day at a time."""

    async def days(self, last: int = len(DAYS)) -> AsyncIterator[str]:
        """Play one day after the other, up to `last`; the title of each, before it is played."""
        for number, day in enumerate(DAYS[:last], 1):
            self.day = number
            await self.at(8)
            yield f"{format_date(self.date, 'EEEE d MMMM', locale='fr')}, {day.title}"
            await self.at(9)
            await day.play(self)


def summed_up(days: int) -> tuple[str, bool]:
    """The last week of so many days, like `2026-W47`, and whether its digest was sent."""
    over = (days - 1) // 7
    monday = START.date() + timedelta(weeks=max(over - 1, 0))
    return f"{monday:%G-W%V}", over > 0
