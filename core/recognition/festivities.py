"""What there is to celebrate, and on which day. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum


class Joy(StrEnum):
    """What is celebrated of one person, if they like."""

    CERTIFICATION = "certification"
    ANNIVERSARY = "anniversary"
    BADGE = "badge"


class Milestone(StrEnum):
    """What is celebrated by everybody, about nobody in particular."""

    PEOPLE = "people"
    CONTRIBUTIONS = "contributions"
    BIRTHDAY = "birthday"


STEPS = {
    Milestone.PEOPLE: (100, 500, 1_000, 5_000, 10_000, 50_000, 100_000),
    Milestone.CONTRIBUTIONS: (1_000, 10_000, 100_000, 1_000_000),
}
LATE = timedelta(days=6)
"""How long after its day something is still celebrated."""


def reached(milestone: Milestone, count: int, before: Iterable[int]) -> int | None:
    """The highest step that a count has passed, unless it, or a higher one, was celebrated."""
    passed = [step for step in STEPS[milestone] if step <= count]
    if not passed or passed[-1] <= max(before, default=0):
        return None
    return passed[-1]


def years(since: date, today: date) -> int | None:
    """Which anniversary of a day falls today or did in the last six days; None when none does.

    The 29th of February is celebrated on the 28th where there is no other.
    """
    for year in {today.year, (today - LATE).year}:
        fell = _in_year(since, year)
        if year > since.year and fell <= today <= fell + LATE:
            return year - since.year
    return None


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
