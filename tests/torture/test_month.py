"""A month is drawn from its seed and from nothing else, and holds to what can be compared."""

import pytest

from tests.torture.month import LONG, SHORT, Month, Size, Step, people, platform_of


def plan(seed: int, size: Size) -> list[Step]:
    return list(Month(seed, size).steps())


@pytest.mark.parametrize("size", [SHORT, LONG])
def test_the_same_seed_is_the_same_month_and_another_one_another(size: Size) -> None:
    assert plan(7, size) == plan(7, size)
    assert plan(7, size) != plan(8, size)


def test_a_hundred_people_come_one_at_a_time_on_three_platforms() -> None:
    steps = plan(7, LONG)
    coming = [[d.who for d in step.doings if d.verb == "joins"] for step in steps]
    assert max(map(len, coming)) == 1
    assert sorted(name for names in coming for name in names) == sorted(people(LONG))
    assert len({platform_of(name) for name in people(LONG)}) == 3
    assert [step.at for step in steps] == sorted(step.at for step in steps)


def test_nobody_does_two_things_at_once_and_nothing_is_touched_twice_at_once() -> None:
    for step in plan(7, LONG):
        who = [doing.who for doing in step.doings if doing.who]
        assert len(set(who)) == len(who)
        about = [d.about[0] for d in step.doings if d.verb in {"reacts", "replies", "solves"}]
        assert len(set(about)) == len(about)
