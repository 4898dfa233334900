"""A small community's commands, and an adapter on the stand-in, for the tests of Telegram."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bots.sandbox.people import World
from bots.sandbox.telegram import TelegramSandbox
from bots.telegram.adapter import TelegramAdapter
from bots.telegram.settings import TelegramSettings
from core.chat.actions import Choice, Field, Form
from core.chat.adapter import Answer, Command, Option
from core.chat.events import CommandInvoked, Event
from core.chat.identity import Account, Purpose
from core.engine.texts import Texts

E = TypeVar("E", bound=Event)
LOCALES = Path(__file__).parents[3] / "config" / "locales"

FRENCH = (
    Command("parcours", "parcours", "Où j’en suis"),
    Command("moi", "moi", "Mes chiffres"),
    Command("question", "question", "Poser une question", opens="questions.ask"),
    Command(
        "lier",
        "lier",
        "Relier un autre compte",
        (Option("code", "Le code affiché ailleurs", required=False),),
    ),
    Command("rituel aperçu", "rituel aperçu", "Voir le prochain rituel", staff=True),
    Command(
        "rituel pause",
        "rituel pause",
        "Suspendre un rituel",
        (Option("jours", "Combien de jours"), Option("raison", "Pourquoi", required=False)),
        staff=True,
    ),
    Command(
        "role",
        "rôle",
        "Donner un rôle",
        (
            Option("membre", "À qui", person=True),
            Option(
                "role",
                "Lequel",
                choices=(Choice("expert", "Expert·e"), Choice("trainer", "Formatrice, formateur")),
            ),
        ),
        staff=True,
    ),
)
ENGLISH = (
    Command("parcours", "journey", "Where I stand"),
    Command("moi", "me", "My figures"),
    Command("question", "ask", "Ask a question", opens="questions.ask"),
    Command("lier", "link", "Link another account", FRENCH[3].options),
    Command("rituel aperçu", "ritual preview", "See the next ritual", staff=True),
    Command("rituel pause", "ritual pause", "Pause a ritual", FRENCH[5].options, staff=True),
    Command("role", "role", "Give a role", FRENCH[6].options, staff=True),
)


class SmallMenu:
    """Seven commands and one form, with the real catalogues' words."""

    languages: tuple[str, ...] = ("fr", "en")

    def __init__(self) -> None:
        self._texts = Texts(LOCALES)

    def commands(self, language: str) -> Sequence[Command]:
        return ENGLISH if language == "en" else FRENCH

    def form(self, name: str, language: str) -> Form:
        label = "Your question" if language == "en" else "Votre question"
        return {"questions.ask": Form("questions.ask", "Question", (Field("text", label),))}[name]

    def say(self, key: str, language: str, **values: object) -> str:
        return self._texts.label(key, language, count=None, **values)

    def language(self, locale: str | None, account: Account | None = None) -> str:  # noqa: ARG002  the port's signature
        return "en" if (locale or "").startswith("en") else "fr"

    async def complete(self, event: CommandInvoked, option: str, typed: str) -> Sequence[Choice]:
        return (Choice(event.path, f"{option} {typed}"),)


@dataclass
class Core:
    """What the core was told, and what it answers."""

    answer: Callable[[Event], Awaitable[Answer]] | None = None
    events: list[Event] = field(default_factory=list)

    async def __call__(self, event: Event) -> Answer:
        self.events.append(event)
        return await self.answer(event) if self.answer else None

    def heard(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


@dataclass
class Stage:
    """The stand-in, the adapter and the core, connected."""

    sandbox: TelegramSandbox
    adapter: TelegramAdapter
    core: Core
    world: World

    async def hears(self, kind: type[E], count: int = 1) -> E:
        """The `count`-th event of a kind, awaited."""
        await self.until(lambda: len(self.core.heard(kind)) >= count)
        found = self.core.heard(kind)[count - 1]
        assert isinstance(found, kind)
        return found

    async def until(self, seen: Callable[[], bool], seconds: float = 5.0) -> None:
        """Wait until something is true, and fail when it never is."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not seen():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"never so; the core heard {self.core.events}")
            await asyncio.sleep(0.01)


def settings(sandbox: TelegramSandbox, **changed: object) -> TelegramSettings:
    """The settings of a group with all its channels."""
    environment, channels = sandbox.environment(), sandbox.channel_ids
    names = {
        Purpose.WELCOME: "accueil",
        Purpose.INTRODUCTIONS: "présentations",
        Purpose.HELP: "entraide",
        Purpose.RITUALS: "rituels",
        Purpose.MODERATORS: "modération",
    }
    values: dict[str, object] = {
        "token": environment["AMICALE_TELEGRAM_TOKEN"],
        "workspace": sandbox.workspace_id,
        "channels": {p: channels[name] for p, name in names.items() if name in channels},
        "api_url": environment["AMICALE_TELEGRAM_API_URL"],
        "file_url": environment["AMICALE_TELEGRAM_FILE_URL"],
        "group_per_minute": 0,
    }
    return TelegramSettings(**{**values, **changed})  # type: ignore[arg-type]  # checked at run time


@asynccontextmanager
async def connected(
    sandbox: TelegramSandbox | None = None,
    answer: Callable[[Event], Awaitable[Answer]] | None = None,
    **changed: object,
) -> AsyncIterator[Stage]:
    """Everything started, and stopped at the end."""
    world = sandbox.world if sandbox else World()
    sandbox = sandbox or TelegramSandbox(world)
    core = Core(answer)
    await sandbox.start()
    try:
        adapter = TelegramAdapter(settings(sandbox, **changed), SmallMenu())
        await adapter.start(core)
        try:
            yield Stage(sandbox, adapter, core, world)
        finally:
            await adapter.stop()
    finally:
        await sandbox.stop()
