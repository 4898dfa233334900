"""Which messages belong to which question, on platforms that thread them differently."""

from datetime import datetime

from pydantic import TypeAdapter
from tortoise.expressions import Q

from core.chat.actions import row_named
from core.chat.identity import Channel, MessageRef
from core.engine.scene import Scene
from core.questions.models import Question, QuestionMessage
from core.questions.rules import ONGOING

_REF = TypeAdapter(MessageRef)


def written(ref: MessageRef) -> dict[str, object]:
    """A reference as a row keeps it."""
    kept: dict[str, object] = _REF.dump_python(ref, mode="json")
    return kept


def read(kept: dict[str, object] | None) -> MessageRef | None:
    """A reference as it was kept."""
    return _REF.validate_python(kept) if kept else None


async def of_id(scene: Scene, number: str) -> Question | None:
    """The question a button names, `member` loaded; None when there is no such one."""
    rows = Question.filter(id=row_named(number), community=scene.community).exclude(key=None)
    return await rows.select_related("member").first()


async def conversation_of(
    scene: Scene, ref: MessageRef, reply_to: MessageRef | None = None
) -> Question | None:
    """The question in whose conversation a message stands, the newest when there are several.

    Known by the message itself, by the message it answers, or by its thread; a platform may
    report a thread as a channel of its own.
    """
    keys = [ref.key, *([reply_to.key] if reply_to else [])]
    said = QuestionMessage.filter(question__community=scene.community, key__in=keys)
    row = await said.order_by("-question_id").first()
    if row is not None:
        return await Question.get(id=row.question_id).select_related("member")
    channel = ref.channel
    threads = Q(thread=channel.id)
    if channel.thread:
        threads |= Q(channel=channel.id, thread=channel.thread)
    rows = Question.filter(threads, community=scene.community, platform=channel.platform)
    return await rows.order_by("-id").select_related("member").first()


def makes_room(question: Question | None, ref: MessageRef) -> bool:
    """Whether a message may open a question although it stands in that one's conversation.

    It may not, save in a thread that hangs below something else (a tip, a topic of a forum),
    where questions follow one another.
    """
    if question is None:
        return True
    origin = origin_of(question)
    shared = origin is not None and origin.channel.thread == question.thread != origin.id
    return shared and question.state not in ONGOING and question.key != ref.key


def origin_of(question: Question) -> MessageRef | None:
    """The question's own message, None when it can no longer be named (a group that moved)."""
    return read(question.origin)


def place_of(question: Question) -> MessageRef | Channel:
    """Where its conversation goes on: in its thread, else in its channel."""
    origin = origin_of(question)
    return origin or Channel(question.platform, question.workspace, question.channel)


async def remember(question: Question, ref: MessageRef, member: int | None, at: datetime) -> None:
    """That message belongs to the conversation."""
    await QuestionMessage.get_or_create(
        {"member_id": member, "at": at}, question_id=question.id, key=ref.key
    )
