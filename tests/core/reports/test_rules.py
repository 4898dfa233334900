from contextlib import suppress
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.chat.identity import Platform
from core.engagement.rules import Participation
from core.onboarding.rules import Step
from core.reports.rules import (
    FEW,
    Change,
    Digest,
    Newcomers,
    ReportsSettings,
    Share,
    Week,
    change,
    dated_in,
    few,
    gatherings,
    shares,
    usual,
    week_of,
)
from tests.core.reports.weeks import WEEK, quiet, series

PARIS = ZoneInfo("Europe/Paris")
D, S, T = Platform.DISCORD, Platform.SLACK, Platform.TELEGRAM
days = st.dates(date(2000, 1, 3), date(2099, 12, 27))
people = st.dictionaries(
    st.sampled_from(Platform), st.frozensets(st.integers(1, 12), max_size=FEW), max_size=3
)
counts = st.dictionaries(st.sampled_from(Platform), st.integers(0, 50), max_size=3)


# -- settings -----------------------------------------------------------------------------


def test_a_digest_goes_out_on_monday_morning_unless_said_otherwise() -> None:
    settings = ReportsSettings()
    assert settings.goes_out.weekdays == {0}
    assert settings.goes_out.at == time(8, 30)
    assert settings.prepares.at == time(8, 25)
    assert ReportsSettings.model_validate({"weekday": "Friday"}).goes_out.weekdays == {4}


def test_the_chart_of_a_midnight_digest_is_prepared_the_day_before() -> None:
    prepares = ReportsSettings(weekday=0, at=time(0, 2)).prepares
    assert (*prepares.weekdays, prepares.at) == (6, time(23, 57))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"weekday": "lundi"}, "'lundi' is no weekday; write one of monday, tuesday"),
        ({"weekday": 7}, "less than or equal to 6"),
        ({"send_to": "everyone"}, "'channel' or 'private'"),
        ({"hour": 8}, "Extra inputs"),
    ],
)
def test_a_wrong_setting_is_explained(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ReportsSettings.model_validate(wrong)


# -- weeks --------------------------------------------------------------------------------


@given(days)
def test_every_day_is_in_a_week_that_is_read_back_by_its_name(day: date) -> None:
    week = Week.of(day)
    assert week.monday <= day <= week.sunday
    assert week.holds(day.isoformat())
    assert week_of(week.name) == week
    assert week.ago().bounds(PARIS)[1] == week.bounds(PARIS)[0]
    assert week.ago(-1).ago() == week


@pytest.mark.parametrize("written", ["2026-w47", " 2026-W47 ", "2026W47", "2026 w47"])
def test_a_week_may_be_written_in_several_ways(written: str) -> None:
    assert week_of(written) == Week(date(2026, 11, 16))
    assert week_of(written).number == 47


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "written like 2026-W47, not ''"),
        ("47", "written like 2026-W47"),
        ("2026-47", "written like 2026-W47"),
        ("1026-W47", "written like 2026-W47"),
        ("2026-W471", "written like 2026-W47"),
        ("２０２６-W47", "written like 2026-W47"),
        ("2026-W54", "2026 has the weeks 1 to 53, not 54"),
        ("2025-W53", "2025 has the weeks 1 to 52, not 53"),
        ("2026-W00", "2026 has the weeks 1 to 53, not 0"),
    ],
)
def test_what_is_no_week_is_refused_with_what_to_write(written: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        week_of(written)


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_a_week(written: str) -> None:
    with suppress(ValueError):
        assert week_of(written).monday.weekday() == 0


def test_a_week_begins_on_a_monday() -> None:
    with pytest.raises(ValueError, match="Tuesday"):
        Week(date(2026, 11, 17))


def test_the_week_in_which_clocks_go_back_is_an_hour_longer() -> None:
    start, end = week_of("2026-W43").bounds(PARIS)
    assert end - start == timedelta(hours=169)


# -- comparing ----------------------------------------------------------------------------


def test_nothing_is_said_in_percent_of_a_few() -> None:
    assert change(8, 4) == Change(4, None)
    assert change(8, 5) == Change(3, 60)
    assert change(4, 5) == Change(-1, -20)


def test_what_is_usual_is_the_median() -> None:
    assert usual([]) is None
    assert usual([3]) == 3
    assert usual([10, 1, 2]) == 2
    assert usual([4, 5]) == 5


# -- by platform --------------------------------------------------------------------------


@given(counts, people)
def test_no_share_is_about_fewer_than_five_people_and_none_can_be_subtracted(
    by: dict[Platform, int], on: dict[Platform, frozenset[int]]
) -> None:
    made = shares(by, on)
    assert len(made) != 1
    if made:
        assert sum(share.count for share in made) == sum(by.values())
    for share in made:
        met = frozenset[int]().union(*(on.get(p, frozenset()) for p in share.platforms))
        assert len(met) >= FEW


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ({D: range(5), S: range(5, 10)}, [Share((D,), 4), Share((S,), 2)]),
        ({D: range(5), S: range(5, 8), T: range(8, 11)}, [Share((D,), 4), Share((S, T), 3)]),
        ({D: range(5), S: range(5, 10), T: [11]}, [Share((D,), 4), Share((S, T), 3)]),
        ({D: range(5), S: [6], T: [6]}, []),
        ({D: range(5), S: range(3), T: range(3)}, []),
        ({D: range(5)}, []),
        ({}, []),
    ],
)
def test_platforms_with_a_few_people_are_put_together(
    on: dict[Platform, range], expected: list[Share]
) -> None:
    by = {D: 4, S: 2, T: 1 if T in on else 0}
    met = {platform: frozenset(ids) for platform, ids in on.items()}
    assert list(shares(by, met)) == expected


