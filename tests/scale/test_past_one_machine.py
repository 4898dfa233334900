"""Two gateways and three workers on one PostgreSQL; some are killed, and nobody notices."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest

from bots import schema
from bots.sandbox.people import World, eventually
from bots.sandbox.towns import PLACES, Towns
from core.chat.identity import Place, Platform
from core.chat.messages import Message, Text
from core.engine.outbox import Owed
from tests.e2e.processes import Process, amicale

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

MODULE = "tests.scale.short_lease"
DIGEST = "Bilan de la semaine"
DIGESTS = "FROM job WHERE kind = 'reports.digest' AND key = $1"
HOLDERS = """
SELECT application_name FROM pg_stat_activity
WHERE pid = ANY (pg_blocking_pids($1)) AND application_name LIKE 'amicale worker%'"""
"""The worker that has marked the job done, and may not yet owe what comes of it."""
DUE = """
INSERT INTO job (community_id, kind, key, state, due_at, tries, problem)
SELECT id, 'reports.digest', $1, 'due', now(), 0, '' FROM community"""
OWED = """
INSERT INTO outbox_message (community_id, platform, lane, payload, "then", argument, state, due_at,
                            tries, problem)
SELECT id, $1, $2, $3, '', '', 'due', now(), 0, '' FROM community"""


@dataclass
class Machines:
    """The processes by name, the platforms they speak to, and a look into their database."""

    towns: Towns
    told: dict[str, str]
    database: asyncpg.Connection
    aside: asyncpg.Connection
    up: AsyncExitStack
    running: dict[str, Process] = field(default_factory=dict)

    async def start(self, name: str, *words: str) -> Process:
        process = await self.up.enter_async_context(
            amicale("run", *words, module=MODULE, **self.told)
        )
        self.running[name] = process
        await process.says("amicale", seconds=180)  # five begin at once
        return process

    async def until(self, condition: Callable[[], bool], seconds: float = 30) -> None:
        assert await self.towns.world.until(condition, seconds=seconds), self.outputs()

    def outputs(self) -> str:
        return "\n\n".join(f"{n}:\n{p.output[-2000:]}" for n, p in self.running.items())

    def shown(self, text: str, platform: Platform | None = None) -> Counter[str]:
        """How often each text was shown, of those that contain it."""
        seen = [s for s in self.towns.transcript() if text in s.text and not s.edited]
        return Counter(s.text for s in seen if platform is None or s.platform == platform)


@pytest.fixture
async def machines(postgres: str, tmp_path: Path) -> AsyncIterator[Machines]:
    towns = Towns.build(World())
    await towns.start()
    config = tmp_path / "community.toml"
    config.write_text(towns.community_toml(), encoding="utf-8")
    told = {
        **towns.environment(),
        "AMICALE_CONFIG": str(config),
        "AMICALE_DATABASE_URL": postgres,
    }
    async with AsyncExitStack() as up:
        up.push_async_callback(towns.stop)
        await schema.migrate(postgres)
        database, aside = [await asyncpg.connect(postgres) for _ in range(2)]
        up.push_async_callback(database.close)
        up.push_async_callback(aside.close)
        yield Machines(towns, told, database, aside, up)


async def test_two_gateways_and_three_workers_lose_nothing_when_some_are_killed(
    machines: Machines,
) -> None:
    gateway = ("--role", "gateway", "--platform")
    await asyncio.gather(
        machines.start("discord", *gateway, "discord"),
        machines.start("others", *gateway, "slack", "--platform", "telegram"),
        *(machines.start(f"worker {n}", "--role", "worker") for n in range(3)),
    )
    duplicate = asyncio.create_task(a_second_gateway_is_refused(machines))
    await somebody_joins_everywhere(machines)
    await duplicate
    await a_worker_is_killed_in_the_middle_of_a_job(machines)
    await a_gateway_is_killed_in_the_middle_of_its_deliveries(machines)
    left = [p for p in machines.running.values() if p.inner.returncode is None]
    assert len(left) == 4
    took = await asyncio.gather(*(process.is_told_to_stop() for process in left))
    assert max(took) < 10
    assert machines.towns.complaints() == []
    claimed = "SELECT count(*) FROM {} WHERE state = 'claimed'"
    for table in ("job", "outbox_message"):
        assert await machines.database.fetchval(claimed.format(table)) == 0
    handed = "SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE status <> 'doing'"
    assert await machines.database.fetchval(handed) == 0


async def a_second_gateway_is_refused(machines: Machines) -> None:
    words = ("run", "--role", "gateway", "--platform", "discord")
    first = machines.running["discord"].inner.pid
    async with amicale(*words, **machines.told) as second:
        assert await second.ends() == 2, second.output
    guild = machines.towns.discord.guild_id
    (reason,) = [line for line in second.complained if line.startswith("refused: ")]
    assert f"discord workspace {guild} is already served by amicale gateway" in reason
    assert f":{first} (since " in reason


async def somebody_joins_everywhere(machines: Machines) -> None:
    people = [machines.towns.person(f"Alice {platform}", platform) for platform in Platform]
    for person in people:
        await person.joins()
    for person in people:
        await eventually(machines.towns.world, person, "Bienvenue", seconds=30)


async def a_worker_is_killed_in_the_middle_of_a_job(machines: Machines) -> None:
    database = machines.database
    key = datetime.now(UTC).date().isoformat()
    async with database.transaction():
        await database.execute("LOCK TABLE outbox_message IN SHARE MODE")  # nobody may owe
        await machines.aside.execute(DUE, key)
        pid = await who_has_it(machines, key)
        assert pid in {p.inner.pid for n, p in machines.running.items() if "worker" in n}
        os.kill(pid, signal.SIGKILL)
        state = f"SELECT state, tries {DIGESTS}"
        assert tuple(await database.fetchrow(state, key)) == ("claimed", 1)
    await machines.until(lambda: len(list(machines.shown(DIGEST).elements())) == 3)
    assert tuple(await database.fetchrow(state, key)) == ("done", 2)


async def who_has_it(machines: Machines, key: str) -> int:
    """The process in whose transaction the digest is done: somebody who wants its row waits."""
    wants = f"SELECT id {DIGESTS} FOR UPDATE"
    own = machines.aside.get_server_pid()
    async with asyncio.timeout(90):
        while True:
            waiting = asyncio.create_task(machines.aside.fetch(wants, key))
            await asyncio.sleep(0.2)
            found = await machines.database.fetchval(HOLDERS, own)
            if found is not None:
                machines.up.push_async_callback(asyncio.wait, [waiting])
                return int(found.rpartition(":")[2])
            await waiting


async def a_gateway_is_killed_in_the_middle_of_its_deliveries(machines: Machines) -> None:
    guild = str(machines.towns.discord.guild_id)
    for number in range(36):
        purpose = tuple(PLACES)[number % 6]
        owed = Owed(
            message=Message(Text(f"livraison {number:02}")),
            to=Place(Platform.DISCORD, guild, purpose),
        )
        payload = owed.model_dump_json()
        await machines.database.execute(OWED, "discord", owed.lane, payload)
    await machines.until(lambda: machines.shown("livraison").total() >= 6)
    machines.running["discord"].inner.kill()
    await machines.running["discord"].inner.wait()
    assert machines.shown("livraison").total() < 36
    await machines.start("discord again", "--role", "gateway", "--platform", "discord")
    await machines.until(lambda: len(machines.shown("livraison")) == 36, seconds=60)
    assert set(machines.shown("livraison").values()) == {1}
    assert machines.shown(DIGEST).total() == 3
