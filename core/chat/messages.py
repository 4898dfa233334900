"""What we say: written once in a small CommonMark subset, rendered natively by each platform."""

from dataclasses import dataclass, field
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
class Message:
    """What is said and what can be done about it.

    `buttons` is one list; each renderer breaks it into rows. Only the accounts in `mentions`
    may be notified, where the text links to them (`core.chat.markup.mention`); everything else
    that looks like a mention is inert.
    """

    text: Text
    buttons: tuple[Button, ...] = ()
    image: Image | None = None
    mentions: tuple[Account, ...] = ()


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
