from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.questions.matching import (
    ABOUT,
    Asked,
    Candidate,
    Choice,
    Reason,
    Refusal,
    Why,
    fold,
    matches,
    ranked,
    told_by,
)

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Excel", "excel avancé"),
        ("technique", "Techniques"),
        ("finance", "financer"),
        ("prise de parole", "la prise de parole"),
        ("métier", "METIERS"),
        ("l’emploi", "emploi"),
        ("c++", "C++"),
        ("css", "CSS"),
    ],
)
def test_topics_match_however_they_are_written(one: str, other: str) -> None:
    assert matches(one, other)
    assert matches(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("java", "javascript"),
        ("excel", "excellence"),
        ("cpf", "cpam"),
        ("c", "c++"),
        ("de la", "de la couture"),
        ("", "excel"),
        ("recherche emploi", "recherche scientifique"),
    ],
)
def test_other_topics_do_not(one: str, other: str) -> None:
    assert not matches(one, other)
    assert not matches(other, one)


def test_a_title_may_name_a_topic() -> None:
    assert told_by("excel", "Une RECHERCHEV dans Excel ?")
    assert told_by("tableaux croisés", "Mon tableau croisé est vide")
    assert not told_by("c", "C’est quoi ?")
    assert not told_by("excel avancé", "Excel ?")


@given(st.text(max_size=30))
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)


# -- who to ask -------------------------------------------------------------------------------

topic = st.sampled_from(["excel", "cpf", "python", "emploi", "couture"])
several = st.lists(topic, max_size=3, unique=True).map(tuple)
training = st.sampled_from(["", "web", "CPF et financement", "python"])
ago = st.integers(0, 200).map(lambda days: NOW - timedelta(days=days, minutes=1))
candidates = st.lists(
    st.builds(
        Candidate,
        member=st.integers(1, 12),
        topics=several,
        training=training,
        solved=st.lists(several, max_size=6).map(tuple),
        asked=st.lists(ago, max_size=6).map(tuple),
        replied=st.integers(0, 6),
        refusals=st.lists(st.builds(Refusal, several, ago), max_size=3).map(tuple),
    ),
    max_size=8,
    unique_by=lambda c: c.member,
)
questions = st.builds(
    Asked,
    id=st.integers(1, 99),
    asker=st.integers(1, 12),
    topics=several,
    title=st.sampled_from(["", "Avec Python ?", "Pour l’emploi"]),
    training=training,
)


@given(questions, candidates, st.sets(st.integers(1, 12), max_size=4), st.integers(1, 4))
def test_nobody_is_asked_who_should_not_be(
    question: Asked, known: list[Candidate], already: set[int], cap: int
) -> None:
    by_number = {one.member: one for one in known}
    for choice in ranked(question, known, already, NOW, cap):
        one = by_number[choice.member]
        assert one.member != question.asker
        assert one.member not in already
        assert sum(at > NOW - timedelta(days=7) for at in one.asked) < cap


@given(questions, candidates)
def test_the_order_is_explained_and_depends_on_nothing_else(
    question: Asked, known: list[Candidate]
) -> None:
    found = ranked(question, known, set(), NOW)
    assert found == ranked(question, known[::-1], set(), NOW)
    scores = [sum(reason.points for reason in choice.reasons) for choice in found]
    assert scores == sorted(scores, reverse=True) == [choice.score for choice in found]
    for choice in found:
        assert all(reason.points for reason in choice.reasons)
        assert any(reason.why in ABOUT for reason in choice.reasons)


@given(questions, candidates, several, st.integers(0, 7))
def test_who_solved_more_is_never_ranked_lower(
    question: Asked, known: list[Candidate], solved: tuple[str, ...], which: int
) -> None:
    if which >= len(known):
        return
    one = known[which]
    better = replace(one, solved=(*one.solved, solved))
    before = [choice.member for choice in ranked(question, known, set(), NOW)]
    known[which] = better
    after = [choice.member for choice in ranked(question, known, set(), NOW)]
    if one.member in before:
        assert after.index(one.member) <= before.index(one.member)


QUESTION = Asked(1, 99, ("cpf",), "Financer avec Excel ?", "Web")


def first(*known: Candidate, cap: int = 3, question: Asked = QUESTION) -> int | None:
    found = ranked(question, known, set(), NOW, cap)
    return found[0].member if found else None


def why(one: Candidate) -> dict[Why, int]:
    (choice,) = ranked(QUESTION, [one], set(), NOW)
    return {reason.why: reason.points for reason in choice.reasons}


def ago_days(*days: int) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(days=n) for n in days)


def test_each_reason_has_its_points() -> None:
    plain = {Why.RESTED: 6, Why.REPLIES: 2}
    assert why(Candidate(1, ("CPF",))) == {Why.NAMED: 10, **plain}
    assert why(Candidate(1, ("excel",))) == {Why.IN_TITLE: 6, **plain}
    assert why(Candidate(1, (), "CPF et financement")) == {Why.TRAINED: 5, **plain}
    assert why(Candidate(1, ("cpf",), "wéb"))[Why.SAME_TRAINING] == 4
    assert why(Candidate(1, (), solved=(("cpf",), ("couture",))))[Why.SOLVED] == 2
    assert why(Candidate(1, (), solved=(("cpf",),) * 9))[Why.SOLVED] == 10


def test_who_was_asked_lately_lets_others_go_first() -> None:
    asked = why(Candidate(1, ("cpf",), asked=ago_days(2, 9, 20, 100), replied=4))
    assert asked == {Why.NAMED: 10, Why.REPLIES: 3}
    busy, rested = Candidate(1, ("cpf",), asked=ago_days(10)), Candidate(2, ("cpf",))
    assert first(busy, rested) == 2


def test_not_my_topic_is_heard_then_forgiven() -> None:
    def said(days: int) -> Candidate:
        return Candidate(1, ("cpf",), refusals=(Refusal(("cpf",), *ago_days(days)),))

    assert first(said(1)) is None
    assert why(said(90))[Why.REFUSED] == -12
    assert why(said(360))[Why.REFUSED] == -2
    assert first(said(90), Candidate(2, ("excel",))) == 2
    elsewhere = Candidate(1, ("cpf",), refusals=(Refusal(("couture",), NOW),))
    assert Why.REFUSED not in why(elsewhere)


def test_nobody_is_asked_with_nothing_in_common_or_too_often() -> None:
    assert first(Candidate(1, ("couture",))) is None
    assert first(Candidate(1, ("cpf",), asked=ago_days(1)), cap=1) is None
    assert first(Candidate(1, ("cpf",), asked=ago_days(8)), cap=1) == 1


def test_among_equals_goes_who_was_asked_least_this_week_then_longest_ago() -> None:
    def tried(number: int, *days: int) -> Candidate:
        return Candidate(number, ("cpf",), asked=ago_days(*days))

    assert first(tried(1, 3), tried(2, 8)) == 2
    assert first(tried(1, 8), tried(2, 20)) == 2


def test_ties_favour_nobody() -> None:
    equals = [Candidate(n, ("cpf",)) for n in range(4)]
    drawn = [first(*equals, question=replace(QUESTION, id=number)) for number in range(200)]
    assert all(drawn.count(n) > 25 for n in range(4))


def test_a_choice_names_each_topic_once() -> None:
    reasons: Sequence[Reason] = (
        Reason(Why.NAMED, 10, ("cpf",)),
        Reason(Why.SOLVED, 2, ("cpf", "excel"), 1),
        Reason(Why.REFUSED, -2, ("couture",), 1),
    )
    assert Choice(1, tuple(reasons)).topics == ("cpf", "excel")
