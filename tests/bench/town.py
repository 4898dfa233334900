"""The other process: three platforms, and a crowd that does what it is told on standard input."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any

from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.people import World
from bots.sandbox.slack import SlackSandbox
from bots.sandbox.telegram import TelegramSandbox
from bots.sandbox.towns import Towns
from core.chat.identity import Platform
from tests.bench import squares
from tests.bench.wires import CHANNEL, WITNESS, Wire, Written, wires

Json = dict[str, Any]


def tell(**figures: object) -> None:
    """One line to whoever started us."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


async def orders() -> AsyncIterator[Json]:
    """What we are told, line by line, until nobody tells us any more."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        yield json.loads(line)


class Town:
    """The stand-ins and their crowd."""

    def __init__(self, places: int = 0) -> None:
        self._world = world = World()
        self._towns = Towns.build(world)
        self._places: Mapping[Platform, Sequence[str]] = {}
        if places:
            self._towns = Towns(
                world,
                DiscordSandbox(world, limits=True),
                SlackSandbox(world, members_channel=True, limits=True),
                TelegramSandbox(world, limits=True),
            )
            self._places = squares.open_squares(self._towns, places)
        self._wires = wires(self._towns)
        self._number = 0
        self._chatter: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen, and learn what messages look like."""
        await self._towns.start()
        for wire in self._wires.values():
            await wire.learn()

    def where(self) -> Json:
        """What a bot must know to live here."""
        return {
            "environment": self._towns.environment(),
            "toml": self._towns.community_toml(),
            "places": self._places,
        }

    async def stop(self) -> None:
        """Close every socket."""
        await self._towns.stop()

    async def obey(self, order: Json) -> None:
        """Do one thing and tell what came of it."""
        what = order.pop("do")
        await getattr(self, what)(**order)

    async def flood(self, platform: str, count: int, authors: list[int]) -> None:
        """Everything at once."""
        wire = self._wires[Platform(platform)]
        crowd = self._write(wire, count, authors)
        began = time.monotonic()
        await wire.flood(crowd)
        tell(began=began, sent=time.monotonic())

    async def stream(self, platform: str, count: int, authors: list[int], rate: float) -> None:
        """So many a second; tells when each was sent."""
        sent = await self._stream(platform, count, authors, rate)
        tell(sent=sent)

    async def chat(self, platform: str, count: int, authors: list[int], rate: float) -> None:
        """The same beside whatever comes next."""
        talk = self._stream(platform, count, authors, rate)
        self._chatter = asyncio.create_task(_quietly(talk))
        tell(chats=True)

    async def hush(self) -> None:
        """Wait for the end of the chat."""
        if self._chatter is not None:
            await self._chatter
        tell(hushed=True)

    async def asks(self, platform: str, count: int, pause: float, *, again: bool = True) -> None:
        """Somebody runs a command again and again; tells how long each answer took.

        `again`: once more before, so that whatever a first time brings with it is over.
        """
        person = self._towns.all[Platform(platform)].person(WITNESS)
        private = platform == Platform.TELEGRAM  # where a command is a message on the screen
        if again:
            await person.runs("/moi", channel=None if private else CHANNEL)
            await asyncio.sleep(1)
        took = []
        for _ in range(count):
            shown = len(person.sees()) + private
            began = time.monotonic()
            await person.runs("/moi", channel=None if private else CHANNEL)
            answered = partial(lambda shown: len(person.sees()) > shown, shown)
            if not await self._world.until(answered, seconds=30):
                raise AssertionError("a command was never answered")
            took.append(time.monotonic() - began)
            await asyncio.sleep(pause)
        tell(took=took)

    async def shown(self, each: int, seconds: float) -> None:
        """Wait until so many words stand in each place; tell how they came there."""
        wanted = {platform: each * len(places) for platform, places in self._places.items()}

        def all_there() -> bool:
            return all(len(squares.words(self._towns)[p]) >= n for p, n in wanted.items())

        for _ in range(int(seconds)):
            if all_there():
                break
            await asyncio.sleep(1)
        refused = squares.refused(self._towns)
        words = squares.words(self._towns)
        tell(**{p: squares.told(seen) | {"refused": refused[p]} for p, seen in words.items()})

    async def complaints(self) -> None:
        """What the stand-ins refused."""
        tell(complaints=self._towns.complaints())

    async def _stream(
        self, platform: str, count: int, authors: list[int], rate: float
    ) -> list[tuple[str, float]]:
        wire = self._wires[Platform(platform)]
        began = time.monotonic()
        sent: list[tuple[str, float]] = []
        for number, one in enumerate(self._write(wire, count, authors)):
            wait = began + number / rate - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            wire.send(one)
            sent.append((one.id, time.monotonic()))
        return sent

    def _write(self, wire: Wire, count: int, authors: list[int]) -> list[Written]:
        first, self._number = self._number, self._number + count
        return [wire.write(n, authors[n % len(authors)]) for n in range(first, first + count)]


async def _quietly(talk: Any) -> None:  # noqa: ANN401  a coroutine of whatever result
    await talk


async def main() -> None:
    """As many towns as the first argument says, until standard input ends.

    A second one gives each of them so many more channels, and the platforms' own limits.
    """
    places = int(sys.argv[2]) if sys.argv[2:] else 0
    towns = [Town(places) for _ in range(int(sys.argv[1]))]
    for town in towns:
        await town.start()
    try:
        tell(towns=[town.where() for town in towns])
        async for order in orders():
            await towns[order.pop("town")].obey(order)
    finally:
        for town in towns:
            await town.stop()


if __name__ == "__main__":
    asyncio.run(main())
