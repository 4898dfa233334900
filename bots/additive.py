"""Changes to a model that no table needs to hear of: SQLite would rebuild it, and lose by it."""

from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

from core.library.index import STATEMENTS


class Reworded(ops.AlterField):
    """A field whose description alone changed: known to the models, not done in the database.

    Tortoise describes an enumeration by its members, so that a new member reads as a change of
    the column, which is text all the same.
    """

    async def database_forward(self, *_: object, **__: object) -> None:
        """Nothing to do."""

    async def database_backward(self, *_: object, **__: object) -> None:
        """Nothing to undo."""


class AddFullText(ops.AddIndex):
    """The library's full-text index, in place of the `AddIndex` that Tortoise would write.

    Each statement by itself: Tortoise cuts what it runs on SQLite at every `;`, triggers too.
    """

    async def database_forward(
        self,
        app_label: str,  # noqa: ARG002  Tortoise's signature
        old_state: State,  # noqa: ARG002  same
        new_state: State,  # noqa: ARG002  same
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Make it."""
        if state_editor is not None:
            run = state_editor.client.execute_query
            for statement in STATEMENTS[state_editor.DIALECT]:
                await (state_editor._run_sql if state_editor.collect_sql else run)(statement)  # noqa: SLF001  Tortoise's operations do so
