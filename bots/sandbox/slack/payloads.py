"""The JSON shapes Slack sends: users, channels, messages, views, and what wraps an interaction.

Sources: https://docs.slack.dev/reference/objects, https://docs.slack.dev/reference/events,
https://docs.slack.dev/reference/interaction-payloads.
"""

import re
from mimetypes import guess_type

from . import emoji, forms
from .state import (
    APP,
    BOT,
    BOT_NAME,
    BOT_USER,
    DOMAIN,
    SLACKBOT,
    TEAM,
    Conversation,
    Json,
    Post,
    StoredFile,
    User,
    View,
)

_TOKEN = "sandbox-verification-token"  # noqa: S105  the deprecated plain token, public here
_EMOJI = re.compile(r":([a-z0-9_+\-']+(?:::skin-tone-[2-6])?):")
_PIECES = re.compile(r"<([@#!])?([^<>|\n]+)(?:\|([^<>\n]*))?>")


def user_object(user: User, *, locale: bool = False) -> Json:
    """A user as users.info and team_join show it (https://docs.slack.dev/reference/objects/user-object)."""
    shape: Json = {
        "id": user.id,
        "team_id": TEAM,
        "name": user.handle,
        "deleted": user.deleted,
        "updated": user.updated,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "profile": {
            "real_name": user.name,
            "display_name": "" if user.is_bot else user.name,
            "real_name_normalized": user.name,
            "display_name_normalized": user.name,
            "team": TEAM,
        },
    }
    if user.is_bot:
        shape["profile"] |= {"bot_id": BOT, "api_app_id": APP}
    if not user.deleted:
        shape |= {
            "real_name": user.name,
            "tz": "Europe/Paris",
            "tz_label": "Central European Time",
            "tz_offset": 3600,
            "is_admin": user.is_admin,
            "is_owner": user.is_owner,
            "is_primary_owner": user.is_primary_owner,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_email_confirmed": True,
        }
    return shape | ({"locale": user.locale} if locale else {})


