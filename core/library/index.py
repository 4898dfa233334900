"""Full text as an index of the table it searches: the same two questions on both databases.

SQLite has FTS5 (https://www.sqlite.org/fts5.html#external_content_tables), a table beside the
table that triggers keep true, whatever changes or deletes a row. PostgreSQL has a GIN index over
an expression (https://www.postgresql.org/docs/current/textsearch-tables.html). Both hold words
that were brought to their stems before (`core.library.words`) and only find candidates: the order
in which they are shown is decided in `rules`, so that it is the same everywhere.
"""

from collections.abc import Sequence
from typing import Any

from tortoise.indexes import Index
from tortoise.models import Model

from core.engine.database import dialect, select
from core.library.words import PREFIX, Term

TABLE, HEAD, BODY = "library_entry", "head", "body"
VECTOR = (
    f"(setweight(to_tsvector('simple', {HEAD}), 'A') ||"
    f" setweight(to_tsvector('simple', {BODY}), 'D'))"
)
WORDS = f"{TABLE}_words"
"""SQLite's table beside the table."""

COLUMNS = f"{HEAD}, {BODY}, content='{TABLE}', content_rowid='id'"
ROW = f"rowid, {HEAD}, {BODY}"
OLD, NEW = (f"{row}.id, {row}.{HEAD}, {row}.{BODY}" for row in ("old", "new"))
ADDED = f"INSERT INTO {WORDS} ({ROW}) VALUES ({NEW});"  # noqa: S608  names of ours
TAKEN = f"INSERT INTO {WORDS} ({WORDS}, {ROW}) VALUES ('delete', {OLD});"  # noqa: S608  same


def _trigger(name: str, when: str, then: str) -> str:
    return f"CREATE TRIGGER IF NOT EXISTS {WORDS}_{name} AFTER {when} ON {TABLE} BEGIN {then} END"


STATEMENTS = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {WORDS} USING fts5({COLUMNS})",
        _trigger("added", "INSERT", ADDED),
        _trigger("taken", "DELETE", TAKEN),
        _trigger("changed", f"UPDATE OF id, {HEAD}, {BODY}", f"{TAKEN} {ADDED}"),
    ),
    "postgres": (f"CREATE INDEX IF NOT EXISTS {WORDS} ON {TABLE} USING GIN ({VECTOR})",),
}
"""What makes the index in each dialect, each a statement by itself."""


class FullText(Index):
    """The index of `library_entry`, declared by its model like any other.

    A migration that adds it must say `bots.additive.AddFullText`: Tortoise's own operation
    knows plain indexes only.
    """

    def __init__(self, **_: Any) -> None:  # noqa: ANN401  what a migration writes down again
        super().__init__(fields=(HEAD, BODY), name=WORDS)

    def get_sql(self, schema_generator: Any, model: type[Model], safe: bool) -> str:  # noqa: ANN401, ARG002, FBT001  Tortoise's signature
        """The statements, for tables that are made from the models."""
        return ";\n".join(STATEMENTS[schema_generator.DIALECT]) + ";"


async def candidates(community: int, wanted: Sequence[Term], most: int) -> list[dict[str, Any]]:
    """The published entries that hold one of these words, at most so many, the likeliest first.

    Columns: id, title, head, body, helped. A word of four letters is also the beginning of one.
    """
    if not wanted:
        return []
    columns = ", ".join(f"e.{name}" for name in ("id", "title", HEAD, BODY, "helped"))
    here = "e.community_id = ? AND e.state = 'published'"
    stems = sorted({stem for term in wanted for stem in term})
    if dialect() == "postgres":
        query = " | ".join(f"{stem}:*" if len(stem) >= PREFIX else stem for stem in stems)
        return await select(
            f"SELECT {columns} FROM {TABLE} e, to_tsquery('simple', ?) q"  # noqa: S608  names of ours
            f" WHERE {here} AND {VECTOR} @@ q ORDER BY ts_rank({VECTOR}, q) DESC, e.id LIMIT ?",
            *(query, community, most),
        )
    query = " OR ".join(f'"{stem}"*' if len(stem) >= PREFIX else f'"{stem}"' for stem in stems)
    return await select(
        f"SELECT {columns} FROM {WORDS} JOIN {TABLE} e ON e.id = {WORDS}.rowid"  # noqa: S608  names of ours
        f" WHERE {WORDS} MATCH ? AND {here} ORDER BY bm25({WORDS}, 10.0, 1.0), e.id LIMIT ?",
        *(query, community, most),
    )
