"""Where a key stands in a TOML file, so that a mistake can be named by its line."""

import re
import tomllib
from collections.abc import Iterator, Sequence

_PART = r"(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|[\w-]+)"
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) of the key at `path`, or of the nearest table or key above it.

    `text` is valid TOML; an index in `path` counts the tables of an array of tables.
    """
    wanted = [str(part) for part in path]
    best, at = 0, 1
    for number, here in _places(text):
        if len(here) > best and wanted[: len(here)] == here:
            best, at = len(here), number
    return at


def _places(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every line on which a table or a key begins, with its whole path."""
    table: list[str] = []
    counts: dict[tuple[str, ...], int] = {}
    above = ""
    for number, line in enumerate(text.split("\n"), 1):
        if _is_whole(above):
            above = ""
            if line.lstrip().startswith("["):
                table = _table(line, counts)
                yield number, table
            elif match := _KEY.match(line):
                yield number, [*table, *_path(f"{match[1]} = 0")]
        above += f"{line}\n"


def _is_whole(above: str) -> bool:
    """Whether a new statement may begin below: no string and no array is left open."""
    try:
        tomllib.loads(above)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _table(line: str, counts: dict[tuple[str, ...], int]) -> list[str]:
    names = _path(line)
    found: list[str] = []
    for position, name in enumerate(names, 1):
        found.append(name)
        here = tuple(found)
        if position == len(names) and line.lstrip().startswith("[["):
            counts[here] = counts.get(here, -1) + 1
        if here in counts:
            found.append(str(counts[here]))
    return found


def _path(statement: str) -> list[str]:
    """The names in a table's header or before an equals sign, without their quotes."""
    names = []
    inside: object = tomllib.loads(f"{statement.strip()}\n")
    while isinstance(inside, dict) and inside:
        [(name, inside)] = inside.items()
        names.append(name)
    return names
