from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.identity import Platform
from core.recognition.rules import (
    FORMULA,
    Fact,
    Line,
    Merit,
    Pace,
    Score,
    close_to,
    decay,
    paces,
    reason_in,
    ringed,
    score,
)

TODAY = date(2026, 11, 16)
ME = 1

days = st.integers(0, 400).map(lambda age: TODAY - timedelta(days=age))
some_fact = st.builds(
    Fact, st.sampled_from(Merit), st.sampled_from(Platform), days, st.none() | st.integers(1, 6)
)
some_facts = st.lists(some_fact, max_size=12)
some_factors = st.dictionaries(st.sampled_from(Platform), st.floats(1, 3))


def worth(
    *facts: Fact, ring: frozenset[int] = frozenset(), factors: dict[Platform, float] | None = None
) -> Score:
    return score(facts, TODAY, member=ME, ring=ring, factors=factors)


def one(merit: Merit, giver: int | None = None, on: Platform = Platform.DISCORD) -> Fact:
    return Fact(merit, on, TODAY, giver)


def test_the_example_of_the_page_that_explains_the_score_is_right() -> None:
    telegram = Platform.TELEGRAM
    facts = [
        *[one(Merit.HELP, on=telegram)] * 2,
        one(Merit.ACCEPTED, 2, telegram),
        Fact(Merit.RITUAL, telegram, TODAY - timedelta(days=56)),
        one(Merit.REACTION, 2),
        *[one(Merit.REACTION, giver) for giver in (2, 3, 4, 5, 6, 7, 8, 9)],
    ]
    around = {Platform.DISCORD: Pace(1200, 100), telegram: Pace(60, 10)}
    found = worth(*facts, factors=paces(around, {}))
    by = {line.merit: line.points for line in found.lines}
    assert by == {Merit.HELP: 20, Merit.ACCEPTED: 20, Merit.RITUAL: 1.5, Merit.REACTION: 5}
    assert found.total == 46.5


def test_every_point_is_explained() -> None:
    facts = [
        *(one(Merit.REACTION, giver) for giver in (2, 2, 3, 4, 5, 6, 7, 8)),
        one(Merit.REACTION, ME),
    ]
    (line,) = worth(*facts, ring=frozenset({3})).lines
    assert line == Line(
        Merit.REACTION, found=8, repeated=1, ringed=1, over=1, counted=5, raw=5, points=5
    )


def test_nothing_done_is_no_points() -> None:
    assert worth().total == 0
    assert worth().of(Merit.HELP) == Line(Merit.HELP)


@given(some_facts, some_factors)
def test_points_are_never_negative(facts: Sequence[Fact], factors: dict[Platform, float]) -> None:
    assert all(line.points >= 0 for line in worth(*facts, factors=factors).lines)


@given(some_facts, some_facts, some_factors)
def test_doing_more_never_costs_points(
    facts: Sequence[Fact], more: Sequence[Fact], factors: dict[Platform, float]
) -> None:
    before = worth(*facts, factors=factors).total
    assert worth(*facts, *more, factors=factors).total >= before - 1e-9


@given(st.integers(0, 20), st.integers(0, 20))
def test_a_day_is_capped(unnamed: int, named: int) -> None:
    facts = [one(Merit.REACTION)] * unnamed + [one(Merit.REACTION, n) for n in range(2, named)]
    cap = FORMULA.worth[Merit.REACTION]
    assert worth(*facts).total <= cap.points * cap.a_day


@given(some_facts)
def test_what_counts_and_what_does_not_adds_up(facts: Sequence[Fact]) -> None:
    for line in worth(*facts, ring=frozenset({2, 3})).lines:
        assert line.found == line.counted + line.repeated + line.ringed + line.over


@given(some_facts, some_factors, st.integers(0, 500))
def test_points_only_fade(
    facts: Sequence[Fact], factors: dict[Platform, float], later: int
) -> None:
    then = TODAY + timedelta(days=later)
    found = score(facts, then, member=ME, factors=factors).total
    assert found <= worth(*facts, factors=factors).total + 1e-9


@given(some_facts)
def test_order_does_not_matter(facts: Sequence[Fact]) -> None:
    assert worth(*facts).total == pytest.approx(worth(*reversed(facts)).total)


