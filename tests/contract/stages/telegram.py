"""Telegram as a stage: python-telegram-bot on a local forum, by long polling."""

from typing import ClassVar

from bots.sandbox.people import Person, Seen
from bots.sandbox.telegram import TelegramSandbox
from bots.sandbox.telegram.screen import channel_name
from bots.sandbox.telegram.state import Post, User
from bots.sandbox.towns import PLACES
from bots.telegram.adapter import TelegramAdapter
from bots.telegram.settings import TelegramSettings
from core.chat.identity import Platform
from tests.contract.stages.wired import Wired


class TelegramStage(Wired):
    """python-telegram-bot on a forum supergroup, by long polling."""

    platform: ClassVar = Platform.TELEGRAM
    nowhere = "-1009999999999"

    sandbox: TelegramSandbox

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = TelegramSandbox(self.world)

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

    async def sends(self, person: Person, line: str, name: str, content: bytes) -> None:
        await self.sandbox.person(person.name).sends(name, content, caption=line)

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
        bot = state.users.setdefault(77, User(77, "Autre robot", "autre_bot", is_bot=True))
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
