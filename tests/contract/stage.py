"""One platform for a contract test: its stand-in, its adapter, and the few things that differ."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from itertools import count
from typing import ClassVar, TypeVar

from bots.sandbox.people import CannotDo, Person, Seen, SeenGathering, World, eventually
from core.chat.adapter import Adapter, DeliveryError
from core.chat.events import Event
from core.chat.identity import Account, Channel, Place, Platform, Purpose
from core.chat.messages import Button, Message, Text
from tests.contract.scripted import ScriptedCore, SmallMenu

E = TypeVar("E", bound=Event)
D = TypeVar("D", bound=DeliveryError)
OUTDATED = "ancienne version"
PATIENCE = 5.0
"""Seconds to wait for what must come; what must not come is waited for less (`conftest`)."""


async def refused(attempt: Awaitable[object], kind: type[D]) -> D:
    """The DeliveryError of that kind that an attempt ends in; AssertionError when it does not."""
    try:
        await attempt
    except kind as refusal:
        return refusal
    raise AssertionError(f"nothing was refused as {kind.__name__}")


class Stage(ABC):
    """A running adapter among people; what one platform cannot do raises CannotDo."""

    platform: ClassVar[Platform]
    gated = "entraide"
    """The channel that opens with the gate."""
    nowhere = "0"
    """An id that no channel has."""

    def __init__(self) -> None:
        self.world = World()
        self.menu = SmallMenu()
        self.core = ScriptedCore(self.world)
        self.patience = PATIENCE
        self._numbers = count(1)

    # -- what each platform's stage says

    @property
    @abstractmethod
    def adapter(self) -> Adapter:
        """The adapter under test."""

    @abstractmethod
    async def open(self) -> None:
        """Start the stand-in, then the adapter on it."""

    @abstractmethod
    async def close(self) -> None:
        """Stop the adapter, then the stand-in."""

    @abstractmethod
    def known(self, name: str, locale: str) -> Person:
        """The person of that name, whose application speaks that language; not yet here."""

    @abstractmethod
    def notified(self, person: Person, shown: Seen) -> bool:
        """Whether that message rings for that person."""

    def complaints(self) -> tuple[str, ...]:
        """What broke the platform's documented protocol."""
        return ()

    def rang_for_all(self) -> bool:
        """Whether everybody was ever called at once."""
        return False

    def called(self, person: Person) -> str:
        """How others type that person's name."""
        return f"@{person.name}"

    async def types(self, person: Person, line: str) -> None:
        """Type a command that may not exist."""
        await person.runs(line, channel="entraide")

    async def another_bot_says(self, text: str) -> None:
        """Another bot writes in `entraide`."""
        raise CannotDo(f"no other bot here to say {text!r}")

    async def enters(self, person: Person) -> None:
        """Whatever it takes to be a member who can be written to in private."""
        await person.joins()

    async def sends(self, person: Person, line: str, name: str, content: bytes) -> None:
        """Give a command the file it wants, as people do here."""
        raise CannotDo(f"{person.name} cannot send {name} with {line!r} ({len(content)} bytes)")

    def agenda(self, person: Person) -> tuple[SeenGathering, ...]:
        """What the platform's own agenda shows to that person."""
        raise CannotDo(f"{self.platform} has no agenda for {person.name}")

    async def is_inside(self, person: Person) -> bool:
        """Whether that person can write behind the gate."""
        try:
            await person.says(self.word("Dedans ?"), channel=self.gated)
        except CannotDo:
            return False
        return True

    def hangs_below(self, shown: Seen, asked: Seen) -> bool:
        """Whether one message is shown as a reply to the other."""
        return shown.thread is not None and shown.thread == asked.thread

    async def opens_home(self, person: Person) -> str:
        """What the bot's home page shows to that person."""
        raise CannotDo(f"{self.platform} has no home page for {person.name}")

    async def completes(self, person: Person, line: str) -> tuple[str, ...]:
        """What is suggested while a command is typed."""
        raise CannotDo(f"{self.platform} suggests nothing to {person.name} for {line!r}")

    def has_answered(self, person: Person) -> bool:
        """Whether the last press or command of that person was acknowledged in time."""
        raise CannotDo(f"{self.platform} does not show it to {person.name}")

    def promote(self, person: Person) -> None:
        """Make somebody an administrator of the platform's own."""
        raise CannotDo(f"{self.platform} has no administrators like {person.name}")

    def limit(self, seconds: int) -> None:
        """Refuse the next message with a wait of so many seconds."""
        raise CannotDo(f"no limit of {seconds} s here")

    def cut(self) -> None:
        """Cut the connection without a word."""
        raise CannotDo("no connection here")

    def deliver_twice(self) -> None:
        """Deliver the next event twice."""
        raise CannotDo("no delivery here")

    def down(self) -> None:
        """Refuse everything."""
        raise CannotDo("nothing here can be down")

    def another(self, *, token: str | None = None) -> Adapter:
        """A second adapter for the same workspace, with a token that may be wrong."""
        raise CannotDo(f"no token like {token!r} here")

    # -- what they share

    async def start(self) -> None:
        """Start the adapter."""
        await self.adapter.start(self.core)

    async def restart(self, while_away: Callable[[], object] | None = None) -> None:
        """Stop the adapter and start it again."""
        await self.adapter.stop()
        if while_away is not None:
            while_away()
        await self.start()

    def word(self, text: str) -> str:
        """A text that no other test says."""
        return f"{text} n{next(self._numbers)}x"

    def newcomer(self, name: str = "Léa", locale: str = "fr") -> Person:
        """Somebody who is not here yet."""
        return self.known(f"{name}{next(self._numbers)}", locale)

    async def member(self, name: str = "Léa", locale: str = "fr") -> Person:
        """Somebody who is here, behind the gate."""
        person = self.newcomer(name, locale)
        await self.enters(person)
        return person

    def account(self, person: Person) -> Account:
        return Account(self.platform, self.adapter.workspace.id, person.id)

    def place(self, purpose: Purpose = Purpose.HELP) -> Place:
        return Place(self.platform, self.adapter.workspace.id, purpose)

    def channel(self, channel_id: str) -> Channel:
        return Channel(self.platform, self.adapter.workspace.id, channel_id)

    def says(self, text: str, *buttons: Button) -> Message:
        return Message(Text(text), buttons)

    async def hears(
        self,
        kind: type[E],
        by: Person,
        *,
        count: int = 1,
        where: Callable[[E], bool] = lambda _: True,
    ) -> E:
        """The `count`-th event of a kind that person caused, awaited."""

        def found() -> list[E]:
            account = self.account(by)
            kept = (e for e in self.core.events if isinstance(e, kind) and e.account == account)
            return [e for e in kept if where(e)]

        await self.until(lambda: len(found()) >= count)
        return found()[count - 1]

    async def shows(self, person: Person, text: str) -> Seen:
        """The newest message with that text on that person's screen, awaited."""
        return await eventually(self.world, person, text, seconds=self.patience)

    async def until(self, true: Callable[[], bool], seconds: float | None = None) -> None:
        """Wait until something is true; an AssertionError when it never is."""
        heard = self.core.events
        assert await self.world.until(true, seconds=seconds or self.patience), heard[-6:]

    async def settles(self) -> None:
        """Let whatever is on its way arrive: for what must not happen."""
        await asyncio.sleep(0.15)

    def sees(self, person: Person, text: str) -> bool:
        return any(text in shown.text for shown in person.sees())
