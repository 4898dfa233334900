"""The table of what people do, to which every figure can be traced, and the weeks added up."""

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


class ClosedWeek(Model):
    """What a week that is over came to, so that it is added up once.

    `rows` and `newest` (the highest id) are those of its activity when it was added up, at `at`:
    once they differ, or two of its people were linked or parted, it is added up again; looked at
    a month after its end, it is counted no more. Rows are
    added and removed, never changed, and ids are never given twice.
    """

    id = fields.BigIntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    start = UtcField()
    end = UtcField()
    rows = fields.IntField()
    newest = fields.BigIntField()
    at = UtcField()
    figures: fields.JSONField[dict[str, object]] = fields.JSONField()

    class Meta:
        table = "closed_week"
        unique_together = (("community", "start", "end"),)
