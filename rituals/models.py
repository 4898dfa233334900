"""The tables of rituals: their dates, whose turn it was, what was given and where it stands."""

from enum import StrEnum
from typing import Any

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
    """A recurring appointment of the programme, what it is called stands in the settings.

    A pause lasts until it is taken back, or to the day before `paused_until`.
    """

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    community_id: int
    slug = fields.CharField(max_length=20)
    state = fields.CharEnumField(RitualState, max_length=8, default=RitualState.ACTIVE)
    paused_until = fields.DateField(null=True)

    class Meta:
        table = "ritual"
        unique_together = (("community", "slug"),)


class OccurrenceState(StrEnum):
    """Where one date stands: nobody was asked yet, somebody was, and how it ended.

    What is OPEN awaits something of everybody; what is CLOSED was published, and is over.
    """

    PLANNED = "planned"
    ASKING = "asking"
    PUBLISHED = "published"
    OPEN = "open"
    CLOSED = "closed"
    SKIPPED = "skipped"


TO_COME = (OccurrenceState.PLANNED, OccurrenceState.ASKING)


class Occurrence(Model):
    """One dated instance of a ritual, `date` is local. `opened_at`: when all were called.

    `moved_to` is where people moved it, `data` what its
    kind keeps of it, in a few small values.
    """

    id = fields.IntField(primary_key=True)
    ritual: fields.ForeignKeyRelation[Ritual] = fields.ForeignKeyField(
        "amicale.Ritual", related_name=False, on_delete=fields.CASCADE
    )
    ritual_id: int
    date = fields.DateField()
    state = fields.CharEnumField(OccurrenceState, max_length=10, default=OccurrenceState.PLANNED)
    opened_at = UtcField(null=True)
    moved_to = UtcField(null=True)
    data: fields.JSONField[dict[str, Any] | None] = fields.JSONField(null=True)

    class Meta:
        table = "ritual_occurrence"
        unique_together = (("ritual", "date"),)


class StepDone(Model):
    """A step of one date that was done, so that it is done once."""

    id = fields.IntField(primary_key=True)
    occurrence: fields.ForeignKeyRelation[Occurrence] = fields.ForeignKeyField(
        "amicale.Occurrence", related_name=False, on_delete=fields.CASCADE
    )
    occurrence_id: int
    step = fields.CharField(max_length=20)
    at = UtcField()

    class Meta:
        table = "ritual_step"
        unique_together = (("occurrence", "step"),)


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


class Presence(Model):
    """Whether somebody said they would come to a date, and when they were there."""

    id = fields.IntField(primary_key=True)
    occurrence: fields.ForeignKeyRelation[Occurrence] = fields.ForeignKeyField(
        "amicale.Occurrence", related_name=False, on_delete=fields.CASCADE
    )
    occurrence_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    coming = fields.BooleanField(default=False)
    came_at = UtcField(null=True)

    class Meta:
        table = "ritual_presence"
        unique_together = (("occurrence", "member"),)


class ContributionState(StrEnum):
    """Where something given stands: being written, agreed to, shown, or how it ended.

    AWAITED: somebody was asked and gave nothing yet. CHECKED: a moderator let it pass.
    """

    AWAITED = "awaited"
    DRAFT = "draft"
    CONSENTED = "consented"
    CHECKED = "checked"
    SHOWN = "shown"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Contribution(Model):
    """What somebody gives to a ritual: words, an address, the answers of a form.

    For one date, or for the reserve (no date). Without a member it came from nobody in
    particular (a draft prepared by the bot). `answers` are a form's fields.
    """

    id = fields.IntField(primary_key=True)
    ritual: fields.ForeignKeyRelation[Ritual] = fields.ForeignKeyField(
        "amicale.Ritual", related_name=False, on_delete=fields.CASCADE
    )
    ritual_id: int
    occurrence: fields.ForeignKeyNullableRelation[Occurrence] = fields.ForeignKeyField(
        "amicale.Occurrence", related_name=False, on_delete=fields.CASCADE, null=True
    )
    occurrence_id: int | None
    member: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE, null=True
    )
    member_id: int | None
    state = fields.CharEnumField(ContributionState, max_length=10, default=ContributionState.DRAFT)
    text = fields.TextField(default="")
    link = fields.CharField(max_length=300, default="")
    answers: fields.JSONField[dict[str, str]] = fields.JSONField(default=dict)
    given_at = UtcField()
    shown_at = UtcField(null=True)

    class Meta:
        table = "ritual_contribution"


class Change(StrEnum):
    """What people changed in chat: settings, one date, a pause, a ritual of their own."""

    SETTINGS = "settings"
    MOVE = "move"
    SKIP = "skip"
    PAUSE = "pause"
    RESUME = "resume"
    CREATE = "create"


class RitualChange(Model):
    """One change to a ritual on top of the file: who made it, when, and whether it was undone.

    `value` holds, for SETTINGS and CREATE, settings as the file writes them; for MOVE and SKIP
    the `date` it was planned on (and `to`); for PAUSE `until`. `before` is what stood there, for
    the undo. A change stays when its author is forgotten: the programme is everybody's.
    """

    BY = "author"
    """Whose act it is: exported with what is theirs."""

    id = fields.IntField(primary_key=True)
    ritual: fields.ForeignKeyRelation[Ritual] = fields.ForeignKeyField(
        "amicale.Ritual", related_name=False, on_delete=fields.CASCADE
    )
    ritual_id: int
    author: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.SET_NULL, null=True
    )
    author_id: int | None
    what = fields.CharEnumField(Change, max_length=10)
    value: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)
    before: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)
    at = UtcField()
    undone_at = UtcField(null=True)

    class Meta:
        table = "ritual_change"
