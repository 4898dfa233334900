from collections.abc import AsyncIterator

import pytest

from core.attention.handlers import routes
from core.attention.rules import AttentionSettings
from core.engine.help import help_routes
from core.engine.routes import Routes
from core.members.handlers import routes as members
from core.members.rules import MembersSettings
from tests.core.attention import room
from tests.village import Village, village

ROOMS = [members, routes, room.routes]


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    modules = ["core.engine.models", "core.members.models", "core.attention.models"]
    settings: dict[type, object] = {
        MembersSettings: MembersSettings(),
        AttentionSettings: AttentionSettings(),
    }
    room.OVER.clear()
    room.HEARD.clear()
    rooms = [*ROOMS, help_routes(Routes.of(ROOMS))]
    async with village(modules, rooms, settings) as made:
        yield made
