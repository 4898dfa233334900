"""Work due later: rows claimed with a lease, each done in one transaction with its mark."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from tortoise.expressions import F, Q

from core.engine.database import transaction
from core.engine.errors import trace
from core.engine.models import Community, Job, State

LEASE = timedelta(minutes=2)
TRIES = 8

log = structlog.get_logger()


async def schedule(community: Community, kind: str, key: str, at: datetime) -> None:
    """Add a job; one with the same kind and key is left as it is."""
    await Job.bulk_create(
        [Job(community=community, kind=kind, key=key, due_at=at)], ignore_conflicts=True
    )


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
    ready = Q(state=State.DUE, due_at__lte=now) | Q(state=State.CLAIMED, lease_until__lt=now)
    claimed = 0
    for job in await Job.filter(ready, community=community).order_by("due_at", "id").limit(100):
        won = await Job.filter(ready, id=job.id).update(
            state=State.CLAIMED, lease_until=now + LEASE, tries=F("tries") + 1
        )
        if won:
            claimed += 1
            job.tries += 1
            await _do(job, now, work)
    return claimed


async def _do(job: Job, now: datetime, work: Work) -> None:
    try:
        async with transaction():
            done = await Job.filter(id=job.id, state=State.CLAIMED).update(state=State.DONE)
            if done:
                await work(job)
    except Exception as error:  # noqa: BLE001  the boundary: one bad job must not stop the others
        await _fail(job, now, error)


async def _fail(job: Job, now: datetime, error: Exception) -> None:
    given_up = job.tries >= TRIES
    log.error("job failed", kind=job.kind, key=job.key, tries=job.tries, trace=trace(error))
    await Job.filter(id=job.id, state=State.CLAIMED).update(
        state=State.FAILED if given_up else State.DUE,
        due_at=now + timedelta(seconds=5 * 2**job.tries),
        problem=type(error).__name__,
    )
