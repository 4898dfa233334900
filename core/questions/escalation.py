"""When nobody answers: a gentle bump, one expert tagged, then another, then the team told."""

from datetime import datetime, timedelta

from core.attention import service as attention
from core.chat.actions import Action, row_named
from core.chat.identity import Account, Purpose
from core.engine.scene import Scene, Speaker
from core.members.models import Member
from core.questions import conversation, experts, pages, rules, service
from core.questions.matching import Choice
from core.questions.models import Question, Solicitation
from core.questions.rules import (
    TAKEN_FOR,
    WAITING,
    Outcome,
    QuestionsSettings,
    QuestionState,
    Stage,
)

CALLED = "questions.expert"
"""What being called to a question is, to attention."""


async def escalate(scene: Scene, key: str) -> None:
    """Re-read the world: if the question still waits, go on to the next stage.

    `key` is `<question>:<round>`; a round that is not the newest does nothing. What falls due
    outside waking hours (the process was stopped) waits for them. A stage in which nobody can be
    asked gives way to the next one at once, and so does a bump that comes as late as that one.
    """
    number, _, turn = key.partition(":")
    await _alone_with(row_named(number))
    question = await conversation.of_id(scene, number)
    if question is None or question.state not in WAITING or str(question.round) != turn:
        return
    if not await Member.exists(id=question.member_id, left_at=None):
        await service.withdraw(scene, question)
        return
    settings = scene.settings(QuestionsSettings)
    if not settings.waking.hours.awake(scene.now, scene.zone):
        await service.watch(scene, question, _awake(scene))
        return
    await Solicitation.filter(question_id=question.id, outcome=Outcome.TAGGED).update(
        outcome=Outcome.EXPIRED
    )
    while stage := rules.next_stage(settings.waits, question.stage):
        bump = stage is Stage.BUMP
        await service.wait(scene, question, stage, (bump and question.due_at) or scene.now)
        if await _done(scene, question, stage):
            return


async def _alone_with(question: int) -> None:
    """Whoever answers at this moment, in another process, is waited for or waits for us."""
    await Question.filter(id=question).select_for_update(no_key=True).first()


async def _done(scene: Scene, question: Question, stage: Stage) -> bool:
    """Do what that stage does; False when it is too late for it, or there was nobody to ask."""
    if stage is Stage.BUMP:
        if question.due_at is not None and question.due_at <= scene.now:
            return False
        await service.say(scene, question, pages.bump(scene), guard=_waits(question))
    elif stage is Stage.TEAM:
        await _tell_team(scene, question)
    else:
        return await _ask_somebody(scene, question)
    return True


def _awake(scene: Scene, wait: timedelta = timedelta()) -> datetime:
    hours = scene.settings(QuestionsSettings).waking.hours
    return hours.add(scene.now + wait, timedelta(), scene.zone)


def _waits(question: Question) -> Action:
    return Action("questions.waits", str(question.id))


async def _ask_somebody(scene: Scene, question: Question) -> bool:
    """Call the best who may be called at this hour and is not asked too much; False: nobody.

    Being named in public is asked of them like anything else: it counts in their budget.
    """
    turn = f"{question.id}:{question.round}"
    for choice, account in await experts.choices(scene, question):
        if await attention.may_call(scene, choice.member, CALLED, turn):
            await _tag(scene, question, choice, account)
            return True
    return False


async def _tag(scene: Scene, question: Question, choice: Choice, account: Account) -> None:
    made = await Solicitation.create(
        question_id=question.id,
        member_id=choice.member,
        at=scene.now,
        outcome=Outcome.TAGGED,
        reasons=experts.written(choice.reasons),
    )
    question.state = QuestionState.ASKED_EXPERT
    await question.save(update_fields=["state"])
    name = (await Member.get(id=choice.member)).name
    tag = pages.tag(scene, question, made.id, account, name, choice.topics)
    await service.say(scene, question, tag, guard=Action("questions.tagged", str(made.id)))


async def _tell_team(scene: Scene, question: Question) -> None:
    """The team is told once, on every platform it may be on; nobody in it is notified by name."""
    question.team_told_at = scene.now
    await question.save(update_fields=["team_told_at"])
    for place in scene.places(Purpose.MODERATORS):
        page = pages.for_team(scene, question)
        await scene.owe(page, place, member=question.member_id, guard=_waits(question))
    await service.say(scene, question, pages.team_told(scene))


async def still_tagged(scene: Scene, written: str) -> bool:
    """Whether that person is still to be asked: nobody answered meanwhile, they are here, awake."""
    asked = await asked_of(scene, written)
    return (
        asked is not None
        and asked.outcome is Outcome.TAGGED
        and asked.question.state in WAITING
        and await Member.exists(id=asked.member_id, left_at=None)
        and not await attention.disturbs(scene, asked.member_id)
    )


async def still_waits(scene: Scene, number: str) -> bool:
    """Whether nobody answered meanwhile."""
    question = await conversation.of_id(scene, number)
    return question is not None and question.state in WAITING


async def asked_of(scene: Scene, written: str) -> Solicitation | None:
    """What a tagged person's button is about, `question` loaded; None when unknown."""
    rows = Solicitation.filter(id=row_named(written), question__community=scene.community)
    return await rows.select_related("question").first()


async def take(scene: Scene, asked: Solicitation) -> bool:
    """The tagged person will answer: a day of peace, then on; False when they said so before."""
    if asked.outcome not in {Outcome.TAGGED, Outcome.EXPIRED}:
        return False
    asked.outcome = Outcome.TOOK
    await asked.save(update_fields=["outcome"])
    await service.watch(scene, asked.question, _awake(scene, TAKEN_FOR))
    return True


async def hand_on(scene: Scene, asked: Solicitation, outcome: Outcome = Outcome.PASSED) -> bool:
    """The tagged person passes: it goes on at once; False when it went on already.

    `Outcome.NOT_MINE` teaches the matching that the topics are not theirs, however late it comes.
    """
    late = asked.outcome is Outcome.EXPIRED and outcome is Outcome.NOT_MINE
    if asked.outcome not in {Outcome.TAGGED, Outcome.TOOK} and not late:
        return False
    asked.outcome = outcome
    await asked.save(update_fields=["outcome"])
    if not late:
        await service.watch(scene, asked.question, _awake(scene))
    return True


async def answered_by(question: Question, who: Speaker) -> None:
    """Somebody answered: if they were tagged, they took it."""
    rows = Solicitation.filter(question_id=question.id, member_id=who.member)
    await rows.update(outcome=Outcome.TOOK)
