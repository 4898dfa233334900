"""Slack, connected: hands events to the core, shows its answers, delivers its messages."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import structlog

from bots.documents import reading
from bots.slack.answers import Answers
from bots.slack.channels import Channels
from bots.slack.check import diagnose
from bots.slack.conversation import Conversation
from bots.slack.delivery import Deliveries
from bots.slack.facts import Facts
from bots.slack.history import History
from bots.slack.incoming import Ourselves
from bots.slack.listening import Listeners, Listening
from bots.slack.outgoing import whole
from bots.slack.people import People
from bots.slack.settings import SlackSettings
from bots.slack.web import SlackWeb, asked
from core.chat.adapter import (
    Capabilities,
    DeliveryError,
    Handle,
    Menu,
    Permanent,
    Problem,
    Transient,
    nothing_missed,
)
from core.chat.events import DOCUMENT_BYTES, Attachment, Event
from core.chat.identity import Account, Destination, MessageRef, Platform, Profile
from core.chat.messages import Gathering, Message

Json = dict[str, Any]

STARTING = 15.0
"""Seconds to be ready, after which the platform counts as down."""

log = structlog.get_logger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class SlackAdapter:
    """One Slack workspace (see `core.chat.adapter.Adapter`).

    `now` dates what Slack does not date (commands, submitted forms).
    """

    platform = Platform.SLACK
    capabilities = Capabilities(
        forms=True, private_replies=True, home=True, writes_first=True, threads=True
    )

    def __init__(
        self, settings: SlackSettings, menu: Menu, *, now: Callable[[], datetime] = _now
    ) -> None:
        self.workspace = settings.home
        self._settings = settings
        self._us = Ourselves(settings.workspace)
        self._web = SlackWeb(settings)
        self._channels = Channels(self._web, settings)
        self._people = People(self._web, menu, settings.workspace)
        self._deliveries = Deliveries(self._web, self._channels, settings.workspace)
        answers = Answers(self._web, self._channels, settings.workspace)
        self._conversation = Conversation(self._web, menu, self._people, answers, now)
        self._listening: Listening | None = None
        self._now = now

    @property
    def address(self) -> str:
        """Where signed requests are received, empty with Socket Mode or before `start`."""
        return self._listening.address if self._listening else ""

    @property
    def in_hand(self) -> Facts:
        """The facts that are not committed yet."""
        return self._conversation.facts

    async def start(self, handle: Handle, *, missed: Callable[[], None] = nothing_missed) -> None:
        """Connect and hand over events; returns when ready. Raises Transient or Permanent."""
        await self._web.__aenter__()
        talk = self._conversation
        listeners = Listeners(
            hear=talk.hear,
            room=self.in_hand.room,
            command=talk.on_command,
            press=talk.on_press,
            submission=talk.on_submission,
            missed=missed,
        )
        self._listening = Listening(self._settings, self._web, listeners)
        try:
            async with asyncio.timeout(STARTING):
                authorized = await self._authorized()
                talk.begin(reading(handle, self.fetch), await self._ourselves(authorized))
                await self._listening.start(authorized)
        except BaseException as error:
            await self.stop()
            if isinstance(error, TimeoutError):
                raise Transient(f"Slack did not answer within {STARTING:g} s") from error
            raise

    @property
    def trouble(self) -> str:
        """Whether the socket is cut; there is nothing to look at where Slack calls us."""
        return self._listening.trouble if self._listening else ""

    async def stop(self) -> None:
        """Finish what is in hand, close every connection."""
        await self._conversation.end()
        if self._listening:
            await self._listening.stop()
            self._listening = None
        await self._web.__aexit__()

    async def check(self) -> list[Problem]:
        """Everything wrong with tokens, scopes and channels, all at once."""
        return await diagnose(self._settings)

    async def send(self, message: Message, to: Destination, *, key: str) -> MessageRef:
        """Deliver a message, never twice for one key. Raises DeliveryError."""
        self._connected()
        return await self._deliveries.send(message, to, key=key)

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Replace a message of ours. Raises DeliveryError."""
        self._connected()
        image = await self._web.upload(message.image) if message.image else None
        part = whole(message, self._settings.workspace, image)
        update = self._web.client.chat_update
        async with self._web.calling("chat.update"):
            await self._web.when_ready(
                lambda: update(channel=ref.channel.id, ts=ref.id, **part), image=image is not None
            )

    async def gather(self, gathering: Gathering) -> MessageRef:
        """Refused: Slack has no agenda (`capabilities.gatherings`)."""
        raise Permanent("no_agenda", f"Slack has no agenda for {gathering.key}")

    async def regather(self, ref: MessageRef, gathering: Gathering | None) -> None:  # noqa: ARG002  the port's signature
        """Refused: Slack has no agenda (`capabilities.gatherings`)."""
        raise Permanent("no_agenda", f"Slack has no agenda with {ref.id}")

    async def fetch(self, attachment: Attachment) -> bytes:
        """Read a file somebody shared. Raises DeliveryError."""
        self._connected()
        return await self._web.download(attachment.address, DOCUMENT_BYTES)

    async def gate(self, account: Account, *, is_open: bool) -> None:
        """Invite into the gate channels, or remove from them. Raises DeliveryError.

        Sources: https://docs.slack.dev/reference/methods/conversations.invite and
        conversations.kick
        """
        self._connected()
        client = self._web.client
        for name in self._settings.gate_channels:
            channel = await self._channels.id_of(name)
            try:
                async with self._web.calling(
                    "conversations.invite" if is_open else "conversations.kick"
                ):
                    await asked(
                        client.conversations_invite(channel=channel, users=[account.user])
                        if is_open
                        else client.conversations_kick(channel=channel, user=account.user)
                    )
            except Permanent as error:
                if error.code not in {"already_in_channel", "not_in_channel"}:
                    raise

    async def history(self, since: datetime) -> AsyncIterator[Event]:
        """What happened since that moment, oldest first. Raises DeliveryError."""
        self._connected()
        given = self._conversation.given
        reading = History(
            self._web, self._channels, self._people, given, self._us, self._now, since
        )
        async for event in reading.events():
            yield event

    async def profile(self, account: Account) -> Profile:
        """What Slack says about somebody. Raises DeliveryError."""
        self._connected()
        return await self._people.profile(account.user, self._us)

    async def link(self, ref: MessageRef) -> str | None:
        """The permalink of a message, None when Slack gives none."""
        self._connected()
        try:
            found = await asked(
                self._web.client.chat_getPermalink(channel=ref.channel.id, message_ts=ref.id)
            )
        except DeliveryError as error:
            log.info("slack.no_permalink", message=ref.key, reason=str(error))
            return None
        return str(found["permalink"])

    async def _authorized(self) -> Json:
        """Who we are; asked once, before anything is read. Raises DeliveryError."""
        authorized = await asked(self._web.client.auth_test())
        if authorized["team_id"] != self._settings.workspace:
            raise Permanent("wrong_workspace", f"the token belongs to {authorized['team_id']}")
        return authorized

    async def _ourselves(self, authorized: Json) -> Ourselves:
        try:
            gate = await self._channels.ids_of(self._settings.gate_channels)
        except Permanent as error:  # `amicale check` says it; the rest works without
            log.warning("slack.no_gate", reason=str(error))
            gate = frozenset()
        self._us = Ourselves(self._settings.workspace, str(authorized["user_id"]), gate)
        return self._us

    def _connected(self) -> None:
        if not self._web.is_open:
            raise Transient("not connected to Slack")
