from collections.abc import AsyncIterator

import pytest

from core.charter.handlers import routes as charter_routes
from core.charter.rules import CharterSettings
from core.engine.help import help_routes
from core.engine.routes import Routes
from core.members.handlers import routes as members_routes
from core.members.rules import MembersSettings
from core.onboarding.handlers import routes
from core.onboarding.rules import OnboardingSettings
from tests.village import Village, village

MODULES = [
    "core.engine.models",
    "core.members.models",
    "core.charter.models",
    "core.onboarding.models",
]
ROOMS = [members_routes, charter_routes, routes]
SETTINGS: dict[type, object] = {
    MembersSettings: MembersSettings(),
    CharterSettings: CharterSettings(
        texts={"fr": "# Charte\n\n1. On se parle bien.", "en": "# Charter\n\n1. We speak kindly."}
    ),
    OnboardingSettings: OnboardingSettings(),
}


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    rooms = [*ROOMS, help_routes(Routes.of(ROOMS))]
    async with village(MODULES, rooms, SETTINGS) as made:
        yield made
