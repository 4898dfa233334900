"""REST: the application, the guild, its members and roles, channels and threads."""

from bots.sandbox.discord.permissions import Permission
from bots.sandbox.discord.refusals import Refused
from bots.sandbox.discord.routing import Answer, Call, House, endpoint, only_guild
from bots.sandbox.discord.shapes import (
    DIRECT_MESSAGE,
    EDIT_CHANNEL,
    EDIT_MEMBER,
    THREAD,
    THREAD_FROM_MESSAGE,
)
from bots.sandbox.discord.state import (
    GUILD_ID,
    HAS_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
    Json,
    Member,
    Role,
)
from bots.sandbox.discord.wire import (
    application_json,
    channel_json,
    guild_json,
    member_json,
    permission_text,
    role_json,
    thread_member_json,
    user_json,
)

_GUILD = "/guilds/{guild_id}"
_MEMBER = _GUILD + "/members/{user_id}"
_CHANNEL = "/channels/{channel_id}"
_THREAD_MEMBERS = _CHANNEL + "/thread-members"


@endpoint("GET", "/users/@me")
def me(house: House, _: Call) -> Answer:
    """The bot itself."""
    return user_json(house.state.bot)


@endpoint("GET", "/users/@me/guilds", query=("limit", "before", "after", "with_counts"))
def my_guilds(house: House, _: Call) -> Answer:
    """The one guild the bot is in."""
    granted = permission_text(house.state.permissions(house.state.bot.id))
    shown = guild_json(house.state)
    kept = {key: shown[key] for key in ("id", "name", "icon", "banner", "features")}
    return [kept | {"owner": False, "permissions": granted}]


@endpoint("POST", "/users/@me/channels", body=DIRECT_MESSAGE)
def create_dm(house: House, call: Call) -> Answer:
    """Open a direct message; whether it is refused shows only when one writes."""
    user = house.state.users.get(str(call.body["recipient_id"]))
    if user is None or user.bot:
        raise Refused(10013 if user is None else 50007)
    return channel_json(house.state.direct(user))


@endpoint("GET", "/users/{user_id}")
def get_user(house: House, call: Call) -> Answer:
    """Any account."""
    user = house.state.users.get(call.values["user_id"])
    if user is None:
        raise Refused(10013)
    return user_json(user)


@endpoint("GET", "/oauth2/applications/@me")
@endpoint("GET", "/applications/@me")
def application(house: House, _: Call) -> Answer:
    """The application; its flags say which privileged intents are switched on."""
    return application_json(house.state, house.allowed_intents)


@endpoint("GET", "/gateway", open_to_all=True)
def gateway(house: House, _: Call) -> Answer:
    """Where to connect."""
    return {"url": house.gateway_url}


