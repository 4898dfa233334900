"""`check()` on set-ups that are broken in several ways at once."""

from collections.abc import Mapping
from typing import Any

import pytest

from bots.sandbox.people import World
from bots.sandbox.slack import SlackSandbox
from bots.sandbox.slack.server import SCOPES
from bots.slack.adapter import SlackAdapter
from core.chat.adapter import Problem
from core.chat.identity import Purpose
from tests.bots.slack.stage import StageMenu, settings_for

pytestmark = pytest.mark.e2e


async def problems(sandbox: SlackSandbox, changes: Mapping[str, Any]) -> list[Problem]:
    await sandbox.start()
    try:
        return await SlackAdapter(settings_for(sandbox, **changes), StageMenu()).check()
    finally:
        await sandbox.stop()


async def test_a_good_set_up_has_none() -> None:
    sandbox = SlackSandbox(World(), members_channel=True)
    assert await problems(sandbox, {"gate_channels": ("membres",)}) == []


async def test_every_fault_is_named_at_once() -> None:
    sandbox = SlackSandbox(
        World(),
        scopes=[scope for scope in SCOPES if scope not in {"files:write", "users:read"}],
        app_scopes=(),
        without=("rituels",),
        absent_from=("entraide",),
    )
    channels = {Purpose.HELP: "entraide", Purpose.RITUALS: "rituels"}
    changes = {"workspace": "T0OTHER", "channels": channels, "gate_channels": ("accueil",)}
    found = await problems(sandbox, changes)
    said = "\n".join(f"{p.where} | {p.what} | {p.remedy}" for p in found)
    assert len(found) == 6, said
    for words in (
        "AMICALE_SLACK_APP_TOKEN",
        "not T0OTHER",
        "files:write (show the digest's chart, and send files such as an agenda); users:read",
        "the bot is not in #entraide",
        "no channel 'rituels'",
        "#accueil is public",
    ):
        assert words in said


async def test_a_wrong_token_and_a_missing_way_in_are_said_together() -> None:
    found = await problems(SlackSandbox(World()), {"bot_token": "xoxb-no", "app_token": ""})
    assert [problem.where for problem in found] == [
        "AMICALE_SLACK_BOT_TOKEN",
        "AMICALE_SLACK_APP_TOKEN",
    ]
    assert not any("xoxb-no" in problem.what for problem in found)


async def test_a_platform_that_is_down_is_no_wrong_token() -> None:
    sandbox = SlackSandbox(World())
    sandbox.down()
    found = await problems(sandbox, {})
    assert {problem.where for problem in found} == {sandbox.environment()["AMICALE_SLACK_API_URL"]}
