"""What an operator must mend before the bot can work here, all of it at once, with the remedy."""

import asyncio
from collections.abc import Iterator, Sequence

import discord

from bots.discord.failures import meaning
from bots.discord.invite import PERMISSIONS, invite_url
from bots.discord.settings import DiscordSettings
from core.chat.adapter import DeliveryError, Permanent, Problem, Transient
from core.chat.identity import Purpose

PORTAL = "https://discord.com/developers/applications"
PATIENCE = 15.0

_EVERYWHERE = ("view_channel", "send_messages")
_ALSO: dict[Purpose, tuple[str, ...]] = {
    Purpose.WELCOME: ("create_private_threads", "send_messages_in_threads"),
    Purpose.HELP: ("create_public_threads", "send_messages_in_threads", "read_message_history"),
    Purpose.RITUALS: (
        "create_public_threads",
        "send_messages_in_threads",
        "read_message_history",
        "create_polls",
    ),
    Purpose.ADMINS: ("attach_files",),
}
"""What each channel needs besides being read and written."""

SPARED = {"create_events", "create_polls"}
"""Without these the rest works: a gathering still has its cards."""


def bot_page(application: int | None) -> str:
    """The portal page with the token and the privileged intents."""
    return f"{PORTAL}/{application}/bot" if application else f"{PORTAL} > your application > Bot"


def intents_refused(application: int | None) -> str:
    """What to do when the gateway refuses our intents (close codes 4013 and 4014)."""
    return (
        f"switch on Server Members Intent and Message Content Intent on {bot_page(application)}"
        " under Privileged Gateway Intents"
    )


async def check(client: discord.Client, settings: DiscordSettings) -> list[Problem]:
    """Everything wrong, found over HTTP alone. `client` must be fresh; it is closed."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await _check(client, settings)
    except Exception as error:  # noqa: BLE001  a diagnosis reports whatever broke
        return [_broken(meaning(error))]
    finally:
        await client.close()


def _broken(error: DeliveryError) -> Problem:
    if isinstance(error, Permanent) and error.code == "401":
        return Problem(
            "AMICALE_DISCORD_TOKEN",
            "Discord refuses this token",
            f"{PORTAL} > your application > Bot > Reset Token, then set the new one",
        )
    return Problem(
        "AMICALE_DISCORD_API_URL",
        str(error),
        "check the address and the network, see https://discordstatus.com, then try again",
        fatal=not isinstance(error, Transient),
    )


async def _check(client: discord.Client, settings: DiscordSettings) -> list[Problem]:
    await client.login(settings.token)
    application = client.application
    if application is None or client.user is None:  # login() sets both
        raise RuntimeError("discord.py logged in without an application")
    problems = list(_application(application))
    invite = invite_url(str(application.id))
    try:
        guild = await client.fetch_guild(int(settings.workspace), with_counts=False)
        me = await guild.fetch_member(client.user.id)
        channels = await guild.fetch_channels()
    except ValueError:
        return [*problems, _unknown(settings, "is not a server id", invite)]
    except (discord.NotFound, discord.Forbidden):
        return [*problems, _unknown(settings, "is unknown to this bot", invite)]
    problems += await _commands(client, guild, invite)
    problems += _rights(me, invite)
    for purpose, wanted in settings.channels.items():
        problems += _channel(purpose, wanted, channels, me)
    problems += _gate(settings.gate_role, guild, me)
    return problems


def _unknown(settings: DiscordSettings, what: str, invite: str) -> Problem:
    return Problem(
        f"Discord server {settings.workspace}",
        what,
        f"add the bot with {invite}, or correct the id (right click on the server > Copy Server ID,"
        " with User Settings > Advanced > Developer Mode on)",
    )


def _application(application: discord.AppInfo) -> Iterator[Problem]:
    flags = application.flags
    for label, held in (
        (
            "Message Content Intent",
            flags.gateway_message_content or flags.gateway_message_content_limited,
        ),
        (
            "Server Members Intent",
            flags.gateway_guild_members or flags.gateway_guild_members_limited,
        ),
    ):
        if not held:
            yield Problem(
                f"Discord {label}",
                "is off, so the gateway refuses the bot (close code 4014)",
                f"switch it on: {bot_page(application.id)} > Privileged Gateway Intents",
            )
    if application.interactions_endpoint_url:
        yield Problem(
            "Discord Interactions Endpoint URL",
            "is set, so commands and buttons go to that address and not to the bot",
            f"empty it: {PORTAL}/{application.id}/information > Interactions Endpoint URL",
        )


async def _commands(client: discord.Client, guild: discord.Guild, invite: str) -> list[Problem]:
    try:
        await client.http.get_guild_commands(client.application_id or 0, guild.id)
    except discord.Forbidden:
        return [
            Problem(
                "Discord scope applications.commands",
                "was not granted, so no slash command can be published",
                f"add the bot again with {invite}",
            )
        ]
    return []


def _rights(me: discord.Member, invite: str) -> Iterator[Problem]:
    held = me.guild_permissions
    for name, (_, reason) in PERMISSIONS.items():
        if not getattr(held, name):
            yield Problem(
                f"Discord permission {_spoken(name)}",
                f"is missing on the server: it is needed to {reason}",
                f"Server Settings > Roles > {me.top_role.name} > Permissions,"
                f" or add the bot again with {invite}",
                fatal=name not in SPARED,
            )


def _channel(
    purpose: Purpose,
    wanted: str,
    channels: Sequence[discord.abc.GuildChannel],
    me: discord.Member,
) -> Iterator[Problem]:
    where = f"Discord channel {wanted!r} ({purpose})"
    name = wanted.removeprefix("#").casefold()
    found = next((c for c in channels if str(c.id) == wanted), None)
    found = found or next((c for c in channels if c.name.casefold() == name), None)
    if found is None:
        yield Problem(
            where,
            "is unknown",
            "write its id (right click > Copy Channel ID) or its exact name in community.toml",
        )
        return
    if not isinstance(found, discord.TextChannel):
        yield Problem(where, "is not a text channel", "choose a text channel in community.toml")
        return
    held = found.permissions_for(me)
    everywhere = me.guild_permissions
    for right in (*_EVERYWHERE, *_ALSO.get(purpose, ())):
        # A right missing on the whole server is said once, by _rights.
        if getattr(everywhere, right) and not getattr(held, right):
            yield Problem(
                where,
                f"does not let the bot {PERMISSIONS[right][1]} ({_spoken(right)})",
                f"Edit Channel > Permissions > the bot's role: allow {_spoken(right)}",
            )


def _gate(wanted: str | None, guild: discord.Guild, me: discord.Member) -> Iterator[Problem]:
    if wanted is None:
        return
    where = f"Discord role {wanted!r} (gate)"
    name = wanted.removeprefix("@").casefold()
    role = next((r for r in guild.roles if str(r.id) == wanted), None)
    role = role or next((r for r in guild.roles if r.name.casefold() == name), None)
    if role is None:
        yield Problem(
            where, "is unknown", "create it in Server Settings > Roles, or correct community.toml"
        )
    elif role.managed or role.is_default():
        yield Problem(where, "cannot be given to people", "choose an ordinary role")
    elif role >= me.top_role and guild.owner_id != me.id:
        yield Problem(
            where,
            "stands above the bot's own role, so the bot cannot give it",
            f"Server Settings > Roles: drag {me.top_role.name} above {role.name}",
        )


def _spoken(permission: str) -> str:
    return permission.replace("_", " ").title()
