from collections.abc import AsyncIterator

import pytest

from core.arrivals.handlers import routes
from core.arrivals.rules import ArrivalsSettings, Seal
from core.attention.handlers import routes as attention_routes
from core.attention.rules import AttentionSettings
from core.charter.handlers import routes as charter_routes
from core.charter.rules import CharterSettings
from core.engagement.handlers import routes as engagement_routes
from core.engine.help import help_routes
from core.engine.routes import Routes
from core.members.handlers import routes as member_routes
from core.members.rules import MembersSettings
from tests.village import Village, village

MODULES = [
    "core.engine.models",
    "core.members.models",
    "core.attention.models",
    "core.charter.models",
    "core.engagement.models",
    "core.arrivals.models",
]
CHARTER = {"fr": "# Charte\n\nSoyons bienveillants.", "en": "# Charter\n\nLet us be kind."}
SETTINGS: dict[type, object] = {
    MembersSettings: MembersSettings(),
    AttentionSettings: AttentionSettings(),
    CharterSettings: CharterSettings(texts=CHARTER),
    ArrivalsSettings: ArrivalsSettings(),
    Seal: Seal("un secret de village"),
}
ROOMS = [member_routes, attention_routes, charter_routes, engagement_routes, routes]


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    async with village(MODULES, [*ROOMS, help_routes(Routes.of(ROOMS))], SETTINGS) as made:
        yield made


@pytest.fixture
async def sealed() -> AsyncIterator[Village]:
    """A village whose operator keeps no e-mail, and says where invitations lead."""
    settings = {
        **SETTINGS,
        ArrivalsSettings: ArrivalsSettings(
            hash_emails=True, link="https://exemple.fr/rejoindre?passeport={code}"
        ),
    }
    async with village(MODULES, [*ROOMS, help_routes(Routes.of(ROOMS))], settings) as made:
        yield made
