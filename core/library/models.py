"""The tables of the library: what is kept, and who agreed to it."""

from tortoise import fields
from tortoise.models import Model

from core.engine.database import UtcField
from core.engine.models import Community
from core.library.index import FullText
from core.library.rules import LINK, TITLE, TOPIC, EntryState, Kind
from core.members.models import Member


class Entry(Model):
    """Something worth finding again.

    `source` names what it comes from (`questions:12`), once a community. `version` counts what
    was changed since an author may have been shown it. `head` and `body` are the stems of the
    title with the topic and of the text, for the index, empty unless published. `curated_by`
    published, renamed or refused it last. `helped` counts those whose question it answered.
    """

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Community] = fields.ForeignKeyField(
        "amicale.Community", related_name=False, on_delete=fields.CASCADE
    )
    kind = fields.CharEnumField(Kind, max_length=10)
    state = fields.CharEnumField(EntryState, max_length=10, default=EntryState.PROPOSED)
    source = fields.CharField(max_length=120)
    title = fields.CharField(max_length=TITLE)
    text = fields.TextField(default="")
    link = fields.CharField(max_length=LINK, default="")
    topic = fields.CharField(max_length=TOPIC, default="")
    head = fields.TextField(default="")
    body = fields.TextField(default="")
    version = fields.IntField(default=0)
    helped = fields.IntField(default=0)
    proposed_at = UtcField()
    published_at = UtcField(null=True)
    curated_by: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.SET_NULL, null=True
    )
    curated_by_id: int | None

    class Meta:
        table = "library_entry"
        unique_together = (("community", "source"),)
        indexes = (("community_id", "state"), FullText())

    @property
    def written(self) -> bool:
        """Whether there is something to agree to: the answer to a question is written first."""
        return bool(self.text) or self.kind is not Kind.QUESTION


class EntryAuthor(Model):
    """Somebody whose words an entry holds, and when they agreed to it.

    Who is forgotten takes the entry with them: it was to be shown with the agreement of all.
    """

    HOLDS = "entry"
    """What holds this member's words: exported and forgotten with them."""

    id = fields.IntField(primary_key=True)
    entry: fields.ForeignKeyRelation[Entry] = fields.ForeignKeyField(
        "amicale.Entry", related_name=False, on_delete=fields.CASCADE
    )
    entry_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    agreed_at = UtcField(null=True)

    class Meta:
        table = "library_author"
        unique_together = (("entry", "member"),)
