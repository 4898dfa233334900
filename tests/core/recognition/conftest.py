from collections.abc import AsyncIterator

import pytest

from core.attention.handlers import routes as attention_routes
from core.attention.rules import AttentionSettings
from core.charter.handlers import routes as charter_routes
from core.charter.rules import CharterSettings
from core.engagement.handlers import routes as engagement_routes
from core.engine.help import help_routes
from core.engine.routes import Routes
from core.library.handlers import routes as library_routes
from core.library.rules import LibrarySettings
from core.members.handlers import routes as member_routes
from core.members.rules import MembersSettings
from core.onboarding.handlers import routes as onboarding_routes
from core.onboarding.rules import OnboardingSettings
from core.questions.handlers import routes as question_routes
from core.questions.rules import QuestionsSettings
from core.recognition.handlers import routes
from core.recognition.rules import RecognitionSettings
from tests.village import Village, village

MODULES = [
    "core.engine.models",
    "core.members.models",
    "core.attention.models",
    "core.charter.models",
    "core.onboarding.models",
    "core.library.models",
    "core.questions.models",
    "core.engagement.models",
    "core.recognition.models",
]
ROOMS = [
    member_routes,
    attention_routes,
    charter_routes,
    onboarding_routes,
    library_routes,
    question_routes,
    engagement_routes,
    routes,
]
SETTINGS: dict[type, object] = {
    MembersSettings: MembersSettings(),
    AttentionSettings: AttentionSettings(),
    CharterSettings: CharterSettings(texts={"fr": "# Charte\n\n1. On se parle bien."}),
    OnboardingSettings: OnboardingSettings(),
    LibrarySettings: LibrarySettings(),
    QuestionsSettings: QuestionsSettings(),
    RecognitionSettings: RecognitionSettings(),
}


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    rooms = [*ROOMS, help_routes(Routes.of(ROOMS))]
    async with village(MODULES, rooms, SETTINGS) as made:
        yield made
