"""The gateway: identify, events by intent, resume with replay, and the faults it can be told."""

import asyncio
import contextlib
import copy
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from bots.sandbox.discord.permissions import ALWAYS, KNOWN_INTENTS, Intent
from bots.sandbox.discord.state import APPLICATION_ID, GUILD_ID, Json, State
from bots.sandbox.discord.wire import (
    guild_create_json,
    member_json,
    privileged_flags,
    user_json,
    without_content,
)

# Docs: Topics / Opcodes and Status Codes, "Gateway Close Event Codes".
CLOSINGS = {
    4001: "Unknown opcode.",
    4002: "Error while decoding payload.",
    4003: "Not authenticated.",
    4004: "Authentication failed.",
    4005: "Already authenticated.",
    4007: "Invalid seq.",
    4008: "Rate limited.",
    4012: "Invalid API version.",
    4013: "Invalid intent(s).",
    4014: "Disallowed intent(s).",
}
HONEST_CLOSINGS = frozenset({4004, 4007, 4014})  # a wrong set-up, not a broken protocol
HEARTBEAT_MS = 41_250
SENDS_A_MINUTE = 120  # docs: Events / Gateway, "Rate Limiting"
KEPT = 5_000  # events a session can still replay
CONTENT_EVENTS = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})


@dataclass(slots=True, eq=False)
class Session:
    """What survives a lost connection: the sequence and the events since."""

    id: str
    intents: Intent
    sequence: int = 0
    log: list[tuple[int, str]] = field(default_factory=list)
    line: "Line | None" = None


