"""Finds channels by id or name, people's direct conversations, and the gate."""

import time
import unicodedata
from collections.abc import Iterable
from typing import Any

from bots.slack.settings import SlackSettings
from bots.slack.web import PAGE, SlackWeb, asked
from core.chat.adapter import Permanent
from core.chat.identity import Account, Channel, Destination, MessageRef, Place

Json = dict[str, Any]

LISTING_AGE = 60.0
"""Seconds before an unknown name is worth asking again (conversations.list: 20 calls a minute,
https://docs.slack.dev/reference/methods/conversations.list)."""


def same_name(name: str) -> str:
    """A channel's name as compared: without the sign, composed, lower case."""
    return unicodedata.normalize("NFC", name).removeprefix("#").casefold()


class Channels:
    """What the configuration and the core call a channel, as Slack's ids."""

    def __init__(self, web: SlackWeb, settings: SlackSettings) -> None:
        self._web = web
        self._settings = settings
        self._known: dict[str, Json] = {}
        self._listed = float("-inf")
        self._direct: dict[str, str] = {}

    async def listing(self) -> list[Json]:
        """Every channel the bot can see, from Slack. Raises DeliveryError."""
        found = await self._web.pages(
            lambda cursor: self._web.client.conversations_list(
                types="public_channel,private_channel", limit=PAGE, cursor=cursor
            ),
            "channels",
        )
        self._listed = time.monotonic()
        self._known = {str(channel["id"]): channel for channel in found}
        self._known |= {same_name(channel["name"]): channel for channel in found}
        return found

    async def find(self, wanted: str) -> Json | None:
        """The channel of that id or name, None when the bot sees none. Raises DeliveryError."""
        held = self._known.get(wanted) or self._known.get(same_name(wanted))
        if held is None and time.monotonic() - self._listed > LISTING_AGE:
            await self.listing()
            return self._known.get(wanted) or self._known.get(same_name(wanted))
        return held

    async def id_of(self, wanted: str) -> str:
        """The id of a configured channel. Raises DeliveryError when it is unknown."""
        found = await self.find(wanted)
        if found is None:
            raise Permanent("channel_not_found", f"the bot sees no channel {wanted!r}")
        return str(found["id"])

    async def ids_of(self, wanted: Iterable[str]) -> frozenset[str]:
        """The ids of those channels that are known. Raises DeliveryError."""
        found = [await self.find(name) for name in wanted]
        return frozenset(str(channel["id"]) for channel in found if channel)

    async def direct(self, user: str, *, ahead: bool = False) -> str:
        """The conversation between the bot and somebody, opened when needed.

        `ahead`: before those that merely are owed something. Raises DeliveryError. Source: https://docs.slack.dev/reference/methods/conversations.open
        """
        if user not in self._direct:
            async with self._web.calling("conversations.open", ahead=ahead):
                opened = await asked(self._web.client.conversations_open(users=user))
            self._direct[user] = str(opened["channel"]["id"])
        return self._direct[user]

    async def where(self, to: Destination) -> tuple[str, str | None]:
        """Channel id and thread of a destination. Raises DeliveryError."""
        if isinstance(to, Account):
            return await self.direct(to.user), None
        if isinstance(to, MessageRef):
            return await self._id(to.channel), to.channel.thread or to.id
        if isinstance(to, Place):
            wanted = self._settings.channels.get(to.purpose)
            if not wanted:
                raise Permanent("no_channel", f"no Slack channel is configured for {to.purpose}")
            return await self.id_of(wanted), None
        return await self._id(to), to.thread

    async def _id(self, channel: Channel) -> str:
        """A conversation known by its person's id is opened; others are what they say."""
        return await self.direct(channel.id) if channel.id[:1] in {"U", "W"} else channel.id
