"""Every command, button and form is tried by people of every rank, in every language."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bots import schema
from bots.rooms import ROOMS, routes, settings_of
from config.community import load
from core.chat.actions import Link
from core.chat.identity import Platform
from core.engine.app import App
from core.engine.database import transaction
from core.engine.help import help_routes
from core.engine.menu import RouteMenu
from core.engine.routes import Routes
from core.engine.texts import Texts
from rituals import catalog, runner
from rituals.rules import RitualSettings, RitualsSettings
from tests.contract.fits import STANDS, modal_faults
from tests.contract.walk import Remembering, Walker, kind
from tests.lexicon import LANGUAGES, LOCALES
from tests.rituals import reaches
from tests.village import Village, village

FILE = Path(__file__).parents[2] / "config" / "community.toml"
TONGUES = ("fr", "en", "fr@tu")
BEFORE, AFTER = 4, 5
"""Days: a turn is announced on a Thursday, and what is weekly takes place on a Monday."""
NEEDS: dict[str, dict[str, Any]] = {
    "guest": {"guest": "Nadia Roux, qualiticienne"},
    "open_question": {"questions": ["Que lisez-vous en ce moment ?"]},
    "poll": {"polls": [{"question": "Quel format ?", "choices": ["Court", "Long"]}]},
}
"""What a kind of ritual cannot do without; the others play as they come."""

CARDS = {
    "charter.accept",
    "onboarding.introduce",
    "questions.solved",
    "library.decline",
    "gatherings.publish",
    "gatherings.come",
    "gatherings.ics",
    "recognition.points",
    "recognition.joys",
    "rituals.pass",
    "rituals.now",
    "attention.never",
    "attention.leave",
    "meeting.come",
    "reports.definitions",
}
"""What people must have been offered, so that nothing here is proved on an empty town."""


def _programme() -> RitualsSettings:
    """One ritual a week of every kind there is."""
    tables = [
        {"slug": f"essai-{n}", "kind": name, "title": f"Essai {n}", "hashtag": f"#Essai{n}"}
        | NEEDS.get(name, {})
        for n, name in enumerate(catalog.names(), 1)
    ]
    return RitualsSettings(programme=tuple(RitualSettings.model_validate(t) for t in tables))


@asynccontextmanager
async def _town(platform: Platform) -> AsyncIterator[Village]:
    """A community that lives on that platform alone."""
    settings = {**settings_of(load(FILE)), RitualsSettings: _programme()}
    rooms = [*ROOMS, help_routes(Routes.of(ROOMS))]

    def alone(app: App) -> None:
        app.adapters = {platform: app.adapters[platform]}

    async with village(schema.MODULES, rooms, settings, prepare=alone, town=Remembering) as place:
        async with transaction():
            await runner.materialise(place.app.scene())
        yield place


class _Week:
    """A platform's people in ten days."""

    def __init__(self, place: Village, platform: Platform) -> None:
        self.place = place
        self.platform = platform
        town = place.adapters[platform]
        assert isinstance(town, Remembering)
        self.town = town
        self.quiet = [place.person(name, platform) for name in ("Karim", "Noé", "Inès")]
        people = [make(name, platform) for make, name in self._ranks(place)]
        for number, person in enumerate([*self.quiet, *people], 101):
            person.id = str(number)  # as every platform takes it
        first = tuple(Platform).index(platform)
        self.walkers = [
            Walker(person, town, TONGUES[(first + n) % 3]) for n, person in enumerate(people)
        ]

    @staticmethod
    def _ranks(place: Village) -> tuple[tuple[Any, str], ...]:
        return ((place.person, "Alice"), (place.moderator, "Modou"), (place.admin, "Ada"))

    async def passes(self) -> None:
        """Some come in and do nothing more; some try everything, on a Friday; Monday comes."""
        for person in self.quiet:
            await person.runs("/charte lire")
            await person.presses("J’accepte la charte")
        await self._help_each_other()
        await self._days(BEFORE)
        for walker in self.walkers:
            await walker.comes()
            await walker.runs_everything(self.quiet[0].name)
            await walker.person.opens_home()
        await self._days(AFTER)

    async def _days(self, number: int) -> None:
        for _ in range(number):
            await reaches(self.place, self.place.clock.now() + timedelta(days=1))
            for walker in self.walkers:
                await walker.looks()

    async def _help_each_other(self) -> None:
        karim, noe, _ = self.quiet
        asked = await karim.says("Qui connaît python ? #QuestionTechnique", channel="entraide")
        told = await noe.says("Oui : le tutoriel officiel suffit bien.", reply_to=asked)
        await karim.reacts(told, "✅")


@pytest.mark.parametrize("platform", Platform)
async def test_whatever_is_tried_is_answered_as_the_platform_shows_it(platform: Platform) -> None:
    async with _town(platform) as place:
        week = _Week(place, platform)
        await week.passes()
        said, home = week.town.said, week.town.workspace
        buttons = {kind(b) for m in said for b in m.buttons if not isinstance(b.does, Link)}
        failed = tuple(_beginning(place, language) for language in LANGUAGES)
    wrong = [fault for message in said for fault in STANDS[platform](message, home)]
    wrong += [message.text for message in said if message.text.startswith(failed)]
    assert wrong == []
    assert buttons >= CARDS
    assert any(message.poll for message in said)


def _beginning(place: Village, language: str) -> str:
    """How we say that something went wrong on our side."""
    return place.app.texts.label("error.unexpected", language, reference="")[:30]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_is_a_modal_that_opens(language: str) -> None:
    texts = Texts(LOCALES)

    async def nothing(*_: object) -> tuple[()]:
        return ()

    menu = RouteMenu(routes(), texts, nothing)
    forms = [menu.form(name, language) for name in routes().forms]
    assert [fault for form in forms for fault in modal_faults(form)] == []
