"""What is owed on one platform, delivered beside each other: each lane in its order."""

import asyncio
from collections.abc import Collection

import structlog
from tortoise.expressions import F

from core.chat.adapter import Adapter
from core.engine import claims
from core.engine.attempts import Attempt, Outcome, Rooms
from core.engine.claims import RENEW
from core.engine.clock import Clock
from core.engine.database import atomically, is_away
from core.engine.errors import trace
from core.engine.metrics import DELIVERIES
from core.engine.models import Community, OutboxMessage, State

LANES = 64
"""Lanes in hand at a time: each holds one row, so this bounds what is in memory, and in doubt."""

AGAIN = 0.2
"""Seconds before what came of a try is written again; they double up to five."""

SHARE = 10
"""While something is in hand, one part in so many of the time is spent looking for more."""

PROBLEM = 300
"""Characters the column holds."""

KEPT = {State.DUE, State.PARKED, State.DOUBTFUL}
"""In these a message may still be sent; in any other its words are forgotten."""

log = structlog.get_logger()


class Deliveries:
    """The lanes of one platform in which something is in hand.

    A lane holds at most one row; what came of it is written before the lane's next one is taken,
    and all that ended meanwhile is written with it. A lane that waits for its pace delays no
    other.
    """

    def __init__(self, community: Community, clock: Clock, adapter: Adapter, rooms: Rooms) -> None:
        self._community = community
        self._clock = clock
        self.adapter = adapter
        self._rooms = rooms
        self._hand: dict[str, Attempt] = {}
        self._ended: list[Outcome] = []
        self._tasks: dict[asyncio.Task[None], Attempt] = {}
        self._turn = asyncio.Lock()
        self._crowded = False
        self._stopping = False
        self._tried = 0
        self._at_rest = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._looks_at = 0.0
        self._looking: asyncio.Task[None] | None = None

    async def begin(self) -> int:
        """Take what is due in every lane that is at rest, and go on by itself; says how many.

        Asked again and again while much is owed, it looks a little later, by itself.
        """
        wait = self._looks_at - asyncio.get_running_loop().time()
        if self._hand and wait > 0:
            if self._looking is None:
                self._looking = asyncio.create_task(self._look_after(wait))
            return 0
        return await self._look()

    async def _look_after(self, wait: float) -> None:
        await asyncio.sleep(wait)
        self._looking = None
        try:
            await self._look()
        except Exception as error:  # noqa: BLE001  the database is away: the next heartbeat looks again
            log.warning("not looked", platform=self.adapter.platform, trace=trace(error))

    async def _look(self) -> int:
        loop = asyncio.get_running_loop()
        async with self._turn:
            began = loop.time()
            if not self.adapter.capabilities.settles:
                await self._doubt()
            found = await self._take(None)
            self._looks_at = loop.time() + (loop.time() - began) * SHARE
            return found

    async def drain(self) -> int:
        """Deliver what is due until nothing is in hand; says how many rows were tried."""
        before = self._tried
        await self._look()
        while self._tasks:
            await asyncio.wait(self._tasks)
        return self._tried - before

    async def stop(self, seconds: float) -> None:
        """Take nothing more; what has begun may end within so many seconds, the rest goes back."""
        self._stopping = True
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        async with self._turn:  # whoever looks for more just now has taken what they take
            pass
        for task, attempt in self._tasks.items():
            if not attempt.began:
                task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        written = {outcome.row.id for outcome in self._ended}
        # A task that is cancelled before its first step says nothing.
        self._ended += [a.given_back() for a in self._hand.values() if a.row.id not in written]
        try:
            async with self._turn:
                await self._write()
        except Exception as error:  # noqa: BLE001  their leases will run out
            log.error("not given back", rows=len(self._ended), trace=trace(error))  # noqa: TRY400  without its words
        self._stopping = False

    # -- a lane ---------------------------------------------------------------------------

    async def _take(self, lanes: Collection[str] | None) -> int:
        room = LANES - len(self._hand)
        if self._stopping or room <= 0:
            return 0
        rows = await claims.take(
            self._community,
            self.adapter.platform,
            self._clock.now(),
            but=self._hand,
            lanes=lanes,
            most=room,
        )
        self._crowded = len(rows) == room
        for row in rows:
            attempt = Attempt(row, self.adapter, self._clock, self._rooms)
            self._hand[row.lane] = attempt
            task = asyncio.create_task(self._carry(attempt))
            self._tasks[task] = attempt
            task.add_done_callback(self._tasks.pop)
        self._tried += len(rows)
        self._keep_them()
        return len(rows)

    async def _carry(self, attempt: Attempt) -> None:
        try:
            outcome = await attempt.outcome()
        except asyncio.CancelledError:
            self._ended.append(attempt.given_back())
            raise
        self._ended.append(outcome)
        wait = AGAIN
        while outcome in self._ended:
            try:
                async with self._turn:
                    freed = await self._write()
                    if freed:
                        await self._take(None if self._crowded else freed)
            except Exception as error:  # noqa: BLE001  the database is away: it is kept in mind until it is back
                log.error("not written", row=outcome.row.id, trace=trace(error))  # noqa: TRY400  without its words
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)

    def _keep_them(self) -> None:
        self._at_rest.clear()
        if self._hand and self._keeping is None:
            self._keeping = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        """Renew the leases of what is in hand, for as long as something is."""
        while self._hand:
            try:
                await asyncio.wait_for(self._at_rest.wait(), RENEW)
            except TimeoutError:
                ids = [attempt.row.id for attempt in self._hand.values()]
                try:
                    await claims.keep(ids, self._clock.now())
                except Exception as error:  # noqa: BLE001  the database is away: nobody else can take them either
                    log.warning("leases not renewed", rows=len(ids), trace=trace(error))
        self._keeping = None

    async def _doubt(self) -> None:
        ours = [attempt.row.id for attempt in self._hand.values()]
        found = await claims.doubt(
            self._community, self.adapter.platform, self._clock.now(), but=ours
        )
        if found:
            log.warning("doubtful", platform=self.adapter.platform, rows=found)

    # -- what came of it ------------------------------------------------------------------

    async def _write(self) -> list[str]:
        """Write down what ended, all of it or as far as it goes; says which lanes are free."""
        ended = tuple(self._ended)
        plain = [o for o in ended if o.state is State.DONE and not (o.row.then and o.ref)]
        freed: list[str] = []
        if plain:
            ids = [outcome.row.id for outcome in plain]
            await OutboxMessage.filter(id__in=ids).update(state=State.DONE, payload="")
            freed += [self._free(outcome) for outcome in plain]
        for outcome in ended:
            if outcome in plain:
                continue
            if outcome.state is State.DONE:
                await self._stands(outcome)
            else:
                await self._mark(outcome)
            freed.append(self._free(outcome))
        return freed

    def _free(self, outcome: Outcome) -> str:
        self._ended.remove(outcome)
        self._hand.pop(outcome.row.lane)
        if not self._hand:
            self._at_rest.set()
        DELIVERIES.labels(self._community.slug, outcome.row.platform, outcome.state).inc()
        return outcome.row.lane

    async def _mark(self, outcome: Outcome) -> None:
        changed: dict[str, object] = {
            "state": outcome.state,
            "problem": outcome.problem[:PROBLEM],
            "failing_since": outcome.failing_since,
        }
        if outcome.due_at is not None:
            changed |= {"due_at": outcome.due_at, "began_at": None}
        if not outcome.counts:
            changed["tries"] = F("tries") - 1
        if outcome.state not in KEPT:
            changed["payload"] = ""
        # Whoever took it over when our lease ran out knows better where it stands.
        await claims.ours(outcome.row).update(**changed)

    async def _stands(self, outcome: Outcome) -> None:
        """Mark it done with what follows from it; where that fails, it is not sent again for it."""
        row, ref = outcome.row, outcome.ref
        assert ref is not None  # noqa: S101  the others are plain

        async def note() -> None:
            await OutboxMessage.filter(id=row.id).update(state=State.DONE, payload="")
            await self._rooms.delivered(row.then, row.argument, ref)

        try:
            await atomically(note)
        except Exception as error:
            if is_away(error):
                raise
            log.error("not noted", row=row.id, then=row.then, trace=trace(error))  # noqa: TRY400  without its words
            problem = f"{row.then}: {type(error).__name__}"
            await OutboxMessage.filter(id=row.id).update(
                state=State.DONE, payload="", problem=problem
            )
