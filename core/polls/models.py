"""The tables of polls: what is asked, where it stands, who chose what."""

from tortoise import fields
from tortoise.models import Model

from core.chat.identity import Platform
from core.chat.messages import KEY, QUESTION
from core.engine.database import UtcField
from core.engine.models import Community
from core.members.models import Member


class OpenPoll(Model):
    """A poll, open until `closed_at`, `then` and `argument` name the job due once it is closed."""

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    key = fields.CharField(max_length=KEY)
    question = fields.CharField(max_length=QUESTION)
    choices: fields.JSONField[list[str]] = fields.JSONField()
    several = fields.BooleanField(default=False)
    then = fields.CharField(max_length=64, default="")
    argument = fields.CharField(max_length=64, default="")
    closes_at = UtcField(null=True)
    closed_at = UtcField(null=True)

    class Meta:
        table = "poll"
        unique_together = (("community", "key"),)

    @property
    def closed(self) -> bool:
        """Whether it takes votes no more."""
        return self.closed_at is not None


class PollPost(Model):
    """Where a poll stands: `ref` is the MessageRef, `native` what the platform calls the poll."""

    id = fields.IntField(primary_key=True)
    poll: fields.ForeignKeyRelation[OpenPoll] = fields.ForeignKeyField(
        "amicale.OpenPoll", related_name=False, on_delete=fields.CASCADE
    )
    poll_id: int
    platform = fields.CharEnumField(Platform, max_length=16)
    key = fields.CharField(max_length=200)
    ref: fields.JSONField[dict[str, object]] = fields.JSONField()
    native = fields.CharField(max_length=64, default="", db_index=True)

    class Meta:
        table = "poll_post"
        unique_together = (("poll", "key"),)


class PollVote(Model):
    """What one account chose, its `member` follows a link, the votes are told apart by account."""

    id = fields.IntField(primary_key=True)
    poll: fields.ForeignKeyRelation[OpenPoll] = fields.ForeignKeyField(
        "amicale.OpenPoll", related_name=False, on_delete=fields.CASCADE
    )
    poll_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    account = fields.CharField(max_length=200)
    chosen: fields.JSONField[list[int]] = fields.JSONField()
    at = UtcField()

    class Meta:
        table = "poll_vote"
        unique_together = (("poll", "account"),)
