from collections.abc import AsyncIterator

import pytest

from core.members.handlers import routes as members
from core.members.rules import MembersSettings
from core.polls.handlers import routes
from tests.village import Village, village

MODULES = ["core.engine.models", "core.members.models", "core.polls.models"]
SETTINGS: dict[type, object] = {MembersSettings: MembersSettings()}


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    async with village(MODULES, [members, routes], SETTINGS) as made:
        yield made
