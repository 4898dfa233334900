"""What happened while nobody listened, read from Discord's own history, oldest first."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterable
from datetime import datetime, timedelta
from heapq import heapify, heappop, heapreplace
from typing import Any, TypeVar

import structlog

from bots.discord.guild import THREADS, WRITABLE, Json
from bots.discord.incoming import EPOCH, MALFORMED, Frame, Here, moment, read
from bots.discord.rest import Rest
from bots.discord.votes import votes
from bots.pace import Limit, Pacer
from core.chat.adapter import Permanent
from core.chat.events import Event

PACE = Limit(20, 1.0)
"""Calls for history, so that it leaves most of what a bot may ask to people."""
PAGE, HELD = 100, 5_000
"""Messages asked for at once in one channel, and kept in memory over all of them.
https://docs.discord.com/developers/resources/message#get-channel-messages"""
LEAST = 10
MEMBERS, MEMBER_PAGES = 1_000, 100
"""Members a page, and pages: beyond 100,000 members, arrivals are noticed when they speak.
https://docs.discord.com/developers/resources/guild#list-guild-members"""
MOMENT, FEW_PAGES = timedelta(hours=1), 10
"""For whoever was away no longer, so many pages: a large server is not read at each restart. Whom
they leave out is known by the line with which Discord greets newcomers, where a server has it."""
GREETED = 7
"""https://docs.discord.com/developers/resources/message#message-object-message-types"""
FOLDED_PAGES = 10
"""Pages of a hundred folded threads that are looked through, in one channel."""
REACTED = 1_000
"""Calls for who reacted: one a message and emoji, more where over a hundred people did.
https://docs.discord.com/developers/resources/message#get-reactions"""
LATE, LATE_PAGE, LATE_REACTED = timedelta(days=1), 50, 200
"""Reactions come to older messages too: those of the day before the absence are looked at, at most
so many messages a channel, with so many calls in all, for whoever is away only a moment."""

T = TypeVar("T")

_FORUMS = (15, 16)
_SPOKEN = (2, 13)
_READABLE = (*WRITABLE, *_SPOKEN, *THREADS)
_CLOSED = {"10003", "10007", "10013", "50001", "50013"}
_log = structlog.get_logger(__name__)


