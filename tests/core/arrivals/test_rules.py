from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.arrivals.rules import (
    ArrivalsSettings,
    Funnel,
    Person,
    Plan,
    Seal,
    Stand,
    Volunteer,
    by_cohort,
    cell,
    funnel,
    identity,
    next_guide,
    plan,
)

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
SEAL = Seal("secret")
PEOPLE = st.lists(
    st.builds(
        Person,
        identity=st.sampled_from("abcdef"),
        name=st.sampled_from(["Alice", "Bob"]),
        email=st.sampled_from(["", "a@exemple.fr"]),
        training=st.sampled_from(["", "Bilan"]),
        cohort=st.sampled_from(["", "2025-A"]),
        ends=st.sampled_from([None, date(2025, 6, 30)]),
    ),
    unique_by=lambda person: person.identity,
)


def test_an_e_mail_makes_the_same_person_of_another_name() -> None:
    one = identity(SEAL, "Alice Durand", "a@exemple.fr", "Bilan", "A")
    assert one == identity(SEAL, "Alice Martin", "a@exemple.fr", "Coaching", "B")


def test_without_an_e_mail_accents_and_case_do_not_count_and_the_cohort_does() -> None:
    one = identity(SEAL, "Zoé Durand", "", "Bilan", "A")
    assert one == identity(SEAL, "ZOE  DURAND", "", "bilan", "a")
    assert one != identity(SEAL, "Zoé Durand", "", "Bilan", "B")


def test_nobody_without_the_key_knows_an_e_mail_again() -> None:
    assert SEAL.of("e:a@exemple.fr") != Seal("autre").of("e:a@exemple.fr")
    assert "a@exemple.fr" not in SEAL.of("e:a@exemple.fr")


@given(PEOPLE, PEOPLE)
def test_a_file_imported_twice_changes_nothing_the_second_time(
    before: list[Person], told: list[Person]
) -> None:
    known = {person.identity: person for person in before}
    found = plan(told, known)
    after = known | {p.identity: p for p in found.new} | {a.identity: a for _, a in found.changed}
    assert plan(told, after) == Plan(same=len(told))
    assert plan(told, after).empty


def test_an_empty_cell_takes_nothing_away() -> None:
    alice = Person("a", "Alice", "a@exemple.fr", "Bilan", "A", date(2025, 6, 30), "RS1")
    assert plan([Person("a", "Alice")], {"a": alice}) == Plan(same=1)
    told = plan([Person("a", "Alice", cohort="B")], {"a": alice})
    assert told == Plan(changed=((alice, replace(alice, cohort="B")),))


@pytest.mark.parametrize("value", ["=1+1", "+33", "-2", "@SUM(A1)", " =1", "\t=1"])
def test_no_cell_is_a_formula(value: str) -> None:
    assert cell(value) == f"'{value}"


def test_a_cell_that_is_none_stays_as_it_is() -> None:
    assert cell("Jean-Luc = chef") == "Jean-Luc = chef"


@pytest.mark.parametrize("link", ["https://exemple.fr", "exemple.fr/{code}"])
def test_an_invitation_leads_somewhere_with_its_code(link: str) -> None:
    with pytest.raises(ValidationError):
        ArrivalsSettings(link=link)


# -- how far people come -----------------------------------------------------------------------


STANDS = st.lists(
    st.builds(
        Stand,
        cohort=st.sampled_from(["", "A", "B"]),
        ends=st.sampled_from([None, date(2025, 1, 1), date(2026, 1, 1)]),
        invited=st.booleans(),
        joined=st.booleans(),
        accepted=st.booleans(),
        posted=st.booleans(),
    )
)


@given(STANDS)
def test_each_step_holds_no_more_than_the_one_before(stands: list[Stand]) -> None:
    found = funnel(stands)
    steps = [found.trained, found.invited, found.joined, found.accepted, found.posted]
    assert steps == sorted(steps, reverse=True)
    assert 0 <= found.share <= 100


@given(STANDS)
def test_cohorts_add_up_to_those_who_have_one(stands: list[Stand]) -> None:
    told = by_cohort(stands)
    assert sum(found.trained for _, found in told) == sum(bool(one.cohort) for one in stands)


def test_the_last_cohort_to_end_comes_first() -> None:
    stands = [
        Stand("B", date(2025, 1, 1)),
        Stand("A"),
        Stand("C", date(2026, 1, 1), joined=True),
        Stand("", joined=True),
    ]
    assert [name for name, _ in by_cohort(stands)] == ["C", "B", "A"]
    assert by_cohort(stands, most=1) == [("C", Funnel(1, 1, 1))]


# -- who greets whom ---------------------------------------------------------------------------


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("volunteers", "turn"),
    [
        ([], None),
        ([Volunteer(1, 1, (ago(2),), ago(2))], None),
        ([Volunteer(1, 1, (ago(8),), ago(8))], 1),
        ([Volunteer(1, 2, (ago(8),), ago(8)), Volunteer(2, 2)], 2),
        ([Volunteer(1, 2, (ago(8),), ago(1)), Volunteer(2, 2, (ago(9),), ago(3))], 2),
        ([Volunteer(2, 2), Volunteer(1, 2)], 1),
        ([Volunteer(1, 1, (), ago(1)), Volunteer(2, 1)], 2),
    ],
)
def test_guides_greet_in_turn_and_no_more_than_they_said(
    volunteers: list[Volunteer], turn: int | None
) -> None:
    assert next_guide(volunteers, NOW) == turn


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 30))
def test_turns_are_within_one_of_each_other_and_nobody_has_too_many(
    guides: int, a_week: int, newcomers: int
) -> None:
    volunteers = {n: Volunteer(n, a_week) for n in range(1, guides + 1)}
    for hour in range(newcomers):
        now = NOW + timedelta(hours=hour)
        turn = next_guide(volunteers.values(), now)
        if turn is not None:
            mine = volunteers[turn]
            volunteers[turn] = replace(mine, greeted=(*mine.greeted, now), asked_at=now)
    counts = [len(volunteer.greeted) for volunteer in volunteers.values()]
    assert max(counts) - min(counts) <= 1
    assert max(counts) <= a_week
