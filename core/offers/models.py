"""The tables of offers: what members offer, and who wishes to hear of it."""

from tortoise import fields
from tortoise.models import Model

from core.engine.database import UtcField
from core.engine.models import Community
from core.members.models import Member
from core.offers.rules import CONTACT, PLACE, REASON, TITLE, TOPIC, Kind, State


class Offer(Model):
    """A job, mission or internship, by the member who offers it.

    It stands until `expires_at`; `closed_at` is when it was filled, withdrawn or ran out, `here`
    whether it was filled through the community. `reason` is why the team refused it.
    """

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    kind = fields.CharEnumField(Kind, "what is offered", max_length=12)
    state = fields.CharEnumField(State, "where it stands", max_length=10, default=State.DRAFT)
    title = fields.CharField(max_length=TITLE)
    place = fields.CharField(max_length=PLACE)
    contact = fields.CharField(max_length=CONTACT)
    words = fields.TextField()
    topic = fields.CharField(max_length=TOPIC, default="")
    cpf = fields.BooleanField(default=False)
    reason = fields.CharField(max_length=REASON, default="")
    at = UtcField()
    published_at = UtcField(null=True)
    expires_at = UtcField(null=True)
    closed_at = UtcField(null=True)
    here = fields.BooleanField(null=True)

    class Meta:
        table = "offer"
        indexes = (("community_id", "state"),)


class OfferAlert(Model):
    """What somebody wishes to hear of, and the last list for them.

    What was published after `told_at` is new to them.
    """

    id = fields.IntField(primary_key=True)
    member: fields.OneToOneRelation[Member] = fields.OneToOneField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    topics: fields.JSONField[list[str]] = fields.JSONField()
    told_at = UtcField()
    told: fields.JSONField[list[int]] = fields.JSONField(default=list)

    class Meta:
        table = "offer_alert"
