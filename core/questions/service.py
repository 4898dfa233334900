"""A question's life: asked, answered, solved, reopened, withdrawn, and who it belongs to."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.expressions import Q

from core.chat.actions import Action
from core.chat.identity import MessageRef, Place, Purpose, Workspace
from core.chat.messages import Message
from core.engine.models import Community
from core.engine.scene import Scene, Speaker
from core.members.models import Member
from core.questions import conversation, pages, rules
from core.questions.models import Question, QuestionMessage
from core.questions.rules import ONGOING, WAITING, Fact, Figures, QuestionsSettings, QuestionState

ESCALATE = "questions.escalate"

# -- asking -----------------------------------------------------------------------------------


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
    await watch(scene, question, first_due(scene))


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
        await _redraw(scene, question)


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
        await _redraw(scene, question)


# -- the escalation's clock -------------------------------------------------------------------


def first_due(scene: Scene) -> datetime:
    """When a question of now has waited long enough, in waking time."""
    settings = scene.settings(QuestionsSettings)
    return settings.waking.hours.add(scene.now, settings.delay, scene.zone)


async def watch(scene: Scene, question: Question, at: datetime) -> None:
    """Look again at that moment; what was due before no longer counts."""
    await unwatch(scene, question)
    question.round += 1
    await question.save(update_fields=["round"])
    await scene.later(ESCALATE, f"{question.id}:{question.round}", at)


async def unwatch(scene: Scene, question: Question) -> None:
    """Nothing more is due."""
    await scene.no_longer(ESCALATE, f"{question.id}:{question.round}")


# -- answering --------------------------------------------------------------------------------


async def heard(
    scene: Scene, who: Speaker, question: Question, ref: MessageRef, at: datetime
) -> None:
    """Somebody wrote in the conversation: an answer, unless it is the asker's own word."""
    if question.state is QuestionState.WITHDRAWN:
        return
    await conversation.remember(question, ref, who.member, at)
    if who.member == question.member_id or question.state not in WAITING:
        return
    await unwatch(scene, question)
    question.state = QuestionState.ANSWERED
    question.first_answer_at = question.first_answer_at or at
    await question.save(update_fields=["state", "first_answer_at"])


async def gone(scene: Scene, refs: Sequence[MessageRef]) -> None:
    """Messages were deleted: the question with its own, an answer with its only one."""
    keys = [ref.key for ref in refs]
    rows = QuestionMessage.filter(question__community=scene.community, key__in=keys)
    for row in await rows.order_by("id"):
        question = await Question.get(id=row.question_id).select_related("member")
        if question.key == row.key:
            await _erase(scene, question)
        else:
            await row.delete()
            await _recount(scene, question)


async def _erase(scene: Scene, question: Question) -> None:
    """Its words are gone from the channel: whatever it was, they are not kept here either."""
    await unwatch(scene, question)
    question.state, question.title = QuestionState.WITHDRAWN, ""
    await question.save(update_fields=["state", "title"])
    await _redraw(scene, question)


async def _recount(scene: Scene, question: Question) -> None:
    """What the answers left say about the first one."""
    first = await _answers(question).first()
    await question.update_from_dict({"first_answer_at": first.at if first else None}).save()
    if first is None and question.state is QuestionState.ANSWERED:
        question.state = QuestionState.OPEN
        await question.save(update_fields=["state"])
        await watch(scene, question, first_due(scene))


def _answers(question: Question):  # type: ignore[no-untyped-def]  # noqa: ANN202  Tortoise's query type has no public name
    others = QuestionMessage.filter(question_id=question.id).exclude(member_id=None)
    return (
        others.exclude(member_id=question.member_id).order_by("at", "id").select_related("member")
    )


async def helper(question: Question, key: str = "") -> Member | None:
    """Who helped: the author of that message, else the first who answered."""
    rows = await _answers(question)
    row = next((row for row in rows if row.key == key), rows[0] if rows else None)
    return row.member if row else None


# -- ending and beginning again ---------------------------------------------------------------


async def solve(scene: Scene, question: Question, *, key: str = "", by: str = "") -> bool:
    """It is solved, and who helped is thanked in public; False when it was over already.

    `key` is the message that carries the reaction `by`, both empty for a button.
    """
    if question.state not in ONGOING:
        return False
    await unwatch(scene, question)
    question.state = QuestionState.SOLVED
    question.solved_at = scene.now
    question.solved_by = by
    await question.save(update_fields=["state", "solved_at", "solved_by"])
    thanked = await helper(question, key)
    await say(scene, question, pages.solved(scene, question, thanked))
    await _redraw(scene, question)
    return True


async def reopen(scene: Scene, question: Question, *, mistaken: bool = False) -> bool:
    """It is open again and will be escalated; False when it was not solved.

    `mistaken`: the reaction that solved it was taken back, so an answer it had still counts.
    """
    if question.state is not QuestionState.SOLVED:
        return False
    answered = mistaken and question.first_answer_at is not None
    question.state = QuestionState.ANSWERED if answered else QuestionState.OPEN
    forgotten = {"solved_at": None, "solved_by": "", "team_told_at": None}
    await question.update_from_dict(forgotten).save()
    if not answered:
        await watch(scene, question, first_due(scene))
    await _redraw(scene, question)
    return True


async def withdraw(scene: Scene, question: Question) -> bool:
    """Nobody needs to answer any more; False when it was over already."""
    if question.state not in ONGOING:
        return False
    await unwatch(scene, question)
    question.state = QuestionState.WITHDRAWN
    await question.save(update_fields=["state"])
    await _redraw(scene, question)
    return True


async def say(
    scene: Scene, question: Question, message: Message, *, guard: Action | None = None
) -> None:
    """Owe a message to the conversation, and know it as part of it."""
    then, to = Action("questions.said", str(question.id)), conversation.place_of(question)
    await scene.owe(message, to, then=then, member=question.member_id, guard=guard)


async def _redraw(scene: Scene, question: Question) -> None:
    ack = conversation.read(question.ack)
    if ack is not None:
        await scene.owe_edit(ack, pages.card(scene, question))


async def moved(scene: Scene, workspace: Workspace, to: Workspace) -> None:
    """A group changed its id, and the ids of its messages: what follows stands in the new one."""
    rows = Question.filter(
        community=scene.community, platform=workspace.platform, workspace=workspace.id
    )
    await rows.filter(channel=workspace.id).update(channel=to.id, origin=None, ack=None)
    await rows.update(workspace=to.id)


# -- what is asked and counted ----------------------------------------------------------------


async def ongoing(community: Community) -> list[Question]:
    """What is not solved: first what waits for an answer, oldest first, then what has one."""
    rows = Question.filter(community=community, state__in=ONGOING).exclude(key=None)
    found = await rows.order_by("asked_at", "id").select_related("member")
    return sorted(found, key=lambda q: q.state not in WAITING)


async def figures(community: Community, start: datetime, end: datetime) -> Figures:
    """The figures of a period for the digest (see `rules.Figures` for what each one means)."""
    counted = Q(asked_at__gte=start, asked_at__lt=end) | Q(state__in=WAITING, asked_at__lt=end)
    rows = await Question.filter(counted, community=community).exclude(key=None)
    facts = [Fact(q.title, q.state, q.asked_at, q.first_answer_at, q.solved_at) for q in rows]
    return rules.figures(facts, start, end)
