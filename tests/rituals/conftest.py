from collections.abc import AsyncIterator

import pytest

from core.charter.handlers import routes as charter
from core.charter.rules import CharterSettings
from core.engagement.handlers import routes as engagement
from core.engine.database import transaction
from core.members.handlers import routes as members
from core.members.rules import MembersSettings
from core.watch.handlers import routes as watch
from core.watch.rules import Pulses
from rituals import runner
from rituals.handlers import routes as rituals
from rituals.rules import LUNDI_ASTUCE, RitualSettings, RitualsSettings
from tests.village import Village, village

MODULES = [
    "core.engine.models",
    "core.members.models",
    "core.charter.models",
    "core.engagement.models",
    "core.watch.models",
    "rituals.models",
]
FRIDAY = RitualSettings(
    slug="bilan", title="Le Bilan", hashtag="#Bilan", weekday="friday", notice_weekday="monday",
    substitute_weekday="wednesday",
)  # fmt: skip


async def starts(place: Village) -> None:
    """What the suite does when it starts."""
    async with transaction():
        await runner.materialise(place.app.scene())


@pytest.fixture
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Village]:
    programme = getattr(request, "param", (LUNDI_ASTUCE,))
    settings: dict[type, object] = {
        MembersSettings: MembersSettings(),
        CharterSettings: CharterSettings(texts={"fr": "# Charte\n\n1. Respect.\n"}),
        RitualsSettings: RitualsSettings(programme=programme),
        Pulses: Pulses(),
    }
    rooms = [members, charter, engagement, rituals, watch]
    async with village(MODULES, rooms, settings) as made:
        await starts(made)
        yield made
