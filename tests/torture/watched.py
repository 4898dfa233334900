"""The real adapters, of whose work the parent is told, and which hurry."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bots.discord.adapter import DiscordAdapter
from bots.pace import Limit
from bots.slack.adapter import SlackAdapter
from core.chat.adapter import (
    Adapter,
    Answer,
    Capabilities,
    Handle,
    Menu,
    Problem,
    nothing_missed,
)
from core.chat.events import Attachment, Event
from core.chat.identity import Account, Destination, MessageRef, Platform, Profile, Workspace
from core.chat.messages import Gathering, Message

Tell = Callable[..., None]

HURRY = 50
"""How many times sooner a permit comes back: these stand-ins have time for us."""


@dataclass(slots=True)
class Heard:
    """What the adapters handed over, and what of it is still in hand."""

    events: int = 0
    in_hand: int = 0
    seen: set[str] = field(default_factory=set)
    again: int = 0
    sessions: int = 0

    def missed(self) -> None:
        """A session began that could not go on where the last one ended."""
        self.sessions += 1

    def of(self, handle: Handle) -> Handle:
        """The same, counted."""

        async def counted(event: Event) -> Answer:
            key = f"{event.workspace.platform}:{event.delivery_id}"
            self.again += key in self.seen
            self.seen.add(key)
            self.events += 1
            self.in_hand += 1
            try:
                return await handle(event)
            finally:
                self.in_hand -= 1

        return counted


@dataclass(slots=True)
class Watched:
    """An adapter, whose outgoing messages the parent is told of before and after."""

    inner: Adapter
    heard: Heard
    tell: Tell

    @property
    def platform(self) -> Platform:
        return self.inner.platform

    @property
    def workspace(self) -> Workspace:
        return self.inner.workspace

    @property
    def capabilities(self) -> Capabilities:
        return self.inner.capabilities

    @property
    def trouble(self) -> str:
        return self.inner.trouble

    async def start(self, handle: Handle, *, missed: Callable[[], None] = nothing_missed) -> None:
        def both() -> None:
            self.heard.missed()
            missed()

        await self.inner.start(self.heard.of(handle), missed=both)

    async def stop(self) -> None:
        await self.inner.stop()

    async def check(self) -> list[Problem]:
        return await self.inner.check()

    def history(self, since: datetime) -> AsyncIterator[Event]:
        return self.inner.history(since)

    async def send(self, message: Message, to: Destination, *, key: str) -> MessageRef:
        self.tell(begins=key, platform=self.platform, text=message.text)
        ref = await self.inner.send(message, to, key=key)
        self.tell(ends=key, platform=self.platform, channel=ref.channel.id, message=ref.id)
        return ref

    async def edit(self, ref: MessageRef, message: Message) -> None:
        await self.inner.edit(ref, message)

    async def gather(self, gathering: Gathering) -> MessageRef:
        return await self.inner.gather(gathering)

    async def regather(self, ref: MessageRef, gathering: Gathering | None) -> None:
        await self.inner.regather(ref, gathering)

    async def fetch(self, attachment: Attachment) -> bytes:
        return await self.inner.fetch(attachment)

    async def gate(self, account: Account, *, is_open: bool) -> None:
        await self.inner.gate(account, is_open=is_open)

    async def profile(self, account: Account) -> Profile:
        return await self.inner.profile(account)

    async def link(self, ref: MessageRef) -> str | None:
        return await self.inner.link(ref)


def hurried(adapter: Adapter, menu: Menu, now: Callable[[], datetime]) -> Adapter:
    """The same adapter at another pace; Telegram's keeps none where nothing is limited."""
    match adapter:
        case DiscordAdapter():
            told = adapter._settings
            limits = (told.channel_limit, told.overall_limit)
            channel, overall = (Limit(one.calls, one.seconds / HURRY) for one in limits)
            settings = replace(told, channel_limit=channel, overall_limit=overall)
            return DiscordAdapter(settings, menu, now=now)
        case SlackAdapter():
            limits_of_slack = adapter._settings.limits.scaled(HURRY)
            return SlackAdapter(replace(adapter._settings, limits=limits_of_slack), menu, now=now)
    return adapter
