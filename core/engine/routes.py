"""Who answers what: the one place a command, button, form or job is declared."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.chat.actions import Choice, Kind
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked, Event, FormSubmitted
from core.chat.identity import MessageRef, Role
from core.chat.messages import Image, Message, Reply
from core.engine.scene import Dialogue, Scene, Speaker
from core.engine.schedule import Weekly

OnCommand = Callable[[Dialogue, CommandInvoked], Awaitable[Answer]]
OnButton = Callable[[Dialogue, ButtonPressed], Awaitable[Answer]]
OnForm = Callable[[Dialogue, FormSubmitted], Awaitable[Answer]]
OnEvent = Callable[[Dialogue, Any], Awaitable[Answer]]
OnFact = Callable[[Scene, Sequence[Any]], Awaitable[None]]
OnCrowd = Callable[[Scene, Sequence[tuple[Speaker, Any]]], Awaitable[None]]
Concerns = Callable[[Scene, Sequence[tuple[Speaker, Any]]], Awaitable[Collection[int]]]
OnJob = Callable[[Scene, str], Awaitable[None]]
OnDelivered = Callable[[Scene, str, MessageRef], Awaitable[None]]
OnGuard = Callable[[Scene, str], Awaitable[bool]]
OnRound = Callable[[Scene], Awaitable[None]]
OnTyping = Callable[[Dialogue, str], Awaitable[Sequence[Choice]]]
OnDraw = Callable[[Scene, Image], Awaitable[Image | None]]
OnGate = Callable[[Dialogue, Mapping[str, str]], Awaitable[Reply | None]]
OnFeed = Callable[[Scene, str], Awaitable[bytes | None]]
OnHome = Callable[[Dialogue], Awaitable[Message | None]]
When = Callable[[Scene], Weekly]


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a form; its words are `<room>.form.<form>.<name>` and `….<name>.hint`.

    `choices` are values; each one's words are `<room>.form.<form>.<name>.<value>`, or stand with
    what it names: `called` is their key then, with the value for `{}` (`{}.kind`).
    """

    name: str
    kind: Kind = Kind.LINE
    required: bool = True
    min_length: int = 0
    max_length: int = 300
    choices: tuple[str, ...] = ()
    called: str = ""

    def key(self, words: str, value: str) -> str:
        """The key of a choice's words; `words` is the key of the question's own."""
        return self.called.format(value) if self.called else f"{words}.{value}"


@dataclass(frozen=True, slots=True)
class Wants:
    """One argument of a command; its words are `<room>.option.<name>`.

    `choices` are values whose words are `<room>.option.<name>.<value>`; `completes` suggests
    values while they are typed. `file`: it is a file, at most one a command, which the handler
    finds as `event.document`.
    """

    name: str
    required: bool = True
    person: bool = False
    choices: tuple[str, ...] = ()
    completes: OnTyping | None = None
    file: bool = False


@dataclass(frozen=True, slots=True)
class CommandRoute:
    """A command: what it is called, who may use it, and who answers."""

    room: str
    path: str
    handler: OnCommand | None
    role: Role | None = None
    options: tuple[Wants, ...] = ()
    opens: str | None = None


@dataclass(frozen=True, slots=True)
class ButtonRoute:
    """A button's action, and who answers it."""

    handler: OnButton
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class FormRoute:
    """A form: what it asks, who may fill it, and who takes the answers."""

    room: str
    name: str
    asks: tuple[Ask, ...]
    handler: OnForm
    role: Role | None = None
    inside: bool = False


@dataclass(frozen=True, slots=True)
class JobRoute:
    """Work due later; later than `max_delay` it is skipped."""

    handler: OnJob
    max_delay: timedelta | None = None
    recurs: When | None = None


@dataclass(frozen=True, slots=True)
class Observer:
    """Who hears an event of that kind; of what the crowd does, only what `concerns` points at."""

    kind: type[Event]
    handler: OnEvent
    concerns: Concerns | None = None


