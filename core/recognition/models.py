"""The tables of recognition: what people wish, thanks, what was celebrated, champions."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from core.chat.identity import Platform
from core.engine.database import UtcField
from core.engine.models import Community
from core.members.models import Member
from core.recognition.festivities import Joy, Milestone

WHAT = "what it is"
"""Said in place of the list of values, which would make a new one a change of the column."""


class Wishes(Model):
    """What somebody wishes: `discreet` is no mention and no rank, `muted` what is not celebrated.

    Without a row nothing was wished.
    """

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    discreet = fields.BooleanField(default=False)
    muted: fields.JSONField[list[str]] = fields.JSONField(default=list)

    class Meta:
        table = "recognition_wishes"
        unique_together = (("member",),)


class ThanksGiven(Model):
    """That somebody thanked for the `number`th time on a local day, never for what."""

    id = fields.BigIntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    day = fields.DateField()
    number = fields.IntField()

    class Meta:
        table = "thanks_given"
        unique_together = (("member", "day", "number"),)


class Thanks(Model):
    """That somebody was thanked, `given` says by whom, so that both go together."""

    id = fields.BigIntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    given: fields.ForeignKeyRelation[ThanksGiven] = fields.ForeignKeyField(
        "amicale.ThanksGiven", related_name=False, on_delete=fields.CASCADE
    )
    given_id: int
    platform = fields.CharEnumField(Platform, max_length=16)
    at = UtcField()

    class Meta:
        table = "thanks"
        unique_together = (("given",),)
        indexes = (("community_id", "at"), ("member_id", "at"))


class Celebration(Model):
    """Something of one person that was celebrated with them, and since `shared_at` with all.

    `key` tells it from others of its kind: a badge, a number of years, what was certified.
    `count` is the figure it is about.
    """

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    kind = fields.CharEnumField(Joy, WHAT, max_length=16)
    key = fields.CharField(max_length=120)
    count = fields.IntField(default=0)
    at = UtcField()
    shared_at = UtcField(null=True)

    class Meta:
        table = "celebration"
        unique_together = (("member", "kind", "key"),)


class CommonJoy(Model):
    """Something of the whole community that was celebrated: `number` people, words or years."""

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    kind = fields.CharEnumField(Milestone, WHAT, max_length=16)
    number = fields.IntField()
    at = UtcField()

    class Meta:
        table = "common_joy"
        unique_together = (("community", "kind", "number"),)


class Seat(StrEnum):
    """What became of somebody on a shortlist."""

    LISTED = "listed"
    CONFIRMED = "confirmed"
    HELD = "held"
    DECLINED = "declined"


class Champion(Model):
    """Somebody on the shortlist of a month (`2026-11`), `points` are those they had then."""

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    community_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    month = fields.CharField(max_length=7)
    points = fields.IntField()
    state = fields.CharEnumField(Seat, WHAT, max_length=16, default=Seat.LISTED)
    at = UtcField()

    class Meta:
        table = "champion"
        unique_together = (("member", "month"),)
        indexes = (("community_id", "month"),)
