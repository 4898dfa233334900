import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.discord.permissions import BOT, Permission
from bots.sandbox.people import World, eventually
from bots.sandbox.slack import SlackSandbox
from bots.sandbox.slack.server import SCOPES
from bots.sandbox.telegram import TelegramSandbox
from bots.sandbox.towns import Towns
from core.chat.identity import Platform
from tests.e2e.processes import amicale

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

ACCEPTS = "J’accepte la charte"
ACCEPTED = "c’est noté"
WELCOME = "Bienvenue"


@pytest.fixture
async def towns() -> AsyncIterator[Towns]:
    made = Towns.build(World())
    await made.start()
    yield made
    await made.stop()


def variables(towns: Towns, folder: Path, toml: str | None = None) -> dict[str, str]:
    config = folder / "community.toml"
    config.write_text(towns.community_toml() if toml is None else toml, encoding="utf-8")
    return {
        **towns.environment(),
        "AMICALE_CONFIG": str(config),
        "AMICALE_DATABASE_URL": f"sqlite://{folder / 'amicale.sqlite3'}",
    }


# -- a set-up that is right, and others


async def test_nothing_is_wrong_with_a_right_set_up(towns: Towns, tmp_path: Path) -> None:
    async with amicale("check", **variables(towns, tmp_path)) as check:
        assert await check.ends() == 0, check.output
    assert check.output == "Everything needed is there."
    assert towns.complaints() == []


def broken() -> Towns:
    world = World()
    return Towns(
        world,
        DiscordSandbox(
            world,
            members_intent=False,
            content_intent=False,
            bot_permissions=BOT & ~Permission.ATTACH_FILES,
            absent_channels=("rituels",),
            bot_role_position=0,
        ),
        SlackSandbox(
            world,
            scopes=SCOPES - {"users:read"},
            without=("rituels",),
            absent_from=("entraide",),
            members_channel=True,
        ),
        TelegramSandbox(world, bot_admin=False, privacy_mode=True),
    )


FAULTS = (
    "Discord Message Content Intent: is off, so the gateway refuses the bot (close code 4014)",
    "Discord Server Members Intent",
    "Discord channel 'administration' (admins): does not let the bot post the digest's chart",
    "Discord channel 'rituels' (rituals): is unknown",
    "Discord role 'Membre' (gate): stands above the bot's own role",
    "Slack app scopes: missing: users:read",
    "channel for rituals: the bot sees no channel 'rituels'",
    "channel for help: the bot is not in #entraide",
    "telegram administrator: the bot is not an administrator",
    "telegram privacy mode: the bot reads only commands",
)


@pytest.mark.parametrize("command", ["check", "run"])
async def test_everything_wrong_is_named_at_once_with_its_remedy(
    command: str, tmp_path: Path
) -> None:
    towns = broken()
    await towns.start()
    try:
        async with amicale(command, **variables(towns, tmp_path)) as process:
            assert await process.ends() == 2, process.output
    finally:
        await towns.stop()
    for fault in FAULTS:
        [place] = [n for n, line in enumerate(process.complained) if fault in line]
        assert process.complained[place + 1].startswith("    "), fault
    assert process.said == []


@pytest.mark.parametrize("command", ["check", "run"])
async def test_wrong_tokens_are_named_at_once_and_shown_nowhere(
    command: str, tmp_path: Path
) -> None:
    world = World()
    wrong = "7000000001:BBH-not-the-token-of-this-community-at-all"
    towns = Towns(
        world,
        DiscordSandbox(world, right_token=False),
        SlackSandbox(world, members_channel=True),
        TelegramSandbox(world, handed_token=wrong),
    )
    await towns.start()
    try:
        told = variables(towns, tmp_path) | {
            "AMICALE_SLACK_BOT_TOKEN": "xoxb-000000000000-wrong",
            "AMICALE_SLACK_APP_TOKEN": "xapp-1-000000000000-wrong",
        }
        async with amicale(command, **told) as process:
            assert await process.ends() == 2, process.output
    finally:
        await towns.stop()
    tokens = [name for name in told if name.endswith("_TOKEN")]
    assert len(tokens) == 4
    for name in tokens:
        assert f"{name}: " in process.output
        assert told[name] not in process.output


async def test_every_mistake_of_the_file_is_named_with_its_line(
    towns: Towns, tmp_path: Path
) -> None:
    toml = towns.community_toml().replace("Europe/Paris", "Paris").replace('"fr"', '"de"')
    toml = toml.replace("[slack]", '[slack]\ncolour = "blue"')
    async with amicale("run", **variables(towns, tmp_path, toml)) as run:
        assert await run.ends() == 2, run.output
    lines = toml.splitlines()
    for written in ('timezone = "Paris"', 'language = "de"', 'colour = "blue"'):
        assert f"community.toml:{lines.index(written) + 1}: " in run.output


# -- up, down, and up again


