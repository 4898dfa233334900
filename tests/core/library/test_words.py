import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.library.words import folded, holds, kept, terms


def finds(looked_for: str, text: str) -> bool:
    known = set(kept(text).split())
    return all(holds(known, term) for term in terms(looked_for))


@pytest.mark.parametrize(
    ("looked_for", "text"),
    [
        ("competences", "Le bilan de compétences"),
        ("COMPÉTENCE", "les competences"),
        ("financements", "Comment financer ?"),
        ("financées", "une formation financée"),
        ("financees", "elles sont financées"),
        ("financees", "financer"),
        ("évaluations", "evaluer"),
        ("réseau", "les reseaux"),
        ("l’emploi", "des emplois"),
        ("d'animatrices", "une animatrice"),
        ("oeuvre", "mise en œuvre"),
        ("trainings", "the training"),
        ("learner", "learners"),
        ("questions", "One question"),
        ("compét", "compétences"),
        ("C#", "du c# et du C++"),
        ("c++", "du c# et du C++"),
        ("RGPD", "Le rgpd, vite"),
        ("e\u0301te\u0301", "l’été"),
    ],
)
def test_a_word_is_found_whatever_its_accents_and_endings(looked_for: str, text: str) -> None:
    assert finds(looked_for, text)


@pytest.mark.parametrize(
    ("looked_for", "text"),
    [
        ("excel", "financer"),
        ("cv", "une cvthèque"),
        ("C#", "du C et du C++"),
        ("java", "la jauge"),
    ],
)
def test_another_word_is_not_found(looked_for: str, text: str) -> None:
    assert not finds(looked_for, text)


def test_little_words_do_not_count() -> None:
    assert terms("Comment est-ce que je peux faire avec vous ?") == ()
    assert terms("How can I do this, please?") == ()
    assert len(terms("Bilan, bilans et le BILAN")) == 1


@given(st.text(max_size=60))
def test_a_text_always_finds_itself(text: str) -> None:
    assert finds(text, text)
    assert finds(text.swapcase(), text.swapcase())


@given(st.text(alphabet="éèêàâçîôûœ aeinorstl’", max_size=40))
def test_accents_never_matter_even_where_both_languages_end_a_word_alike(text: str) -> None:
    assert finds(folded(text), text)


@given(st.text(max_size=60))
def test_what_the_index_holds_is_stems_and_spaces(text: str) -> None:
    assert all(stem.isalnum() for stem in kept(text).split())
