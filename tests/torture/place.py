"""Where a month is lived: the stand-ins, the clock, and a suite in a process that may be killed."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.people import World
from bots.sandbox.slack import SlackSandbox
from bots.sandbox.telegram import TelegramSandbox
from bots.sandbox.towns import Towns
from core.chat.identity import Platform
from tests.torture.birth import Birth
from tests.torture.lives import Life, Nursery
from tests.torture.wall import Wall
from tests.torture.wires import Wires

QUIET = 0.01
"""Seconds of real time without anything new after which the place is taken to be at rest."""

PATIENCE = 90.0
"""Seconds of real time in which it must come to rest, whatever is broken meanwhile."""

BIT = timedelta(seconds=40)
"""By how much the clock is moved when something is only waiting for it: a lease, a backoff."""

BEFORE = timedelta(hours=1)
"""How long the stand-ins were there before us: nobody in them has just come."""

DEATHS = 5
"""Lives that may end by themselves before there is no use in another."""

NEVER_TIRED = "\n[questions]\nasks_per_week = 50\n"
"""Among equals it is drawn who is asked to help: nothing must depend on who it was."""

SOME = timedelta(minutes=6)
"""By how much the clock may be late when people act, because something had to be tried again."""


class Restless(AssertionError):
    """It never came to rest."""


@dataclass(slots=True)
class Place:
    """The stand-ins and the one life that serves them; a killed one is followed by another."""

    folder: Path
    towns: Towns
    wall: Wall
    nursery: Nursery
    database: str
    wires: Wires = field(init=False)
    life: Life | None = None
    counts: Counter[str] = field(default_factory=Counter)
    begun: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    sent: set[tuple[str, str]] = field(default_factory=set)
    duties: Callable[[], Awaitable[bool]] | None = None
    on_birth: Callable[[], None] = lambda: None
    _told: dict[tuple[str, int], int] = field(default_factory=dict)
    _ports: dict[Platform, int] = field(default_factory=dict)
    _connected: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(
        default_factory=asyncio.Queue
    )
    _closing: bool = False
    _task: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.wires = Wires(self.kill)

    @property
    def world(self) -> World:
        """What the stand-ins share."""
        return self.towns.world

    # -- lives

    def kill(self) -> None:
        """Kill -9 whatever lives now."""
        if self.life is not None and not self.life.over.is_set() and not self._closing:
            self.counts["kills"] += 1
            os.kill(self.life.pid, signal.SIGKILL)
            self.life.over.set()

    async def _lives(self) -> None:
        """One life after the other, for as long as the place stands."""
        while True:
            born = await self._born()
            with suppress(ConnectionError):
                await born.listen(self._note)
            if self._closing:
                return
            code = await self.nursery.order(f"bury {born.pid}")
            if code != -signal.SIGKILL:
                self.counts["died by themselves"] += 1
                log = self.folder / "log"
                assert self.counts["died by themselves"] < DEATHS, f"it does not live: see {log}"

    async def _born(self) -> Life:
        birth = Birth(
            wall=self.folder / "wall",
            control=self.folder / "control",
            community=self.folder / "community.toml",
            log=self.folder / "log",
            settings=self._settings(),
        )
        pid = await self.nursery.order(f"born {birth.model_dump_json()}")
        reader, writer = await self._connected.get()
        self.life = Life(pid, reader, writer)
        self.counts["lives"] += 1
        self.on_birth()
        return self.life

    def _settings(self) -> dict[str, str]:
        told = self.towns.environment()
        return {k.removeprefix("AMICALE_").lower(): v for k, v in told.items()} | {
            "database_url": self.database
        }

    def _note(self, said: dict[str, Any]) -> None:
        """Something goes out, or went out."""
        if "begins" in said:
            shown = len(self.towns.all[Platform(said["platform"])].transcript())
            self.begun[said["begins"]] = (said["platform"], said["text"], shown)
        else:
            of = f"{said['channel']}:" if said["platform"] == Platform.TELEGRAM else ""
            self.sent.add((said["platform"], f"{of}{said['message']}"))

    async def living(self) -> Life:
        """The life there is, once it is up."""
        while True:
            life: Life | None = self.life
            if life is None or life.over.is_set():
                if self._task is not None and self._task.done():
                    self._task.result()
                await asyncio.sleep(0.005)
                continue
            ready = [asyncio.ensure_future(e.wait()) for e in (life.up, life.over)]
            await asyncio.wait(ready, return_when=asyncio.FIRST_COMPLETED)
            for waiting in ready:
                waiting.cancel()
            if not life.over.is_set():
                return life

    # -- time

    async def rest(self, until: datetime) -> None:
        """Wait until all that is due at this moment was done, and nothing more happens.

        The clock moves on, but not beyond `until`, while something waits for nothing but time.
        """
        deadline = asyncio.get_running_loop().time() + PATIENCE
        before: object = None
        told: dict[str, Any] | None = None
        while asyncio.get_running_loop().time() < deadline:
            life = await self.living()
            told = await life.order("settle")
            if told is None:
                continue
            self._count(life, told)
            now = (life.pid, told["events"], self.world.changes)
            busy = told["in_hand"] or self.undelivered or told["up"] < len(Platform)
            if now != before or busy or not self.connected:
                before = now
                await asyncio.sleep(QUIET)
                continue
            if self.duties is not None and await self.duties():
                continue
            if told["owed"] or told["jobs"] or told["doubtful"]:
                if self.wall.now() + BIT > until:
                    self.counts["unsettled"] += 1
                    return
                self.wall.reaches(self.wall.now() + BIT)
                continue
            return
        raise Restless(f"{told} {self.connected=} {self.undelivered=}; see {self.folder / 'log'}")

    def _count(self, life: Life, told: dict[str, Any]) -> None:
        for name in ("events", "again", "sessions"):
            self._told[name, life.pid] = told[name]

    def told(self) -> dict[str, int]:
        """What happened so far, over all lives."""
        found: Counter[str] = Counter(kills=0)
        found |= self.counts
        for (name, _), number in self._told.items():
            found[name] += number
        return {**found, "pieces": self.wires.pieces}

    @property
    def undelivered(self) -> int:
        """Events that a stand-in still has for the suite, as far as it knows."""
        slack = self.towns.slack.delivery
        waiting = len(slack._pending) + slack._queue.qsize() + len(slack._stranded)
        return waiting + self.towns.telegram.feed.pending

    @property
    def connected(self) -> bool:
        """Whether the suite listens everywhere: what happens now will be heard."""
        towns = self.towns
        return bool(
            towns.discord.connected and towns.slack.connections and towns.telegram.is_connected
        )

    async def passes(self, to: datetime) -> None:
        """Let time pass, doing what falls due on the way, all of it before anybody acts."""
        told = await (await self.living()).order("settle")
        while self.wall.now() < to:
            asked = told is not None and told["doubtful"]
            seen_to = asked and self.duties is not None and await self.duties()
            if told is not None and not seen_to:
                following = told["following"]
                due = datetime.fromisoformat(following) if following else to
                self.wall.reaches(min(due, to))
            told = await (await self.living()).order("settle")
        if told is None or told["owed"] or told["jobs"] or told["doubtful"]:
            await self.rest(to + SOME)

    async def figures(self) -> dict[str, str]:
        """What the suite itself says."""
        while True:
            told = await (await self.living()).order("figures")
            if told is not None:
                return dict(told["figures"])


@asynccontextmanager
async def place(
    folder: Path, start: datetime, nursery: Nursery, database: str = ""
) -> AsyncIterator[Place]:
    """An empty place at an aware moment, with a first life in it."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240  nothing else runs yet
    with Wall(folder / "wall", start - BEFORE) as wall:
        towns = _towns(World(wall.now))
        await towns.start()
        wall.reaches(start)
        database = database or f"sqlite://{folder / 'community.sqlite3'}"
        here = Place(folder, towns, wall, nursery, database)
        (folder / "community.toml").write_text(
            towns.community_toml() + NEVER_TIRED, encoding="utf-8"
        )

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            here._connected.put_nowait((reader, writer))

        control = folder / "control"
        listening = await asyncio.start_unix_server(connected, control, limit=1 << 24)
        try:
            await _wire(here)
            here._task = asyncio.create_task(here._lives())
            await here.living()
            yield here
        finally:
            here._closing = True
            await _end(here)
            listening.close()
            await here.wires.take_up()
            await towns.stop()


