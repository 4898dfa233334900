"""Slack as a stage: slack_bolt on a local workspace, through Socket Mode."""

from typing import ClassVar

from bots.sandbox.people import Person, Seen
from bots.sandbox.slack import SlackSandbox
from bots.sandbox.slack.state import TEAM
from bots.sandbox.towns import PLACES
from bots.slack.adapter import SlackAdapter
from bots.slack.settings import SlackSettings
from core.chat.identity import Platform
from tests.contract.stages.wired import Wired


class SlackStage(Wired):
    """slack_bolt and slack_sdk on a workspace."""

    platform: ClassVar = Platform.SLACK
    gated = "membres"
    nowhere = "C0NOWHERE"

    sandbox: SlackSandbox

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = SlackSandbox(self.world, members_channel=True)

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

    async def sends(self, person: Person, line: str, name: str, content: bytes) -> None:
        words = line.removeprefix("/")
        await self.sandbox.person(person.name).shares(name, content, text=words)

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


def _elements(value: object) -> list[object]:
    """Every JSON object inside a value, however deep."""
    if isinstance(value, dict):
        return [value, *(e for inner in value.values() for e in _elements(inner))]
    return [e for inner in value for e in _elements(inner)] if isinstance(value, list) else []
