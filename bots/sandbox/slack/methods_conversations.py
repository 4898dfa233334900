"""The conversations methods: which channels there are, who is in them, what was said."""

from . import payloads
from .calls import (
    Args,
    Refused,
    channel_inside,
    invalid,
    known_channel,
    known_user,
    method,
    missing_scope,
    page,
)
from .state import (
    BOT_USER,
    Conversation,
    Json,
    Post,
)
from .workspace import Workspace

_READ = {"channel": "channels:read", "private": "groups:read", "im": "im:read"}
_HISTORY = {"channel": "channels:history", "private": "groups:history", "im": "im:history"}
_INVITE = {
    "channel": ("channels:manage", "channels:write.invites"),
    "private": ("groups:write", "groups:write.invites"),
}
_TYPES = {"public_channel": "channel", "private_channel": "private", "im": "im", "mpim": "mpim"}


def _need(ws: Workspace, scopes: tuple[str, ...]) -> None:
    if not any(scope in ws.scopes for scope in scopes):
        raise missing_scope(scopes[0], ws.scopes)


def _of_types(ws: Workspace, args: Args) -> list[Conversation]:
    kinds = []
    for name in args.listed("types") or ["public_channel"]:
        if name not in _TYPES:
            raise Refused("invalid_types", wrong=f"{args.method}: type {name!r}")
        kinds.append(_TYPES[name])
        if name != "mpim":
            _need(ws, (_READ[_TYPES[name]],))
    archived = not args.flag("exclude_archived")
    return [
        channel
        for channel in ws.channels.values()
        if channel.kind in kinds and (archived or not channel.archived)
    ]


def _channels(channels: list[Conversation], args: Args) -> Json:
    some, following = page(channels, args, 100, 1000)
    return {
        "channels": [payloads.channel_object(channel, members=True) for channel in some],
        "response_metadata": {"next_cursor": following},
    }


_LIST_SCOPES = "channels:read groups:read im:read mpim:read"


@method(
    "conversations.list",
    optional="cursor exclude_archived limit types",
    scopes=_LIST_SCOPES,
    takes_json=False,
)
def list_channels(ws: Workspace, args: Args) -> Json:
    """Public channels, and the private ones the bot is in."""
    mine = (c for c in _of_types(ws, args) if c.kind == "channel" or BOT_USER in c.members)
    return _channels(list(mine), args)


@method(
    "users.conversations",
    optional="cursor exclude_archived limit types user",
    scopes=_LIST_SCOPES,
    takes_json=False,
)
def users_conversations(ws: Workspace, args: Args) -> Json:
    """The conversations somebody (by default the bot) is in, as far as the bot knows them."""
    who = known_user(ws, args.text("user", BOT_USER)).id
    shared = (
        channel
        for channel in _of_types(ws, args)
        if who in channel.members and (channel.kind == "channel" or BOT_USER in channel.members)
    )
    return _channels(list(shared), args)


@method(
    "conversations.info",
    required="channel",
    optional="include_locale include_num_members",
    scopes=_LIST_SCOPES,
    takes_json=False,
)
def info(ws: Workspace, args: Args) -> Json:
    """One conversation."""
    channel = known_channel(ws, args.text("channel"))
    _need(ws, (_READ[channel.kind],))
    shape = payloads.channel_object(channel, members=args.flag("include_num_members"))
    return {"channel": shape}


@method(
    "conversations.members",
    required="channel",
    optional="cursor limit",
    scopes=_LIST_SCOPES,
    takes_json=False,
)
def members(ws: Workspace, args: Args) -> Json:
    """Who is in a conversation."""
    channel = known_channel(ws, args.text("channel"))
    _need(ws, (_READ[channel.kind],))
    some, following = page(channel.members, args, 100, 1000)
    return {"members": some, "response_metadata": {"next_cursor": following}}


def _window(args: Args, posts: list[Post]) -> list[Post]:
    oldest, latest = args.text("oldest", "0"), args.text("latest")
    same = args.flag("inclusive")
    try:
        low, high = float(oldest), float(latest) if latest else float("inf")
    except ValueError as fault:
        error = (
            "invalid_ts_oldest" if not oldest.replace(".", "").isdigit() else "invalid_ts_latest"
        )
        raise Refused(error, wrong=f"{args.method}: {error}") from fault
    return [
        post
        for post in posts
        if low < float(post.ts) < high or (same and float(post.ts) in (low, high))
    ]


_HISTORY_ARGS = "cursor inclusive include_all_metadata latest limit oldest"
_HISTORY_SCOPES = "channels:history groups:history im:history mpim:history"


def _messages(ws: Workspace, args: Args, posts: list[Post], most: int) -> Json:
    some, following = page(posts, args, min(100, most), most)
    full = args.flag("include_all_metadata")
    shapes = [payloads.message_object(p, ws.replies(p.ts), metadata=full) for p in some]
    return {
        "messages": shapes,
        "has_more": bool(following),
        "response_metadata": {"next_cursor": following},
    }


