"""The way of one event: already seen? who? may they? one transaction, then the answer."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol
from uuid import uuid4

import structlog
from tortoise.exceptions import IntegrityError

from core.chat.actions import Choice
from core.chat.adapter import Adapter, Answer, DeliveryError
from core.chat.events import (
    ButtonPressed,
    CommandInvoked,
    Event,
    FormOpened,
    FormSubmitted,
    HomeOpened,
    MemberLeft,
    MessagePosted,
    WorkspaceMoved,
)
from core.chat.identity import Account, MessageRef, Platform, Profile, Workspace
from core.chat.messages import Message, Reply
from core.engine import forms, jobs, outbox
from core.engine.clock import Clock
from core.engine.database import atomically, transaction
from core.engine.dispatch import Dispatch
from core.engine.errors import Refused, trace
from core.engine.models import Community, Job, OutboxMessage, SeenDelivery, State
from core.engine.routes import ButtonRoute, CommandRoute, FormRoute, Routes
from core.engine.scene import Dialogue, Scene, Speaker
from core.engine.texts import Texts

log = structlog.get_logger()

Asked = CommandInvoked | ButtonPressed | FormSubmitted | FormOpened | HomeOpened
ASKING = 2.0
"""Seconds a platform has to say who somebody is: it must be answered within three itself."""

ASKED = (CommandInvoked, ButtonPressed, FormSubmitted, FormOpened, HomeOpened)


TONGUES = 20_000
"""Accounts whose language is kept in memory: some 5 MB."""


class Directory(Protocol):
    """Who is behind an account: the members' room, as the machinery needs it."""

    async def knows(self, community: Community, account: Account) -> bool:
        """Whether that account was met before, and its name is known."""

    async def met(self, community: Community, account: Account) -> bool:
        """Whether that account was met before."""

    async def speaks(self, community: Community, account: Account) -> str | None:
        """The language chosen behind an account, else its platform's tag; None when unknown."""

    async def tongues(self, community: Community, most: int) -> dict[Account, str]:
        """The languages chosen, by account, at most so many: those last active."""

    async def recognise(self, scene: Scene, account: Account, profile: Profile | None) -> Speaker:
        """The member behind an account, made when new, brought up to date by `profile`."""


class _AlreadySeen(Exception):
    """The same delivery was handled before."""


