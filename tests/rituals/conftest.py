from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.attention.handlers import routes as attention
from core.attention.rules import AttentionSettings
from core.charter.handlers import routes as charter
from core.charter.rules import CharterSettings
from core.engagement.handlers import routes as engagement
from core.engine.database import transaction
from core.engine.feeds import Feeds
from core.library.handlers import routes as library
from core.library.rules import LibrarySettings
from core.members.handlers import routes as members
from core.members.rules import MembersSettings
from core.polls.handlers import routes as polls
from core.watch.handlers import routes as watch
from core.watch.rules import Pulses
from rituals import runner
from rituals.catalog.lundi_astuce import LundiAstuce
from rituals.handlers import everything
from rituals.rules import RitualSettings, RitualsSettings
from rituals.year import Year
from tests.rituals import LUNDI_ASTUCE
from tests.village import LOCALES, Village, village

MODULES = [
    "core.engine.models",
    "core.members.models",
    "core.attention.models",
    "core.charter.models",
    "core.engagement.models",
    "core.library.models",
    "core.polls.models",
    "core.watch.models",
    "rituals.models",
    "rituals.feed",
    "rituals.backing",
]
FRIDAY = LundiAstuce(
    slug="bilan", title="Le Bilan", hashtag="#Bilan", weekday="friday", notice_weekday="monday",
    substitute_weekday="wednesday",
)  # fmt: skip

NOTHING_READY, UNSERVED = Year(), Feeds()


async def starts(place: Village) -> None:
    """What the suite does when it starts."""
    async with transaction():
        await runner.materialise(place.app.scene())


@asynccontextmanager
async def plays(
    programme: Sequence[RitualSettings],
    locales: Path = LOCALES,
    *,
    year: Year = NOTHING_READY,
    feeds: Feeds = UNSERVED,
) -> AsyncIterator[Village]:
    """A village with that programme, and a year that may be adopted."""
    settings: dict[type, object] = {
        MembersSettings: MembersSettings(),
        AttentionSettings: AttentionSettings(),
        CharterSettings: CharterSettings(texts={"fr": "# Charte\n\n1. Respect.\n"}),
        LibrarySettings: LibrarySettings(),
        RitualsSettings: RitualsSettings(programme=tuple(programme)),
        Year: year,
        Feeds: feeds,
        Pulses: Pulses(),
    }
    rooms = [members, attention, charter, engagement, library, everything(), polls, watch]
    async with village(MODULES, rooms, settings, locales=locales) as made:
        await starts(made)
        yield made


@pytest.fixture
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Village]:
    async with plays(getattr(request, "param", (LUNDI_ASTUCE,))) as made:
        yield made
