"""One community at work: where its events, its dues and its debts come together."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from core.chat.actions import Choice
from core.chat.adapter import Adapter, Answer, DeliveryError
from core.chat.events import CommandInvoked, Event
from core.chat.identity import Account, MessageRef, Platform, Profile, Workspace
from core.chat.messages import Message, Reply
from core.engine import jobs
from core.engine.clock import Clock
from core.engine.crowd import Crowd, of_the_crowd
from core.engine.database import transaction
from core.engine.delivering import Deliveries
from core.engine.directory import Directory
from core.engine.errors import trace
from core.engine.hearing import Hearing
from core.engine.intake import Intake
from core.engine.models import Community, Job, State
from core.engine.routes import Routes
from core.engine.scene import Scene
from core.engine.singly import Singly
from core.engine.texts import Texts

log = structlog.get_logger()

ASKING = 2.0
"""Seconds a platform has to say who somebody is: it must be answered within three itself."""

TONGUES = 20_000
"""Accounts whose language is kept in memory: some 5 MB."""


AHEAD = 100
"""Jobs of one community that are handed to workers at a time: the others' come between."""


ROUND = timedelta(minutes=1)
"""How often the rooms look at the state of things."""


def nothing_follows() -> None:
    """What is called after a commit when nobody waits for what follows from it."""