class History:
    """Reads what the bot may read: channels, threads under way or folded since, and arrivals.

    Out of reach: direct messages (Discord lists none to a bot), what was deleted, departures,
    reactions and votes taken back, edits of messages older than the absence, and reactions to and
    votes in those which were older by more than a day.
    """

    def __init__(self, rest: Rest, here: Here) -> None:
        self._rest = rest
        self._now = here.now
        # Its own memory of what was said twice: what is read must not disturb what is heard.
        self._here = Here(here.guild, session=here.session, now=lambda: self._at)
        self._at = EPOCH
        self._pacer = Pacer(PACE)
        self._calls = REACTED
        self._unread = 0
        self._everybody = True

    async def since(self, start: datetime) -> AsyncGenerator[Event]:
        """Everything since then, merged by time. Raises DeliveryError."""
        try:
            async for event in self._all(start):
                yield event
        except MALFORMED as error:
            what = f"Discord's history is not as documented: {type(error).__name__}"
            raise Permanent("malformed", what) from error
        if self._unread:
            _log.warning("discord.history.reactions_unread", messages=self._unread)

    async def _all(self, start: datetime) -> AsyncGenerator[Event]:
        recent = await self._places(start - LATE)
        for event in await self._late_reactions(recent, start):
            yield event
        first = _snowflake(start)
        places = [place["id"] for place in recent if int(place["last_message_id"]) >= first]
        arrivals = await self._arrivals(start)
        _log.info("discord.history.read", places=len(places), arrivals=len(arrivals))
        page = max(LEAST, min(PAGE, HELD // max(1, len(places))))
        streams = [self._messages(place, start, page) for place in places]
        async for event in _merged([_listed(arrivals), *streams]):
            yield event

    # -- where people may have spoken

    async def _places(self, start: datetime) -> list[Json]:
        """Channels and threads in which the last message is not older."""
        guild = self._here.guild
        channels = await self._ask("/guilds/{guild_id}/channels", guild_id=guild.id)
        active = await self._ask("/guilds/{guild_id}/threads/active", guild_id=guild.id)
        threads: list[Json] = list(active["threads"])
        parents = [channel for channel in channels if channel["type"] in (*WRITABLE, *_FORUMS)]
        for folded in await _together(self._folded(channel, start) for channel in parents):
            threads += folded
        for place in (*channels, *threads):
            guild.learn(place)
        first = _snowflake(start)
        return [
            place
            for place in (*channels, *threads)
            if place["type"] in _READABLE and int(place.get("last_message_id") or 0) >= first
        ]

    async def _folded(self, channel: Json, start: datetime) -> list[Json]:
        """Threads of that channel which were folded away since then: public ones, and ours."""
        public = "/channels/{channel_id}/threads/archived/public"
        ours = "/channels/{channel_id}/users/@me/threads/archived/private"
        found = await self._folded_by_time(public, channel["id"], start)
        if channel["type"] in WRITABLE:
            found += await self._folded_by_id(ours, channel["id"], start)
        return found

    async def _folded_by_time(self, path: str, channel: str, start: datetime) -> list[Json]:
        """The latest folded come first, so that the first older one ends the reading."""
        found: list[Json] = []
        query = {"limit": str(PAGE)}
        for _ in range(FOLDED_PAGES):
            page = await self._if_open(path, query, channel_id=channel)
            threads = page["threads"] if page else []
            recent = [thread for thread in threads if _folded_at(thread) >= start]
            found += recent
            if not page or not page.get("has_more") or len(recent) < len(threads):
                break
            query["before"] = threads[-1]["thread_metadata"]["archive_timestamp"]
        return found

    async def _folded_by_id(self, path: str, channel: str, start: datetime) -> list[Json]:
        found: list[Json] = []
        query = {"limit": str(PAGE)}
        for _ in range(FOLDED_PAGES):
            page = await self._if_open(path, query, channel_id=channel)
            threads = page["threads"] if page else []
            found += [thread for thread in threads if _folded_at(thread) >= start]
            if not page or not page.get("has_more") or not threads:
                break
            query["before"] = threads[-1]["id"]
        return found

    # -- what was said there

    async def _messages(self, place: str, start: datetime, page: int) -> AsyncGenerator[Event]:
        after = str(_snowflake(start) - 1)
        while True:
            query = {"after": after, "limit": str(page)}
            found = await self._if_open("/channels/{channel_id}/messages", query, channel_id=place)
            messages: list[Json] = sorted(found or [], key=lambda message: int(message["id"]))
            events = [event for message in messages for event in await self._about(message)]
            for event in sorted(events, key=lambda event: event.at):  # an edit comes later
                yield event
            if len(messages) < page:
                return
            after = messages[-1]["id"]

    async def _about(self, message: Json) -> list[Event]:
        """A message, its last edit, and who reacted to it."""
        message = {**message, "guild_id": self._here.guild.id}
        events = [*self._read("MESSAGE_CREATE", message), *self._read("MESSAGE_UPDATE", message)]
        if message["type"] == GREETED and not self._everybody:
            events += await self._newcomer(message["author"]["id"])
        return events + await self._reacted(message)

    async def _late_reactions(self, places: Iterable[Json], start: datetime) -> list[Event]:
        """Who reacted to what was said just before, in its order; the newest is asked for first."""
        before, oldest = str(_snowflake(start)), _snowflake(start - LATE)
        path, query = "/channels/{channel_id}/messages", {"before": before, "limit": str(LATE_PAGE)}
        pages = await _together(self._if_open(path, query, channel_id=p["id"]) for p in places)
        messages = [m for page in pages for m in page or [] if int(m["id"]) >= oldest]
        events: list[Event] = []
        self._calls = LATE_REACTED
        for message in sorted(messages, key=lambda message: -int(message["id"])):
            events += await self._reacted(message)
        self._calls = REACTED
        return sorted(events, key=lambda event: event.at)

    async def _reacted(self, message: Json) -> list[Event]:
        events = await self._voted(message)
        for reaction in message.get("reactions", ()):
            others = reaction["count"] - bool(reaction.get("me"))
            if others > 0:
                events += await self._reactions(message, reaction["emoji"])
        return events

    async def _voted(self, message: Json) -> list[Event]:
        """Who voted in a poll of ours; when, Discord does not say: after the message."""
        if message["author"]["id"] != self._here.guild.me:
            return []
        found = await votes(message, self._here.guild.id, self._if_open)
        self._at = moment(message["id"])
        return [e for told in found for e in self._read("MESSAGE_POLL_VOTE_ADD", told)]

    async def _reactions(self, message: Json, emoji: Json) -> list[Event]:
        """Everybody who reacted with that emoji; when, Discord does not say: after the message."""
        events: list[Event] = []
        after = "0"
        while self._calls > 0:
            self._calls -= 1
            people = await self._if_open(
                "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}",
                {"limit": str(PAGE), "after": after},
                channel_id=message["channel_id"],
                message_id=message["id"],
                emoji=f"{emoji['name']}:{emoji['id']}" if emoji.get("id") else emoji["name"],
            )
            for person in people or []:
                events += self._reaction(message, emoji, person)
            if not people or len(people) < PAGE:
                return events
            after = people[-1]["id"]
        self._unread += 1
        return events

    def _reaction(self, message: Json, emoji: Json, person: Json) -> tuple[Event, ...]:
        self._at = moment(message["id"])
        told = {
            "user_id": person["id"],
            "channel_id": message["channel_id"],
            "message_id": message["id"],
            "guild_id": self._here.guild.id,
            "emoji": emoji,
            "message_author_id": message["author"]["id"],
        }
        return () if person.get("bot") else self._read("MESSAGE_REACTION_ADD", told)

    # -- who came

    async def _arrivals(self, start: datetime) -> list[Event]:
        """Everybody who is here and joined since then, in the order they came."""
        guild = self._here.guild
        events: list[Event] = []
        after = "0"
        pages = FEW_PAGES if self._now() - start <= MOMENT else MEMBER_PAGES
        for _ in range(pages):
            members = await self._ask(
                "/guilds/{guild_id}/members",
                {"limit": str(MEMBERS), "after": after},
                guild_id=guild.id,
            )
            for member in members:
                if datetime.fromisoformat(member["joined_at"]) >= start:
                    events += self._read("GUILD_MEMBER_ADD", {**member, "guild_id": guild.id})
            if len(members) < MEMBERS:
                break
            after = members[-1]["user"]["id"]
        else:
            self._everybody = False
            _log.warning("discord.history.members_unread", read=MEMBERS * pages)
        return sorted(events, key=lambda event: event.at)

    async def _newcomer(self, user: str) -> tuple[Event, ...]:
        """Who was greeted, unless they left."""
        guild, path = self._here.guild.id, "/guilds/{guild_id}/members/{user_id}"
        member = await self._if_open(path, {}, guild_id=guild, user_id=user)
        return self._read("GUILD_MEMBER_ADD", {**member, "guild_id": guild}) if member else ()

    # -- asking

    def _read(self, kind: str, told: Json) -> tuple[Event, ...]:
        return read(Frame(kind, told), self._here)

    async def _if_open(self, path: str, query: dict[str, str], **parameters: str) -> Any:  # noqa: ANN401  JSON
        """What is asked for; None where the bot may not look, or nothing is any more."""
        try:
            return await self._ask(path, query, **parameters)
        except Permanent as error:
            if error.code not in _CLOSED:
                raise
            _log.info("discord.history.closed", path=path, code=error.code, **parameters)
            return None

    async def _ask(self, path: str, query: dict[str, str] | None = None, **parameters: str) -> Any:  # noqa: ANN401  JSON
        async with self._pacer.turn(""):
            return await self._rest.get(path, query=query, **parameters)


def _snowflake(at: datetime) -> int:
    """The first id of that millisecond."""
    return ((at - EPOCH) // timedelta(milliseconds=1)) << 22


def _folded_at(thread: Json) -> datetime:
    return datetime.fromisoformat(thread["thread_metadata"]["archive_timestamp"])


async def _listed(events: Iterable[Event]) -> AsyncGenerator[Event]:
    for event in events:
        yield event


async def _merged(streams: list[AsyncGenerator[Event]]) -> AsyncGenerator[Event]:
    """The events of all streams by time; each keeps its own order."""
    firsts = await _together(anext(stream, None) for stream in streams)
    heap = [(event.at, number, event) for number, event in enumerate(firsts) if event]
    heapify(heap)
    while heap:
        _, number, event = heap[0]
        yield event
        following = await anext(streams[number], None)
        if following is None:
            heappop(heap)
        else:
            heapreplace(heap, (following.at, number, following))


async def _together(asked: Iterable[Awaitable[T]]) -> list[T]:
    """Everything asked for, side by side; a failure leaves nothing at work."""
    tasks = [asyncio.ensure_future(awaited) for awaited in asked]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
