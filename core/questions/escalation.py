"""When nobody answers: one expert is tagged, then another, then the team is told."""

from datetime import datetime, timedelta

from core.chat.actions import Action, row_named
from core.chat.identity import Account, Purpose
from core.engine.scene import Scene, Speaker
from core.members import service as members
from core.members.models import Member, MemberAccount
from core.questions import conversation, pages, rules, service
from core.questions.models import Question, Solicitation
from core.questions.rules import (
    EXPERTS_ASKED,
    TAKEN_FOR,
    WAITING,
    WEEK,
    Asked,
    Candidate,
    Choice,
    Outcome,
    QuestionsSettings,
    QuestionState,
)


async def escalate(scene: Scene, key: str) -> None:
    """Re-read the world: if the question still waits, tag the next expert or tell the team.

    `key` is `<question>:<round>`; a round that is not the newest does nothing. What falls due
    outside waking hours (the process was stopped) waits for them.
    """
    number, _, turn = key.partition(":")
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
    asked = await Solicitation.filter(question_id=question.id)
    await Solicitation.filter(question_id=question.id, outcome=Outcome.TAGGED).update(
        outcome=Outcome.EXPIRED
    )
    chosen = await _choose(scene, question, asked) if len(asked) < EXPERTS_ASKED else None
    if chosen is None:
        await _tell_team(scene, question)
    else:
        await _tag(scene, question, *chosen)


def _awake(scene: Scene, wait: timedelta = timedelta()) -> datetime:
    hours = scene.settings(QuestionsSettings).waking.hours
    return hours.add(scene.now + wait, timedelta(), scene.zone)


async def _choose(
    scene: Scene, question: Question, asked: list[Solicitation]
) -> tuple[Choice, Account] | None:
    """The expert and their account where the question was asked."""
    profiles = await members.experts(scene.community)
    accounts = await MemberAccount.filter(
        community=scene.community,
        platform=question.platform,
        workspace=question.workspace,
        left_at=None,
        member_id__in=[profile.member_id for profile in profiles],
    ).order_by("active_at", "id")
    here = {row.member_id: row.account for row in accounts}  # the last active one wins
    tags: dict[int, list[datetime]] = {}
    rows = Solicitation.filter(question__community=scene.community, member_id__in=list(here))
    for row in await rows:
        tags.setdefault(row.member_id, []).append(row.at)
    candidates = [
        Candidate(
            profile.member_id,
            tuple(profile.topics),
            profile.training,
            sum(at > scene.now - WEEK for at in tags.get(profile.member_id, [])),
            max(tags.get(profile.member_id, []), default=None),
        )
        for profile in profiles
        if profile.member_id in here
    ]
    wanted = Asked(
        question.id,
        question.member_id,
        tuple(question.topics),
        question.title,
        (await members.profile_of(question.member_id)).training,
    )
    limit = scene.settings(QuestionsSettings).asks_per_week
    chosen = rules.choose_expert(wanted, candidates, {s.member_id for s in asked}, limit)
    return (chosen, here[chosen.member]) if chosen else None


async def _tag(scene: Scene, question: Question, choice: Choice, account: Account) -> None:
    made = await Solicitation.create(
        question_id=question.id, member_id=choice.member, at=scene.now, outcome=Outcome.TAGGED
    )
    question.state = QuestionState.ASKED_EXPERT
    await question.save(update_fields=["state"])
    name = (await Member.get(id=choice.member)).name
    tag = pages.tag(scene, question, made.id, account, name, choice.topics)
    await service.say(scene, question, tag, guard=Action("questions.tagged", str(made.id)))
    await service.watch(scene, question, service.first_due(scene))


async def _tell_team(scene: Scene, question: Question) -> None:
    """The team is told once, on every platform it may be on; nobody in it is notified by name."""
    question.team_told_at = scene.now
    await question.save(update_fields=["team_told_at"])
    for place in scene.places(Purpose.MODERATORS):
        guard = Action("questions.waits", str(question.id))
        page = pages.for_team(scene, question)
        await scene.owe(page, place, member=question.member_id, guard=guard)
    await service.say(scene, question, pages.team_told(scene))


async def still_tagged(scene: Scene, written: str) -> bool:
    """Whether that person is still to be asked: nobody answered meanwhile, and they are here."""
    asked = await asked_of(scene, written)
    return (
        asked is not None
        and asked.outcome is Outcome.TAGGED
        and asked.question.state in WAITING
        and await Member.exists(id=asked.member_id, left_at=None)
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


async def hand_on(scene: Scene, asked: Solicitation) -> bool:
    """The tagged person passes: the next one is asked at once; False when it went on already."""
    if asked.outcome not in {Outcome.TAGGED, Outcome.TOOK}:
        return False
    asked.outcome = Outcome.PASSED
    await asked.save(update_fields=["outcome"])
    await service.watch(scene, asked.question, _awake(scene))
    return True


async def answered_by(question: Question, who: Speaker) -> None:
    """Somebody answered: if they were tagged, they took it."""
    rows = Solicitation.filter(question_id=question.id, member_id=who.member)
    await rows.update(outcome=Outcome.TOOK)
