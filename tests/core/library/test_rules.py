from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.library.rules import (
    EXCERPT,
    Found,
    Voice,
    agreed,
    best,
    close,
    closeness,
    cut,
    excerpt,
    headline,
    to_ask,
)
from core.library.words import kept, terms

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FINANCE = "Comment financer un bilan de compétences ?"


def found(number: int, title: str, text: str = "", helped: int = 0) -> Found:
    return Found(number, title, kept(title), kept(text), helped)


# -- who agrees --------------------------------------------------------------------------------


def test_the_first_author_writes_then_the_others_are_asked() -> None:
    bob, alice = Voice(1), Voice(2)
    assert to_ask([bob, alice], written=False) == (1,)
    assert to_ask([Voice(1, NOW), alice], written=True) == (2,)
    assert to_ask([bob, alice], written=True) == (1, 2)


def test_whoever_is_both_is_asked_once() -> None:
    assert to_ask([Voice(1), Voice(1)], written=True) == (1,)


@given(said=st.lists(st.booleans(), max_size=4), written=st.booleans())
def test_it_is_agreed_when_it_is_written_and_nobody_is_to_be_asked(
    *, said: list[bool], written: bool
) -> None:
    voices = [Voice(number, NOW if yes else None) for number, yes in enumerate(said)]
    assert agreed(voices, written=written) == (written and not to_ask(voices, written=written))


# -- what is found -----------------------------------------------------------------------------


def test_what_holds_more_of_the_words_comes_first_then_what_says_so_in_its_title() -> None:
    entries = [
        found(1, "Un bilan réussi", "avec des compétences"),
        found(2, "Le CPF", "pour financer un bilan de compétences"),
        found(3, FINANCE, "par l’OPCO"),
        found(4, "La cuisine", "au beurre"),
    ]
    assert best(terms("financer bilan compétences"), entries) == [3, 2, 1]


def test_between_equals_what_helped_more_then_what_is_newer() -> None:
    entries = [found(1, "Bilan"), found(2, "Bilan", helped=2), found(3, "Bilan")]
    assert best(terms("bilan"), entries) == [2, 3, 1]
    assert best(terms("bilan"), entries, 1) == [2]


def test_half_of_the_words_at_least_and_no_word_finds_nothing() -> None:
    entry = found(1, "Financer un bilan")
    assert best(terms("financer excel"), [entry]) == [1]
    assert best(terms("financer excel tableur"), [entry]) == []
    assert best((), [entry]) == []


@pytest.mark.parametrize(
    "asked",
    [
        FINANCE,
        "qui connaît un financement pour mon bilan de competences en Bretagne ?",
        "bilan de compétences financé",
    ],
)
def test_nearly_the_same_question_is_close(asked: str) -> None:
    assert close(asked, [found(1, FINANCE), found(2, "Trier un tableau Excel")], 3) == [1]


@pytest.mark.parametrize(
    "asked", ["Financer une formation Python ?", "Bilan ?", "Trier un tableau Excel", ""]
)
def test_another_question_is_not(asked: str) -> None:
    assert close(asked, [found(1, FINANCE)], 3) == []


def test_the_closest_come_first_and_no_more_than_wanted() -> None:
    entries = [
        found(1, "Financer un bilan de santé"),
        found(2, FINANCE),
        found(3, "Financer son bilan de compétences au chômage"),
    ]
    assert close("Financer un bilan de compétences", entries, 2) == [3, 2]


@given(st.text(max_size=40), st.text(max_size=40))
def test_closeness_goes_both_ways_and_stays_between_nothing_and_all(one: str, other: str) -> None:
    assert closeness(one, other) == closeness(other, one)
    assert 0 <= closeness(one, other) <= 1


@given(st.text())
def test_an_excerpt_is_one_short_line(text: str) -> None:
    assert len(excerpt(text)) <= EXCERPT
    assert "\n" not in excerpt(text)


def test_a_headline_is_the_first_sentence_or_its_beginning() -> None:
    assert (
        headline("Ctrl et T ouvre un onglet. Ctrl et W le ferme.") == "Ctrl et T ouvre un onglet."
    )
    assert headline("Un raccourci\nutile") == "Un raccourci"
    assert headline("mot " * 60).endswith("mot…")
    assert headline("  ") == ""


def test_what_is_too_long_is_cut_save_a_link_which_would_lead_nowhere() -> None:
    found = cut("mot \n mot", " x" * 1000, "https://exemple.fr/" + "a" * 300, "t" * 50)
    assert {name: len(value) for name, value in found.items()} == {
        "title": 7,
        "text": 1500,
        "link": 0,
        "topic": 40,
    }
    assert cut("", "", "https://exemple.fr", "")["link"] == "https://exemple.fr"


def test_an_excerpt_ends_between_words() -> None:
    assert excerpt("mot " * 60).endswith("mot…")
    assert excerpt("Par l’OPCO\nde la branche") == "Par l’OPCO de la branche"
