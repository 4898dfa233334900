"""The builder's weekly list: who could do with a word of theirs, and who carries too much."""

from collections.abc import Collection
from datetime import datetime, timedelta

from core.attention.service import tell
from core.chat.messages import Message
from core.engagement import giving
from core.engagement import service as engagement
from core.engine.scene import Scene, Speaker
from core.members import service as members
from core.members.models import Member
from core.onboarding import service as onboarding
from core.onboarding.models import Journey
from core.onboarding.rules import essential
from core.recognition import letters, reading
from core.recognition.care import (
    LOOKED_AT,
    NEW,
    STALLED,
    Burden,
    Concern,
    Group,
    alone,
    burden,
    fading,
)
from core.recognition.champions import READERS

WEEK = timedelta(days=7)
MONTH = timedelta(days=28)


async def report(scene: Scene) -> None:
    """Show it to each builder in private when they are there; nothing when all is well."""
    found = await concern(scene)
    if found.nothing:
        return

    def say(to: Speaker) -> Message:
        return letters.silent(scene, to, found)

    for reader in await members.holding(scene.community, READERS):
        await tell(scene, reader.id, say, until=scene.now + WEEK, patient=True)


async def concern(scene: Scene) -> Concern:
    """Whom and what to care about now."""
    stalled, faded, kept = await _stalled(scene), await _fading(scene), await _alone(scene)
    silent = await giving.never_seen(scene.community, _days_ago(scene, NEW))
    names = await _names({*stalled, *faded, *kept.values()})
    return Concern(
        groups={
            Group.STALLED: [names[member] for member in stalled],
            Group.NEVER_POSTED: [name for member, name in silent if member not in stalled],
            Group.FADING: [names[member] for member in faded],
        },
        carrying=await _carrying(scene),
        alone={ritual: names[member] for ritual, member in kept.items()},
    )


async def _stalled(scene: Scene) -> list[int]:
    """Who was greeted some weeks ago and has something essential before them; the newest first."""
    here = Journey.filter(
        member__community=scene.community,
        member__left_at=None,
        member__absorbed_by=None,
        greeted_at__gt=_days_ago(scene, STALLED.stop),
        greeted_at__lte=_days_ago(scene, STALLED.start),
    )
    rows = await here.order_by("-greeted_at", "-id").values_list("member_id", flat=True)
    people = [int(str(member)) for member in rows]
    known = await onboarding.facts_of_each(scene, people)
    return [member for member in people if essential(known[member]) is not None]


async def _fading(scene: Scene) -> list[int]:
    """Who used to be active most weeks, and has not been for three."""
    weeks: dict[int, set[int]] = {}
    for week in range(LOOKED_AT):
        end = scene.now - WEEK * week
        active = await engagement.active_members(scene.community, end - WEEK, end)
        for member in active:
            weeks.setdefault(member, set()).add(week)
    found = [member for member, seen in weeks.items() if fading(seen)]
    here = Member.filter(id__in=sorted(found), left_at=None)
    return [member.id for member in await here.order_by("id")]


async def _carrying(scene: Scene) -> tuple[str, Burden] | None:
    answered: dict[int, int] = {}
    since = scene.now - MONTH
    for one in await reading.helps(scene.community, since):
        answered[one.member] = answered.get(one.member, 0) + 1
    found = burden(answered)
    if found is None:
        return None
    return (await Member.get(id=found.member)).name, found


async def _alone(scene: Scene) -> dict[str, int]:
    """Ritual to who alone took part in all its dates of the last weeks."""
    told = await giving.taking_part(scene.community, scene.now - MONTH)
    dates = {}
    for about, people in told.items():
        ritual, _, day = about.rpartition(":")
        dates[ritual, day] = sorted(people)
    return alone(dates)


async def _names(people: Collection[int]) -> dict[int, str]:
    return {row.id: row.name for row in await Member.filter(id__in=sorted(people))}


def _days_ago(scene: Scene, days: int) -> datetime:
    return scene.now - timedelta(days=days)
