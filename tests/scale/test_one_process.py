"""Two communities in one process on one SQLite file, as an operator starts them."""

import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.sandbox.people import World, eventually
from bots.sandbox.towns import Towns
from core.chat.identity import Platform
from tests.e2e.processes import amicale

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

SECTION = re.compile(r"^\[(\w+)")


@pytest.fixture
async def towns() -> AsyncIterator[Towns]:
    made = Towns.build(World())
    await made.start()
    yield made
    await made.stop()


def community(towns: Towns, slug: str, *platforms: Platform) -> str:
    """The stand-ins' configuration, of some platforms, under another name."""
    kept, keeps = [], True
    for line in towns.community_toml().replace('slug = "demo"', f'slug = "{slug}"').splitlines():
        if section := SECTION.match(line):
            keeps = section[1] == "community" or section[1] in platforms
        kept += [line] if keeps else []
    return "\n".join(kept)


def variables(towns: Towns, folder: Path) -> dict[str, str]:
    """Lyon is on Discord, Metz on the two others; each token names its community."""
    (folder / "communities").mkdir()
    for slug, platforms in (("lyon", ("discord",)), ("metz", ("slack", "telegram"))):
        text = community(towns, slug, *map(Platform, platforms))
        (folder / "communities" / f"{slug}.toml").write_text(text, encoding="utf-8")
    told = {
        "AMICALE_CONFIG": str(folder / "communities"),
        "AMICALE_DATABASE_URL": f"sqlite://{folder / 'amicale.sqlite3'}",
    }
    for name, value in towns.environment().items():
        whose = "LYON" if "DISCORD" in name else "METZ"
        told[name.replace("AMICALE_", f"AMICALE_{whose}_")] = value
    told.pop("AMICALE_METZ_CONFIG", None)
    return told


async def test_two_communities_live_in_one_process(towns: Towns, tmp_path: Path) -> None:
    told = variables(towns, tmp_path)
    async with amicale("run", **told) as run:
        up = await run.says("amicale is up on", seconds=120)
        assert up == "amicale is up on lyon: discord; metz: slack, telegram"
        people = [towns.person(f"Alice {platform}", platform) for platform in Platform]
        for person in people:
            await person.joins()
            await eventually(towns.world, person, "Bienvenue", seconds=60)
        async with amicale("run", **told) as second:
            assert await second.ends() == 2
        assert f"amicale all {run_host(second.output)}:{run.inner.pid} has " in second.output
        assert "SQLite is for one process" in second.output
        async with amicale("backup", str(tmp_path / "copy.sqlite3"), **told) as backup:
            assert await backup.ends() == 0, backup.output
        async with amicale("restore", str(tmp_path / "copy.sqlite3"), **told) as restore:
            assert await restore.ends() == 2
        assert "SQLite is for one process" in restore.output
        assert await run.is_told_to_stop() < 10
    async with amicale("restore", str(tmp_path / "copy.sqlite3"), **told) as restore:
        assert await restore.ends() == 0, restore.output
    async with amicale("digest", **told) as digest:
        assert await digest.ends() == 0, digest.output
    assert digest.output.count("Bilan de la semaine") == 2
    assert "─ lyon ─" in digest.output
    assert "─ metz ─" in digest.output
    assert "1 personne attend devant la charte" in digest.output
    assert "2 personnes attendent devant la charte" in digest.output
    assert towns.complaints() == []


async def test_a_port_that_is_taken_is_said_before_any_platform_hears_of_us(
    towns: Towns, tmp_path: Path
) -> None:
    told = variables(towns, tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told["AMICALE_HEALTH_PORT"] = str(taken.getsockname()[1])
        async with amicale("run", **told) as run:
            assert await run.ends() == 2, run.output
    assert "choose another port" in run.output
    assert "platform up" not in run.output


def run_host(output: str) -> str:
    """The name of this machine, as the refusal says it."""
    said = re.search(r"amicale all (\S+):\d+ has ", output)
    assert said, output
    return said[1]


async def test_several_processes_on_sqlite_are_refused_with_the_remedy(tmp_path: Path) -> None:
    told = {"AMICALE_DATABASE_URL": f"sqlite://{tmp_path / 'amicale.sqlite3'}"}
    async with amicale("run", "--role", "worker", **told) as worker:
        assert await worker.ends() == 2
    assert "--role worker is for several processes, and SQLite is for one" in worker.output
    assert "amicale move --to postgres://" in worker.output
    async with amicale("run", "--platform", "slack", **told) as run:
        assert await run.ends() == 2
    assert "--platform: is for gateways" in run.output
    assert "--platform: slack has no token" in run.output or "no platform" in run.output
