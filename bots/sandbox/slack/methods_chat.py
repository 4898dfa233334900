"""The chat.* and reactions.* methods."""

import re

from . import emoji, payloads, shapes
from .calls import (
    Args,
    Refused,
    channel_inside,
    checked_blocks,
    invalid,
    known_channel,
    method,
    missing_scope,
    public_post,
)
from .state import BOT_USER, DOMAIN, Conversation, Json
from .workspace import Workspace

TEXT_MAX = 40_000  # https://docs.slack.dev/reference/methods/chat.postMessage#truncating
METADATA_MAX = 16_000
_LOUD = re.compile(r"(?<!\w)@(channel|here|everyone)\b")  # linked by parse=full or link_names
_CONTENT = "text blocks attachments metadata markdown_text parse link_names as_user"
_LOOK = "username icon_emoji icon_url mrkdwn unfurl_links unfurl_media"


def content(ws: Workspace, args: Args) -> Json:
    """What a message says, checked: text, blocks, attachments, metadata."""
    text = args.text("text")
    if args.flag("link_names") or args.text("parse") == "full":
        text = _LOUD.sub(r"<!\1>", text)
    blocks = checked_blocks(ws, args)
    if "markdown_text" in args:
        if text or blocks:
            raise Refused("markdown_text_conflict", wrong=f"{args.method}: markdown_text and text")
        blocks = [{"type": "markdown", "text": args.text("markdown_text")}]
        faults = shapes.check_blocks(blocks, lambda _file: False)
        if faults:
            raise invalid("msg_too_long", faults, args.method)
    if len(text) > TEXT_MAX:
        raise Refused("msg_too_long", wrong=f"{args.method}: text of {len(text)} characters")
    attachments = args.structure("attachments", "invalid_attachments") or []
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise invalid("invalid_attachments", ["must be an array of objects"], args.method)
    for attachment in attachments:
        faults = shapes.check_blocks(attachment.get("blocks", []), lambda _file: False)
        if faults:
            raise invalid("invalid_attachments", faults, args.method)
        attachment["blocks"] = shapes.completed(attachment.get("blocks", []), lambda: ws.fresh("b"))
    if not text and not blocks and not attachments:
        raise Refused("no_text", wrong=f"{args.method}: neither text nor blocks")
    return {
        "text": text,
        "blocks": shapes.completed(blocks, lambda: ws.fresh("b")),
        "attachments": attachments,
        "metadata": _metadata(args),
    }


def _metadata(args: Args) -> Json | None:
    metadata = args.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    fits = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not fits:
        wrong = f"{args.method}: metadata needs event_type and event_payload"
        raise Refused("invalid_metadata_format", wrong=wrong)
    if len(str(metadata)) > METADATA_MAX:
        raise Refused("metadata_too_large", wrong=f"{args.method}: metadata too large")
    return dict(metadata)


def destination(ws: Workspace, args: Args) -> Conversation:
    """Where to post: an id, a #name, or a user's id (their direct messages)."""
    wanted = args.text("channel")
    if wanted in ws.users:
        user = ws.users[wanted]
        if not user.here or payloads.is_system(user.id):
            raise Refused("channel_not_found")
        wanted = ws.direct(user.id).id
    named = ws.channel_named(wanted)
    channel = known_channel(ws, named.id if named else wanted)
    if channel.archived:
        raise Refused("is_archived")
    if channel.kind == "im" and not ws.messages_tab:
        raise Refused("messages_tab_disabled")
    if channel.kind == "im" and ws.users[channel.peer].deleted:
        raise Refused("channel_not_found")
    if BOT_USER not in channel.members and "chat:write.public" not in ws.scopes:
        raise Refused("not_in_channel")
    return channel


def thread_of(ws: Workspace, args: Args, channel: Conversation) -> str | None:
    """The thread to post in; a ts that never was is refused, a reply's ts is a complaint."""
    if "thread_ts" not in args:
        return None
    parent = ws.posts.get(args.text("thread_ts"))
    if parent is None or parent.channel != channel.id or parent.ephemeral_to:
        wrong = f"{args.method}: thread_ts {args.text('thread_ts')!r} is no message there"
        raise Refused("cannot_reply_to_message", wrong=wrong)
    if parent.thread_ts:
        ws.complain(f"{args.method}: thread_ts is a reply's, use its parent's")
    return parent.thread_ts or parent.ts


