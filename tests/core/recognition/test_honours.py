import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recognition.honours import (
    LEVELS,
    Badge,
    Candidate,
    Deeds,
    Level,
    earned,
    level,
    places,
    shortlist,
)

candidates = st.dictionaries(st.integers(1, 30), st.floats(0, 500)).map(
    lambda found: [Candidate(member, points) for member, points in found.items()]
)
members = st.frozensets(st.integers(1, 30))


@pytest.mark.parametrize(
    ("points", "reached"),
    [(0, None), (9.9, None), (10, Level.CURIOUS), (50, Level.COMPANION), (500, Level.PILLAR)],
)
def test_a_level_is_what_the_points_reach(points: float, reached: Level | None) -> None:
    assert level(points) is reached


def test_levels_rise() -> None:
    assert list(LEVELS.values()) == sorted(LEVELS.values())
    assert set(LEVELS) == set(Level)


def test_a_badge_comes_with_the_figure_that_is_its_reason() -> None:
    assert earned(Deeds(12, 5, 6, 10)) == {
        Badge.MENTOR: 12,
        Badge.EXPERT: 6,
        Badge.REGULAR: 10,
    }
    assert earned(Deeds(12, 4, 4, 9)) == {}


@pytest.mark.parametrize(("active", "count"), [(0, 1), (20, 1), (21, 2), (100, 5), (9000, 5)])
def test_one_in_twenty_may_be_a_champion(active: int, count: int) -> None:
    assert places(active, 5) == count


def test_a_third_of_the_places_goes_to_others() -> None:
    ranked = [Candidate(member, 100 - member) for member in range(1, 8)]
    assert [one.member for one in shortlist(ranked, {1, 2, 3}, 3)] == [1, 2, 4]
    assert [one.member for one in shortlist(ranked, {1}, 1)] == [2]


def test_a_third_stays_free_when_nobody_else_is_there() -> None:
    ranked = [Candidate(1, 9), Candidate(2, 8), Candidate(3, 7)]
    assert [one.member for one in shortlist(ranked, {1, 2, 3}, 3)] == [1, 2]


@given(candidates, members, st.integers(1, 10), members)
def test_a_shortlist_is_short_and_fair(
    ranked: list[Candidate], held: frozenset[int], count: int, discreet: frozenset[int]
) -> None:
    found = shortlist(ranked, held, count, discreet=discreet)
    who = {one.member for one in found}
    assert len(found) == len(who) <= count
    assert not who & discreet
    assert all(one.points > 0 for one in found)
    assert len(who & held) <= count - math.ceil(count / 3)
    assert [one.points for one in found] == sorted((o.points for o in found), reverse=True)
