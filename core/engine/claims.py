"""Which rows of the outbox are in whose hand: taken, kept while it goes on, or left in doubt."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.queryset import QuerySet

from core.chat.identity import Platform
from core.engine.database import dialect, select
from core.engine.models import Community, OutboxMessage, State

LEASE = timedelta(seconds=30)
"""After which a row whose process died is another's."""

RENEW = 10.0
"""Seconds between two renewals of what is in hand."""

READY = """(state = 'due' AND due_at <= ?
    OR state = 'claimed' AND lease_until < ? AND began_at IS NULL)"""
"""What may be taken: due, or left by a process that died; what that one had begun is doubtful."""

HELD = "(state = 'due' AND tries > 0 AND due_at > ? OR state = 'claimed' AND lease_until >= ?)"
"""What its lane waits for: a failure to be tried again, or a delivery in hand elsewhere."""

HERE = "community_id = ? AND platform = ?"

TAKE = f"""
UPDATE outbox_message
SET state = 'claimed', lease_until = ?, tries = tries + 1, began_at = NULL
WHERE id IN (
    SELECT min(id) FROM outbox_message
    WHERE {HERE} AND {READY} AND NOT (lane IN ?) AND {{lanes}}
    AND lane NOT IN (SELECT lane FROM outbox_message WHERE {HERE} AND {HELD})
    GROUP BY lane ORDER BY min(id) LIMIT ?
) AND {READY}
RETURNING id, platform, lane, payload, "then", argument, guard, guarded, until, tries, problem,
    cause, failing_since
"""  # noqa: S608  every piece is ours


class Lost(Exception):
    """The row is in another process's hand by now."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row in our hand, as it was when it was taken."""

    id: int
    platform: Platform
    lane: str
    payload: str
    then: str
    argument: str
    guard: str
    guarded: str
    until: datetime | None
    tries: int
    problem: str
    cause: str
    failing_since: datetime | None


async def take(
    community: Community,
    platform: Platform,
    now: datetime,
    *,
    but: Collection[str],
    lanes: Collection[str] | None,
    most: int,
) -> list[Claimed]:
    """Claim the first row of each lane (only of `lanes`, if named, and none of `but`).

    One statement, so that two processes never hold two rows of one lane. Oldest first.
    """
    at = _column(now)
    here = (community.id, platform.value)
    named = "lane IN ?" if lanes is not None else "1 = 1"
    only = [] if lanes is None else [list(lanes)]
    values = (_column(now + LEASE), *here, at, at, list(but), *only, *here, at, at, most, at, at)
    rows = await select(TAKE.format(lanes=named), *values)
    return sorted((_claimed(row) for row in rows), key=lambda row: row.id)


async def keep(rows: Collection[int], now: datetime) -> None:
    """They are still in hand: nobody else takes them."""
    await OutboxMessage.filter(id__in=list(rows), state=State.CLAIMED).update(
        lease_until=now + LEASE
    )


def ours(row: Claimed) -> QuerySet[OutboxMessage]:
    """That row, as long as it is in our hand: whoever takes it after us counts a try more."""
    return OutboxMessage.filter(id=row.id, state=State.CLAIMED, tries=row.tries)


async def begin(row: Claimed, now: datetime) -> None:
    """Its request leaves now; should we die before the answer, it is doubtful.

    Raises Lost when another process took it, for we were silent longer than its lease.
    """
    if not await ours(row).update(began_at=now):
        raise Lost


async def doubt(
    community: Community, platform: Platform, now: datetime, *, but: Collection[int]
) -> int:
    """What a process that died had begun is never sent again by guess; says how many rows."""
    begun = OutboxMessage.filter(
        community=community,
        platform=platform,
        state=State.CLAIMED,
        lease_until__lt=now,
        began_at__isnull=False,
    )
    if but:
        begun = begun.exclude(id__in=list(but))
    return await begun.update(state=State.DOUBTFUL, problem="stopped before the answer")


def _column(moment: datetime) -> object:
    """A UTC moment as the column holds it."""
    return moment if dialect() == "postgres" else moment.isoformat(" ")


def _claimed(row: dict[str, Any]) -> Claimed:
    for name in ("until", "failing_since"):
        if isinstance(row[name], str):
            row[name] = datetime.fromisoformat(row[name])
    return Claimed(**row | {"platform": Platform(row["platform"])})
