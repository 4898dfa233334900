"""What a migration may not do, since SQLite would lose rows, constraints or indexes by it."""

from collections.abc import Iterator, Sequence
from typing import Any

from tortoise import fields
from tortoise.migrations import operations as ops

from bots.additive import Reworded

ADDITIVE = (
    ops.CreateModel,
    ops.AddField,
    ops.AddIndex,
    ops.AddConstraint,
    ops.RenameModel,
    ops.RenameField,
    ops.RenameIndex,
    ops.RenameConstraint,
    Reworded,
)
REBUILD = "rebuild"
"""The attribute of a Migration that says why, and how, it rebuilds a table by hand."""


def mistakes(operations: Sequence[Any], rebuild: str = "") -> Iterator[str]:
    """Everything wrong in one migration; `rebuild` is its reason, when it is a rebuild."""
    for operation in operations:
        name = type(operation).__name__
        if not isinstance(operation, ADDITIVE) and not rebuild:
            yield f"{name} is not additive: write a rebuild by hand, and say so in `{REBUILD}`"
        if isinstance(operation, ops.AddField) and not _fills_itself(operation.field):
            yield f"{name} {operation.name}: neither nullable nor with a db_default"
        if isinstance(operation, ops.CreateModel):
            yield from _described(operation)


def _fills_itself(field: Any) -> bool:  # noqa: ANN401  any kind of field
    if isinstance(field, fields.relational.ManyToManyFieldInstance):
        return True
    return bool(field.null or field.has_db_default())


def _described(operation: ops.CreateModel) -> Iterator[str]:
    """Tortoise puts descriptions into SQL as comments, and splits the script at each `;`."""
    table = (operation.options or {}).get("table_description") or ""
    said = [getattr(field, "description", None) or "" for _, field in operation.fields]
    yield from (f"{operation.name}: `;` in {text!r}" for text in (table, *said) if ";" in text)
