"""The tables of rituals: their dates, whose turn it was, what was given and where it stands."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from core.chat.identity import Platform
from core.engine.database import UtcField
from core.engine.models import Community
from core.members.models import Member


class RitualState(StrEnum):
    """Whether a ritual takes place."""

    ACTIVE = "active"
    PAUSED = "paused"


class Ritual(Model):
    """A recurring appointment of the programme, what it is called stands in the settings."""

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    community_id: int
    slug = fields.CharField(max_length=20)
    state = fields.CharEnumField(RitualState, max_length=8, default=RitualState.ACTIVE)

    class Meta:
        table = "ritual"
        unique_together = (("community", "slug"),)


class OccurrenceState(StrEnum):
    """Where one date stands: nobody was asked yet, somebody was, and how it ended."""

    PLANNED = "planned"
    ASKING = "asking"
    PUBLISHED = "published"
    OPEN = "open"
    SKIPPED = "skipped"


TO_COME = (OccurrenceState.PLANNED, OccurrenceState.ASKING)


class Occurrence(Model):
    """One dated instance of a ritual, `date` is local. `opened_at`: when all were called."""

    id = fields.IntField(primary_key=True)
    ritual: fields.ForeignKeyRelation[Ritual] = fields.ForeignKeyField(
        "amicale.Ritual", related_name=False, on_delete=fields.CASCADE
    )
    ritual_id: int
    date = fields.DateField()
    state = fields.CharEnumField(OccurrenceState, max_length=10, default=OccurrenceState.PLANNED)
    opened_at = UtcField(null=True)

    class Meta:
        table = "ritual_occurrence"
        unique_together = (("ritual", "date"),)


class TurnState(StrEnum):
    """Where somebody's turn stands. PROPOSED: somebody else would like them to take theirs."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    PROPOSED = "proposed"
    SWAPPED = "swapped"
    DONE = "done"


HELD = (TurnState.OFFERED, TurnState.ACCEPTED)


class Turn(Model):
    """Somebody asked for one date. `instead_of` is the turn they are asked to take over."""

    id = fields.IntField(primary_key=True)
    occurrence: fields.ForeignKeyRelation[Occurrence] = fields.ForeignKeyField(
        "amicale.Occurrence", related_name=False, on_delete=fields.CASCADE
    )
    occurrence_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    state = fields.CharEnumField(TurnState, max_length=10, default=TurnState.OFFERED)
    asked_at = UtcField()
    instead_of = fields.IntField(null=True)

    class Meta:
        table = "ritual_turn"
        unique_together = (("occurrence", "member"),)


class TurnPreference(Model):
    """What moves somebody's place in the line, whoever has no row waits since they came."""

    id = fields.IntField(primary_key=True)
    ritual: fields.ForeignKeyRelation[Ritual] = fields.ForeignKeyField(
        "amicale.Ritual", related_name=False, on_delete=fields.CASCADE
    )
    ritual_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    opted_out = fields.BooleanField(default=False)
    waiting_since = UtcField(null=True)
    last_served_at = UtcField(null=True)

    class Meta:
        table = "ritual_preference"
        unique_together = (("ritual", "member"),)


class Tip(Model):
    """What somebody gives: for one date, or for the reserve (no date). Shown at most once."""

    id = fields.IntField(primary_key=True)
    ritual: fields.ForeignKeyRelation[Ritual] = fields.ForeignKeyField(
        "amicale.Ritual", related_name=False, on_delete=fields.CASCADE
    )
    ritual_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    occurrence: fields.ForeignKeyNullableRelation[Occurrence] = fields.ForeignKeyField(
        "amicale.Occurrence", related_name=False, on_delete=fields.CASCADE, null=True
    )
    occurrence_id: int | None
    text = fields.TextField()
    link = fields.CharField(max_length=300, default="")
    given_at = UtcField()
    shown_at = UtcField(null=True)

    class Meta:
        table = "ritual_tip"


class RitualPost(Model):
    """A message that belongs to one date: reactions to it and replies under it take part."""

    id = fields.IntField(primary_key=True)
    occurrence: fields.ForeignKeyRelation[Occurrence] = fields.ForeignKeyField(
        "amicale.Occurrence", related_name=False, on_delete=fields.CASCADE
    )
    occurrence_id: int
    platform = fields.CharEnumField(Platform, max_length=16)
    key = fields.CharField(max_length=200, db_index=True)

    class Meta:
        table = "ritual_post"
        unique_together = (("occurrence", "key"),)
