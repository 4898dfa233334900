"""What an update is read against, what reading it yields, and the small parts every update has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from bots.telegram.commands import Commands
from core.chat.events import Event
from core.chat.identity import Account, Channel, MessageRef, Platform, Profile, Workspace

JSON = Mapping[str, Any]
"""A JSON object as Telegram sent it."""

ANNOUNCER = 777000
"""Telegram's own account, which posts in a group for its linked channel."""


@dataclass(frozen=True, slots=True)
class Here:
    """What an update is read against: our group, our chats, ourselves and our commands.

    `chats` are the ids of every group of ours; `administers` is False when the bot is not an
    administrator of the group and therefore hears of members through service messages only.
    """

    workspace: str
    chats: frozenset[str]
    username: str
    commands: Commands
    administers: bool = True
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hint:
    """What the adapter answers by itself: a catalogue key and its values."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One update, read: what the core is told, and what is needed to answer.

    `lane` is the person's id, `source` the message to answer below, `callback` the press to
    acknowledge, `door` a private chat open for five minutes, `asked` what a deep link would
    replay, `topic` a topic's chat, id and name, `standing` somebody's id, status and roles in the
    group, `rights` that the bot's own rights changed, `counted` that nobody waits for an answer:
    a message in a group, an edit, a reaction.
    """

    events: tuple[Event, ...] = ()
    lane: str = ""
    locale: str | None = None
    source: MessageRef | None = None
    callback: str | None = None
    door: str | None = None
    asked: str = ""
    hint: Hint | None = None
    topic: tuple[str, str, str] | None = None
    standing: tuple[str, str, frozenset[str]] | None = None
    rights: bool = False
    counted: bool = False


NOTHING = Arrival()


@lru_cache(maxsize=64)
def _home(workspace: str) -> Workspace:
    return Workspace(Platform.TELEGRAM, workspace)


@lru_cache(maxsize=10_000)
def _account(workspace: str, user: str) -> Account:
    return Account(Platform.TELEGRAM, workspace, user)


@lru_cache(maxsize=10_000)
def _channel(workspace: str, chat: str, thread: str | None, *, private: bool) -> Channel:
    return Channel(Platform.TELEGRAM, workspace, chat, thread, private)


def named(user: JSON, here: Here) -> Profile:
    """What a User object says of somebody."""
    account = account_of(user, here)
    first, last = user["first_name"], user.get("last_name")
    return Profile(
        account,
        f"{first} {last}" if first and last else str(first or last or ""),
        str(user.get("username") or ""),
        user.get("language_code"),
        here.roles.get(account.user, frozenset()),
    )


def account_of(user: JSON, here: Here) -> Account:
    """Whom a User object stands for."""
    return _account(here.workspace, str(int(user["id"])))


def at_of(seconds: object) -> datetime:
    """A time Telegram gives in seconds since 1970."""
    return datetime.fromtimestamp(int(str(seconds)), UTC)


def channel_of(message: JSON, here: Here) -> Channel:
    """Where a message stands: the chat, and the topic when it is in one."""
    chat = message["chat"]
    topic = message.get("message_thread_id") if message.get("is_topic_message") else None
    thread = None if topic is None else str(int(topic))
    private = chat["type"] == "private"
    return _channel(here.workspace, str(int(chat["id"])), thread, private=private)


def ref_of(message: JSON, here: Here) -> MessageRef:
    """The message itself, named."""
    return MessageRef(channel_of(message, here), str(int(message["message_id"])))


def ours(chat: JSON, here: Here) -> bool:
    """Whether a chat is private, or one of our groups."""
    return chat["type"] == "private" or str(chat["id"]) in here.chats


def facts_of(delivery: str, at: datetime, user: JSON, here: Here) -> dict[str, Any]:
    """What every event about a person carries."""
    profile = named(user, here)
    return {
        "delivery_id": delivery,
        "at": at,
        "workspace": _home(here.workspace),
        "account": profile.account,
        "profile": profile,
    }


def person_of(message: JSON) -> JSON | None:
    """Who wrote, None when it is a bot, a channel, or an administrator hiding behind the group."""
    user: JSON | None = message.get("from")
    if user is None or user["is_bot"] or user["id"] == ANNOUNCER or "sender_chat" in message:
        return None
    return user
