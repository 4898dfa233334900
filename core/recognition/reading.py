"""Reading what people did from the rows of the rooms that record it, and what it is worth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.chat.identity import Platform
from core.engagement import giving
from core.engine.models import Community
from core.engine.scene import Scene
from core.questions.models import Question, QuestionMessage
from core.questions.rules import QuestionState
from core.recognition.honours import Deeds
from core.recognition.models import Thanks
from core.recognition.rules import (
    FORMULA,
    RING,
    Fact,
    Merit,
    Pace,
    Score,
    close_to,
    paces,
    ringed,
    score,
)

LATELY = timedelta(days=28)
"""Over how long it is looked at how busy a platform is."""
TIES = timedelta(days=84)
"""Over how long it is looked at who gives to whom."""
YEAR = timedelta(days=FORMULA.memory)


@dataclass(frozen=True, slots=True)
class Help:
    """Somebody answered a question of `asker` for the first time; `solved`: theirs was the one."""

    question: int
    member: int
    asker: int
    platform: Platform
    at: datetime
    solved: datetime | None


async def helps(
    community: Community, since: datetime, people: Sequence[int] | None = None
) -> list[Help]:
    """Who helped with which question since then, each once a question; of some people, or all."""
    rows = QuestionMessage.filter(question__community=community, question__asked_at__gte=since)
    if people is None:
        return await _helps(rows)
    found: set[int] = set()
    for some in giving.batches(people):
        theirs = rows.filter(member_id__in=some)
        found |= {int(q) for (q,) in await theirs.distinct().values_list("question_id")}
    told, helped = set(people), []
    for some in giving.batches(sorted(found)):
        helped += await _helps(QuestionMessage.filter(question_id__in=some))
    return [one for one in helped if one.member in told]


async def _helps(rows) -> list[Help]:  # type: ignore[no-untyped-def]  # noqa: ANN001  Tortoise's query type has no public name
    others = rows.filter(member_id__isnull=False, member__absorbed_by=None)
    told = await others.order_by("at", "id").select_related("question")
    first: dict[tuple[int, int], QuestionMessage] = {}
    answers: dict[int, list[QuestionMessage]] = {}
    for row in told:
        if row.member_id != row.question.member_id:
            first.setdefault((row.question_id, row.member_id), row)
            answers.setdefault(row.question_id, []).append(row)
    return [
        Help(
            question=row.question_id,
            member=member,
            asker=row.question.member_id,
            platform=row.question.platform,
            at=row.at,
            solved=row.question.solved_at
            if _solver(row.question, answers[row.question_id]) == member
            else None,
        )
        for (_, member), row in first.items()
    ]


def _solver(question: Question, answers: Sequence[QuestionMessage]) -> int | None:
    """Whose answer solved a question: the one that was marked, else the first."""
    if question.state is not QuestionState.SOLVED:
        return None
    marked = question.solved_by.rpartition(" ")[0]
    return next((row.member_id for row in answers if row.key == marked), answers[0].member_id)


async def thanks(
    community: Community, since: datetime, people: Sequence[int]
) -> list[tuple[int, int, Platform, datetime]]:
    """Who was thanked by whom (member, giver), where and when."""
    found: list[tuple[int, int, Platform, datetime]] = []
    for some in giving.batches(people):
        rows = Thanks.filter(community=community, member_id__in=some, at__gte=since)
        told = await rows.values_list(
            "member_id", "given__member_id", "given__member__absorbed_by", "platform", "at"
        )
        found += [(int(m), int(into or by), Platform(on), at) for m, by, into, on, at in told]
    return found


async def facts(scene: Scene, people: Sequence[int]) -> dict[int, list[Fact]]:
    """Everything of the last year that counts, by member."""
    found: dict[int, list[Fact]] = {member: [] for member in people}
    since, here = scene.now - YEAR, scene.community

    def day(at: datetime) -> date:
        return scene.local(at).date()

    for one in await helps(here, since, people):
        found[one.member].append(Fact(Merit.HELP, one.platform, day(one.at)))
        if one.solved:
            fact = Fact(Merit.ACCEPTED, one.platform, day(one.solved), one.asker)
            found[one.member].append(fact)
    dates: set[tuple[int, str]] = set()
    for member, platform, about, at in sorted(
        await giving.dated(here, people, since), key=lambda one: one[3]
    ):
        if (member, about) not in dates:
            dates.add((member, about))
            found[member].append(Fact(Merit.RITUAL, platform, day(at)))
    for member, giver, platform, at in await thanks(here, since, people):
        found[member].append(Fact(Merit.THANKS, platform, day(at), giver))
    for got in await giving.received(here, people, since):
        found[got.member].append(Fact(Merit.REACTION, got.platform, day(got.at), got.giver))
    return found


async def score_of(scene: Scene, member: int, known: Iterable[Fact] | None = None) -> Score:
    """A member's points now, with everything that explains them; `known`: their facts."""
    mine = list(known) if known is not None else (await facts(scene, [member]))[member]
    return score(
        mine,
        scene.local(scene.now).date(),
        member=member,
        ring=await ring_of(scene, member, mine),
        factors=await factors(scene, member),
    )


async def ring_of(scene: Scene, member: int, known: Iterable[Fact]) -> frozenset[int]:
    """Who gives to a member what comes round; read step by step from the member outwards."""
    ties: dict[int, dict[int, int]] = {}
    edge = {member, *(fact.giver for fact in known if fact.giver is not None)}
    for _ in range(RING - 1):
        if not edge:
            break
        await _add_ties(scene, sorted(edge), ties)
        edge = {to for one in edge for to in close_to(ties, one)} - ties.keys()
    return ringed(member, ties)


async def _add_ties(scene: Scene, givers: Sequence[int], ties: dict[int, dict[int, int]]) -> None:
    since = scene.now - TIES
    found = await giving.ties(scene.community, givers, since)
    for some in giving.batches(givers):
        rows = Thanks.filter(community=scene.community, given__member_id__in=some, at__gte=since)
        for giver, receiver in await rows.values_list("given__member_id", "member_id"):
            to = found.setdefault(int(giver), {})
            to[int(receiver)] = to.get(int(receiver), 0) + 1
    ties.update({giver: found.get(giver, {}) for giver in givers})


async def factors(scene: Scene, member: int) -> dict[Platform, float]:
    """By how much a member's points count on each platform."""
    since = scene.now - LATELY
    around = {p: Pace(*told) for p, told in (await giving.busy(scene.community, since)).items()}
    return paces(around, await giving.own(scene.community, member, since))


async def deeds(scene: Scene) -> dict[int, Deeds]:
    """What everybody did in the last year that a badge may be given for."""
    since = scene.now - YEAR
    helped: dict[int, list[Help]] = {}
    for one in await helps(scene.community, since):
        helped.setdefault(one.member, []).append(one)
    dates: dict[int, int] = {}
    for people in (await giving.taking_part(scene.community, since)).values():
        for member in people:
            dates[member] = dates.get(member, 0) + 1
    return {
        member: Deeds(
            helped=len(some := helped.get(member, [])),
            people=len({one.asker for one in some}),
            accepted=sum(one.solved is not None for one in some),
            rituals=dates.get(member, 0),
        )
        for member in sorted(helped.keys() | dates.keys())
    }
