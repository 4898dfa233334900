"""The tables of events: what was announced and where, who comes, who was there."""

from tortoise import fields
from tortoise.models import Model

from core.chat.identity import Platform
from core.engine.database import UtcField
from core.engine.models import Community
from core.gatherings.rules import LINK, PLACE, TITLE, WORDS, About, Standing, State
from core.members.models import Member


class Gathering(Model):
    """Something to come to.

    `version` grows with each change of its moment, so that what was due for the old one is not
    done; `round` numbers the drawings of its cards, `turns` the answers that took a seat or wait
    for one. `told` is what those concerned knew before a change they are not told of yet, made
    last at `edited_at`. `code` is shown there, and proves that somebody came.
    """

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    title = fields.CharField(max_length=TITLE)
    starts = UtcField()
    ends = UtcField()
    place = fields.CharField(max_length=PLACE)
    capacity = fields.IntField(null=True)
    text = fields.CharField(max_length=WORDS, default="")
    state = fields.CharEnumField(State, max_length=16, default=State.DRAFT)
    code = fields.CharField(max_length=8)
    replay = fields.CharField(max_length=LINK, default="")
    version = fields.IntField(default=1)
    round = fields.IntField(default=0)
    turns = fields.IntField(default=0)
    told: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    edited_at = UtcField(null=True)

    class Meta:
        table = "gathering"
        indexes = (("community_id", "starts"),)

    @property
    def about(self) -> About:
        """What people must know of it."""
        return About(title=self.title, starts=self.starts, ends=self.ends, place=self.place)


class GatheringHost(Model):
    """Somebody who looks after an event."""

    id = fields.IntField(primary_key=True)
    gathering: fields.ForeignKeyRelation[Gathering] = fields.ForeignKeyField(
        "amicale.Gathering", related_name=False, on_delete=fields.CASCADE
    )
    gathering_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int

    class Meta:
        table = "gathering_host"
        unique_together = (("gathering", "member"),)


class Rsvp(Model):
    """What somebody said of coming, last `at`, `turn` orders those who wait."""

    id = fields.IntField(primary_key=True)
    gathering: fields.ForeignKeyRelation[Gathering] = fields.ForeignKeyField(
        "amicale.Gathering", related_name=False, on_delete=fields.CASCADE
    )
    gathering_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    standing = fields.CharEnumField(Standing, max_length=8)
    turn = fields.IntField(default=0)
    at = UtcField()

    class Meta:
        table = "rsvp"
        unique_together = (("gathering", "member"),)


class GatheringReminder(Model):
    """Somebody asked to be reminded."""

    id = fields.IntField(primary_key=True)
    gathering: fields.ForeignKeyRelation[Gathering] = fields.ForeignKeyField(
        "amicale.Gathering", related_name=False, on_delete=fields.CASCADE
    )
    gathering_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    at = UtcField()

    class Meta:
        table = "gathering_reminder"
        unique_together = (("gathering", "member"),)


class Attendance(Model):
    """Somebody was there, and gave the code that was shown."""

    id = fields.IntField(primary_key=True)
    gathering: fields.ForeignKeyRelation[Gathering] = fields.ForeignKeyField(
        "amicale.Gathering", related_name=False, on_delete=fields.CASCADE
    )
    gathering_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    at = UtcField()

    class Meta:
        table = "attendance"
        unique_together = (("gathering", "member"),)


class GatheringPost(Model):
    """Where a card of ours stands, or a platform's own event (`native`)."""

    id = fields.IntField(primary_key=True)
    gathering: fields.ForeignKeyRelation[Gathering] = fields.ForeignKeyField(
        "amicale.Gathering", related_name=False, on_delete=fields.CASCADE
    )
    gathering_id: int
    platform = fields.CharEnumField(Platform, max_length=16)
    workspace = fields.CharField(max_length=64)
    key = fields.CharField(max_length=200, db_index=True)
    ref: fields.JSONField[dict[str, object]] = fields.JSONField()
    native = fields.BooleanField(default=False)

    class Meta:
        table = "gathering_post"
        unique_together = (("gathering", "key"),)
