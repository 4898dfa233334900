"""What is said of a wrong value, in plain words: pydantic's own are for who writes Python."""

import json
from datetime import date, time

from pydantic_core import ErrorDetails

NO_HOUR = ("is no hour of the community's own time", "write it like 09:00:00")

PATTERNS = {
    "slug": ("takes small letters without accents, figures and hyphens", "lundi-astuce"),
    "hashtag": ("is no hashtag: # and 2 to 40 letters or figures, without spaces", "#LundiAstuce"),
}
"""A setting whose form is fixed, to what it takes and an example."""

_NO_NUMBER = ("is not a whole number", "write a whole number, like 7")
_NO_TABLE = ("is not a table", "write {table} on a line of its own, and its settings below")
_KNOWN = {
    "extra_forbidden": ("is not a setting we know", "remove it, or correct its spelling"),
    "missing": ("is missing", "add it"),
    "too_short": ("holds too little", "put {min_length} or more into the list"),
    "too_long": ("holds too much", "put {max_length} or fewer into the list"),
    "string_too_long": ("is longer than {max_length} characters", "shorten it"),
    "greater_than_equal": ("is too small", "write {ge} or more"),
    "less_than_equal": ("is too large", "write {le} or less"),
    "enum": ("is none of {expected}", "write one of these"),
    "literal_error": ("is none of {expected}", "write one of these"),
    "time_parsing": NO_HOUR,
    "time_type": NO_HOUR,
    "int_parsing": _NO_NUMBER,
    "int_type": _NO_NUMBER,
    "int_from_float": _NO_NUMBER,
    "finite_number": _NO_NUMBER,
    "dict_type": _NO_TABLE,
    "model_type": _NO_TABLE,
}


def worded(key: str, found: ErrorDetails) -> tuple[str, str]:
    """What is wrong with the value of `key`, and what to do about it.

    `found` is one of pydantic's mistakes, whose kinds are listed at
    https://docs.pydantic.dev/latest/errors/validation_errors/; one without words of ours keeps
    pydantic's.
    """
    kind, given, context = found["type"], found["input"], found.get("ctx", {})
    if kind == "string_type":
        return "is not a text", _quoted(given)
    if kind == "string_too_short":
        few = context["min_length"]
        return ("is too short" if given else "is empty"), f"write it in {few} or more characters"
    if kind == "string_pattern_mismatch":
        what, example = PATTERNS[key.rpartition(".")[2]]
        return what, f'write it like "{example}"'
    if kind in {"tuple_type", "frozen_set_type"}:
        return "is not a list", f"write it between brackets: [{_toml(given) or '…, …'}]"
    if kind not in _KNOWN:
        return found["msg"].removeprefix("Value error, "), "correct the value"
    shown = {"table": _table(key), **context}
    what, remedy = (words.format_map(shown) for words in _KNOWN[kind])
    return what, remedy


def _quoted(given: object) -> str:
    written = _toml(given)
    return f'put it in quotes: "{written}"' if written else "write one text, in quotes"


def _toml(given: object) -> str:
    """A plain value as TOML writes it; empty for tables and lists."""
    if isinstance(given, bool | int | float | str):
        return json.dumps(given, ensure_ascii=False)
    return str(given) if isinstance(given, date | time) else ""


def _table(key: str) -> str:
    """The header of a table; one of several is written in double brackets.

    >>> _table("rituals.programme.1")
    '[[rituals.programme]]'
    """
    name, _, last = key.rpartition(".")
    return f"[[{name}]]" if last.isdecimal() else f"[{key}]"