@given(some_facts, st.sampled_from(Platform), st.sampled_from(Platform))
def test_the_same_facts_are_worth_the_same_everywhere(
    facts: Sequence[Fact], here: Platform, there: Platform
) -> None:
    found = [
        worth(*(Fact(f.merit, on, f.day, f.giver) for f in facts)).total for on in (here, there)
    ]
    assert found[0] == found[1]


@given(st.integers(1, 3), st.integers(3, 50))
def test_a_platform_where_less_goes_on_is_no_handicap(times: int, people: int) -> None:
    around = {
        Platform.DISCORD: Pace(60 * times * people, people),
        Platform.SLACK: Pace(60 * people, people),
    }
    factors = paces(around, {})
    help_on = {p: [one(Merit.ACCEPTED, on=p)] for p in Platform}
    quiet = worth(*help_on[Platform.SLACK], factors=factors).total
    busy = sum(worth(*help_on[Platform.DISCORD], factors=factors).total for _ in range(times))
    assert quiet == pytest.approx(busy)


def test_points_are_half_after_eight_weeks_and_gone_after_a_year() -> None:
    assert [decay(age) for age in (0, 56, 112, 364)] == [1, 0.5, 0.25, 0]
    assert decay(-1) == 1


# -- pace -------------------------------------------------------------------------------------


def test_ones_own_part_does_not_make_a_platform_busy() -> None:
    around = {Platform.DISCORD: Pace(300, 10), Platform.SLACK: Pace(300, 10)}
    own = {Platform.SLACK: 150}
    assert paces(around, own) == {Platform.DISCORD: 1, Platform.SLACK: 2}


def test_nothing_is_said_of_a_platform_with_too_few_people() -> None:
    around = {Platform.DISCORD: Pace(300, 10), Platform.TELEGRAM: Pace(1, 2)}
    assert paces(around, {}) == {Platform.DISCORD: 1, Platform.TELEGRAM: 1}


def test_where_nothing_goes_on_points_count_three_times_at_most() -> None:
    around = {Platform.DISCORD: Pace(300, 10), Platform.SLACK: Pace(0, 3)}
    assert paces(around, {})[Platform.SLACK] == 3
    assert paces({Platform.SLACK: Pace(0, 3)}, {}) == {Platform.SLACK: 1}


# -- rings ------------------------------------------------------------------------------------


@given(st.integers(2, 4), st.integers(5, 50))
def test_who_only_applaud_each_other_gain_nothing(people: int, each: int) -> None:
    ties = {
        one: {to: each for to in range(1, people + 1) if to != one} for one in range(1, people + 1)
    }
    found = ringed(ME, ties)
    assert found == frozenset(range(2, people + 1))
    applause = [one(Merit.REACTION, giver) for giver in range(2, people + 1)]
    assert worth(*applause, ring=found).total == 0


@pytest.mark.parametrize("people", [2, 3, 4, 5])
def test_a_round_is_a_ring_and_only_the_last_of_it_is_left_out(people: int) -> None:
    ties = {n: {n % people + 1: 20} for n in range(1, people + 1)}
    assert ringed(ME, ties) == {people}


def test_thanks_that_do_not_come_back_are_no_ring() -> None:
    assert ringed(ME, {2: {ME: 40}, 3: {ME: 10, 2: 10}, ME: {4: 30}}) == frozenset()


def test_few_reactions_among_many_are_no_close_tie() -> None:
    assert close_to({2: {ME: 4}}, 2) == frozenset()
    assert close_to({2: {ME: 5, 3: 40}}, 2) == {3}
    assert close_to({2: {2: 50, ME: 50}}, 2) == {ME}


@given(
    st.dictionaries(
        st.integers(1, 8), st.dictionaries(st.integers(1, 8), st.integers(1, 30)), max_size=8
    )
)
def test_nobody_is_in_a_ring_with_who_gives_them_nothing(
    ties: dict[int, dict[int, int]],
) -> None:
    assert all(ties[giver].get(ME) for giver in ringed(ME, ties))


# -- thanks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  pour   le lien ", "pour le lien"),
        ("merci", "merci"),
        ("ok !", None),
        ("x" * 200, "x" * 200),
        ("x" * 201, None),
    ],
)
def test_a_reason_has_five_to_two_hundred_characters(written: str, kept: str | None) -> None:
    assert reason_in(written) == kept
