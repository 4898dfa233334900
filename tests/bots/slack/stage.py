"""What the Slack tests share: a small menu, a scripted core, the adapter in its stand-in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bots.sandbox.people import World, eventually
from bots.sandbox.slack import SlackPerson, SlackSandbox
from bots.slack.adapter import SlackAdapter
from bots.slack.settings import SlackSettings
from core.chat.actions import Choice, Field, Form, Kind
from core.chat.adapter import Answer, Command, Menu, Option
from core.chat.events import CommandInvoked, Event
from core.chat.identity import Account, Platform, Purpose
from core.engine.texts import Texts

LOCALES = Path(__file__).parents[3] / "config" / "locales"
TEAM = "T0AMICALE"

LEVELS = (Choice("debut", "Débutant"), Choice("expert", "Confirmé"))
ASK = Form(
    "questions.ask",
    "Poser une question",
    (
        Field("text", "Votre question", Kind.PARAGRAPH, "Une phrase suffit", min_length=5),
        Field("level", "Votre niveau", Kind.CHOICE, choices=LEVELS),
        Field("more", "Autre chose", required=False, max_length=40),
    ),
)
FRENCH = (
    Command("question", "question", "Poser une question", opens="questions.ask"),
    Command("parcours", "parcours", "Voir où j’en suis"),
    Command("lier", "lier", "Relier deux comptes", (Option("code", "le code reçu"),)),
    Command(
        "saluer",
        "saluer",
        "Dire bonjour",
        (Option("qui", "la personne", required=False, person=True),),
    ),
    Command(
        "rituel aperçu",
        "rituel aperçu",
        "Voir le prochain rituel",
        (Option("nom", "le rituel", required=False),),
        staff=True,
    ),
    Command(
        "rôle",
        "rôle",
        "Donner un rôle",
        (
            Option("qui", "la personne", person=True),
            Option("rang", "le rôle", choices=(Choice("mentor", "Mentor"), Choice("x", "Éxpert"))),
        ),
        staff=True,
    ),
    Command(
        "expertise",
        "expertise",
        "Dire ce que je sais",
        (
            Option("acte", "ajouter ou retirer", choices=(Choice("add", "ajouter"),)),
            Option("sujet", "le sujet"),
        ),
    ),
)
ENGLISH_CHOICES = {"mentor": "Guide"}
ENGLISH_NAMES = {"parcours": "journey", "lier": "link", "rituel aperçu": "ritual preview"}


def _english(command: Command) -> Command:
    options = tuple(
        replace(
            option,
            choices=tuple(
                Choice(c.value, ENGLISH_CHOICES.get(c.value, c.label)) for c in option.choices
            ),
        )
        for option in command.options
    )
    return replace(command, name=ENGLISH_NAMES.get(command.path, command.path), options=options)


class StageMenu:
    """A `Menu` of seven commands and one form, with the real catalogues."""

    languages: tuple[str, ...] = ("fr", "en")

    def __init__(self) -> None:
        self._texts = Texts(LOCALES)

    def commands(self, language: str) -> Sequence[Command]:
        if language == "fr":
            return FRENCH
        return tuple(_english(command) for command in FRENCH)

    def form(self, name: str, language: str) -> Form:
        form = {"questions.ask": ASK}[name]
        return form if language == "fr" else Form(form.name, "Ask a question", form.fields)

    def say(self, key: str, language: str, **values: object) -> str:
        shown: dict[str, Any] = values
        return self._texts.label(key, language, **shown)

    def language(self, locale: str | None, account: Account | None = None) -> str:  # noqa: ARG002  the port's signature
        return self._texts.language(locale)

    async def complete(
        self,
        event: CommandInvoked,  # noqa: ARG002  Slack completes nothing
        option: str,  # noqa: ARG002  same
        typed: str,
    ) -> Sequence[Choice]:
        return (Choice(typed, typed),)


class ScriptedCore:
    """A hand-written `handle`: records every event, answers what the test says."""

    def __init__(self, world: World) -> None:
        self.events: list[Event] = []
        self.answers: dict[type[Event], Callable[[Any], Awaitable[Answer]]] = {}
        self._world = world

    async def __call__(self, event: Event) -> Answer:
        self.events.append(event)
        self._world.touch()
        answer = self.answers.get(type(event))
        return await answer(event) if answer else None

    def on(self, kind: type[Event], answer: Answer | Exception, *, after: float = 0) -> None:
        """From now on answer events of that kind so, after that many seconds."""

        async def give(_event: Event) -> Answer:
            await asyncio.sleep(after)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.answers[kind] = give

    def of(self, kind: type[Event]) -> list[Any]:
        """The events of one kind so far."""
        return [event for event in self.events if type(event) is kind]

    async def one(self, kind: type[Event], seconds: float = 4) -> Any:  # noqa: ANN401  each test knows its event
        """The first event of that kind, awaited."""
        assert await self._world.until(lambda: bool(self.of(kind)), seconds=seconds), kind
        return self.of(kind)[0]


class Stage:
    """A sandbox, an adapter in it, and the scripted core behind."""

    def __init__(self, sandbox: SlackSandbox, adapter: SlackAdapter, core: ScriptedCore) -> None:
        self.sandbox = sandbox
        self.adapter = adapter
        self.core = core
        self.world = sandbox.world

    async def person(self, name: str) -> SlackPerson:
        """Somebody who is in the workspace."""
        person = self.sandbox.person(name)
        if not person.user.here:
            await person.joins()
        return person

    def account(self, person: SlackPerson) -> Account:
        return Account(Platform.SLACK, TEAM, person.id)

    async def sees(self, person: SlackPerson, text: str, seconds: float = 5) -> Any:  # noqa: ANN401  Seen
        return await eventually(self.world, person, text, seconds=seconds)


def settings_for(sandbox: SlackSandbox, **changes: Any) -> SlackSettings:  # noqa: ANN401  fields of the settings
    found: dict[str, Any] = {
        "bot_token": sandbox.bot_token,
        "app_token": sandbox.app_token,
        "workspace": TEAM,
        "api_url": sandbox.environment()["AMICALE_SLACK_API_URL"],
        "channels": {Purpose.HELP: "entraide", Purpose.RITUALS: "#Rituels"},
    }
    return SlackSettings(**(found | changes))


@asynccontextmanager
async def stage(
    sandbox: SlackSandbox,
    menu: Menu | None = None,
    **changes: Any,  # noqa: ANN401  fields of the settings
) -> AsyncIterator[Stage]:
    """The adapter started in a sandbox, both stopped at the end; nothing may have been wrong."""
    await sandbox.start()
    try:
        core = ScriptedCore(sandbox.world)
        settings = settings_for(sandbox, **changes)
        adapter = SlackAdapter(settings, menu or StageMenu(), now=sandbox.world.now)
        await adapter.start(core)
        try:
            if not sandbox.delivery.events_url:
                assert await sandbox.world.until(lambda: sandbox.connections == 1)
            yield Stage(sandbox, adapter, core)
        finally:
            await adapter.stop()
        assert sandbox.complaints() == ()
        assert sandbox.mass_mentions == ()
    finally:
        await sandbox.stop()
