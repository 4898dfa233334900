"""When a ritual falls, and what was changed of it, in words."""

from collections.abc import Mapping
from typing import Any

import pytest

from core.engine.texts import Texts
from rituals import changes, pages
from rituals.models import RitualChange
from rituals.rules import RitualSettings
from tests.rituals import LUNDI_ASTUCE
from tests.rituals.test_catalog import QUESTION
from tests.rituals.test_changes import ONLY_QUESTION, doing
from tests.village import LOCALES, Village, latest

TEXTS = Texts(LOCALES)


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        ({}, "chaque lundi, 09:00", "every Monday, 09:00"),
        (
            {"which": ("last", "first")},
            "le premier et dernier lundi du mois, 09:00",
            "the first and last Monday of the month, 09:00",
        ),
        (
            {"months": (3, 9)},
            "chaque lundi (mars, septembre), 09:00",
            "every Monday (March, September), 09:00",
        ),
        (
            {"months": tuple(month for month in range(1, 13) if month != 8)},
            "chaque lundi (sauf août), 09:00",
            "every Monday (except August), 09:00",
        ),
        (
            {"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"},
            "un jeudi sur deux, 09:00",
            "every other Thursday, 09:00",
        ),
        (
            {"rrule": "FREQ=MONTHLY;BYMONTHDAY=15;BYMONTH=3,9"},
            "le 15 du mois (mars, septembre), 09:00",
            "on day 15 of the month (March, September), 09:00",
        ),
        ({"rrule": "FREQ=MONTHLY;BYMONTHDAY=15"}, "le 15 du mois, 09:00", None),
        ({"rrule": "FREQ=DAILY"}, "FREQ=DAILY, 09:00", None),
    ],
)
def test_a_rhythm_is_said_as_people_say_it(
    value: Mapping[str, Any], french: str, english: str | None
) -> None:
    ritual = RitualSettings.model_construct(None, **value)
    assert pages.rhythm(TEXTS, "fr", ritual) == french
    if english:
        assert pages.rhythm(TEXTS, "en", ritual) == english


@ONLY_QUESTION
async def test_what_the_file_could_say_is_told_by_its_name(place: Village) -> None:
    lea = place.admin("Léa")
    await lea.runs("/rituel liste")
    async with doing(place) as scene:
        await changes.set_to(scene, QUESTION, {"questions": ["Une autre ?"]}, None)
    await lea.runs("/rituel liste")
    assert "questions changé par quelqu’un le 16 novembre." in latest(lea).text
    await lea.runs("/rituel historique")
    assert "quelqu’un : autres réglages (questions)" in latest(lea).text


async def test_a_pause_with_an_end_is_told_with_it(place: Village) -> None:
    lea = place.admin("Léa")
    async with doing(place) as scene:
        until = scene.local(scene.now).date().replace(day=30)
        await changes.pause(scene, LUNDI_ASTUCE, None, until=until)
    await lea.runs("/rituel historique")
    assert "mis en pause jusqu’au lundi 30 novembre" in latest(lea).text


async def test_a_change_that_is_not_right_any_more_is_still_told(place: Village) -> None:
    lea = place.admin("Léa")
    await lea.runs("/rituel déplacer lundi-astuce chaque dimanche 10h")
    row = await RitualChange.get()
    row.value = {"weekday": "friday"}
    await row.save()
    await lea.runs("/rituel historique")
    assert "Léa : un réglage" in latest(lea).text
