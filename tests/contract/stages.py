"""The four stages: the double in memory, and the three stand-ins with the real client libraries."""

from typing import ClassVar

from bots.discord.adapter import DiscordAdapter
from bots.discord.settings import DiscordSettings
from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.discord.acts import Draft
from bots.sandbox.discord.state import User as DiscordUser
from bots.sandbox.memory import MemoryAdapter
from bots.sandbox.people import Person, Seen
from bots.sandbox.slack import SlackSandbox
from bots.sandbox.slack.state import TEAM
from bots.sandbox.telegram import TelegramSandbox
from bots.sandbox.telegram.screen import channel_name
from bots.sandbox.telegram.state import Post
from bots.sandbox.telegram.state import User as TelegramUser
from bots.sandbox.towns import PLACES
from bots.slack.adapter import SlackAdapter
from bots.slack.settings import SlackSettings
from bots.telegram.adapter import TelegramAdapter
from bots.telegram.settings import TelegramSettings
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

    async def opens_home(self, person: Person) -> str:
        return await self.town.people[person.name].opens_home()

    def promote(self, person: Person) -> None:
        self.town.people[person.name].roles = frozenset({"member", "administrator"})


class DiscordStage(Stage):
    """discord.py on a guild."""

    platform: ClassVar = Platform.DISCORD

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = DiscordSandbox(self.world)
        self._adapter: DiscordAdapter | None = None

    @property
    def adapter(self) -> DiscordAdapter:
        self._adapter = self._adapter or self.another()
        return self._adapter

    async def open(self) -> None:
        await self.sandbox.start()
        await self.start()

    async def close(self) -> None:
        await self.adapter.stop()
        await self.sandbox.stop()

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
        bot = state.users.setdefault("77", DiscordUser("77", "Autre robot", bot=True))
        place = next(c for c in state.channels.values() if c.name == "entraide")
        self.sandbox._acts.post(bot, place, Draft(content=text))

    async def completes(self, person: Person, line: str) -> tuple[str, ...]:
        return await self.sandbox.person(person.name).completes(line)

    def has_answered(self, person: Person) -> bool:
        return self.sandbox.person(person.name).answered is True

    def promote(self, person: Person) -> None:
        self.sandbox.make_admin(person.name)

    def limit(self, seconds: int) -> None:
        self.sandbox.limit("POST /channels/{channel_id}/messages", 1, seconds)

    def cut(self) -> None:
        self.sandbox.drop()

    def deliver_twice(self) -> None:
        self.sandbox.deliver_twice(1)

    def down(self) -> None:
        self.sandbox.down()

    def complaints(self) -> tuple[str, ...]:
        return self.sandbox.complaints()


class SlackStage(Stage):
    """slack_bolt and slack_sdk on a workspace."""

    platform: ClassVar = Platform.SLACK
    gated = "membres"
    nowhere = "C0NOWHERE"

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = SlackSandbox(self.world, members_channel=True)
        self._adapter: SlackAdapter | None = None

    @property
    def adapter(self) -> SlackAdapter:
        self._adapter = self._adapter or self.another()
        return self._adapter

    async def open(self) -> None:
        await self.sandbox.start()
        await self.start()

    async def close(self) -> None:
        await self.adapter.stop()
        await self.sandbox.stop()

    async def start(self) -> None:
        await super().start()
        await self.until(lambda: self.sandbox.connections > 0)

    def another(self, *, token: str | None = None) -> SlackAdapter:
        told = self.sandbox.environment()
        settings = SlackSettings(
            bot_token=token or told["AMICALE_SLACK_BOT_TOKEN"],
            app_token=told["AMICALE_SLACK_APP_TOKEN"],
            workspace=TEAM,
            channels=PLACES,
            gate_channels=("membres",),
            api_url=told["AMICALE_SLACK_API_URL"],
        )
        return SlackAdapter(settings, self.menu, now=self.world.now)

    def known(self, name: str, locale: str) -> Person:
        person = self.sandbox.person(name)
        person.user.locale = "en-US" if locale == "en" else "fr-FR"
        return person

    def notified(self, person: Person, shown: Seen) -> bool:
        post = self.sandbox.workspace.posts[shown.id]
        called = {"type": "user", "user_id": person.id}
        return f"<@{person.id}>" in post.text or any(e == called for e in _elements(post.blocks))

    def rang_for_all(self) -> bool:
        return bool(self.sandbox.mass_mentions)

    async def another_bot_says(self, text: str) -> None:
        workspace = self.sandbox.workspace
        channel = workspace.channel_named("entraide")
        assert channel is not None
        bot = workspace.user_named("Autre robot")
        bot.is_bot = True
        workspace.post(channel, bot.id, text, subtype="bot_message")

    async def opens_home(self, person: Person) -> str:
        owner = self.sandbox.person(person.name)
        await owner.opens_home()
        await self.until(lambda: bool(owner.home))
        return "\n".join(owner.home)

    def has_answered(self, person: Person) -> bool:
        return self.sandbox.person(person.name).answered is True

    def promote(self, person: Person) -> None:
        self.sandbox.make_moderator(person.name)

    def limit(self, seconds: int) -> None:
        self.sandbox.limit("chat.postMessage", 1, seconds)

    def cut(self) -> None:
        self.sandbox.drop()

    def deliver_twice(self) -> None:
        self.sandbox.deliver_twice(1)

    def down(self) -> None:
        self.sandbox.down()

    def complaints(self) -> tuple[str, ...]:
        return self.sandbox.complaints()


