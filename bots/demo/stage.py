"""Where a story is played: the stand-ins, the suite on a fresh database, and a driven clock."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bots.demo.chronicle import Chronicle
from bots.demo.wording import buttons, of, quoted, short, spaced
from bots.platforms import adapters
from bots.sandbox.discord.people import DiscordPerson
from bots.sandbox.people import CannotDo, Person, Seen, World
from bots.sandbox.slack.people import SlackPerson
from bots.sandbox.towns import Towns
from bots.suite import Suite, menu_of, open_app
from config.community import load
from config.settings import Settings
from core.chat.identity import Platform
from core.engine import database
from core.engine.clock import DrivenClock
from core.engine.models import Job, State

PATIENCE = 10.0
"""Seconds of real time that something expected may take to be seen."""

QUIET = 0.05
"""Seconds of real time without a change after which the stage is taken to be at rest."""

MORNING, EVENING = 8, 20
"""The hours of the community's clock between which time goes by hour by hour."""


def hour_after(local: datetime) -> datetime:
    """The next whole hour by day, else that of the morning: a night goes by at once."""
    hour = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if hour.hour > EVENING:
        return (hour + timedelta(days=1)).replace(hour=MORNING)
    return hour.replace(hour=max(hour.hour, MORNING))


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
    chronicle: Chronicle = field(init=False)

    def __post_init__(self) -> None:
        self.chronicle = Chronicle(self.towns, self.clock.now)

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
        world = self.towns.world
        for _ in range(200):
            await self.suite.settle()
            before = world.changes
            if not await world.until(lambda: world.changes != before, seconds=QUIET):  # noqa: B023  awaited at once
                break
        self.watch()

    async def until(self, moment: datetime, *, step: timedelta | None = None) -> None:
        """Let time pass until a moment, in such steps if given, doing what falls due on the way."""
        while (now := self.clock.now()) < moment:
            self.clock.move_to(min(moment, now + step if step else await self._next(now)))
            await self.suite.settle()
            self.chronicle.entries()
        await self.rest()

    async def _next(self, now: datetime) -> datetime:
        """When to look again: when a job is due, at the latest at the hour; a night goes by."""
        hour = hour_after(now.astimezone(self.suite.app.community.zone))
        if hour - now > timedelta(hours=1):
            return hour
        jobs = Job.filter(state=State.DUE, due_at__gt=now, due_at__lt=hour)
        first = await jobs.order_by("due_at").first()
        return first.due_at if first else hour


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

    @property
    def arrived(self) -> bool:
        """Whether they came: who stands outside has nothing at all on the screen."""
        return bool(self.person.sees())

    async def _does(self, deed: str, act: Awaitable[None]) -> None:
        """Do it, write it down before what comes of it, and await that."""
        place = self.stage.chronicle.here()
        await act
        self.stage.chronicle.note(place, self.platform, f"{self.name} {deed}")
        await self.stage.rest()

    async def joins(self) -> None:
        """Arrive (on Telegram, ask to)."""
        asks = self.platform is Platform.TELEGRAM
        await self._does("demande à entrer" if asks else "arrive", self.person.joins())

    async def says(self, text: str, *, channel: str | None = None, to: Seen | None = None) -> Seen:
        """Write in a channel, under a message, or privately to the bot."""
        said = await self.person.says(text, channel=channel, reply_to=to)
        await self.stage.rest()
        return said

    async def reacts(self, message: Seen, emoji: str) -> None:
        """Add a reaction."""
        deed = f"▸ {emoji} sur le message {of(message.author)}"
        await self._does(deed, self.person.reacts(message, emoji))

    async def unreacts(self, message: Seen, emoji: str) -> None:
        """Take a reaction back."""
        deed = f"▸ retire {emoji} du message {of(message.author)}"
        await self._does(deed, self.person.unreacts(message, emoji))

    async def runs(self, command: str, *, channel: str | None = None) -> None:
        """Run a command as people type it; on Telegram it is a message, and seen as one."""
        running = self.person.runs(command, channel=channel)
        if self.platform is Platform.TELEGRAM:
            await running
            await self.stage.rest()
            return
        typed = command.strip()
        known = self.stage.towns.slack.commands
        if self.platform is Platform.SLACK and typed.partition(" ")[0] not in known:
            typed = f"/amicale {typed.removeprefix('/')}"
        await self._does(f"▸ {typed}", running)

    async def sees(self, text: str) -> Seen:
        """The newest message with that text on the screen, awaited; one space is like another."""
        found: list[Seen] = []
        wanted = spaced(text)

        def there() -> bool:
            found[:] = [m for m in self.person.sees() if wanted in spaced(m.text)][-1:]
            return bool(found)

        if not await self.stage.towns.world.until(there, seconds=PATIENCE):
            raise CannotDo(f"{self.name} never saw {text!r}:\n{self.screen()}")
        return found[0]

    async def presses(self, key: str, *, on: Seen | None = None) -> None:
        """Press the newest button with that label, or that of a message, once it is offered."""
        label = self.stage.label(key, self.language)

        def offered() -> bool:
            return any(label in m.buttons for m in self.person.sees())

        if not await self.stage.towns.world.until(offered, seconds=PATIENCE):
            raise CannotDo(f"{self.name} was never offered {label!r}:\n{self.screen()}")
        await self._does(f"▸ [{label}]", self.person.presses(label, on=on))

    async def votes(self, choice: str) -> None:
        """Choose an answer of the newest poll that offers it."""
        await self._does(f"▸ vote {quoted(choice)}", self.person.votes(choice))

    async def fills(self, answers: Mapping[str, str]) -> None:
        """Fill the form that opens: field label key -> answer (a text, or a choice's key)."""
        say = self.stage.label
        named = {say(k, self.language): say(v, self.language) for k, v in answers.items()}
        if self.stage.suite.app.adapters[self.platform].capabilities.forms:
            opened = lambda: self.person.form is not None  # noqa: E731  a condition, awaited
            if not await self.stage.towns.world.until(opened, seconds=PATIENCE):
                raise CannotDo(f"no form opened in front of {self.name}:\n{self.screen()}")
        await self._does(self._filling(named), self.person.fills(named))

    def _filling(self, answers: Mapping[str, str]) -> str:
        if self.person.form is None:
            return "▸ répond aux questions, une par une"
        told = " · ".join(short(answer) for answer in answers.values())
        return f"▸ formulaire {quoted(self.person.form.title)} : {told}"

    async def sends(self, command: str, name: str, content: bytes) -> None:
        """Run a command with a file. Raises CannotDo where no command takes one."""
        if not isinstance(self.person, DiscordPerson):
            raise CannotDo("a command takes a file on Discord")
        given = self.person.runs(command, file=(name, content))
        await self._does(f"▸ {command} [fichier : {name}]", given)

    async def opens(self, name: str) -> bytes:
        """What is in the newest file of that name. Raises CannotDo when none is seen."""
        if not isinstance(self.person, DiscordPerson):
            raise CannotDo("files are opened on Discord")
        return self.person.opens(name)

    async def closes(self) -> None:
        """Close the form without sending it. Raises CannotDo when none is open."""
        if isinstance(self.person, DiscordPerson):
            await self._does("▸ ferme le formulaire", self.person.dismisses())
        elif isinstance(self.person, SlackPerson):
            await self._does("▸ ferme le formulaire", self.person.closes_form())
        else:
            raise CannotDo("Telegram has no forms; the bot's questions have a button to stop")

    def screen(self) -> str:
        """The last lines this person sees, for when something is missing."""
        lines = [
            f"  [{m.channel}] {m.author}: {m.text[:160]} {buttons(m)}".rstrip()
            for m in self.person.sees()
        ]
        return "\n".join(lines[-8:]) or "  (an empty screen)"


@asynccontextmanager
async def stage(
    folder: Path, start: datetime, towns: Towns | None = None, *, programme: str = ""
) -> AsyncIterator[Stage]:
    """A stage in `folder`, from an aware moment on; with `towns`, those go on living.

    `programme` is what `community.toml` says of rituals.

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
        config.write_text(towns.community_toml() + programme, encoding="utf-8")
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
