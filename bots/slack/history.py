"""Reads from Slack what happened while nobody listened, as the events it would have been."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Any

import structlog
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.slack.channels import Channels
from bots.slack.emoji import emoji
from bots.slack.incoming import (
    SLACKBOT,
    Ourselves,
    edited,
    joined,
    moment,
    posted,
    profile_of,
    reaction_fact,
    refused,
)
from bots.slack.people import People
from bots.slack.web import PAGE, SlackWeb, asked
from core.chat.adapter import Permanent, RateLimited
from core.chat.events import Event, ReactionAdded

Json = dict[str, Any]
_Page = tuple[list[Json], bool]  # messages, and whether there are no more

REDELIVERED = timedelta(minutes=6)
"""For how long Slack itself sends again what was not acknowledged (at once, after 1 and 5
minutes, https://docs.slack.dev/apis/events-api/#retries). What costs most calls is only read when
we were away for longer: direct messages, each a conversation of its own, and older threads."""
PARENTS = timedelta(days=7)
"""How old a message may be whose new replies are looked for: Slack lists no replies by date, so
every message this old is read for the time of its latest reply."""
SKIMMED = 999
"""Messages asked at once for that; only the ids of threads are kept of them
(https://docs.slack.dev/reference/methods/conversations.history: at most 999)."""
DIRECTS = 500
"""Direct conversations read at most."""
REMEMBERED = 10_000
_SECOND = 1_000_000  # microseconds, as Slack's timestamps count
_MALFORMED = (AttributeError, KeyError, OverflowError, TypeError, ValueError)

log = structlog.get_logger(__name__)


class Given:
    """Under which delivery ids reactions were heard: Slack's history dates none.

    A reaction that was heard since we started is so recognised; another gets an id of its own,
    the same at each reading.
    """

    def __init__(self) -> None:
        self._heard: OrderedDict[str, str] = OrderedDict()

    def hear(self, event: ReactionAdded) -> None:
        """It was given, and told."""
        fact = event.delivery_id.removeprefix("react:").rpartition(":")[0]
        self._heard[fact] = event.delivery_id
        if len(self._heard) > REMEMBERED:
            self._heard.popitem(last=False)

    def delivery(self, fact: str) -> str:
        """The id of a reaction found in the history."""
        return self._heard.get(fact, f"react:{fact}")


@dataclass(order=True, slots=True)
class _Found:
    """A message of one stream, in the order of its time; `is_edit`: what became of it later."""

    stamp: int
    number: int
    message: Json = field(compare=False)
    stream: AsyncIterator[Json] | None = field(compare=False, default=None)
    is_edit: bool = field(compare=False, default=False)


@dataclass(slots=True)
class History:
    """One reading: every channel the bot is in, and the threads below, merged by time.

    In memory at once: one page (200 messages) of each channel and each thread with new replies.
    """

    web: SlackWeb
    channels: Channels
    people: People
    given: Given
    us: Ourselves
    now: Callable[[], datetime]
    since: datetime
    _heap: list[_Found] = field(default_factory=list)
    _last: int = 0
    _general: str = ""

    async def events(self) -> AsyncIterator[Event]:
        """What happened, oldest first. Raises DeliveryError."""
        for channel in await self._readable():
            await self._next(self._messages(channel))
            for thread in await self._answered(channel) if self._was_long else ():
                await self._next(self._replies(channel, thread))
        while self._heap:
            found = heappop(self._heap)
            for event in self._read(found):
                yield event
            newcomer = await self._newcomer(found.message)
            if newcomer is not None:
                yield newcomer
            await self._go_on(found)

    @property
    def _was_long(self) -> bool:
        return self.now() - self.since > REDELIVERED

    async def _go_on(self, found: _Found) -> None:
        """Put what follows a message in its place: its edit, its thread, the next one."""
        if found.is_edit:
            return
        message = found.message
        if stamp := (message.get("edited") or {}).get("ts"):
            self._last += 1
            at = max(_micros(stamp), found.stamp)
            heappush(self._heap, _Found(at, self._last, message, is_edit=True))
        if _has_replies(message):
            await self._next(self._replies(message["channel"], message["ts"]))
        if found.stream is not None:
            await self._next(found.stream)

    async def _next(self, stream: AsyncIterator[Json]) -> None:
        message = await anext(stream, None)
        if message is not None:
            self._last += 1
            heappush(self._heap, _Found(_micros(message["ts"]), self._last, message, stream))

    # What a message says

    def _read(self, found: _Found) -> Iterator[Event]:
        message = found.message
        try:
            event = posted(message, self.us)
            if found.is_edit:
                if event is not None:
                    at = moment(message["edited"]["ts"])
                    yield edited(message, message["channel"], self.us, at, event.delivery_id)
                return
            if event is not None:
                yield event
            yield from self._reactions(message)
        except _MALFORMED as error:
            refused("history", {}, error)

    def _reactions(self, message: Json) -> Iterator[Event]:
        """Who reacted: Slack says who, not when; it was after the message."""
        channel, ts, author = message["channel"], message["ts"], message.get("user")
        for reaction in message.get("reactions") or ():
            for user in reaction.get("users") or ():
                if user in {self.us.bot_user, SLACKBOT}:
                    continue
                fact = reaction_fact(channel, ts, user, reaction["name"])
                yield ReactionAdded(
                    delivery_id=self.given.delivery(fact),
                    at=moment(ts),
                    workspace=self.us.home,
                    account=self.us.account(user),
                    message=self.us.ref(channel, ts),
                    emoji=emoji(reaction["name"]),
                    author=self.us.account(author)
                    if author and author != self.us.bot_user
                    else None,
                )

    async def _newcomer(self, message: Json) -> Event | None:
        """Who came into the general channel came into the workspace, where it says so."""
        user = message.get("user")
        joins = message.get("subtype") == "channel_join" and message["channel"] == self._general
        if not joins or not user or user == self.us.bot_user:
            return None
        try:
            found = await self.people.found(user)
        except Permanent as error:
            log.info("slack.newcomer_unknown", user=user, reason=str(error))
            return None
        if found.get("is_bot"):
            return None
        profile = profile_of(found, self.us)
        return joined(f"join:{user}", user, self.us, moment(message["ts"]), profile)

    # What there is to read

    async def _readable(self) -> list[str]:
        """The channels the bot is in, and after a long absence its direct conversations."""
        found = [c for c in await self.channels.listing() if c.get("is_member")]
        self._general = next((str(c["id"]) for c in found if c.get("is_general")), "")
        ids = [str(channel["id"]) for channel in found if not channel.get("is_archived")]
        if not self._was_long:
            return ids
        try:
            directs = await self.web.pages(
                lambda cursor: self.web.client.users_conversations(
                    types="im", limit=PAGE, cursor=cursor
                ),
                "channels",
            )
        except Permanent as error:  # `amicale check` names the scope that is missing
            log.warning("slack.directs_unreadable", reason=str(error))
            return ids
        if len(directs) > DIRECTS:
            log.warning("slack.directs_not_read", count=len(directs) - DIRECTS)
        return [*ids, *(str(direct["id"]) for direct in directs[:DIRECTS])]

    async def _messages(self, channel: str) -> AsyncIterator[Json]:
        """A channel's messages, oldest first, though Slack gives the newest first.

        What does not fit one page is read half by half, so that no more than a page is held; but
        for what was said within one second, or by a clock ahead of ours.
        """
        spans: list[tuple[int, int | None]] = [(_micros(self.since), None)]
        while spans:
            low, high = spans.pop()
            pages = self._history(channel, _stamp(low), _stamp(high) if high else None)
            messages, is_whole = await anext(pages)
            end = high or max(_micros(self.now()), low)
            if not is_whole and end - low > _SECOND:
                middle = (low + end) // 2
                spans += [(middle + 1, high), (low, middle)]
                continue
            async for more, _ in pages:
                messages += more
            for message in sorted(messages, key=lambda m: _micros(m["ts"])):
                yield {**message, "channel": channel}

    async def _answered(self, channel: str) -> list[str]:
        """The older messages of a channel that were answered since."""
        since = _micros(self.since)
        oldest, latest = _stamp(_micros(self.since - PARENTS)), _stamp(since - 1)
        return [
            str(message["ts"])
            async for messages, _ in self._history(channel, oldest, latest, SKIMMED)
            for message in messages
            if _has_replies(message) and _micros(message["latest_reply"]) >= since
        ]

    async def _replies(self, channel: str, thread: str) -> AsyncIterator[Json]:
        """A thread's new replies, oldest first; those shown in the channel are read there."""
        client, since = self.web.outbox, _micros(self.since)
        pages = self._pages(
            lambda cursor: client.conversations_replies(
                channel=channel,
                ts=thread,
                oldest=_stamp(since),
                inclusive=True,
                limit=PAGE,
                cursor=cursor,
            ),
            channel,
        )
        async for messages, _ in pages:
            for message in messages:
                shown = message.get("subtype") == "thread_broadcast"
                if message["ts"] != thread and not shown and _micros(message["ts"]) >= since:
                    yield {**message, "channel": channel}

    def _history(
        self, channel: str, oldest: str, latest: str | None, limit: int = PAGE
    ) -> AsyncIterator[_Page]:
        client = self.web.outbox
        return self._pages(
            lambda cursor: client.conversations_history(
                channel=channel,
                oldest=oldest,
                latest=latest,
                inclusive=True,
                limit=limit,
                cursor=cursor,
            ),
            channel,
        )

    async def _pages(
        self, ask: Callable[[str | None], Awaitable[AsyncSlackResponse]], channel: str
    ) -> AsyncIterator[_Page]:
        """Page by page, waiting when Slack says so; an empty one where we may not read.

        These calls come in a burst, once: Slack welcomes those
        (https://docs.slack.dev/apis/web-api/rate-limits#tiers). Raises Transient.
        """
        cursor: str | None = None
        while True:
            try:
                page = await asked(ask(cursor))
            except RateLimited as limit:
                await asyncio.sleep(limit.retry_after)
                continue
            except Permanent as error:
                log.warning("slack.history_unreadable", channel=channel, reason=str(error))
                page = {}
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            yield page.get("messages") or [], cursor is None
            if cursor is None:
                return


def _has_replies(message: Json) -> bool:
    """Whether it is the parent of a thread."""
    return bool(message.get("latest_reply")) and message.get("thread_ts") == message.get("ts")


def _micros(when: str | datetime) -> int:
    """Slack's timestamp, or a moment, in whole microseconds since 1970."""
    if isinstance(when, datetime):
        return (when.astimezone(UTC) - moment("0")) // timedelta(microseconds=1)
    seconds, _, fraction = when.partition(".")
    return int(seconds) * _SECOND + int(fraction[:6].ljust(6, "0"))


def _stamp(micros: int) -> str:
    return f"{micros // _SECOND}.{micros % _SECOND:06d}"
