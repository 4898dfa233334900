import asyncio
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bots import schema
from bots.rooms import ROOMS
from core.engine.database import transaction
from core.library.index import WORDS
from rituals.runner import materialise
from tests.community.conftest import SETTINGS
from tests.community.test_six_weeks import Town
from tests.postgres import postgres, postgres_server
from tests.rituals import reaches
from tests.village import village

__all__ = ["postgres", "postgres_server"]

ACTS, DAYS = 12, 9
SEED = 5


@pytest.fixture(scope="session")
def lived_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file in which thirty people lived some days."""
    file = tmp_path_factory.mktemp("lived") / "amicale.sqlite3"
    with ThreadPoolExecutor(1) as aside:  # a loop of its own
        aside.submit(asyncio.run, _live(f"sqlite://{file}")).result()
    return file


@pytest.fixture
def lived(lived_once: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copy(lived_once, tmp_path))


async def _live(url: str) -> None:
    await schema.migrate(url)
    async with village(schema.MODULES, ROOMS, SETTINGS, url=url) as place:
        async with transaction():
            await materialise(place.app.scene())
        town = Town(place, SEED)
        for _ in range(12):
            await town.comes()
        for _ in range(DAYS):
            for _ in range(ACTS):
                await town.acts()
            await reaches(place, place.clock.now() + timedelta(days=1))


def rows_of(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of ours, in the order of their ids; an index of words is none."""
    with closing(sqlite3.connect(file)) as db:
        names = [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith(("sqlite_", WORDS)) and name != "tortoise_migrations"
        ]
        return {n: db.execute(f'SELECT * FROM "{n}" ORDER BY 1').fetchall() for n in sorted(names)}  # noqa: S608  their own names
