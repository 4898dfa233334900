"""The way of one event by itself: already seen? who? may they? one transaction, then the answer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

import structlog

from core.chat.actions import Choice
from core.chat.adapter import Answer
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
from core.chat.identity import Account, Profile
from core.chat.messages import Message, Reply
from core.engine import forms, metrics, outbox
from core.engine.crowd import delivery
from core.engine.database import atomically, dialect, insert_new, is_away, transaction
from core.engine.directory import Directory
from core.engine.dispatch import Dispatch, because, joined
from core.engine.errors import Refused, trace
from core.engine.intake import Intake
from core.engine.models import Community
from core.engine.routes import ButtonRoute, CommandRoute, FormRoute, Routes
from core.engine.scene import Dialogue, Scene
from core.engine.texts import Texts

log = structlog.get_logger()

ASKED = (CommandInvoked, ButtonPressed, FormSubmitted, FormOpened, HomeOpened)
"""What somebody waits to be answered; the rest are facts, which are true whoever hears them."""


def _turns() -> asyncio.Semaphore:
    """How many transactions of one community queue for the database: another one's come between."""
    return asyncio.Semaphore(1 if dialect() == "sqlite" else 4)


class _AlreadySeen(Exception):
    """The same delivery was handled before."""


@dataclass(frozen=True, slots=True)
class Singly:
    """What is asked, who comes and goes, and what is written to us in private.

    `ask` asks a platform who somebody is; the others are as in `core.engine.crowd.Crowd`.
    """

    community: Community
    routes: Routes
    texts: Texts
    directory: Directory
    intake: Intake
    scene: Callable[[], Scene]
    spoke: Callable[[Account, str], None]
    stirred: Callable[[], None]
    ask: Callable[[Account], Awaitable[Profile | None]]
    turns: asyncio.Semaphore = field(default_factory=_turns)

    async def handle(self, event: Event) -> Answer:
        """Handle an event that came just now. Raises Untaken, for facts only."""
        if isinstance(event, ASKED):
            return (await self._handled(event))[0]
        await self.intake.admitted(event.workspace)
        return (await self.take(event))[0]

    async def take(self, event: Event) -> tuple[Answer, bool]:
        """Record a fact; the answer, and whether it is new. Raises Untaken."""
        fact = self.intake.hold(event)
        try:
            answer, new = await self._handled(event)
        except asyncio.CancelledError:
            fact.taken.cancel()
            self.intake.refused(fact)
            raise
        except Exception:  # noqa: BLE001  the boundary was passed: it cannot be kept now
            self.intake.refused(fact)
            return await fact.taken, False
        self.intake.done(fact, answer)
        self.intake.lately.add(event.workspace)
        return answer, new

    async def suggest(self, event: CommandInvoked, option: str, typed: str) -> Sequence[Choice]:
        """Suggestions for an option being typed; none for who may not run the command."""
        route = self.routes.commands.get(event.path)
        wants = next((o for o in route.options if o.name == option), None) if route else None
        if route is None or wants is None or wants.completes is None or event.account is None:
            return ()
        account, role, suggest = event.account, route.role, wants.completes
        profile = await self._profile(event)

        async def offered() -> Sequence[Choice]:
            dialogue = await self._dialogue(event, account, profile)
            return await suggest(dialogue, typed) if dialogue.who.may(role) else ()

        return await atomically(offered)

    async def _handled(self, event: Event) -> tuple[Answer, bool]:
        """The answer, and whether it was new.

        What goes wrong is logged under a short reference, which the person who asked is given.
        Raises only what says that a fact could not be kept.
        """
        began = asyncio.get_running_loop().time()
        context = {"event": type(event).__name__, "delivery": event.delivery_id}
        with structlog.contextvars.bound_contextvars(**context):
            try:
                profile = await self._profile(event)
                await self.intake.own_words(event.account)
                async with self.turns, self.intake.passing():
                    answer = await atomically(partial(self._handle, event, profile))
            except _AlreadySeen:
                log.info("delivered twice")
                return None, False
            except Exception as error:  # the one error boundary
                if is_away(error) and not isinstance(event, ASKED):
                    raise
                return await self._apologise(event, error), False
        self._count(event, asyncio.get_running_loop().time() - began)
        self.stirred()
        return answer, True

    def _count(self, event: Event, seconds: float) -> None:
        slug = self.community.slug
        metrics.EVENTS.labels(slug, event.workspace.platform, type(event).__name__).inc()
        metrics.COMMITTED.labels(slug, "asked").observe(seconds)

    async def _profile(self, event: Event) -> Profile | None:
        if event.account is None or (event.profile is not None and event.profile.roles):
            return event.profile
        known = await self.directory.knows(self.community, event.account)
        if known and not self._reserved(event):
            return event.profile
        return await self.ask(event.account) or event.profile

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

    async def _dialogue(self, event: Event, account: Account, profile: Profile | None) -> Dialogue:
        scene = self.scene()
        who = await self.directory.recognise(scene, account, profile)
        self.spoke(account, who.language)
        return joined(scene, who, event)

    async def _handle(self, event: Event, profile: Profile | None) -> Answer:
        await self._mark_seen(event)
        if isinstance(event, WorkspaceMoved):
            await outbox.moved(self.community, event.workspace, event.to)
            await forms.moved(self.community, event.workspace, event.to)
        for kind, witness in self.routes.witnesses:
            if isinstance(event, kind):
                await witness(because(self.scene(), event), [event])
        if event.account is None or await self._was_never_here(event, event.account):
            return None
        dialogue = await self._dialogue(event, event.account, profile)
        if _in_private(event):
            await outbox.reachable(self.community, event.account, dialogue.now)
        try:
            async with transaction():
                answer = await Dispatch(self.routes).answer(dialogue, event)
        except Refused as refusal:
            return dialogue.reply(refusal.key, **refusal.values)
        if isinstance(event, CommandInvoked | FormSubmitted):  # a language may be chosen there
            spoken = await self.directory.speaks(self.community, event.account)
            self.spoke(event.account, self.texts.language(spoken))
        return answer

    async def _was_never_here(self, event: Event, account: Account) -> bool:
        """Whether somebody left whom we never met: they are nobody new."""
        left = isinstance(event, MemberLeft)
        return left and not await self.directory.met(self.community, account)

    async def _mark_seen(self, event: Event) -> None:
        row = (self.community.id, delivery(event), self.scene().now)
        if not await insert_new("seen_delivery", ("community_id", "key", "at"), [row], "key"):
            raise _AlreadySeen

    async def _apologise(self, event: Event, error: Exception) -> Answer:
        reference = uuid4().hex[:6].upper()
        log.error("event failed", reference=reference, trace=trace(error))
        away = is_away(error)
        why = "away" if away else "failed"
        metrics.REFUSED.labels(self.community.slug, event.workspace.platform, why).inc()
        if not isinstance(event, ASKED) or event.account is None:
            return None
        spoken = event.profile.locale if event.profile else None
        try:
            spoken = await self.directory.speaks(self.community, event.account) or spoken
        except Exception as another:  # noqa: BLE001  the database itself may be what is wrong
            log.error("no language", reference=reference, trace=trace(another))  # noqa: TRY400  without words
        key = "error.not_recorded" if away else "error.unexpected"
        return Reply(Message(self.texts.say(key, self.texts.language(spoken), reference=reference)))


def _in_private(event: Event) -> bool:
    match event:
        case MessagePosted(message=message):
            return message.channel.private
        case CommandInvoked(channel=channel) | ButtonPressed(channel=channel):
            return channel.private
        case FormOpened(channel=channel) | FormSubmitted(channel=channel):
            return channel.private
    return False
