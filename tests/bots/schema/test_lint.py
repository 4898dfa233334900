import importlib
import inspect
import pkgutil
from typing import Any

import pytest
from tortoise import fields
from tortoise.migrations import operations as ops
from tortoise.models import Model

from bots import migrations, schema
from tests.bots.schema.lint import REBUILD, mistakes

NAMES = [module.name for module in pkgutil.iter_modules(migrations.__path__)]


@pytest.mark.parametrize("name", NAMES)
def test_our_migrations_lose_nothing_on_sqlite(name: str) -> None:
    migration = importlib.import_module(f"{schema.MIGRATIONS}.{name}").Migration
    assert list(mistakes(migration.operations, getattr(migration, REBUILD, ""))) == []


def test_there_are_migrations_in_one_line_of_numbers() -> None:
    assert [name.partition("_")[0] for name in NAMES] == [
        f"{number:04}" for number in range(1, len(NAMES) + 1)
    ]


def test_no_description_would_cut_the_sql_in_two() -> None:
    for module in map(importlib.import_module, schema.MODULES):
        for _, model in inspect.getmembers(module, inspect.isclass):
            if issubclass(model, Model) and model.__module__ == module.__name__:
                assert ";" not in (inspect.getdoc(model) or "").split("\n")[0], model


TEXT = fields.CharField(max_length=5)


@pytest.mark.parametrize(
    "operation",
    [
        ops.AddField("Member", "nick", fields.CharField(max_length=5, null=True)),
        ops.AddField("Member", "nick", fields.CharField(max_length=5, db_default="")),
        ops.RenameField("Member", "name", "called"),
        ops.CreateModel("Thing", fields=[("id", fields.IntField(primary_key=True))]),
    ],
)
def test_what_only_adds_is_taken(operation: Any) -> None:  # noqa: ANN401  any operation
    assert list(mistakes([operation])) == []


@pytest.mark.parametrize(
    "operation",
    [
        ops.AddField("Member", "nick", TEXT),
        ops.RemoveField("Member", "name"),
        ops.AlterField("Member", "name", TEXT),
        ops.DeleteModel("Member"),
        ops.RemoveIndex("Member", fields=["name"]),
        ops.RunSQL("DELETE FROM member"),
        ops.CreateModel(
            "Thing",
            fields=[("id", fields.IntField(primary_key=True))],
            options={"table_description": "One thing; and another."},
        ),
    ],
)
def test_what_would_lose_something_is_refused(operation: Any) -> None:  # noqa: ANN401  any operation
    assert len(list(mistakes([operation]))) == 1


def test_a_rebuild_written_by_hand_says_why() -> None:
    assert not list(mistakes([ops.RunSQL("…")], "member.name grows: copied, indexes made again"))
