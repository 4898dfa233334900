"""How fast what people do is committed, and whether who asks something has to wait for it."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from core.chat.identity import Platform
from tests.bench.processes import Json, Process, Town, cores, folder, process, subject, towns
from tests.bench.rows import Row, Wrong, p99, ratios

MARKS = {Platform.DISCORD: (0.6, 2.5), Platform.SLACK: (1.0, 2.2), Platform.TELEGRAM: (1.0, 2.2)}
"""Against the client library alone, and against a bot written by hand."""

PEOPLE = 1_000
RATE = 500.0
"""Messages a second: what a big day brings."""

PATIENCE = 10
"""Seconds the last messages of a chat may still be on their way when nobody counted them."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    rounds: int = 5
    messages: int = 6_000
    by_hand: int = 1_500
    seconds: float = 4.0
    commands: int = 150


QUICK = Size(rounds=3, messages=800, by_hand=200, seconds=0.6, commands=30)


@dataclass(slots=True)
class Pair:
    """A bot in its town, and how much it was told so far."""

    platform: Platform
    town: Town
    bot: Process
    database: Path
    said: int = 0
    asked: bool = False
    authors: Sequence[int] = field(default_factory=lambda: range(1, PEOPLE + 1))

    async def flood(self, count: int) -> float:
        """Messages a second, from the first one sent to the last one through."""
        await self.bot.asked("expect", count=count)
        sent = await self._crowd("flood", count)
        done = await self.bot.hears()
        return count / float(done["done"] - sent["began"])

    async def cost(self, count: int) -> float:
        """Seconds of processor for each of so many messages at once."""
        await self.bot.asked("expect", count=count)
        await self._crowd("flood", count)
        return float((await self.bot.hears())["cpu"]) / count

    async def stream(self, seconds: float) -> tuple[list[float], float]:
        """Seconds each message took at 500 a second, and of processor for each."""
        count = int(RATE * seconds)
        await self.bot.asked("expect", count=count)
        sent = dict((await self._crowd("stream", count, rate=RATE))["sent"])
        done = await self.bot.hears()
        through = dict((await self.bot.asked("when"))["moments"])
        if through.keys() != sent.keys():
            raise Wrong(f"{len(sent)} messages sent, {len(through)} others came through")
        return [through[name] - at for name, at in sent.items()], done["cpu"] / count

    async def commands(self, count: int, beside: float) -> list[float]:
        """Seconds each answer to a command took, beside so many messages a second."""
        if beside:
            await self._crowd("chat", int(beside * count * 0.06) + 100, rate=beside)
        told = await self.town.asked(
            "asks", platform=self.platform, count=count, pause=0.02, again=not self.asked
        )
        self.asked = True
        await self.town.asked("hush")
        return list(told["took"])

    async def _crowd(self, what: str, count: int, **more: object) -> Json:
        self.said += count
        authors = list(self.authors)
        return await self.town.asked(
            what, platform=self.platform, count=count, authors=authors, **more
        )

    async def right(self) -> None:
        """Raise Wrong unless every message stands in the database, once, and none was refused."""
        if complaints := (await self.town.asked("complaints"))["complaints"]:
            raise Wrong(f"{self.bot.name}: {complaints[:3]}")

    async def kept(self) -> None:
        """Raise Wrong unless every message stands in the database, once, a moment later."""
        for _ in range(PATIENCE):
            if self._stand() == (self.said, self.said):
                return
            await asyncio.sleep(1)
        raise Wrong(f"{self.said} messages sent, {self._stand()} kept")

    def _stand(self) -> tuple[int, int]:
        ours = "SELECT count(*), count(DISTINCT key) FROM activity WHERE kind = 'message'"
        theirs = "SELECT count(*), count(DISTINCT message) FROM said"
        with closing(sqlite3.connect(self.database)) as base:
            hand = base.execute("SELECT 1 FROM sqlite_master WHERE name = 'said'").fetchone()
            rows, messages = base.execute(theirs if hand else ours).fetchone()
        return rows, messages


@asynccontextmanager
async def side_by_side(
    platform: Platform, variants: Sequence[str], members: Path
) -> AsyncIterator[dict[str, Pair]]:
    """A bot of each kind, each in a town of its own."""
    with folder() as place:
        async with AsyncExitStack() as open_:
            made = {}
            around = await open_.enter_async_context(towns(len(variants)))
            for variant, town in zip(variants, around, strict=True):
                database = place / f"{variant}.sqlite3"
                if variant == "suite":
                    shutil.copy(members, database)
                bot = subject(variant, [platform], town, database)
                made[variant] = Pair(platform, town, await open_.enter_async_context(bot), database)
            yield made


