"""REST: channels and threads."""

from datetime import datetime

from bots.sandbox.discord.permissions import Permission
from bots.sandbox.discord.refusals import Refused
from bots.sandbox.discord.routing import Answer, Call, House, endpoint
from bots.sandbox.discord.shapes import EDIT_CHANNEL, THREAD, THREAD_FROM_MESSAGE
from bots.sandbox.discord.state import (
    HAS_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
    Json,
)
from bots.sandbox.discord.wire import channel_json, thread_member_json

_CHANNEL = "/channels/{channel_id}"
_THREAD_MEMBERS = _CHANNEL + "/thread-members"


@endpoint("GET", _CHANNEL)
def get_channel(house: House, call: Call) -> Answer:
    """One channel, thread or direct message."""
    return channel_json(house.channel(call.values["channel_id"]))


@endpoint("PATCH", _CHANNEL, body=EDIT_CHANNEL)
def edit_channel(house: House, call: Call) -> Answer:
    """Archive, lock or rename a thread; a channel itself needs MANAGE_CHANNELS."""
    channel = house.channel(call.values["channel_id"])
    if channel.recipient is not None:
        raise Refused(50003)
    needed = Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS
    if not (channel.is_thread and channel.owner_id == house.state.bot.id):
        house.need(needed, channel)
    names = {"auto_archive_duration": "auto_archive"}
    kept = {k: v for k, v in call.body.items() if k != "rate_limit_per_user" and v is not None}
    house.acts.change_thread(channel, **{names.get(k, k): v for k, v in kept.items()})
    return channel_json(channel)


@endpoint("DELETE", _CHANNEL)
def delete_channel(house: House, call: Call) -> Answer:
    """Delete a thread; the guild's own channels are not the bot's to delete."""
    channel = house.channel(call.values["channel_id"])
    if channel.recipient is not None:
        return channel_json(channel)
    needed = Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS
    house.need(needed, channel)
    if not channel.is_thread:
        raise Refused(50024)
    house.acts.delete_thread(channel)
    return channel_json(channel)


@endpoint("POST", _CHANNEL + "/messages/{message_id}/threads", body=THREAD_FROM_MESSAGE)
def thread_from_message(house: House, call: Call) -> Answer:
    """A public thread under a message; it takes the message's id."""
    parent = house.channel(call.values["channel_id"])
    message = house.message(parent, call.values["message_id"])
    if parent.type != TEXT:
        raise Refused(50024)
    house.need(Permission.CREATE_PUBLIC_THREADS, parent)
    if message.id in house.state.channels:
        raise Refused(160004)
    message.flags |= HAS_THREAD
    return _open(house, parent, call.body, message.id, PUBLIC_THREAD)


@endpoint("POST", _CHANNEL + "/threads", body=THREAD)
def start_thread(house: House, call: Call) -> Answer:
    """A thread without a message; private unless `type` says otherwise (API v10)."""
    parent = house.channel(call.values["channel_id"])
    if parent.type != TEXT:
        raise Refused(50024)
    kind = call.body.get("type", PRIVATE_THREAD)
    public = kind == PUBLIC_THREAD
    needed = Permission.CREATE_PUBLIC_THREADS if public else Permission.CREATE_PRIVATE_THREADS
    house.need(needed, parent)
    return _open(house, parent, call.body, house.state.snowflake(), kind)


def _open(house: House, parent: Channel, body: Json, number: str, kind: int) -> Json:
    thread = Channel(
        number,
        kind,
        body["name"],
        house.state.now(),
        parent=parent,
        auto_archive=body.get("auto_archive_duration") or 1440,
        invitable=body.get("invitable", True),
    )
    house.acts.open_thread(thread, house.state.bot)
    own = thread_member_json(house.state, thread, house.state.bot.id)
    return channel_json(thread) | {"member": own}


def _thread(house: House, call: Call) -> Channel:
    channel = house.channel(call.values["channel_id"])
    if not channel.is_thread:
        raise Refused(50024)
    return channel


