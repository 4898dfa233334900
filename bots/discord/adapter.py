"""Discord for the core: connects, hands over what happens, and delivers what is said."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import discord
import structlog

from bots.discord.agenda import Agenda, address
from bots.discord.arrivals import Arrivals
from bots.discord.check import check, intents_refused
from bots.discord.client import Client, use_addresses
from bots.discord.failures import meaning
from bots.discord.gateway import FOR_GOOD, Gateway
from bots.discord.guild import Guild
from bots.discord.history import History
from bots.discord.incoming import Here, profile
from bots.discord.invite import invite_url
from bots.discord.lanes import Lanes
from bots.discord.menu import opens, published
from bots.discord.posting import Posting, where
from bots.discord.responding import Responder
from bots.discord.rest import Rest
from bots.discord.settings import DiscordSettings
from bots.documents import reading
from bots.pace import Pacer
from core.chat.adapter import (
    Capabilities,
    Handle,
    Menu,
    Permanent,
    Problem,
    Transient,
    nothing_missed,
)
from core.chat.events import Attachment, Event
from core.chat.identity import (
    Account,
    Destination,
    MessageRef,
    Platform,
    Profile,
    Workspace,
    agenda,
)
from core.chat.messages import Gathering, Message

START, STOP = 15.0, 4.0
"""Seconds that start() may take, and that stop() waits for work in hand."""
TOKEN_REFUSED, INTENTS_INVALID, INTENTS_REFUSED = 4004, 4013, 4014
"""https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-close-event-codes"""

_MEMBER = "/guilds/{guild_id}/members/{user_id}"
_log = structlog.get_logger(__name__)


class DiscordAdapter:
    """The Adapter for one bot in one Discord server.

    What one person does and what happens to one message is handed over in order. Nothing that
    matters is in memory: buttons and forms carry what they mean, threads are found again.
    `now` is asked for the facts that Discord gives no time (reactions, deletions, departures).
    """

    platform = Platform.DISCORD
    capabilities = Capabilities(
        forms=True,
        private_replies=True,
        home=False,
        writes_first=True,
        threads=True,
        gatherings=True,
        polls=True,
    )

    def __init__(
        self,
        settings: DiscordSettings,
        menu: Menu,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.workspace = Workspace(Platform.DISCORD, settings.workspace)
        self._settings = settings
        self._menu = menu
        self._now = now
        self._guild = Guild(settings.workspace)
        self._connection: _Connection | None = None

    async def start(self, handle: Handle, *, missed: Callable[[], None] = nothing_missed) -> None:
        """Log in, publish the commands, connect. Raises Transient or Permanent."""
        self._guild = Guild(self._settings.workspace)
        here = Here(self._guild, now=self._now)
        handle = reading(handle, self.fetch)
        connection = _Connection(self._settings, self._menu, here, handle, missed)
        try:
            async with asyncio.timeout(START):
                await connection.open()
        except Exception as error:
            await connection.close(0)
            raise meaning(error) from error
        except BaseException:
            await connection.close(0)
            raise
        self._connection = connection

    @property
    def trouble(self) -> str:
        """Whether the gateway is lost, or closed for good."""
        return self._connection.trouble if self._connection else ""

    async def stop(self) -> None:
        """Let what is in hand finish for a few seconds, then close everything."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close(STOP)

    async def check(self) -> list[Problem]:
        """Everything wrong with the token, intents, rights, channels and gate."""
        use_addresses(self._settings)
        return await check(Client(), self._settings)

    async def send(self, message: Message, to: Destination, *, key: str) -> MessageRef:
        """Deliver; a second call with the same key within minutes shows nothing twice.

        Discord keeps a message's nonce for a few minutes
        (https://docs.discord.com/developers/resources/message#create-message).
        """
        return await self._open.posting.send(message, to, key)

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Replace a message of ours."""
        await self._open.posting.edit(ref, message)

    async def gather(self, gathering: Gathering) -> MessageRef:
        """Put a gathering among the server's events, once for its key."""
        return await self._open.agenda.put(gathering)

    async def regather(self, ref: MessageRef, gathering: Gathering | None) -> None:
        """Change one of the server's events, or delete it."""
        events = self._open.agenda
        await (events.change(ref.id, gathering) if gathering else events.take_off(ref.id))

    async def fetch(self, attachment: Attachment) -> bytes:
        """Read a file from where Discord keeps what people send."""
        return await self._open.rest.fetch(attachment.address)

    async def gate(self, account: Account, *, is_open: bool) -> None:
        """Give or take the gate role; nothing to do when none is configured."""
        rest = self._open.rest
        wanted = self._settings.gate_role
        if wanted is None:
            return
        role = self._guild.role_id(wanted)
        if role is None:
            raise Permanent("10011", "the role configured as the gate is unknown")
        await (rest.put if is_open else rest.delete)(
            _MEMBER + "/roles/{role_id}",
            guild_id=self._guild.id,
            user_id=account.user,
            role_id=role,
        )

    async def history(self, since: datetime) -> AsyncIterator[Event]:
        """What Discord keeps of what happened since that moment, oldest first.

        Messages, their last edit, who reacted to them, and who came; see `History` for the rest.
        """
        async for event in self._open.history.since(since):
            yield event

    async def profile(self, account: Account) -> Profile:
        """Ask Discord for the member. Raises Permanent 10007 for somebody who is not one."""
        rest = self._open.rest
        member = await rest.get(_MEMBER, guild_id=self._guild.id, user_id=account.user)
        return profile(member["user"], member, Here(self._guild))

    async def link(self, ref: MessageRef) -> str | None:
        """The address of a message or an event; only its person can open a direct message's."""
        if ref.channel == agenda(self.workspace):
            return address(self._guild.id, ref.id)
        channel = where(ref.channel)
        direct = ref.channel.private and ref.channel.thread is None
        return (
            f"https://discord.com/channels/{'@me' if direct else self._guild.id}/{channel}/{ref.id}"
        )

    @property
    def _open(self) -> "_Connection":
        if self._connection is None:
            raise Transient("Discord is not connected")
        return self._connection


