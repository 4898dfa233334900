"""The parent's end of the processes: the one that forks lives, and the life there is."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

ORDERS = 20.0
"""Seconds a life has to answer an order, before it is taken to hang."""


@dataclass(slots=True)
class Nursery:
    """The process that forks lives."""

    process: asyncio.subprocess.Process
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    async def open(cls) -> "Nursery":
        """Start it, and wait until it has imported everything."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AMICALE_")}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.torture.nursery"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=kept,
        )
        nursery = cls(process)
        assert await nursery._line() == "ready"
        return nursery

    async def order(self, words: str) -> int:
        """Have one order obeyed, and say what it answers."""
        async with self._one:
            assert self.process.stdin is not None
            self.process.stdin.write(words.encode() + b"\n")
            return int(await self._line())

    async def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        await self.process.wait()

    async def _line(self) -> str:
        assert self.process.stdout is not None
        return (await self.process.stdout.readline()).decode().strip()


@dataclass(slots=True)
class Life:
    """The parent's end of one life."""

    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    up: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _answer: asyncio.Future[dict[str, Any]] | None = None

    async def listen(self, notes: Callable[[dict[str, Any]], None]) -> None:
        """Hear it until it is over."""
        with suppress(ConnectionError):
            async for line in self.reader:
                if not line.endswith(b"\n"):
                    break
                said = json.loads(line)
                if "up" in said and "settled" not in said:
                    self.up.set()
                elif "begins" in said or "ends" in said:
                    notes(said)
                elif self._answer is not None and not self._answer.done():
                    self._answer.set_result(said)
        self.over.set()
        if self._answer is not None and not self._answer.done():
            self._answer.cancel()
        self.writer.close()

    async def order(self, order: str, **more: object) -> dict[str, Any] | None:
        """Its answer; None when it ends before it gives one."""
        if self.over.is_set():
            return None
        self._answer = asyncio.get_running_loop().create_future()
        self.writer.write(json.dumps({"order": order, **more}).encode() + b"\n")
        done, _ = await asyncio.wait([self._answer], timeout=ORDERS)
        if not done or self._answer.cancelled():
            return None
        return self._answer.result()
