from collections.abc import AsyncIterator

import pytest

from core.charter.handlers import routes
from core.charter.rules import CharterSettings
from core.members.handlers import routes as members_routes
from core.members.rules import MembersSettings
from tests.village import Village, village

FRENCH = "# Charte\n\n1. **Respect.** On se parle bien.\n2. Pas de démarchage.\n"
ENGLISH = "# Charter\n\n1. **Respect.** We speak kindly.\n2. No canvassing.\n"
MODULES = ["core.engine.models", "core.members.models", "core.charter.models"]
SETTINGS: dict[type, object] = {
    MembersSettings: MembersSettings(),
    CharterSettings: CharterSettings(texts={"fr": FRENCH, "en": ENGLISH}),
}


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    async with village(MODULES, [members_routes, routes], SETTINGS) as made:
        yield made
