"""A core that answers what a test says, and a menu small enough to read: no database, no rooms."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from bots.sandbox.people import Person, World
from core.chat.actions import Choice, Field, Form, Kind
from core.chat.adapter import Answer, Command, Option
from core.chat.events import CommandInvoked, Event
from core.chat.identity import Account
from core.engine.texts import Texts

LOCALES = Path(__file__).parents[2] / "config" / "locales"
TOPICS = ("Python", "Pandas", "SQL")
LEVELS = (Choice("starts", "Débutant"), Choice("knows", "Confirmé"))
RANKS = (Choice("mentor", "Mentor"), Choice("expert", "Éclaireur"))
ENGLISH = {
    "moi": "me",
    "parcours": "journey",
    "lier": "link",
    "charte statut": "charter status",
    "charte publier": "charter publish",
    "confier": "entrust",
    "rang": "rank",
    "expertise": "expertise",
    "importer": "import",
    "question": "question",
}


class SmallMenu:
    """Ten commands and one form, with the real catalogues' words."""

    languages: tuple[str, ...] = ("fr", "en")

    def __init__(self) -> None:
        self._texts = Texts(LOCALES)

    def commands(self, language: str) -> Sequence[Command]:
        def command(path: str, *options: Option, opens: str | None = None) -> Command:
            name = path if language == "fr" else ENGLISH[path]
            said = f"Ce que fait {path}" if language == "fr" else f"What {name} does"
            return Command(path, name, said, options, opens=opens)

        return (
            command("moi"),
            command("parcours"),
            command("lier", Option("code", "le code reçu")),
            command("charte statut"),
            command("charte publier"),
            command("confier", Option("qui", "la personne", person=True)),
            command("rang", Option("rang", "le rang", choices=RANKS)),
            command("expertise", Option("sujet", "le sujet", completes=True)),
            command("importer", Option("fichier", "le fichier", file=True)),
            command("question", opens="questions.ask"),
        )

    def form(self, name: str, language: str) -> Form:
        french = language == "fr"
        fields = (
            Field("text", "Votre question" if french else "Your question", Kind.PARAGRAPH),
            Field("level", "Votre niveau", Kind.CHOICE, required=False, choices=LEVELS),
            Field("more", "Autre chose", required=False, max_length=40),
        )
        title = "Une question" if french else "A question"
        return {"questions.ask": Form("questions.ask", title, fields)}[name]

    def say(self, key: str, language: str, **values: object) -> str:
        shown: dict[str, Any] = values
        return self._texts.label(key, language, **shown)

    def language(self, locale: str | None, account: Account | None = None) -> str:  # noqa: ARG002  the port's signature
        return self._texts.language(locale)

    async def complete(self, event: CommandInvoked, option: str, typed: str) -> Sequence[Choice]:
        if (event.path, option) != ("expertise", "sujet"):
            return ()
        return [Choice(t.lower(), t) for t in TOPICS if t.lower().startswith(typed.lower())]


class ScriptedCore:
    """Records every event; answers those of a kind by a person as the test said."""

    def __init__(self, world: World) -> None:
        self.events: list[Event] = []
        self._answers: dict[tuple[type[Event], str], Callable[[], Awaitable[Answer]]] = {}
        self._world = world

    async def __call__(self, event: Event) -> Answer:
        self.events.append(event)
        self._world.touch()
        user = event.account.user if event.account else ""
        answer = self._answers.get((type(event), user))
        return await answer() if answer else None

    def on(
        self, kind: type[Event], by: Person, answer: Answer | Exception, *, after: float = 0
    ) -> None:
        """From now on answer that person's events of that kind so, after that many seconds."""

        async def give() -> Answer:
            await asyncio.sleep(after)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self._answers[kind, by.id] = give

    def forget(self) -> None:
        """Begin a test with nothing heard and nothing to say."""
        self.events.clear()
        self._answers.clear()
