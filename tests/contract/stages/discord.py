"""Discord as a stage: discord.py on a local guild."""

from typing import ClassVar

from bots.discord.adapter import DiscordAdapter
from bots.discord.settings import DiscordSettings
from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.discord.acts import Draft
from bots.sandbox.discord.state import User
from bots.sandbox.people import Person, Seen, SeenGathering
from bots.sandbox.towns import PLACES
from core.chat.identity import Platform
from tests.contract.stages.wired import Wired


class DiscordStage(Wired):
    """discord.py on a guild."""

    platform: ClassVar = Platform.DISCORD

    sandbox: DiscordSandbox

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = DiscordSandbox(self.world)

    def another(self, *, token: str | None = None) -> DiscordAdapter:
        told = self.sandbox.environment()
        settings = DiscordSettings(
            token=token or told["AMICALE_DISCORD_TOKEN"],
            workspace=self.sandbox.guild_id,
            channels=PLACES,
            gate_role="Membre",
            api_url=told["AMICALE_DISCORD_API_URL"],
            gateway_url=told["AMICALE_DISCORD_GATEWAY_URL"],
        )
        return DiscordAdapter(settings, self.menu, now=self.world.now)

    def known(self, name: str, locale: str) -> Person:
        person = self.sandbox.person(name)
        person.locale = "en-US" if locale == "en" else locale
        return person

    async def enters(self, person: Person) -> None:
        await person.joins()
        await self.adapter.gate(self.account(person), is_open=True)

    def called(self, person: Person) -> str:
        return f"<@{person.id}>"

    def notified(self, person: Person, shown: Seen) -> bool:
        return any(m.id == shown.id for m in self.sandbox.person(person.name).notifications())

    def rang_for_all(self) -> bool:
        return any(m.mention_everyone for m in self.sandbox.state.messages.values())

    async def another_bot_says(self, text: str) -> None:
        state = self.sandbox.state
        bot = state.users.setdefault("77", User("77", "Autre robot", bot=True))
        place = next(c for c in state.channels.values() if c.name == "entraide")
        self.sandbox._acts.post(bot, place, Draft(content=text))

    async def sends(self, person: Person, line: str, name: str, content: bytes) -> None:
        lea = self.sandbox.person(person.name)
        await lea.runs(line, channel="entraide", file=(name, content))

    def agenda(self, person: Person) -> tuple[SeenGathering, ...]:
        return self.sandbox.person(person.name).agenda()

    async def completes(self, person: Person, line: str) -> tuple[str, ...]:
        return await self.sandbox.person(person.name).completes(line)

    def has_answered(self, person: Person) -> bool:
        return self.sandbox.person(person.name).answered is True

    def promote(self, person: Person) -> None:
        self.sandbox.make_admin(person.name)

    def limit(self, seconds: int) -> None:
        self.sandbox.limit("POST /channels/{channel_id}/messages", 1, seconds)
