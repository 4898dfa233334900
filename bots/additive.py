"""Changes to a model that no table needs to hear of: SQLite would rebuild it, and lose by it."""

from tortoise.migrations import operations as ops


class Reworded(ops.AlterField):
    """A field whose description alone changed: known to the models, not done in the database.

    Tortoise describes an enumeration by its members, so that a new member reads as a change of
    the column, which is text all the same.
    """

    async def database_forward(self, *_: object, **__: object) -> None:
        """Nothing to do."""

    async def database_backward(self, *_: object, **__: object) -> None:
        """Nothing to undo."""
