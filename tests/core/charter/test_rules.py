from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.charter.rules import (
    Changes,
    CharterSettings,
    Standing,
    changes,
    digest,
    language_of,
    lines,
    names_somebody,
    standing,
    written,
)

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
CONFIG = Path(__file__).parents[3] / "config" / "charter"
texts = st.lists(st.text("abcde *_#", max_size=20), max_size=12).map("\n\n".join)


@given(st.sets(st.integers(1, 5)), st.integers(1, 5), st.integers(-3, 3))
def test_the_gate_is_open_to_who_accepted_or_has_time_left(
    accepted: set[int], current: int, hours: int
) -> None:
    found = standing(accepted, current, NOW + timedelta(hours=hours), NOW)
    assert (found is Standing.ACCEPTED) == (current in accepted)
    if found is Standing.GRACE:
        assert accepted
        assert hours > 0
    if not accepted:
        assert found is Standing.WAITING


def test_the_grace_is_over_at_its_very_end() -> None:
    assert standing({1}, 2, NOW, NOW) is Standing.WAITING
    assert standing({1}, 2, NOW + timedelta(seconds=1), NOW) is Standing.GRACE


def test_the_first_version_has_no_grace() -> None:
    assert standing(set(), 1, None, NOW) is Standing.WAITING
    assert standing({3}, 1, None, NOW) is Standing.WAITING


@given(texts, texts)
def test_what_was_there_plus_what_was_added_is_what_is_there_plus_what_was_removed(
    before: str, after: str
) -> None:
    what = changes(before, after)
    there = Counter(lines(before)) + Counter(what.added)
    assert there == Counter(lines(after)) + Counter(what.removed)


@given(texts)
def test_nothing_changes_between_a_text_and_itself(text: str) -> None:
    assert changes(text, text) == Changes()


def test_numbering_and_emphasis_alone_are_no_change() -> None:
    before = "1. Respect\n2. Entraide"
    after = "# Charte\n\n1. Écoute\n2. **Respect**\n3. Entraide"
    assert changes(before, after) == Changes(added=("Charte", "Écoute"))


@pytest.mark.parametrize(
    ("wanted", "available", "shown"),
    [
        ("fr@tu", {"fr", "en"}, "fr"),
        ("en", {"fr", "en"}, "en"),
        ("en", {"fr"}, "fr"),
        ("fr", {"en"}, "en"),
    ],
)
def test_everyone_reads_the_nearest_text(wanted: str, available: set[str], shown: str) -> None:
    assert language_of(wanted, available) == shown


def test_a_charter_without_a_text_is_a_fault() -> None:
    with pytest.raises(ValueError, match="without a text"):
        language_of("fr", ())


@given(st.text())
def test_what_is_kept_is_kept_the_same(text: str) -> None:
    once = written(text)
    assert written(once) == once
    assert "\r" not in once
    assert "\u202e" not in once


def test_a_digest_is_the_sha256_of_the_text() -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    "text",
    [
        "[Bob](account:discord/1/2)",
        "[Bob](<account:nowhere/1/2>)",
        "[Bob](account\\:broken)",
        "[Bob](&#97;ccount:broken)",
    ],
)
def test_a_link_to_somebody_is_found_however_it_is_written(text: str) -> None:
    assert names_somebody(text)


def test_an_account_may_be_spoken_of() -> None:
    assert not names_somebody("Votre account: un lien [ici](https://example.org).")


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({}, "needs a text"),
        ({"de": "Regeln"}, "no charter can be written in 'de'"),
        ({"fr": " \u200b\n"}, "the charter in fr is empty"),
        ({"fr": "[x](account:y)"}, "links to an account"),
    ],
)
def test_a_charter_that_cannot_be_shown_is_refused(texts: dict[str, str], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        CharterSettings(texts=texts)


def test_the_two_charters_we_ship_say_the_same_number_of_things() -> None:
    shipped = {name: (CONFIG / f"{name}.md").read_text() for name in ("fr", "en")}
    settings = CharterSettings(texts=shipped)
    points = {name: text.count(".** ") for name, text in settings.texts.items()}
    assert points["fr"] == points["en"]
    assert 8 <= points["fr"] <= 12
    assert all(len(text) <= 4000 for text in settings.texts.values())
