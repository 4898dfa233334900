"""The gateway connection: discord.py keeps it alive, and we read once what comes over it."""

import asyncio
import contextlib
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import structlog
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from bots.discord.guild import Json

OPENING, CLOSING = 30.0, 2.0
"""Seconds that opening one connection may take, and closing it."""
STEADY = 5.0
"""Seconds after which a connection counts as good: what ends it later is mended at once, and
what ends a shorter one on which we were welcomed within a second."""
FIRST_RETRY, LONGEST_RETRY = 1.0, 60.0
"""Seconds between attempts to connect again, doubled each time."""

FOR_GOOD = frozenset({4004, 4010, 4011, 4012, 4013, 4014})
"""Closing codes after which nothing is tried again."""
SESSION_GONE = frozenset({4001, 4003, 4005, 4007, 4009})
"""Closing codes after which a new session is needed.
https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-close-event-codes"""

_THEIRS = frozenset({None, "READY", "RESUMED"})
_log = structlog.get_logger(__name__)


class Socket(DiscordWebSocket):
    """discord.py's socket, which sees only what keeps a connection alive and resumes it.

    `take` gets every dispatch, read once. The library would build an object of each message and
    start a task for it, which is most of what a counted message costs. Besides the class's own
    `received_message` and `sequence`, this needs its inflating of the stream (`_decompressor`).
    """

    take: Callable[[Json], None]

    async def received_message(self, msg: Any, /) -> None:  # noqa: ANN401  the library's signature
        """Read one frame, or a piece of one."""
        text = self._decompressor.decompress(msg) if isinstance(msg, bytes) else msg
        if text is None:
            return
        frame = json.loads(text)
        kind = frame.get("t")
        if kind in _THEIRS:
            await super().received_message(text)
        if kind is not None:
            self.sequence = frame["s"]
            self.take(frame)


class Gateway:
    """One connection after the other; `take` gets what comes, `room` is awaited before more."""

    def __init__(
        self,
        client: discord.Client,
        take: Callable[[Json], None],
        room: Callable[[], Awaitable[None]],
    ) -> None:
        self._client = client
        self._take = take
        self._room = room
        self._again: dict[str, Any] = {"initial": True}
        self._welcomed = self._known = False
        self.trouble = ""
        """What keeps us from listening just now, empty when nothing does."""

    async def stay(self) -> None:
        """Connect, and again after whatever ends a connection, resuming where that is possible.

        Raises what kept the first connection from being welcomed, and ConnectionClosed when
        Discord refuses us for good.
        """
        loop, pause = asyncio.get_running_loop(), 0.0
        while True:
            began, self._welcomed = loop.time(), False
            try:
                await self._listen()
            except ReconnectWebSocket:
                pass
            except discord.ConnectionClosed as closed:
                self.trouble = f"the gateway closed the connection ({closed.code})"
                if closed.code in FOR_GOOD or not self._known:
                    raise
            except Exception as error:
                if not self._known:
                    raise
                self.trouble = f"the gateway is lost: {type(error).__name__}"
                _log.warning("discord.gateway.lost", error=type(error).__name__, retry_in=pause)
            if self._welcomed:
                pause = 0.0 if loop.time() - began >= STEADY else min(pause, FIRST_RETRY)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  spreads, no secret
            pause = min(max(pause * 2, FIRST_RETRY), LONGEST_RETRY)

    async def _listen(self) -> None:
        socket = await self._open()
        code = 4000  # one that leaves the session to be resumed
        try:
            while True:
                await socket.poll_event()
                await self._room()
        except asyncio.CancelledError:
            code = 1000
            raise
        except ReconnectWebSocket as asked:
            self._next(socket, resume=asked.resume)
            raise
        except Exception:
            self._next(socket, resume=True)
            raise
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSING):
                    await socket.close(code=code)  # also ends the thread that keeps it alive

    async def _open(self) -> Socket:
        try:
            async with asyncio.timeout(OPENING):
                socket = await Socket.from_client(self._client, **self._again)
        except Exception:
            # A session may be resumed elsewhere too, should its own address be gone.
            self._again.pop("gateway", None)
            raise
        socket.take = self._heard
        return socket

    def _heard(self, frame: Json) -> None:
        self._welcomed = self._known = True
        self.trouble = ""
        self._take(frame)

    def _next(self, socket: Socket, *, resume: bool) -> None:
        """How the next connection begins."""
        if not resume or socket.session_id is None or socket.socket.close_code in SESSION_GONE:
            self._again = {}
            return
        self._again = {
            "resume": True,
            "session": socket.session_id,
            "sequence": socket.sequence,
            "gateway": socket.gateway,
        }
