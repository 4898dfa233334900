"""The secret address at which calendar programs read the programme of a community."""

import secrets

from tortoise import fields
from tortoise.models import Model

from core.engine.database import UtcField
from core.engine.models import Community
from core.engine.scene import Scene

FEED = "calendrier"
BYTES = 24
"""Of a token: 32 characters that nobody guesses."""


class CalendarFeed(Model):
    """A community's address, another one replaces it so that the former answers no more."""

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE, unique=True
    )
    token = fields.CharField(max_length=64, unique=True)
    made_at = UtcField()

    class Meta:
        table = "ritual_feed"


async def address(scene: Scene) -> str | None:
    """Where the programme is read, the same each time; None where the operator serves none."""
    made = {"token": secrets.token_urlsafe(BYTES), "made_at": scene.now}
    row, _ = await CalendarFeed.get_or_create(made, community=scene.community)
    return scene.feed_address(FEED, row.token)


async def renew(scene: Scene) -> str | None:
    """Another address instead: the former one answers no more."""
    made = {"token": secrets.token_urlsafe(BYTES), "made_at": scene.now}
    row, _ = await CalendarFeed.update_or_create(made, community=scene.community)
    return scene.feed_address(FEED, row.token)


async def knows(scene: Scene, token: str) -> bool:
    """Whether that is this community's address."""
    return await CalendarFeed.exists(community=scene.community, token=token)