def channel_object(channel: Conversation, *, members: bool = False) -> Json:
    """A conversation (https://docs.slack.dev/reference/objects/conversation-object)."""
    shape: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.kind == "im",
        "is_org_shared": False,
        "context_team_id": TEAM,
        "updated": channel.created * 1000,
    }
    if channel.kind == "im":
        return shape | {"user": channel.peer, "is_open": True, "is_user_deleted": False}
    shape |= {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": False,
        "is_mpim": False,
        "is_private": channel.kind == "private",
        "is_general": channel.name == "accueil",
        "is_member": BOT_USER in channel.members,
        "is_shared": False,
        "creator": channel.creator,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
    return shape | ({"num_members": len(channel.members)} if members else {})


def bot_profile() -> Json:
    """The app as messages show it."""
    return {
        "id": BOT,
        "app_id": APP,
        "name": BOT_NAME,
        "icons": {},
        "deleted": False,
        "updated": 0,
        "team_id": TEAM,
    }


def message_object(post: Post, replies: list[Post], *, metadata: bool = False) -> Json:
    """A message (https://docs.slack.dev/reference/events/message); `replies` are its thread's."""
    shape: Json = {"type": "message", "user": post.user, "text": post.text, "ts": post.ts}
    if post.subtype:
        shape["subtype"] = post.subtype
    if post.client_msg_id:
        shape["client_msg_id"] = post.client_msg_id
    shape["team"] = TEAM
    if post.by_app:
        shape |= {"bot_id": BOT, "app_id": APP, "bot_profile": bot_profile()}
        if post.username:
            shape |= {"subtype": "bot_message", "username": post.username}
            del shape["user"]
    for name in ("blocks", "attachments", "files"):
        if getattr(post, name):
            shape[name] = getattr(post, name)
    shape |= _thread_fields(post, replies)
    if post.edited_ts:
        shape["edited"] = {"user": post.user, "ts": post.edited_ts}
    if post.reactions:
        shape["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in post.reactions.items()
        ]
    if metadata and post.metadata:
        shape["metadata"] = post.metadata
    return shape


def _thread_fields(post: Post, replies: list[Post]) -> Json:
    if post.thread_ts:
        return {"thread_ts": post.thread_ts}
    if not replies:
        return {}
    return {
        "thread_ts": post.ts,
        "reply_count": len(replies),
        "reply_users": sorted({each.user for each in replies}),
        "latest_reply": replies[-1].ts,
    }


def rich_text(text: str, block_id: str) -> list[Json]:
    """The rich_text block Slack's client builds from what a person typed."""
    pieces: list[Json] = []
    end = 0
    for match in _PIECES.finditer(text):
        if match.start() > end:
            pieces += _texts(text[end : match.start()])
        end = match.end()
        sign, target = match[1], match[2]
        if sign == "@":
            pieces.append({"type": "user", "user_id": target})
        elif sign == "#":
            pieces.append({"type": "channel", "channel_id": target})
        elif sign == "!":
            pieces.append({"type": "broadcast", "range": target})
        else:
            pieces.append({"type": "link", "url": target})
    if end < len(text):
        pieces += _texts(text[end:])
    section = {"type": "rich_text_section", "elements": pieces}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def _texts(text: str) -> list[Json]:
    """Words and emoji as rich text keeps them apart."""
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    pieces: list[Json] = []
    for index, part in enumerate(_EMOJI.split(plain)):
        if index % 2 and emoji.sign_of(part):
            pieces.append({"type": "emoji", "name": part})
        elif part:
            pieces.append({"type": "text", "text": f":{part}:" if index % 2 else part})
    return pieces


def file_object(file: StoredFile, user: str, address: str) -> Json:
    """A file as messages and files.completeUploadExternal show it."""
    suffix = file.name.rpartition(".")[2].lower()
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": guess_type(file.name)[0] or "application/octet-stream",
        "filetype": suffix,
        "size": file.length,
        "user": user,
        "mode": "hosted",
        "alt_txt": file.alt,
        "url_private": f"{address}/files-pri/{file.id}/{file.name}",
    }


def view_object(view: View) -> Json:
    """A view with the state people typed so far."""
    payload = view.payload
    shape: Json = {
        "id": view.id,
        "team_id": TEAM,
        "type": payload["type"],
        "blocks": payload["blocks"],
        "private_metadata": payload.get("private_metadata", ""),
        "callback_id": payload.get("callback_id", ""),
        "external_id": payload.get("external_id", ""),
        "state": {"values": forms.state_values(view)},
        "hash": view.hash,
        "clear_on_close": payload.get("clear_on_close", False),
        "notify_on_close": payload.get("notify_on_close", False),
        "root_view_id": view.root,
        "previous_view_id": view.previous,
        "app_id": APP,
        "app_installed_team_id": TEAM,
        "bot_id": BOT,
    }
    for name in ("title", "submit", "close"):
        shape[name] = payload.get(name)
    return shape


def callback(event: Json, event_id: str, seconds: int) -> Json:
    """The Events API wrapper (https://docs.slack.dev/apis/events-api/#callback-field)."""
    authorization = {
        "enterprise_id": None,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": _TOKEN,
        "team_id": TEAM,
        "context_team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": seconds,
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }


def channel_name(channel: Conversation) -> str:
    """The channel's name as interaction payloads say it."""
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)


def slash(user: User, channel: Conversation, command: str, text: str) -> Json:
    """A slash command's fields, hooks to be added (https://docs.slack.dev/interactivity/implementing-slash-commands)."""
    return {
        "token": _TOKEN,
        "team_id": TEAM,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.handle,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
    }


def interaction(kind: str, user: User) -> Json:
    """What every interactive payload begins with."""
    return {
        "type": kind,
        "team": {"id": TEAM, "domain": DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": TEAM},
        "api_app_id": APP,
        "token": _TOKEN,
    }


def is_system(user_id: str) -> bool:
    """Slackbot and the app's own bot: no people."""
    return user_id in (SLACKBOT, BOT_USER)
