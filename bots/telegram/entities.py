"""Reading a message's entities, whose places are counted in UTF-16 units.

https://core.telegram.org/bots/api#messageentity
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

JSON = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """One word of a text and where it begins, in characters; `user` when it is a mention."""

    text: str
    start: int
    user: JSON | None = None


def width(text: str) -> int:
    """The length of a text as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def mentioned(message: JSON) -> tuple[JSON, ...]:
    """The users a message names without a username (Telegram resolves no other)."""
    return tuple(entity["user"] for entity in _entities(message) if "user" in entity)


def words(message: JSON, start: int) -> list[Piece]:
    """The words of a message's text from `start` (characters), a mentioned name being one."""
    text = str(message["text"])
    found: list[Piece] = []
    for entity in _entities(message):
        if "user" not in entity:
            continue
        begin = _index(text, int(entity["offset"]))
        end = _index(text, int(entity["offset"]) + int(entity["length"]))
        if begin >= start:
            found += _split(text, start, begin)
            found.append(Piece(text[begin:end], begin, entity["user"]))
            start = end
    return [*found, *_split(text, start, len(text))]


def _entities(message: JSON) -> tuple[JSON, ...]:
    return tuple(message.get("entities") or message.get("caption_entities") or ())


def _index(text: str, units: int) -> int:
    """The character at a place counted in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")[: units * 2].decode("utf-16-le", "ignore"))


def _split(text: str, start: int, end: int) -> Iterator[Piece]:
    for found in re.finditer(r"\S+", text[start:end]):
        yield Piece(found[0], start + found.start())
