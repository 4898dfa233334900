"""What is owed to someone: written with its cause, delivered after it, tried again until it is."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from pydantic import BaseModel, ConfigDict
from tortoise.expressions import F, Q

from core.chat.actions import Action
from core.chat.adapter import Adapter, DeliveryError, Permanent, RateLimited, Unreachable
from core.chat.identity import (
    Account,
    Channel,
    Destination,
    MessageRef,
    Place,
    Platform,
    Workspace,
)
from core.chat.messages import Message
from core.engine.clock import Clock
from core.engine.database import atomically
from core.engine.errors import trace
from core.engine.models import Community, OutboxMessage, State

LEASE = timedelta(minutes=2)
TRIES = 100
"""With waits that double up to a quarter of an hour: a day of an unreachable platform."""

BUG_TRIES = 10
LONGEST_WAIT = 900.0
SHORTEST_WAIT = 1.0

PATIENCE = 90.0
"""Seconds one delivery may take: it must end before its lease does, or another would begin it."""

LANE = 200
"""Characters the column holds."""

log = structlog.get_logger()


class Owed(BaseModel):
    """What a row holds: a message to send, a message to replace, or a gate to move."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", frozen=True)

    message: Message | None = None
    to: Destination | None = None
    edits: MessageRef | None = None
    gate: Account | None = None
    is_open: bool = True

    @property
    def platform(self) -> Platform:
        """Which adapter delivers it."""
        if self.gate is not None:
            return self.gate.platform
        if self.edits is not None:
            return self.edits.channel.platform
        assert self.to is not None  # noqa: S101  one of the three is set by its maker
        return self.to.channel.platform if isinstance(self.to, MessageRef) else self.to.platform

    @property
    def lane(self) -> str:
        """What must stay in order among itself: one channel, one person."""
        target = self.gate or (self.edits.channel if self.edits else self.to)
        assert target is not None  # noqa: S101  one of the three is set by its maker
        return lane(target)


Delivered = Callable[[OutboxMessage, MessageRef], Awaitable[None]]


async def owe(
    community: Community,
    owed: Owed,
    at: datetime,
    then: Action | None = None,
    member: int | None = None,
) -> None:
    """Write down what is owed, in the transaction of its cause."""
    await OutboxMessage.create(
        community=community,
        platform=owed.platform,
        lane=owed.lane,
        payload=owed.model_dump_json(),
        then=then.name if then else "",
        argument=then.argument if then else "",
        due_at=at,
        member=member,
    )


async def deliver_due(
    community: Community, clock: Clock, adapter: Adapter, delivered: Delivered
) -> int:
    """Deliver what is due on one platform; says how many rows were tried.

    Order is kept within a lane: what follows a failure waits until that one passed or was given
    up. What a platform refuses for good is marked failed, with the reason, and holds nothing
    back.
    """
    owed = OutboxMessage.filter(community=community, platform=adapter.platform)
    now = clock.now()
    held = {row.lane for row in await owed.filter(_held(now)).only("lane")}
    tried = 0
    for row in await owed.filter(_ready(now), ~Q(lane__in=held)).order_by("id").limit(200):
        if row.lane in held:
            continue
        if not await _claim(row, clock.now()):
            held.add(row.lane)
            continue
        tried += 1
        if not await _deliver(adapter, row, clock, delivered):
            held.add(row.lane)
    return tried


async def reachable(community: Community, account: Account, now: datetime) -> None:
    """Somebody wrote to us in private: what was parked for them is due."""
    waiting = OutboxMessage.filter(community=community, state=State.PARKED, lane=lane(account))
    await waiting.update(state=State.DUE, due_at=now)


async def said(community: Community, owed: Owed) -> None:
    """An answer says the very same just now: what still waits to say it is settled."""
    waiting = OutboxMessage.filter(
        community=community,
        state__in=(State.DUE, State.PARKED),
        lane=owed.lane,
        then="",
        payload=owed.model_dump_json(),
    )
    await waiting.update(state=State.DONE, payload="")


async def moved(community: Community, workspace: Workspace, to: Workspace) -> None:
    """A workspace changed its id: what is owed there goes on in the same order."""
    old, new = (f"{w.platform}:{w.id}:" for w in (workspace, to))
    owed = OutboxMessage.filter(community=community, lane__startswith=old)
    for row in await owed.exclude(state=State.DONE):
        row.lane = f"{new}{row.lane.removeprefix(old)}"[:LANE]
        await row.save(update_fields=["lane"])


