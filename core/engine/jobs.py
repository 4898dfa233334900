"""Work due later: rows claimed with a lease, each done in one transaction with its mark."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from tortoise.expressions import F, Q

from core.engine.database import insert_new, transaction
from core.engine.errors import trace
from core.engine.metrics import JOBS
from core.engine.models import Community, Job, State

LEASE = timedelta(minutes=2)
TRIES = 8
COLUMNS = ("community_id", "kind", "key", "state", "due_at", "tries", "problem")

log = structlog.get_logger()


async def schedule(community: Community, kind: str, key: str, at: datetime) -> None:
    """Add a job; one with the same kind and key is left as it is."""
    row = (community.id, kind, key, State.DUE.value, at.astimezone(UTC), 0, "")
    await insert_new("job", COLUMNS, [row], "id")


async def cancel(community: Community, kind: str, key: str) -> None:
    """Skip a job that is not yet done."""
    await Job.filter(community=community, kind=kind, key=key, state=State.DUE).update(
        state=State.SKIPPED
    )


Work = Callable[[Job], Awaitable[None]]


async def run_due(community: Community, now: datetime, work: Work) -> int:
    """Claim and do what is due, oldest first; says how many were claimed.

    `work` is called inside the transaction that marks the job done. One that fails is tried
    again after 10 s, 20 s, 40 s … and given up, with a line in the log, after eight tries.
    """
    claimed = 0
    rows = Job.filter(_ready(now), community=community).order_by("due_at", "id").limit(100)
    for job in await rows:
        if await _claim(job, now):
            claimed += 1
            await _do(community, job, now, work)
    return claimed


async def due(community: Community, now: datetime, most: int) -> list[int]:
    """The ids of what is due, oldest first, at most so many."""
    rows = Job.filter(_ready(now), community=community).order_by("due_at", "id").limit(most)
    return [job.id for job in await rows.only("id")]


async def run_one(community: Community, job_id: int, now: datetime, work: Work) -> bool:
    """Do one job as `run_due` does; False when it is not due: somebody else did it, or does."""
    job = await Job.get_or_none(id=job_id, community=community)
    if job is None or not await _claim(job, now):
        return False
    await _do(community, job, now, work)
    return True


def _ready(now: datetime) -> Q:
    return Q(state=State.DUE, due_at__lte=now) | Q(state=State.CLAIMED, lease_until__lt=now)


async def _claim(job: Job, now: datetime) -> bool:
    won = await Job.filter(_ready(now), id=job.id).update(
        state=State.CLAIMED, lease_until=now + LEASE, tries=F("tries") + 1
    )
    job.tries += 1
    return bool(won)


async def _do(community: Community, job: Job, now: datetime, work: Work) -> None:
    outcome = "done"
    try:
        async with transaction():
            done = await Job.filter(id=job.id, state=State.CLAIMED).update(state=State.DONE)
            if done:
                await work(job)
    except asyncio.CancelledError:
        await _give_back(job)
        raise
    except Exception as error:  # noqa: BLE001  the boundary: one bad job must not stop the others
        outcome = "given up" if job.tries >= TRIES else "failed"
        await _fail(job, now, error)
    JOBS.labels(community.slug, job.kind, outcome).inc()


async def _give_back(job: Job) -> None:
    """We were told to stop half-way: nothing of it was done, and nobody need wait for a lease."""
    await Job.filter(id=job.id, state=State.CLAIMED).update(
        state=State.DUE, lease_until=None, tries=F("tries") - 1
    )


async def _fail(job: Job, now: datetime, error: Exception) -> None:
    given_up = job.tries >= TRIES
    log.error("job failed", kind=job.kind, key=job.key, tries=job.tries, trace=trace(error))
    await Job.filter(id=job.id, state=State.CLAIMED).update(
        state=State.FAILED if given_up else State.DUE,
        due_at=now + timedelta(seconds=5 * 2**job.tries),
        problem=type(error).__name__,
    )
