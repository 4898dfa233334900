"""A second community in a village's database, as one process serves them both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bots import schema
from bots.rooms import ROOMS
from bots.sandbox.memory import MODAL, MemoryAdapter
from bots.sandbox.memory_people import MemoryPerson
from bots.sandbox.people import World
from core.chat.identity import Platform
from core.engine.app import App
from core.engine.help import help_routes
from core.engine.menu import RouteMenu
from core.engine.models import Community
from core.engine.routes import Routes
from core.members.directory import MemberDirectory
from tests.community.conftest import SETTINGS
from tests.village import Village, village


@dataclass(frozen=True)
class Two:
    """The communities of Lyon, with its village, and of Metz, on Discord alone."""

    lyon: Village
    metz: App
    discord: MemoryAdapter

    def in_metz(self, name: str, *roles: str) -> MemoryPerson:
        """Somebody of Metz."""
        person = self.discord.person(name, "fr")
        person.roles = frozenset({"member", *roles})
        return person


@asynccontextmanager
async def two_communities(url: str = "sqlite://:memory:") -> AsyncIterator[Two]:
    """Both with every room, in one database and one process."""
    rooms = [*ROOMS, help_routes(Routes.of(ROOMS))]
    async with village(schema.MODULES, rooms, SETTINGS, url=url) as lyon:
        community = await Community.create(
            slug="metz", name="Metz", timezone="Europe/Paris", language="fr"
        )
        app, first = lyon.app, Routes.of(rooms)
        metz = App(community, first, app.texts, app.clock, MemberDirectory(), app.settings)
        menu = RouteMenu(first, app.texts, metz.complete, metz.tongues.get)
        discord = MemoryAdapter(Platform.DISCORD, menu, World(lyon.clock.now), MODAL)
        metz.adapters[Platform.DISCORD] = discord
        discord.after = metz.settle
        await discord.start(metz.handle)
        yield Two(lyon, metz, discord)
