"""A question begins: asked by hashtag or by form, and known by where it stands."""

from collections.abc import Sequence
from datetime import datetime

from core.chat.actions import Action
from core.chat.identity import MessageRef, Place, Purpose
from core.engine.scene import Scene, Speaker
from core.questions import conversation, learning, pages, rules, service
from core.questions.models import Question
from core.questions.rules import ONGOING, QuestionsSettings


async def ask(
    scene: Scene,
    asker: Speaker,
    ref: MessageRef,
    at: datetime,
    text: str,
    reply_to: MessageRef | None = None,
) -> Question | None:
    """Open a question when a message carries a configured hashtag, once a message."""
    hashtags = scene.settings(QuestionsSettings).hashtags
    topics = rules.topics_of(text, hashtags)
    if not topics:
        return None
    question, made = await Question.get_or_create(
        {
            "member_id": asker.member,
            "platform": ref.channel.platform,
            "workspace": ref.channel.workspace,
            "title": rules.title_of(text, hashtags),
            "topics": list(topics),
            "asked_at": at,
        },
        community=scene.community,
        key=ref.key,
    )
    if not made:
        return None
    await _stands(scene, question, ref, reply_to)
    return question


async def draft(
    scene: Scene, asker: Speaker, title: str, details: str, topics: Sequence[str]
) -> Question:
    """A question asked by form: owed to the help channel of the asker's own workspace."""
    home = asker.account.home
    question = await Question.create(
        community=scene.community,
        member_id=asker.member,
        platform=home.platform,
        workspace=home.id,
        title=title,
        topics=list(topics),
        asked_at=scene.now,
    )
    await scene.owe(
        pages.post(scene, asker, question, details),
        Place(home.platform, home.id, Purpose.HELP),
        then=Action("questions.posted", str(question.id)),
        member=asker.member,
    )
    return question


async def posted(scene: Scene, number: str, ref: MessageRef) -> None:
    """A question asked by form stands in its channel: it begins."""
    question = await Question.get_or_none(id=int(number), key=None)
    if question is not None:
        question.key = ref.key
        await _stands(scene, question, ref, None)


async def _stands(
    scene: Scene, question: Question, ref: MessageRef, reply_to: MessageRef | None
) -> None:
    channel = ref.channel
    question.channel = channel.id
    question.origin = conversation.written(ref)
    if channel.thread in {None, ref.id}:
        question.thread = ref.id
    elif reply_to is not None and reply_to.id == channel.thread:
        question.thread = channel.thread
    await question.save()
    await conversation.remember(question, ref, question.member_id, question.asked_at)
    await scene.owe(
        pages.card(scene, question),
        ref,
        then=Action("questions.acknowledged", str(question.id)),
        member=question.member_id,
    )
    await service.begin(scene, question)
    await learning.suggest(scene, question)


async def acknowledged(scene: Scene, number: str, ref: MessageRef) -> None:
    """Our acknowledgement stands: learn the thread, and redraw it if things went on meanwhile."""
    question = await conversation.of_id(scene, number)
    if question is None:
        return
    question.ack = conversation.written(ref)
    origin = conversation.origin_of(question)
    if origin and ref.channel.thread and ref.channel.thread != origin.channel.thread:
        question.thread = ref.channel.thread
    await question.save(update_fields=["ack", "thread"])
    await conversation.remember(question, ref, None, scene.now)
    if question.state not in ONGOING:
        await service.redraw(scene, question)


async def said(scene: Scene, number: str, ref: MessageRef) -> None:
    """Another message of ours stands in the conversation."""
    question = await conversation.of_id(scene, number)
    if question is not None:
        await conversation.remember(question, ref, None, scene.now)


async def retitle(scene: Scene, question: Question, ref: MessageRef, text: str) -> None:
    """The question's message was edited: its title and topics follow."""
    hashtags = scene.settings(QuestionsSettings).hashtags
    topics = list(rules.topics_of(text, hashtags)) or question.topics
    title = rules.title_of(text, hashtags)
    if question.key != ref.key or question.state not in ONGOING or not title:
        return
    changed = topics != question.topics
    question.title, question.topics = title, topics
    await question.save(update_fields=["title", "topics"])
    if changed:
        await service.redraw(scene, question)
