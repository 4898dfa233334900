"""Every command, option, form and button can be shown on every platform in every language."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import pytest

from bots.rooms import routes
from bots.telegram.commands import fold
from core.chat.actions import Choice
from core.chat.adapter import Command
from core.chat.events import CommandInvoked
from core.engine.menu import RouteMenu, command
from core.engine.texts import Texts
from tests.lexicon import LANGUAGES, LOCALES, Entry, derived, entries, lexicon, used

DESCRIPTION = 100
"""https://docs.discord.com/developers/interactions/application-commands, the smallest of three."""
TITLE = 24
"""https://docs.slack.dev/surfaces/modals, the smallest of three."""
LABEL = 45
"""https://docs.discord.com/developers/components/reference#label, the smallest of three."""
HINT = 100
"""https://docs.discord.com/developers/components/reference#text-input: a placeholder."""
BUTTON = 40
"""What a telephone shows whole; the platforms allow 75 and more."""
CHOICES = 25
"""https://docs.discord.com/developers/interactions/application-commands."""

PLAIN_ROOMS = ("adapter_discord", "adapter_slack", "adapter_telegram")
NOT_COMMANDS = {"amicale check"}
"""Inline code that is typed elsewhere: the operator's terminal."""

TEXTS = Texts(LOCALES)


async def _nothing(_event: CommandInvoked, _option: str, _typed: str) -> Sequence[Choice]:
    return ()


MENU = RouteMenu(routes(), TEXTS, _nothing)


def _commands(language: str) -> list[Command]:
    return [command(route, TEXTS, language) for route in routes().commands.values()]


def _is_discord_name(word: str) -> bool:
    """As https://docs.discord.com/developers/interactions/application-commands wants a name."""
    letters = all(c in "-_'" or unicodedata.category(c)[0] in "LN" for c in word)
    return letters and word == word.lower() and 1 <= len(word) <= 32


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_can_be_named_on_discord(language: str) -> None:
    commands = _commands(language)
    faults = [
        name
        for c in commands
        for name in (c.path, c.name)
        if len(name.split()) > 2 or not all(map(_is_discord_name, name.split()))
    ]
    assert faults == []
    twice = [name for name, count in Counter(c.name for c in commands).items() if count > 1]
    assert twice == []
    for names in ([c.name for c in commands], [c.path for c in commands]):
        heads = {name.split()[0] for name in names if " " in name}
        assert heads & set(names) == set(), "a command cannot also be a group"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_group_has_one_name_in_every_language(language: str) -> None:
    heads: dict[str, set[str]] = {}
    for c in _commands(language):
        if " " in c.path:
            heads.setdefault(c.path.split()[0], set()).add(c.name.split()[0])
    assert all(len(names) == 1 for names in heads.values()), heads
    assert all(len(c.path.split()) == len(c.name.split()) for c in _commands(language))


def test_a_command_means_the_same_wherever_it_is_typed() -> None:
    meant: dict[str, set[str]] = {}
    for language in MENU.languages:
        for c in MENU.commands(language):
            for name in (c.path, c.name):
                meant.setdefault(" ".join(map(fold, name.split())), set()).add(c.path)
    assert {name: paths for name, paths in meant.items() if len(paths) > 1} == {}
    assert all(re.fullmatch(r"[a-z0-9_]{1,32}( [a-z0-9_]{1,32})?", name) for name in meant)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_commands_and_options_say_fits(language: str) -> None:
    for c in _commands(language):
        assert 1 <= len(c.description) <= DESCRIPTION, c
        assert len({o.name for o in c.options}) == len(c.options), c
        for option in c.options:
            assert 1 <= len(option.description) <= DESCRIPTION, option
            assert _is_discord_name(option.name), option
            assert len(option.choices) <= CHOICES, option
            assert all(1 <= len(choice.label) <= BUTTON for choice in option.choices), option
            assert len({choice.label for choice in option.choices}) == len(option.choices)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_fits(language: str) -> None:
    assert routes().forms
    for name in routes().forms:
        form = MENU.form(name, language)
        assert 1 <= len(form.title) <= TITLE, form
        assert len({field.label for field in form.fields}) == len(form.fields), form
        for field in form.fields:
            assert 1 <= len(field.label) <= LABEL, field
            assert len(field.hint) <= HINT, field
            assert all(1 <= len(choice.label) <= BUTTON for choice in field.choices), field
            assert len({choice.label for choice in field.choices}) == len(field.choices), field


def test_every_button_can_be_read_whole() -> None:
    labels = {u.key for u in used() if u.on_button} & lexicon()["fr"].keys()
    assert len(labels) > 30, labels
    found = [e for e in entries(*LANGUAGES) if e.key in labels and max(map(len, e.forms)) > BUTTON]
    assert found == []


# -- commands named in texts ------------------------------------------------------------------


def _names_in(language: str) -> set[str]:
    return {c.name for c in _commands(language)}


def _names_one(code: str, names: set[str]) -> bool:
    """Whether inline code begins with a command; what follows it is an argument."""
    first, *others = code.removeprefix("/").split()
    if first in {"{name}", "{command}"}:  # filled with a command's name
        return True
    return first in names or (bool(others) and f"{first} {others[0]}" in names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_names_only_commands_there_are_in_its_language(language: str) -> None:
    names = _names_in(language)
    faults = [
        f"{e.key}: {code}"
        for e in entries(language)
        for code in e.code
        if code.startswith("/") and not _names_one(code, names)
    ]
    assert faults == []
    others = {
        code
        for e in entries(language)
        for code in e.code
        if not code.startswith("/") and not code.startswith("{")
    }
    assert others - NOT_COMMANDS == set()


def _says_bare_command(entry: Entry) -> bool:
    return any(re.search(r"(?<![\w/:<])/[\w{]", form) for form in entry.prose)


def test_a_command_in_a_text_is_written_as_code() -> None:
    plain = derived()
    faults = [
        f"{e.language} {e.key}: {e.forms[0]}"
        for e in entries(*LANGUAGES)
        if e.key not in plain and e.room not in PLAIN_ROOMS and _says_bare_command(e)
    ]
    assert faults == []
