"""Telegram, connected: the port's verbs on the Bot API."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from bots.documents import reading
from bots.telegram.api import Api
from bots.telegram.check import diagnose
from bots.telegram.delivery import Delivery
from bots.telegram.doors import Doors
from bots.telegram.membership import roles
from bots.telegram.menu import publish
from bots.telegram.places import Places
from bots.telegram.polling import Poll
from bots.telegram.reception import Reception
from bots.telegram.settings import TelegramSettings
from bots.telegram.webhook import Webhook
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
    Place,
    Platform,
    Profile,
    Workspace,
)
from core.chat.messages import Gathering, Message

START_SECONDS = 15
"""How long a platform that is down may hold a start."""
FINISH_SECONDS = 5
"""How long what is in hand may take when stopping."""


def _now() -> datetime:
    return datetime.now(UTC)


class TelegramAdapter:
    """One Telegram group and the private chats of its people.

    `now` dates what Telegram does not date: a press on a button.
    """

    platform = Platform.TELEGRAM
    capabilities = Capabilities(
        forms=False,
        private_replies=False,
        home=False,
        writes_first=False,
        threads=True,
        settles=False,
        remembers=False,
        polls=True,
    )

    def __init__(
        self, settings: TelegramSettings, menu: Menu, *, now: Callable[[], datetime] = _now
    ) -> None:
        self._settings = settings
        self._menu = menu
        self._api = Api(settings)
        self._places = Places(settings.workspace, settings.channels)
        self._delivery = Delivery(self._api, self._places, self._group_moved, settings)
        self._doors = Doors(self._delivery, self._places)
        self._reception = Reception(self._api, self._places, self._doors, menu, now)
        self._source: Poll | Webhook | None = None

    @property
    def workspace(self) -> Workspace:
        """The group, under the id it has now."""
        return Workspace(Platform.TELEGRAM, self._places.workspace)

    async def start(
        self,
        handle: Handle,
        *,
        missed: Callable[[], None] = nothing_missed,  # noqa: ARG002  nothing ever is
    ) -> None:
        """Connect, publish the menu, begin to take updates.

        Nothing is ever missed: Telegram keeps what was not confirmed for 24 hours.
        """
        await self._api.open()
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._connect(handle)
                await self._listen()
        except TimeoutError as error:
            await self.stop()
            raise Transient(f"Telegram did not answer in {START_SECONDS} s") from error
        except BaseException:
            await self.stop()
            raise

    @property
    def trouble(self) -> str:
        """What Telegram last said instead of updates."""
        return self._source.trouble if isinstance(self._source, Poll) else ""

    async def stop(self) -> None:
        """Take nothing more, finish what is in hand, hang up."""
        if self._source is not None:
            await self._source.pause()
        await self._reception.close(FINISH_SECONDS)
        if self._source is not None:
            await self._source.confirm()
            self._source = None
        await self._api.close()

    async def check(self) -> list[Problem]:
        """Everything an operator must mend, without touching this connection."""
        return await diagnose(self._settings)

    async def send(self, message: Message, to: Destination, *, key: str) -> MessageRef:
        """Deliver a message; within this process, never twice under the same key."""
        if isinstance(to, Account):
            chat = self._doors.chat(to.user)
            return await self._delivery.whisper(message, to, chat=chat, key=key)
        if isinstance(to, MessageRef):
            return await self._delivery.put(message, to.channel, below=to, key=key)
        channel = self._places.of(to.purpose) if isinstance(to, Place) else to
        return await self._delivery.put(message, channel, key=key)

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Replace a message of ours."""
        await self._delivery.change(ref, message)

    async def gather(self, gathering: Gathering) -> MessageRef:
        """Refused: Telegram has no agenda (`capabilities.gatherings`)."""
        raise Permanent("no_agenda", f"Telegram has no agenda for {gathering.key}")

    async def regather(self, ref: MessageRef, gathering: Gathering | None) -> None:  # noqa: ARG002  the port's signature
        """Refused: Telegram has no agenda (`capabilities.gatherings`)."""
        raise Permanent("no_agenda", f"Telegram has no agenda with {ref.id}")

    async def fetch(self, attachment: Attachment) -> bytes:
        """Read a document somebody sent."""
        return await self._api.fetch(attachment.address)

    async def gate(self, account: Account, *, is_open: bool) -> None:
        """Approve a request to join or lift restrictions; or let read and not write."""
        if is_open:
            await self._doors.let_in(account.user)
        else:
            await self._doors.keep_out(account.user)

    async def history(self, since: datetime) -> AsyncIterator[Event]:  # noqa: ARG002  none is kept
        """Nothing: Telegram shows a bot no history, and keeps its updates instead."""
        nothing: tuple[Event, ...] = ()
        for event in nothing:
            yield event

    async def profile(self, account: Account) -> Profile:
        """What Telegram says about a member; it does not say their language."""
        member = await self._delivery.call(
            "getChatMember", self._places.workspace, {"user_id": int(account.user)}
        )
        if not isinstance(member, dict):
            raise Permanent("no_member", "getChatMember answered without a member")
        user = member["user"]
        name = " ".join(filter(None, (user["first_name"], user.get("last_name"))))
        handle = str(user.get("username") or "")
        return Profile(account, name, handle, user.get("language_code"), roles(member))

    async def link(self, ref: MessageRef) -> str | None:
        """The address of a message in a supergroup; elsewhere Telegram has none.

        https://core.telegram.org/api/links#message-links
        """
        chat = self._places.current(ref.channel.id)
        if ref.channel.private or not chat.startswith("-100"):
            return None
        where = [chat.removeprefix("-100"), ref.channel.thread, ref.id]
        return "https://t.me/c/" + "/".join(filter(None, where))

    async def _connect(self, handle: Handle) -> None:
        me = await self._api.call("getMe")
        self._reception.open(reading(handle, self.fetch), self._delivery, me)
        await self._delivery.call("getChat", self._places.workspace, {})
        for place in self._places.settings.values():
            if place.chat.startswith("@"):
                chat = await self._api.call("getChat", {"chat_id": place.chat})
                self._places.found(place.chat, str(chat["id"]))
        await self._reception.learn_rights()
        await publish(self._api, self._menu, self._places.workspace)

    async def _listen(self) -> None:
        if self._settings.webhook_url:
            self._source = Webhook(self._api, self._reception.take, self._settings)
        else:
            self._source = Poll(self._api, self._reception.take)
        try:
            await self._source.start()
        except OSError as error:
            raise Permanent("webhook_port", "the webhook's address cannot be used") from error

    async def _group_moved(self, old: str, new: str) -> None:
        await self._reception.group_moved(old, new)
