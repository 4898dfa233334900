"""The diagnosis: every fault at once, with its remedy."""

from dataclasses import replace

import pytest

from bots.sandbox.people import World
from bots.sandbox.telegram import TelegramSandbox
from bots.telegram.adapter import TelegramAdapter
from bots.telegram.botfather import RIGHTS
from bots.telegram.settings import TelegramSettings
from core.chat.adapter import Problem
from core.chat.identity import Purpose
from tests.bots.telegram.stage import SmallMenu, settings

pytestmark = pytest.mark.e2e


async def diagnosed(sandbox: TelegramSandbox, **changed: object) -> list[Problem]:
    await sandbox.start()
    try:
        return await TelegramAdapter(settings(sandbox, **changed), SmallMenu()).check()
    finally:
        await sandbox.stop()


async def test_a_sound_setup_has_no_problem() -> None:
    sandbox = TelegramSandbox(World())
    assert await diagnosed(sandbox) == []
    assert sandbox.complaints() == ()


async def test_a_wrong_token_names_where_to_find_the_right_one() -> None:
    sandbox = TelegramSandbox(World(), handed_token="123:wrong")
    problems = await diagnosed(sandbox, workspace="Amicale")
    assert [problem.where for problem in problems] == [
        "AMICALE_TELEGRAM_TOKEN",
        "telegram workspace",
    ]
    assert "@BotFather" in problems[0].remedy
    assert "123" not in repr(problems)


async def test_every_fault_is_told_at_once() -> None:
    sandbox = TelegramSandbox(
        World(), bot_admin=False, privacy_mode=True, absent=frozenset({"rituels", "modération"})
    )
    group = sandbox.workspace_id
    channels = {
        Purpose.RITUALS: f"{group}/999",
        Purpose.MODERATORS: "-1001999999999",
        Purpose.HELP: "un sujet",
        Purpose.WELCOME: "general",
    }
    problems = await diagnosed(sandbox, channels=channels)
    assert {problem.where for problem in problems} == {
        "telegram administrator",
        "telegram privacy mode",
        "telegram channel rituals",
        "telegram channel moderators",
        "telegram channel help",
    }
    assert all(problem.remedy and "\n" not in problem.remedy for problem in problems)


async def test_missing_rights_are_named_one_by_one() -> None:
    sandbox = TelegramSandbox(World(), bot_rights=frozenset({"can_pin_messages"}))
    problems = await diagnosed(sandbox)
    assert [problem.where for problem in problems] == [
        "telegram right can_invite_users",
        "telegram right can_restrict_members",
    ]


async def test_the_rights_we_ask_for_are_enough() -> None:
    sandbox = TelegramSandbox(World(), bot_rights=frozenset(RIGHTS))
    assert await diagnosed(sandbox) == []


async def test_a_basic_group_cannot_keep_a_gate() -> None:
    sandbox = TelegramSandbox(World(), basic_group=True)
    group = sandbox.workspace_id
    problems = await diagnosed(sandbox, channels={Purpose.HELP: f"{group}/3"})
    assert "telegram workspace" in {problem.where for problem in problems}
    assert "telegram channel help" in {problem.where for problem in problems}


async def test_an_unknown_group_and_a_wrong_webhook() -> None:
    sandbox = TelegramSandbox(World())
    problems = await diagnosed(
        sandbox,
        workspace="-1009999999999",
        webhook_url="http://example.org/hook",
        webhook_secret="pas bon",
    )
    assert [problem.where for problem in problems] == [
        "telegram webhook",
        "telegram webhook",
        "telegram workspace",
    ]


async def test_a_server_that_does_not_answer_is_named() -> None:
    nowhere = TelegramSettings("1:x", "-1001", api_url="http://127.0.0.1:9/bot")
    problems = await TelegramAdapter(nowhere, SmallMenu()).check()
    assert [problem.where for problem in problems] == ["Telegram"]
    empty = replace(nowhere, token="")
    assert (await TelegramAdapter(empty, SmallMenu()).check())[0].where == "AMICALE_TELEGRAM_TOKEN"
