"""The tables of arrivals: who was trained, a file in hand, who greets and whom."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from core.arrivals.rules import Person
from core.engine.database import UtcField
from core.engine.models import Community
from core.members.models import Member


class Trained(Model):
    """Somebody who was trained, and the member they are once they showed their passport.

    `email` is empty where only its hash is kept, `code` while they have no passport; it is good
    before `code_until`, once.
    """

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    community_id: int
    member: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE, null=True
    )
    member_id: int | None
    identity = fields.CharField(max_length=64)
    name = fields.CharField(max_length=120)
    email = fields.CharField(max_length=254, default="")
    training = fields.CharField(max_length=120, default="")
    cohort = fields.CharField(max_length=60, default="")
    ends = fields.DateField(null=True)
    certification = fields.CharField(max_length=100, default="")
    imported_at = UtcField()
    code = fields.CharField(max_length=10, null=True)
    code_until = UtcField(null=True)
    invited_at = UtcField(null=True)
    joined_at = UtcField(null=True)

    class Meta:
        table = "trained"
        unique_together = (("community", "identity"), ("community", "code"))
        indexes = (("member_id",),)

    @property
    def person(self) -> Person:
        """What is known of them."""
        return Person(
            identity=self.identity,
            name=self.name,
            email=self.email,
            training=self.training,
            cohort=self.cohort,
            ends=self.ends,
            certification=self.certification,
        )


class ImportDraft(Model):
    """A file somebody was shown the effect of, until they import it: one a person."""

    id = fields.IntField(primary_key=True)
    member: fields.OneToOneRelation[Member] = fields.OneToOneField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    people: fields.JSONField[list[dict[str, Any]]] = fields.JSONField()
    at = UtcField()

    class Meta:
        table = "import_draft"


class Guide(Model):
    """Somebody who greets newcomers, at most `a_week` of them."""

    id = fields.IntField(primary_key=True)
    member: fields.OneToOneRelation[Member] = fields.OneToOneField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    a_week = fields.IntField()
    since = UtcField()

    class Meta:
        table = "guide"


class Greeting(Model):
    """That a guide is looked for, once for each newcomer."""

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    member: fields.OneToOneRelation[Member] = fields.OneToOneField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    at = UtcField()

    class Meta:
        table = "greeting"


class Answer(StrEnum):
    """What a guide says to a newcomer they are asked to greet."""

    ASKED = "asked"
    GREETS = "greets"
    PASSES = "passes"


class GuideCall(Model):
    """That a guide was asked to greet somebody."""

    id = fields.IntField(primary_key=True)
    greeting: fields.ForeignKeyRelation[Greeting] = fields.ForeignKeyField(
        "amicale.Greeting", related_name=False, on_delete=fields.CASCADE
    )
    greeting_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    answer = fields.CharEnumField(Answer, "what they said", max_length=8, default=Answer.ASKED)
    at = UtcField()

    class Meta:
        table = "guide_call"
        unique_together = (("greeting", "member"),)
