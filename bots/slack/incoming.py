"""Reads what Slack sends into events: pure, so that recorded payloads can be replayed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from bots.slack.emoji import emoji, with_emoji
from bots.slack.written import mentioned, plain
from core.chat.actions import Action, Answers, OpenForm, unpack
from core.chat.events import (
    ButtonPressed,
    CommandInvoked,
    Event,
    FormSubmitted,
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

ANSWER = "answer"
"""The action id of every field of our modals."""

SLACKBOT = "USLACKBOT"
# Subtypes that are still somebody's own words
# (https://docs.slack.dev/reference/events/message#subtypes).
_SPOKEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ourselves:
    """What must be known to read a payload: our workspace, our bot, our gate (channel ids)."""

    workspace: str
    bot_user: str = ""
    gate: frozenset[str] = frozenset()

    def account(self, user: str) -> Account:
        """Somebody of this workspace."""
        return Account(Platform.SLACK, self.workspace, user)

    def channel(self, channel: str, thread: str | None = None) -> Channel:
        """A channel of this workspace; ids of direct messages begin with D."""
        private = channel.startswith("D")
        return Channel(Platform.SLACK, self.workspace, channel, thread, private=private)

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


def _head(body: Json, us: Ourselves, user: str | None, at: datetime) -> Json:
    if not isinstance(body["event_id"], str):
        raise TypeError("an event without its id")
    return {
        "delivery_id": body["event_id"],
        "at": at,
        "workspace": Workspace(Platform.SLACK, us.workspace),
        "account": us.account(user) if user else None,
    }


def _is_person(message: Json, us: Ourselves) -> bool:
    user = message.get("user")
    return bool(user) and user not in {us.bot_user, SLACKBOT} and not message.get("bot_id")


def _message(body: Json, event: Json, us: Ourselves) -> Event | None:
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _changed(body, event, us)
    if subtype == "message_deleted":
        return _deleted(body, event, us, event["deleted_ts"])
    if subtype not in _SPOKEN or not _is_person(event, us):
        return None
    ts, thread, text = event["ts"], event.get("thread_ts"), event.get("text") or ""
    under = us.ref(event["channel"], thread) if thread and thread != ts else None
    return MessagePosted(
        **_head(body, us, event["user"], moment(ts)),
        message=us.ref(event["channel"], ts, thread),
        text=plain(text),
        reply_to=under,
        mentions=mentioned(text, us.workspace),
    )


def _changed(body: Json, event: Json, us: Ourselves) -> Event | None:
    after, before = event["message"], event.get("previous_message") or {}
    if after.get("subtype") == "tombstone":  # a deleted message that still holds a thread
        return _deleted(body, event, us, after["ts"])
    if not _is_person(after, us) or after.get("text") == before.get("text"):
        return None  # an unfurled link or a new reply changes the message, not the words
    return MessageEdited(
        **_head(body, us, after["user"], moment(event.get("event_ts") or event["ts"])),
        message=us.ref(event["channel"], after["ts"], after.get("thread_ts")),
        text=plain(after.get("text") or ""),
    )


def _deleted(body: Json, event: Json, us: Ourselves, ts: str) -> Event | None:
    before = event.get("previous_message") or {}
    if before and not _is_person(before, us):
        return None
    return MessageDeleted(
        **_head(body, us, before.get("user"), moment(event.get("event_ts") or event["ts"])),
        message=us.ref(event["channel"], ts, before.get("thread_ts")),
    )


def _reaction(body: Json, event: Json, us: Ourselves) -> Event | None:
    item = event["item"]
    if item["type"] != "message" or not _is_person(event, us):
        return None
    author = event.get("item_user")
    kind = ReactionAdded if event["type"] == "reaction_added" else ReactionRemoved
    return kind(
        **_head(body, us, event["user"], moment(event["event_ts"])),
        message=us.ref(item["channel"], item["ts"]),
        emoji=emoji(event["reaction"]),
        author=us.account(author) if author and author != us.bot_user else None,
    )


def _joined(body: Json, event: Json, us: Ourselves) -> Event | None:
    user: Json = event["user"]
    if user.get("is_bot") or user["id"] in {us.bot_user, SLACKBOT}:
        return None
    head = _head(body, us, user["id"], moment(body["event_time"]))
    return MemberJoined(**(head | {"profile": profile_of(user, us)}))


def _changed_user(body: Json, event: Json, us: Ourselves) -> Event | None:
    user: Json = event["user"]
    if not user.get("deleted") or user.get("is_bot"):
        return None
    return MemberLeft(**_head(body, us, user["id"], moment(body["event_time"])))


def _entered(body: Json, event: Json, us: Ourselves) -> Event | None:
    """Somebody let into a gate channel by another than us may not have met us yet."""
    by_us = event.get("inviter") == us.bot_user
    if event["channel"] not in us.gate or by_us or not _is_person(event, us):
        return None
    return MemberJoined(**_head(body, us, event["user"], moment(body["event_time"])))


def _home(body: Json, event: Json, us: Ourselves) -> Event | None:
    if event.get("tab", "home") != "home" or not _is_person(event, us):
        return None
    return HomeOpened(**_head(body, us, event["user"], moment(body["event_time"])))


_READERS: dict[str, Callable[[Json, Json, Ourselves], Event | None]] = {
    "message": _message,
    "reaction_added": _reaction,
    "reaction_removed": _reaction,
    "team_join": _joined,
    "user_change": _changed_user,
    "member_joined_channel": _entered,
    "app_home_opened": _home,
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


def actor(body: Json, us: Ourselves) -> str | None:
    """Who acted in an interaction or a command, None when it is not for our workspace."""
    team = body["team_id"] if "team_id" in body else (body.get("team") or {})["id"]
    if team != us.workspace:
        log.info("slack.other_workspace", delivery=body.get("trigger_id"))
        return None
    return str(body["user_id"] if "user_id" in body else body["user"]["id"])


def button(body: Json) -> Action | OpenForm | None:
    """What the pressed button does; None when it only opens an address.

    Raises ValueError when its data is not of ours.
    """
    pressed: Json = body["actions"][0]
    if pressed.get("url"):
        return None
    value = pressed.get("value")
    if not isinstance(value, str):
        raise ValueError("a button without data")  # noqa: TRY004  unreadable data is one case
    return unpack(value)


def read_press(body: Json, us: Ourselves, action: Action) -> ButtonPressed:
    """A `block_actions` payload as an event.

    Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    On the Home tab there is no channel: it is then the conversation with the person.
    """
    user = body["user"]["id"]
    place: Json = body.get("container") or {}
    channel, ts = place.get("channel_id"), place.get("message_ts")
    stands = us.channel(channel, place.get("thread_ts")) if channel else direct(us, user)
    return ButtonPressed(
        delivery_id=body["trigger_id"],
        at=moment(body["actions"][0]["action_ts"]),
        workspace=Workspace(Platform.SLACK, us.workspace),
        account=us.account(user),
        channel=stands,
        action=action,
        message=us.ref(channel, ts, place.get("thread_ts")) if channel and ts else None,
    )


def direct(us: Ourselves, user: str) -> Channel:
    """The conversation between the bot and somebody, named by the person's id."""
    return Channel(Platform.SLACK, us.workspace, user, private=True)