@asynccontextmanager
async def seeded(*arguments: str) -> AsyncIterator[Path]:
    """A database with people in it."""
    with folder() as place:
        file = place / "people.sqlite3"
        async with process("seeded", str(file), *arguments, core=cores()[1]):
            pass
        yield file


def names(platform: Platform, *, quick: bool) -> Iterator[str]:
    """What is measured on a platform; how long things take, when in a hurry, on one alone."""
    timed = ("commit", "cpu", "command") if platform is Platform.SLACK or not quick else ()
    for what in ("client", "byhand", *timed):
        yield f"{platform}-{what}"


async def rows(platform: Platform, size: Size, wanted: set[str]) -> AsyncIterator[Row]:
    """Each of them."""
    async with (
        seeded(str(PEOPLE), platform) as members,
        side_by_side(platform, ("suite", "client", "insert"), members) as pairs,
    ):
        if wanted & {f"{platform}-client", f"{platform}-byhand"}:
            async for row in _throughput(platform, pairs, size):
                yield row
        if wanted & {f"{platform}-commit", f"{platform}-cpu"}:
            async for row in _latency(platform, pairs, size):
                yield row
        if f"{platform}-command" in wanted:
            yield await _command(platform, pairs["suite"], size)
        for variant, pair in pairs.items():
            await pair.right()
            if variant != "client":
                await pair.kept()


async def _throughput(platform: Platform, pairs: dict[str, Pair], size: Size) -> AsyncIterator[Row]:
    rates: dict[str, list[float]] = {name: [] for name in pairs}
    for pair in pairs.values():
        await pair.flood(100)  # whatever the first ones pay for
    for _ in range(size.rounds):
        for name, pair in pairs.items():
            many = size.by_hand if name == "insert" else size.messages
            rates[name].append(await pair.flood(many))
    ours, alone, by_hand = (median(rates[name]) for name in ("suite", "client", "insert"))
    said = f"{ours:,.0f} messages/s"
    against, over = MARKS[platform]
    runs = ratios(rates["suite"], rates["client"])
    yield Row(f"{platform}-client", runs, against, said=f"{said}, the client alone {alone:,.0f}")
    runs = ratios(rates["suite"], rates["insert"])
    yield Row(f"{platform}-byhand", runs, over, said=f"{said}, by hand {by_hand:,.0f}")


async def _latency(platform: Platform, pairs: dict[str, Pair], size: Size) -> AsyncIterator[Row]:
    late: dict[str, list[float]] = {"suite": [], "insert": []}
    cost: dict[str, list[float]] = {"suite": [], "insert": []}
    for name in late:
        await pairs[name].flood(PEOPLE)  # everybody has spoken before
    for _ in range(size.rounds):
        for name, found in late.items():
            times, cpu = await pairs[name].stream(size.seconds)
            found.append(p99(times))
            cost[name].append(cpu)
    told = [f"{median(found) * 1e3:.1f} ms" for found in late.values()]
    said = f"99 of 100 committed within {told[0]}, by hand {told[1]}"
    runs = ratios(late["suite"], late["insert"])
    yield Row(f"{platform}-commit", runs, 0.7, most=True, said=said)
    told = [f"{median(found) * 1e6:.0f} µs" for found in cost.values()]
    runs = ratios(cost["suite"], cost["insert"])
    said = f"{told[0]} of processor a message, by hand {told[1]}"
    yield Row(f"{platform}-cpu", runs, 0.8, most=True, said=said)


async def _command(platform: Platform, pair: Pair, size: Size) -> Row:
    silent, busy = [], []
    for _ in range(size.rounds):
        silent.append(p99(await pair.commands(size.commands // size.rounds, 0)))
        busy.append(p99(await pair.commands(size.commands // size.rounds, RATE)))
    told = [f"{median(times) * 1e3:.0f} ms" for times in (busy, silent)]
    said = f"99 of 100 answered within {told[0]}, on a silent day {told[1]}"
    return Row(f"{platform}-command", ratios(busy, silent), 3.0, most=True, said=said)
