from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.identity import Platform
from core.engagement.rules import (
    Evidence,
    Figures,
    Kind,
    name_of_week,
    participation,
    times_taken_part,
    week_bounds,
    week_named,
    week_of,
)

PARIS = ZoneInfo("Europe/Paris")
evidence = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.sampled_from(Platform),
        st.sampled_from(["lundi-astuce:2026-11-16", "lundi-astuce:2026-11-23", "café:2026-11-16"]),
        st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 30), timezones=st.just(UTC)),  # noqa: DTZ001  Hypothesis adds the zone
    )
)


@given(evidence)
def test_a_person_counts_once_a_date_whatever_they_did_and_where(done: list[Evidence]) -> None:
    people = {(about, member) for member, _, about, _ in done}
    assert sum(p.people for p in participation(done)) == len(people)
    assert sum(times_taken_part(done).values()) == len(people)
    assert participation(done) == participation(list(reversed(done)))


@given(st.dates(date(2000, 1, 3), date(2090, 1, 1)), st.sampled_from(["Europe/Paris", "UTC"]))
def test_every_day_is_in_its_own_week_and_weeks_follow_each_other(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    start, end = week_of(day, zone)
    assert start <= datetime(day.year, day.month, day.day, 12, tzinfo=zone) < end
    assert week_of(day + timedelta(days=7), zone)[0] == end
    assert week_named(name_of_week(day), zone) == (start, end)


def test_a_week_begins_on_monday_at_midnight_there() -> None:
    assert week_bounds(2026, 47, PARIS) == (
        datetime(2026, 11, 15, 23, tzinfo=UTC),
        datetime(2026, 11, 22, 23, tzinfo=UTC),
    )


def test_the_week_in_which_clocks_go_back_is_an_hour_longer() -> None:
    start, end = week_of(date(2026, 10, 25), PARIS)
    assert end - start == timedelta(hours=169)


@pytest.mark.parametrize("name", ["2026-47", "2026-W7", "2025-W53", "W47", "2026-W471"])
def test_what_is_no_week_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"week|Invalid"):
        week_named(name, PARIS)


def test_figures_add_up_and_leave_out_what_is_not_there() -> None:
    figures = Figures({(Kind.REPLY, Platform.SLACK): 2, (Kind.REPLY, Platform.DISCORD): 1})
    assert figures.of(Kind.REPLY) == 3
    assert figures.of(Kind.MESSAGE) == 0
    assert list(figures.on(Kind.REPLY).items()) == [(Platform.DISCORD, 1), (Platform.SLACK, 2)]
