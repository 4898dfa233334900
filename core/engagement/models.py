"""The one table of what people do, so that every figure shown can be traced to its rows."""

from tortoise import fields
from tortoise.models import Model

from core.chat.identity import Platform
from core.engagement.rules import Kind
from core.engine.database import UtcField
from core.engine.models import Community
from core.members.models import Member


class Activity(Model):
    """One thing somebody did, or was given.

    `key` is the message it is about (`MessageRef.key`) or another stable key. `emoji` is set for
    reactions. `subject` is, for a ritual, `<slug>:<local date>`; for a reaction received, the id
    of the row that counts it as given, so that both go together. Never any text.
    """

    id = fields.BigIntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    community_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    platform = fields.CharEnumField(Platform, max_length=16)
    kind = fields.CharEnumField(Kind, max_length=20)
    key = fields.CharField(max_length=200)
    emoji = fields.CharField(max_length=120, default="")
    subject = fields.CharField(max_length=100, default="")
    at = UtcField()

    class Meta:
        table = "activity"
        unique_together = (("member", "kind", "key", "emoji", "subject"),)
        indexes = (("community_id", "at"), ("community_id", "key"), ("member_id", "at"))
