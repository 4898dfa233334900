"""Where a key stands in a TOML file, so that a mistake can be named by its line."""

import re
from collections.abc import Sequence

_TABLE = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*(\"[^\"]*\"|'[^']*'|[\w.-]+)\s*=")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) of the key at `path`, or of the nearest table or key above it."""
    wanted = [str(part) for part in path]
    best, at = 0, 1
    for number, here in _places(text):
        shared = 0
        while shared < min(len(here), len(wanted)) and here[shared] == wanted[shared]:
            shared += 1
        if shared == len(here) and shared > best:
            best, at = shared, number
    return at


def _places(text: str) -> list[tuple[int, list[str]]]:
    found: list[tuple[int, list[str]]] = []
    table: list[str] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if match := _TABLE.match(line):
            table = _parts(match[2])
            if match[1] == "[[":
                index = seen.get(match[2], -1) + 1
                seen[match[2]] = index
                table.append(str(index))
            found.append((number, table))
        elif match := _KEY.match(line):
            found.append((number, [*table, *_parts(match[1])]))
    return found


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"' ") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", dotted)]
