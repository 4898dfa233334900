"""A week as a whole: added up once it is over, and again only when something in it changed."""

from datetime import datetime, timedelta

from tortoise.expressions import Q
from tortoise.functions import Count, Max

from core.engagement import service
from core.engagement.models import Activity, ClosedWeek
from core.engagement.rules import Tally, packed, unpacked
from core.engine.models import Community
from core.engine.scene import Scene
from core.members.models import Link, MemberAccount

SLACK = timedelta(minutes=10)
"""A link made so long before a week was added up may have been committed after."""

SETTLED = timedelta(days=35)
"""A week that ended so long ago is counted no more: a history is read thirty days back at most."""


async def tally(scene: Scene, start: datetime, end: datetime) -> Tally:
    """What everybody did from `start` to just before `end`; kept when that is over.

    What is kept is checked against the number and the newest of its rows, and against the links
    made or undone since. So nothing that adds or removes a row has to know of it, and one that
    commits beside us is found the next time. Checked once a month after its end, what was told
    stays told: only links still change it.
    """
    if end > scene.now:
        return await added_up(scene.community, start, end)
    kept = await ClosedWeek.get_or_none(community=scene.community, start=start, end=end)
    if kept is not None and await _stands(scene, kept):
        return unpacked(kept.figures)
    return await _added_up_again(scene, start, end)


async def _added_up_again(scene: Scene, start: datetime, end: datetime) -> Tally:
    """The same from the rows, kept for the next time."""
    rows, newest = await _rows(scene.community, start, end)
    found = await added_up(scene.community, start, end)
    made = ClosedWeek(
        community=scene.community,
        start=start,
        end=end,
        rows=rows,
        newest=newest,
        at=scene.now,
        figures=packed(found),
    )
    await ClosedWeek.bulk_create(
        [made],
        update_fields=["rows", "newest", "at", "figures"],
        on_conflict=["community_id", "start", "end"],
    )
    return found


async def added_up(community: Community, start: datetime, end: datetime) -> Tally:
    """The same from the rows themselves."""
    active = await service.active_members(community, start, end)
    return Tally(
        active=len(active),
        several=len(active & await _several(community)),
        figures=await service.counts(community, start, end),
        participations=await service.participations(community, start, end),
    )


async def _stands(scene: Scene, kept: ClosedWeek) -> bool:
    """Whether what was kept of a week is still what it came to."""
    if kept.at - kept.end > SETTLED:
        return not await _relinked(scene.community, kept)
    same = (kept.rows, kept.newest) == await _rows(scene.community, kept.start, kept.end)
    if not same or await _relinked(scene.community, kept):
        return False
    if scene.now - kept.end > SETTLED:
        await ClosedWeek.filter(id=kept.id).update(at=scene.now)
    return True


async def _rows(community: Community, start: datetime, end: datetime) -> tuple[int, int]:
    """How many rows there are, and the id of the newest."""
    rows = Activity.filter(community=community, at__gte=start, at__lt=end)
    ((count, newest),) = await rows.annotate(n=Count("id"), last=Max("id")).values_list("n", "last")
    return int(count), int(newest or 0)


async def _relinked(community: Community, kept: ClosedWeek) -> bool:
    """Whether two people, one of whom did something in that week, were linked or parted since."""
    since = kept.at - SLACK
    links = Link.filter(Q(at__gte=since) | Q(undone_at__gte=since), member__community=community)
    pairs = await links.values_list("member_id", "absorbed")
    people = {member for pair in pairs for member in pair}
    theirs = Activity.filter(member_id__in=list(people), at__gte=kept.start, at__lt=kept.end)
    return bool(people) and await theirs.exists()


async def _several(community: Community) -> set[int]:
    """Those who have brought several accounts together."""
    rows = MemberAccount.filter(community=community).annotate(n=Count("id")).group_by("member_id")
    return {int(m) for (m,) in await rows.filter(n__gt=1).values_list("member_id")}
