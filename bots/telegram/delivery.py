"""Putting messages in chats: the one way out, whatever they answer."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from bots.pace import Pacer
from bots.telegram.api import JSON, Api, media, upload
from bots.telegram.errors import Moved
from bots.telegram.limits import OVERALL, is_shown, limits_of, scaled
from bots.telegram.outgoing import Part, parts
from bots.telegram.places import Places
from bots.telegram.settings import TelegramSettings
from core.chat.adapter import Permanent, Unreachable, calling
from core.chat.identity import Account, Channel, MessageRef, Platform
from core.chat.messages import Message

REMEMBERED = 1000
"""Deliveries remembered by their key, so that what this process sent is not sent again."""

NOT_THERE = {"chat_not_found", "user_not_found"}
"""What Telegram says of somebody who never wrote to the bot."""


class Delivery:
    """Sends and edits at Telegram's pace, follows groups that move, resumes what was sent in part.

    `moved` is told the old and the new id of a group that moved. `ahead` marks the answer to
    somebody who waits: it passes before what is merely owed.
    """

    def __init__(
        self,
        api: Api,
        places: Places,
        moved: Callable[[str, str], Awaitable[None]],
        settings: TelegramSettings,
    ) -> None:
        self._api = api
        self._places = places
        self._moved = moved
        self._settings = settings
        self._pacer = Pacer(scaled(OVERALL, settings))
        self._sent: OrderedDict[str, list[MessageRef]] = OrderedDict()

    async def put(
        self,
        message: Message,
        to: Channel,
        *,
        below: MessageRef | None = None,
        key: str = "",
        ahead: bool = False,
    ) -> MessageRef:
        """Show a message in a chat, as a reply to `below` when given.

        Says where its last part stands. Raises DeliveryError.
        """
        sent = self._known(key)
        for part in parts(message, self._places.homes)[len(sent) :]:
            sent.append(await self._show(part, to, None if sent else below, ahead=ahead))
        return sent[-1]

    async def whisper(
        self, message: Message, to: Account, *, chat: str | None = None, key: str = ""
    ) -> MessageRef:
        """Write to somebody in private, through `chat` when a join request opened one.

        Raises Unreachable when they never wrote to the bot, or blocked it.
        """
        channel = Channel(Platform.TELEGRAM, self._places.workspace, chat or to.user, private=True)
        try:
            return await self.put(message, channel, key=key)
        except Permanent as refusal:
            if refusal.code in NOT_THERE:
                raise Unreachable("not_started", "the person must write first") from refusal
            raise

    async def change(self, ref: MessageRef, message: Message, *, ahead: bool = False) -> None:
        """Replace a message of ours; what does not fit follows it. Raises DeliveryError.

        A poll can be ended and never rewritten: what else the message says is left out.
        """
        if message.poll is not None:
            await self._end(ref)
            return
        first, *rest = parts(message, self._places.homes)
        target: JSON = {"message_id": int(ref.id)}
        try:
            await self._replace(first, ref, target, ahead=ahead)
        except Permanent as refusal:
            if refusal.code != "not_modified":
                raise
        for part in rest:
            await self._show(part, ref.channel, ref, ahead=ahead)

    async def _end(self, ref: MessageRef) -> None:
        """End a poll; one that is over is (https://core.telegram.org/bots/api#stoppoll)."""
        try:
            await self.call("stopPoll", ref.channel.id, {"message_id": int(ref.id)})
        except Permanent as refusal:
            if refusal.code != "poll_over":
                raise

    async def _replace(self, part: Part, ref: MessageRef, target: JSON, *, ahead: bool) -> None:
        if attached := part.image or part.file:
            markup = {"reply_markup": part.keyboard} if part.keyboard else {}
            data = {**target, **markup, "media": media(attached, part.text)}
            await self.call("editMessageMedia", ref.channel.id, data, ahead=ahead)
            return
        method, data = part.editing()
        try:
            await self.call(method, ref.channel.id, {**target, **data}, ahead=ahead)
        except Permanent as refusal:
            if refusal.code != "no_text":
                raise
            method, data = part.captioning()
            await self.call(method, ref.channel.id, {**target, **data}, ahead=ahead)

    async def call(self, method: str, chat: str, data: JSON, *, ahead: bool = False) -> JSON | bool:
        """Call a method on a chat, under the id the chat has now. Raises DeliveryError."""
        chat = self._places.current(chat)
        try:
            return await self._in_turn(method, chat, data, ahead=ahead)
        except Moved as refusal:
            await self._moved(chat, refusal.to)
            return await self._in_turn(method, refusal.to, data, ahead=ahead)

    async def _in_turn(self, method: str, chat: str, data: JSON, *, ahead: bool) -> JSON | bool:
        async with self._turn(method, chat, ahead=ahead):
            result: JSON | bool = await self._api.call(method, {"chat_id": _id(chat), **data})
        return result

    @asynccontextmanager
    async def _turn(self, method: str, chat: str, *, ahead: bool) -> AsyncIterator[None]:
        limits = limits_of(chat, self._settings)
        if limits and is_shown(method):
            async with self._pacer.turn(chat, *limits, ahead=ahead):
                yield
            return
        if is_shown(method):
            await calling()
        yield

    async def _show(
        self, part: Part, to: Channel, below: MessageRef | None, *, ahead: bool
    ) -> MessageRef:
        method, data = part.sending()
        if part.image:
            data["photo"] = upload(part.image)
        if part.file:
            data["document"] = upload(part.file)
        if to.thread:
            data["message_thread_id"] = int(to.thread)
        if below:
            data["reply_parameters"] = {
                "message_id": int(below.id),
                "allow_sending_without_reply": True,
            }
        shown = await self.call(method, to.id, data, ahead=ahead)
        if not isinstance(shown, dict):
            raise Permanent("no_message", f"{method} answered without a message")
        where = replace(to, id=str(shown["chat"]["id"]), workspace=self._places.workspace)
        poll = str(shown["poll"]["id"]) if part.poll else ""
        return MessageRef(where, str(shown["message_id"]), poll)

    def _known(self, key: str) -> list[MessageRef]:
        """What was already shown under that key, to be added to."""
        if not key:
            return []
        sent = self._sent.setdefault(key, [])
        self._sent.move_to_end(key)
        while len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)
        return sent


def _id(chat: str) -> int | str:
    return chat if chat.startswith("@") else int(chat)