def lane(target: Destination) -> str:
    """What must stay in order among itself: one channel, one person."""
    match target:
        case Account():
            where = (target.platform, target.workspace, "@", target.user)
        case Place():
            where = (target.platform, target.workspace, "for", target.purpose)
        case MessageRef(channel=channel):
            where = (channel.platform, channel.workspace, channel.id, target.id)
        case Channel():
            where = (target.platform, target.workspace, target.id, target.thread or "")
    written = ":".join(where)
    return written if len(written) <= LANE else sha256(written.encode()).hexdigest()


def _ready(now: datetime) -> Q:
    return Q(state=State.DUE, due_at__lte=now) | Q(state=State.CLAIMED, lease_until__lt=now)


def _held(now: datetime) -> Q:
    """What its lane waits for: a failure to be tried again, or a delivery in hand elsewhere."""
    failed = Q(state=State.DUE, tries__gt=0, due_at__gt=now)
    return failed | Q(state=State.CLAIMED, lease_until__gte=now)


async def _claim(row: OutboxMessage, now: datetime) -> bool:
    won = await OutboxMessage.filter(_ready(now), id=row.id).update(
        state=State.CLAIMED, lease_until=now + LEASE, tries=F("tries") + 1
    )
    row.tries += 1
    return bool(won)


async def _deliver(
    adapter: Adapter, row: OutboxMessage, clock: Clock, delivered: Delivered
) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            owed = Owed.model_validate_json(row.payload)
            ref = await _hand_over(adapter, owed, str(row.id))
    except Unreachable as closed:
        log.info("parked", row=row.id, platform=row.platform, reason=str(closed))
        await OutboxMessage.filter(id=row.id).update(state=State.PARKED, problem=str(closed)[:300])
        return True
    except Permanent as refusal:
        log.warning("undeliverable", row=row.id, platform=row.platform, reason=str(refusal))
        await OutboxMessage.filter(id=row.id).update(
            state=State.FAILED, problem=str(refusal)[:300], payload=""
        )
        return True
    except Exception as error:  # noqa: BLE001  the boundary: one bad row must not stop the others
        return await _retry(row, clock.now(), error)
    await _stands(row, ref, delivered)
    return True


async def _stands(row: OutboxMessage, ref: MessageRef | None, delivered: Delivered) -> None:
    """Mark it done with what follows from it; where that fails, it is not sent again for it."""

    async def note() -> None:
        await OutboxMessage.filter(id=row.id).update(state=State.DONE, payload="")
        if row.then and ref is not None:
            await delivered(row, ref)

    try:
        await atomically(note)
    except Exception as error:  # noqa: BLE001  the boundary: it stands, whatever the rooms do
        log.error("not noted", row=row.id, then=row.then, trace=trace(error))  # noqa: TRY400  without its words
        problem = f"{row.then}: {type(error).__name__}"
        await OutboxMessage.filter(id=row.id).update(state=State.DONE, payload="", problem=problem)


async def _hand_over(adapter: Adapter, owed: Owed, key: str) -> MessageRef | None:
    if owed.gate is not None:
        await adapter.gate(owed.gate, is_open=owed.is_open)
        return None
    assert owed.message is not None  # noqa: S101  only a gate has none
    if owed.edits is not None:
        await adapter.edit(owed.edits, owed.message)
        return owed.edits
    assert owed.to is not None  # noqa: S101  only a gate or an edit has none
    return await adapter.send(owed.message, owed.to, key=key)


async def _retry(row: OutboxMessage, now: datetime, error: Exception) -> bool:
    """Try again later, or give up; True when the lane may go on."""
    expected = isinstance(error, DeliveryError | TimeoutError)
    log.warning(
        "delivery failed",
        row=row.id,
        platform=row.platform,
        tries=row.tries,
        reason=str(error) if isinstance(error, DeliveryError) else type(error).__name__,
        trace=None if expected else trace(error),
    )
    if row.tries >= (TRIES if expected else BUG_TRIES):
        await OutboxMessage.filter(id=row.id).update(
            state=State.FAILED, problem=f"given up: {type(error).__name__}", payload=""
        )
        return True
    wait = (
        max(error.retry_after, SHORTEST_WAIT)
        if isinstance(error, RateLimited)
        else min(2.0**row.tries, LONGEST_WAIT)
    )
    await OutboxMessage.filter(id=row.id).update(
        state=State.DUE, due_at=now + timedelta(seconds=wait)
    )
    return False
