"""Once a minute: who is to be told what, each thing once."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from tortoise.expressions import Q
from tortoise.functions import Count, Min

from core.chat.identity import Place, Platform, Purpose
from core.chat.messages import Message
from core.engine.database import select
from core.engine.models import Job, OutboxMessage, State
from core.engine.scene import Scene
from core.watch import pages, service
from core.watch.models import Absence, Awake, Incident, Missed
from core.watch.rules import (
    LATE,
    NOTICE_EVERY,
    ONE_BY_ONE,
    STALE,
    WATCH,
    Pulses,
    Step,
    Trouble,
    course,
    listeners,
    room_of,
    why,
)

EVERY = timedelta(seconds=30)
"""Another process looked less than this ago: it told what there is to tell."""

FRESH = timedelta(hours=1)
"""After which an alert that could not be delivered is news no more."""

SOMETHING = """
SELECT 1 AS something WHERE EXISTS (
    SELECT 1 FROM outbox_message WHERE community_id = ? AND (
        state = 'doubtful' AND told_at IS NULL
        OR state = 'failed' AND told_at IS NULL AND due_at >= ?
        OR state IN ('due', 'claimed') AND (due_at <= ? OR failing_since <= ?))
)
OR EXISTS (SELECT 1 FROM watch_incident WHERE community_id = ? AND over_at IS NULL)
OR EXISTS (SELECT 1 FROM watch_absence WHERE community_id = ? AND told_at IS NULL)
OR EXISTS (
    SELECT 1 FROM job
    WHERE community_id = ? AND state = 'failed' AND told_at IS NULL AND due_at >= ?)
