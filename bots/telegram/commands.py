"""Commands as Telegram writes them: one name of plain letters, and the rest is text."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.chat.adapter import Command, Menu, Option
from core.chat.identity import Account

NAME_LENGTH = 32
"""https://core.telegram.org/bots/api#botcommand: 1-32 lower-case letters, digits, underscores."""
START = "start"
ONBOARDING = "parcours"
"""What /start without more shows: where one stands and what comes next."""

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})

_CALL = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]+))?(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of what follows a command, where it begins in the text, and the person it names.

    `account` is set when Telegram itself resolved the mention (somebody without a username).
    """

    text: str
    start: int
    account: Account | None = None

    @property
    def names(self) -> bool:
        """Whether it names a person."""
        return self.account is not None or self.text.startswith("@")


def fold(word: str) -> str:
    """A word without accents, case or signs, as Telegram lets a command be named.

    >>> fold("Aperçu")
    'apercu'
    """
    bare = (
        unicodedata.normalize("NFKD", word.lower().translate(LIGATURES))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^a-z0-9_]+", "_", bare).strip("_")[:NAME_LENGTH]


@dataclass(frozen=True, slots=True)
class Call:
    """A command as it was typed: its first word, who it is addressed to, and where the rest is."""

    name: str
    bot: str
    end: int


def called(text: str) -> Call | None:
    """The command a text begins with, None when it does not begin with one."""
    found = _CALL.match(text)
    return Call(found[1].lower(), (found[2] or "").lower(), found.end()) if found else None


@dataclass(frozen=True, slots=True)
class Commands:
    """Every command by the words people type, in every language at once."""

    paths: Mapping[tuple[str, ...], Command]

    @classmethod
    def of(cls, menu: Menu) -> "Commands":
        """Read a menu; where two languages share a name, the first language wins."""
        paths: dict[tuple[str, ...], Command] = {}
        for language in menu.languages:
            for command in menu.commands(language):
                for name in (command.path, command.name):
                    words = tuple(fold(word) for word in name.split())
                    paths.setdefault(words, command)
        return cls(paths)

    def find(self, name: str, words: Sequence[Word]) -> tuple[Command, Sequence[Word]] | None:
        """The command meant by a name and what follows, and the words left for its options."""
        first = fold(name)
        if words and not words[0].account:
            found = self.paths.get((first, fold(words[0].text)))
            if found:
                return found, words[1:]
        found = self.paths.get((first,))
        return (found, words) if found else None

    def below(self, name: str) -> tuple[str, ...]:
        """The second words a name may be followed by, as the menu's first language writes them."""
        first = fold(name)
        seen: dict[str, str] = {}
        for words, command in self.paths.items():
            if len(words) > 1 and words[0] == first:
                seen.setdefault(command.path, command.path.split()[-1])
        return tuple(seen.values())


def fill(
    options: Sequence[Option], words: Sequence[Word], text: str, answered: Account | None
) -> dict[str, str | Account]:
    """Give each option its word; the last textual one takes the rest of the line.

    `answered` is who wrote the message the command replies to: the person meant, unless the
    command names one.
    """
    given: dict[str, str | Account] = {}
    left = list(words)
    for index, option in enumerate(options):
        after = options[index + 1 :]
        if option.person:
            if left and (left[0].names or answered is None):
                word = left.pop(0)
                given[option.name] = word.account or word.text
            elif answered is not None:
                given[option.name] = answered
        elif left and not all(other.person for other in after):
            given[option.name] = _choice(option, left.pop(0).text)
        elif left:
            named = _named_last(left, len(after))
            taken, left = left[: len(left) - named], left[len(left) - named :]
            if taken:
                end = left[0].start if left else len(text)
                given[option.name] = _choice(option, text[taken[0].start : end].strip())
    return given


def _named_last(words: Sequence[Word], most: int) -> int:
    """How many of the last words (at most so many) name persons."""
    count = 0
    while count < min(most, len(words)) and words[-1 - count].names:
        count += 1
    return count


def _choice(option: Option, typed: str) -> str:
    wanted = fold(typed)
    for choice in option.choices:
        if wanted in {fold(choice.value), fold(choice.label)}:
            return choice.value
    return typed
