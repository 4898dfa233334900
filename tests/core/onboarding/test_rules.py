from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.onboarding.rules import (
    GOAL_ASKED,
    Facts,
    Mark,
    OnboardingSettings,
    Step,
    asks_again,
    essential,
    mark,
    next_step,
    passed_over,
    reminders,
)

PARIS = ZoneInfo("Europe/Paris")
steps = st.frozensets(st.sampled_from(Step))
facts = st.builds(Facts, steps, steps)
moments = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(facts)
def test_the_next_step_is_the_first_that_is_neither_done_nor_passed_over(known: Facts) -> None:
    step = next_step(known)
    before = list(Step) if step is None else list(Step)[: list(Step).index(step)]
    assert all(mark(known, s) is not Mark.TODO for s in before)
    assert step is None or mark(known, step) is Mark.TODO


@given(facts)
def test_nothing_comes_before_the_charter(known: Facts) -> None:
    if Step.CHARTER not in known.done:
        assert next_step(known) is Step.CHARTER
        assert essential(known) is Step.CHARTER


@given(facts)
def test_taking_or_passing_every_step_comes_to_an_end(known: Facts) -> None:
    taken = 0
    while (step := next_step(known)) is not None:
        taken += 1
        known = Facts(known.done | {step}, known.skipped)
    assert taken <= len(Step)


@given(facts)
def test_what_was_passed_over_and_then_done_is_done(known: Facts) -> None:
    again = passed_over(known)
    assert not known.done & set(again)
    assert Step.CHARTER not in again
    for step in again:
        assert mark(Facts(known.done | {step}, known.skipped), step) is Mark.DONE


def test_only_the_charter_then_the_profile_are_worth_a_reminder() -> None:
    charter = frozenset({Step.CHARTER})
    assert essential(Facts(charter)) is Step.PROFILE
    assert essential(Facts(charter, frozenset({Step.PROFILE}))) is None
    assert essential(Facts(charter | {Step.PROFILE})) is None


@given(moments)
def test_reminders_come_at_ten_on_the_local_day(joined: datetime) -> None:
    day = joined.astimezone(PARIS).date()
    found = reminders(joined, PARIS, OnboardingSettings())
    assert [days for days, _ in found] == [2, 7]
    for days, at in found:
        local = at.astimezone(PARIS)
        assert (local.date(), local.time()) == (day + timedelta(days=days), time(10))
        assert at > joined


def test_a_change_of_hour_does_not_move_the_reminder() -> None:
    joined = datetime(2026, 10, 23, 22, 30, tzinfo=UTC)  # already Saturday the 24th in Paris
    (_, at), _ = reminders(joined, PARIS, OnboardingSettings())
    assert at == datetime(2026, 10, 26, 9, 0, tzinfo=UTC)
    assert at.astimezone(PARIS).date() == date(2026, 10, 26)


@pytest.mark.parametrize("days", [(0,), (-1, 2), (2, 2)])
def test_reminders_are_on_different_days_to_come(days: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError, match="different numbers of days"):
        OnboardingSettings(reminder_days=days)


def test_an_operator_chooses_the_days_and_the_hour() -> None:
    settings = OnboardingSettings(reminder_days=(1,), reminder_at=time(18, 30))
    joined = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
    assert reminders(joined, PARIS, settings) == ((1, datetime(2026, 11, 17, 17, 30, tzinfo=UTC)),)


def test_a_goal_is_asked_about_twice_at_most() -> None:
    assert asks_again(0)
    assert asks_again(1)
    assert not asks_again(GOAL_ASKED)
