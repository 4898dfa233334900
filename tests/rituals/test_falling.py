import pytest
from hypothesis import given
from hypothesis import strategies as st

from rituals.falling import FALLS, Proposal, falling

FALLING = [12, 10, 8, 6]


@pytest.mark.parametrize(
    ("people", "hosts", "expected", "proposed"),
    [
        ([12, 10, 8], [], [], None),
        ([12, 10, 10, 6], [], [], None),
        ([1, 12, 10, 8, 6], [], [], Proposal.THEME),
        ([12, 10, 8, 3], [], [], Proposal.PAUSE),
        ([3, 2, 1, 0], [], [], Proposal.PAUSE),
        (FALLING, [], [14, 13, 13, 12], Proposal.HOUR),
        (FALLING, [7, 7, 7, 7], [0, 0, 0, 0], Proposal.HOST),
        (FALLING, [7, 7, 8, 7], [], Proposal.THEME),
        (FALLING, [7], [], Proposal.THEME),
    ],
)
def test_three_falls_in_a_row_lead_to_one_proposal(
    people: list[int], hosts: list[int], expected: list[int], proposed: Proposal | None
) -> None:
    assert falling(people, hosts=hosts, expected=expected) is proposed


@given(st.lists(st.integers(0, 500), max_size=12))
def test_only_a_fall_each_time_is_one(people: list[int]) -> None:
    last = people[-FALLS - 1 :]
    falls = len(last) > FALLS and sorted(set(last), reverse=True) == last
    assert (falling(people) is not None) is falls
