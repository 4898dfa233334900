from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recognition.festivities import LATE, Milestone, reached, years


@pytest.mark.parametrize(
    ("count", "before", "step"),
    [
        (99, [], None),
        (100, [], 100),
        (130, [100], None),
        (620, [100], 500),
        (620, [], 500),
        (90, [100], None),
    ],
)
def test_a_step_is_celebrated_once_and_the_highest_only(
    count: int, before: list[int], step: int | None
) -> None:
    assert reached(Milestone.PEOPLE, count, before) == step


@pytest.mark.parametrize(
    ("since", "today", "found"),
    [
        (date(2025, 11, 16), date(2026, 11, 16), 1),
        (date(2025, 11, 16), date(2026, 11, 15), None),
        (date(2025, 11, 10), date(2026, 11, 16), 1),
        (date(2025, 11, 9), date(2026, 11, 16), None),
        (date(2026, 11, 16), date(2026, 11, 16), None),
        (date(2024, 2, 29), date(2026, 2, 28), 2),
        (date(2024, 2, 29), date(2028, 2, 29), 4),
        (date(2024, 12, 30), date(2026, 1, 2), 1),
    ],
)
def test_an_anniversary_falls_on_its_day_or_is_caught_up_within_six(
    since: date, today: date, found: int | None
) -> None:
    assert years(since, today) == found


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 30))
def test_every_year_has_its_seven_days(since: date, n: int) -> None:
    around = since.replace(year=since.year + n, day=min(since.day, 28))
    days = [around + timedelta(days=k) for k in range(-10, 20)]
    assert sum(years(since, day) == n for day in days) == LATE.days + 1
