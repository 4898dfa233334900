"""What the tests of the Slack stand-in share: a Bolt app, a modal, raw calls."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bots.sandbox.slack import SlackSandbox

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "presentation",
    "title": {"type": "plain_text", "text": "Présentation"},
    "submit": {"type": "plain_text", "text": "Envoyer"},
    "blocks": [
        {
            "type": "input",
            "block_id": "hope",
            "label": {"type": "plain_text", "text": "Ce que j’espère"},
            "element": {
                "type": "plain_text_input",
                "action_id": "v",
                "min_length": 3,
                "max_length": 40,
            },
        },
        {
            "type": "input",
            "block_id": "cohort",
            "optional": True,
            "label": {"type": "plain_text", "text": "Promotion"},
            "element": {
                "type": "static_select",
                "action_id": "v",
                "options": [
                    {"text": {"type": "plain_text", "text": "Printemps"}, "value": "spring"},
                    {"text": {"type": "plain_text", "text": "Automne"}, "value": "autumn"},
                ],
            },
        },
    ],
}


def button(label: str, value: str, action: str = "go") -> dict[str, Any]:
    text = {"type": "plain_text", "text": label}
    element = {"type": "button", "action_id": action, "text": text, "value": value}
    return {"type": "actions", "elements": [element]}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def option(text: str) -> dict[str, Any]:
    return {"text": plain(text), "value": text.lower()}


CHOICES: dict[str, Any] = {
    "type": "modal",
    "callback_id": "choices",
    "notify_on_close": True,
    "title": plain("Préférences"),
    "submit": plain("Suite"),
    "blocks": [
        {
            "type": "input",
            "block_id": "topics",
            "label": plain("Sujets"),
            "element": {
                "type": "checkboxes",
                "action_id": "v",
                "options": [option("Python"), option("SQL"), option("Docker")],
                "initial_options": [option("SQL")],
            },
        },
        {
            "type": "input",
            "block_id": "pace",
            "label": plain("Rythme"),
            "element": {
                "type": "radio_buttons",
                "action_id": "v",
                "options": [option("Doux"), option("Vif")],
            },
        },
    ],
}


HOME: dict[str, Any] = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("Accueil")},
        {
            **section("x"),
            "accessory": {
                "type": "static_select",
                "option_groups": [{"label": plain("Villes"), "options": [option("Lyon")]}],
            },
        },
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}]},
        {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "x"},
        {
            "type": "context",
            "elements": [
                {"type": "mrkdwn", "text": "x"},
                {"type": "image", "image_url": "https://exemple.fr/x.png", "alt_text": "y"},
            ],
        },
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "offset": 1,
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [
                                {"type": "user", "user_id": "U1"},
                                {"type": "link", "url": "https://exemple.fr"},
                            ],
                        }
                    ],
                }
            ],
        },
        button("Continuer", "1"),
    ],
}


class Bot:
    """A Bolt app that notes what reaches it; handlers are added by each test."""

    def __init__(self, sandbox: SlackSandbox) -> None:
        env = sandbox.environment()
        address = env["AMICALE_SLACK_API_URL"]
        self.client = AsyncWebClient(token=env["AMICALE_SLACK_BOT_TOKEN"], base_url=address)
        self.client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
        self.app = AsyncApp(client=self.client, signing_secret=env["AMICALE_SLACK_SIGNING_SECRET"])
        self.events: list[dict[str, Any]] = []
        self.bodies: list[dict[str, Any]] = []
        self._handler = AsyncSocketModeHandler(
            self.app,
            env["AMICALE_SLACK_APP_TOKEN"],
            web_client=AsyncWebClient(base_url=address),
            ping_interval=0.5,
        )

        for kind in ("message", "reaction_added", "reaction_removed", "team_join", "user_change"):
            self.app.event(kind)(self._note)
        for kind in ("member_joined_channel", "member_left_channel", "app_home_opened"):
            self.app.event(kind)(self._note)

    async def _note(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        self.events.append(event)
        self.bodies.append(body)

    def kinds(self) -> list[str]:
        return [e.get("subtype") or e["type"] for e in self.events]

    async def connect(self) -> None:
        await self._handler.connect_async()  # type: ignore[no-untyped-call]  # untyped in Bolt

    async def close(self) -> None:
        await self._handler.close_async()  # type: ignore[no-untyped-call]  # untyped in Bolt


async def arrives(slack: SlackSandbox, test: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not test():
        assert asyncio.get_running_loop().time() < deadline, slack.complaints()
        await asyncio.sleep(0.01)


async def refusal(call: Awaitable[Any]) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await call
    answer: dict[str, Any] = caught.value.response.data
    return answer


def channel_id(slack: SlackSandbox, name: str) -> str:
    channel = slack.workspace.channel_named(name)
    assert channel is not None
    return channel.id


async def call(
    slack: SlackSandbox, name: str, token: str | None = None, **args: object
) -> dict[str, Any]:
    address = slack.environment()["AMICALE_SLACK_API_URL"]
    headers = {"Authorization": f"Bearer {slack.bot_token if token is None else token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(address + name, json=args) as response,
    ):
        answer: dict[str, Any] = await response.json()
        return answer
