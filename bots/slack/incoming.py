"""Reads what Slack sends into events: pure, so that recorded payloads can be replayed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import structlog

from bots.slack.emoji import emoji
from bots.slack.written import mentioned, plain
from core.chat.events import (
    Attachment,
    Event,
    HomeOpened,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.identity import Account, Channel, MessageRef, Platform, Profile, Workspace

Json = dict[str, Any]

SLACKBOT = "USLACKBOT"
REMEMBERED = 10_000
"""Accounts and channels kept as values: the same few are read again and again."""
# Subtypes that are still somebody's own words
# (https://docs.slack.dev/reference/events/message#subtypes).
_SPOKEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})

log = structlog.get_logger(__name__)


@lru_cache(REMEMBERED)
def _account(workspace: str, user: str) -> Account:
    return Account(Platform.SLACK, workspace, user)


@lru_cache(REMEMBERED)
def _channel(workspace: str, channel: str, thread: str | None) -> Channel:
    private = channel.startswith("D")
    return Channel(Platform.SLACK, workspace, channel, thread, private=private)


@lru_cache(1)
def _home(workspace: str) -> Workspace:
    return Workspace(Platform.SLACK, workspace)


@dataclass(frozen=True, slots=True)
class Ourselves:
    """What must be known to read a payload: our workspace, our bot, our gate (channel ids)."""

    workspace: str
    bot_user: str = ""
    gate: frozenset[str] = frozenset()

    @property
    def home(self) -> Workspace:
        """Our workspace."""
        return _home(self.workspace)

    def account(self, user: str) -> Account:
        """Somebody of this workspace."""
        return _account(self.workspace, user)

    def channel(self, channel: str, thread: str | None = None) -> Channel:
        """A channel of this workspace; ids of direct messages begin with D."""
        return _channel(self.workspace, channel, thread)

    def direct(self, user: str) -> Channel:
        """The conversation between the bot and somebody, named by the person's id."""
        return Channel(Platform.SLACK, self.workspace, user, private=True)

    def ref(self, channel: str, ts: str, thread: str | None = None) -> MessageRef:
        """A message of this workspace; `thread` is dropped when it is the message itself."""
        return MessageRef(self.channel(channel, thread if thread != ts else None), ts)


def moment(stamp: str | float) -> datetime:
    """Slack's seconds since 1970, as an aware UTC time."""
    return datetime.fromtimestamp(float(stamp), UTC)


def read_event(body: Json, us: Ourselves) -> Event | None:
    """An Events API callback as an event; None when it says nothing to us.

    Bots, ourselves and other workspaces are dropped. A malformed payload is logged (ids only)
    and dropped. Source: https://docs.slack.dev/apis/events-api/#callback-field

    Delivery ids name the fact where Slack's history names it too, so that both ways of hearing
    of it are one: `<channel>:<ts>` for a message, `edit:…:<edited ts>`, `delete:…`,
    `react:…:<event ts>`, `join:<user>`, `enter:<channel>:<user>`; else Slack's own event id.
    """
    try:
        if body["team_id"] != us.workspace:
            log.info("slack.other_workspace", delivery=body.get("event_id"))
            return None
        event: Json = body["event"]
        reader = _READERS.get(event["type"])
        return reader(body, event, us) if reader else None
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        refused("event", body, error)
        return None


def refused(what: str, body: object, error: Exception) -> None:
    """Log a payload we could not read: ids only, never what somebody wrote."""
    known = body if isinstance(body, dict) else {}
    delivery = known.get("event_id") or known.get("trigger_id")
    log.warning("slack.unreadable", what=what, delivery=delivery, error=type(error).__name__)


def _id(body: Json) -> str:
    """Slack's id of this event, the same when it is delivered again."""
    found = body["event_id"]
    if not isinstance(found, str):
        raise TypeError("an event without its id")
    return found


def _is_person(message: Json, us: Ourselves) -> bool:
    user = message.get("user")
    return bool(user) and user not in {us.bot_user, SLACKBOT} and not message.get("bot_id")


def _message(body: Json, event: Json, us: Ourselves) -> Event | None:
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _changed(body, event, us)
    if subtype == "message_deleted":
        return _deleted(event, us, event["deleted_ts"])
    return posted(event, us) if subtype in _SPOKEN else None


def posted(event: Json, us: Ourselves) -> MessagePosted | None:
    """A message as Slack tells or keeps it, with its `channel`; None when no person wrote it.

    Raises KeyError, TypeError or ValueError when it is malformed.
    """
    if event.get("subtype") not in _SPOKEN or not _is_person(event, us):
        return None
    channel, ts, thread = event["channel"], event["ts"], event.get("thread_ts")
    text = event.get("text") or ""
    return MessagePosted(
        delivery_id=f"{channel}:{ts}",
        at=moment(ts),
        workspace=us.home,
        account=us.account(event["user"]),
        message=us.ref(channel, ts, thread),
        text=plain(text),
        reply_to=us.ref(channel, thread) if thread and thread != ts else None,
        mentions=mentioned(text, us.workspace),
    )


def shared(message: Json) -> Attachment | None:
    """The first file shared with a message, None when there is none that Slack keeps.

    Source: https://docs.slack.dev/reference/objects/file-object. Raises KeyError, TypeError or
    ValueError when it is malformed.
    """
    for file in message.get("files") or ():
        address = file.get("url_private_download") or file.get("url_private")
        if address and not file.get("is_external"):
            kind = file.get("mimetype") or "application/octet-stream"
            return Attachment(str(file["name"]), int(file["size"]), str(kind), str(address))
    return None