class Line:
    """One connected socket; frames leave in order through a queue."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.request = request
        self.socket = socket
        self.session: Session | None = None
        stream = request.query.get("compress") == "zlib-stream"
        self._deflate = zlib.compressobj() if stream else None
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._received: list[float] = []

    def send(self, op: int, data: object = None) -> None:
        """Queue a payload that is not an event."""
        self.send_raw(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def send_raw(self, raw: str) -> None:
        """Queue a payload already written."""
        self._queue.put_nowait(raw)

    async def write(self) -> None:
        """Send the queue until the socket closes."""
        while (raw := await self._queue.get()) is not None:
            with contextlib.suppress(ConnectionError):
                if self._deflate is None:
                    await self.socket.send_str(raw)
                    continue
                packed = self._deflate.compress(raw.encode())
                await self.socket.send_bytes(packed + self._deflate.flush(zlib.Z_SYNC_FLUSH))

    def cut(self) -> None:
        """Break the connection without a closing word."""
        if self.request.transport is not None:
            self.request.transport.abort()

    def is_too_talkative(self) -> bool:
        """Whether this socket sent more than 120 payloads within a minute."""
        now = asyncio.get_running_loop().time()
        self._received = [at for at in self._received if now - at < 60] + [now]
        return len(self._received) > SENDS_A_MINUTE


class Gateway:
    """Every connection of the one bot, and what is on its way to it."""

    def __init__(
        self, state: State, *, token: str, allowed: Intent, complain: Callable[[str], None]
    ) -> None:
        self._state = state
        self._token = token
        self._complain = complain
        self.allowed = allowed
        self.sessions: dict[str, Session] = {}
        self.lines: set[Line] = set()
        self.address = ""
        self.twice = 0
        self.late = 0.0
        self._held: list[tuple[str, Json, Intent]] = []
        self._hold = 0
        self._opened = 0
        self._later: set[asyncio.TimerHandle] = set()

    # -- events to the bot

    def dispatch(self, event: str, data: Json, needs: Intent = ALWAYS) -> None:
        """Emit one event to every session that identified with one of the intents in `needs`."""
        if self._hold:
            self._held.append((event, copy.deepcopy(data), needs))
            self._hold -= 1
            if not self._hold:
                self.release()
        elif self.late:
            loop = asyncio.get_running_loop()
            frozen = copy.deepcopy(data)
            self._later.add(loop.call_later(self.late, self._deliver, event, frozen, needs))
        else:
            self._deliver(event, data, needs)

    def hold(self, count: int) -> None:
        """Keep the next `count` events back, then let them go, the newest first."""
        self._hold = count

    def release(self) -> None:
        """Let the events held so far go, the newest first."""
        held, self._held, self._hold = self._held, [], 0
        for event, data, needs in reversed(held):
            self._deliver(event, data, needs)

    def _deliver(self, event: str, data: Json, needs: Intent) -> None:
        times = 2 if self.twice else 1
        self.twice = max(0, self.twice - 1)
        for session in self.sessions.values():
            if needs and not session.intents & needs:
                continue
            blank = event in CONTENT_EVENTS and Intent.MESSAGE_CONTENT not in session.intents
            for _ in range(times):
                self._tell(session, event, without_content(data) if blank else data)

    def _tell(self, session: Session, event: str, data: Json) -> None:
        session.sequence += 1
        raw = json.dumps({"op": 0, "d": data, "s": session.sequence, "t": event})
        session.log.append((session.sequence, raw))
        del session.log[:-KEPT]
        if session.line is not None:
            session.line.send_raw(raw)

    # -- faults

    def drop(self) -> None:
        """Cut every connection abruptly; sessions can be resumed."""
        for line in list(self.lines):
            if line.session is not None:
                line.session.line = None
            line.cut()

    def ask_reconnect(self) -> None:
        """Op 7: the client should come back and resume."""
        for line in list(self.lines):
            line.send(7)

    def invalidate(self) -> None:
        """Op 9: sessions are gone, the client must identify again."""
        self.sessions.clear()
        for line in list(self.lines):
            line.session = None
            line.send(9, data=False)

    def close(self) -> None:
        """Forget what was still to be delivered."""
        for timer in self._later:
            timer.cancel()

    # -- one connection

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Speak with one client until it or a fault ends the connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = Line(request, socket)
        self.lines.add(line)
        writer = asyncio.create_task(line.write())
        try:
            if await self._welcomed(line):
                await self._listen(line)
        finally:
            self.lines.discard(line)
            self._hang_up(line)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return socket

    async def _welcomed(self, line: Line) -> bool:
        query = line.request.query
        if query.get("v") != "10":
            return await self._close(line, 4012)
        if query.get("encoding", "json") != "json" or query.get("compress") not in {
            None,
            "zlib-stream",
        }:
            return await self._close(line, 4002, "only json, plain or zlib-stream, is spoken")
        line.send(10, {"heartbeat_interval": HEARTBEAT_MS})
        return True

    async def _listen(self, line: Line) -> None:
        async for frame in line.socket:
            if frame.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                continue
            try:
                payload = json.loads(frame.data)
                op, data = payload["op"], payload.get("d")
            except (ValueError, KeyError, TypeError):
                await self._close(line, 4002, str(frame.data)[:80])
                return
            if line.is_too_talkative():
                await self._close(line, 4008)
                return
            if not await self._hear(line, op, data):
                return

    async def _hear(self, line: Line, op: object, data: object) -> bool:
        if op == 1:
            line.send(11)
            return True
        if op not in {2, 3, 4, 6, 8}:
            return await self._close(line, 4001, f"op {op}")
        if not isinstance(data, dict):
            return await self._close(line, 4002, f"op {op} without an object")
        if op == 2:
            return await self._identify(line, data)
        if op == 6:
            return await self._resume(line, data)
        if line.session is None:
            return await self._close(line, 4003, f"op {op}")
        if op == 8:
            return await self._members(line, line.session, data)
        return True

    async def _identify(self, line: Line, data: Json) -> bool:
        if line.session is not None:
            return await self._close(line, 4005)
        missing = {"token", "properties", "intents"} - set(data)
        if missing:
            return await self._close(line, 4002, f"identify without {sorted(missing)}")
        if data["token"] != self._token:
            return await self._close(line, 4004)
        asked = data["intents"]
        if not isinstance(asked, int) or asked & ~KNOWN_INTENTS or asked < 0:
            return await self._close(line, 4013, f"intents {asked}")
        privileged = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
        if asked & privileged & ~self.allowed:
            return await self._close(line, 4014)
        self._expire()
        self._opened += 1
        session = Session(f"session{self._opened}", Intent(asked))
        self.sessions[session.id] = session
        line.session, session.line = session, line
        self._tell(session, "READY", self._ready(session))
        if Intent.GUILDS in session.intents:
            self._tell(session, "GUILD_CREATE", guild_create_json(self._state))
        return True

    def _expire(self) -> None:
        """Who identifies anew has given up the sessions that nobody listens to any more."""
        for session in [s for s in self.sessions.values() if s.line is None]:
            del self.sessions[session.id]

    def _ready(self, session: Session) -> Json:
        flags = privileged_flags(self.allowed)
        return {
            "v": 10,
            "user": user_json(self._state.bot),
            "guilds": [{"id": GUILD_ID, "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": self.address,
            "application": {"id": APPLICATION_ID, "flags": flags},
            "shard": [0, 1],
        }

    async def _resume(self, line: Line, data: Json) -> bool:
        if data.get("token") != self._token:
            return await self._close(line, 4004)
        session = self.sessions.get(str(data.get("session_id")))
        sequence = data.get("seq") or 0
        if session is None:
            line.send(9, data=False)
            return True
        if sequence > session.sequence:
            return await self._close(line, 4007)
        line.session, session.line = session, line
        for number, raw in list(session.log):
            if number > sequence:
                line.send_raw(raw)
        self._tell(session, "RESUMED", {})
        return True

    async def _members(self, line: Line, session: Session, data: Json) -> bool:
        wanted, query = data.get("user_ids"), data.get("query")
        if data.get("guild_id") in (None, "") or (wanted is None and query is None):
            return await self._close(line, 4002, "op 8 without guild_id and query or user_ids")
        if not wanted and not query and Intent.GUILD_MEMBERS not in session.intents:
            return await self._close(line, 4014)
        if str(data["guild_id"]) != GUILD_ID:
            return True
        ids = {str(u) for u in (wanted if isinstance(wanted, list) else [wanted] if wanted else [])}
        found = [
            member
            for member in self._state.members.values()
            if (member.user.id in ids if ids else member.user.name.startswith(query or ""))
        ]
        limit = data.get("limit") or len(found)
        chunk = {
            "guild_id": GUILD_ID,
            "members": [member_json(member) for member in found[:limit]],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": sorted(ids - {member.user.id for member in found}),
        }
        nonce = {"nonce": data["nonce"]} if data.get("nonce") else {}
        self._tell(session, "GUILD_MEMBERS_CHUNK", chunk | nonce)
        return True

    async def _close(self, line: Line, code: int, why: str = "") -> bool:
        if code not in HONEST_CLOSINGS:
            self._complain(f"gateway: {code} {CLOSINGS[code]} {why}".rstrip())
        await line.socket.close(code=code, message=CLOSINGS[code].encode())
        return False

    def _hang_up(self, line: Line) -> None:
        session = line.session
        if session is None or session.line is not line:
            return
        session.line = None
        if line.socket.close_code in {1000, 1001}:  # docs: "Disconnecting" ends the session
            self.sessions.pop(session.id, None)
