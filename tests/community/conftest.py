from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from bots import schema
from bots.rooms import ROOMS
from core.charter.rules import CharterSettings
from core.engine.help import help_routes
from core.engine.routes import Routes
from core.library.rules import LibrarySettings
from core.members.rules import MembersSettings
from core.onboarding.rules import OnboardingSettings
from core.questions.rules import QuestionsSettings
from core.reports.rules import ReportsSettings
from core.watch.rules import Pulses
from rituals.rules import RitualsSettings
from tests.village import START, Village, village

SETTINGS: dict[type, object] = {
    MembersSettings: MembersSettings(),
    CharterSettings: CharterSettings(texts={"fr": "# Charte\n\n1. On se parle bien."}),
    OnboardingSettings: OnboardingSettings(),
    LibrarySettings: LibrarySettings(),
    QuestionsSettings: QuestionsSettings(),
    ReportsSettings: ReportsSettings(),
    RitualsSettings: RitualsSettings(),
    Pulses: Pulses(),
}
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
