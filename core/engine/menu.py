"""What can be invoked, generated from the routes, in the reader's language."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from core.chat.actions import Choice, Form
from core.chat.adapter import Command, Option
from core.chat.events import CommandInvoked
from core.chat.identity import STAFF, Account
from core.engine import forms
from core.engine.routes import CommandRoute, Routes, Wants
from core.engine.texts import Texts

Chosen = Callable[[Account], str | None]
Complete = Callable[[CommandInvoked, str, str], Awaitable[Sequence[Choice]]]


class RouteMenu:
    """The `Menu` of `core.chat.adapter`, read from the routes and the catalogues."""

    languages: tuple[str, ...] = ("fr", "en")

    def __init__(
        self, routes: Routes, texts: Texts, complete: Complete, chosen: Chosen = lambda _: None
    ) -> None:
        self._routes = routes
        self._texts = texts
        self._complete = complete
        self._chosen = chosen

    def commands(self, language: str) -> Sequence[Command]:
        """Every command in that language; those for everyone first, then by name."""
        routes = sorted(self._routes.commands.values(), key=lambda r: (r.role in STAFF, r.path))
        return [command(route, self._texts, language) for route in routes]

    def form(self, name: str, language: str) -> Form:
        """The form of that name. Raises KeyError when there is none."""
        return forms.build(self._routes.forms[name], self._texts, language)

    def say(self, key: str, language: str, **values: object) -> str:
        """A plain text from the catalogues."""
        shown: dict[str, Any] = values
        return self._texts.label(key, language, **shown)

    def language(self, locale: str | None, account: Account | None = None) -> str:
        """The language that person is known to speak, else that of a platform's locale tag."""
        return (account and self._chosen(account)) or self._texts.language(locale)

    async def complete(self, event: CommandInvoked, option: str, typed: str) -> Sequence[Choice]:
        """At most 25 suggestions for an option being typed."""
        return (await self._complete(event, option, typed))[:25]


def command(route: CommandRoute, texts: Texts, language: str) -> Command:
    """One command in somebody's language. Raises LookupError when a word is missing."""
    words = f"{route.room}.command.{route.path.replace(' ', '_')}"
    name = f"{words}.name"
    return Command(
        route.path,
        texts.label(name, language) if texts.knows(name, language) else route.path,
        texts.label(words, language),
        tuple(_option(route.room, wants, texts, language) for wants in route.options),
        route.role in STAFF,
        None if route.role else route.opens,  # who may is asked first
    )


def _option(room: str, wants: Wants, texts: Texts, language: str) -> Option:
    words = f"{room}.option.{wants.name}"
    return Option(
        wants.name,
        texts.label(words, language),
        wants.required,
        wants.person,
        tuple(Choice(v, texts.label(f"{words}.{v}", language)) for v in wants.choices),
        wants.completes is not None,
        wants.file,
    )
