from datetime import UTC, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.clock import DrivenClock, SystemClock
from core.engine.schedule import WakingHours, Weekly, at_local

PARIS = ZoneInfo("Europe/Paris")
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  Hypothesis wants naive bounds
TIMES = st.times().map(lambda t: t.replace(microsecond=0))


@given(MOMENTS, TIMES, st.frozensets(st.integers(0, 6), min_size=1))
def test_no_double_no_gap_no_drift(moment: datetime, at: time, weekdays: frozenset[int]) -> None:
    found = list(islice(Weekly(weekdays, at).after(moment, PARIS), 60))
    days = [day for day, _ in found]
    assert days == sorted(set(days))
    assert {day.weekday() for day in days} == set(weekdays)
    assert all(due > moment for _, due in found)
    whole = {days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days + 1)}
    assert {d for d in whole if d.weekday() in weekdays} == set(days)


@given(MOMENTS, TIMES)
def test_the_wall_clock_says_the_hour_unless_spring_skips_it(moment: datetime, at: time) -> None:
    day, due = Weekly(frozenset(range(7)), at).next(moment, PARIS)
    local = due.astimezone(PARIS)
    assert local.date() == day
    skipped = local.replace(tzinfo=None) != datetime.combine(day, at)
    assert not skipped or (at.hour == 2 and local.hour == 3)


def test_the_hour_that_autumn_repeats_falls_once() -> None:
    weekly = Weekly(frozenset({6}), time(2, 30))
    eve = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert [day.isoformat() for day, _ in islice(weekly.after(eve, PARIS), 2)] == [
        "2026-10-25",
        "2026-11-01",
    ]


def test_a_schedule_without_a_day_is_refused() -> None:
    for weekdays in (frozenset[int](), frozenset({7})):
        with pytest.raises(ValueError, match="weekdays"):
            Weekly(weekdays, time(9))


def test_waking_time_is_counted_over_the_night_and_the_weekend() -> None:
    hours = WakingHours(time(9), time(18), frozenset(range(5)))
    friday = at_local(datetime(2026, 11, 20).date(), time(17, 45), PARIS)  # noqa: DTZ001  a date
    due = hours.add(friday, timedelta(minutes=30), PARIS)
    assert due.astimezone(PARIS) == datetime(2026, 11, 23, 9, 15, tzinfo=PARIS)


@given(MOMENTS, st.integers(0, 3000))
def test_what_is_due_falls_inside_waking_hours(moment: datetime, minutes: int) -> None:
    hours = WakingHours(time(8), time(20), frozenset(range(6)))
    due = hours.add(moment, timedelta(minutes=minutes), PARIS)
    assert hours.awake(due, PARIS)
    assert due >= moment


def test_impossible_waking_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="end after"):
        WakingHours(time(20), time(8))
    with pytest.raises(ValueError, match="weekday"):
        WakingHours(weekdays=frozenset())


def test_a_driven_clock_stands_still_and_never_goes_back() -> None:
    clock = DrivenClock(datetime(2026, 1, 1, 9, tzinfo=PARIS))
    clock.advance(days=1, hours=2, minutes=30)
    assert clock.now() == datetime(2026, 1, 2, 10, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="does not go back"):
        clock.move_to(datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="aware"):
        DrivenClock(datetime(2026, 1, 1))  # noqa: DTZ001  the point


def test_the_system_clock_is_aware() -> None:
    assert SystemClock().now().tzinfo is UTC
