"""What happened, as a platform reports it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.chat.actions import Action, Answers
from core.chat.identity import Account, Channel, MessageRef, Profile, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact from a platform.

    `delivery_id` is the platform's own id for it, unique within the workspace and the same when
    it is delivered again; `at` is aware, UTC. `profile` is what the payload itself says about
    the person, None when it says nothing (the adapter is asked when it matters). `account` is
    None only where the platform does not say who (a deleted message on Discord).
    """

    delivery_id: str
    at: datetime
    workspace: Workspace
    account: Account | None
    profile: Profile | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an event's time must be aware")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePosted(Event):
    """Somebody wrote. `text` is what they wrote, mentions and all, as plain text.

    `reply_to` is the message answered, or the message a thread hangs below.
    """

    message: MessageRef
    text: str
    reply_to: MessageRef | None = None
    mentions: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(Event):
    """Somebody changed their message; `text` is the new one."""

    message: MessageRef
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(Event):
    """A message is gone."""

    message: MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionAdded(Event):
    """Somebody reacted; `emoji` is the emoji itself, or `:name:` for a custom one.

    `author` is who wrote the message, None when the platform does not say.
    """

    message: MessageRef
    emoji: str
    author: Account | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRemoved(Event):
    """Somebody took a reaction back."""

    message: MessageRef
    emoji: str
    author: Account | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollVoted(Event):
    """Somebody voted in a native poll, or changed their mind.

    `poll` is the `MessageRef.poll` of where it stands. `chosen` and `dropped` are answers counted
    from 0: a platform may tell each on its own, or the whole vote at once.
    """

    poll: str
    chosen: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()


DOCUMENT_BYTES = 1 << 20
"""The largest file that is fetched for a command."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file somebody sent, not read yet.

    `size` in bytes; `address` is the platform's own word for where it is, kept like a secret.
    """

    name: str
    size: int
    media_type: str
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Document:
    """A file somebody sent, read: at most DOCUMENT_BYTES."""

    name: str
    content: bytes = field(repr=False)
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandInvoked(Event):
    """Somebody ran a command.

    `path` is the canonical one as declared in the routes (`rituel aperçu`); `arguments` maps an
    option's name to what was given: an `Account` when the platform resolved a person, else text.
    `file` is what was sent with it: the adapter reads it before it hands the command over, and
    leaves the Attachment where it is too large or cannot be read. The handler of a command that
    requires a file is only called with a Document.
    """

    channel: Channel
    path: str
    arguments: Mapping[str, str | Account] = field(default_factory=dict)
    file: Attachment | Document | None = None

    @property
    def document(self) -> Document | None:
        """What was sent with it, when there is something that could be read."""
        return self.file if isinstance(self.file, Document) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed(Event):
    """Somebody pressed a button; `message` is the one that carries it, where known."""

    channel: Channel
    action: Action
    message: MessageRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormOpened(Event):
    """Somebody asked for a form on a platform that has none: the core asks field by field."""

    channel: Channel
    form: str
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmitted(Event):
    """Somebody filled a form."""

    channel: Channel
    form: str
    argument: str
    answers: Answers
    message: MessageRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened(Event):
    """Somebody opened the bot's home page (Slack)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(Event):
    """Somebody arrived. `waiting`: they asked to join and stand before the gate (Telegram)."""

    waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(Event):
    """Somebody left the workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceMoved(Event):
    """A workspace changed its id (a Telegram group became a supergroup)."""

    to: Workspace
