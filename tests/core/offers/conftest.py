from collections.abc import AsyncIterator

import pytest

from core.attention.handlers import routes as attention_routes
from core.attention.rules import AttentionSettings
from core.engine.help import help_routes
from core.engine.routes import Routes
from core.members.handlers import routes as member_routes
from core.members.rules import MembersSettings
from core.offers.handlers import routes
from core.offers.rules import OffersSettings
from tests.village import Village, village

MODULES = [
    "core.engine.models",
    "core.members.models",
    "core.attention.models",
    "core.offers.models",
]
SETTINGS: dict[type, object] = {
    MembersSettings: MembersSettings(),
    AttentionSettings: AttentionSettings(),
    OffersSettings: OffersSettings(),
}
ROOMS = [member_routes, attention_routes, routes]


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    async with village(MODULES, [*ROOMS, help_routes(Routes.of(ROOMS))], SETTINGS) as made:
        yield made
