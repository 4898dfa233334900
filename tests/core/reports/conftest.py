from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from core.charter.handlers import routes as charter_routes
from core.charter.rules import CharterSettings
from core.engagement.handlers import routes as engagement_routes
from core.library.rules import LibrarySettings
from core.members.handlers import routes as members_routes
from core.members.rules import MembersSettings
from core.onboarding.handlers import routes as onboarding_routes
from core.onboarding.rules import OnboardingSettings
from core.questions.handlers import routes as questions_routes
from core.questions.rules import QuestionsSettings
from core.reports.handlers import routes
from core.reports.rules import ReportsSettings
from tests.village import Village, village

MODULES = [
    "core.engine.models",
    "core.members.models",
    "core.charter.models",
    "core.arrivals.models",
    "core.engagement.models",
    "core.library.models",
    "core.onboarding.models",
    "core.questions.models",
    "core.watch.models",
]
ROOMS = [
    members_routes,
    charter_routes,
    engagement_routes,
    onboarding_routes,
    questions_routes,
    routes,
]
SETTINGS: dict[type, object] = {
    MembersSettings: MembersSettings(),
    CharterSettings: CharterSettings(
        texts={"fr": "# Charte\n\n1. On se parle bien.", "en": "# Charter\n\n1. We speak kindly."}
    ),
    OnboardingSettings: OnboardingSettings(),
    LibrarySettings: LibrarySettings(),
    QuestionsSettings: QuestionsSettings(),
}

Makes = Callable[[ReportsSettings], AbstractAsyncContextManager[Village]]


@pytest.fixture
def makes() -> Makes:
    """A village whose digest has these settings."""
    return lambda given: village(MODULES, ROOMS, {**SETTINGS, ReportsSettings: given})


@pytest.fixture
async def place(makes: Makes) -> AsyncIterator[Village]:
    async with makes(ReportsSettings()) as made:
        yield made
