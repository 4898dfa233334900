"""The tables of people: members, their accounts and roles, and the links between accounts."""

from tortoise import fields
from tortoise.models import Model

from core.chat.identity import Account, Platform, Role
from core.engine.database import UtcField
from core.engine.models import Community


class Member(Model):
    """One person, whatever the number of accounts.

    `language` is what they chose (`fr`, `fr@tu`, `en`), empty to follow their platform.
    `absorbed_by` is the member they were linked into; such a member owns no account.
    """

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    community_id: int
    name = fields.CharField(max_length=120)
    language = fields.CharField(max_length=8, default="")
    joined_at = UtcField()
    left_at = UtcField(null=True)
    absorbed_by = fields.IntField(null=True)

    class Meta:
        table = "member"
        indexes = (("community_id", "joined_at"),)


class MemberAccount(Model):
    """Somebody as one platform knows them, belongs to one member at a time."""

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    platform = fields.CharEnumField(Platform, max_length=16)
    workspace = fields.CharField(max_length=64)
    user = fields.CharField(max_length=64)
    name = fields.CharField(max_length=120)
    handle = fields.CharField(max_length=120, default="")
    locale = fields.CharField(max_length=16, default="")
    active_at = UtcField()
    left_at = UtcField(null=True)

    class Meta:
        table = "member_account"
        unique_together = (("community", "platform", "workspace", "user"),)

    @property
    def account(self) -> Account:
        """The account as the vocabulary names it."""
        return Account(self.platform, self.workspace, self.user)


class MemberRole(Model):
    """A role somebody holds, `source` says from where: a platform's name, or `command`."""

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    role = fields.CharEnumField(Role, max_length=24)
    source = fields.CharField(max_length=16)
    at = UtcField()

    class Meta:
        table = "member_role"
        unique_together = (("member", "role", "source"),)


class LinkCode(Model):
    """A one-time code shown on one platform, to be typed on another."""

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    code = fields.CharField(max_length=8, db_index=True)
    expires_at = UtcField()

    class Meta:
        table = "link_code"


class LinkAttempt(Model):
    """A wrong code typed by somebody: five in an hour close the door for the hour."""

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    at = UtcField()

    class Meta:
        table = "link_attempt"


class Link(Model):
    """Two members made one, `moved` maps a table to the rows that changed hands, for the undo."""

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    absorbed = fields.IntField()
    moved: fields.JSONField[dict[str, list[int]]] = fields.JSONField()
    at = UtcField()
    undone_at = UtcField(null=True)

    class Meta:
        table = "link"


class MemberProfile(Model):
    """What a member says of themselves, `topics` are what they can help with, lower case."""

    id = fields.IntField(primary_key=True)
    member: fields.OneToOneRelation[Member] = fields.OneToOneField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    training = fields.CharField(max_length=120, default="")
    cohort = fields.CharField(max_length=60, default="")
    topics: fields.JSONField[list[str]] = fields.JSONField(default=list)
    hopes = fields.CharField(max_length=500, default="")
    available = fields.BooleanField(default=True)

    class Meta:
        table = "member_profile"