@dataclass(slots=True)
class App:
    """One community at work: it handles events, does what is due and delivers what is owed."""

    community: Community
    routes: Routes
    texts: Texts
    clock: Clock
    directory: Directory
    settings: Mapping[type, object] = field(default_factory=dict)
    adapters: dict[Platform, Adapter] = field(default_factory=dict)
    tongues: dict[Account, str] = field(default_factory=dict)
    _planned: dict[str, str] = field(default_factory=dict)
    _working: asyncio.Lock = field(default_factory=asyncio.Lock)
    _delivering: dict[Platform, asyncio.Lock] = field(default_factory=dict)

    async def handle(self, event: Event) -> Answer:
        """Handle one event and say what to answer; never raises.

        What goes wrong is logged under a short reference, which the person who asked is given.
        """
        context = {"event": type(event).__name__, "delivery": event.delivery_id}
        with structlog.contextvars.bound_contextvars(**context):
            try:
                profile = await self._profile(event)
                return await atomically(partial(self._handle, event, profile))
            except _AlreadySeen:
                log.info("delivered twice")
            except Exception as error:  # noqa: BLE001  the one error boundary
                return await self._apologise(event, error)
        return None

    async def complete(self, event: CommandInvoked, option: str, typed: str) -> Sequence[Choice]:
        """Suggestions for an option being typed; none for who may not run the command."""
        route = self.routes.commands.get(event.path)
        wants = next((o for o in route.options if o.name == option), None) if route else None
        if route is None or wants is None or wants.completes is None or event.account is None:
            return ()
        account, role, suggest = event.account, route.role, wants.completes
        profile = await self._profile(event)

        async def offered() -> Sequence[Choice]:
            dialogue = await self._dialogue(account, profile)
            return await suggest(dialogue, typed) if dialogue.who.may(role) else ()

        return await atomically(offered)

    def scene(self) -> Scene:
        """Where work without a person stands."""
        return Scene(self.community, self.clock.now(), self.texts, self.workspaces, self.settings)

    @property
    def workspaces(self) -> tuple[Workspace, ...]:
        """The workspaces now served."""
        return tuple(adapter.workspace for adapter in self.adapters.values())

    async def work(self) -> int:
        """Plan what recurs and do what is due; says how many jobs were done."""
        async with self._working:
            await self._plan()
            return await jobs.run_due(self.community, self.clock.now(), self._do)

    async def deliver(self, platform: Platform) -> int:
        """Deliver what is owed on one platform; says how many rows were tried."""
        async with self._delivering.setdefault(platform, asyncio.Lock()):
            return await outbox.deliver_due(
                self.community, self.clock, self.adapters[platform], self._delivered
            )

    async def settle(self) -> None:
        """Work and deliver until nothing more is due at this moment of the clock."""
        while await self.work() + sum([await self.deliver(p) for p in tuple(self.adapters)]):
            continue

    # -- one event ------------------------------------------------------------------------

    async def _profile(self, event: Event) -> Profile | None:
        if event.account is None or (event.profile is not None and event.profile.roles):
            return event.profile
        known = await self.directory.knows(self.community, event.account)
        if known and not self._reserved(event):
            return event.profile
        with suppress(DeliveryError, TimeoutError):
            async with asyncio.timeout(ASKING):
                return await self.adapters[event.account.platform].profile(event.account)
        return event.profile

    async def learn_tongues(self) -> None:
        """Know, before they say a word, what those who chose a language speak.

        An adapter opens a form at once, without asking the core: `tongues` is what it looks at.
        """
        for account, language in (await self.directory.tongues(self.community, TONGUES)).items():
            self._remember(account, language)

    def _remember(self, account: Account, language: str) -> None:
        self.tongues.pop(account, None)
        self.tongues[account] = language
        if len(self.tongues) > TONGUES:
            del self.tongues[next(iter(self.tongues))]

    def _reserved(self, event: Event) -> bool:
        """Whether a role is asked for: then the platform is asked anew, for one may be demoted."""
        route: CommandRoute | ButtonRoute | FormRoute | None = None
        match event:
            case CommandInvoked():
                route = self.routes.commands.get(event.path)
            case ButtonPressed():
                route = self.routes.buttons.get(event.action.name)
            case FormSubmitted() | FormOpened():
                route = self.routes.forms.get(event.form)
        return route is not None and route.role is not None

    async def _dialogue(self, account: Account, profile: Profile | None) -> Dialogue:
        scene = self.scene()
        who = await self.directory.recognise(scene, account, profile)
        self._remember(account, who.language)
        return Dialogue(
            scene.community,
            scene.now,
            scene.texts,
            scene.workspaces,
            scene.settings_by_kind,
            who=who,
        )

    async def _handle(self, event: Event, profile: Profile | None) -> Answer:
        await self._mark_seen(event)
        if isinstance(event, WorkspaceMoved):
            await outbox.moved(self.community, event.workspace, event.to)
            await forms.moved(self.community, event.workspace, event.to)
        for kind, witness in self.routes.witnesses:
            if isinstance(event, kind):
                await witness(self.scene(), event)
        if event.account is None or await self._was_never_here(event, event.account):
            return None
        dialogue = await self._dialogue(event.account, profile)
        if _in_private(event):
            await outbox.reachable(self.community, event.account, dialogue.now)
        try:
            async with transaction():
                answer = await Dispatch(self.routes).answer(dialogue, event)
        except Refused as refusal:
            return dialogue.reply(refusal.key, **refusal.values)
        if isinstance(event, CommandInvoked | FormSubmitted):  # a language may be chosen there
            spoken = await self.directory.speaks(self.community, event.account)
            self._remember(event.account, self.texts.language(spoken))
        return answer

    async def _was_never_here(self, event: Event, account: Account) -> bool:
        """Whether somebody left whom we never met: they are nobody new."""
        left = isinstance(event, MemberLeft)
        return left and not await self.directory.met(self.community, account)

    async def _mark_seen(self, event: Event) -> None:
        key = f"{event.workspace.platform}:{event.workspace.id}:{event.delivery_id}"[:200]
        if await SeenDelivery.exists(community=self.community, key=key):
            raise _AlreadySeen
        try:
            await SeenDelivery.create(community=self.community, key=key, at=self.clock.now())
        except IntegrityError as error:
            raise _AlreadySeen from error

    async def _apologise(self, event: Event, error: Exception) -> Answer:
        reference = uuid4().hex[:6].upper()
        log.error("event failed", reference=reference, trace=trace(error))
        if not isinstance(event, ASKED) or event.account is None:
            return None
        spoken = event.profile.locale if event.profile else None
        try:
            spoken = await self.directory.speaks(self.community, event.account) or spoken
        except Exception as another:  # noqa: BLE001  the database itself may be what is wrong
            log.error("no language", reference=reference, trace=trace(another))  # noqa: TRY400  without words
        text = self.texts.say("error.unexpected", self.texts.language(spoken), reference=reference)
        return Reply(Message(text))

    # -- what is due, what is owed --------------------------------------------------------

    async def _plan(self) -> None:
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
        await route.handler(self.scene(), job.key)

    async def _delivered(self, row: OutboxMessage, ref: MessageRef) -> None:
        await self.routes.delivered_to[row.then](self.scene(), row.argument, ref)


def _in_private(event: Event) -> bool:
    match event:
        case MessagePosted(message=message):
            return message.channel.private
        case CommandInvoked(channel=channel) | ButtonPressed(channel=channel):
            return channel.private
        case FormOpened(channel=channel) | FormSubmitted(channel=channel):
            return channel.private
    return False
