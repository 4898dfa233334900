"""Putting messages where they belong: a channel, a thread, a direct message or its stand-in."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from bots.discord.guild import PRIVATE_THREAD, PUBLIC_THREAD, Guild, Json
from bots.discord.naming import mark_of, nonce, shorten
from bots.discord.outgoing import Part, render
from bots.discord.rest import Rest
from bots.discord.settings import DiscordSettings
from bots.discord.written import readable
from bots.pace import Answered, Pacer
from core.chat.adapter import Menu, Permanent, Unreachable
from core.chat.identity import (
    Account,
    Channel,
    Destination,
    MessageRef,
    Place,
    Platform,
    Purpose,
    Workspace,
)
from core.chat.markup import inert, plain
from core.chat.messages import Message

NAME = 100
TITLE = 60
"""A thread's name holds 100 characters; we show no more than 60 of a question."""
WEEK, DAYS = 10080, 4320
"""Minutes of silence after which a thread is folded away (60, 1440, 4320 or 10080).
https://docs.discord.com/developers/resources/channel#start-thread-from-message"""

PAGES = 10
"""Pages of a hundred folded threads that are read to find somebody's."""

_POLL_OVER = "520001"
_HAS_THREAD = "160004"
_NO_THREAD = {"50024", "50013", "50001", "160006"}
"""Refusals of a thread after which the answer stands in the channel, as a reply."""
_GONE = {"10003", "50083", "160005"}
_log = structlog.get_logger(__name__)


