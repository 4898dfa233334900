"""One try to deliver one row: the world is re-read, the platform is asked, what came of it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import Protocol

import structlog
from pydantic import ValidationError

from core.chat.adapter import (
    Adapter,
    DeliveryError,
    Doubtful,
    Permanent,
    RateLimited,
    Transient,
    Unauthorised,
    Unreachable,
    told_when_calling,
)
from core.chat.identity import Account, MessageRef
from core.chat.messages import Message
from core.engine import claims
from core.engine.claims import Claimed
from core.engine.clock import Clock
from core.engine.errors import trace
from core.engine.models import State
from core.engine.outbox import Owed

TURN = 3600.0
"""Seconds a row may wait for its turn at the adapter's pace, and for what the platform asks."""

PATIENCE = 90.0
"""Seconds the call itself may take, once its turn has come."""

GIVEN_UP = timedelta(days=1)
"""How long a platform that is down, or refuses for the moment, is tried."""

BUG_TRIES = 10
LONGEST_WAIT = 900.0
SHORTEST_WAIT = 1.0

log = structlog.get_logger()


class Rooms(Protocol):
    """What the outbox asks of the rooms."""

    async def present(self, account: Account) -> bool:
        """Whether that person is still in that workspace; who is unknown is."""

    async def wanted(self, guard: str, argument: str) -> bool:
        """Whether what waits behind that guard is still wanted."""

    async def drawn(self, message: Message) -> Message:
        """The message, its picture drawn."""

    async def delivered(self, then: str, argument: str, ref: MessageRef) -> None:
        """What was owed with `then` stands there."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: where the row stands now, and why; `due_at`: when it is tried again."""

    row: Claimed
    state: State
    problem: str = ""
    due_at: datetime | None = None
    failing_since: datetime | None = None
    ref: MessageRef | None = None
    counts: bool = True


class Attempt:
    """A row in hand. `began`: its request left, and whether it arrived is for the answer to say."""

    def __init__(self, row: Claimed, adapter: Adapter, clock: Clock, rooms: Rooms) -> None:
        self.row = row
        self.began = False
        self._adapter = adapter
        self._clock = clock
        self._rooms = rooms
        self._owed: Owed | None = None

    async def outcome(self) -> Outcome:
        """Deliver it, and say what came of it; raises nothing but a cancellation."""
        row = self.row
        try:
            self._owed = owed = Owed.model_validate_json(row.payload)
        except ValidationError as error:
            log.error("unreadable", **self._about, fields=error.error_count())  # noqa: TRY400  its message quotes the payload
            return Outcome(row, State.FAILED, "unreadable")
        try:
            if reason := await self._unwanted(owed):
                log.info("no longer owed", **self._about, reason=reason)
                return Outcome(row, State.SKIPPED, reason)
            return Outcome(row, State.DONE, ref=await self._deliver(owed))
        except Unreachable as closed:
            log.info("parked", **self._about, reason=str(closed))
            return Outcome(row, State.PARKED, str(closed))
        except Unauthorised as refusal:
            return self._failed(refusal)
        except Permanent as refusal:
            log.warning("undeliverable", **self._about, reason=str(refusal))
            return Outcome(row, State.FAILED, str(refusal))
        except Exception as error:  # noqa: BLE001  the boundary: one bad row must not stop the others
            return self._failed(error)

    def given_back(self) -> Outcome:
        """We stop before the answer: it is as if it had not been tried, unless it is doubtful."""
        if self.began and self._doubts:
            return Outcome(self.row, State.DOUBTFUL, "stopped before the answer")
        return Outcome(
            self.row,
            State.DUE,
            self.row.problem,
            self._clock.now(),
            self.row.failing_since,
            counts=False,
        )

    @property
    def _about(self) -> dict[str, object]:
        """What every line of the log says: it ties the delivery to what it comes from."""
        return {"row": self.row.id, "platform": self.row.platform, "cause": self.row.cause}

    @property
    def _doubts(self) -> bool:
        """Whether a lost answer leaves a doubt: a second try might be seen twice."""
        return (
            not self._adapter.capabilities.settles and self._owed is not None and self._owed.repeats
        )

    async def _unwanted(self, owed: Owed) -> str:
        """Why it is not to be sent any more, empty when it is: the world is re-read."""
        row = self.row
        if (owed.agenda or owed.regathers) and not self._adapter.capabilities.gatherings:
            return "no agenda there"
        if row.until is not None and row.until < self._clock.now():
            return "too late"
        if owed.person is not None and not await self._rooms.present(owed.person):
            return "left"
        if row.guard and not await self._rooms.wanted(row.guard, row.guarded):
            return "no longer wanted"
        return ""

    async def _deliver(self, owed: Owed) -> MessageRef | None:
        """Hand it to the adapter; its patience begins when its turn has come."""
        async with asyncio.timeout(TURN) as limit:

            async def begins() -> None:
                if self.began:
                    return
                if self._doubts:
                    await claims.begin(self.row, self._clock.now())
                self.began = True
                limit.reschedule(asyncio.get_running_loop().time() + PATIENCE)

            with told_when_calling(begins):
                return await self._hand_over(owed)

    async def _hand_over(self, owed: Owed) -> MessageRef | None:
        if owed.gate is not None:
            await self._adapter.gate(owed.gate, is_open=owed.is_open)
            return None
        if owed.regathers is not None:
            await self._adapter.regather(owed.regathers, owed.gathering)
            return owed.regathers
        if owed.gathering is not None:
            return await self._adapter.gather(owed.gathering)
        assert owed.message is not None  # noqa: S101  all the others have one
        message = await self._rooms.drawn(owed.message)
        if owed.edits is not None:
            await self._adapter.edit(owed.edits, message)
            return owed.edits
        assert owed.to is not None  # noqa: S101  all the others have one
        return await self._adapter.send(message, owed.to, key=str(self.row.id))

    def _failed(self, error: Exception) -> Outcome:
        """In doubt, to be tried again, or given up."""
        row, now = self.row, self._clock.now()
        expected = isinstance(error, DeliveryError | TimeoutError)
        said = str(error) if isinstance(error, DeliveryError) else type(error).__name__
        where = None if expected else trace(error)
        log.warning("delivery failed", **self._about, tries=row.tries, reason=said, trace=where)
        surely_not = isinstance(error, Transient | Unauthorised) and not isinstance(error, Doubtful)
        if self.began and self._doubts and not surely_not:
            return Outcome(row, State.DOUBTFUL, said)
        since = row.failing_since or now
        again = row.tries >= BUG_TRIES and row.problem == said
        if now - since >= GIVEN_UP if expected else again:
            return Outcome(row, State.FAILED, f"given up: {said}")
        due = now + timedelta(seconds=wait_after(row.tries, error))
        return Outcome(row, State.DUE, said, due, since)


def wait_after(tries: int, error: Exception) -> float:
    """Seconds before the next try: what the platform asks, else twice as long each time.

    With full jitter, so that what failed together does not come back together
    (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
    """
    if isinstance(error, RateLimited):
        return max(error.retry_after, SHORTEST_WAIT)
    most = min(2.0 ** min(tries, 10), LONGEST_WAIT)
    return uniform(SHORTEST_WAIT, most)  # noqa: S311  no secret
