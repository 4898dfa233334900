from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rituals.calendar import (
    CLOSES,
    OPENS,
    Calendar,
    OnHoliday,
    Pause,
    Stand,
    Steps,
    Weekday,
    Which,
    placed,
    planned,
    rule,
    written,
)
from rituals.catalog.open_question import OpenQuestion
from rituals.rules import RitualSettings, RitualsSettings

PARIS = ZoneInfo("Europe/Paris")
FRANCE = Calendar("FR", zone="C")
FIRST, LAST = date(2026, 1, 1), date(2035, 12, 31)
RULES = st.builds(
    written,
    st.sampled_from(get_args(Weekday)),
    st.lists(st.sampled_from(get_args(Which)), max_size=2, unique=True).map(tuple),
    st.lists(st.integers(1, 12), max_size=3, unique=True).map(tuple),
)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def asks(**more: object) -> RitualSettings:
    """A ritual of any kind, set like that."""
    whole = {"kind": "open_question", "slug": "q", "title": "Q", "hashtag": "#Question", **more}
    return RitualSettings.model_validate(whole)


@given(RULES, st.sampled_from(get_args(OnHoliday)), st.times())
def test_ten_years_hold_no_double_no_gap_and_no_drift(
    text: str, on_holiday: OnHoliday, at: time
) -> None:
    ritual = asks(rrule=text, on_holiday=on_holiday, at=at.replace(second=0, microsecond=0))
    days = list(planned(ritual.days, FIRST, LAST))
    found = [ritual.steps(day, PARIS, FRANCE) for day in days]
    places = [steps.day for steps in found if not steps.off]
    assert len(set(places)) == len(places)
    assert places == sorted(places)
    assert {s.planned for s in found if s.off} <= {d for d in days if FRANCE.holiday(d)}
    for steps in found:
        local = steps.opens.astimezone(PARIS)
        # Where spring skips the hour it falls as far after the change as it was meant to.
        assert local.replace(tzinfo=None) - datetime.combine(steps.day, ritual.at) in {
            timedelta(0),
            timedelta(hours=1),
        }
        assert on_holiday != "keep" or steps.day == steps.planned


@given(RULES, st.dates(FIRST, LAST))
def test_from_wherever_one_looks_the_coming_dates_are_the_same(text: str, day: date) -> None:
    ritual = asks(rrule=text, on_holiday="next")
    moment = datetime.combine(day, time(12), UTC)
    coming = ritual.coming(moment, PARIS, FRANCE)
    first, second = next(coming), next(coming)
    assert moment < first.opens < second.opens
    assert next(ritual.coming(first.opens, PARIS, FRANCE)) == second
    assert next(ritual.coming(first.opens - timedelta(minutes=1), PARIS, FRANCE)) == first


def test_a_week_without_end_is_a_week() -> None:
    days = list(planned(asks().days, FIRST, LAST))
    assert {after - before for before, after in pairwise(days)} == {timedelta(7)}


@pytest.mark.parametrize(
    ("on_holiday", "falls"),
    [
        ("keep", date(2027, 3, 29)),  # Easter Monday
        ("skip", None),
        ("next", date(2027, 3, 30)),
        ("previous", date(2027, 3, 26)),
    ],
)
def test_a_holiday_moves_a_date_or_not(on_holiday: OnHoliday, falls: date | None) -> None:
    mondays = rule("FREQ=WEEKLY;BYDAY=MO")
    assert placed(date(2027, 3, 29), mondays, on_holiday, FRANCE) == falls


def test_a_moved_date_falls_on_no_other_one() -> None:
    both = rule("FREQ=WEEKLY;BYDAY=MO,TU")
    assert placed(date(2027, 3, 29), both, "next", FRANCE) is None
    moselle = Calendar("FR", "Moselle")
    friday, saturday = date(2026, 12, 25), date(2026, 12, 26)
    christmas = rule("FREQ=WEEKLY;BYDAY=FR,SA")
    assert placed(friday, christmas, "next", moselle) == date(2026, 12, 28)
    assert placed(saturday, christmas, "next", moselle) is None


