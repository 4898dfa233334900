from datetime import timedelta

import pytest

from bots.demo.typed import Typed, answers, duration, in_words, meant, meant_fields, understand


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("say #entraide bonjour à tous", Typed("say", "bonjour à tous", "entraide")),
        ("say bonjour", Typed("say", "bonjour")),
        ("  press J’accepte la charte ", Typed("press", "J’accepte la charte")),
        ("run /rituel aperçu", Typed("run", "/rituel aperçu")),
        ("screen", Typed("screen")),
        ("close", Typed("close")),
    ],
)
def test_a_line_is_a_verb_and_its_words(line: str, typed: Typed) -> None:
    assert understand(line) == typed


@pytest.mark.parametrize("line", ["", "danse", "say", "press "])
def test_a_line_that_means_nothing_says_what_to_type(line: str) -> None:
    with pytest.raises(ValueError, match=r"type one of|Type help"):
        understand(line)


def test_time_is_written_in_minutes_hours_or_days() -> None:
    assert duration("30m") == timedelta(minutes=30)
    assert duration("2 h") == timedelta(hours=2)
    assert duration("3d") == timedelta(days=3)
    with pytest.raises(ValueError, match="30m"):
        duration("bientôt")


def test_a_form_is_filled_by_pairs() -> None:
    assert answers("Titre=Bonjour ; Détails=a=b") == {"Titre": "Bonjour", "Détails": "a=b"}
    for nothing in ("", "Titre"):
        with pytest.raises(ValueError, match="field=answer"):
            answers(nothing)


@pytest.mark.parametrize(
    "words", ["J’accepte la charte", "j'accepte la charte", "J'ACCEPTE  la charte"]
)
def test_a_label_is_found_as_people_type_it(words: str) -> None:
    assert meant(words, ["Plus tard", "J’accepte la charte"]) == "J’accepte la charte"


def test_what_is_no_label_stays_as_typed() -> None:
    assert meant("Rien de tel", ["Plus tard"]) == "Rien de tel"
    assert meant_fields({"votre formation": "a", "Autre": "b"}, ["Votre formation"]) == {
        "Votre formation": "a",
        "Autre": "b",
    }


@pytest.mark.parametrize(
    ("refusal", "read"),
    [
        ("no button 'Rien', only ['a', \"l'un\"]", "no button «\u00a0Rien\u00a0», only a, l'un"),
        ("Inès is not in 'x', only in []", "Inès is not in «\u00a0x\u00a0», only in nothing"),
        ("this message is Bruno's, not Alice's", "this message is Bruno's, not Alice's"),
        ("last shown: 'un\\n\\ndeux'", "last shown: «\u00a0un deux\u00a0»"),
    ],
)
def test_a_refusal_is_read_without_the_marks_of_a_program(refusal: str, read: str) -> None:
    assert in_words(refusal) == read
