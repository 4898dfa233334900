"""A whole community in memory, on a driven clock: the stage on which most tests play."""

import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tortoise import Tortoise, connections
from tortoise.utils import get_schema_sql

from bots.sandbox.memory import BUTTONED, MODAL, ONE_BY_ONE, MemoryAdapter
from bots.sandbox.memory_people import MemoryPerson
from bots.sandbox.people import Seen, World
from core.attention.handlers import routes as attention
from core.attention.rules import AttentionSettings
from core.chat.identity import Account, Destination, Platform
from core.chat.messages import Message
from core.engine import database
from core.engine.app import App
from core.engine.clock import DrivenClock
from core.engine.menu import RouteMenu
from core.engine.models import Community
from core.engine.routes import Routes
from core.engine.texts import Texts
from core.members.directory import MemberDirectory

LOCALES = Path(__file__).parent.parent / "config" / "locales"
START = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
"""A Monday, 09:00 in Paris."""
URL = os.environ.get("AMICALE_TEST_VILLAGE", "sqlite://:memory:")
EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"


class Village:
    """Three platforms in memory, one suite, and the people in them."""

    def __init__(
        self, app: App, clock: DrivenClock, adapters: Mapping[Platform, MemoryAdapter]
    ) -> None:
        self.app = app
        self.clock = clock
        self.adapters = adapters

    def person(self, name: str, on: str = "discord", locale: str | None = "fr") -> MemoryPerson:
        """Somebody, who did nothing yet."""
        return self.adapters[Platform(on)].person(name, locale)

    def moderator(self, name: str, on: str = "discord") -> MemoryPerson:
        """A moderator."""
        person = self.person(name, on)
        person.roles = frozenset({"member", "administrator"})
        return person

    def admin(self, name: str, on: str = "discord") -> MemoryPerson:
        """An admin."""
        person = self.person(name, on)
        person.roles = frozenset({"member", "owner"})
        return person

    async def passes(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Let time pass, hour by hour, and the suite do what falls due on the way."""
        left = days * 1440 + hours * 60 + minutes
        while left > 0:
            step = min(left, 30)
            self.clock.advance(minutes=step)
            await self.app.settle()
            left -= step

    async def until(self, moment: datetime) -> None:
        """Let time pass until an aware moment."""
        await self.passes(minutes=(moment - self.clock.now()).total_seconds() / 60)


async def owe(place: Village, message: Message, to: Destination, **how: Any) -> None:  # noqa: ANN401  the options of owe
    """Owe a message to a place or to a person, as the rooms do by two different ways."""
    scene = place.app.scene()
    if isinstance(to, Account):
        await scene.owe_in_private(message, to, **how)
    else:
        await scene.owe(message, to, **how)


def latest(person: MemoryPerson) -> Seen:
    """The newest message that person can see."""
    return person.sees()[-1]


def seen(person: MemoryPerson, text: str) -> list[Seen]:
    """The messages with that text that the person can see."""
    return [m for m in person.sees() if text in m.text]


_made: dict[str, tuple[str, ...]] = {}
"""The tables that stand in each PostgreSQL database: made once, emptied for each village."""

_written: dict[tuple[str, ...], str] = {}
"""How SQLite is told to make the tables of these modules: written once, for it takes long."""


async def _tables(url: str, modules: Sequence[str]) -> None:
    """The tables of these modules, with nothing in them."""
    if database.dialect() != "postgres":
        client = connections.get("default")
        if tuple(modules) not in _written:
            _written[tuple(modules)] = get_schema_sql(client, safe=True)
        await client.execute_script(_written[tuple(modules)])
    elif _made.get(url) == tuple(modules):
        described = Tortoise.apps[database.APP].values()
        tables = ", ".join(f'"{model._meta.db_table}"' for model in described)
        await connections.get("default").execute_script(
            f"TRUNCATE {tables} RESTART IDENTITY CASCADE"
        )
    else:
        await connections.get("default").execute_script(EMPTY)
        await Tortoise.generate_schemas()
        _made[url] = tuple(modules)


@asynccontextmanager
async def village(
    modules: Sequence[str],
    rooms: Sequence[Routes],
    settings: Mapping[type, object],
    *,
    prepare: Callable[[App], object] | None = None,
    start: datetime = START,
    locales: Path = LOCALES,
    url: str = URL,
    town: type[MemoryAdapter] = MemoryAdapter,
) -> AsyncIterator[Village]:
    """A village with these tables, rooms and settings, on a fresh database.

    Where there are members, the room of attention is there as well. It is in memory unless
    `url`, or the variable AMICALE_TEST_VILLAGE, names a PostgreSQL database, which is emptied
    first. One process keeps to one of the two: Tortoise's cache of insert queries forgets which
    dialect they were written for.
    """
    clock = DrivenClock(start)
    if "core.members.models" in modules:
        modules = [*modules, *({"core.attention.models"} - set(modules))]
        rooms = [*rooms, *([] if attention in rooms else [attention])]
        settings = {AttentionSettings: AttentionSettings(), **settings}
    await database.connect(url, modules)
    try:
        await _tables(url, modules)
        community = await Community.create(
            slug="essai", name="Essai", timezone="Europe/Paris", language="fr"
        )
        texts = Texts(locales)
        routes = Routes.of(rooms)
        app = App(community, routes, texts, clock, MemberDirectory(), settings)
        menu = RouteMenu(routes, texts, app.complete, app.tongues.get)
        world = World(clock.now)
        for platform in Platform:
            kinds = {Platform.SLACK: BUTTONED, Platform.TELEGRAM: ONE_BY_ONE}
            adapter = town(platform, menu, world, kinds.get(platform, MODAL))
            adapter.after = app.settle
            app.adapters[platform] = adapter
            await adapter.start(app.handle)
        if prepare is not None:
            prepare(app)
        adapters = {p: a for p, a in app.adapters.items() if isinstance(a, MemoryAdapter)}
        yield Village(app, clock, adapters)
    finally:
        await database.close()
