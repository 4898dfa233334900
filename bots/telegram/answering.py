"""Showing what the core answered: in private, in public, or in the place of a button's message."""

import asyncio
from dataclasses import dataclass, replace

import structlog

from bots.telegram import deeplink
from bots.telegram.api import Api
from bots.telegram.commands import ONBOARDING
from bots.telegram.delivery import Delivery
from bots.telegram.doors import Doors
from bots.telegram.outgoing import fits_toast, toast
from bots.telegram.places import Places
from bots.telegram.reading import Arrival
from core.chat.actions import Link
from core.chat.adapter import Answer, DeliveryError, Menu, Permanent, RateLimited, Unreachable
from core.chat.events import CommandInvoked, Event, FormOpened, MemberJoined
from core.chat.identity import Channel, MessageRef, Platform, Purpose
from core.chat.markup import mention, plain
from core.chat.messages import Button, Message, Reply, Style, Text

PATIENCE = 30.0
"""Seconds an answer waits when Telegram asks for patience; later it would make no sense."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Turn:
    """One update being answered; `acknowledged` when its press was."""

    arrival: Arrival
    language: str
    acknowledged: bool = False


class Answering:
    """Answers updates; a failure is logged and never reaches the loop that takes updates."""

    def __init__(
        self, api: Api, delivery: Delivery, doors: Doors, places: Places, menu: Menu, bot: str
    ) -> None:
        self._api = api
        self._delivery = delivery
        self._doors = doors
        self._places = places
        self._menu = menu
        self._bot = bot

    async def answer(self, turn: Turn, event: Event | None, answer: Answer) -> None:
        """Show the answer to an event, then acknowledge the press if there was one."""
        try:
            reply = self._reply(answer)
            if reply is not None:
                await self._show(turn, event, reply)
        except DeliveryError as error:
            log.warning("telegram.answer_lost", reason=str(error), person=turn.arrival.lane)
        finally:
            await self.acknowledge(turn)

    async def say(self, turn: Turn, key: str, **values: object) -> None:
        """Answer with a text of our own, in private."""
        words = self._menu.say(key, turn.language, **values)
        await self.answer(turn, None, Reply(Message(plain(words))))

    async def acknowledge(self, turn: Turn, **shown: object) -> bool:
        """Answer the press, once; says whether `shown` was shown."""
        if turn.arrival.callback is None or turn.acknowledged:
            return False
        turn.acknowledged = True
        data = {"callback_query_id": turn.arrival.callback, **shown}
        try:
            await self._api.call("answerCallbackQuery", data)
        except DeliveryError as error:
            log.info("telegram.not_acknowledged", reason=str(error))
            return False
        return True

    @staticmethod
    def _reply(answer: Answer) -> Reply | None:
        if answer is None or isinstance(answer, Reply):
            return answer
        return Reply(Message(plain(" ".join(answer.errors.values()))))

    async def _show(self, turn: Turn, event: Event | None, reply: Reply) -> None:
        source = turn.arrival.source
        if reply.edits and turn.arrival.callback and source:
            try:
                await self._replace(turn, source, await self._with_a_way_on(turn, source, reply))
            except Permanent as refusal:
                log.info("telegram.not_edited", code=refusal.code)
            else:
                return
        if source is not None and source.channel.private:
            await self._put(reply.message, source.channel)
        elif source is not None and not (reply.private or reply.edits):
            await self._put(reply.message, source.channel, source)
        else:
            await self._privately(turn, event, reply.message)

    async def _with_a_way_on(self, turn: Turn, source: MessageRef, reply: Reply) -> Message:
        """The message, with the button that lets us go on writing to who asks to join.

        Once their request is settled we may not, until they press Start
        (https://core.telegram.org/bots/api#chatjoinrequest).
        """
        message = reply.message
        if not source.channel.private or await self._doors.may_go_on(turn.arrival.lane):
            return message
        label = self._menu.say("adapter_telegram.continue_private", turn.language)
        start = Button(label, Link(deeplink.url(self._bot, f"/{ONBOARDING}")), Style.PRIMARY)
        return replace(message, buttons=(*message.buttons, start))

    async def _replace(self, turn: Turn, source: MessageRef, message: Message) -> None:
        try:
            await self._delivery.change(source, message, ahead=True)
        except RateLimited as limit:
            if limit.retry_after > PATIENCE:
                raise
            await self.acknowledge(turn)
            await asyncio.sleep(limit.retry_after)
            await self._delivery.change(source, message, ahead=True)

    async def _put(
        self, message: Message, to: Channel, below: MessageRef | None = None
    ) -> MessageRef:
        try:
            return await self._delivery.put(message, to, below=below, ahead=True)
        except RateLimited as limit:
            if limit.retry_after > PATIENCE:
                raise
            await asyncio.sleep(limit.retry_after)
            return await self._delivery.put(message, to, below=below, ahead=True)

    async def _privately(self, turn: Turn, event: Event | None, message: Message) -> None:
        """Answer so that the group does not read it.

        A few words are shown over the button; the rest goes to the private chat, and where the
        bot may not write there, the person is led to it with what they asked.
        """
        if fits_toast(message) and await self.acknowledge(
            turn, text=toast(message), show_alert=True
        ):
            return
        person = turn.arrival.lane
        chat = self._doors.chat(person) or person
        channel = Channel(Platform.TELEGRAM, self._places.workspace, chat, private=True)
        try:
            await self._put(message, channel)
        except Permanent as refusal:
            if not isinstance(refusal, Unreachable) and refusal.code != "chat_not_found":
                raise
            await self._lead(turn, event)
        else:
            await self.acknowledge(
                turn, text=self._menu.say("adapter_telegram.in_private", turn.language)
            )

    async def _lead(self, turn: Turn, event: Event | None) -> None:
        """Lead somebody to the private chat, with what they asked."""
        url = deeplink.url(self._bot, turn.arrival.asked, f"/{ONBOARDING}")
        if await self.acknowledge(turn, url=url):
            return
        if isinstance(event, MemberJoined):
            await self._invite(turn, event, url, self._welcome())
        elif turn.arrival.source and (
            turn.arrival.callback or isinstance(event, CommandInvoked | FormOpened)
        ):
            await self._invite(turn, event, url, turn.arrival.source.channel)
        else:
            log.info("telegram.unreachable", person=turn.arrival.lane)

    async def _invite(self, turn: Turn, event: Event | None, url: str, to: Channel) -> None:
        """A line in the group, without a word of the answer, and a button to the private chat."""
        label = self._menu.say("adapter_telegram.continue_private", turn.language)
        named = event.profile if isinstance(event, MemberJoined) else None
        accounts = (named.account,) if named else ()
        if named:
            welcome = plain(self._menu.say("adapter_telegram.welcome_private", turn.language))
            words = Text(f"{mention(named.account, named.name)}, {welcome}")
        else:
            words = plain(self._menu.say("adapter_telegram.open_private", turn.language))
        message = Message(words, (Button(label, Link(url)),), mentions=accounts)
        await self._put(message, to, None if named else turn.arrival.source)

    def _welcome(self) -> Channel:
        try:
            return self._places.of(Purpose.WELCOME)
        except Permanent:
            return Channel(Platform.TELEGRAM, self._places.workspace, self._places.workspace)
