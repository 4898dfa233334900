"""What a bot written by hand does with a message: one row, inserted by the ORM."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from tortoise import Tortoise, fields
from tortoise.models import Model

from core.engine import database


class Said(Model):
    """A message somebody wrote."""

    id = fields.BigIntField(primary_key=True)
    message = fields.CharField(max_length=64, unique=True)
    at = fields.DatetimeField()

    class Meta:
        table = "said"


@asynccontextmanager
async def keeping(url: str) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """How a message is kept, while the database is open."""
    await database.connect(url, [__name__])
    await Tortoise.generate_schemas()

    async def keep(name: str) -> None:
        await Said.create(message=name, at=datetime.now(UTC))

    try:
        yield keep
    finally:
        await database.close()
