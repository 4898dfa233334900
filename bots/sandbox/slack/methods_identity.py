"""The auth, apps, team, bots and users methods: who is here."""

from . import payloads
from .calls import (
    Args,
    Refused,
    known_user,
    method,
    page,
)
from .state import (
    APP,
    BOT,
    BOT_NAME,
    BOT_USER,
    DOMAIN,
    TEAM,
    TEAM_NAME,
    Json,
)
from .workspace import Workspace


@method("auth.test")
def auth_test(ws: Workspace, _args: Args) -> Json:
    """Who the token speaks for."""
    return {
        "url": f"https://{DOMAIN}.slack.com/",
        "team": TEAM_NAME,
        "user": ws.users[BOT_USER].handle,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", scopes="connections:write", token="app")  # noqa: S106  a kind
def open_connection(ws: Workspace, _args: Args) -> Json:
    """A WebSocket address, good for one connection (https://docs.slack.dev/apis/events-api/using-socket-mode)."""
    ticket = ws.fresh("ticket-")
    ws.tickets.add(ticket)
    address = ws.address.replace("http://", "ws://", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={APP}"}


@method("team.info", optional="team domain", scopes="team:read", takes_json=False)
def team_info(ws: Workspace, args: Args) -> Json:
    """The workspace."""
    if args.text("team", TEAM) != TEAM:
        raise Refused("team_not_found")
    team = {"id": TEAM, "name": TEAM_NAME, "domain": DOMAIN, "email_domain": "", "icon": {}}
    return {"team": team | {"url": f"{ws.address}/"}}


@method("bots.info", optional="bot", scopes="users:read", takes_json=False)
def bots_info(_ws: Workspace, args: Args) -> Json:
    """A bot."""
    if args.text("bot") != BOT:
        raise Refused("bot_not_found")
    bot = {"id": BOT, "deleted": False, "name": BOT_NAME, "updated": 0, "app_id": APP}
    return {"bot": bot | {"user_id": BOT_USER, "icons": {}}}


@method(
    "users.info",
    required="user",
    optional="include_locale",
    scopes="users:read",
    takes_json=False,
)
def users_info(ws: Workspace, args: Args) -> Json:
    """One account."""
    user = known_user(ws, args.text("user"))
    return {"user": payloads.user_object(user, locale=args.flag("include_locale"))}


@method(
    "users.list",
    optional="cursor limit include_locale presence",
    scopes="users:read",
    takes_json=False,
)
def users_list(ws: Workspace, args: Args) -> Json:
    """Every account, deactivated ones, bots and Slackbot included."""
    known = [user for user in ws.users.values() if user.here or user.deleted]
    some, following = page(known, args, 1000, 1000)
    locale = args.flag("include_locale")
    return {
        "members": [payloads.user_object(user, locale=locale) for user in some],
        "cache_ts": ws.seconds(),
        "response_metadata": {"next_cursor": following},
    }


@method(
    "usergroups.list",
    optional="include_count include_disabled include_users",
    scopes="usergroups:read",
    takes_json=False,
)
def usergroups_list(ws: Workspace, args: Args) -> Json:
    """The user groups; a workspace without any is on a plan that has none."""
    if not ws.groups:
        raise Refused("plan_upgrade_required")
    return {
        "usergroups": [
            {
                "id": f"S{number:08X}",
                "team_id": TEAM,
                "is_usergroup": True,
                "name": handle.capitalize(),
                "handle": handle,
                "date_delete": 0,
            }
            | ({"users": users} if args.flag("include_users") else {})
            for number, (handle, users) in enumerate(ws.groups.items(), 1)
        ]
    }