class Routes:
    """The routes of one room; `Routes.of` puts rooms together."""

    def __init__(self, room: str) -> None:
        self.room = room
        self.commands: dict[str, CommandRoute] = {}
        self.buttons: dict[str, ButtonRoute] = {}
        self.forms: dict[str, FormRoute] = {}
        self.jobs: dict[str, JobRoute] = {}
        self.delivered_to: dict[str, OnDelivered] = {}
        self.guards: dict[str, OnGuard] = {}
        self.artists: dict[str, OnDraw] = {}
        self.feeds: dict[str, OnFeed] = {}
        self.rounds: list[OnRound] = []
        self.observers: list[Observer] = []
        self.crowds: list[tuple[tuple[type[Event], ...], OnCrowd]] = []
        self.witnesses: list[tuple[type[Event], OnFact]] = []
        self.homes: list[OnHome] = []
        self.gatekeepers: list[OnGate] = []

    @classmethod
    def of(cls, rooms: Iterable["Routes"]) -> "Routes":
        """All rooms' routes together. Raises ValueError when two rooms claim the same name."""
        whole = cls("")
        for room in rooms:
            for name in (
                "commands",
                "buttons",
                "forms",
                "jobs",
                "delivered_to",
                "guards",
                "artists",
                "feeds",
            ):
                mine, theirs = getattr(whole, name), getattr(room, name)
                if twice := mine.keys() & theirs.keys():
                    raise ValueError(f"declared twice: {', '.join(sorted(twice))}")
                mine.update(theirs)
            whole.observers += room.observers
            whole.crowds += room.crowds
            whole.witnesses += room.witnesses
            whole.homes += room.homes
            whole.rounds += room.rounds
            whole.gatekeepers += room.gatekeepers
        return whole

    def command(
        self, path: str, *options: Wants, role: Role | None = None
    ) -> Callable[[OnCommand], OnCommand]:
        """Answer a command; `path` is canonical, in French, of one or two words.

        Its words: `<room>.command.<path>` (description, at most 100 characters) and
        `<room>.command.<path>.name` (the path in that language), spaces written as `_`.
        """

        def declare(handler: OnCommand) -> OnCommand:
            self.commands[path] = CommandRoute(self.room, path, handler, role, options)
            return handler

        return declare

    def command_form(self, path: str, form: str, *, role: Role | None = None) -> None:
        """A command that opens a form: at once, or by a button to who may where a role is asked."""
        self.commands[path] = CommandRoute(self.room, path, None, role, opens=form)

    def button(self, name: str, *, role: Role | None = None) -> Callable[[OnButton], OnButton]:
        """Answer the buttons that do `Action(name, …)`."""

        def declare(handler: OnButton) -> OnButton:
            self.buttons[name] = ButtonRoute(handler, role)
            return handler

        return declare

    def form(
        self, name: str, *asks: Ask, role: Role | None = None, inside: bool = False
    ) -> Callable[[OnForm], OnForm]:
        """Take the answers of the form `name` (`<room>.<what>`; title `<room>.form.<what>`).

        What comes of one that is `inside` is read by everybody: the gatekeeper is asked first.
        """

        def declare(handler: OnForm) -> OnForm:
            self.forms[name] = FormRoute(self.room, name, asks, handler, role, inside)
            return handler

        return declare

    def on(
        self, kind: type[Event], *, concerns: Concerns | None = None
    ) -> Callable[[OnEvent], OnEvent]:
        """Hear every event of that kind by somebody; the first answer given is shown.

        What is said and done in the channels (`core.engine.crowd.CROWD`) comes in groups of
        some hundred, most of which concern no room: `concerns` says which do, by their place in
        the group, for all of them at once and before any is handled. It may point at one too
        many, never at one too few; it may be shared by several kinds.
        """

        def declare(handler: OnEvent) -> OnEvent:
            self.observers.append(Observer(kind, handler, concerns))
            return handler

        return declare

    def crowd(self, *kinds: type[Event]) -> Callable[[OnCrowd], OnCrowd]:
        """Take note of what the crowd does, a group at a time, in the order it was done."""

        def declare(handler: OnCrowd) -> OnCrowd:
            self.crowds.append((kinds, handler))
            return handler

        return declare

    def fact(self, kind: type[Event]) -> Callable[[OnFact], OnFact]:
        """Hear all events of that kind, even when nobody is known to have done it, in groups."""

        def declare(handler: OnFact) -> OnFact:
            self.witnesses.append((kind, handler))
            return handler

        return declare

    def job(
        self, kind: str, *, max_delay: timedelta | None = None, recurs: When | None = None
    ) -> Callable[[OnJob], OnJob]:
        """Do the work `kind` when due; `recurs` makes it due again and again, keyed by date."""

        def declare(handler: OnJob) -> OnJob:
            self.jobs[kind] = JobRoute(handler, max_delay, recurs)
            return handler

        return declare

    def delivered(self, name: str) -> Callable[[OnDelivered], OnDelivered]:
        """Learn where a message owed with `then=Action(name, …)` now stands."""

        def declare(handler: OnDelivered) -> OnDelivered:
            self.delivered_to[name] = handler
            return handler

        return declare

    def guard(self, name: str) -> Callable[[OnGuard], OnGuard]:
        """Say, just before it is sent, whether what is owed with that guard is still wanted."""

        def declare(handler: OnGuard) -> OnGuard:
            self.guards[name] = handler
            return handler

        return declare

    def draws(self, name: str) -> Callable[[OnDraw], OnDraw]:
        """Draw an image with that `artist`, outside of any transaction; None: it is left out."""

        def declare(handler: OnDraw) -> OnDraw:
            self.artists[name] = handler
            return handler

        return declare

    def feed(self, name: str) -> Callable[[OnFeed], OnFeed]:
        """Give the calendar that a calendar program reads at `/<name>/<token>.ics`.

        The handler is given the token, and answers None when it names nothing (any more).
        """

        def declare(handler: OnFeed) -> OnFeed:
            self.feeds[name] = handler
            return handler

        return declare

    def round(self, handler: OnRound) -> OnRound:
        """Look at the state of things about once a minute, in a transaction of its own."""
        self.rounds.append(handler)
        return handler

    def gatekeeper(self, handler: OnGate) -> OnGate:
        """Say why somebody may not fill a form that is `inside`, None when they may.

        It is given what they answered, which is nothing yet when the form is only opened.
        """
        self.gatekeepers.append(handler)
        return handler

    def home(self, handler: OnHome) -> OnHome:
        """Contribute a part of a person's home page."""
        self.homes.append(handler)
        return handler
