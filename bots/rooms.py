"""Every room of the house, named once."""

from collections.abc import Mapping

from config.community import CommunityConfig
from core.arrivals.handlers import routes as arrivals
from core.arrivals.rules import ArrivalsSettings
from core.attention.handlers import routes as attention
from core.attention.rules import AttentionSettings
from core.charter.handlers import routes as charter
from core.charter.rules import CharterSettings
from core.engagement.handlers import routes as engagement
from core.engine.help import help_routes
from core.engine.routes import Routes
from core.engine.sweep import routes as sweep
from core.gatherings.handlers import routes as gatherings
from core.gatherings.rules import GatheringsSettings
from core.library.handlers import routes as library
from core.library.rules import LibrarySettings
from core.members.handlers import routes as members
from core.members.rules import MembersSettings
from core.offers.handlers import routes as offers
from core.offers.rules import OffersSettings
from core.onboarding.handlers import routes as onboarding
from core.onboarding.rules import OnboardingSettings
from core.polls.handlers import routes as polls
from core.questions.handlers import routes as questions
from core.questions.rules import QuestionsSettings
from core.recognition.handlers import routes as recognition
from core.recognition.rules import RecognitionSettings
from core.reports.handlers import routes as reports
from core.reports.rules import ReportsSettings
from core.watch.handlers import routes as watch
from core.watch.rules import Pulses
from rituals.handlers import everything as rituals
from rituals.rules import RitualsSettings
from rituals.year import Year

ROOMS = (
    members,
    attention,
    charter,
    onboarding,
    arrivals,
    library,
    questions,
    gatherings,
    offers,
    engagement,
    recognition,
    rituals(),
    reports,
    watch,
    polls,
    sweep,
)


def routes() -> Routes:
    """What every room answers, and the help about it."""
    rooms = Routes.of(ROOMS)
    return Routes.of([rooms, help_routes(rooms)])


def settings_of(config: CommunityConfig) -> Mapping[type, object]:
    """Each room's settings, by their type."""
    return {
        MembersSettings: config.members,
        AttentionSettings: config.attention,
        CharterSettings: config.charter,
        OnboardingSettings: config.onboarding,
        ArrivalsSettings: config.arrivals,
        LibrarySettings: config.library,
        QuestionsSettings: config.questions,
        GatheringsSettings: config.gatherings,
        OffersSettings: config.offers,
        RecognitionSettings: config.recognition,
        ReportsSettings: config.reports,
        RitualsSettings: config.rituals,
        Year: config.year,
        Pulses: Pulses(),
    }
