import asyncio
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest

from bots import ownership
from bots.ownership import Ownership, Taken, address, alone, nobody_serves, who

GUILD = "discord workspace 900"
KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"


async def killed(url: str, role: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        assert await connection.fetchval(KILL, who(role)) is True
    finally:
        await connection.close()


async def until(hold: Ownership, *, held: bool) -> None:
    async with asyncio.timeout(10):
        while hold.held is not held:  # noqa: ASYNC110  nobody announces it
            await asyncio.sleep(0.01)


def test_a_sqlite_file_has_one_process(tmp_path: Path) -> None:
    file = tmp_path / "new" / "amicale.sqlite3"
    with (
        alone(file, "all"),
        pytest.raises(Taken, match=rf"amicale all .*:\d+ has {file} open.*amicale|one process"),
        alone(file, "restore"),
    ):
        raise AssertionError("two have it")
    with alone(file, "again"):
        assert not file.exists()


async def test_a_second_gateway_is_told_who_has_the_platform(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "PATIENCE", 0.1)
    first = Ownership(postgres, "gateway", [GUILD])
    second = Ownership(postgres, "gateway", ["slack workspace T1", GUILD])
    await first.take()
    try:
        with pytest.raises(Taken, match=rf"{GUILD} is already served by {who('gateway')} \(since"):
            await second.take()
        # what it had taken before it was refused is free again
        third = Ownership(postgres, "gateway", ["slack workspace T1"])
        await third.take()
        await third.release()
    finally:
        await first.release()
    await second.take()
    assert second.held
    await second.release()


async def test_a_hold_that_is_lost_is_taken_again(postgres: str) -> None:
    hold = Ownership(postgres, "gateway", [GUILD])
    await hold.take()
    watching = asyncio.create_task(hold.keep(lambda: None))
    try:
        before = hold._connection
        await killed(postgres, "gateway")
        async with asyncio.timeout(10):
            while hold._connection is before or not hold.held:  # noqa: ASYNC110  nobody announces it
                await asyncio.sleep(0.01)
        assert hold.refused == ""
    finally:
        watching.cancel()
        await hold.release()


async def test_a_hold_that_somebody_else_took_meanwhile_is_given_up(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "PATIENCE", 0.1)
    hold = Ownership(postgres, "gateway", [GUILD])
    await hold.take()
    other = Ownership(postgres, "other", [GUILD])
    lost = asyncio.Event()
    await killed(postgres, "gateway")
    await other.take()
    watching = asyncio.create_task(hold.keep(lost.set))
    try:
        await asyncio.wait_for(lost.wait(), 10)
        assert not hold.held
        assert who("other") in hold.refused
    finally:
        watching.cancel()
        await hold.release()
        await other.release()


async def test_who_serves_and_who_restores_keep_each_other_away(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "PATIENCE", 0.1)
    async with nobody_serves(postgres):
        with pytest.raises(Taken, match="being restored or filled"):
            await Ownership(postgres, "worker").take()
    worker, another = Ownership(postgres, "worker"), Ownership(postgres, "worker")
    await worker.take()
    await another.take()  # workers are as many as one likes
    with pytest.raises(Taken, match="stop the suite first"):
        async with nobody_serves(postgres):
            raise AssertionError("somebody serves it")
    await worker.release()
    await another.release()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("postgres://a:b@db:5433/amicale", "postgresql://a:b@db:5433/amicale"),
        ("postgresql://db/amicale?ssl=True", "postgresql://db/amicale?sslmode=require"),
        ("postgres://db/amicale?maxsize=20", "postgresql://db/amicale"),
    ],
)
def test_an_address_is_said_as_postgres_itself_takes_it(ours: str, theirs: str) -> None:
    assert address(ours) == theirs
