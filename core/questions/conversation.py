"""Which messages belong to which question, on platforms that thread them differently."""

from collections.abc import Collection, Sequence
from datetime import datetime

from pydantic import TypeAdapter
from tortoise.expressions import Q

from core.chat.actions import row_named
from core.chat.events import MessageEdited, MessagePosted, ReactionAdded, ReactionRemoved
from core.chat.identity import Channel, MessageRef, Platform
from core.engine.database import select
from core.engine.scene import Scene, Speaker
from core.questions.models import Question, QuestionMessage
from core.questions.rules import ONGOING, QuestionsSettings, topics_of

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
    return await in_thread(scene, ref.channel)


async def in_thread(scene: Scene, channel: Channel) -> Question | None:
    """The newest question whose thread that is, `member` loaded."""
    threads = Q(thread=channel.id)
    if channel.thread:
        threads |= Q(channel=channel.id, thread=channel.thread)
    rows = Question.filter(threads, community=scene.community, platform=channel.platform)
    return await rows.order_by("-id").select_related("member").first()


Reaction = ReactionAdded | ReactionRemoved
Done = MessagePosted | MessageEdited | Reaction


async def concerned(scene: Scene, said: Sequence[tuple[Speaker, Done]]) -> set[int]:
    """The places of what may be about a question, old or new, in one query for all of it.

    A hashtag; a word that answers one of a conversation, stands in its thread or changes it; a
    reaction that means «solved» there. Also what follows any of these in the same group.
    """
    settings = scene.settings(QuestionsSettings)
    events = _telling(said, settings)
    keys, threads = await _conversations(events.values())
    found: set[int] = set()
    for at, event in events.items():
        asks = not isinstance(event, Reaction) and topics_of(event.text, settings.hashtags)
        if asks or _pointed(event).key in keys or not threads.isdisjoint(_threads(event)):
            found.add(at)
            keys.add(event.message.key)
            threads.update((event.message.id, *_threads(event)[1:]))
    return found


def _telling(said: Sequence[tuple[Speaker, Done]], settings: QuestionsSettings) -> dict[int, Done]:
    """Words, and reactions that mean «solved», by their places."""
    emojis = {event.emoji for _, event in said if isinstance(event, Reaction)}
    others = {emoji for emoji in emojis if not settings.solves(emoji)}
    return {at: event for at, (_, event) in enumerate(said) if _emoji(event) not in others}


def _emoji(event: Done) -> str | None:
    return event.emoji if isinstance(event, Reaction) else None


async def _conversations(events: Collection[Done]) -> tuple[set[str], set[str]]:
    """Of all that these events point at: the messages and the threads of conversations."""
    if not events:
        return set(), set()
    rows = await select(
        "SELECT key AS said, NULL AS below FROM question_message WHERE key IN ?"
        " UNION ALL SELECT NULL, thread FROM question WHERE platform IN ? AND thread IN ?",
        list({_pointed(event).key for event in events}),
        [platform.value for platform in Platform],
        list({place for event in events for place in _threads(event)}),
    )
    said = {row["said"] for row in rows if row["said"] is not None}
    return said, {row["below"] for row in rows if row["below"] is not None}


def _pointed(event: Done) -> MessageRef:
    """The message by which an event would be known to belong to a conversation."""
    answers = event.reply_to if isinstance(event, MessagePosted) else None
    return answers or event.message


def _threads(event: Done) -> tuple[str, ...]:
    channel = event.message.channel
    return (channel.id, channel.thread) if channel.thread else (channel.id,)


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
