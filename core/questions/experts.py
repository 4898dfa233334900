"""Who may be asked about a question: what every row says of them, as the matching reads it."""

from collections.abc import Collection, Mapping, Sequence

from pydantic import TypeAdapter

from core.chat.identity import Account
from core.engine.scene import Scene
from core.members import service as members
from core.members.models import MemberAccount, MemberProfile
from core.questions.matching import (
    Asked,
    Candidate,
    Choice,
    Reason,
    Refusal,
    ranked,
)
from core.questions.models import AcceptedAnswer, Question, Solicitation
from core.questions.rules import Outcome, QuestionsSettings

_REASONS = TypeAdapter(tuple[Reason, ...])


def written(reasons: Collection[Reason]) -> list[dict[str, object]]:
    """Reasons as a row keeps them."""
    kept: list[dict[str, object]] = _REASONS.dump_python(tuple(reasons), mode="json")
    return kept


def reasons_of(asked: Solicitation) -> tuple[Reason, ...]:
    """Why that person was asked; empty for what was asked before reasons were kept."""
    return _REASONS.validate_python(asked.reasons or [])


async def choices(scene: Scene, question: Question) -> list[tuple[Choice, Account]]:
    """Who may be asked now, the best first, and their account where the question stands."""
    already = await Solicitation.filter(question_id=question.id)
    asker = await members.profile_of(question.member_id)
    wanted = Asked(
        question.id, question.member_id, tuple(question.topics), question.title, asker.training
    )
    profiles = {p.member_id: p for p in await members.experts(scene.community)}
    here = await _accounts(question, profiles)
    known = await _candidates([profiles[member] for member in sorted(here)])
    limit = scene.settings(QuestionsSettings).asks_per_week
    found = ranked(wanted, known, {row.member_id for row in already}, scene.now, limit)
    return [(choice, here[choice.member]) for choice in found]


async def _accounts(question: Question, people: Collection[int]) -> Mapping[int, Account]:
    """The last active account of each of these people where the question was asked."""
    rows = MemberAccount.filter(
        platform=question.platform,
        workspace=question.workspace,
        left_at=None,
        member_id__in=list(people),
    )
    return {row.member_id: row.account for row in await rows.order_by("active_at", "id")}


async def _candidates(profiles: Sequence[MemberProfile]) -> list[Candidate]:
    people = [profile.member_id for profile in profiles]
    asked: dict[int, list[Solicitation]] = {}
    for row in await Solicitation.filter(member_id__in=people).order_by("id"):
        asked.setdefault(row.member_id, []).append(row)
    solved = await _solved(people)
    return [
        _candidate(one, solved.get(one.member_id, ()), asked.get(one.member_id, []))
        for one in profiles
    ]


async def _solved(people: Collection[int]) -> Mapping[int, tuple[tuple[str, ...], ...]]:
    """The topics of each question that somebody's answer solved; one's own do not count."""
    rows = AcceptedAnswer.filter(member_id__in=list(people)).select_related("question")
    found: dict[int, tuple[tuple[str, ...], ...]] = {}
    for row in await rows.order_by("id"):
        if row.question.member_id != row.member_id:
            topics = (tuple(row.question.topics),)
            found[row.member_id] = found.get(row.member_id, ()) + topics
    return found


def _candidate(
    profile: MemberProfile, solved: tuple[tuple[str, ...], ...], asked: list[Solicitation]
) -> Candidate:
    refused = [row for row in asked if row.outcome is Outcome.NOT_MINE]
    return Candidate(
        profile.member_id,
        tuple(profile.topics),
        profile.training,
        solved,
        tuple(row.at for row in asked),
        sum(row.outcome is Outcome.TOOK for row in asked),
        tuple(Refusal(topics_of(row), row.at) for row in refused),
    )


def topics_of(asked: Solicitation) -> tuple[str, ...]:
    """The topics for which that person was asked."""
    return Choice(asked.member_id, reasons_of(asked)).topics
