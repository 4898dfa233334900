"""Where a story is played: the stand-ins, the suite on a fresh database, and a driven clock."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bots.sandbox.people import CannotDo, Person, Seen, World
from bots.sandbox.towns import Towns
from bots.suite import Suite, adapters, menu_of, open_app
from config.community import load
from config.settings import Settings
from core.chat.identity import Platform
from core.engine import database
from core.engine.clock import DrivenClock

PATIENCE = 10.0
"""Seconds of real time that something expected may take to be seen."""

QUIET = 0.05
"""Seconds of real time without a change after which the stage is taken to be at rest."""


@dataclass(slots=True)
class Stage:
    """People act here, and time passes when told to; `watch` is called whenever it is at rest.

    A button or form is named by its key in the catalogues, so that a story does not depend on
    the wording.
    """

    towns: Towns
    clock: DrivenClock
    folder: Path
    suite: Suite
    watch: Callable[[], None] = lambda: None

    def actor(self, name: str, platform: str, language: str = "fr") -> "Actor":
        """Somebody, who did nothing yet."""
        return Actor(
            self, self.towns.person(name, Platform(platform)), Platform(platform), language
        )

    def label(self, key: str, language: str) -> str:
        """The words of a button or field; what is no key stands for itself."""
        texts = self.suite.app.texts
        return texts.label(key, language) if "." in key and texts.knows(key, language) else key

    async def rest(self) -> None:
        """Wait until everything due was done and nothing changes any more."""
        for _ in range(200):
            before = self.towns.world.changes
            await self.suite.settle()
            await asyncio.sleep(QUIET)
            if self.towns.world.changes == before:
                break
        self.watch()

    async def until(self, moment: datetime, *, step: timedelta = timedelta(hours=1)) -> None:
        """Let time pass until a moment, doing what falls due on the way."""
        while self.clock.now() < moment:
            self.clock.move_to(min(moment, self.clock.now() + step))
            await self.suite.settle()
        await self.rest()


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of a story: each act is awaited until everything that follows from it is seen."""

    stage: Stage
    person: Person
    platform: Platform
    language: str

    @property
    def name(self) -> str:
        """What others call them."""
        return self.person.name

    async def joins(self) -> None:
        """Arrive (on Telegram, ask to)."""
        await self.person.joins()
        await self.stage.rest()

    async def says(self, text: str, *, channel: str | None = None, to: Seen | None = None) -> Seen:
        """Write in a channel, under a message, or privately to the bot."""
        said = await self.person.says(text, channel=channel, reply_to=to)
        await self.stage.rest()
        return said

    async def reacts(self, message: Seen, emoji: str) -> None:
        """Add a reaction."""
        await self.person.reacts(message, emoji)
        await self.stage.rest()

    async def unreacts(self, message: Seen, emoji: str) -> None:
        """Take a reaction back."""
        await self.person.unreacts(message, emoji)
        await self.stage.rest()

    async def runs(self, command: str, *, channel: str | None = None) -> None:
        """Run a command as people type it."""
        await self.person.runs(command, channel=channel)
        await self.stage.rest()

    async def sees(self, text: str) -> Seen:
        """The newest message with that text on the screen, awaited."""
        found: list[Seen] = []

        def there() -> bool:
            found[:] = [m for m in self.person.sees() if text in m.text][-1:]
            return bool(found)

        if not await self.stage.towns.world.until(there, seconds=PATIENCE):
            raise CannotDo(f"{self.name} never saw {text!r}:\n{self.screen()}")
        return found[0]

    async def presses(self, key: str) -> None:
        """Press the newest button with that label, once it is offered."""
        label = self.stage.label(key, self.language)

        def offered() -> bool:
            return any(label in m.buttons for m in self.person.sees())

        if not await self.stage.towns.world.until(offered, seconds=PATIENCE):
            raise CannotDo(f"{self.name} was never offered {label!r}:\n{self.screen()}")
        await self.person.presses(label)
        await self.stage.rest()

    async def fills(self, answers: Mapping[str, str]) -> None:
        """Fill the form that opens: field label key -> answer (a text, or a choice's key)."""
        say = self.stage.label
        named = {say(k, self.language): say(v, self.language) for k, v in answers.items()}
        if self.stage.suite.app.adapters[self.platform].capabilities.forms:
            opened = lambda: self.person.form is not None  # noqa: E731  a condition, awaited
            if not await self.stage.towns.world.until(opened, seconds=PATIENCE):
                raise CannotDo(f"no form opened in front of {self.name}:\n{self.screen()}")
        await self.person.fills(named)
        await self.stage.rest()

    def screen(self) -> str:
        """The last lines this person sees, for when something is missing."""
        lines = [
            f"  [{m.channel}] {m.author}: {m.text[:160]} {m.buttons or ''}"
            for m in self.person.sees()
        ]
        return "\n".join(lines[-8:]) or "  (an empty screen)"


@asynccontextmanager
async def stage(folder: Path, start: datetime, towns: Towns | None = None) -> AsyncIterator[Stage]:
    """A stage in `folder`, from an aware moment on; with `towns`, those go on living.

    The database in `folder` is opened as it is, so that a second stage there goes on where the
    first one stopped.
    """
    clock = DrivenClock(start)
    world = World(clock.now) if towns is None else towns.world
    world.now = clock.now
    ours = towns is None
    towns = towns or Towns.build(world)
    if ours:
        await towns.start()
    try:
        config = folder / "community.toml"
        config.write_text(towns.community_toml(), encoding="utf-8")
        settings = _settings(towns, folder)
        app = await open_app(settings, load(config), clock)
        app.adapters = adapters(settings, load(config), menu_of(app), app.clock)
        suite = Suite(app, beats=False)
        await suite.start()
        try:
            yield Stage(towns, clock, folder, suite)
        finally:
            await suite.stop()
    finally:
        await database.close()
        if ours:
            await towns.stop()


def _settings(towns: Towns, folder: Path) -> Settings:
    told = {k.removeprefix("AMICALE_").lower(): v for k, v in towns.environment().items()}
    told["database_url"] = f"sqlite://{folder / 'community.sqlite3'}"
    return Settings.model_validate(told)