def read_answers(view: Json) -> Answers:
    """What was typed into a modal: field name to answer, empty when left empty.

    Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    answers = {}
    for name, state in view["state"]["values"].items():
        given: Json = next(iter(state.values()))
        chosen = given.get("selected_option") or {}
        answers[str(name)] = str(chosen.get("value") or with_emoji(given.get("value") or ""))
    return answers


def read_submission(
    body: Json, us: Ourselves, *, at: datetime, channel: Channel, message: MessageRef | None
) -> FormSubmitted:
    """A `view_submission` payload as an event; Slack does not say when, nor where it began."""
    opened = unpack(body["view"]["callback_id"])
    if not isinstance(opened, OpenForm):
        raise ValueError("a view that is no form of ours")  # noqa: TRY004  unreadable data
    return FormSubmitted(
        delivery_id=body.get("trigger_id") or f"{body['view']['id']}:{body['view']['hash']}",
        at=at,
        workspace=Workspace(Platform.SLACK, us.workspace),
        account=us.account(body["user"]["id"]),
        channel=channel,
        form=opened.form,
        argument=opened.argument,
        answers=read_answers(body["view"]),
        message=message,
    )


def read_command(
    body: Json, us: Ourselves, *, at: datetime, path: str, arguments: dict[str, str | Account]
) -> CommandInvoked:
    """A slash command, its text already understood.

    Source: https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    return CommandInvoked(
        delivery_id=body["trigger_id"],
        at=at,
        workspace=Workspace(Platform.SLACK, us.workspace),
        account=us.account(body["user_id"]),
        channel=us.channel(body["channel_id"]),
        path=path,
        arguments=arguments,
    )