def _changed(body: Json, event: Json, us: Ourselves) -> Event | None:
    after, before = event["message"], event.get("previous_message") or {}
    if after.get("subtype") == "tombstone":  # a deleted message that still holds a thread
        return _deleted(event, us, after["ts"])
    if not _is_person(after, us) or after.get("text") == before.get("text"):
        return None  # an unfurled link or a new reply changes the message, not the words
    at = moment(event.get("event_ts") or event["ts"])
    return edited(after, event["channel"], us, at, _id(body))


def edited(after: Json, channel: str, us: Ourselves, at: datetime, delivery: str) -> MessageEdited:
    """A person's message as it now reads; `delivery` names it where Slack dates no edit.

    Raises KeyError, TypeError or ValueError when it is malformed.
    """
    ts, stamp = after["ts"], (after.get("edited") or {}).get("ts")
    return MessageEdited(
        delivery_id=f"edit:{channel}:{ts}:{stamp}" if stamp else delivery,
        at=at,
        workspace=us.home,
        account=us.account(after["user"]),
        message=us.ref(channel, ts, after.get("thread_ts")),
        text=plain(after.get("text") or ""),
    )


def _deleted(event: Json, us: Ourselves, ts: str) -> Event | None:
    before = event.get("previous_message") or {}
    if before and not _is_person(before, us):
        return None
    channel, user = event["channel"], before.get("user")
    return MessageDeleted(
        delivery_id=f"delete:{channel}:{ts}",
        at=moment(event.get("event_ts") or event["ts"]),
        workspace=us.home,
        account=us.account(user) if user else None,
        message=us.ref(channel, ts, before.get("thread_ts")),
    )


def _reaction(_body: Json, event: Json, us: Ourselves) -> Event | None:
    item, user = event["item"], event["user"]
    if item["type"] != "message" or not _is_person(event, us):
        return None
    author, stamp = event.get("item_user"), event["event_ts"]
    given = event["type"] == "reaction_added"
    channel, ts = item["channel"], item["ts"]
    fact = reaction_fact(channel, ts, user, event["reaction"])
    return (ReactionAdded if given else ReactionRemoved)(
        delivery_id=f"{'react' if given else 'unreact'}:{fact}:{stamp}",
        at=moment(stamp),
        workspace=us.home,
        account=us.account(user),
        message=us.ref(channel, ts),
        emoji=emoji(event["reaction"]),
        author=us.account(author) if author and author != us.bot_user else None,
    )


def reaction_fact(channel: str, ts: str, user: str, name: str) -> str:
    """What one reaction is, whenever it was given."""
    return f"{channel}:{ts}:{user}:{name}"


def _joined(body: Json, event: Json, us: Ourselves) -> Event | None:
    user: Json = event["user"]
    if user.get("is_bot") or user["id"] in {us.bot_user, SLACKBOT}:
        return None
    profile = profile_of(user, us)
    return joined(f"join:{user['id']}", user["id"], us, moment(body["event_time"]), profile)


def joined(
    delivery: str, user: str, us: Ourselves, at: datetime, profile: Profile | None = None
) -> MemberJoined:
    """Somebody came."""
    return MemberJoined(
        delivery_id=delivery, at=at, workspace=us.home, account=us.account(user), profile=profile
    )


def _changed_user(body: Json, event: Json, us: Ourselves) -> Event | None:
    user: Json = event["user"]
    if not user.get("deleted") or user.get("is_bot"):
        return None
    return MemberLeft(
        delivery_id=_id(body),
        at=moment(body["event_time"]),
        workspace=us.home,
        account=us.account(user["id"]),
    )


def _entered(body: Json, event: Json, us: Ourselves) -> Event | None:
    """Somebody let into a gate channel by another than us may not have met us yet."""
    channel, by_us = event["channel"], event.get("inviter") == us.bot_user
    if channel not in us.gate or by_us or not _is_person(event, us):
        return None
    user = event["user"]
    return joined(f"enter:{channel}:{user}", user, us, moment(body["event_time"]))


def _opened(body: Json, event: Json, us: Ourselves) -> Event | None:
    if event.get("tab", "home") != "home" or not _is_person(event, us):
        return None
    return HomeOpened(
        delivery_id=_id(body),
        at=moment(body["event_time"]),
        workspace=us.home,
        account=us.account(event["user"]),
    )


_READERS: dict[str, Callable[[Json, Json, Ourselves], Event | None]] = {
    "message": _message,
    "reaction_added": _reaction,
    "reaction_removed": _reaction,
    "team_join": _joined,
    "user_change": _changed_user,
    "member_joined_channel": _entered,
    "app_home_opened": _opened,
}


def profile_of(user: Json, us: Ourselves, groups: frozenset[str] = frozenset()) -> Profile:
    """A Slack user object as a profile; `groups` are ids and handles of their user groups.

    Source: https://docs.slack.dev/reference/objects/user-object
    """
    shown: Json = user.get("profile") or {}
    name = shown.get("display_name") or shown.get("real_name") or user.get("real_name")
    levels = {
        "is_primary_owner": "owner",
        "is_owner": "owner",
        "is_admin": "administrator",
        "is_restricted": "guest",
    }
    return Profile(
        us.account(user["id"]),
        name=name or user.get("name") or user["id"],
        handle=shown.get("display_name") or user.get("name") or "",
        locale=user.get("locale"),
        roles=groups | {role for flag, role in levels.items() if user.get(flag)},
    )
