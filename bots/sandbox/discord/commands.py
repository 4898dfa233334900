"""The documented shape of application commands, as checked when they are registered.

Source: docs, Interactions / Application Commands ("Application Command Object", "Naming").
"""

from collections.abc import Sequence
from typing import Any

from bots.sandbox.discord.refusals import FormErrors, Path
from bots.sandbox.discord.shapes import (
    anything,
    boolean,
    listing,
    null_or,
    one_of,
    record,
    text,
    whole,
)
from bots.sandbox.discord.state import Json

# Docs: Reference, "Locales".
LOCALES = frozenset(
    {"id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl"}
    | {"no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi"}
    | {"th", "zh-CN", "ja", "zh-TW", "ko"}
)
SUB_COMMAND, GROUP = 1, 2


def _localized(value: object, path: Path, errors: FormErrors) -> None:
    if not isinstance(value, dict):
        errors.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")


def _bits(value: object, path: Path, errors: FormErrors) -> None:
    if isinstance(value, bool) or not str(value).isdigit():
        errors.add(path, "BITWISE_TYPE_CONVERT", f'Value "{value}" is not a permission set.')


_NAMES = {
    "name": anything,
    "name_localizations": null_or(_localized),
    "description": anything,
    "description_localizations": null_or(_localized),
}
_COMMAND = record(
    {
        **_NAMES,
        "id": anything,
        "type": one_of(1, 2, 3),
        "options": null_or(listing(anything, most=25)),
        "default_member_permissions": null_or(_bits),
        "dm_permission": null_or(boolean),
        "nsfw": boolean,
        "contexts": null_or(listing(one_of(0, 1, 2))),
        "integration_types": null_or(listing(one_of(0, 1))),
    },
    required=["name"],
)
_CHOICE = record(
    {"name": text(100, 1), "name_localizations": null_or(_localized), "value": anything},
    required=["name", "value"],
)
_OPTION = record(
    {
        **_NAMES,
        "type": one_of(*range(1, 12)),
        "required": boolean,
        "choices": null_or(listing(_CHOICE, most=25)),
        "options": null_or(listing(anything, most=25)),
        "channel_types": listing(whole(0, 20)),
        "min_value": anything,
        "max_value": anything,
        "min_length": whole(0, 6000),
        "max_length": whole(1, 6000),
        "autocomplete": boolean,
    },
    required=["name", "description", "type"],
)


def is_name(name: object) -> bool:
    """Whether this may name a slash command: 1 to 32 letters, digits, - _ ', lower case."""
    return (
        isinstance(name, str)
        and 1 <= len(name) <= 32
        and all(c.isalnum() or c in "-_'" for c in name)
        and name == name.lower()
    )


def check_all(commands: object, path: Path = ()) -> None:
    """Check a bulk overwrite; raises Refused 50035 naming every wrong field."""
    errors = FormErrors()
    listing(_COMMAND, most=110)(commands, path, errors)
    errors.raise_any()
    told: list[Json] = commands if isinstance(commands, list) else []
    _unique(told, path, errors)
    for index, command in enumerate(told):
        _command(command, (*path, index), errors)
    errors.raise_any()


def _command(command: Json, path: Path, errors: FormErrors) -> None:
    if command.get("type", 1) == 1:
        _named(command, path, errors)
        _options(command.get("options") or [], path, errors, depth=0)
        if _size(command) > 8000:
            said = "The command is larger than 8000 characters."
            errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", said)
    else:
        text(32, 1)(command.get("name"), (*path, "name"), errors)
        text(0)(command.get("description") or "", (*path, "description"), errors)


def _named(thing: Json, path: Path, errors: FormErrors) -> None:
    names: list[tuple[Path, object]] = [(("name",), thing.get("name"))]
    names += [(("name_localizations", k), v) for k, v in _local(thing, "name_localizations")]
    for where, name in names:
        if not is_name(name):
            said = "Command name is invalid"
            errors.add((*path, *where), "APPLICATION_COMMAND_INVALID_NAME", said)
    text(100, 1)(thing.get("description") or "", (*path, "description"), errors)
    for locale, told in _local(thing, "description_localizations"):
        text(100, 1)(told, (*path, "description_localizations", locale), errors)
    for key in ("name_localizations", "description_localizations"):
        for locale, _ in _local(thing, key):
            if locale not in LOCALES:
                said = f"Value must be one of {sorted(LOCALES)}."
                errors.add((*path, key, locale), "BASE_TYPE_CHOICES", said)


def _local(thing: Json, key: str) -> list[tuple[str, Any]]:
    told = thing.get(key)
    return list(told.items()) if isinstance(told, dict) else []


def _options(options: Sequence[Json], path: Path, errors: FormErrors, *, depth: int) -> None:
    optional_seen = False
    listing(_OPTION, most=25)(options, (*path, "options"), errors)
    errors.raise_any()
    _unique(options, (*path, "options"), errors)
    for index, option in enumerate(options):
        place = (*path, "options", index)
        _named(option, place, errors)
        kind = option.get("type")
        if kind in {SUB_COMMAND, GROUP}:
            if depth > 1 or (depth == 1 and kind == GROUP):
                said = "Sub-command option type is invalid at this depth"
                errors.add((*place, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", said)
            else:
                _options(option.get("options") or [], place, errors, depth=3 - kind)
            continue
        if option.get("required") and optional_seen:
            said = "Required options must be placed before non-required options"
            errors.add(place, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", said)
        optional_seen = optional_seen or not option.get("required")
        _choices(option, place, errors)
    kinds = {option.get("type") in {SUB_COMMAND, GROUP} for option in options}
    if len(kinds) > 1:
        said = "Sub-command and sub-command group option types are mutually exclusive to all other"
        errors.add((*path, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", said)


def _choices(option: Json, path: Path, errors: FormErrors) -> None:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        said = "Autocomplete is not available if choices are specified"
        errors.add(path, "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", said)
    if (choices or option.get("autocomplete")) and option.get("type") not in {3, 4, 10}:
        said = "Choices and autocomplete are for string, integer and number options"
        errors.add(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", said)


def _unique(named: Sequence[Json], path: Path, errors: FormErrors) -> None:
    seen: set[tuple[object, object]] = set()
    for index, thing in enumerate(named):
        key = (thing.get("name"), 1 if path else thing.get("type", 1))
        if key in seen:
            said = "Application command names must be unique"
            code = "APPLICATION_COMMANDS_DUPLICATE_NAME"
            errors.add((*path, index, "name"), code, said)
        seen.add(key)


def _size(thing: Json) -> int:
    """Characters that count towards the 8000 of one command."""
    own = sum(len(str(thing.get(key) or "")) for key in ("name", "description"))
    for choice in thing.get("choices") or []:
        own += len(str(choice.get("name"))) + len(str(choice.get("value")))
    return own + sum(_size(option) for option in thing.get("options") or [])
