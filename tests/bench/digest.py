"""The weekly digest beside plain SQL over every row: `python -m tests.bench.digest FILE ROUNDS`."""

import asyncio
import logging
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bots import schema
from bots.rooms import settings_of
from config.community import load
from config.settings import Settings
from core.engagement.rules import Kind
from core.engine import database
from core.engine.models import Community
from core.engine.scene import Scene
from core.engine.texts import Texts
from core.reports import service
from core.reports.rules import WEEKS, Digest, Week
from tests.bench.rows import Wrong
from tests.bench.seeded import stamp
from tests.bench.town import tell
from tests.bench.weight import most, resident

# The words below are ours alone: nothing that anybody wrote is part of a statement.
# ruff: noqa: S608
DONE = f"kind IN ('{Kind.MESSAGE}', '{Kind.REPLY}', '{Kind.REACTION_GIVEN}', '{Kind.RITUAL}')"
IN_WEEK = "activity.community_id = 1 AND activity.at >= ? AND activity.at < ?"
HERE = f"{IN_WEEK} AND member_id IN (SELECT id FROM member WHERE absorbed_by IS NULL)"

ACTIVE = f"SELECT count(DISTINCT member_id) FROM activity WHERE {HERE} AND {DONE}"
SEVERAL = (
    f"SELECT count(DISTINCT member_id) FROM activity WHERE {HERE} AND {DONE} AND member_id IN"
    " (SELECT member_id FROM member_account GROUP BY member_id HAVING count(*) > 1)"
)
COUNTS = (
    "SELECT kind, count(*) FROM activity LEFT JOIN activity given"
    " ON activity.kind = 'reaction_received' AND given.id = activity.subject"
    f" WHERE {HERE.replace('member_id IN', 'activity.member_id IN')}"
    " AND (given.id IS NULL OR given.member_id <> activity.member_id) GROUP BY activity.kind"
).replace("SELECT kind", "SELECT activity.kind")
RITUALS = (
    f"SELECT subject, count(DISTINCT member_id) FROM activity WHERE {HERE} AND kind = 'ritual'"
    " GROUP BY subject"
)

Answer = tuple[object, ...]


def plain(base: sqlite3.Connection, weeks: Sequence[tuple[str, str]]) -> Answer:
    """The figures of the last of these weeks, and the series, from the rows themselves."""
    shown = weeks[-1]
    counts = dict(base.execute(COUNTS, shown))
    return (
        [base.execute(ACTIVE, week).fetchone()[0] for week in weeks],
        base.execute(SEVERAL, shown).fetchone()[0],
        counts[Kind.MESSAGE] + counts[Kind.REPLY],
        counts[Kind.REACTION_GIVEN],
        [_people(base.execute(RITUALS, week).fetchall()) for week in weeks][-1],
    )


def _people(found: Sequence[tuple[str, int]]) -> dict[str, int]:
    people: Counter[str] = Counter()
    for about, count in found:
        people[about.rpartition(":")[0]] += count
    return dict(people)


def told(digest: Digest) -> Answer:
    """The same of ours."""
    return (
        [people for _, people in digest.series],
        digest.several,
        digest.messages.count,
        digest.reactions.count,
        {one.ritual: one.taken_part.count for one in digest.gatherings},
    )


async def main() -> None:
    """Measure; one line with the seconds of each run and the megabytes ours took."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    file, rounds = Path(sys.argv[1]), int(sys.argv[2])
    settings = Settings()
    await database.connect(f"sqlite://{file}", schema.MODULES)
    try:
        community = await Community.get(id=1)
        texts = Texts(settings.locales)
        held = settings_of(load(settings.config))
        scene = Scene(community, datetime.now(UTC), texts, (), held)
        await measure(scene, file, rounds)
    finally:
        await database.close()


async def measure(scene: Scene, file: Path, rounds: int) -> None:
    """Ours and theirs in turn, after ours once: the weeks that are over stand by then."""
    last = service.asked_week(scene)
    weeks = [last.ago(n) for n in reversed(range(WEEKS))]
    bounds = [_stamped(scene, week) for week in weeks]
    before = resident()
    first, _ = await _ours(scene, last)
    after = most()  # before SQLite reads everything for the other
    ours, theirs = [], []
    with closing(sqlite3.connect(file)) as base:
        for _ in range(rounds):
            took, mine = await _ours(scene, last)
            began = time.perf_counter()
            answer = plain(base, bounds)
            ours.append(took)
            theirs.append(time.perf_counter() - began)
            if answer != mine:
                raise Wrong(f"plain SQL says {answer}, the digest {mine}")
    tell(ours=ours, theirs=theirs, first=first, megabytes=after - before)


async def _ours(scene: Scene, week: Week) -> tuple[float, Answer]:
    began = time.perf_counter()
    async with database.transaction():
        digest = await service.figures(scene, week)
    return time.perf_counter() - began, told(digest)


def _stamped(scene: Scene, week: Week) -> tuple[str, str]:
    start, end = week.bounds(scene.zone)
    return stamp(start), stamp(end)


if __name__ == "__main__":
    asyncio.run(main())
