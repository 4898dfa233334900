"""What the suite weighs, how soon it answers, and what a million members change."""

import shutil
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from core.chat.identity import Platform
from tests.bench.flow import Pair, seeded
from tests.bench.processes import Json, Town, cores, folder, process, subject, towns
from tests.bench.rows import Row, ratios

EVERYWHERE = tuple(Platform)
ALL = ",".join(EVERYWHERE)
SETTLED = 2.0
"""Seconds after which a client that has connected holds what it goes on holding."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    rounds: int = 5
    members: int = 100_000
    weeks: int = 52
    young: int = 13
    a_week: int = 96_000
    many: int = 1_000_000
    messages: int = 4_000


QUICK = Size(rounds=1, members=3_000, weeks=12, young=8, a_week=8_000)


async def connected(size: Size, _: set[str]) -> AsyncIterator[Row]:
    """Three platforms connected, everybody in the database: how soon, and how heavy."""
    took: dict[str, list[float]] = {"suite": [], "client": []}
    weights: dict[str, list[float]] = {"suite": [], "client": []}
    async with seeded(str(size.members), ALL) as members:
        for _round in range(size.rounds):
            async with towns(len(took)) as around:
                for variant, town in zip(took, around, strict=True):
                    seconds, megabytes = await _connected(variant, town, members)
                    took[variant].append(seconds)
                    weights[variant].append(megabytes)
    ours, theirs = (median(found) for found in weights.values())
    said = f"{ours:.0f} MB, the three clients {theirs:.0f} MB; {size.members:,} members"
    yield Row("memory", ratios(weights["suite"], weights["client"]), 1.5, most=True, said=said)
    ours, theirs = (median(found) for found in took.values())
    said = f"{ours:.2f} s to the first answer, the three clients connected in {theirs:.2f} s"
    yield Row("start", ratios(took["suite"], took["client"]), 1.3, most=True, said=said)


async def _connected(variant: str, town: Town, members: Path) -> tuple[float, float]:
    """Seconds from nothing to an answered command (a client: connected), and megabytes then."""
    with folder() as place:
        database = Path(shutil.copy(members, place / "suite.sqlite3"))
        began = time.monotonic()
        async with subject(variant, EVERYWHERE, town, database, BENCH_REST=str(SETTLED)) as bot:
            if variant == "suite":
                await town.asked("asks", platform=Platform.SLACK, count=1, pause=0, again=False)
            seconds = time.monotonic() - began
            return seconds, float((await bot.asked("weigh"))["now"])


async def million(size: Size, _: set[str]) -> AsyncIterator[Row]:
    """A message costs the same processor time, whoever else is a member."""
    few = 1_000
    async with AsyncExitStack() as open_:
        place = Path(open_.enter_context(folder()))
        around = await open_.enter_async_context(towns(2))
        pairs = []
        for count, town in zip((few, size.many), around, strict=True):
            made = await open_.enter_async_context(seeded(str(count), Platform.SLACK))
            database = Path(shutil.move(made, place / f"{count}.sqlite3"))
            running = subject("suite", [Platform.SLACK], town, database)
            bot = await open_.enter_async_context(running)
            spread = range(1, count + 1, count // few)
            pairs.append(Pair(Platform.SLACK, town, bot, database, authors=spread))
        costs: list[list[float]] = [[], []]
        for pair in pairs:
            await pair.cost(2 * few)
        for _round in range(size.rounds):
            for pair, found in zip(pairs, costs, strict=True):
                found.append(await pair.cost(size.messages))
        for pair in pairs:
            await pair.right()
            await pair.kept()
    less, more = (median(found) * 1e6 for found in costs)
    said = f"{more:.0f} µs a message among {size.many:,} members, {less:.0f} µs among {few:,}"
    yield Row("million", ratios(costs[1], costs[0]), 1.2, most=True, said=said)


async def digest(size: Size, _: set[str]) -> AsyncIterator[Row]:
    """A week's figures, kept for every week that is over."""
    people = (str(size.members), ALL)
    young, a_week = str(size.young), str(size.a_week)
    async with seeded(*people, "1", young, a_week) as file:
        before = (await _digest(file, size))["ours"]
        older = (str(file), *people, str(size.young + 1), str(size.weeks), a_week)
        async with process("seeded", *older, core=cores()[1]):
            pass
        told = await _digest(file, size)
    ours, theirs = median(told["ours"]), median(told["theirs"])
    events = size.weeks * size.a_week
    said = f"{ours:.2f} s, plain SQL {theirs:.2f} s; {size.members:,} members, {events:,} events"
    yield Row("digest", ratios(told["theirs"], told["ours"]), 10, said=said)
    said = f"{told['megabytes']:.1f} MB more, the first time included"
    yield Row("digest-weight", [told["megabytes"]], 80, most=True, said=said)
    said = f"{ours:.2f} s after {size.weeks} weeks, {median(before):.2f} s after {size.young}"
    yield Row("digest-flat", ratios(told["ours"], before), 1.2, most=True, said=said)


async def _digest(file: Path, size: Size) -> Json:
    async with process("digest", str(file), str(size.rounds), core=cores()[0]) as running:
        return await running.hears()
