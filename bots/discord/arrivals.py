"""From gateway frames to the core: in order, with what a frame leaves unsaid looked up first."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping

import structlog

from bots.discord.facts import Facts
from bots.discord.guild import Json
from bots.discord.incoming import KINDS, MALFORMED, Frame, Here, read
from bots.discord.interactions import asked
from bots.discord.lanes import Lanes
from bots.discord.posting import Posting
from bots.discord.responding import Responder
from bots.discord.rest import Rest
from core.chat.adapter import DeliveryError, Handle, Permanent
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
        missed: Callable[[], None],
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
        self._missed = missed
        self._facts = Facts(handle, lanes, answer=self._reply, missed=missed)
        self._several = False
        self._members: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, dispatch: Json) -> None:
        """Take one dispatch. A malformed one is logged and dropped."""
        try:
            frame = Frame(dispatch["t"], dispatch["d"] or {}, dispatch["s"])
            if frame.kind in KINDS:
                self._happened(frame)
            else:
                self._told(frame)
        except MALFORMED as error:
            _log.warning("discord.frame.malformed", error=type(error).__name__)

    async def room(self) -> None:
        """Wait a moment where the core has much in hand."""
        await self._facts.room()

    async def finish(self, seconds: float) -> None:
        """Wait for what is in hand, at most so long."""
        await asyncio.gather(self._lanes.drain(seconds), self._facts.finish(seconds))
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds / 2)
            for task in late:
                task.cancel()

    def _happened(self, frame: Frame) -> None:
        """A fact: handed over at once, or once its place or person is known."""
        if "channel_id" in frame.data:
            lane = f"place:{frame.data['channel_id']}"
            if self._unsure(frame.data) or (self._lanes and self._lanes.holds(lane)):
                self._lanes.put({lane}, lambda: self._look_up(frame))
                return
        self._hand_over(frame)

    def _told(self, frame: Frame) -> None:
        """What the server is like, and what somebody asks of us."""
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

    def _begin(self, ready: Json) -> None:
        """A new session: `ready` names its servers. Nothing since the former one is replayed.

        https://docs.discord.com/developers/events/gateway-events#ready
        """
        if self._here.session:
            _log.warning("discord.session.lost")
            self._missed()
        servers = [server["id"] for server in ready["guilds"]]
        self._here.begin(ready["session_id"])
        self._guild.me = ready["user"]["id"]
        self._several = len(servers) > 1
        if self._guild.id not in servers:
            self.absent = True
            self.ready.set()

    def _unsure(self, data: Json) -> bool:
        """Whether a frame's place (an unfolded thread) or person (a DM) must be asked for."""
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
            self._facts.hand(event)

    async def _reply(self, event: Event, reply: Reply) -> None:
        """Show what answers a fact: privately to its person, else below its message."""
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
