"""What is owed to someone: written with its cause, delivered after it, tried again until it is."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from pydantic import BaseModel, ConfigDict
from tortoise.expressions import F, Q

from core.chat.actions import Action
from core.chat.adapter import Adapter, DeliveryError, Permanent, RateLimited, Unreachable
from core.chat.identity import Account, Destination, MessageRef, Platform
from core.chat.messages import Message
from core.engine.database import transaction
from core.engine.models import Community, OutboxMessage, State

LEASE = timedelta(minutes=2)
TRIES = 100
"""With waits that double up to a quarter of an hour: a day of an unreachable platform."""

BUG_TRIES = 10
LONGEST_WAIT = 900.0

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
    community: Community, now: datetime, adapter: Adapter, delivered: Delivered
) -> int:
    """Deliver what is due on one platform; says how many rows were tried.

    Order is kept within a lane: what follows a failure waits for it. What a platform refuses
    for good is marked failed, with the reason, and holds nothing back.
    """
    rows = await _claim(community, now, adapter.platform)
    waiting: set[str] = set()
    for row in rows:
        if row.lane in waiting:
            await _put_back(row, now + timedelta(seconds=1))
        elif not await _deliver(adapter, row, now, delivered):
            waiting.add(row.lane)
    return len(rows)


async def reachable(community: Community, account: Account, now: datetime) -> None:
    """Somebody wrote to us in private: what was parked for them is due."""
    waiting = OutboxMessage.filter(community=community, state=State.PARKED, lane=lane(account))
    await waiting.update(state=State.DUE, due_at=now)


def lane(target: Destination) -> str:
    """What must stay in order among itself: one channel, one person."""
    return repr(target)[:200]


async def _claim(community: Community, now: datetime, platform: Platform) -> list[OutboxMessage]:
    ready = Q(state=State.DUE, due_at__lte=now) | Q(state=State.CLAIMED, lease_until__lt=now)
    rows = OutboxMessage.filter(ready, community=community, platform=platform)
    claimed = []
    for row in await rows.order_by("id").limit(200):
        won = await OutboxMessage.filter(ready, id=row.id).update(
            state=State.CLAIMED, lease_until=now + LEASE, tries=F("tries") + 1
        )
        if won:
            row.tries += 1
            claimed.append(row)
    return claimed


async def _deliver(
    adapter: Adapter, row: OutboxMessage, now: datetime, delivered: Delivered
) -> bool:
    owed = Owed.model_validate_json(row.payload)
    try:
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
        await _retry(row, now, error)
        return False
    async with transaction():
        await OutboxMessage.filter(id=row.id).update(state=State.DONE, payload="")
        if row.then and ref is not None:
            await delivered(row, ref)
    return True


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


async def _retry(row: OutboxMessage, now: datetime, error: Exception) -> None:
    expected = isinstance(error, DeliveryError)
    log.warning(
        "delivery failed",
        row=row.id,
        platform=row.platform,
        tries=row.tries,
        reason=str(error) if expected else type(error).__name__,
        exc_info=None if expected else error,
    )
    if row.tries >= (TRIES if expected else BUG_TRIES):
        await OutboxMessage.filter(id=row.id).update(
            state=State.FAILED, problem=f"given up: {type(error).__name__}"
        )
        return
    wait = (
        error.retry_after if isinstance(error, RateLimited) else min(2.0**row.tries, LONGEST_WAIT)
    )
    await _put_back(row, now + timedelta(seconds=wait))


async def _put_back(row: OutboxMessage, at: datetime) -> None:
    await OutboxMessage.filter(id=row.id).update(state=State.DUE, due_at=at)
