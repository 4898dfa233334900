"""The rooms the stand-ins' tests begin in."""

from collections.abc import AsyncIterator

import pytest

from bots.sandbox.people import World
from bots.sandbox.slack import SlackPerson, SlackSandbox
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
