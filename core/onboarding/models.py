"""The tables of the first days: the journey, what was passed over, the goal, the introduction."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from core.chat.identity import Channel, MessageRef, Platform
from core.engine.database import UtcField
from core.members.models import Member
from core.onboarding.rules import Mark, Step


class Journey(Model):
    """That somebody was greeted, once, `left_at` is set while they are gone."""

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    greeted_at = UtcField()
    left_at = UtcField(null=True)

    class Meta:
        table = "journey"
        unique_together = (("member",),)
        indexes = (("greeted_at",),)


class JourneyStep(Model):
    """A step whose outcome no other row tells: passed over, or done without leaving a trace."""

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    step = fields.CharEnumField(Step, max_length=16)
    mark = fields.CharEnumField(Mark, max_length=8)
    at = UtcField()

    class Meta:
        table = "journey_step"
        unique_together = (("member", "step"),)


class GoalState(StrEnum):
    """What became of a goal."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class MicroGoal(Model):
    """One concrete action somebody set themselves, `asked` is how often we asked about it."""

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    action = fields.CharField(max_length=300)
    made_at = UtcField()
    asked = fields.IntField(default=0)
    state = fields.CharEnumField(GoalState, max_length=8, default=GoalState.OPEN)
    closed_at = UtcField(null=True)

    class Meta:
        table = "micro_goal"


class Introduction(Model):
    """How somebody introduces themselves, posted when `published_at` is set.

    `fresh`: what is written here is not (yet) what stands in the channel. The last five columns
    say where it stands, empty until it does.
    """

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    story = fields.CharField(max_length=800)
    today = fields.CharField(max_length=400, default="")
    likes = fields.CharField(max_length=200, default="")
    fresh = fields.BooleanField(default=True)
    published_at = UtcField(null=True)
    platform = fields.CharField(max_length=16, default="")
    workspace = fields.CharField(max_length=64, default="")
    channel = fields.CharField(max_length=64, default="")
    thread = fields.CharField(max_length=64, default="")
    message = fields.CharField(max_length=64, default="")

    class Meta:
        table = "introduction"
        unique_together = (("member",),)

    @property
    def ref(self) -> MessageRef | None:
        """Where it stands, None until it does."""
        if not self.message:
            return None
        where = Channel(Platform(self.platform), self.workspace, self.channel, self.thread or None)
        return MessageRef(where, self.message)
