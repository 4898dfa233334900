"""What decides about the charter: who may take part, which text is shown, what changed. Pure."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.chat.markup import blocks, inert
from core.chat.messages import Text

LANGUAGES = ("fr", "en")
"""The languages in which a charter can be written; the first one is the fallback."""

TEXT_LENGTH = 4000
"""Characters of a text given in a form (a Discord text input holds 4,000:
https://docs.discord.com/developers/components/reference#text-input)."""

SUMMARY_LENGTH = 500
SHOWN_LINES = 12
"""How many added and removed lines are shown; the others are one press away."""


class CharterSettings(BaseModel):
    """How the charter begins, and how long a new version may be left unanswered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grace_days: int = Field(
        default=14,
        ge=1,
        le=365,
        description="Days during which a new version may be accepted before the gate closes.",
    )
    texts: Mapping[str, str] = Field(
        description="The first version, language to Markdown. Later ones come from /charte publier."
    )

    @field_validator("texts")
    @classmethod
    def _readable(cls, texts: Mapping[str, str]) -> Mapping[str, str]:
        if not texts:
            raise ValueError("the charter needs a text: write config/charter/fr.md")
        for language, text in texts.items():
            if language not in LANGUAGES:
                known = ", ".join(LANGUAGES)
                raise ValueError(f"no charter can be written in {language!r}, only in {known}")
            if not written(text):
                raise ValueError(f"the charter in {language} is empty")
            if names_somebody(text):
                raise ValueError(f"the charter in {language} links to an account")
        return texts


class Standing(StrEnum):
    """Where somebody stands with the charter; the gate is open but for who waits."""

    ACCEPTED = "accepted"
    GRACE = "grace"
    WAITING = "waiting"


def standing(
    accepted: AbstractSet[int], current: int, grace_ends: datetime | None, now: datetime
) -> Standing:
    """Where somebody who accepted these versions stands; an earlier one counts during grace."""
    if current in accepted:
        return Standing.ACCEPTED
    if accepted and grace_ends is not None and now < grace_ends:
        return Standing.GRACE
    return Standing.WAITING


def language_of(wanted: str, available: Iterable[str]) -> str:
    """Which of the available texts to show to somebody who speaks `wanted` (`fr@tu`, `en`).

    Raises ValueError when there is none.
    """
    known = sorted(available, key=LANGUAGES.index)
    if not known:
        raise ValueError("a charter without a text")
    tongue = wanted.partition("@")[0]
    return tongue if tongue in known else known[0]


def written(text: str) -> str:
    """A text as it is kept: line feeds alone, nothing hidden, no blank ends."""
    return inert(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def digest(text: str) -> str:
    """The hexadecimal SHA-256 of a text's UTF-8 bytes."""
    return sha256(text.encode()).hexdigest()


def names_somebody(text: str) -> bool:
    """Whether a text links to an account: a charter speaks to all, and such a link may break."""
    try:
        return any(span.account for block in blocks(Text(text)) for span in block.spans)
    except ValueError:
        return True


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two texts: visible lines, in reading order."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def changes(before: str, after: str) -> Changes:
    """The lines added and removed; numbering and emphasis alone are no change."""
    old, new = lines(before), lines(after)
    added: list[str] = []
    removed: list[str] = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            removed += old[i:j]
            added += new[k:m]
    return Changes(tuple(added), tuple(removed))


def lines(text: str) -> list[str]:
    """What is read of a text, line by line, without markup, markers or blank lines."""
    read = (line.strip() for b in blocks(Text(text)) for line in b.text.splitlines())
    return [line for line in read if line]
