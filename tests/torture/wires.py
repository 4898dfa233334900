"""What lies between a life and the three stand-ins: counted, and where it can be killed or cut."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Doom:
    """Strike at the `after`-th piece to pass, before it is passed on or `late` s after it was."""

    after: int
    swallowed: bool
    late: float = 0.0


@dataclass(slots=True)
class Wires:
    """TCP connections handed on piece by piece; a request or a frame is mostly one piece."""

    strike: Callable[[], None]
    pieces: int = 0
    _doom: Doom | None = None
    _left: int = 0
    _servers: list[asyncio.Server] = field(default_factory=list)
    _open: dict[asyncio.StreamWriter, int] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def lay(self, to: int) -> int:
        """Listen before a port of loopback; says on which one."""

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._join(reader, writer, to))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def take_up(self) -> None:
        """Cut everything and listen no more."""
        self.arm(None)
        for server in self._servers:
            server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def doom(self) -> Doom | None:
        """What waits to strike."""
        return self._doom

    def arm(self, doom: Doom | None) -> None:
        """Have this strike; None: nothing."""
        self._doom, self._left = doom, doom.after if doom else 0

    def cut(self, to: int | None = None) -> None:
        """Tear the connections to a port (None: all), as a network does."""
        for writer, port in list(self._open.items()):
            if to is None or port == to:
                writer.transport.abort()

    async def _join(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: int
    ) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", to)
        except OSError:
            writer.transport.abort()
            return
        ends = (writer, far_writer)
        self._open |= dict.fromkeys(ends, to)
        try:
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        finally:
            for end in ends:
                del self._open[end]
                end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(PIECE):
                self.pieces += 1
                if self._struck():
                    return
                writer.write(piece)
                await writer.drain()
        with suppress(ConnectionError, OSError, RuntimeError):
            writer.write_eof()

    def _struck(self) -> bool:
        """Count down to the doom; True when this piece goes down with it."""
        doom = self._doom
        if doom is None:
            return False
        self._left -= 1
        if self._left > 0:
            return False
        self._doom = None
        if doom.swallowed:
            self.strike()
        else:
            asyncio.get_running_loop().call_later(doom.late, self.strike)
        return doom.swallowed
