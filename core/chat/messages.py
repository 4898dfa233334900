"""What we say: written once in a small CommonMark subset, rendered natively by each platform."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.chat.actions import Action, Link, OpenForm
from core.chat.identity import Account


class Text(str):
    """CommonMark subset: paragraphs, `#` headings, lists, quotes, code, strong, emphasis, links.

    Only the catalogues and `core.chat.markup` make one; what a person wrote goes through `plain`
    first, and the catalogues do so with every value that is not yet a Text.
    """

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:  # noqa: ANN401  pydantic's hook, so that the outbox can store a message
        """Stored and read back as the text it is."""
        return handler.generate_schema(str)


class Style(StrEnum):
    """How much a button stands out."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A choice offered under a message; `label` is plain text of at most 40 characters."""

    label: str
    does: Action | OpenForm | Link
    style: Style = Style.SECONDARY


@dataclass(frozen=True, slots=True)
class Image:
    """A picture (PNG bytes) with the words that replace it for those who do not see it.

    One that takes long to draw has no content yet: the route `artist` draws it from its `sketch`
    just before it is shown, when nothing waits for a transaction.
    """

    name: str
    content: bytes
    alt: str
    artist: str = ""
    sketch: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A document to keep: `name` with its ending (`agenda.ics`), `media_type` as in MIME."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


CHOICES = 10
"""Answers a poll may offer: the fewest of the platforms' limits
(https://docs.discord.com/developers/resources/poll)."""

KEY = 40
"""Characters of a poll's key, so that it fits under a button."""

QUESTION, CHOICE = 300, 55
"""Characters of a poll's question and of one answer
(https://docs.discord.com/developers/resources/poll#poll-media-object)."""


@dataclass(frozen=True, slots=True)
class Poll:
    """A question with two to ten answers, in plain text, native where the platform has polls.

    Where it has none, each answer is a button doing `vote(n)`. `closes` is when it will end, as
    people are told; `core.polls` ends it, by an edit with `closed`. `key` is at most 40 ASCII
    characters, unique in the community. Raises ValueError for what no platform would take.
    """

    key: str
    question: str
    choices: tuple[str, ...]
    closes: datetime | None = None
    several: bool = False
    closed: bool = False

    def __post_init__(self) -> None:
        if not self.key.isascii() or not 1 <= len(self.key) <= KEY:
            raise ValueError(f"poll {self.key}: a key holds 1 to {KEY} ASCII characters")
        if not 2 <= len(self.choices) <= CHOICES:  # noqa: PLR2004  one answer is no choice
            raise ValueError(f"poll {self.key} needs two to {CHOICES} answers")
        if not 1 <= len(self.question) <= QUESTION:
            raise ValueError(f"poll {self.key}: a question holds 1 to {QUESTION} characters")
        if not all(1 <= len(choice) <= CHOICE for choice in self.choices):
            raise ValueError(f"poll {self.key}: an answer holds 1 to {CHOICE} characters")

    def vote(self, number: int) -> Action:
        """What a button for that answer does, counted from 0."""
        return Action("polls.vote", f"{self.key}:{number}")


@dataclass(frozen=True, slots=True)
class Message:
    """What is said and what can be done about it.

    `buttons` is one list; each renderer breaks it into rows. Only the accounts in `mentions`
    may be notified, where the text links to them (`core.chat.markup.mention`); everything else
    that looks like a mention is inert. A `poll` stands last, after the text and its buttons.
    """

    text: Text
    buttons: tuple[Button, ...] = ()
    image: Image | None = None
    mentions: tuple[Account, ...] = ()
    files: tuple[File, ...] = ()
    poll: Poll | None = None


@dataclass(frozen=True, slots=True)
class Gathering:
    """Something people come to, as a platform's own agenda shows it; all of it plain text.

    `key` (at most 40 ASCII characters, unique in the community) is what it is known again by, so
    that it is never put there twice. `where` is a link or a place. A platform cuts what is too
    long for it. Raises ValueError without a title or a place, for naive times, or for an end that
    is not after the start.
    """

    key: str
    title: str
    starts: datetime
    ends: datetime
    where: str
    text: str = ""

    def __post_init__(self) -> None:
        if not self.title or not self.where:
            raise ValueError(f"gathering {self.key}: it has a title and a place")
        if self.starts.tzinfo is None or self.ends.tzinfo is None:
            raise ValueError(f"gathering {self.key}: its times must be aware")
        if self.ends <= self.starts:
            raise ValueError(f"gathering {self.key}: it ends before it starts")


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the event in hand, given within the platform's window and not stored.

    `private`: only the person who acted sees it. `edits`: it replaces the message whose button
    was pressed (private by nature; falls back to a private answer when there is none).
    """

    message: Message
    private: bool = True
    edits: bool = False


@dataclass(frozen=True, slots=True)
class Invalid:
    """The answer to a form that cannot be taken: field name to what is wrong, in plain text.

    The form stays open (Slack), is offered again with its answers (Discord), or the field is
    asked again (Telegram).
    """

    errors: dict[str, str] = field(default_factory=dict)
