"""A small menu and a small core, so that the adapter is tried without the rest of the house."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from babel.messages.pofile import read_po

from bots.discord.adapter import DiscordAdapter
from bots.discord.settings import DiscordSettings
from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.discord.people import DiscordPerson
from bots.sandbox.people import World
from core.chat.actions import Action, Choice, Field, Form, Kind, OpenForm
from core.chat.adapter import Answer, Command, Option
from core.chat.events import (
    ButtonPressed,
    CommandInvoked,
    Event,
    FormSubmitted,
    MessagePosted,
)
from core.chat.identity import Account, Platform, Purpose, Workspace
from core.chat.markup import join, plain
from core.chat.messages import Button, Invalid, Message, Reply, Text

LOCALES = Path(__file__).parents[3] / "config" / "locales"
CHANNELS = {
    Purpose.WELCOME: "accueil",
    Purpose.INTRODUCTIONS: "présentations",
    Purpose.HELP: "entraide",
    Purpose.RITUALS: "#Rituels",
    Purpose.MODERATORS: "modération",
    Purpose.ADMINS: "administration",
}
ASK = OpenForm("questions.ask", "7")
ASK_BUTTON = Button("Poser ma question", ASK)

_NAMES = {
    "moi": "me",
    "question": "question",
    "charte": "charter",
    "charte statut": "charter status",
    "rituel aperçu": "ritual preview",
    "lier": "link",
    "expertise": "expertise",
    "lent": "slow",
}
_COMPLETED = ("expertise", "sujet")


class SmallMenu:
    """Commands and forms enough to try everything a menu can ask of a platform."""

    languages: tuple[str, ...] = ("fr", "en")

    def commands(self, language: str) -> Sequence[Command]:
        def command(path: str, *options: Option, staff: bool = False, opens: str = "") -> Command:
            name = path if language == "fr" else _NAMES[path]
            said = f"Fait {path}" if language == "fr" else f"Does {name}"
            return Command(path, name, said, options, staff, opens or None)

        code = Option("code", "Le code" if language == "fr" else "The code")
        who = Option("personne", "Qui", required=False, person=True)
        topic = Option("sujet", "Un sujet", completes=True)
        how = Option("comment", "Comment", required=False)
        when = Option(
            "quand",
            "Quand",
            required=False,
            choices=(Choice("now", "Maintenant"), Choice("later", "Plus tard")),
        )
        return (
            command("moi"),
            command("question", opens="questions.ask"),
            command("charte"),
            command("charte statut", staff=True),
            command("rituel aperçu", when, who, staff=True),
            command("lier", code),
            command("expertise", topic),
            command("lent", how),
        )

    def form(self, name: str, language: str) -> Form:
        if name != "questions.ask":
            raise KeyError(name)
        french = language == "fr"
        return Form(
            name,
            "Votre question" if french else "Your question",
            (
                Field("title", "En une phrase" if french else "In one sentence", max_length=80),
                Field("more", "Plus en détail", Kind.PARAGRAPH, "Ce qui bloque", required=False),
                Field(
                    "level",
                    "Urgence",
                    Kind.CHOICE,
                    required=False,
                    choices=(Choice("low", "Tranquille"), Choice("high", "Pressé")),
                ),
            ),
        )

    def say(self, key: str, language: str, **values: object) -> str:
        domain = key.split(".", maxsplit=1)[0]
        with (LOCALES / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
            message = read_po(file).get(key)
        assert message is not None, key
        return str(message.string).format(**values)

    def language(self, locale: str | None, account: Account | None = None) -> str:  # noqa: ARG002  the port's signature
        return "en" if (locale or "").startswith("en") else "fr"

    async def complete(self, event: CommandInvoked, option: str, typed: str) -> Sequence[Choice]:
        topics = ("python", "pandas", "sql") if (event.path, option) == _COMPLETED else ()
        return [Choice(t, t.title()) for t in topics if t.startswith(typed)]


class SmallCore:
    """Keeps what it is handed and answers by the name of what was asked."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def handle(self, event: Event) -> Answer:
        self.events.append(event)
        if isinstance(event, CommandInvoked):
            return await self._command(event)
        if isinstance(event, ButtonPressed):
            return await self._button(event)
        if isinstance(event, FormSubmitted):
            if event.answers["title"] == "mauvais":
                return Invalid({"title": "dites-en un peu plus"})
            return Reply(Message(plain(f"Noté : {event.answers['title']}")))
        if isinstance(event, MessagePosted) and event.text.startswith("réponds"):
            await asyncio.sleep(0.2)
            return Reply(Message(Text("Bien reçu")), private="en privé" in event.text)
        return None

    async def _command(self, event: CommandInvoked) -> Answer:
        if event.path == "moi":
            buttons = (
                Button("Remplacer", Action("demo.replace", "1")),
                Button("Public", Action("demo.public")),
                Button("Rien", Action("demo.nothing")),
                Button("Casser", Action("demo.break")),
                Button("Lentement", Action("demo.slow")),
                ASK_BUTTON,
                Button("Ancien", OpenForm("gone.form")),
            )
            return Reply(Message(Text("Vos **chiffres**"), buttons))
        if event.path == "lent":
            await asyncio.sleep(2.3)
            how = event.arguments.get("comment")
            if how == "rien":
                return None
            words = join([plain(f"{how} {i} " + "mot " * 100) for i in range(20 if how else 1)])
            return Reply(Message(Text(f"Enfin, {words}")), private=how is not None)
        if event.path == "charte":
            return None
        if event.path == "lier":
            said = [plain(f"{n} {i}") for i in range(900) for n in (event.arguments["code"],)]
            return Reply(Message(join(said)))
        return Reply(Message(plain(f"{event.path} {sorted(event.arguments)}")))

    async def _button(self, event: ButtonPressed) -> Answer:
        if event.action.name == "demo.replace":
            return Reply(Message(Text("C’est remplacé")), edits=True)
        if event.action.name == "demo.public":
            return Reply(Message(Text("Dit à tous")), private=False)
        if event.action.name == "demo.break":
            raise RuntimeError("the core broke its word")
        if event.action.name == "demo.slow":
            await asyncio.sleep(2.3)
            return Reply(Message(Text("Remplacé enfin")), edits=True)
        return None


