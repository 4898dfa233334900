import pytest

from core.recognition.care import Burden, Concern, Group, alone, burden, fading


@pytest.mark.parametrize(
    ("weeks", "fades"),
    [
        ({3, 4, 5, 6}, True),
        ({3, 5, 7, 11}, True),
        ({0, 3, 4, 5, 6}, False),
        ({2, 3, 4, 5, 6}, False),
        ({3, 4, 5}, False),
        ({3, 4, 5, 12}, False),
        (set(), False),
    ],
)
def test_who_was_there_most_weeks_and_is_not_any_more_fades(weeks: set[int], fades: bool) -> None:  # noqa: FBT001
    assert fading(weeks) is fades


def test_who_answers_more_than_four_in_ten_carries_too_much() -> None:
    assert burden({1: 3, 2: 1, 3: 1}) == Burden(1, 60, 5)
    assert burden({1: 2, 2: 2, 3: 1}) is None
    assert burden({1: 4}) is None
    assert burden({}) is None


def test_a_ritual_that_one_person_keeps_going_alone_is_seen() -> None:
    mine = {("astuce", f"2026-11-{day:02}"): [7] for day in (2, 9, 16)}
    assert alone(mine) == {"astuce": 7}
    assert alone({**mine, ("astuce", "2026-11-23"): [7, 8]}) == {}
    assert alone(dict(list(mine.items())[:2])) == {}
    assert alone({key: [7, 8] for key in mine}) == {}


def test_all_is_well_when_nobody_is_concerned() -> None:
    assert Concern({Group.FADING: []}).nothing
    assert not Concern({Group.FADING: ["Alice"]}).nothing
    assert not Concern(alone={"astuce": "Alice"}).nothing
    assert not Concern(carrying=("Alice", Burden(1, 60, 5))).nothing
