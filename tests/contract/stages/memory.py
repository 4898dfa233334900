"""The double in memory, as a stage: what it does must be what the platforms do."""

from typing import ClassVar

from bots.sandbox.memory import MemoryAdapter
from bots.sandbox.people import Person, Seen, SeenGathering
from core.chat.identity import Platform
from tests.contract.stage import Stage


class MemoryStage(Stage):
    """The double itself, as Discord's."""

    platform: ClassVar = Platform.DISCORD

    def __init__(self) -> None:
        super().__init__()
        self.town = MemoryAdapter(Platform.DISCORD, self.menu, self.world)

    @property
    def adapter(self) -> MemoryAdapter:
        return self.town

    async def open(self) -> None:
        await self.start()

    async def close(self) -> None:
        await self.town.stop()

    def known(self, name: str, locale: str) -> Person:
        return self.town.person(name, locale)

    def notified(self, person: Person, shown: Seen) -> bool:
        return self.account(person) in self.town.shown(shown.id).mentions

    async def is_inside(self, person: Person) -> bool:
        return self.town.gates[person.id]

    async def sends(self, person: Person, line: str, name: str, content: bytes) -> None:
        await self.town.people[person.name].runs(line, channel="entraide", file=(name, content))

    def agenda(self, person: Person) -> tuple[SeenGathering, ...]:
        return self.town.people[person.name].agenda()

    async def opens_home(self, person: Person) -> str:
        return await self.town.people[person.name].opens_home()

    def promote(self, person: Person) -> None:
        self.town.people[person.name].roles = frozenset({"member", "administrator"})
