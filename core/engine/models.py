"""The tables of the machinery: the tenant, what was seen, what is owed, what is due."""

from enum import StrEnum
from zoneinfo import ZoneInfo

from tortoise import fields
from tortoise.models import Model

from core.engine.database import UtcField


class Community(Model):
    """The tenant: every table hangs below one."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=120)
    timezone = fields.CharField(max_length=64)
    language = fields.CharField(max_length=8)

    class Meta:
        table = "community"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which its days begin."""
        return ZoneInfo(self.timezone)


class SeenDelivery(Model):
    """An event that was handled, its key is unique so that it is handled once."""

    id = fields.BigIntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    key = fields.CharField(max_length=200)
    at = UtcField(db_index=True)

    class Meta:
        table = "seen_delivery"
        unique_together = (("community", "key"),)


class State(StrEnum):
    """Where a row of work stands; parked: it waits for its addressee to write first."""

    DUE = "due"
    CLAIMED = "claimed"
    PARKED = "parked"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class OutboxMessage(Model):
    """Something owed to someone later or elsewhere, written with the change that caused it."""

    id = fields.BigIntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    platform = fields.CharField(max_length=16)
    lane = fields.CharField(max_length=200)
    payload = fields.TextField()
    then = fields.CharField(max_length=64, default="")
    argument = fields.CharField(max_length=200, default="")
    state = fields.CharEnumField(State, max_length=8, default=State.DUE)
    due_at = UtcField()
    lease_until = UtcField(null=True)
    tries = fields.IntField(default=0)
    problem = fields.CharField(max_length=300, default="")
    member = fields.IntField(null=True)

    class Meta:
        table = "outbox_message"
        indexes = (("state", "due_at"),)


class Job(Model):
    """Work due later, unique by (kind, key)."""

    id = fields.BigIntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    kind = fields.CharField(max_length=64)
    key = fields.CharField(max_length=120)
    state = fields.CharEnumField(State, max_length=8, default=State.DUE)
    due_at = UtcField()
    lease_until = UtcField(null=True)
    tries = fields.IntField(default=0)
    problem = fields.CharField(max_length=300, default="")

    class Meta:
        table = "job"
        unique_together = (("community", "kind", "key"),)
        indexes = (("state", "due_at"),)


class FormDraft(Model):
    """A form being asked field by field, in a private conversation: one a person."""

    id = fields.BigIntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    account = fields.CharField(max_length=120)
    form = fields.CharField(max_length=64)
    argument = fields.CharField(max_length=64)
    answers: fields.JSONField[dict[str, str]] = fields.JSONField()
    asked = fields.CharField(max_length=64)
    at = UtcField()

    class Meta:
        table = "form_draft"
        unique_together = (("community", "account"),)
