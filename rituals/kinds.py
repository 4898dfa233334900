"""What every kind of ritual must be able to say, and how a kind is found by its name."""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from core.chat.identity import Account
from core.chat.messages import Message
from core.engine.texts import Texts

NAMED = "@"
"""Before a ritual's slug in the argument of `rituals.tip`; a turn's is `12`, a tip's `t12`."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One date as it is talked about: all moments are local."""

    slug: str
    title: str
    hashtag: str
    publish: datetime
    deadline: datetime

    @property
    def named(self) -> str:
        """The argument with which `rituals.tip` asks for a tip for this ritual, at any date."""
        return f"{NAMED}{self.slug}"


@dataclass(frozen=True, slots=True)
class Gift:
    """What is published: somebody's words, an address or none, and whose they are.

    `account` is who to mention where it is published, None where they have no account.
    """

    text: str
    link: str
    name: str
    account: Account | None = None


class Kind(Protocol):
    """A file of `rituals/catalog`: its functions, each in the language it is given."""

    def notice(
        self, texts: Texts, language: str, occasion: Occasion, turn: int, *, substitute: bool
    ) -> Message:
        """It is somebody's turn (`turn` is its row); a substitute is asked at short notice."""

    def reminder(self, texts: Texts, language: str, occasion: Occasion, turn: int) -> Message:
        """Somebody said yes and has given nothing yet."""

    def proposal(
        self, texts: Texts, language: str, occasion: Occasion, turn: int, name: str
    ) -> Message:
        """Would you take over the turn of `name`?"""

    def published(self, texts: Texts, language: str, occasion: Occasion, gift: Gift) -> Message:
        """What everybody reads."""

    def open_call(self, texts: Texts, language: str, occasion: Occasion) -> Message:
        """Nobody gave anything: everybody may."""


def kind(name: str) -> Kind:
    """The kind of that name. Raises ModuleNotFoundError when there is none."""
    return cast("Kind", import_module(f"rituals.catalog.{name}"))
