from pathlib import Path

from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector

from bots import schema
from core.engine import database
from tests.bots.schema.tables import generated, migrated, of_postgres, of_sqlite
from tests.postgres import emptied


async def test_sqlite_migrated_is_what_the_models_say(tmp_path: Path) -> None:
    one, other = tmp_path / "migrated.sqlite3", tmp_path / "generated.sqlite3"
    await migrated(f"sqlite://{one}")
    await generated(f"sqlite://{other}")
    wanted = of_sqlite(other)
    assert of_sqlite(one) == wanted
    assert {"member", "outbox_message", "job"} <= wanted.keys()
    assert any(row[0] == "index" and row[2] for row in wanted["seen_delivery"])
    assert any(row[0] == "foreign key" for row in wanted["member"])


async def test_postgres_migrated_is_what_the_models_say(postgres: str) -> None:
    await migrated(postgres)
    found = await of_postgres(postgres)
    await emptied(postgres)
    await generated(postgres)
    wanted = await of_postgres(postgres)
    assert found == wanted
    assert any("UNIQUE" in repr(row) for row in wanted["seen_delivery"])
    assert any("FOREIGN KEY" in repr(row) for row in wanted["member"])


async def test_no_migration_is_owed_to_the_models() -> None:
    config = schema.tortoise_config("sqlite://:memory:")
    try:
        await Tortoise.init(config=config)
        assert Tortoise.apps is not None
        owed = await MigrationAutodetector(Tortoise.apps, config["apps"]).changes()
    finally:
        await database.close()
    said = [str(operation.describe()) for writer in owed for operation in writer.operations]
    assert said == [], "run: tortoise -c bots.schema.TORTOISE makemigrations"