@method(
    "conversations.history",
    required="channel",
    optional=_HISTORY_ARGS,
    scopes=_HISTORY_SCOPES,
    takes_json=False,
)
def history(ws: Workspace, args: Args) -> Json:
    """A conversation's messages, newest first, thread replies left out unless broadcast."""
    channel = channel_inside(ws, args.text("channel"))
    _need(ws, (_HISTORY[channel.kind],))
    posts = [
        post
        for post in ws.posts.values()
        if post.channel == channel.id
        and ws.is_public(post)
        and (post.thread_ts is None or post.subtype == "thread_broadcast")
    ]
    return _messages(ws, args, _window(args, posts)[::-1], 999) | {"pin_count": 0}


@method(
    "conversations.replies",
    required="channel ts",
    optional=_HISTORY_ARGS,
    scopes=_HISTORY_SCOPES,
    takes_json=False,
)
def replies(ws: Workspace, args: Args) -> Json:
    """A thread: its parent, then the replies, oldest first."""
    channel = channel_inside(ws, args.text("channel"))
    _need(ws, (_HISTORY[channel.kind],))
    asked = ws.posts.get(args.text("ts"))
    if asked is None or asked.channel != channel.id or asked.ephemeral_to:
        raise Refused("thread_not_found")
    root = ws.posts[asked.thread_ts or asked.ts]
    below = ws.replies(root.ts)
    if root.deleted and not below:
        raise Refused("thread_not_found")
    posts = ([] if root.deleted else [root]) + _window(args, below)
    return _messages(ws, args, posts, 1000)


@method(
    "conversations.open", optional="channel users return_im prevent_creation", scopes="im:write"
)
def open_direct(ws: Workspace, args: Args) -> Json:
    """Open direct messages with one person."""
    users = args.listed("users")
    if "channel" in args:
        channel = known_channel(ws, args.text("channel"))
        users = [channel.peer]
    if not users or not users[0]:
        raise Refused("users_list_not_supplied", wrong="conversations.open: no users")
    if len(users) > 1:
        raise missing_scope("mpim:write", ws.scopes)
    user = known_user(ws, users[0])
    if user.deleted:
        raise Refused("user_disabled")
    if payloads.is_system(user.id):
        raise Refused("cannot_dm_bot")
    already = "D" + user.id[1:] in ws.channels
    channel = ws.direct(user.id)
    full = payloads.channel_object(channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": full} | ({"no_op": True, "already_open": True} if already else {})


@method(
    "conversations.invite",
    required="channel users",
    optional="force",
    scopes="channels:manage channels:write.invites groups:write groups:write.invites",
)
def invite(ws: Workspace, args: Args) -> Json:
    """Add people to a channel the bot is in."""
    channel = channel_inside(ws, args.text("channel"))
    if channel.kind == "im":
        raise Refused("method_not_supported_for_channel_type")
    _need(ws, _INVITE[channel.kind])
    if channel.archived:
        raise Refused("is_archived")
    users = args.listed("users")
    if not users:
        raise invalid("invalid_arguments", ["users is empty"], args.method)
    refusals = []
    for ident in users:
        error = _no_invitation(ws, channel, ident)
        if error:
            refusals.append({"user": ident, "ok": False, "error": error})
    if refusals and not args.flag("force"):
        raise Refused(str(refusals[0]["error"]), errors=refusals)
    for ident in users:
        if not _no_invitation(ws, channel, ident):
            ws.enter(channel, ident, inviter=BOT_USER)
    return {"channel": payloads.channel_object(channel)}


def _no_invitation(ws: Workspace, channel: Conversation, ident: str) -> str:
    user = ws.users.get(ident)
    if user is None or not user.here:
        return "user_not_found"
    if ident == BOT_USER:
        return "cant_invite_self"
    return "already_in_channel" if ident in channel.members else ""


@method(
    "conversations.kick",
    required="channel user",
    scopes="channels:manage groups:write",
)
def kick(ws: Workspace, args: Args) -> Json:
    """Remove somebody from a channel the bot is in."""
    channel = channel_inside(ws, args.text("channel"))
    if channel.kind == "im":
        raise Refused("method_not_supported_for_channel_type")
    _need(ws, _INVITE[channel.kind][:1])
    user = known_user(ws, args.text("user"))
    if user.id == BOT_USER:
        raise Refused("cant_kick_self")
    if user.id not in channel.members:
        raise Refused("not_in_channel")
    if channel.name == "accueil":
        raise Refused("cant_kick_from_general")
    ws.exit(channel, user.id)
    return {"errors": {}}


@method("conversations.join", required="channel", scopes="channels:join")
def join(ws: Workspace, args: Args) -> Json:
    """Enter a public channel."""
    channel = known_channel(ws, args.text("channel"))
    if channel.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    already = BOT_USER in channel.members
    ws.enter(channel, BOT_USER)
    answer: Json = {"channel": payloads.channel_object(channel)}
    if already:
        answer["warning"] = "already_in_channel"
        answer["response_metadata"] = {"warnings": ["already_in_channel"]}
    return answer
