"""Sends what the outbox owes, looking for an earlier try before it repeats one."""

import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.slack.channels import Channels
from bots.slack.outgoing import OUTBOX_BLOCK, OUTBOX_EVENT, marked, render, sharing
from bots.slack.web import PAGE, SlackWeb, asked
from core.chat.adapter import DeliveryError, Doubtful, Transient
from core.chat.identity import Channel, Destination, MessageRef, Platform
from core.chat.messages import File, Message

Json = dict[str, Any]
Found = dict[tuple[str, int], str]  # outbox key and part -> message timestamp

AFTER_A_CRASH = 600.0
"""Seconds after start during which a message may be owed by the process before this one: each
conversation is then read once before it is written to. Longer than an outbox lease."""
REMEMBERED = 10_000

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Try:
    """What is known of one outbox row: timestamps by part, and whether a part is in doubt."""

    posted: dict[int, str] = field(default_factory=dict)
    doubtful: bool = False


class Deliveries:
    """`send` of the adapter: a key that was tried is never shown twice.

    Slack refuses no duplicate by itself, so each message carries its key as metadata
    (https://docs.slack.dev/messaging/message-metadata) and the conversation is searched for it
    when an earlier try may have arrived: the answer was lost, or the process was restarted.
    """

    def __init__(self, web: SlackWeb, channels: Channels, workspace: str) -> None:
        self._web = web
        self._channels = channels
        self._workspace = workspace
        self._tries: OrderedDict[str, _Try] = OrderedDict()
        self._left: dict[tuple[str, str | None], Found] = {}
        self._since = time.monotonic()

    async def send(self, message: Message, to: Destination, *, key: str) -> MessageRef:
        """Deliver and say where the last part stands. Raises DeliveryError."""
        channel, thread = await self._channels.where(to)
        known = self._remembered(key)
        await self._look(known, key, channel, thread)
        for number, file in enumerate(message.files, 1):
            if -number not in known.posted:
                await self._share(known, file, (channel, thread), (key, -number))
        parts = render(message, self._workspace)
        if message.image and not known.posted.keys() >= set(range(len(parts))):
            parts = render(message, self._workspace, await self._web.upload(message.image))
        for number, part in enumerate(parts):
            if number not in known.posted:
                sent = {**marked(part, key, number), "channel": channel, "thread_ts": thread}
                async with self._web.speaking(channel):
                    known.posted[number] = await self._post(known, sent)
        known.doubtful = False
        place = Channel(
            Platform.SLACK, self._workspace, channel, thread, private=channel.startswith("D")
        )
        return MessageRef(place, known.posted[len(parts) - 1])

    async def _share(
        self, known: _Try, file: File, where: tuple[str, str | None], mark: tuple[str, int]
    ) -> None:
        """Put one file in the conversation, before the words it belongs to."""
        channel, thread = where
        async with self._web.speaking(channel):
            known.doubtful = True
            try:
                await self._web.share(file, channel, thread, sharing(file.name, *mark))
            except DeliveryError as error:
                known.doubtful = isinstance(error, Doubtful)
                raise
        known.posted[mark[1]] = ""

    def _remembered(self, key: str) -> _Try:
        known = self._tries.setdefault(key, _Try())
        self._tries.move_to_end(key)
        if len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)
        return known

    async def _post(self, known: _Try, sent: Json) -> str:
        known.doubtful = True
        has_image = any(block["type"] == "image" for block in sent["blocks"])
        try:
            answer = await self._web.when_ready(
                lambda: post(self._web.outbox, sent), image=has_image
            )
        except DeliveryError as error:
            known.doubtful = isinstance(error, Doubtful)
            raise
        return str(answer["ts"])

    async def _look(self, known: _Try, key: str, channel: str, thread: str | None) -> None:
        """Learn what of this key already stands in the conversation."""
        found: Found = {}
        if known.doubtful:
            found = await self._read(channel, thread)
        elif time.monotonic() - self._since < AFTER_A_CRASH:
            if (channel, thread) not in self._left:
                self._left[channel, thread] = await self._read(channel, thread)
            found = self._left[channel, thread]
        else:
            self._left.clear()
        known.posted |= {part: ts for (row, part), ts in found.items() if row == key}

    async def _read(self, channel: str, thread: str | None) -> Found:
        """Our own marks in the newest messages of a conversation, or in a whole thread.

        Raises Transient; a conversation we may not read holds no marks (it is said in the log).
        """
        client = self._web.client
        try:
            if thread:
                found = await self._web.pages(
                    lambda cursor: client.conversations_replies(
                        channel=channel,
                        ts=thread,
                        include_all_metadata=True,
                        limit=PAGE,
                        cursor=cursor,
                    ),
                    "messages",
                    method="conversations.replies",
                )
            else:
                async with self._web.calling("conversations.history"):
                    call = client.conversations_history(
                        channel=channel, include_all_metadata=True, limit=PAGE
                    )
                    found = (await asked(call)).get("messages") or []
        except Transient:
            raise
        except DeliveryError as error:
            log.warning("slack.history_unreadable", channel=channel, reason=str(error))
            return {}
        return {mark: str(message["ts"]) for message in found for mark in _marks(message)}


async def post(client: AsyncWebClient, sent: Json) -> AsyncSlackResponse:
    """Post a message whose links show no preview."""
    return await client.chat_postMessage(unfurl_links=False, unfurl_media=False, **sent)


def _marks(message: Json) -> Iterator[tuple[str, int]]:
    """The outbox rows and parts that a message says it is."""
    held = message.get("metadata") or {}
    payload = held.get("event_payload") or {}
    if held.get("event_type") == OUTBOX_EVENT and "id" in payload:
        yield str(payload["id"]), int(payload.get("part", 0))
    for block in message.get("blocks") or ():
        name = str(block.get("block_id") or "")
        if name.startswith(OUTBOX_BLOCK):
            number, _, key = name.removeprefix(OUTBOX_BLOCK).partition(":")
            yield key, int(number)