@endpoint("PUT", _THREAD_MEMBERS + "/@me")
def join_thread(house: House, call: Call) -> Answer:
    """Join a thread."""
    house.acts.add_to_thread(_thread(house, call), house.state.bot.id)
    return None


@endpoint("PUT", _THREAD_MEMBERS + "/{user_id}")
def add_thread_member(house: House, call: Call) -> Answer:
    """Add somebody who can see the parent channel."""
    thread, user_id = _thread(house, call), call.values["user_id"]
    if user_id not in house.state.users:
        raise Refused(10013)
    house.need(Permission.SEND_MESSAGES_IN_THREADS, thread)
    if thread.archived:
        raise Refused(50083)
    if thread.parent is None or not house.state.can_see(user_id, thread.parent):
        raise Refused(50001)
    if user_id not in thread.members:
        house.acts.add_to_thread(thread, user_id)
    return None


@endpoint("DELETE", _THREAD_MEMBERS + "/{user_id}")
def remove_thread_member(house: House, call: Call) -> Answer:
    """Take somebody (or, as `@me`, the bot) out of a thread."""
    thread, user_id = _thread(house, call), call.values["user_id"]
    own = thread.type == PRIVATE_THREAD and thread.owner_id == house.state.bot.id
    if user_id != "@me" and not own:
        house.need(Permission.MANAGE_THREADS, thread)
    user_id = house.state.bot.id if user_id == "@me" else user_id
    if user_id not in thread.members:
        raise Refused(10007)
    house.acts.remove_from_thread(thread, user_id)
    return None


@endpoint("GET", _THREAD_MEMBERS, query=("with_member", "after", "limit"))
def thread_members(house: House, call: Call) -> Answer:
    """Who is in a thread."""
    thread = _thread(house, call)
    return [thread_member_json(house.state, thread, user_id) for user_id in sorted(thread.members)]


@endpoint("GET", _CHANNEL + "/threads/archived/{kind}", query=("before", "limit"))
def archived_threads(house: House, call: Call) -> Answer:
    """Archived threads of a channel, `public` or `private`, the last archived first."""
    parent = house.channel(call.values["channel_id"])
    wanted = {"public": PUBLIC_THREAD, "private": PRIVATE_THREAD}.get(call.values["kind"])
    if wanted == PRIVATE_THREAD:
        house.need(Permission.MANAGE_THREADS, parent)
    found = [
        c
        for c in house.state.channels.values()
        if c.parent is parent and c.archived and c.type == wanted
    ]
    before = call.query.get("before")
    until = datetime.fromisoformat(before) if before else None
    found = [c for c in found if until is None or _archived_at(c) < until]
    return _page(house, call, sorted(found, key=_archived_at, reverse=True), [])


@endpoint("GET", _CHANNEL + "/users/@me/threads/archived/private", query=("before", "limit"))
def joined_archived_threads(house: House, call: Call) -> Answer:
    """Archived private threads of a channel that the bot is in, the last opened first."""
    parent = house.channel(call.values["channel_id"])
    house.need(Permission.READ_MESSAGE_HISTORY, parent)
    bot, before = house.state.bot.id, call.number("before", 1 << 63)
    found = [
        c
        for c in house.state.channels.values()
        if c.parent is parent and c.archived and c.type == PRIVATE_THREAD and bot in c.members
    ]
    found = [c for c in found if int(c.id) < before]
    return _page(house, call, sorted(found, key=lambda c: int(c.id), reverse=True), [bot])


def _archived_at(thread: Channel) -> datetime:
    return thread.archived_at or thread.created_at


def _page(house: House, call: Call, threads: list[Channel], members: list[str]) -> Json:
    limit = call.number("limit", 50, 100)
    page = threads[:limit]
    return {
        "threads": [channel_json(c) for c in page],
        "members": [thread_member_json(house.state, c, m) for c in page for m in members],
        "has_more": len(threads) > limit,
    }
