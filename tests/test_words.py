"""The words of the bot are whole in every language, and written as its people would write them."""

import re
import unicodedata

import pytest

from bots.rooms import routes
from tests.lexicon import (
    Entry,
    derived,
    entries,
    files,
    lexicon,
    messages,
    used,
)

PLAIN_ROOMS = ("adapter_discord", "adapter_slack", "adapter_telegram")
"""What the adapters say themselves is plain text, rendered without markup."""

MODULES = {"rituals.models", "rituals.feed", "rituals.backing"}
ROUTE_NAMES = {"form.pick", "form.skip", "form.cancel", *MODULES}
"""Literals that look like keys: the questionnaire's own actions, and modules."""

FORMAL = re.compile(
    r"(?<!rendez-)\b(vous|votre|vos|vôtres?)\b|\b(?!chez\b|assez\b|rendez-vous\b)\w{2,}ez\b",
    re.IGNORECASE,
)
FAMILIAR = re.compile(r"\b(tu|toi|ton|ta|tes|tien|tiens|tienne|tiennes)\b|\bt’", re.IGNORECASE)

SAYS_VOUS_TO_ALL = {
    "members.command.langue": "names the two ways of speaking",
    "members.option.langue.fr": "names the two ways of speaking",
    "onboarding.form.preferences.language.fr": "names the two ways of speaking",
    "rituals.question": "asks the whole channel",
    "rituals.open_call": "calls the whole channel",
    "rituals.why_tied": "speaks of several people, the reader among them",
}
"""French texts with «vous» that are the same for who is spoken to with «tu», and why."""

SAYS_TU = {
    "members.command.langue": "names the two ways of speaking",
    "members.option.langue.fr@tu": "names the two ways of speaking",
    "onboarding.form.preferences.language.fr@tu": "names the two ways of speaking",
}

COMMERCIAL = re.compile(
    r"offre spéciale|profitez|promo\b|promotion exceptionnelle|gratuit|exclusi|ne manquez pas|"
    r"dernière chance|cliquez vite|special offer|don’t miss|hurry up|limited time|for free|"
    r"exclusive|act now",
    re.IGNORECASE,
)


def _shown(entry: Entry) -> str:
    return f"{entry.language} {entry.key}: {' / '.join(entry.forms)}"


def test_every_catalogue_can_be_read_and_is_sound() -> None:
    assert len(files()) >= 3 * 12
    faults = []
    for path in files():
        for message in messages(path):
            key = message.id if isinstance(message.id, str) else message.id[0]
            text = message.string
            if not text or not (isinstance(text, str) or all(text)):
                faults.append(f"{path}: {key} says nothing")
            if key.split(".")[0] != path.stem:
                faults.append(f"{path}: {key} belongs to another room")
            if message.fuzzy:
                faults.append(f"{path}: {key} is marked fuzzy")
    assert faults == []


def test_no_key_is_written_twice_in_a_catalogue() -> None:
    faults = []
    for path in files():
        keys = re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)
        faults += [f"{path}: {key}" for key in set(keys) if keys.count(key) > 1]
    assert faults == []


def test_french_and_english_say_the_same_things() -> None:
    assert lexicon()["fr"].keys() == lexicon()["en"].keys()


def test_every_key_the_code_names_has_words() -> None:
    everything = routes()
    names = {
        *everything.buttons,
        *everything.forms,
        *everything.jobs,
        *everything.delivered_to,
        *everything.artists,
        *everything.guards,
        *ROUTE_NAMES,
    }
    missing = [f"{u.where}: {u.key}" for u in used() if u.key not in lexicon()["fr"]]
    assert [m for m in missing if m.split(": ")[1] not in names] == []
    assert derived() - lexicon()["fr"].keys() == set()


def test_every_word_is_used() -> None:
    named = {u.key for u in used()} | derived()
    assert lexicon()["fr"].keys() - named == set()


@pytest.mark.parametrize("language", ["en", "fr@tu"])
def test_every_language_fills_in_the_same_values(language: str) -> None:
    french = lexicon()["fr"]
    faults = [
        f"{_shown(entry)} <> {_shown(french[entry.key])}"
        for entry in entries(language)
        if entry.placeholders != french[entry.key].placeholders
        or len(entry.forms) != len(french[entry.key].forms)
    ]
    assert faults == []
    assert all(name.isidentifier() for e in entries("fr") for name in e.placeholders)