def test_a_platform_with_a_few_people_is_named() -> None:
    assert few({D: frozenset(range(5)), S: frozenset([1]), T: frozenset()}) == (S,)


# -- the digest ---------------------------------------------------------------------------


def test_where_newcomers_stand_adds_up() -> None:
    new = Newcomers(5, {Step.CHARTER: 1, Step.GOAL: 1, None: 2})
    assert (new.left, new.under_way) == (1, 1)


def test_only_a_week_that_is_over_is_compared() -> None:
    assert quiet(3, 5).before == 3
    assert quiet(None, 5).before is None
    assert quiet(5).before is None
    going = Digest(week=WEEK, over=False, series=series(3, 5))
    assert (going.active, going.before) == (5, None)


def held(ritual: str, week: Week, discord: int, slack: int = 0) -> Participation:
    return Participation(ritual, week.monday.isoformat(), {D: discord, S: slack})


def test_a_ritual_is_shown_against_what_is_usual() -> None:
    weeks = [WEEK.ago(n) for n in (3, 2, 1)]
    past = [
        (week, [held("lundi-astuce", week, n)]) for week, n in zip(weeks, (9, 3, 6), strict=True)
    ]
    everybody = {D: frozenset(range(5)), S: frozenset(range(5))}
    now = [held("café", WEEK, 2), held("lundi-astuce", WEEK, 4, 1)]
    first, astuce = gatherings([*past, (WEEK, now)], everybody)
    assert (first.ritual, first.taken_part.count, first.usual) == ("café", 2, None)
    assert (astuce.taken_part.count, astuce.usual) == (5, 6)
    assert astuce.taken_part.shares == (Share((D,), 4), Share((S,), 1))


def test_a_weekly_ritual_that_nobody_came_to_is_shown_and_a_rare_one_is_not() -> None:
    one, two = WEEK.ago(2), WEEK.ago(1)
    past = [
        (one, [held("lundi-astuce", one, 6), held("mensuel", one, 8)]),
        (two, [held("lundi-astuce", two, 6)]),
    ]
    (astuce,) = gatherings([*past, (WEEK, [])], {})
    assert (astuce.ritual, astuce.taken_part.count, astuce.usual) == ("lundi-astuce", 0, 6)
    assert gatherings([(WEEK, [])], {}) == ()


def test_a_late_echo_of_an_earlier_date_is_not_counted_again() -> None:
    both = [held("a", WEEK, 1), held("a", WEEK.ago(), 3)]
    assert dated_in(WEEK, both) == (both[0],)
