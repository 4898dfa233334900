"""The slash commands as Discord publishes them, generated from the menu."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from bots.discord.guild import Json
from core.chat.adapter import Command, Menu, Option

DESCRIPTION, CHOICES, CHOICE = 100, 25, 100
"""https://docs.discord.com/developers/interactions/application-commands"""

LOCALES: Mapping[str, tuple[str, ...]] = {"fr": ("fr",), "en": ("en-US", "en-GB")}
"""Our languages to Discord's: https://docs.discord.com/developers/reference#locales"""

STAFF_ONLY = str(1 << 13)
"""MANAGE_MESSAGES, what moderators hold: hides a command from everybody else by default."""

ALONE = "afficher"
"""The subcommand that stands for a command which also has subcommands: `/charte` beside
`/charte statut` becomes `/charte afficher`, since Discord cannot run a group itself."""
_ALONE_IN = {"fr": "afficher", "en": "show"}

_CHAT_INPUT, _SUBCOMMAND, _STRING, _USER, _ATTACHMENT = 1, 1, 3, 6, 11
_LETTERS = re.compile(r"[^-\w']+")


def path_of(words: Sequence[str]) -> str:
    """The canonical path of an invoked command, from Discord's names."""
    return words[0] if words[1:] == [ALONE] else " ".join(words)


def opens(menu: Menu) -> dict[str, str]:
    """The commands that open a form at once: path to form name."""
    return {c.path: c.opens for c in menu.commands(menu.languages[0]) if c.opens is not None}


def published(menu: Menu) -> list[Json]:
    """Every command in every language, for the bulk overwrite of a server's commands."""
    texts = {language: menu.commands(language) for language in menu.languages}
    by_path = {
        command.path: {
            language: next(c for c in commands if c.path == command.path)
            for language, commands in texts.items()
        }
        for command in texts[menu.languages[0]]
    }
    first = menu.languages[0]
    natives: list[Json] = []
    heads = sorted(by_path, key=lambda path: _heads(by_path).index(path.split()[0]))
    for head, paths in groupby(heads, key=lambda path: path.split()[0]):
        versions = [by_path[path] for path in paths]
        native = (
            _leaf(versions[0], 0, first)
            if [v[first].path for v in versions] == [head]
            else _group(head, versions, first)
        )
        native["type"] = _CHAT_INPUT
        if all(version[first].staff for version in versions):
            native["default_member_permissions"] = STAFF_ONLY
        natives.append(native)
    return natives


def _heads(by_path: Mapping[str, object]) -> list[str]:
    return list(dict.fromkeys(path.split()[0] for path in by_path))


Versions = Mapping[str, Command]
"""One command in each language."""


def _leaf(versions: Versions, word: int, first: str) -> Json:
    """A command or subcommand; `word` says which word of its name is meant."""
    return {
        "name": _name(versions[first].path.split()[word]),
        "name_localizations": _localized({k: _word(c, word) for k, c in versions.items()}),
        **_described({k: c.description for k, c in versions.items()}, first),
        "options": list(_options(versions, first)),
    }


def _group(head: str, versions: Sequence[Versions], first: str) -> Json:
    natives = [_alone(v, first) if v[first].path == head else _leaf(v, 1, first) for v in versions]
    alone = next((v for v in versions if v[first].path == head), None)
    # A group's own description is shown nowhere but is mandatory.
    described = {
        language: alone[language].description
        if alone
        else ", ".join(_word(version[language], 1) for version in versions)
        for language in versions[0]
    }
    return {
        "name": _name(head),
        "name_localizations": _localized({k: _word(c, 0) for k, c in versions[0].items()}),
        **_described(described, first),
        "options": [{**native, "type": _SUBCOMMAND} for native in natives],
    }


def _alone(versions: Versions, first: str) -> Json:
    names = {language: _ALONE_IN.get(language, ALONE) for language in versions}
    return {
        **_leaf(versions, 0, first),
        "name": ALONE,
        "name_localizations": _localized(names),
    }


def _word(command: Command, word: int) -> str:
    head, *rest = command.name.split()
    return _name(("-".join(rest) or command.path.split()[-1]) if word else head)


def _name(text: str) -> str:
    """Lower case, no spaces, at most 32 letters, digits, `-`, `_` and `'`."""
    return _LETTERS.sub("-", text.lower())[:32]


def _localized(texts: Mapping[str, str]) -> dict[str, str]:
    return {locale: text for key, text in texts.items() for locale in LOCALES.get(key, ())}


def _described(texts: Mapping[str, str], first: str) -> Json:
    short = {key: text[:DESCRIPTION] for key, text in texts.items()}
    return {"description": short[first], "description_localizations": _localized(short)}


def _options(versions: Versions, first: str) -> Iterator[Json]:
    # Discord wants what is required before what is not.
    for option in sorted(versions[first].options, key=lambda o: not o.required):
        same = {
            language: next(o for o in command.options if o.name == option.name)
            for language, command in versions.items()
        }
        native: Json = {
            "type": _kind(option),
            "name": _name(option.name),
            **_described({k: o.description for k, o in same.items()}, first),
            "required": option.required,
        }
        if option.completes:
            native["autocomplete"] = True
        elif option.choices:
            native["choices"] = list(_choices(same, option))
        yield native


def _kind(option: Option) -> int:
    if option.file:
        return _ATTACHMENT
    return _USER if option.person else _STRING


def _choices(same: Mapping[str, Option], option: Option) -> Iterator[Json]:
    for choice in option.choices[:CHOICES]:
        labels = {
            language: next(c.label for c in version.choices if c.value == choice.value)[:CHOICE]
            for language, version in same.items()
        }
        yield {
            "name": choice.label[:CHOICE],
            "name_localizations": _localized(labels),
            "value": choice.value,
        }