def _towns(world: World) -> Towns:
    """Where Slack hands over again sooner: its minutes are ours to shorten."""
    return Towns(
        world,
        DiscordSandbox(world),
        SlackSandbox(world, members_channel=True, retries=(0.0, 0.5, 1.0, 2.0, 4.0, 8.0)),
        TelegramSandbox(world),
    )


async def _wire(here: Place) -> None:
    """Put a wire before each stand-in, which from then on names the wire as its address."""
    towns = here.towns
    discord, slack = towns.discord, towns.slack
    here._ports = {
        Platform.DISCORD: discord._port,
        Platform.SLACK: slack._port,
        Platform.TELEGRAM: towns.telegram.server.port,
    }
    laid = {p: await here.wires.lay(port) for p, port in here._ports.items()}
    host = f"127.0.0.1:{laid[Platform.DISCORD]}"
    discord._house.writer.base = f"http://{host}"
    discord._house.gateway_url = discord._gateway.address = f"ws://{host}/gateway/"
    slack.workspace.address = f"http://127.0.0.1:{laid[Platform.SLACK]}"
    towns.telegram.server.port = laid[Platform.TELEGRAM]


async def _end(here: Place) -> None:
    life = here.life
    if life is not None and not life.over.is_set():
        with suppress(ProcessLookupError):
            os.kill(life.pid, signal.SIGKILL)
        await life.over.wait()
    if here._task is not None:
        here._task.cancel()
        await asyncio.gather(here._task, return_exceptions=True)
    if life is not None:
        life.writer.close()
        with suppress(ConnectionError):
            await life.writer.wait_closed()
        await here.nursery.order(f"bury {life.pid}")
