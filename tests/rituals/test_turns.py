from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rituals.turns import Waiting, line, lot, reason

DAY = date(2026, 11, 23)
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
RITUAL = "lundi-astuce"


@st.composite
def crowds(draw: st.DrawFn) -> list[Waiting]:
    ids = draw(st.lists(st.integers(1, 60), unique=True, min_size=1, max_size=15))
    return [
        Waiting(
            member,
            START + timedelta(hours=draw(st.integers(0, 4))),
            opted_out=draw(st.booleans()),
            here=draw(st.booleans()),
        )
        for member in ids
    ]


@given(crowds(), st.randoms(use_true_random=False), st.sets(st.integers(1, 60)))
def test_the_line_is_the_same_whoever_computes_it(
    people: list[Waiting], random: object, asked: set[int]
) -> None:
    shuffled = list(people)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis's own Random
    assert line(shuffled, RITUAL, DAY, asked=asked) == line(people, RITUAL, DAY, asked=asked)


@given(crowds(), st.sets(st.integers(1, 60)))
def test_everybody_who_may_be_asked_stands_once_and_whoever_waits_longer_first(
    people: list[Waiting], asked: set[int]
) -> None:
    known = {p.member: p for p in people}
    order = line(people, RITUAL, DAY, asked=asked)
    may = {p.member for p in people if p.here and not p.opted_out and p.member not in asked}
    assert sorted(order) == sorted(may)
    since = [known[member].since for member in order]
    assert since == sorted(since)


@given(crowds(), st.sets(st.integers(1, 60)))
def test_having_been_asked_moves_nobody_else(people: list[Waiting], asked: set[int]) -> None:
    whole = line(people, RITUAL, DAY)
    assert line(people, RITUAL, DAY, asked=asked) == tuple(m for m in whole if m not in asked)


def rounds(members: list[int], weeks: int, passing: set[tuple[int, int]]) -> Counter[int]:
    """Who served how often, when those in `passing` (week, member) pass that week."""
    since = dict.fromkeys(members, START)
    served: Counter[int] = Counter()
    for week in range(weeks):
        day = DAY + timedelta(weeks=week)
        asked = {member for at, member in passing if at == week}
        order = line([Waiting(m, at) for m, at in since.items()], RITUAL, day, asked=asked)
        if order:
            served[order[0]] += 1
            since[order[0]] = START + timedelta(weeks=week + 1)
    return served


@given(st.integers(1, 9), st.integers(1, 60))
def test_over_any_number_of_rounds_nobody_serves_more_than_once_more_than_another(
    people: int, weeks: int
) -> None:
    served = rounds(list(range(people)), weeks, set())
    counts = [served[m] for m in range(people)]
    assert max(counts) - min(counts) <= 1
    assert sum(counts) == weeks


@given(
    st.integers(2, 7),
    st.sets(st.tuples(st.integers(0, 39), st.integers(1, 6))),
    st.dictionaries(st.integers(100, 140), st.integers(1, 30), max_size=20),
)
def test_nobody_starves_whoever_else_passes_or_arrives(
    people: int, passing: set[tuple[int, int]], arrivals: dict[int, int]
) -> None:
    since = dict.fromkeys(range(people), START)
    waited = 0
    for week in range(40):
        day = DAY + timedelta(weeks=week)
        now = START + timedelta(weeks=week + 1)
        for member, arrives in arrivals.items():
            if arrives == week:
                since[member] = now - timedelta(hours=1)
        ahead = len([m for m, at in since.items() if at < since[0]])
        asked = {member for at, member in passing if at == week}
        order = line([Waiting(m, at) for m, at in since.items()], RITUAL, day, asked=asked)
        since[order[0]] = now
        waited = 0 if order[0] == 0 else waited + 1
        # Member 0 never passes: each week somebody else serves who does not come back before.
        assert waited < people + len(arrivals) + 1
        assert ahead <= people + len(arrivals)


@given(crowds(), st.integers(61, 99))
def test_a_newcomer_stands_behind_all_who_wait(people: list[Waiting], newcomer: int) -> None:
    arrived = Waiting(newcomer, START + timedelta(days=1))
    assert line([*people, arrived], RITUAL, DAY)[-1] == newcomer


def test_the_lot_is_another_one_each_time_and_cannot_be_chosen() -> None:
    tied = [Waiting(member, START) for member in range(1, 9)]
    firsts = {line(tied, RITUAL, DAY + timedelta(weeks=week))[0] for week in range(30)}
    assert len(firsts) > 3
    assert lot(RITUAL, DAY, 1) != lot("autre", DAY, 1)


def test_the_reason_says_the_place_and_what_decided() -> None:
    people = [
        Waiting(1, START),
        Waiting(2, START + timedelta(hours=1)),
        Waiting(3, START + timedelta(hours=1)),
        Waiting(4, START, opted_out=True),
    ]
    second = line(people, RITUAL, DAY)[1]
    found = reason(people, RITUAL, DAY, second, {1})
    assert found is not None
    assert (found.place, found.waiting, found.passed, found.tied) == (2, 3, 1, 1)
    assert found.since == START + timedelta(hours=1)
    assert reason(people, RITUAL, DAY, 4, set()) is None
    assert reason(people, RITUAL, DAY, 5, set()) is None