def test_schools_and_pauses_let_dates_go() -> None:
    summer = Pause.model_validate({"title": "Été", "from": "2027-07-05", "to": "2027-08-29"})
    rests = Calendar("FR", zone="A", pauses=(summer,))
    ritual = asks(in_school_holidays="skip")
    assert ritual.steps(date(2026, 12, 21), PARIS, rests).off  # Christmas in every zone
    assert not ritual.steps(date(2026, 12, 21), PARIS, Calendar("FR")).off
    assert asks().steps(date(2027, 7, 12), PARIS, rests).off
    assert not asks().steps(date(2027, 8, 30), PARIS, rests).off
    assert asks(in_school_holidays="skip").steps(date(2055, 12, 27), PARIS, rests).off is False
    assert not Calendar().school_holiday(date(2026, 12, 21))


def test_where_people_moved_a_date_it_takes_place() -> None:
    steps = asks().steps(date(2026, 11, 23), PARIS, FRANCE, moved_to=NOON)
    assert (steps.planned, steps.day, steps.opens) == (date(2026, 11, 23), NOON.date(), NOON)
    assert not asks().steps(date(2026, 11, 23), PARIS, FRANCE).off
    assert asks().steps(date(2026, 11, 24), PARIS, FRANCE).off  # no Monday


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rrule": "FREQ=HOURLY"}, "once a day at most"),
        ({"rrule": "tous les lundis"}, "no rule of RFC 5545"),
        ({"rrule": "FREQ=DAILY;COUNT=3"}, "takes no COUNT"),
        ({"rrule": "RRULE:FREQ=DAILY"}, "more than one rule"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "no date in three years"),
        ({"months": [13]}, "from 1 to 12"),
    ],
)
def test_a_wrong_rule_is_named(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        asks(**wrong)


def test_a_wrong_pause_or_country_is_named() -> None:
    with pytest.raises(ValidationError, match="ends before it begins"):
        Pause.model_validate({"title": "Été", "from": "2027-07-05", "to": "2027-07-01"})
    with pytest.raises(ValidationError, match="nothing is known of the holidays of XX"):
        RitualsSettings(country="XX")


def test_questions_come_in_their_order_and_again() -> None:
    ritual = asks(questions=["un", "deux", "trois"], which=["first"])
    assert isinstance(ritual, OpenQuestion)
    months = [date(2026, 9, 7), date(2026, 10, 5), date(2026, 11, 2), date(2026, 12, 7)]
    said = [ritual.question(day) for day in months]
    assert sorted(said[:3]) == ["deux", "trois", "un"]
    assert said[3] == said[0]
    assert OpenQuestion(slug="q", title="Q", hashtag="#Qu").question(months[0]) == ""


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("step", "at", "stand", "played"),
    [
        ("asks", -25 * HOUR, Stand.TO_COME, False),
        ("asks", -24 * HOUR, Stand.TO_COME, True),
        ("asks", -1 * HOUR, Stand.TO_COME, True),
        ("asks", -1 * HOUR, Stand.GIVEN_UP, False),
        ("asks", 0 * HOUR, Stand.TO_COME, False),
        ("asks", 0 * HOUR, Stand.OPENED, False),
        ("thanks", 1 * HOUR, Stand.OPENED, False),
        ("thanks", 2 * HOUR, Stand.OPENED, True),
        ("thanks", 9 * HOUR, Stand.OPENED, False),
        ("thanks", 2 * HOUR, Stand.TO_COME, False),
        (CLOSES, 90 * HOUR, Stand.OPENED, True),
        (CLOSES, 90 * HOUR, Stand.GIVEN_UP, False),
    ],
)
def test_a_step_is_done_when_it_still_makes_sense(
    step: str, at: timedelta, stand: Stand, *, played: bool
) -> None:
    others = {"asks": NOON - 24 * HOUR, "thanks": NOON + 2 * HOUR, CLOSES: NOON + 3 * HOUR}
    steps = Steps(NOON.date(), NOON.date(), NOON, others)
    assert steps.plays(step, NOON + at, stand, 6 * HOUR) is played
    assert [name for name, _ in steps.in_order()] == ["asks", OPENS, "thanks", CLOSES]
    off = Steps(NOON.date(), NOON.date(), NOON, others, off=True)
    assert not off.plays("asks", NOON - HOUR, Stand.TO_COME, 6 * HOUR)


def test_the_address_of_a_meeting_is_one() -> None:
    with pytest.raises(ValidationError, match="no web address"):
        asks(kind="meeting", link="javascript:alert(1)")
    assert asks(kind="meeting", link="exemple.fr/salle").model_dump()["link"].startswith("https://")
