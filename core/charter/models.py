"""The tables of the charter: its versions and texts, who accepted what, and a text in hand."""

from tortoise import fields
from tortoise.models import Model

from core.chat.identity import Platform
from core.engine.database import UtcField
from core.engine.models import Community
from core.members.models import Member


class CharterVersion(Model):
    """One version, the highest `number` is in force. The first has no grace period."""

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    number = fields.IntField()
    published_at = UtcField()
    published_by: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.SET_NULL, null=True
    )
    published_by_id: int | None
    grace_ends_at = UtcField(null=True)

    class Meta:
        table = "charter_version"
        unique_together = (("community", "number"),)


class CharterText(Model):
    """What a version says in one language (`fr`, `en`): never changed once it is there.

    `sha256` is the hexadecimal hash of the text's UTF-8 bytes, `summary` what changed.
    """

    id = fields.IntField(primary_key=True)
    version: fields.ForeignKeyRelation[CharterVersion] = fields.ForeignKeyField(
        "amicale.CharterVersion", related_name=False, on_delete=fields.CASCADE
    )
    version_id: int
    language = fields.CharField(max_length=8)
    text = fields.TextField()
    summary = fields.TextField(default="")
    sha256 = fields.CharField(max_length=64)

    class Meta:
        table = "charter_text"
        unique_together = (("version", "language"),)


class CharterAcceptance(Model):
    """The proof: this member accepted this version, shown as the text of that hash."""

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    version: fields.ForeignKeyRelation[CharterVersion] = fields.ForeignKeyField(
        "amicale.CharterVersion", related_name=False, on_delete=fields.CASCADE
    )
    version_id: int
    sha256 = fields.CharField(max_length=64)
    at = UtcField()
    language = fields.CharField(max_length=8)
    platform = fields.CharEnumField(Platform, max_length=16)

    class Meta:
        table = "charter_acceptance"
        unique_together = (("member", "version"),)


class CharterDraft(Model):
    """A version written by a community builder and not yet published: one a person.

    `base` is the number of the version it was compared with; an empty `english` means that
    everyone reads the French text.
    """

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    base = fields.IntField()
    french = fields.TextField()
    summary = fields.TextField()
    english = fields.TextField(default="")
    english_summary = fields.TextField(default="")
    at = UtcField()

    class Meta:
        table = "charter_draft"
        unique_together = (("member",),)
