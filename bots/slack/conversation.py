"""Takes what people do on Slack to the core and brings the answer back, in Slack's time."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog

from bots.slack import scene as scenes
from bots.slack.acts import actor, button, read_command, read_press, read_submission
from bots.slack.answers import Answers
from bots.slack.asking import Asking
from bots.slack.commands import (
    Misunderstood,
    explain,
    help_text,
    understand,
    wants_help,
)
from bots.slack.facts import Done, Facts
from bots.slack.history import Given
from bots.slack.incoming import Ourselves, read_event, refused, shared
from bots.slack.listening import NotNow
from bots.slack.manifest import COMMAND
from bots.slack.people import People
from bots.slack.scene import Scene
from bots.slack.turns import Pending, Turns
from bots.slack.web import SlackWeb
from core.chat.actions import Action, OpenForm
from core.chat.adapter import Answer, DeliveryError, Handle, Menu
from core.chat.events import (
    CommandInvoked,
    Event,
    FormSubmitted,
    HomeOpened,
    MessagePosted,
    ReactionAdded,
)
from core.chat.markup import plain
from core.chat.messages import Invalid, Message, Reply
from core.engine.errors import trace

Json = dict[str, Any]

PATIENCE = 2.0
"""Seconds an act waits for its answer before it is acknowledged without it; Slack gives three
(https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response)."""
GRACE = 5.0
"""Seconds what is in hand may take when we stop."""

_COMMANDS = re.compile(r"(?<!\S)/(?=\w)")
_MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)

log = structlog.get_logger(__name__)


class Conversation:
    """The four kinds of things Slack tells, each with its way of being acknowledged."""

    def __init__(
        self,
        web: SlackWeb,
        menu: Menu,
        people: People,
        answers: Answers,
        now: Callable[[], datetime],
    ) -> None:
        self._menu = menu
        self._people = people
        self._answers = answers
        self._now = now
        self._us = Ourselves("")
        self._handle: Handle | None = None
        self._turns = Turns()
        self.facts = Facts(self._turns, self._shown)
        self.given = Given()
        self._tasks: set[asyncio.Task[None]] = set()
        self._forms = Asking(web, menu, people)

    def begin(self, handle: Handle, us: Ourselves) -> None:
        """From now on, hand events over to `handle`."""
        self._handle, self._us = handle, us
        self.facts.begin(handle)

    async def end(self) -> None:
        """Take nothing more; let what is in hand finish for a while, then stop it."""
        self._handle = None
        await asyncio.gather(self.facts.end(), self._finish())

    async def _finish(self) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    # What Slack tells

    def hear(self, body: Json, done: Done) -> None:
        """An event of the Events API; `done` once the core has committed it, or never will."""
        event = read_event(body, self._us)
        if event is None:
            done(committed=True)
        elif isinstance(event, HomeOpened):
            self._spawn(self._asked(event, done))
        elif command := self._sent(body, event):
            self._spawn(self._asked(command, done))
        else:
            if isinstance(event, ReactionAdded):
                self.given.hear(event)
            self.facts.take(event, done)

    def _sent(self, body: Json, event: Event) -> CommandInvoked | None:
        """The command a file was sent with, as words in private: slash commands carry no file."""
        if not isinstance(event, MessagePosted) or not event.message.channel.private:
            return None
        try:
            file = shared(body["event"])
        except _MALFORMED as error:
            refused("file", body, error)
            return None
        if file is None or event.account is None:
            return None
        language = self._people.known_language(event.account.user)
        found = understand(event.text.strip().removeprefix("/"), self._menu, language, self._us)
        if isinstance(found, Misunderstood) or not found.command.wants_file:
            return None
        return CommandInvoked(
            delivery_id=event.delivery_id,
            at=event.at,
            workspace=event.workspace,
            account=event.account,
            channel=event.message.channel,
            path=found.command.path,
            arguments=found.arguments,
            file=file,
        )

    async def _asked(self, event: HomeOpened | CommandInvoked, done: Done) -> None:
        """What is asked by an event is answered whatever happens, like any other act."""
        user = event.account.user if event.account else ""
        try:
            pending = self._begun(event, scenes.of_event(event, user))
            done(committed=await pending.within(None))
        except NotNow:
            done(committed=False)

    async def on_command(self, body: Json) -> Json | None:
        """`/amicale …`: a form, a command for the core, or an explanation."""
        self._listening()
        try:
            user = actor(body, self._us)
            scene = scenes.of_command(body)
            trigger = str(body["trigger_id"])
        except _MALFORMED as error:
            refused("command", body, error)
            return None
        if user is None:
            return None
        text = _typed_text(body)
        language = self._people.known_language(user)  # awaits nothing: acts keep their order
        found = understand(text, self._menu, language, self._us)
        if wants_help(text) or isinstance(found, Misunderstood) or found.command.opens:
            language = await self._people.language(user)
            found = understand(text, self._menu, language, self._us)
        if wants_help(text):
            self._tell(Message(help_text(self._menu, language)), scene)
        elif isinstance(found, Misunderstood):
            self._tell(explain(found, self._menu, language), scene)
        elif found.command.opens:
            await self._open(OpenForm(found.command.opens), scene, trigger, first=found.rest)
        else:
            path, arguments = found.command.path, found.arguments
            event = read_command(body, self._us, at=self._now(), path=path, arguments=arguments)
            await self._answered(event, scene)
        return None

    async def on_press(self, body: Json) -> Json | None:
        """A button: a form to open, or an action for the core."""
        self._listening()
        try:
            if actor(body, self._us) is None:
                return None
            scene, trigger = scenes.of_press(body), str(body["trigger_id"])
        except _MALFORMED as error:
            refused("press", body, error)
            return None
        try:
            does = button(body)
            event = read_press(body, self._us, does) if isinstance(does, Action) else None
        except _MALFORMED as error:
            refused("press", body, error)
            await self._outdated(scene)
            return None
        if isinstance(does, OpenForm):
            await self._open(does, scene, trigger)
        elif event:
            await self._answered(event, scene)
        return None

    async def on_submission(self, body: Json) -> Json | None:
        """A form sent: its answers for the core; what is wrong stays in the form."""
        self._listening()
        try:
            user = actor(body, self._us)
            if user is None:
                return None
            scene = _scene_of(body, user)
            event = read_submission(
                body,
                self._us,
                at=self._now(),
                channel=scene.place(self._us),
                message=scene.pressed(self._us),
            )
        except _MALFORMED as error:
            refused("submission", body, error)
            return None
        self._forms.keep(event, user)
        pending = await self._answered(event, scene)
        if isinstance(pending.answer, Invalid) and not pending.late:
            return await self._forms.errors(pending.answer, event, user)
        return None

    # The way to the core and back

    def _listening(self) -> None:
        if self._handle is None:
            raise NotNow

    async def _answered(self, event: Event, scene: Scene) -> Pending:
        """Hand over what somebody waits for; returns in time whatever the core takes."""
        pending = self._begun(event, scene)
        if not await pending.within(PATIENCE) and pending.abandoned:
            raise NotNow
        return pending

    def _begun(self, event: Event, scene: Scene) -> Pending:
        if self._handle is None:
            raise NotNow
        pending = Pending()
        stuck = self.facts.is_stuck(scene.user)
        turn = nullcontext() if stuck else self._turns.enter(scene.user)
        self._spawn(self._serve(self._handle, event, scene, pending, turn), pending)
        return pending

    def _spawn(self, work: Coroutine[Any, Any, None], pending: Pending | None = None) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        if pending:
            task.add_done_callback(lambda _: pending.abandon())

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("slack.failed", trace=trace(error))

    async def _serve(
        self,
        handle: Handle,
        event: Event,
        scene: Scene,
        pending: Pending,
        turn: AbstractAsyncContextManager[None],
    ) -> None:
        async with turn:
            await self.facts.before(scene.user)
            pending.settle(await self._handled(handle, event, scene))
            if isinstance(pending.answer, Reply):
                await self._show(pending.answer, scene)
            elif (
                isinstance(pending.answer, Invalid)
                and isinstance(event, FormSubmitted)
                and pending.late
            ):
                again = await self._forms.again(pending.answer, event, scene.user)
                await self._show(Reply(again), scene)

    async def _handled(self, handle: Handle, event: Event, scene: Scene) -> Answer:
        try:
            answer = await handle(event)
        except Exception as error:  # noqa: BLE001  who asked is told, whatever it is
            reference = uuid4().hex[:6].upper()
            where = {"delivery": event.delivery_id, "trace": trace(error)}
            log.error("slack.handler_failed", reference=reference, **where)  # noqa: TRY400  without words
            language = await self._people.language(scene.user)
            said = self._menu.say("error.unexpected", language, reference=reference)
            return Reply(Message(plain(said)))
        if isinstance(event, FormSubmitted) and not isinstance(answer, Invalid):
            self._forms.forget(event, scene.user)
        return answer

    async def _show(self, reply: Reply, scene: Scene) -> None:
        if not scene.user:
            return  # nobody to answer (a deletion whose author Slack does not say)
        try:
            await self._answers.show(reply, scene)
        except DeliveryError as error:
            log.warning("slack.answer_lost", user=scene.user, reason=str(error))

    def _shown(self, reply: Reply, event: Event) -> None:
        """Answer a fact, below it."""
        user = event.account.user if event.account else ""
        self._spawn(self._show(reply, scenes.of_event(event, user)))

    def _tell(self, message: Message, scene: Scene) -> None:
        self._spawn(self._show(Reply(message), scene))

    async def _outdated(self, scene: Scene) -> None:
        """A button or form of an older version; commands are named as Slack takes them."""
        language = await self._people.language(scene.user)
        said = self._menu.say("error.outdated", language)
        self._tell(Message(plain(_COMMANDS.sub(f"{COMMAND} ", said))), scene)

    async def _open(self, opens: OpenForm, scene: Scene, trigger: str, *, first: str = "") -> None:
        """Open a form, or say kindly why it cannot be."""
        language = await self._people.language(scene.user)
        try:
            await self._forms.open(opens, scene, trigger, language, first=first)
        except KeyError:
            await self._outdated(scene)
        except DeliveryError as error:
            log.warning("slack.form_not_opened", form=opens.form, reason=str(error))
            said = self._menu.say("adapter_slack.not_opened", language)
            self._tell(Message(plain(said)), scene)


def _scene_of(body: Json, user: str) -> Scene:
    try:
        return scenes.unpacked(body["view"].get("private_metadata") or "", user)
    except _MALFORMED:
        return Scene(user)


def _typed_text(body: Json) -> str:
    """What was typed; a command of another name counts as a sub-command."""
    text, own = str(body.get("text") or ""), str(body.get("command") or COMMAND)
    return text if own == COMMAND else f"{own.removeprefix('/')} {text}"
