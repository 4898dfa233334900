"""The suite as an operator runs it: a process with its variables, its output and its signals."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

PATIENCE = 60.0
"""Seconds in which a process must have said what is awaited, on a busy machine."""


@dataclass(slots=True)
class Process:
    """One that runs; `said` and `complained` are its lines so far."""

    inner: asyncio.subprocess.Process
    said: list[str] = field(default_factory=list)
    complained: list[str] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def output(self) -> str:
        """All of it."""
        return "\n".join([*self.said, *self.complained])

    def listen(self) -> None:
        """Collect what it writes."""
        for stream, lines in ((self.inner.stdout, self.said), (self.inner.stderr, self.complained)):
            assert stream is not None
            self._reading.append(asyncio.create_task(self._read(stream, lines)))

    async def _read(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        while line := await stream.readline():
            lines.append(line.decode().rstrip("\n"))
            self._changed.set()

    async def says(self, *words: str, seconds: float = PATIENCE) -> str:
        """The first line with all these words, awaited."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = [
                line
                for line in (*self.said, *self.complained)
                if all(word in line for word in words)
            ]
            if found:
                return found[0]
            if self.inner.returncode is not None:
                break
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), 0.5)
            except TimeoutError:
                continue
        raise AssertionError(f"it never said {words!r}:\n{self.output}")

    async def ends(self) -> int:
        """Its exit code, awaited."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self._reading)
            return await self.inner.wait()

    async def is_told_to_stop(self) -> float:
        """Seconds from SIGTERM to the end, which must be a good one."""
        begin = time.monotonic()
        self.inner.send_signal(signal.SIGTERM)
        assert await self.ends() == 0, self.output
        return time.monotonic() - begin


@asynccontextmanager
async def amicale(*words: str, module: str = "bots", **environment: str) -> AsyncIterator[Process]:
    """A process of the command line, with no other variable of ours than these."""
    inner = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module, *words),
        env={**_others(), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    process = Process(inner)
    process.listen()
    try:
        yield process
    finally:
        if inner.returncode is None:
            inner.kill()
        await process.ends()


def _others() -> Mapping[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("AMICALE_")}
