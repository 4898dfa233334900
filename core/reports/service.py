"""Reading a week: every figure of the digest, from the rows of the rooms that count it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from tortoise.expressions import Q
from tortoise.functions import Count

from core.arrivals import service as arrivals
from core.chat.identity import Platform
from core.engagement import weeks as engagement
from core.engagement.rules import Figures, Kind, Tally
from core.engine.models import Community, Job, OutboxMessage, State
from core.engine.scene import Scene
from core.members.models import Member, MemberAccount
from core.onboarding import service as onboarding
from core.onboarding.models import Journey
from core.onboarding.rules import Step, next_step
from core.questions import service as questions
from core.questions.models import QuestionMessage
from core.reports.rules import (
    FEW,
    WEEKS,
    Digest,
    Newcomers,
    People,
    Questions,
    Total,
    Week,
    dated_in,
    few,
    gatherings,
    shares,
    week_of,
)
from core.watch import service as watch

NOWHERE = "channel is configured for"
"""How a platform says that it was given no channel for a purpose: a choice, not a failure."""


def current_week(scene: Scene) -> Week:
    """The week that goes on."""
    return Week.of(scene.local(scene.now).date())


def asked_week(scene: Scene, written: str = "") -> Week:
    """The week written `2026-W47`, or the last one that is over when nothing is written.

    Raises ValueError, with what to write instead, when it is no week or has not begun.
    """
    current = current_week(scene)
    week = week_of(written) if written.strip() else current.ago()
    if week > current:
        raise ValueError(f"{week.name} has not begun; the present week is {current.name}")
    return week


async def digest(scene: Scene, written: str = "") -> Digest:
    """The figures of the week written `2026-W47`, as `asked_week` reads it. Raises ValueError."""
    return await figures(scene, asked_week(scene, written))


async def figures(scene: Scene, week: Week) -> Digest:
    """All figures of a week that has begun; what people wait for is told as it is now."""
    start, end = week.bounds(scene.zone)
    weeks = [week.ago(n) for n in reversed(range(WEEKS))]
    tallies = [(one, await _tally(scene, one)) for one in weeks]
    tally = tallies[-1][1]
    people = await _people(scene.community, start, end)
    return Digest(
        week=week,
        over=end <= scene.now,
        series=await _series(scene, tallies),
        several=tally.several,
        newcomers=await _newcomers(scene, start, end),
        gate=await onboarding.waiting_at_gate(scene),
        trained=await arrivals.funnel(scene),
        questions=await _questions(scene.community, start, end),
        gatherings=gatherings(
            [(one, dated_in(one, met.participations)) for one, met in tallies], people
        ),
        messages=_total(tally.figures, (Kind.MESSAGE, Kind.REPLY), people),
        reactions=_total(tally.figures, (Kind.REACTION_GIVEN,), people),
        few=few(people),
        failed=await _failed(scene.community, start, end),
        missed=await _missed(scene.community, start, end),
        away=[a.end - a.start for a in await watch.absences(scene.community, start, end)],
    )


async def _tally(scene: Scene, week: Week) -> Tally:
    return await engagement.tally(scene, *week.bounds(scene.zone))


async def _series(
    scene: Scene, tallies: Sequence[tuple[Week, Tally]]
) -> tuple[tuple[Week, int | None], ...]:
    """Active members by week, None for a week before the first member came."""
    first = await Member.filter(community=scene.community).order_by("joined_at").first()
    made: list[tuple[Week, int | None]] = []
    for week, tally in tallies[:-1]:
        known = first is not None and first.joined_at < week.bounds(scene.zone)[1]
        made.append((week, tally.active if known else None))
    last, tally = tallies[-1]
    return (*made, (last, tally.active))


async def _people(community: Community, start: datetime, end: datetime) -> People:
    """Five of those who were on each platform, or all when there were fewer."""
    here = Q(left_at=None) | Q(left_at__gte=start)
    rows = MemberAccount.filter(here, community=community, member__joined_at__lt=end)
    found = {}
    for platform in Platform:
        some = rows.filter(platform=platform).distinct().limit(FEW)
        found[platform] = {int(m) for (m,) in await some.values_list("member_id")}
    return found


async def _newcomers(scene: Scene, start: datetime, end: datetime) -> Newcomers:
    # The week is what finds the rows: asked for the community as well, a database without
    # statistics begins with all of its members.
    rows = Journey.filter(greeted_at__gte=start, greeted_at__lt=end).values_list(
        "member_id", "member__community_id", "member__absorbed_by", "member__left_at"
    )
    ours = [
        (int(member), left)
        for member, community, absorbed, left in await rows
        if community == scene.community.id and absorbed is None
    ]
    facts = await onboarding.facts_of_each(scene, [member for member, left in ours if not left])
    stands: Counter[Step | None] = Counter(next_step(known) for known in facts.values())
    return Newcomers(len(ours), dict(stands))


async def _questions(community: Community, start: datetime, end: datetime) -> Questions:
    counted = await questions.figures(community, start, end)
    return Questions(
        asked=counted.asked,
        answered=counted.answered,
        waiting=counted.waiting,
        median_minutes=counted.median_minutes,
        unanswered=tuple(counted.unanswered),
        helped=await _helped(community, start, end),
        ninetieth_minutes=counted.ninetieth_minutes,
    )


async def _helped(community: Community, start: datetime, end: datetime) -> tuple[int, ...]:
    """In how many questions each person who answered did so; names are not kept."""
    rows = QuestionMessage.filter(
        question__community=community,
        at__gte=start,
        at__lt=end,
        member_id__isnull=False,
        member__absorbed_by=None,
    )
    told = await rows.values_list("question_id", "member_id", "question__member_id")
    pairs = {(question, member) for question, member, asker in told if member != asker}
    return tuple(sorted(Counter(member for _, member in pairs).values()))


def _total(counted: Figures, kinds: Sequence[Kind], people: People) -> Total:
    by: Counter[Platform] = Counter()
    for kind in kinds:
        by.update(counted.on(kind))
    return Total(by.total(), shares(by, people))


async def _failed(community: Community, start: datetime, end: datetime) -> Mapping[Platform, int]:
    """Messages given up, by platform; a gate that could not be moved is one too."""
    rows = OutboxMessage.filter(
        community=community, state=State.FAILED, due_at__gte=start, due_at__lt=end
    ).exclude(problem__contains=NOWHERE)
    grouped = rows.annotate(n=Count("id")).group_by("platform")
    by = {Platform(name): int(n) for name, n in await grouped.values_list("platform", "n")}
    return {platform: by[platform] for platform in Platform if platform in by}


async def _missed(community: Community, start: datetime, end: datetime) -> int:
    """Jobs given up, or begun too late; one that was taken back was never begun."""
    return await Job.filter(
        community=community,
        state__in=(State.FAILED, State.SKIPPED),
        tries__gt=0,
        due_at__gte=start,
        due_at__lt=end,
    ).count()