@dataclass(slots=True)
class App:
    """One community at work: it handles events, does what is due and delivers what is owed.

    `elsewhere` are the workspaces of the same community that other processes are connected to.
    `stirred` is called after each commit from which something may be owed or due at once.
    """

    community: Community
    routes: Routes
    texts: Texts
    clock: Clock
    directory: Directory
    settings: Mapping[type, object] = field(default_factory=dict)
    adapters: dict[Platform, Adapter] = field(default_factory=dict)
    elsewhere: tuple[Workspace, ...] = ()
    tongues: dict[Account, str] = field(default_factory=dict)
    stirred: Callable[[], None] = nothing_follows
    _intake: Intake = field(init=False)
    _singly: Singly = field(init=False)
    _hearing: Hearing = field(init=False)
    _planned: dict[str, str] = field(default_factory=dict)
    _working: asyncio.Lock = field(default_factory=asyncio.Lock)
    _delivering: dict[Platform, Deliveries] = field(default_factory=dict)
    _rounded: datetime | None = None

    def __post_init__(self) -> None:
        crowd = Crowd(self.routes, self.directory, self.scene, self._spoke, self._stir)
        self._intake = Intake(crowd, self._ask, self.community.slug, self._note)
        self._singly = Singly(
            self.community,
            self.routes,
            self.texts,
            self.directory,
            self._intake,
            self.scene,
            self._spoke,
            self._stir,
            self._ask,
        )
        self._hearing = Hearing(self.community, self.clock, self._intake, self._singly.take)

    def _stir(self) -> None:
        self.stirred()

    async def _note(self) -> None:
        await self._hearing.note()

    # -- what happens ---------------------------------------------------------------------

    async def handle(self, event: Event) -> Answer:
        """Handle one event and say what to answer, once it is committed.

        Raises Untaken for a fact that cannot be kept now, and nothing else: what goes wrong is
        logged under a short reference, which the person who asked is given.
        """
        if of_the_crowd(event):
            return await self._intake.take(event)
        answer = await self._singly.handle(event)
        await self._note()
        if isinstance(answer, Reply):
            return replace(answer, message=await self.drawn(answer.message))
        return answer

    async def complete(self, event: CommandInvoked, option: str, typed: str) -> Sequence[Choice]:
        """Suggestions for an option being typed; none for who may not run the command."""
        return await self._singly.suggest(event, option, typed)

    async def heard(self, workspace: Workspace) -> datetime | None:
        """Up to when all that happened in a workspace is recorded; None when never heard."""
        return await self._hearing.heard(workspace)

    def expect(self, platform: Platform, *, coming: bool = True) -> None:
        """A platform is about to be connected: what comes from there waits for `catch_up`.

        With `coming` False the connection failed, and nothing waits.
        """
        self._hearing.expect(self.adapters[platform].workspace, coming=coming)

    def interrupted(self, platform: Platform) -> None:
        """Something may have been missed there: nothing counts as heard until `catch_up`."""
        self._hearing.interrupted(self.adapters[platform].workspace)

    async def catch_up(self, platform: Platform) -> int:
        """Record what happened on a platform while nobody listened; says how much was new.

        To be called after each connection and whenever something may have been missed. What
        happens there meanwhile waits behind it, and nothing falls due. While it cannot be read
        to its end (a warning says so) the platform stays `behind`: call it again.
        """
        return await self._hearing.catch_up(self.adapters[platform])

    @property
    def behind(self) -> frozenset[Platform]:
        """The platforms whose history was not read to its end since we are there."""
        return frozenset(
            p for p, a in self.adapters.items() if not self._hearing.whole(a.workspace)
        )

    async def drain(self) -> None:
        """Wait until all that came in is recorded, or refused, and say up to when we heard."""
        await self._intake.drain()
        await self._hearing.note(at_once=True)

    def scene(self) -> Scene:
        """Where work without a person stands."""
        return Scene(
            self.community,
            self.clock.now(),
            self.texts,
            self.workspaces,
            self.settings,
            guards=self.routes.guards,
        )

    @property
    def workspaces(self) -> tuple[Workspace, ...]:
        """The workspaces now served: those connected here, and those other processes hold."""
        return (*(adapter.workspace for adapter in self.adapters.values()), *self.elsewhere)

    async def work(self) -> int:
        """Plan what recurs and do what is due; says how many jobs were done."""
        async with self._working:
            if self._hearing.reading:  # an answer not yet read would be asked for
                return 0
            await self._plan()
            return await jobs.run_due(self.community, self.clock.now(), self._do)

    async def plan(self) -> Sequence[int]:
        """Plan what recurs, and say which jobs are due: the rows, for workers to do."""
        async with self._working:
            if self._hearing.reading or await self._hearing.read_elsewhere():
                return ()
            await self._plan()
        return await jobs.due(self.community, self.clock.now(), AHEAD)

    async def work_on(self, job: int) -> bool:
        """Do one due job; False when somebody else did it, or does."""
        return await jobs.run_one(self.community, job, self.clock.now(), self._do)

    async def begin(self, platform: Platform) -> int:
        """Begin to deliver what is due on one platform, which goes on by itself; says how many."""
        return await self._deliveries(platform).begin()

    async def deliver(self, platform: Platform) -> int:
        """Deliver what is due on one platform until nothing is in hand; says how many tries."""
        return await self._deliveries(platform).drain()

    async def rest(self, seconds: float) -> None:
        """Let what was begun end within so many seconds; what was not goes back."""
        await asyncio.gather(*(d.stop(seconds) for d in self._delivering.values()))

    async def settle(self) -> None:
        """Work and deliver until nothing more is due at this moment of the clock."""
        while await self.work() + sum([await self.deliver(p) for p in tuple(self.adapters)]):
            continue

    # -- who is who -----------------------------------------------------------------------

    async def _ask(self, account: Account) -> Profile | None:
        """What the platform says of somebody; None when it does not answer in time."""
        with suppress(DeliveryError, TimeoutError):
            async with asyncio.timeout(ASKING):
                return await self.adapters[account.platform].profile(account)
        return None

    async def learn_tongues(self) -> None:
        """Know, before they say a word, what those who chose a language speak.

        An adapter opens a form at once, without asking the core: `tongues` is what it looks at.
        """
        for account, language in (await self.directory.tongues(self.community, TONGUES)).items():
            self._spoke(account, language)

    def _spoke(self, account: Account, language: str) -> None:
        if self.tongues.get(account) == language:
            return
        self.tongues.pop(account, None)
        self.tongues[account] = language
        if len(self.tongues) > TONGUES:
            del self.tongues[next(iter(self.tongues))]

    # -- what is due, what is owed --------------------------------------------------------

    async def _plan(self) -> None:
        await self._go_round()
        scene = self.scene()
        for kind, route in self.routes.jobs.items():
            if route.recurs is not None:
                day, due = route.recurs(scene).next(scene.now, scene.zone)
                if self._planned.get(kind) != day.isoformat():
                    await jobs.schedule(self.community, kind, day.isoformat(), due)
                    self._planned[kind] = day.isoformat()

    async def _do(self, job: Job) -> None:
        route = self.routes.jobs.get(job.kind)
        now = self.clock.now()
        if route is None or (route.max_delay and now - job.due_at > route.max_delay):
            log.warning("job skipped", kind=job.kind, key=job.key, due=job.due_at.isoformat())
            await Job.filter(id=job.id).update(state=State.SKIPPED)
            return
        cause = f"job:{job.kind}:{job.key}"
        await route.handler(replace(self.scene(), cause=cause), job.key)

    def _deliveries(self, platform: Platform) -> Deliveries:
        adapter = self.adapters[platform]
        known = self._delivering.get(platform)
        if known is None or known.adapter is not adapter:
            known = Deliveries(self.community, self.clock, adapter, self)
            self._delivering[platform] = known
        return known

    async def present(self, account: Account) -> bool:
        """Whether that person is still in that workspace; who is unknown is."""
        return await self.directory.present(self.community, account)

    async def wanted(self, guard: str, argument: str) -> bool:
        """Whether what waits behind that guard is still wanted; an older version's is."""
        asks = self.routes.guards.get(guard)
        if asks is None:
            return True
        async with transaction():
            return await asks(self.scene(), argument)

    async def drawn(self, message: Message) -> Message:
        """The message, its picture drawn; left out where nobody can draw it."""
        if message.image is None or not message.image.artist:
            return message
        artist = self.routes.artists.get(message.image.artist)
        image = None
        try:
            image = await artist(self.scene(), message.image) if artist else None
        except Exception as error:  # noqa: BLE001  the words are worth more than the picture
            log.error("not drawn", artist=message.image.artist, trace=trace(error))  # noqa: TRY400  without words
        return replace(message, image=image)

    async def delivered(self, then: str, argument: str, ref: MessageRef) -> None:
        """What was owed with `then` stands there: whoever declared it learns where."""
        await self.routes.delivered_to[then](self.scene(), argument, ref)

    async def feed(self, name: str, token: str) -> bytes | None:
        """The calendar of that name for that token; None when there is none."""
        reads = self.routes.feeds.get(name)
        if reads is None:
            return None
        async with transaction():
            return await reads(self.scene(), token)

    async def _go_round(self) -> None:
        now = self.clock.now()
        if self._rounded is not None and abs(now - self._rounded) < ROUND:
            return
        self._rounded = now
        for look in self.routes.rounds:
            try:
                async with transaction():
                    await look(self.scene())
            except Exception as error:  # noqa: BLE001  the boundary: work goes on without it
                log.error("round failed", trace=trace(error))  # noqa: TRY400  without its words
