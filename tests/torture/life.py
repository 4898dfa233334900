"""One life of the real suite, in a process of its own that may be killed at any moment."""

import asyncio
import json
import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from tortoise import connections
from tortoise.expressions import Q

from bots import logs
from bots.platforms import adapters
from bots.suite import Suite, menu_of, open_app
from config.community import load
from config.settings import Settings
from core.engine import database
from core.engine.models import Job, OutboxMessage, State
from tests.torture import figures
from tests.torture.birth import Birth
from tests.torture.wall import Wall
from tests.torture.watched import Heard, Watched, hurried

SOON = timedelta(minutes=30)
"""What is tried again within that time is waited for, by moving the clock."""

OVER = timedelta(seconds=1)
"""After which a lease is surely over."""


async def live(birth: Birth) -> None:
    """Be the suite until killed or until the parent is gone."""
    _write_to(birth.log)
    reader, writer = await asyncio.open_unix_connection(birth.control, limit=1 << 24)

    def tell(**said: object) -> None:
        writer.write(json.dumps(said).encode() + b"\n")

    heard = Heard()
    config = load(birth.community)
    settings = Settings.model_validate(birth.settings)
    try:
        app = await open_app(settings, config, Wall(birth.wall))
        menu = menu_of(app)
        app.adapters = {
            platform: Watched(hurried(real, menu, app.clock.now), heard, tell)
            for platform, real in adapters(settings, config, menu, app.clock).items()
        }
        suite = Suite(app)
        await suite.start()
        tell(up=True)
        async for line in reader:
            tell(**await _obey(suite, heard, **json.loads(line)))
    finally:
        with suppress(Exception):
            await database.close()


def _write_to(log: Path) -> None:
    """Standard error becomes the log, for the libraries' own words too."""
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(out, 2)
    os.dup2(out, 1)
    logs.configure()


async def _obey(suite: Suite, heard: Heard, order: str, full: bool = False) -> dict[str, object]:  # noqa: FBT001, FBT002  JSON's word
    match order:
        case "settle":
            return await _settle(suite, heard)
        case "figures":
            return {"figures": await figures.told()}
        case "pages":
            connection = connections.get("default")
            (_, rows) = await connection.execute_query("PRAGMA page_count")
            most = int(rows[0][0]) if full else 1_000_000_000
            await connection.execute_query(f"PRAGMA max_page_count = {most}")
            return {"pages": most}
    raise ValueError(order)


async def _settle(suite: Suite, heard: Heard) -> dict[str, object]:
    """Do all that is due, and say what is left that time alone will bring."""
    await suite.settle()
    now = suite.app.clock.now()
    waits = Q(state=State.CLAIMED) | Q(state=State.DUE, due_at__lte=now)
    retried = Q(state=State.DUE, tries__gt=0, due_at__lte=now + SOON)
    owed = await OutboxMessage.filter(waits | retried).count()
    jobs = await Job.filter(waits | retried).count()
    later = Q(state=State.DUE, due_at__gt=now)
    coming = [await rows.filter(later).order_by("due_at").first() for rows in (OutboxMessage, Job)]
    moments = [row.due_at for row in coming if row is not None]
    # What a killed life held falls to the next one as soon as its lease is over.
    held = [
        await rows.filter(state=State.CLAIMED).order_by("lease_until").first()
        for rows in (OutboxMessage, Job)
    ]
    moments += [row.lease_until + OVER for row in held if row is not None and row.lease_until]
    following = min((moment for moment in moments if moment > now), default=None)
    return {
        "settled": True,
        "events": heard.events,
        "in_hand": heard.in_hand,
        "again": heard.again,
        "sessions": heard.sessions,
        "owed": owed,
        "following": following.isoformat() if following else None,
        "doubtful": await OutboxMessage.filter(state=State.DOUBTFUL).count(),
        "jobs": jobs,
        "up": len(suite._up),  # which it began to serve; whether one is in trouble is known later
    }
