import sqlite3
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tortoise import Tortoise

from core.engine.database import close, configuration, connect, dialect, sqlite_file, transaction
from core.engine.models import Community, Job

PARIS = datetime(2026, 6, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
async def community(tmp_path: Path) -> AsyncIterator[Community]:
    await connect(f"sqlite://{tmp_path}/new/folder/a.sqlite3", ["core.engine.models"])
    try:
        await Tortoise.generate_schemas()
        yield await Community.create(slug="a", name="A", timezone="Europe/Paris", language="fr")
    finally:
        await close()


async def test_a_moment_compares_whatever_its_offset(community: Community) -> None:
    await Job.create(community=community, kind="k", key="1", due_at=PARIS)
    assert await Job.filter(due_at=PARIS).count() == 1
    assert await Job.filter(due_at__lte=PARIS.astimezone(ZoneInfo("Asia/Tokyo"))).count() == 1
    await Job.all().update(due_at=PARIS)
    assert (await Job.get()).due_at == PARIS


async def test_a_naive_time_cannot_be_stored(community: Community) -> None:
    with pytest.raises(ValueError, match="naive"):
        await Job.create(community=community, kind="k", key="1", due_at=datetime(2026, 1, 1))  # noqa: DTZ001  the point


async def test_the_community_knows_its_zone(community: Community) -> None:
    assert community.zone.key == "Europe/Paris"
    assert dialect() == "sqlite"


def test_an_address_is_written_as_tortoise_takes_it() -> None:
    found = configuration("postgresql://me@here/db", ["a"], "m")
    assert found["connections"]["default"] == "postgres://me@here/db"
    assert found["apps"]["amicale"]["migrations"] == "m"


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite://data/a.sqlite3", Path("data/a.sqlite3")),
        ("sqlite://:memory:", None),
        ("postgres://here/db", None),
    ],
)
def test_only_a_sqlite_file_is_a_file(url: str, file: Path | None) -> None:
    assert sqlite_file(url) == file


async def test_what_could_not_be_committed_is_undone_at_once(community: Community) -> None:
    async def writes() -> None:
        async with transaction() as connection:
            await Job.create(community=community, kind="k", key="1", due_at=PARIS)
            await connection.execute_query("PRAGMA defer_foreign_keys = ON")
            await Job.create(community_id=community.id + 1, kind="k", key="2", due_at=PARIS)

    with pytest.raises(sqlite3.IntegrityError):
        await writes()
    assert not await Job.exists()
    await Job.create(community=community, kind="k", key="3", due_at=PARIS)
    async with transaction():
        await Job.create(community=community, kind="k", key="4", due_at=PARIS)
    assert [job.key for job in await Job.all().order_by("key")] == ["3", "4"]
