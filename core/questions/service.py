"""A question's life once it stands: answered, solved, reopened, withdrawn, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from core.chat.actions import Action
from core.chat.identity import MessageRef, Workspace
from core.chat.messages import Message
from core.engine.models import Community
from core.engine.scene import Scene, Speaker
from core.library import service as library
from core.members.models import Member
from core.questions import conversation, counting, pages, rules
from core.questions.counting import Fact, Figures
from core.questions.models import AcceptedAnswer, Question, QuestionMessage
from core.questions.rules import ONGOING, WAITING, QuestionsSettings, QuestionState, Stage

ESCALATE = "questions.escalate"
KEEP = "questions.keep"

NAMED = "recognition.named"
"""The guard that knows who wants no public mention; that room stands above this one."""

CALM = timedelta(hours=1)
"""How long a solved question is left alone before its people are asked whether it may be kept:
a reaction given by mistake is soon taken back."""

# -- the escalation's clock -------------------------------------------------------------------


async def begin(scene: Scene, question: Question) -> None:
    """Nobody answered yet: the first stage waits for its time."""
    await wait(scene, question, None, scene.now)


async def wait(scene: Scene, question: Question, done: Stage | None, since: datetime) -> None:
    """After that stage the next one waits for its time, counted in waking time."""
    settings = scene.settings(QuestionsSettings)
    stage = rules.next_stage(settings.waits, done)
    due = settings.waking.hours.add(since, settings.waits[stage], scene.zone) if stage else None
    changed = question.update_from_dict({"stage": done, "due_at": due})
    await changed.save(update_fields=["stage", "due_at"])
    if due is None:
        await unwatch(scene, question)
    else:
        await watch(scene, question, due)


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
    theirs = who.member == question.member_id
    if theirs or not await question.goes_on(WAITING, QuestionState.ANSWERED):
        return
    await unwatch(scene, question)
    question.first_answer_at = question.first_answer_at or at
    await question.save(update_fields=["first_answer_at"])


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
    await library.drop(scene, source_of(question))
    await redraw(scene, question)


def source_of(question: Question) -> str:
    """How the library names a question that it keeps something of."""
    return f"questions:{question.id}"


async def _recount(scene: Scene, question: Question) -> None:
    """What the answers left say about the first one."""
    first = await _answers(question).first()
    await question.update_from_dict({"first_answer_at": first.at if first else None}).save()
    if first is None and question.state is QuestionState.ANSWERED:
        question.state = QuestionState.OPEN
        await question.save(update_fields=["state"])
        await begin(scene, question)


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


@dataclass(frozen=True, slots=True)
class Solved:
    """A solved question as other rooms may know it: no words but its title.

    `asker` and `helper` are members; `asked` and `answer` are where its own message and the one
    that the asker marked stand, None when that is not known.
    """

    question: int
    asker: int
    helper: int
    title: str
    topics: tuple[str, ...]
    asked: MessageRef | None
    answer: MessageRef | None


async def solve(
    scene: Scene, question: Question, *, answer: MessageRef | None = None, by: str = ""
) -> bool:
    """It is solved, and who helped is thanked, by name unless they are discreet.

    False when it was over already.
    `answer` is the message that carries the reaction `by`; neither for a button.
    """
    if not await question.goes_on(ONGOING, QuestionState.SOLVED):
        return False
    await unwatch(scene, question)
    question.solved_at, question.solved_by = scene.now, by
    await question.save(update_fields=["solved_at", "solved_by"])
    thanked = await helper(question, answer.key if answer else "")
    if thanked is not None:
        await _accept(scene, question, thanked, answer)
        await scene.later(KEEP, solution_of(question), scene.now + CALM)
    named = thanked and await scene.wanted(Action(NAMED, str(thanked.id)))
    await say(scene, question, pages.solved(scene, question, thanked if named else None))
    await redraw(scene, question)
    return True


def solution_of(question: Question) -> str:
    """How a question is named as it was solved then: `<question>:<when>`, empty unless it is."""
    if question.state is not QuestionState.SOLVED or question.solved_at is None:
        return ""
    return f"{question.id}:{question.solved_at.timestamp():.0f}"


async def _accept(
    scene: Scene, question: Question, thanked: Member, marked: MessageRef | None
) -> None:
    """Keep whose answer it was, and where it stands when the asker marked that very message."""
    theirs = marked is not None and await QuestionMessage.exists(
        question_id=question.id, key=marked.key, member_id=thanked.id
    )
    ref = conversation.written(marked) if marked and theirs else None
    await AcceptedAnswer.update_or_create(
        {"member_id": thanked.id, "ref": ref, "at": scene.now}, question_id=question.id
    )


async def solved(scene: Scene, question: Question) -> Solved | None:
    """What others may make of a solved question; None when nobody but its asker solved it."""
    accepted = await AcceptedAnswer.get_or_none(
        question_id=question.id, question__community=scene.community
    )
    if accepted is None or accepted.member_id == question.member_id:
        return None
    return Solved(
        question.id,
        question.member_id,
        accepted.member_id,
        question.title,
        tuple(question.topics),
        conversation.origin_of(question),
        conversation.read(accepted.ref),
    )


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
    await AcceptedAnswer.filter(question_id=question.id).delete()
    if not answered:
        await begin(scene, question)
    await redraw(scene, question)
    return True


async def withdraw(scene: Scene, question: Question) -> bool:
    """Nobody needs to answer any more; False when it was over already."""
    if not await question.goes_on(ONGOING, QuestionState.WITHDRAWN):
        return False
    await unwatch(scene, question)
    await redraw(scene, question)
    return True


async def say(
    scene: Scene, question: Question, message: Message, *, guard: Action | None = None
) -> None:
    """Owe a message to the conversation, and know it as part of it."""
    then, to = Action("questions.said", str(question.id)), conversation.place_of(question)
    await scene.owe(message, to, then=then, member=question.member_id, guard=guard)


async def redraw(scene: Scene, question: Question) -> None:
    """Our acknowledgement says how the question now stands."""
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
    """The figures of a period (see `counting.Figures` for what each one means)."""
    counted = Q(asked_at__gte=start, asked_at__lt=end) | Q(state__in=WAITING, asked_at__lt=end)
    rows = await Question.filter(counted, community=community).exclude(key=None)
    facts = [
        Fact(
            q.title,
            q.state,
            q.asked_at,
            q.first_answer_at,
            q.solved_at,
            tuple(q.topics),
            q.member_id,
        )
        for q in rows
    ]
    return counting.figures(facts, start, end)
