"""The rooms the stand-ins' tests begin in."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.people import World
from bots.sandbox.slack import SlackPerson, SlackSandbox
from tests.bots.sandbox.discord_requests import Raw, Start
from tests.bots.sandbox.slack_stage import Bot


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    sandbox = SlackSandbox(World())
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def bot(slack: SlackSandbox) -> AsyncIterator[Bot]:
    bot = Bot(slack)
    await bot.connect()
    assert await slack.world.until(lambda: slack.connections == 1)
    yield bot
    await bot.close()


@pytest.fixture
async def lea(slack: SlackSandbox) -> SlackPerson:
    person = slack.person("Léa")
    await person.joins()
    return person


@pytest.fixture
async def world() -> World:
    return World()


@pytest.fixture
async def start_discord(world: World) -> AsyncIterator[Start]:
    opened: list[DiscordSandbox] = []

    async def begin(**settings: Any) -> DiscordSandbox:  # noqa: ANN401  whatever it is built with
        sandbox = DiscordSandbox(world, **settings)
        await sandbox.start()
        opened.append(sandbox)
        return sandbox

    yield begin
    for sandbox in opened:
        await sandbox.stop()


@pytest.fixture
async def raw_discord(start_discord: Start) -> AsyncIterator[tuple[Raw, DiscordSandbox]]:
    sandbox = await start_discord()
    async with aiohttp.ClientSession() as session:
        yield Raw(session, sandbox), sandbox