def account(person: DiscordPerson, sandbox: DiscordSandbox) -> Account:
    return Account(Platform.DISCORD, sandbox.guild_id, person.id)


def workspace(sandbox: DiscordSandbox) -> Workspace:
    return Workspace(Platform.DISCORD, sandbox.guild_id)


def settings(sandbox: DiscordSandbox, gate_role: str | None = "Membre") -> DiscordSettings:
    environment = sandbox.environment()
    return DiscordSettings(
        token=environment["AMICALE_DISCORD_TOKEN"],
        workspace=sandbox.guild_id,
        channels=CHANNELS,
        gate_role=gate_role,
        api_url=environment["AMICALE_DISCORD_API_URL"],
        gateway_url=environment["AMICALE_DISCORD_GATEWAY_URL"],
    )


class Stage:
    """One sandbox, one adapter, one small core."""

    def __init__(self, sandbox: DiscordSandbox, world: World) -> None:
        self.sandbox = sandbox
        self.world = world
        self.core = SmallCore()
        self.adapter = DiscordAdapter(settings(sandbox), SmallMenu(), now=world.now)

    async def member(self, name: str) -> DiscordPerson:
        person = self.sandbox.person(name)
        await person.joins()
        await self.adapter.gate(account(person, self.sandbox), is_open=True)
        return person

    async def handed(self, wanted: Callable[[Event], bool] | type[Event]) -> Event:
        def found() -> Event | None:
            return next((e for e in reversed(self.core.events) if _is(e, wanted)), None)

        assert await self.world.until(lambda: found() is not None), self.core.events[-5:]
        event = found()
        assert event is not None
        return event

    async def until(self, seen: Callable[[], bool], seconds: float = 5.0) -> bool:
        return await self.world.until(seen, seconds=seconds)


def _is(event: Event, wanted: Callable[[Event], bool] | type[Event]) -> bool:
    return isinstance(event, wanted) if isinstance(wanted, type) else wanted(event)