async def test_the_stand_ins_alone_are_enough_to_run_the_suite(tmp_path: Path) -> None:
    async with amicale("sandbox") as sandbox:
        await sandbox.says("Ctrl-C stops them")
        exported = [line for line in sandbox.said if line.startswith("export ")]
        told = dict(line.removeprefix("export ").split("=", 1) for line in exported)
        told = {name: value.strip("'") for name, value in told.items()}
        assert "AMICALE_CONFIG" in told
        told["AMICALE_DATABASE_URL"] = f"sqlite://{tmp_path / 'amicale.sqlite3'}"
        for _ in range(2):
            async with amicale("run", **told) as run:
                await run.says("amicale is up on discord, slack, telegram")
                assert await run.is_told_to_stop() < 10
                assert "Traceback" not in run.output
        assert await sandbox.is_told_to_stop() < 10


def greetings(towns: Towns) -> list[str]:
    """Who was greeted, as often as they were."""
    return sorted(s.private_to or "" for s in towns.transcript() if WELCOME in s.text)


async def test_the_story_goes_on_after_a_restart_and_nobody_is_greeted_twice(
    towns: Towns, tmp_path: Path
) -> None:
    told = variables(towns, tmp_path)
    alice = towns.person("Alice", Platform.DISCORD)
    ines = towns.person("Inès", Platform.SLACK)
    karim = towns.person("Karim", Platform.TELEGRAM)
    async with amicale("run", **told) as run:
        await run.says("amicale is up on discord, slack, telegram")
        for person in (alice, ines, karim):
            await person.joins()
            await eventually(towns.world, person, WELCOME, seconds=30)
        assert await run.is_told_to_stop() < 10
    await karim.presses(ACCEPTS)  # nobody hears it: Telegram keeps it
    async with amicale("run", **told) as run:
        await run.says("amicale is up on discord, slack, telegram")
        await eventually(towns.world, karim, ACCEPTED, seconds=30)
        for person in (alice, ines):
            await person.presses(ACCEPTS)
            await eventually(towns.world, person, ACCEPTED, seconds=30)
        assert await run.is_told_to_stop() < 10
        assert "Traceback" not in run.output
    assert greetings(towns) == ["Alice", "Inès", "Karim"]
    assert towns.complaints() == []
    for secret in (value for name, value in told.items() if "TOKEN" in name or "SECRET" in name):
        assert secret not in run.output


@pytest.mark.parametrize("platform", list(Platform))
async def test_a_platform_that_is_down_does_not_hold_the_others_and_comes_later(
    towns: Towns, tmp_path: Path, platform: Platform
) -> None:
    others = [one for one in Platform if one is not platform]
    down, up = {
        Platform.DISCORD: (towns.discord.down, towns.discord.up),
        Platform.SLACK: (towns.slack.down, towns.slack.up),
        Platform.TELEGRAM: (towns.telegram.down, towns.telegram.up),
    }[platform]
    down()
    async with amicale("run", **variables(towns, tmp_path)) as run:
        await run.says(f"amicale is up on {', '.join(sorted(others))}")
        for one in others:
            person = towns.person("Alice", one)
            await person.joins()
            await eventually(towns.world, person, WELCOME, seconds=30)
        up()
        await run.says("platform up", platform)
        late = towns.person("Zoé", platform)
        await late.joins()
        await eventually(towns.world, late, WELCOME, seconds=30)
        assert await run.is_told_to_stop() < 10


@pytest.fixture
async def silence() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A server that takes every call and answers none; says when it was called."""
    called = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        while await reader.read(1000):
            pass
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/v10", called
    server.close()


async def test_a_platform_that_never_answers_does_not_hold_the_others(
    towns: Towns, tmp_path: Path, silence: tuple[str, asyncio.Event]
) -> None:
    address, _ = silence
    told = variables(towns, tmp_path) | {"AMICALE_DISCORD_API_URL": address}
    async with amicale("run", **told) as run:
        await run.says("platform up", "slack")
        await run.says("platform up", "telegram")
        ines = towns.person("Inès", Platform.SLACK)
        await ines.joins()
        await eventually(towns.world, ines, WELCOME, seconds=10)  # before Discord is given up
        await run.says("amicale is up on slack, telegram")
        assert await run.is_told_to_stop() < 10


async def test_a_stop_during_the_start_is_a_good_end(
    towns: Towns, tmp_path: Path, silence: tuple[str, asyncio.Event]
) -> None:
    address, called = silence
    told = variables(towns, tmp_path) | {"AMICALE_DISCORD_API_URL": address}
    async with amicale("run", **told) as run:
        await called.wait()  # it is asking what is wrong
        assert await run.is_told_to_stop() < 5
        assert "Traceback" not in run.output
    async with amicale("run", **told) as run:
        await run.says("platform up", "slack")  # it still connects to Discord
        assert await run.is_told_to_stop() < 10
        assert "Traceback" not in run.output
