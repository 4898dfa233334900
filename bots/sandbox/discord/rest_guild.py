"""REST: the application, the guild, its members and roles."""

from bots.sandbox.discord.permissions import Permission
from bots.sandbox.discord.refusals import Refused
from bots.sandbox.discord.routing import Answer, Call, House, endpoint, only_guild
from bots.sandbox.discord.shapes import (
    DIRECT_MESSAGE,
    EDIT_MEMBER,
)
from bots.sandbox.discord.state import (
    GUILD_ID,
    TEXT,
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