class Posting:
    """Delivers messages. Remembers the channels of direct messages only to save calls.

    What shows in a channel keeps the pace of that channel, and edits a pace of their own, as
    Discord counts them apart. Look-ups and answers to interactions are not held up by it.
    """

    def __init__(
        self,
        rest: Rest,
        guild: Guild,
        settings: DiscordSettings,
        menu: Menu,
        pacer: Pacer,
        now: Callable[[], datetime],
    ) -> None:
        self._rest = rest
        self._pacer = pacer
        self._guild = guild
        self._settings = settings
        self._menu = menu
        self._now = now
        self._home = Workspace(Platform.DISCORD, guild.id)
        self._direct: dict[str, str] = {}
        self._one_at_a_time = asyncio.Lock()

    async def send(self, message: Message, to: Destination, key: str) -> MessageRef:
        """Deliver; says where the last part stands. Raises DeliveryError."""
        parts = render(message, self._home, self._now())
        if isinstance(to, Account):
            return await self._to_person(parts, to, key)
        if isinstance(to, MessageRef):
            channel, answered = await self._below(to)
            return await self._post(parts, channel, key, answered)
        return await self._post(parts, self.channel(to) if isinstance(to, Place) else to, key)

    def channel(self, place: Place) -> Channel:
        """The configured channel of a purpose.

        Raises Permanent when none is configured, or none of the server's has that id or name.
        """
        wanted = self._settings.channels.get(place.purpose)
        if wanted is None:
            raise Permanent("unconfigured", f"no channel is configured for {place.purpose}")
        found = self._guild.channel_id(wanted)
        if found is None:
            raise Permanent("10003", f"the channel configured for {place.purpose} is unknown")
        return self._guild.place(found)

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Replace a message; what does not fit any more follows below it.

        A poll can be ended and never rewritten: what else the message says is left out.
        """
        if message.poll is not None:
            await self._end(ref)
            return
        first, *more = render(message, self._home)
        channel = where(ref.channel)
        answer, limit = Answered(), self._settings.channel_limit
        async with self._pacer.turn(f"edit:{channel}", limit, answer=answer):
            await self._rest.patch_part(
                "/channels/{channel_id}/messages/{message_id}",
                first,
                answer,
                channel_id=channel,
                message_id=ref.id,
            )
        if more:
            await self._post(tuple(more), ref.channel, f"{ref.key}:{message.text}")

    async def _end(self, ref: MessageRef) -> None:
        """End a poll; one that is over is.

        https://docs.discord.com/developers/resources/poll#end-poll
        """
        path = "/channels/{channel_id}/polls/{message_id}/expire"
        try:
            await self._rest.post(path, {}, channel_id=where(ref.channel), message_id=ref.id)
        except Permanent as error:
            if error.code != _POLL_OVER:
                raise

    async def _post(
        self, parts: tuple[Part, ...], channel: Channel, key: str, answered: str | None = None
    ) -> MessageRef:
        last, place = "", where(channel)
        for number, part in enumerate(parts):
            body = {**part.body, "nonce": nonce(f"{key}:{number}"), "enforce_nonce": True}
            if answered and number == 0:
                body["message_reference"] = {"message_id": answered, "fail_if_not_exists": False}
            answer, limit = Answered(), self._settings.channel_limit
            async with self._pacer.turn(place, limit, answer=answer):
                made = await self._rest.post_part(
                    "/channels/{channel_id}/messages",
                    replace(part, body=body),
                    answer,
                    channel_id=place,
                )
            last = made["id"]
        return MessageRef(channel, last, last if "poll" in parts[-1].body else "")

    async def _to_person(self, parts: tuple[Part, ...], to: Account, key: str) -> MessageRef:
        try:
            return await self._post(parts, await self._direct_channel(to.user), key)
        except Unreachable as refusal:
            _log.info("discord.direct.refused", user=to.user, code=refusal.code)
            try:
                async with self._one_at_a_time:  # two at once would open two threads
                    return await self._beside(parts, to.user, key)
            except Permanent as error:
                raise Unreachable(refusal.code, refusal.reason) from error

    async def _beside(self, parts: tuple[Part, ...], user: str, key: str) -> MessageRef:
        """Write in the private thread that stands in for refused direct messages."""
        known = await self._aside(user)
        if known is not None:
            try:
                # Writing unfolds a thread; nobody can be added to a folded one.
                ref = await self._post(parts, self._guild.place(known), key)
                await self._add(known, user)  # in case they left it
            except Permanent as error:
                if error.code not in _GONE:
                    raise
                self._guild.forget(known)
            else:
                return ref
        return await self._post(parts, await self._new_aside(user), key)

    async def _direct_channel(self, user: str) -> Channel:
        if user not in self._direct:
            made = await self._rest.post("/users/@me/channels", {"recipient_id": user})
            self._direct[user] = made["id"]
        return self._guild.place(self._direct[user], direct=True)

    async def _aside(self, user: str) -> str | None:
        """That person's private thread, folded away or not, when there is one."""
        known = self._known_aside(user)
        if known is None:
            await self._learn_folded(self._welcome())
        return known or self._known_aside(user)

    def _known_aside(self, user: str) -> str | None:
        mark = mark_of(user)
        threads = self._guild.threads.items()
        return next((i for i, t in threads if t.aside and t.name.endswith(mark)), None)

    async def _learn_folded(self, welcome: str) -> None:
        """Read which private threads of ours Discord has folded away."""
        query: dict[str, str] = {"limit": "100"}
        for _ in range(PAGES):
            found = await self._rest.get(
                "/channels/{channel_id}/users/@me/threads/archived/private",
                query=query,
                channel_id=welcome,
            )
            for thread in found["threads"]:
                self._guild.learn(thread)
            if not found.get("has_more") or not found["threads"]:
                return
            query["before"] = found["threads"][-1]["id"]

    async def _new_aside(self, user: str) -> Channel:
        language = self._menu.language(None)
        name = self._menu.say("adapter_discord.aside_name", language)
        body: Json = {
            "name": f"{name[: NAME - 24]}{mark_of(user)}",
            "type": PRIVATE_THREAD,
            "invitable": False,
            "auto_archive_duration": WEEK,
        }
        made = await self._rest.post(
            "/channels/{channel_id}/threads", body, channel_id=self._welcome()
        )
        self._guild.learn({**made, "owner_id": self._guild.me})
        await self._add(made["id"], user)
        channel = self._guild.place(made["id"])
        why = Message(plain(self._menu.say("adapter_discord.aside_why", language)))
        await self._post(render(why, self._home), channel, f"aside:{made['id']}")
        return channel

    async def _add(self, thread: str, user: str) -> None:
        await self._rest.put(
            "/channels/{channel_id}/thread-members/{user_id}", channel_id=thread, user_id=user
        )

    def _welcome(self) -> str:
        return self.channel(Place(Platform.DISCORD, self._guild.id, Purpose.WELCOME)).id

    async def _below(self, ref: MessageRef) -> tuple[Channel, str | None]:
        """Where the thread of a message is (made when there is none), and what to answer there."""
        if ref.channel.private or ref.channel.thread is not None:
            return ref.channel, ref.id
        if ref.id in self._guild.threads:
            return self._guild.place(ref.id), None
        title = await self._title(ref)
        body: Json = {"name": title, "auto_archive_duration": DAYS}
        try:
            made = await self._rest.post(
                "/channels/{channel_id}/messages/{message_id}/threads",
                body,
                channel_id=ref.channel.id,
                message_id=ref.id,
            )
        except Permanent as error:
            if error.code in _NO_THREAD:
                return ref.channel, ref.id
            if error.code != _HAS_THREAD:
                raise
            # A thread opened on a message has that message's id.
            thread = {
                "id": ref.id,
                "type": PUBLIC_THREAD,
                "parent_id": ref.channel.id,
                "name": title,
            }
            self._guild.learn(thread)
        else:
            self._guild.learn(made)
        return self._guild.place(ref.id), None

    async def _title(self, ref: MessageRef) -> str:
        try:
            message = await self._rest.get(
                "/channels/{channel_id}/messages/{message_id}",
                channel_id=ref.channel.id,
                message_id=ref.id,
            )
            words = " ".join(inert(readable(message, self._guild)).split())
        except Permanent:
            words = ""
        if not words:
            return self._menu.say("adapter_discord.thread", self._menu.language(None))[:NAME]
        return shorten(words, TITLE)


def where(channel: Channel) -> str:
    """The id Discord posts to: a thread is a channel of its own."""
    return channel.thread or channel.id