OR EXISTS (SELECT 1 FROM watch_missed WHERE community_id = ? AND told_at IS NULL)
"""
"""What may have to be told: all that the looks below would find, and perhaps more."""

log = structlog.get_logger()


async def look(scene: Scene) -> None:
    """Tell what is new since the last look: late, doubtful, away, given up.

    The row that says that we are awake is held meanwhile: of several processes one looks.
    """
    rows = Awake.filter(community=scene.community).select_for_update(skip_locked=True)
    mark = await rows.first()
    if mark is None:
        if not await Awake.exists(community=scene.community):
            await service.awake(scene)
        return
    if timedelta(0) <= scene.now - mark.at < EVERY:
        return
    await Awake.filter(id=mark.id).update(at=scene.now)
    if await _all_is_well(scene):
        return
    scene = replace(scene, cause=WATCH)
    await _late(scene)
    await _doubtful(scene)
    if not await _away(scene):
        await _given_up(scene)


async def _all_is_well(scene: Scene) -> bool:
    """Whether there is nothing to look at: one question, for that is so nearly every minute."""
    ours, late, stale = scene.community.id, scene.now - LATE, scene.now - STALE
    return not await select(SOMETHING, ours, stale, late, late, ours, ours, ours, stale, ours)


async def _tell(
    scene: Scene, message: Message, place: Place, until: datetime | None = None
) -> None:
    """Shown twice it harms nobody: a doubt about it is not worth another question."""
    await scene.owe(message, place, until=until, harmless=True)


# -- owed for too long -------------------------------------------------------------------------


async def _late(scene: Scene) -> None:
    late = await _overdue(scene)
    open_ones = await Incident.filter(community=scene.community, over_at=None).order_by("id")
    incidents = {incident.platform: incident for incident in open_ones}
    told = {platform: one.told_at is not None for platform, one in incidents.items()}
    for platform, step in course(told, late.keys()).items():
        if step is Step.NOTE:
            since, _ = late[platform]
            await Incident.create(community=scene.community, platform=platform, since=since)
        elif step is Step.FORGET:
            await Incident.filter(id=incidents[platform].id).delete()
        elif step is Step.TELL:
            await Incident.filter(id=incidents[platform].id).update(told_at=scene.now)
            since, count = late[platform]
            log.error("owed for too long", platform=platform, rows=count, since=since.isoformat())
            await _alert(scene, pages.alert(scene, platform, since, count), set(late))
        else:
            await Incident.filter(id=incidents[platform].id).update(over_at=scene.now)
            log.info("owed no more", platform=platform)
            await _alert(
                scene, pages.alert_over(scene, platform, incidents[platform].since), set(late)
            )


async def _overdue(scene: Scene) -> dict[Platform, tuple[datetime, int]]:
    """Since when, and how many messages, are owed for too long, by platform."""
    cutoff = scene.now - LATE
    since = Q(due_at__lte=cutoff) | Q(failing_since__lte=cutoff)
    rows = OutboxMessage.filter(service.waiting(scene.now), since, community=scene.community)
    grouped = (
        rows.exclude(cause=WATCH)
        .annotate(n=Count("id"), due=Min("due_at"), failing=Min("failing_since"))
        .group_by("platform")
    )
    found = {}
    for platform, n, *moments in await grouped.values_list("platform", "n", "due", "failing"):
        oldest = min(service.moment(m) for m in moments if m is not None)
        found[Platform(platform)] = (oldest, int(n))
    return found


async def _alert(scene: Scene, message: Message, late: set[Platform]) -> None:
    down = scene.settings(Pulses).down()
    places = listeners(scene.places(Purpose.ADMINS), late, down)
    if not places:
        log.error("nobody can be told", late=sorted(late), down=sorted(down))
    for place in places:
        await _tell(scene, message, place, scene.now + FRESH)


# -- a doubt -----------------------------------------------------------------------------------


async def _doubtful(scene: Scene) -> None:
    """The moderators of the platform on which it may stand can look whether it does.

    In a bad hour they are shown a list once: whatever else becomes doubtful is in it too.
    """
    doubts = OutboxMessage.filter(community=scene.community, state=State.DOUBTFUL)
    new = await doubts.filter(told_at=None).order_by("id")
    lately = doubts.filter(told_at__gt=scene.now - NOTICE_EVERY)
    for place in scene.places(Purpose.MODERATORS):
        rows = [row for row in new if row.platform == place.platform]
        if not rows:
            continue
        told = await lately.filter(platform=place.platform).count()
        if told > ONE_BY_ONE:
            continue
        if told + len(rows) > ONE_BY_ONE:
            await _tell(scene, pages.many_doubts(scene, place.platform, len(rows)), place)
        else:
            for row in rows:
                await _tell(scene, await pages.doubt(scene, service.item(row)), place)
        await OutboxMessage.filter(id__in=[row.id for row in rows]).update(told_at=scene.now)


# -- away --------------------------------------------------------------------------------------


async def _away(scene: Scene) -> bool:
    """Tell of an absence once what fell due meanwhile was done or skipped; says if one waits."""
    absence = await Absence.filter(community=scene.community, told_at=None).order_by("id").first()
    if absence is None:
        return False
    undone = Job.filter(community=scene.community, state__in=(State.DUE, State.CLAIMED), tries=0)
    catching_up = scene.now - absence.end < timedelta(minutes=1)
    if catching_up or await undone.filter(due_at__lte=absence.end).exists():
        return True
    away = await service.told_of(scene, absence)
    log.info(
        "was away",
        start=away.start.isoformat(),
        end=away.end.isoformat(),
        dates=len(away.dates),
        skipped=dict(away.skipped),
        recovered=dict(away.recovered),
    )
    if away.worth_telling:
        for place in scene.places(Purpose.MODERATORS):
            await _tell(scene, pages.absence(scene, away), place)
    await Absence.filter(id=absence.id).update(told_at=scene.now)
    await Missed.filter(
        community=scene.community, told_at=None, due_at__gte=away.start, due_at__lt=away.end
    ).update(told_at=scene.now)
    return False


# -- given up ----------------------------------------------------------------------------------


async def _given_up(scene: Scene) -> None:
    """At most one message an hour: how many of what, why, and what to do."""
    since = scene.now - STALE
    rows = service.failed(scene.community, since)
    jobs = Job.filter(community=scene.community, state=State.FAILED, due_at__gte=since)
    missed = Missed.filter(community=scene.community)
    found = await rows.filter(told_at=None).order_by("id")
    undone = await jobs.filter(told_at=None).order_by("id")
    dates = await missed.filter(told_at=None).order_by("due_at", "id")
    if not (found or undone or dates):
        return
    recently = {"told_at__gt": scene.now - NOTICE_EVERY}
    for kept in (rows, jobs, missed):
        if await kept.filter(**recently).exists():
            return
    trouble = Trouble.of(
        [(Platform(r.platform), why(r.problem), r.problem) for r in found if r.cause != WATCH],
        [room_of("", job.kind) for job in undone],
        [(row.title, row.due_at) for row in dates],
    )
    if any(row.cause == WATCH for row in found):
        log.error("the watch cannot tell", rows=sum(row.cause == WATCH for row in found))
    if trouble:
        for place in scene.places(Purpose.MODERATORS):
            await _tell(scene, pages.given_up(scene, trouble), place)
    await OutboxMessage.filter(id__in=[row.id for row in found]).update(told_at=scene.now)
    await Job.filter(id__in=[job.id for job in undone]).update(told_at=scene.now)
    await missed.filter(id__in=[row.id for row in dates]).update(told_at=scene.now)