# -- vous and tu ------------------------------------------------------------------------------


def test_who_says_tu_is_never_told_vous() -> None:
    familiar = lexicon()["fr@tu"]
    faults = [
        _shown(entry)
        for entry in entries("fr")
        if any(FORMAL.search(form) for form in entry.forms)
        and entry.key not in familiar
        and entry.key not in SAYS_VOUS_TO_ALL
    ]
    assert faults == []
    assert [_shown(e) for e in familiar.values() if any(map(FORMAL.search, e.forms))] == []


def test_who_says_vous_is_never_told_tu() -> None:
    faults = [
        _shown(entry)
        for entry in entries("fr")
        if any(FAMILIAR.search(form) for form in entry.forms) and entry.key not in SAYS_TU
    ]
    assert faults == []


def test_the_familiar_catalogue_holds_only_what_differs() -> None:
    french = lexicon()["fr"]
    unknown = lexicon()["fr@tu"].keys() - french.keys()
    same = [e.key for e in entries("fr@tu") if e.forms == french[e.key].forms]
    assert (unknown, same) == (set(), [])


def test_the_named_exceptions_are_still_exceptions() -> None:
    french = lexicon()["fr"]
    assert all(any(map(FORMAL.search, french[key].forms)) for key in SAYS_VOUS_TO_ALL)
    assert all(any(map(FAMILIAR.search, french[key].forms)) for key in SAYS_TU)


# -- as people write --------------------------------------------------------------------------


def _faulty(pattern: str, *languages: str) -> list[str]:
    search = re.compile(pattern).search
    return [_shown(e) for e in entries(*languages) if any(search(form) for form in e.prose)]


def test_apostrophes_and_quotation_marks_are_typographic() -> None:
    assert _faulty(r"['\"]", "fr", "fr@tu", "en") == []
    assert _faulty(r"[“”]", "fr", "fr@tu") == []
    assert _faulty(r"[«»]", "en") == []


def test_french_double_signs_stand_apart_by_a_plain_space() -> None:
    # one kind of space everywhere, so that a text can be searched for; the exception is a
    # number and its unit
    assert _faulty(r"[^\s!?*][!?;»]|[^ !?*][!?;»]\s", "fr", "fr@tu") == []
    assert _faulty(r"[^ \d]:(?!//)", "fr", "fr@tu") == []
    assert _faulty(r"[«](?! )", "fr", "fr@tu") == []
    assert _faulty("[\u00a0\u202f](?!%)", "fr", "fr@tu", "en") == []


def test_english_signs_stand_close() -> None:
    assert _faulty(r"\s[:;!?,.](?!\w)", "en") == []


def test_spaces_and_dots_are_sober() -> None:
    assert _faulty(r"  |^\s|\s$|\.\.\.| \n|!!|\?\?", "fr", "fr@tu", "en") == []


def test_strong_and_emphasis_are_closed() -> None:
    faults = [
        _shown(e)
        for e in entries("fr", "fr@tu", "en")
        for form in e.prose
        if form.count("**") % 2 or form.replace("**", "").replace("\n- ", "").count("*") % 2
    ]
    assert faults == []


def test_no_emoji_stands_without_words() -> None:
    def speechless(text: str) -> bool:
        symbols = [c for c in text if unicodedata.category(c) == "So"]
        return bool(symbols) and not any(c.isalpha() for c in text)

    assert [_shown(e) for e in entries("fr", "fr@tu", "en") if any(map(speechless, e.forms))] == []


def test_nobody_is_called_all_at_once() -> None:
    assert _faulty(r"@(everyone|here|channel|tous|ici)\b|<!", "fr", "fr@tu", "en") == []


def test_nothing_is_sold() -> None:
    faults = [
        _shown(e) for e in entries("fr", "fr@tu", "en") if any(map(COMMERCIAL.search, e.forms))
    ]
    assert faults == []


def test_plain_texts_carry_no_markup() -> None:
    plain = derived() | {e.key for e in entries("fr") if e.room in PLAIN_ROOMS}
    plain |= {u.key for u in used() if u.on_button}
    faults = [
        _shown(e)
        for e in entries("fr", "fr@tu", "en")
        if e.key in plain and re.search(r"[*`]|\]\(", "".join(e.forms))
    ]
    assert faults == []
