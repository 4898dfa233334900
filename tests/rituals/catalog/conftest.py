"""The stage of the kinds: the three people who play in most of their stories."""

import pytest

from bots.sandbox.memory_people import MemoryPerson
from tests.rituals import trio
from tests.village import Village

Three = tuple[MemoryPerson, MemoryPerson, MemoryPerson]


@pytest.fixture
async def three(place: Village) -> Three:
    """Alice on Discord, Bob on Slack, Chloé on Telegram, inside."""
    return await trio(place)
