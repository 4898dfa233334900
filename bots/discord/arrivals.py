"""From gateway frames to the core: in order, with what a frame leaves unsaid looked up first."""

import asyncio
import json
from collections.abc import Coroutine, Mapping

import structlog

from bots.discord.guild import Json
from bots.discord.incoming import KINDS, MALFORMED, Frame, Here, read
from bots.discord.interactions import asked
from bots.discord.lanes import Lanes, keys
from bots.discord.posting import Posting
from bots.discord.responding import Responder, guarded
from bots.discord.rest import Rest
from core.chat.adapter import Answer, DeliveryError, Handle, Permanent
from core.chat.events import Event
from core.chat.identity import Destination
from core.chat.messages import Reply

_log = structlog.get_logger(__name__)


class Arrivals:
    """Receives frames; `ready` is set when the server is known, or known to be `absent`."""

    def __init__(
        self,
        *,
        here: Here,
        rest: Rest,
        posting: Posting,
        responder: Responder,
        lanes: Lanes,
        opens: Mapping[str, str],
        handle: Handle,
    ) -> None:
        self.ready = asyncio.Event()
        self.absent = False
        self._here = here
        self._guild = here.guild
        self._rest = rest
        self._posting = posting
        self._responder = responder
        self._lanes = lanes
        self._opens = opens
        self._handle = handle
        self._several = False
        self._members: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def receive(self, text: str) -> None:
        """Take one frame. A malformed one is logged and dropped."""
        try:
            frame = json.loads(text)
            if frame.get("t") is not None:
                self._take(Frame(frame["t"], frame["d"] or {}, frame.get("s") or 0))
        except MALFORMED as error:
            _log.warning("discord.frame.malformed", error=type(error).__name__)

    async def finish(self, seconds: float) -> None:
        """Wait for what is in hand, at most so long."""
        await self._lanes.drain(seconds)
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds / 2)
            for task in late:
                task.cancel()

    def _take(self, frame: Frame) -> None:
        if frame.kind == "READY":
            self._begin(frame.data)
        elif frame.kind == "GUILD_DELETE" and frame.data["id"] == self._guild.id:
            # `unavailable` is an outage of theirs; without it the bot was put out of the server.
            _log.error("discord.server.gone", unavailable=frame.data.get("unavailable", False))
        self._guild.apply(frame.kind, frame.data)
        if self._guild.known:
            self.ready.set()
        if frame.kind == "INTERACTION_CREATE":
            wanted = asked(frame.data, self._here, self._opens)
            if wanted is not None:
                self._spawn(self._responder.answer(wanted, self._handle))
        elif frame.kind in KINDS:
            if self._unsure(frame.data):
                shared = {f"place:{frame.data['channel_id']}"}
                self._lanes.put(shared, lambda: self._look_up(frame))
            else:
                self._hand_over(frame)

    def _begin(self, ready: Json) -> None:
        """A new session: `ready` names its servers.

        https://docs.discord.com/developers/events/gateway-events#ready
        """
        servers = [server["id"] for server in ready["guilds"]]
        self._here.begin(ready["session_id"])
        self._guild.me = ready["user"]["id"]
        self._several = len(servers) > 1
        if self._guild.id not in servers:
            self.absent = True
            self.ready.set()

    def _unsure(self, data: Json) -> bool:
        """Whether a frame's place (an unfolded thread) or person (a DM) must be asked for."""
        if "channel_id" not in data:
            return False
        if "guild_id" in data:
            return data["guild_id"] == self._guild.id and not self._guild.knows(data["channel_id"])
        user = _person(data)
        return self._several and user not in self._members and user != self._guild.me

    async def _look_up(self, frame: Frame) -> None:
        data = frame.data
        try:
            if "guild_id" in data and not self._guild.knows(data["channel_id"]):
                path = "/channels/{channel_id}"
                self._guild.learn(await self._rest.get(path, channel_id=data["channel_id"]))
            elif "guild_id" not in data and (user := _person(data)):
                path = "/guilds/{guild_id}/members/{user_id}"
                await self._rest.get(path, guild_id=self._guild.id, user_id=user)
                self._members.add(user)
        except Permanent as error:
            _log.info("discord.frame.elsewhere", kind=frame.kind, code=error.code)
            if "guild_id" not in data:
                return  # a direct message from somebody who is not of this server
        except (DeliveryError, *MALFORMED) as error:
            _log.warning("discord.frame.unplaced", kind=frame.kind, error=type(error).__name__)
        self._hand_over(frame)

    def _hand_over(self, frame: Frame) -> None:
        for event in read(frame, self._here):
            work = guarded(self._handle, event, lambda: None)
            task = self._lanes.put(keys(event), work)
            self._spawn(self._reply(event, task))

    async def _reply(self, event: Event, task: asyncio.Task[Answer]) -> None:
        """Show what answers a fact: privately to its person, else below its message."""
        reply = await task
        if not isinstance(reply, Reply):
            return
        message = getattr(event, "message", None)
        to: Destination | None = event.account if reply.private else message or event.account
        if to is None:
            return
        try:
            await self._posting.send(reply.message, to, f"reply:{event.delivery_id}")
        except DeliveryError as error:
            _log.warning(
                "discord.reply.refused", delivery_id=event.delivery_id, error=type(error).__name__
            )

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _person(data: Json) -> str | None:
    """Whom a message or reaction comes from."""
    user = data.get("user_id") or (data.get("author") or {}).get("id")
    return str(user) if user else None
