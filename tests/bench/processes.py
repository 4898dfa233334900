"""The processes of a measurement: each on a core of its own, spoken to in lines of JSON."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.chat.identity import Platform

PATIENCE = 1200.0
"""Seconds in which a process must have answered, or ended: five million rows take minutes."""

LONGEST = 2**26
"""Bytes of one line: figures of a whole run."""

Json = dict[str, Any]


def cores() -> tuple[set[int], set[int]]:
    """The core of what is measured, and those of everything else."""
    free = sorted(os.sched_getaffinity(0))
    return {free[0]}, set(free[1:] or free)


@dataclass(slots=True)
class Process:
    """One that obeys."""

    inner: asyncio.subprocess.Process
    name: str

    async def hears(self) -> Json:
        """Its next line. Raises AssertionError when it ends or says nothing."""
        assert self.inner.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = await self.inner.stdout.readline()
        if not line:
            raise AssertionError(f"{self.name} ended with {await self.inner.wait()}")
        told: Json = json.loads(line)
        return told

    def says(self, what: str, **more: object) -> None:
        """Tell it to do something."""
        assert self.inner.stdin is not None
        self.inner.stdin.write(json.dumps({"do": what, **more}).encode() + b"\n")

    async def asked(self, what: str, **more: object) -> Json:
        """Tell it to do something, and hear what came of it."""
        self.says(what, **more)
        return await self.hears()


@asynccontextmanager
async def process(
    module: str,
    *arguments: str,
    core: set[int],
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Process]:
    """A module of ours in a process of its own; it ends when its input does."""
    inner = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"tests.bench.{module}", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**_others(), **(environment or {})},
        limit=LONGEST,
        preexec_fn=lambda: os.sched_setaffinity(0, core),
    )
    try:
        yield Process(inner, " ".join((module, *arguments)))
        assert inner.stdin is not None
        inner.stdin.close()
        async with asyncio.timeout(PATIENCE):
            await inner.wait()
    finally:
        if inner.returncode is None:
            inner.kill()
            await inner.wait()


@dataclass(frozen=True, slots=True)
class Town:
    """One stand-in of each platform with its crowd, and what a bot must know to reach it."""

    process: Process
    number: int
    environment: Mapping[str, str]
    places: Mapping[str, Sequence[str]]

    async def asked(self, what: str, **more: object) -> Json:
        """Tell its crowd to do something, and hear what came of it."""
        return await self.process.asked(what, town=self.number, **more)


@asynccontextmanager
async def towns(count: int, places: int = 0) -> AsyncIterator[Sequence[Town]]:
    """So many of them, in one process; with `places`, channels where limits are enforced."""
    with folder() as place:
        async with process("town", str(count), str(places), core=cores()[1]) as running:
            built = []
            for number, told in enumerate((await running.hears())["towns"]):
                config = place / f"{number}.toml"
                config.write_text(told["toml"], encoding="utf-8")
                known = {**told["environment"], "AMICALE_CONFIG": str(config)}
                built.append(Town(running, number, known, told["places"]))
            yield built


@asynccontextmanager
async def subject(
    variant: str, platforms: Sequence[Platform], around: Town, database: Path, **variables: str
) -> AsyncIterator[Process]:
    """What is measured, connected."""
    names = ",".join(platforms)
    arguments = (variant, names, f"sqlite://{database}")
    environment = {**around.environment, **variables}
    async with process("subject", *arguments, core=cores()[0], environment=environment) as running:
        await running.hears()
        yield running


@contextmanager
def folder() -> Iterator[Path]:
    """A place on disk for one measurement."""
    with tempfile.TemporaryDirectory(prefix="amicale-bench-") as name:
        yield Path(name)


def _others() -> Mapping[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("AMICALE_")}
