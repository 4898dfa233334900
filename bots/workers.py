"""Jobs done by worker processes: procrastinate hands the rows around, the rows stay the truth."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from itertools import chain, zip_longest
from typing import Any

import procrastinate
import structlog
from procrastinate.jobs import Job, Status
from procrastinate.schema import SchemaManager
from psycopg import AsyncConnection

from bots.ownership import address
from bots.schema import LOCK
from core.engine import database
from core.engine.app import AHEAD, App
from rituals.runner import materialise

log = structlog.get_logger()

SCHEMA = "procrastinate"
"""Its tables stand in a schema of their own, beside ours."""
TASK = "amicale.job"
AT_ONCE = 8
"""Jobs one worker has in hand."""
GRACE = 6.0
"""Seconds that what is in hand has to finish when a worker is told to stop."""
LOOK = 1.0
"""Seconds between two looks at what is due, when the last one found little."""
SOON = 0.1
"""Seconds until the next one, when it found as much as it may hand over."""
SILENT = 30.0
"""Seconds after which a worker that says nothing is dead; what it had in hand is handed again."""
LOOKING = 0x616D696A
"""The advisory lock under which one worker at a time hands over what is due."""

IN_OURS = f"-c search_path={SCHEMA}"


async def prepare(url: str) -> bool:
    """Make procrastinate's tables, or make them anew for another version; says whether it did.

    What is in them is worth nothing by itself: it names rows of ours, which are handed over
    again as long as they are due.
    """
    ours = version("procrastinate")
    async with await AsyncConnection.connect(address(url), options=IN_OURS) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        found = await connection.execute(
            "SELECT obj_description(oid) FROM pg_namespace WHERE nspname = %s", [SCHEMA]
        )
        row = await found.fetchone()
        if row is not None and row[0] == ours:
            return False
        await connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        await connection.execute(f"CREATE SCHEMA {SCHEMA}")
        await connection.execute(SchemaManager.get_schema())
        await connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{ours}'")
    return True


@asynccontextmanager
async def at_work(url: str, apps: Sequence[App]) -> AsyncIterator[None]:
    """Do these communities' jobs, beside other workers, until left; then within `GRACE`."""
    await prepare(url)
    for app in apps:
        async with database.transaction():
            await materialise(app.scene())
    worker = Worker(url, {app.community.id: app for app in apps})
    working = asyncio.create_task(worker.work())
    try:
        yield
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working


class Worker:
    """Hands over what is due, and does what it is handed."""

    def __init__(self, url: str, apps: Mapping[int, App]) -> None:
        self._apps = apps
        self._queues = {community: f"community-{community}" for community in apps}
        self._connector = procrastinate.PsycopgConnector(
            conninfo=address(url), kwargs={"options": IN_OURS}, min_size=1, max_size=AT_ONCE
        )
        self._queue = procrastinate.App(connector=self._connector)
        self._queue.task(name=TASK)(self._do)

    async def work(self) -> None:
        """Until cancelled; a database that goes away is waited for."""
        while True:
            try:
                async with self._queue.open_async():
                    await self._beside(self._does(), self._hands_over(), self._buries())
            except Exception as error:  # noqa: BLE001  whatever keeps the database away may pass
                log.warning("no work", reason=type(error).__name__)
            await asyncio.sleep(LOOK)

    async def _beside(self, *steps: Coroutine[Any, Any, None]) -> None:
        """All of them, until one ends: the first is left the time to finish what it has."""
        tasks = [asyncio.create_task(step) for step in steps]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _does(self) -> None:
        await self._queue.run_worker_async(
            queues=list(self._queues.values()),
            concurrency=AT_ONCE,
            fetch_job_polling_interval=LOOK,
            shutdown_graceful_timeout=GRACE,
            delete_jobs="always",
            install_signal_handlers=False,
            stalled_worker_timeout=SILENT,
        )

    async def _do(self, community: int, job: int) -> None:
        await self._apps[community].work_on(job)

    async def _hands_over(self) -> None:
        while True:
            more = await self._look()
            await asyncio.sleep(SOON if more else LOOK)

    async def _look(self) -> bool:
        """Hand over what is due, one of each community in turn; whether more may be waiting."""
        async with self._connector.pool.connection() as connection:
            alone = await connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOOKING])
            if not (await alone.fetchone() or (False,))[0]:
                return False
            cursor = await connection.execute(WAITING)
            waiting = {lock for (lock,) in await cursor.fetchall()}
            due = [
                [(app.community.id, job) for job in await app.plan()] for app in self._apps.values()
            ]
            turns = chain.from_iterable(zip_longest(*due))
            handed = [self._named(*one) for one in turns if one and f"job:{one[1]}" not in waiting]
            if handed:
                await self._queue.job_manager.batch_defer_jobs_async(handed, connection)
        return any(len(jobs) == AHEAD for jobs in due)

    def _named(self, community: int, job: int) -> Job:
        return Job(
            id=None,
            queue=self._queues[community],
            lock=None,
            queueing_lock=f"job:{job}",
            task_name=TASK,
            task_kwargs={"community": community, "job": job},
        )

    async def _buries(self) -> None:
        """Forget what dead workers had been handed: its rows are due again after their lease."""
        while True:
            for job in await self._queue.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=SILENT
            ):
                await self._queue.job_manager.finish_job(job, Status.FAILED, delete_job=True)
            await asyncio.sleep(SILENT)


WAITING = "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo'"