@endpoint("GET", "/gateway/bot")
def gateway_bot(house: House, _: Call) -> Answer:
    """Where to connect, and how often one may."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
    return {"url": house.gateway_url, "shards": 1, "session_start_limit": limit}


# -- the guild


@endpoint("GET", _GUILD, query=("with_counts",))
def get_guild(house: House, call: Call) -> Answer:
    """The guild."""
    only_guild(call.values["guild_id"])
    count = len(house.state.members)
    counts = {"approximate_member_count": count, "approximate_presence_count": count}
    return guild_json(house.state) | (counts if call.query.get("with_counts") else {})


@endpoint("GET", _GUILD + "/channels")
def list_channels(house: House, call: Call) -> Answer:
    """Its channels, without threads."""
    only_guild(call.values["guild_id"])
    return [channel_json(c) for c in house.state.channels.values() if c.type == TEXT]


@endpoint("GET", _GUILD + "/roles")
def list_roles(house: House, call: Call) -> Answer:
    """Its roles."""
    only_guild(call.values["guild_id"])
    return [role_json(role) for role in house.state.roles.values()]


@endpoint("GET", _GUILD + "/members", query=("limit", "after"))
def list_members(house: House, call: Call) -> Answer:
    """Its members by id; needs the members intent (docs: "List Guild Members")."""
    only_guild(call.values["guild_id"])
    if not house.allowed_intents & 1 << 1:
        raise Refused(50001)
    after, limit = call.number("after", 0), call.number("limit", 1, 1000)
    members = sorted(house.state.members.values(), key=lambda m: int(m.user.id))
    return [member_json(m) for m in members if int(m.user.id) > after][:limit]


@endpoint("GET", _GUILD + "/threads/active")
def active_threads(house: House, call: Call) -> Answer:
    """Threads under way that the bot can see."""
    only_guild(call.values["guild_id"])
    bot = house.state.bot.id
    threads = [
        c
        for c in house.state.channels.values()
        if c.is_thread and not c.archived and house.state.can_see(bot, c)
    ]
    own = [thread_member_json(house.state, c, bot) for c in threads if bot in c.members]
    return {"threads": [channel_json(c) for c in threads], "members": own}


def _member(house: House, call: Call) -> Member:
    only_guild(call.values["guild_id"])
    member = house.state.members.get(call.values["user_id"])
    if member is None:
        raise Refused(10007 if call.values["user_id"] in house.state.users else 10013)
    return member


@endpoint("GET", _MEMBER)
def get_member(house: House, call: Call) -> Answer:
    """One member."""
    return member_json(_member(house, call))


@endpoint("PATCH", _MEMBER, body=EDIT_MEMBER)
def edit_member(house: House, call: Call) -> Answer:
    """Set a member's roles all at once."""
    member = _member(house, call)
    wanted = call.body.get("roles")
    if wanted is not None:
        asked = {str(role) for role in wanted} - {GUILD_ID}
        for number in asked ^ member.roles:
            _grantable(house, number)
        house.acts.set_roles(member, asked)
    return member_json(member)


@endpoint("PUT", _MEMBER + "/roles/{role_id}")
def add_role(house: House, call: Call) -> Answer:
    """Give a role below the bot's own."""
    member = _member(house, call)
    role = _grantable(house, call.values["role_id"])
    house.acts.set_roles(member, member.roles | {role.id})
    return None


@endpoint("DELETE", _MEMBER + "/roles/{role_id}")
def remove_role(house: House, call: Call) -> Answer:
    """Take a role below the bot's own."""
    member = _member(house, call)
    role = _grantable(house, call.values["role_id"])
    house.acts.set_roles(member, member.roles - {role.id})
    return None


def _grantable(house: House, number: str) -> Role:
    role = house.state.roles.get(number)
    if role is None:
        raise Refused(10011)
    house.need(Permission.MANAGE_ROLES)
    if role.managed or role.position >= house.state.rank(house.state.bot.id):
        raise Refused(50013)
    return role


# -- channels and threads


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
    """Archived threads of a channel, `public` or `private`."""
    parent = house.channel(call.values["channel_id"])
    wanted = {"public": PUBLIC_THREAD, "private": PRIVATE_THREAD}.get(call.values["kind"])
    if wanted == PRIVATE_THREAD:
        house.need(Permission.MANAGE_THREADS, parent)
    threads = [
        channel_json(c)
        for c in house.state.channels.values()
        if c.parent is parent and c.archived and c.type == wanted
    ]
    return {"threads": threads, "members": [], "has_more": False}


@endpoint("GET", _CHANNEL + "/users/@me/threads/archived/private", query=("before", "limit"))
def joined_archived_threads(house: House, call: Call) -> Answer:
    """Archived private threads of a channel that the bot is in."""
    parent = house.channel(call.values["channel_id"])
    house.need(Permission.READ_MESSAGE_HISTORY, parent)
    bot = house.state.bot.id
    threads = [
        c
        for c in house.state.channels.values()
        if c.parent is parent and c.archived and c.type == PRIVATE_THREAD and bot in c.members
    ]
    own = [thread_member_json(house.state, c, bot) for c in threads]
    return {"threads": [channel_json(c) for c in threads], "members": own, "has_more": False}
