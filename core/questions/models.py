"""The tables of questions: what was asked, what belongs to it, who was asked and who helped."""

from collections.abc import Collection

from tortoise import fields
from tortoise.models import Model

from core.chat.identity import Platform
from core.engine.database import UtcField
from core.engine.models import Community
from core.members.models import Member
from core.questions.rules import TITLE, Outcome, QuestionState, Stage


class Question(Model):
    """Something asked, until it is solved.

    `key` is the `MessageRef.key` of the question's message, `origin` that reference itself; both
    are empty until a question asked by form stands in its channel. `thread` is the thread in
    which it is answered, when it has one of its own. `ack` is where our acknowledgement stands.
    Of what was asked only the `title` is kept. `round` numbers the escalation's jobs: only the
    newest one counts, `stage` is the last one done and `due_at` when the next one is due.
    `solved_by` says which reaction solved it (`<message key> <emoji>`), empty for a button.
    """

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
    channel = fields.CharField(max_length=64, default="")
    thread = fields.CharField(max_length=64, default="")
    key = fields.CharField(max_length=200, null=True)
    origin: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    ack: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    title = fields.CharField(max_length=TITLE)
    topics: fields.JSONField[list[str]] = fields.JSONField(default=list)
    state = fields.CharEnumField(QuestionState, max_length=16, default=QuestionState.OPEN)
    round = fields.IntField(default=0)
    stage = fields.CharEnumField(Stage, "the last stage done", max_length=16, null=True)
    due_at = UtcField(null=True)
    asked_at = UtcField()
    first_answer_at = UtcField(null=True)
    solved_at = UtcField(null=True)
    solved_by = fields.CharField(max_length=330, default="")
    team_told_at = UtcField(null=True)

    class Meta:
        table = "question"
        unique_together = (("community", "key"),)
        indexes = (("community_id", "asked_at"), ("platform", "thread"))

    async def goes_on(self, before: Collection[QuestionState], after: QuestionState) -> bool:
        """Leave one of those states; False when it was left before, maybe by another process."""
        rows = Question.filter(id=self.id, state__in=before)
        if self.state not in before or not await rows.update(state=after):
            return False
        self.state = after
        return True


class QuestionMessage(Model):
    """A message of a question's conversation: its key and who wrote it (None: ourselves)."""

    id = fields.BigIntField(primary_key=True)
    question: fields.ForeignKeyRelation[Question] = fields.ForeignKeyField(
        "amicale.Question", related_name=False, on_delete=fields.CASCADE
    )
    question_id: int
    member: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, null=True, on_delete=fields.CASCADE
    )
    member_id: int | None
    key = fields.CharField(max_length=200, db_index=True)
    at = UtcField()

    class Meta:
        table = "question_message"
        unique_together = (("question", "key"),)


class Solicitation(Model):
    """Somebody was tagged for a question, at most once, `member` is who.

    `reasons` is why it was them (`core.questions.matching.Reason`).
    """

    id = fields.IntField(primary_key=True)
    question: fields.ForeignKeyRelation[Question] = fields.ForeignKeyField(
        "amicale.Question", related_name=False, on_delete=fields.CASCADE
    )
    question_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    at = UtcField()
    outcome = fields.CharEnumField(Outcome, "what came of it", max_length=8, default=Outcome.TAGGED)
    reasons: fields.JSONField[list[dict[str, object]] | None] = fields.JSONField(null=True)

    class Meta:
        table = "solicitation"
        unique_together = (("question", "member"),)
        indexes = (("member_id", "at"),)


class AcceptedAnswer(Model):
    """Who solved a question, `ref` is the message that did when the asker marked one."""

    id = fields.IntField(primary_key=True)
    question: fields.OneToOneRelation[Question] = fields.OneToOneField(
        "amicale.Question", related_name=False, on_delete=fields.CASCADE
    )
    question_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    ref: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    at = UtcField()

    class Meta:
        table = "accepted_answer"
        indexes = (("member_id", "at"),)
