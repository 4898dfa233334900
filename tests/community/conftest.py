from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from bots import schema
from bots.rooms import ROOMS, settings_of
from config.community import CommunityConfig, CommunitySection
from core.charter.rules import CharterSettings
from core.engine.help import help_routes
from core.engine.routes import Routes
from tests.village import START, Village, village

# Whatever room is added, its settings are here as the suite itself would give them.
SETTINGS = settings_of(
    CommunityConfig(
        community=CommunitySection(name="Essai"),
        charter=CharterSettings(texts={"fr": "# Charte\n\n1. On se parle bien."}),
    )
)
Makes = Callable[..., AbstractAsyncContextManager[Village]]


@pytest.fixture
def makes() -> Makes:
    """A village with every room, from a moment on."""
    rooms = [*ROOMS, help_routes(Routes.of(ROOMS))]
    return lambda start=START: village(schema.MODULES, rooms, SETTINGS, start=start)


@pytest.fixture
async def place(makes: Makes) -> AsyncIterator[Village]:
    async with makes() as made:
        yield made
