"""The tables of the machinery: the tenant, what was seen, what is owed, what is due."""

from enum import StrEnum
from zoneinfo import ZoneInfo

from tortoise import fields
from tortoise.models import Model

from core.engine.database import UtcField


class Community(Model):
    """The tenant: every table hangs below one.

    `people` grows with every change to who is who (a link, a role, a name, a departure): what is
    kept of members in memory, in whichever process, is worth nothing once it differs.
    """

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=120)
    timezone = fields.CharField(max_length=64)
    language = fields.CharField(max_length=8)
    people = fields.IntField(default=0, db_default=0)

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
    """Where a row of work stands.

    Parked: it waits for its addressee to write first. Doubtful: it may have been delivered, and
    a moderator is asked.
    """

    DUE = "due"
    CLAIMED = "claimed"
    PARKED = "parked"
    DOUBTFUL = "doubtful"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


WHERE = "where it stands"
"""Said in place of the list of states, which would make a new state a change of the column."""


class OutboxMessage(Model):
    """Something owed to someone later or elsewhere, written with the change that caused it.

    `cause` is the delivery id of the event, or `job:<kind>:<key>`, that it comes from: what ties
    the log lines of its way together. `guard` names a route that is asked just before sending
    whether it is still wanted; after `until` it is not sent any more. `began_at`: its request
    left, and it would be doubtful if we died now. `told_at`: people know that it went wrong.
    """

    id = fields.BigIntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    platform = fields.CharField(max_length=16)
    lane = fields.CharField(max_length=200)
    payload = fields.TextField()
    then = fields.CharField(max_length=64, default="")
    argument = fields.CharField(max_length=200, default="")
    state = fields.CharEnumField(State, WHERE, max_length=8, default=State.DUE)
    due_at = UtcField()
    lease_until = UtcField(null=True)
    tries = fields.IntField(default=0)
    problem = fields.CharField(max_length=300, default="")
    member = fields.IntField(null=True)
    cause = fields.CharField(max_length=200, db_default="", default="")
    guard = fields.CharField(max_length=64, db_default="", default="")
    guarded = fields.CharField(max_length=200, db_default="", default="")
    until = UtcField(null=True)
    began_at = UtcField(null=True)
    failing_since = UtcField(null=True)
    told_at = UtcField(null=True)

    class Meta:
        table = "outbox_message"
        indexes = (
            ("state", "due_at"),
            ("community_id", "platform", "state", "lane"),
        )


class Job(Model):
    """Work due later, unique by (kind, key)."""

    id = fields.BigIntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    kind = fields.CharField(max_length=64)
    key = fields.CharField(max_length=120)
    state = fields.CharEnumField(State, WHERE, max_length=8, default=State.DUE)
    due_at = UtcField()
    lease_until = UtcField(null=True)
    tries = fields.IntField(default=0)
    problem = fields.CharField(max_length=300, default="")
    told_at = UtcField(null=True)

    class Meta:
        table = "job"
        unique_together = (("community", "kind", "key"),)
        indexes = (("state", "due_at"),)


class Heard(Model):
    """Up to when everything that happened in a workspace was handled.

    Nothing `since` before is ours to tell: we were not there yet. Until `reading` its history is
    being read: what is due waits, in every process.
    """

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    platform = fields.CharField(max_length=16)
    workspace = fields.CharField(max_length=64)
    since = UtcField()
    until = UtcField()
    reading = UtcField(null=True)

    class Meta:
        table = "heard"
        unique_together = (("community", "platform", "workspace"),)


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
