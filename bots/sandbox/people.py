"""What a person can do and see on any platform, so that stories and tests are written once."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as a person reads it: the visible text, never the payload behind it.

    `channel` is the name people know (`entraide`), or `privé` for a direct message; `thread`
    names the thread or topic when there is one. `private_to` is the one person who can see it
    (ephemeral answer or direct message), else None. `id` is the platform's own message id.
    """

    id: str
    at: datetime
    platform: str
    channel: str
    author: str
    text: str
    thread: str | None = None
    private_to: str | None = None
    buttons: tuple[str, ...] = ()
    reactions: tuple[tuple[str, int], ...] = ()
    images: tuple[str, ...] = ()  # alt texts
    edited: bool = False
    files: tuple[str, ...] = ()  # names of documents
    choices: tuple[tuple[str, int], ...] = ()  # a native poll's answers with their votes


@dataclass(frozen=True, slots=True)
class SeenForm:
    """A form open in front of a person; `errors` maps a field's label to what is wrong."""

    title: str
    labels: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeenGathering:
    """An entry of the platform's own agenda as a person reads it."""

    title: str
    starts: datetime
    ends: datetime
    where: str
    text: str = ""


class Person(Protocol):
    """Somebody on one platform, acting through what that platform's own application offers.

    Each verb returns once the stand-in has recorded it and emitted what the platform emits;
    it does not wait for the bot. An act the platform itself would refuse (a button that is not
    there, writing in a channel one cannot see) raises `CannotDo` naming what is possible.
    """

    name: str
    id: str

    @property
    def form(self) -> SeenForm | None:
        """The form open in front of this person."""

    async def joins(self) -> None:
        """Join the workspace; on Telegram, ask to join when the group approves requests."""

    async def leaves(self) -> None:
        """Leave the workspace."""

    async def says(
        self, text: str, *, channel: str | None = None, reply_to: Seen | None = None
    ) -> Seen:
        """Write in a channel by its name, under a message, or (neither) privately to the bot."""

    async def edits(self, message: Seen, text: str) -> None:
        """Change one's own message."""

    async def deletes(self, message: Seen) -> None:
        """Delete one's own message."""

    async def reacts(self, message: Seen, emoji: str) -> None:
        """Add a reaction, given as the emoji itself."""

    async def unreacts(self, message: Seen, emoji: str) -> None:
        """Take a reaction back."""

    async def presses(self, label: str, *, on: Seen | None = None) -> None:
        """Press the button so labelled on `on`, else on the newest visible message with it."""

    async def votes(self, choice: str, *, on: Seen | None = None) -> None:
        """Choose an answer of a poll, natively or by its button; once more takes it back."""

    async def fills(self, answers: Mapping[str, str]) -> None:
        """Fill the open form (label or field name -> answer) and submit it.

        Where the platform has no forms (Telegram) this answers the bot's questions one by one.
        """

    async def runs(self, command: str, *, channel: str | None = None) -> None:
        """Run a command as people type it: `/rituel aperçu`, `/lier K7WQ2M4P`."""

    async def refuses_direct_messages(self, *, refuses: bool = True) -> None:
        """Close (or open) the door to direct messages from the bot."""

    def sees(self) -> tuple[Seen, ...]:
        """Everything this person can see now, oldest first, edits applied, deletions gone."""


class Sandbox(Protocol):
    """One platform's stand-in: a server on loopback with real state, and a driver."""

    platform: str

    async def start(self) -> None:
        """Listen on a free loopback port."""

    async def stop(self) -> None:
        """Close every socket."""

    def environment(self) -> dict[str, str]:
        """The AMICALE_* variables that make the suite speak to this server."""

    def person(self, name: str) -> Person:
        """The person of that name, made known to the platform when new (not yet joined)."""

    def transcript(self) -> tuple[Seen, ...]:
        """Everything anybody could see since the start, in order, as first shown."""

    def complaints(self) -> tuple[str, ...]:
        """Requests that broke the documented protocol: an honest run has none."""


class CannotDo(AssertionError):
    """A person tried what the platform does not offer."""


class World:
    """What the three stand-ins share: the time on the wall, and word that something changed."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self.changes = 0
        self._changed = asyncio.Event()

    def touch(self) -> None:
        """Tell whoever waits that something visible changed."""
        self.changes += 1
        self._changed.set()

    async def until(self, seen: Callable[[], bool], *, seconds: float = 5.0) -> bool:
        """Wait in real time until `seen()` is true; False when `seconds` have passed."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not seen():
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), min(left, 0.25))
            except TimeoutError:
                continue
        return True


async def eventually(world: World, person: Person, text: str, *, seconds: float = 5.0) -> Seen:
    """The newest message visible to `person` that contains `text`, awaited in real time."""

    def newest() -> Seen | None:
        return next((m for m in reversed(person.sees()) if text in m.text), None)

    if not await world.until(lambda: newest() is not None, seconds=seconds):
        shown = "\n".join(
            f"  [{m.channel}] {m.author}: {m.text[:200]}" for m in person.sees()[-12:]
        )
        raise CannotDo(f"{person.name} never saw {text!r} on their screen:\n{shown}")
    found = newest()
    assert found is not None  # noqa: S101  just awaited
    return found
