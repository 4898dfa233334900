"""The tables of attention: what is asked of somebody, what they chose, what they refuse."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from core.attention.rules import Priority, Reason
from core.engine.database import UtcField
from core.engine.models import Community
from core.members.models import Member


class NudgeState(StrEnum):
    """Where something we ask of somebody stands."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"


class Nudge(Model):
    """Something we ask of somebody, once for each (member, kind, key).

    It waits from `since` on, is looked at again at `look_at` and is of no use from `until` on.
    `reason` says what it waits for, why it was dropped, or what they answered. `payload` is the
    message, `guard`, `then`, `skip` and `never` are packed actions of its room, empty for none.
    `sent_at` is when it left last, also of one that waits because they said «later».
    """

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    community_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    kind = fields.CharField(max_length=40)
    key = fields.CharField(max_length=80)
    priority = fields.IntEnumField(Priority, "what goes first")
    state = fields.CharEnumField(
        NudgeState, "where it stands", max_length=8, default=NudgeState.WAITING
    )
    reason = fields.CharEnumField(Reason, "why", max_length=10, default=Reason.ROOM)
    payload = fields.TextField()
    guard = fields.CharField(max_length=64, default="")
    then = fields.CharField(max_length=64, default="")
    skip = fields.CharField(max_length=64, default="")
    never = fields.CharField(max_length=64, default="")
    since = UtcField()
    look_at = UtcField()
    until = UtcField()
    sent_at = UtcField(null=True)
    settled_at = UtcField(null=True)

    class Meta:
        table = "attention_nudge"
        unique_together = (("member", "kind", "key"),)
        indexes = (("community_id", "state", "look_at"), ("member_id", "sent_at"))

    @property
    def calls(self) -> bool:
        """Whether it named them in public, which is done at once or never."""
        return self.until == self.since


class AttentionChoice(Model):
    """What somebody chose for themselves, what is empty follows the community's settings.

    Hours are whole, in `timezone`; they are away before `away_until`.
    """

    id = fields.IntField(primary_key=True)
    member: fields.OneToOneRelation[Member] = fields.OneToOneField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    per_week = fields.IntField(null=True)
    start_hour = fields.IntField(null=True)
    end_hour = fields.IntField(null=True)
    timezone = fields.CharField(max_length=64, default="")
    away_until = UtcField(null=True)

    class Meta:
        table = "attention_choice"


class Refusal(Model):
    """A kind of thing somebody wants no more of."""

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    kind = fields.CharField(max_length=40)
    at = UtcField()

    class Meta:
        table = "attention_refusal"
        unique_together = (("member", "kind"),)
