"""The tables of the watch: when we were awake and when not, what was missed, what went wrong."""

from tortoise import fields
from tortoise.models import Model

from core.chat.identity import Platform
from core.engine.database import UtcField
from core.engine.models import Community


class Awake(Model):
    """The last moment at which we were known to be at work: one row a community."""

    id = fields.IntField(primary_key=True)
    community: fields.OneToOneRelation[Community] = fields.OneToOneField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    at = UtcField()

    class Meta:
        table = "watch_awake"


class Absence(Model):
    """A time in which we were away. `recovered` counts by platform the events read afterwards.

    `forgetful` are the platforms that kept only a day of what happened; `told_at` is when the
    moderators knew, or when there was nothing to tell.
    """

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    start = UtcField()
    end = UtcField()
    recovered: fields.JSONField[dict[str, int]] = fields.JSONField(default=dict)
    forgetful: fields.JSONField[list[str]] = fields.JSONField(default=list)
    told_at = UtcField(null=True)

    class Meta:
        table = "watch_absence"
        indexes = (("community_id", "start"),)


class Missed(Model):
    """Something with a name that did not take place because its moment was past: a ritual."""

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    title = fields.CharField(max_length=120)
    due_at = UtcField()
    told_at = UtcField(null=True)

    class Meta:
        table = "watch_missed"


class Incident(Model):
    """Something was owed on a platform for too long, and is over when nothing is any more.

    Seen once it may be a clock that leapt; the admins are told when it is seen again.
    """

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    platform = fields.CharEnumField(Platform, max_length=16)
    since = UtcField()
    told_at = UtcField(null=True)
    over_at = UtcField(null=True)

    class Meta:
        table = "watch_incident"
        indexes = (("community_id", "over_at"),)