def _elements(value: object) -> list[object]:
    """Every JSON object inside a value, however deep."""
    if isinstance(value, dict):
        return [value, *(e for inner in value.values() for e in _elements(inner))]
    return [e for inner in value for e in _elements(inner)] if isinstance(value, list) else []


class TelegramStage(Stage):
    """python-telegram-bot on a forum supergroup, by long polling."""

    platform: ClassVar = Platform.TELEGRAM
    nowhere = "-1009999999999"

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = TelegramSandbox(self.world)
        self._adapter: TelegramAdapter | None = None

    @property
    def adapter(self) -> TelegramAdapter:
        self._adapter = self._adapter or self.another()
        return self._adapter

    async def open(self) -> None:
        await self.sandbox.start()
        await self.start()

    async def close(self) -> None:
        await self.adapter.stop()
        await self.sandbox.stop()

    def another(self, *, token: str | None = None) -> TelegramAdapter:
        told = self.sandbox.environment()
        settings = TelegramSettings(
            token=token or told["AMICALE_TELEGRAM_TOKEN"],
            workspace=self.sandbox.workspace_id,
            channels={p: self.sandbox.channel_ids[name] for p, name in PLACES.items()},
            api_url=told["AMICALE_TELEGRAM_API_URL"],
            file_url=told["AMICALE_TELEGRAM_FILE_URL"],
            group_per_minute=0,
        )
        return TelegramAdapter(settings, self.menu, now=self.world.now)

    def known(self, name: str, locale: str) -> Person:
        person = self.sandbox.person(name)
        person.user.language_code = locale
        return person

    async def enters(self, person: Person) -> None:
        await person.joins()
        self.sandbox.admit(person.name)
        await self.sandbox.person(person.name).starts()

    def called(self, person: Person) -> str:
        return f"@{self.sandbox.person(person.name).user.username}"

    async def types(self, person: Person, line: str) -> None:
        await person.says(line)

    def notified(self, person: Person, shown: Seen) -> bool:
        posts = self.sandbox.state.visible(self.sandbox.person(person.name).user)
        named = [
            entity
            for post in posts
            if (str(post.id), channel_name(post)) == (shown.id, shown.channel)
            for entity in post.entities
            if entity["type"] == "text_mention"
        ]
        return any(entity["user"]["id"] == int(person.id) for entity in named)

    def hangs_below(self, shown: Seen, asked: Seen) -> bool:
        return self.sandbox.main.posts[int(shown.id)].reply_to == int(asked.id)

    async def another_bot_says(self, text: str) -> None:
        state, main = self.sandbox.state, self.sandbox.main
        bot = state.users.setdefault(77, TelegramUser(77, "Autre robot", "autre_bot", is_bot=True))
        topic = main.topic_named("entraide")
        number, order = state.next_id(main), state.next_order()
        post = Post(
            main, number, order, self.world.now(), bot, text, topic=topic.id if topic else None
        )
        main.posts[number] = post
        self.sandbox.events.posted(post)

    def has_answered(self, person: Person) -> bool:
        return self.sandbox.person(person.name).waiting == ()

    def promote(self, person: Person) -> None:
        self.sandbox.make_admin(person.name)

    def limit(self, seconds: int) -> None:
        self.sandbox.limit("sendMessage", 1, seconds)

    def cut(self) -> None:
        self.sandbox.drop()

    def deliver_twice(self) -> None:
        self.sandbox.deliver_twice(1)

    def down(self) -> None:
        self.sandbox.down()

    def complaints(self) -> tuple[str, ...]:
        return self.sandbox.complaints()


STAGES: dict[str, type[Stage]] = {
    "memory": MemoryStage,
    "discord": DiscordStage,
    "slack": SlackStage,
    "telegram": TelegramStage,
}