class _Connection:
    """One connected client with what hangs on it; made anew by every start."""

    def __init__(
        self,
        settings: DiscordSettings,
        menu: Menu,
        here: Here,
        handle: Handle,
        missed: Callable[[], None],
    ) -> None:
        use_addresses(settings)
        self._settings = settings
        self._menu = menu
        self._guild = here.guild
        self._client = Client()
        self._stay: asyncio.Task[None] | None = None
        lanes = Lanes()
        pacer = Pacer(settings.overall_limit)
        self.rest = Rest(self._client, pacer)
        self.posting = Posting(self.rest, here.guild, settings, menu, pacer, here.now)
        self.agenda = Agenda(self.rest, here.guild)
        self._here = here
        responder = Responder(self.rest, menu, lanes)
        self._arrivals = Arrivals(
            here=here,
            rest=self.rest,
            posting=self.posting,
            responder=responder,
            lanes=lanes,
            opens=opens(menu),
            handle=handle,
            missed=missed,
        )

        self._gateway = Gateway(self._client, self._arrivals.take, self._arrivals.room)

    async def open(self) -> None:
        """Log in, publish, connect and wait for the server's description."""
        await self.rest.login(self._settings.token)
        await self._publish()
        self._stay = asyncio.create_task(self._stay_connected())
        ready = asyncio.create_task(self._arrivals.ready.wait())
        try:
            await asyncio.wait({self._stay, ready}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if self._stay.done():
            self._stay.result()
        if self._arrivals.absent:
            raise self._stranger("10004")

    @property
    def trouble(self) -> str:
        """What keeps the gateway from being there."""
        return self._gateway.trouble

    @property
    def history(self) -> History:
        """A new reading of the history."""
        return History(self.rest, self._here)

    async def close(self, seconds: float) -> None:
        """Stop reading, finish what is in hand, close the sockets."""
        if self._stay is not None:
            self._stay.cancel()
            await asyncio.gather(self._stay, return_exceptions=True)
        await self._arrivals.finish(seconds)
        await self._client.close()

    async def _publish(self) -> None:
        try:
            await self.rest.put(
                "/applications/{application_id}/guilds/{guild_id}/commands",
                published(self._menu),
                application_id=str(self._client.application_id),
                guild_id=self._guild.id,
            )
        except Permanent as error:
            if error.code in {"50001", "10004"}:
                raise self._stranger(error.code) from error
            raise

    def _stranger(self, code: str) -> Permanent:
        invite = invite_url(str(self._client.application_id))
        return Permanent(
            code, f"the bot is not in server {self._guild.id} with its commands: {invite}"
        )

    async def _stay_connected(self) -> None:
        try:
            await self._gateway.stay()
        except discord.ConnectionClosed as error:
            if error.code not in FOR_GOOD:
                raise Transient("Discord closed the connection") from error
            refusal = self._refusal(error.code)
            self._gateway.trouble = str(refusal)
            _log.error("discord.gateway.refused", code=refusal.code, reason=refusal.reason)
            raise refusal from error
        except Exception as error:
            raise Transient("Discord's gateway cannot be reached") from error

    def _refusal(self, code: int) -> Permanent:
        if code in {INTENTS_INVALID, INTENTS_REFUSED}:
            return Permanent(str(code), intents_refused(self._client.application_id))
        if code == TOKEN_REFUSED:
            return Permanent(str(code), "the token is refused: Developer Portal, Bot, Reset Token")
        return Permanent(str(code), "the gateway closed the connection for good")
