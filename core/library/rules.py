"""What is found, in which order, and who must agree before a text is kept. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from core.library.words import Term, holds, terms

TITLE = 120
TEXT = 1500
TEXT_LEAST = 20
LINK = 300
TOPIC = 40
EXCERPT = 160
"""Characters of a text shown among others."""

HEADLINE = 80
"""Characters of a title made of a text's first words."""

SHOWN = 5
"""How many entries answer a search: as many as one reads."""

PAGE = 10
"""How many of one's own entries are shown at once, each with a button."""


class Kind(StrEnum):
    """What an entry is."""

    QUESTION = "question"
    TIP = "tip"
    SHEET = "sheet"
    REPLAY = "replay"
    TEMPLATE = "template"


class EntryState(StrEnum):
    """Where an entry stands; one that was withdrawn or refused holds no word any more."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class LibrarySettings(BaseModel):
    """`[library]`: what answers a new question, and how long authors are left to agree.

    `suggestions` close entries at most (0: none); what waits for an author longer than
    `patience_days` is erased.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    suggestions: int = Field(default=3, ge=0, le=SHOWN)
    patience_days: int = Field(default=30, ge=1, le=365)

    @property
    def patience(self) -> timedelta:
        """How long what nobody agreed to is held."""
        return timedelta(days=self.patience_days)


# -- who agrees --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Voice:
    """One author of an entry, and when they agreed to what is shown of it."""

    member: int
    agreed_at: datetime | None = None


def to_ask(voices: Iterable[Voice], *, written: bool) -> tuple[int, ...]:
    """Whose agreement is to be asked for now, each person once.

    Nothing of somebody's words is copied: an entry that is not written yet is first written by
    its first author; the others are asked once there is something to look at.
    """
    missing = [voice.member for voice in voices if voice.agreed_at is None]
    asked = tuple(dict.fromkeys(missing))
    return asked if written else asked[:1]


def agreed(voices: Iterable[Voice], *, written: bool) -> bool:
    """Whether all authors agreed to what is there to be agreed to."""
    return written and all(voice.agreed_at is not None for voice in voices)


# -- what is found -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """An entry as the index gave it: the stems of its title and topic, and of its text.

    `helped` counts those whose question it answered.
    """

    id: int
    title: str
    head: str
    body: str
    helped: int = 0


ENOUGH = 0.5
"""The share of the words looked for that an entry must hold to be shown."""


def best(wanted: Sequence[Term], found: Iterable[Found], most: int = SHOWN) -> list[int]:
    """The entries that answer a search, best first.

    First what holds more of the words looked for, then what holds more of them in its title,
    then what helped more people, then the newest.
    """

    def held(stems: str) -> int:
        known = set(stems.split())
        return sum(holds(known, term) for term in wanted)

    ranked = [(held(f"{f.head} {f.body}"), held(f.head), f.helped, f.id) for f in found]
    good = [row for row in ranked if row[0] and row[0] >= ENOUGH * len(wanted)]
    return [row[-1] for row in sorted(good, reverse=True)[:most]]


CLOSE = 0.6
SHARED = 2
"""Two titles are about the same thing from this share of the shorter one's words, and no fewer
words than this: one word alone is a topic, not a question."""


def closeness(one: str, other: str) -> float:
    """How much two titles share, from 0 to 1: 0 when it is too little to be the same question."""
    first, second = terms(one), terms(other)
    shared = sum(any(term & known for known in second) for term in first)
    back = sum(any(term & known for known in first) for term in second)
    common = min(shared, back)
    if common < SHARED:
        return 0.0
    share = common / min(len(first), len(second))
    return share if share >= CLOSE else 0.0


def close(title: str, found: Iterable[Found], most: int) -> list[int]:
    """The entries whose title asks nearly the same, closest first, then as `best` has them."""
    near = [(closeness(title, f.title), f.helped, f.id) for f in found]
    return [row[-1] for row in sorted(near, reverse=True)[:most] if row[0]]


def excerpt(text: str, most: int = EXCERPT) -> str:
    """The beginning of a text in one line of at most `most` characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return f"{line[: most - 1].rsplit(' ', 1)[0]}…"


def cut(title: str, text: str, link: str, topic: str) -> dict[str, str]:
    """The words of an entry as a row takes them; half a link leads nowhere."""
    return {
        "title": " ".join(title.split())[:TITLE],
        "text": text.strip()[:TEXT],
        "link": link if len(link) <= LINK else "",
        "topic": topic[:TOPIC],
    }


def headline(text: str) -> str:
    """A title for what has none: its first sentence, or the beginning of it."""
    first = re.split(r"(?<=[.!?…])\s|\n", text.strip(), maxsplit=1)[0]
    return excerpt(first, HEADLINE)
