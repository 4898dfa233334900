"""A ritual gathers fewer people each time: its builders are told once, and may act on it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.chat.actions import Action
from core.engagement import service as engagement
from core.engine.database import transaction
from core.members.models import Member
from rituals.falling import Proposal
from rituals.health import PROPOSED
from rituals.models import Occurrence, Ritual, RitualState
from tests.rituals import MONDAY, private, reaches
from tests.rituals.conftest import plays
from tests.rituals.test_catalog import QUESTION
from tests.village import Village, latest

FALLS = "rassemble un peu moins de monde"


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    async with plays((QUESTION,)) as made:
        yield made


async def gathers(place: Village, people: int) -> None:
    """So many people take part in the date that opened last, then a week goes by."""
    row = await Occurrence.filter(opened_at__isnull=False).order_by("-date").first()
    assert row is not None
    members = await Member.all().order_by("id").limit(people)
    async with transaction():
        for member in members:
            scene = place.app.scene()
            day = row.date.isoformat()
            home = place.person("Léa").account.platform
            await engagement.record_ritual(scene, member.id, home, QUESTION.slug, day, "x")
    await reaches(place, place.clock.now() + timedelta(days=7))


async def falls(place: Village, *people: int) -> MemoryPerson:
    """A builder, and a ritual that so many people take part in, week after week."""
    lea = place.admin("Léa")
    await lea.runs("/rituel liste")
    for number in range(max(people)):
        await Member.create(
            community=place.app.community, name=f"N° {number}", joined_at=place.clock.now()
        )
    await reaches(place, MONDAY + timedelta(hours=2))
    for count in people:
        await gathers(place, count)
    return lea


async def test_three_falls_are_told_once_with_their_figures(place: Village) -> None:
    lea = await falls(place, 9, 8, 7, 6)
    [told] = private(lea, FALLS)
    assert "23 novembre : 9 personnes" in told.text
    assert "14 décembre : 6 personnes" in told.text
    assert "Une proposition : changer de thème" in told.text
    await gathers(place, 4)
    await gathers(place, 3)
    assert len(private(lea, FALLS)) == 1


async def test_few_people_are_not_counted_out_loud(place: Village) -> None:
    lea = await falls(place, 6, 3, 2, 1)
    [told] = private(lea, FALLS)
    assert told.text.count("moins de 5 personnes") == 3
    assert "Une proposition : le laisser reposer" in told.text


async def test_what_goes_up_and_down_is_not_remarked_upon(place: Village) -> None:
    lea = await falls(place, 6, 5, 6, 5)
    assert not private(lea, FALLS)


async def test_the_proposal_is_one_button_away(place: Village) -> None:
    lea = await falls(place, 9, 8, 7, 6)
    [told] = private(lea, FALLS)
    bob = place.person("Bob")
    await bob.does(Action("rituals.rest", QUESTION.slug))
    assert "réservée à l’équipe" in latest(bob).text
    await lea.presses("Choisir un autre moment", on=told)
    await lea.fills({"when": "chaque mardi 12:00"})
    assert "désormais chaque mardi, 12:00" in latest(lea).text
    await lea.presses("Le laisser reposer", on=told)
    assert (await Ritual.get(slug=QUESTION.slug)).state is RitualState.PAUSED
    await lea.does(Action("rituals.rest", "inconnu"))
    assert "ne mène plus nulle part" in latest(lea).text


def test_every_proposal_has_words() -> None:
    assert PROPOSED.keys() == set(Proposal)
