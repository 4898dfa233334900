from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.messages import Poll
from core.polls import rules
from core.polls.rules import Result, Vote

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
ANSWERS = st.sets(st.integers(0, 9))


def vote(member: int, minutes: int, *chosen: int) -> Vote:
    return Vote(member, NOON + timedelta(minutes=minutes), chosen)


def test_one_answer_takes_the_place_of_the_other() -> None:
    assert rules.changed((0,), (2,), (), several=False) == (2,)


def test_an_answer_taken_back_leaves_the_others() -> None:
    assert rules.changed((0, 1, 2), (), (1,), several=True) == (0, 2)


@given(held=ANSWERS, chosen=ANSWERS, dropped=ANSWERS)
def test_what_is_chosen_last_is_always_chosen(
    held: set[int], chosen: set[int], dropped: set[int]
) -> None:
    after = rules.changed(held, chosen, dropped, several=True)
    assert set(after) == (held - dropped) | chosen


@given(held=st.integers(0, 9), number=st.integers(0, 9))
def test_a_press_leaves_one_answer_where_one_is_allowed(held: int, number: int) -> None:
    assert rules.pressed((held,), number, several=False) == (number,)


@given(held=ANSWERS, number=st.integers(0, 9))
def test_pressing_twice_changes_nothing_where_several_are_allowed(
    held: set[int], number: int
) -> None:
    once = rules.pressed(held, number, several=True)
    assert set(rules.pressed(once, number, several=True)) == held


def test_a_person_on_two_platforms_is_counted_once_with_their_last_vote() -> None:
    assert rules.counted([vote(1, 5, 2), vote(1, 0, 0), vote(2, 3, 1)]) == {1: (2,), 2: (1,)}


def test_a_vote_taken_back_leaves_the_one_given_elsewhere() -> None:
    assert rules.counted([vote(1, 0, 0), vote(1, 5)]) == {1: (0,)}


def test_a_result_counts_votes_and_people_apart() -> None:
    found = Result("?", ("a", "b", "c"), {1: (0, 1), 2: (1,)})
    assert (found.counts, found.voters, found.first) == ((1, 2, 0), 2, ("b",))


def test_what_is_level_comes_first_together() -> None:
    assert Result("?", ("a", "b", "c"), {1: (0,), 2: (2,)}).first == ("a", "c")


def test_nothing_comes_first_without_a_vote() -> None:
    assert Result("?", ("a", "b"), {}).first == ()


@pytest.mark.parametrize(
    ("argument", "means"),
    [
        ("rituals.3:1", ("rituals.3", 1)),
        ("a:b:10", ("a:b", 10)),
        ("x", ("", -1)),
        ("x:", ("x", -1)),
        ("x:-1", ("x", -1)),
        ("x:²", ("x", -1)),
        ("x:123456789", ("x", -1)),
    ],
)
def test_what_a_button_names(argument: str, means: tuple[str, int]) -> None:
    assert rules.named(argument) == means


@pytest.mark.parametrize(
    ("key", "question", "choices"),
    [
        ("k", "?", ("a",)),
        ("k", "?", tuple("abcdefghijk")),
        ("k", "", ("a", "b")),
        ("k", "?", ("a", "b" * 56)),
        ("k" * 41, "?", ("a", "b")),
        ("clé", "?", ("a", "b")),
    ],
)
def test_a_poll_no_platform_would_take_is_no_poll(
    key: str, question: str, choices: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="poll"):
        Poll(key, question, choices)


def test_the_longest_key_fits_under_a_button() -> None:
    poll = Poll("k" * 40, "?", tuple("abcdefghij"))
    assert poll.vote(9).argument.endswith(":9")