@method(
    "chat.postMessage",
    required="channel",
    optional=f"{_CONTENT} {_LOOK} thread_ts reply_broadcast container_id",
    scopes="chat:write",
)
def post_message(ws: Workspace, args: Args) -> Json:
    """Post to a channel, a thread or a person's direct messages."""
    custom = {"username", "icon_emoji", "icon_url"} & args.names
    if custom and "chat:write.customize" not in ws.scopes:
        raise missing_scope("chat:write.customize", ws.scopes)
    channel = destination(ws, args)
    broadcast = "thread_broadcast" if args.flag("reply_broadcast") else None
    thread = thread_of(ws, args, channel)
    post = ws.post(
        channel,
        BOT_USER,
        by_app=True,
        thread_ts=thread,
        subtype=broadcast,
        username=args.text("username") or None,
        **content(ws, args),
    )
    message = payloads.message_object(post, [], metadata=True)
    return {"channel": channel.id, "ts": post.ts, "message": message}


@method(
    "chat.postEphemeral",
    required="channel user",
    optional=f"{_CONTENT} {_LOOK} thread_ts",
    scopes="chat:write",
)
def post_ephemeral(ws: Workspace, args: Args) -> Json:
    """Show a message to one member of a channel."""
    channel = destination(ws, args)
    user = args.text("user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    said = content(ws, args)
    thread = thread_of(ws, args, channel)
    post = ws.post(channel, BOT_USER, by_app=True, thread_ts=thread, ephemeral_to=user, **said)
    return {"message_ts": post.ts}


@method(
    "chat.update",
    required="channel ts",
    optional=f"{_CONTENT} file_ids reply_broadcast",
    scopes="chat:write",
)
def update(ws: Workspace, args: Args) -> Json:
    """Change one's own message; text without blocks removes the blocks."""
    channel = known_channel(ws, args.text("channel"))
    post = public_post(ws, channel, args.text("ts"))
    if post.user != BOT_USER:
        raise Refused("cant_update_message")
    said = content(ws, args)
    for name in ("blocks", "attachments", "metadata", "text"):
        if name not in args and (name != "blocks" or "text" not in args):
            said.pop(name)
    if "markdown_text" in args:
        said["blocks"] = content(ws, args)["blocks"]
    ws.edit(post, **said)
    message = payloads.message_object(post, ws.replies(post.ts))
    return {"channel": channel.id, "ts": post.ts, "text": post.text, "message": message}


@method("chat.delete", required="channel ts", optional="as_user", scopes="chat:write")
def delete(ws: Workspace, args: Args) -> Json:
    """Delete one's own message."""
    channel = known_channel(ws, args.text("channel"))
    post = public_post(ws, channel, args.text("ts"))
    if post.user != BOT_USER:
        raise Refused("cant_delete_message")
    ws.delete(post)
    return {"channel": channel.id, "ts": post.ts}


@method("chat.getPermalink", required="channel message_ts", takes_json=False)
def permalink(ws: Workspace, args: Args) -> Json:
    """The address of a message."""
    channel = channel_inside(ws, args.text("channel"))
    post = public_post(ws, channel, args.text("message_ts"))
    address = f"https://{DOMAIN}.slack.com/archives/{channel.id}/p{post.ts.replace('.', '')}"
    if post.thread_ts:
        address += f"?thread_ts={post.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


@method("reactions.add", required="channel name timestamp", scopes="reactions:write")
def add_reaction(ws: Workspace, args: Args) -> Json:
    """React to a message."""
    return _react(ws, args, added=True, same="already_reacted")


@method("reactions.remove", required="name", optional="channel timestamp", scopes="reactions:write")
def remove_reaction(ws: Workspace, args: Args) -> Json:
    """Take a reaction back."""
    return _react(ws, args, added=False, same="no_reaction")


def _react(ws: Workspace, args: Args, *, added: bool, same: str) -> Json:
    channel = channel_inside(ws, args.text("channel"))
    post = public_post(ws, channel, args.text("timestamp"))
    name = emoji.canonical(args.text("name"))
    if name is None:
        raise Refused("invalid_name", wrong=f"{args.method}: no emoji {args.text('name')!r}")
    if not ws.react(post, BOT_USER, name, added=added):
        raise Refused(same)
    return {}


@method(
    "reactions.get",
    optional="channel timestamp full file file_comment",
    scopes="reactions:read",
    takes_json=False,
)
def get_reactions(ws: Workspace, args: Args) -> Json:
    """The reactions to one message."""
    if not {"channel", "timestamp"} <= args.names:
        raise Refused("no_item_specified", wrong="reactions.get: channel and timestamp needed")
    channel = channel_inside(ws, args.text("channel"))
    post = public_post(ws, channel, args.text("timestamp"))
    message = payloads.message_object(post, ws.replies(post.ts))
    return {"type": "message", "channel": channel.id, "message": message}
