"""A challenge: taken up, followed week by week in private, shown to all, thanked for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.actions import Action
from core.engagement import service as engagement
from rituals.catalog.challenge import FAR, Challenge, summed_up
from rituals.models import Occurrence
from tests.rituals import MONDAY, private, public, reaches
from tests.rituals.catalog.conftest import Three
from tests.village import Village, latest

CHALLENGE = Challenge(
    slug="defi",
    title="Un mois sans diapo",
    hashtag="#SansDiapo",
    which=("fourth",),
    weeks=3,
    text="Une séance par semaine, sans aucune diapositive.",
)
WEEK = timedelta(weeks=1)
of_challenge = pytest.mark.parametrize("place", [(CHALLENGE,)], indirect=True)


@of_challenge
async def test_a_challenge_from_the_first_day_to_the_thanks(place: Village, three: Three) -> None:
    alice, bob, chloe = three
    await reaches(place, MONDAY)
    assert public(bob, "Jusqu’au lundi 14 décembre")
    await alice.presses("Je relève le défi")
    await bob.presses("Je relève le défi")
    assert private(bob, "est lancé pour vous")
    await reaches(place, MONDAY + WEEK)
    await alice.presses("50 %")
    await bob.presses("25 %")
    await bob.presses("100 %")
    assert private(bob, "c’est fait")
    assert not private(chloe, "où en êtes-vous")
    await reaches(place, MONDAY + 2 * WEEK)
    for person in three:
        assert public(person, "2 personnes sont en route, à 75 % en moyenne.")
    assert len(private(alice, "où en êtes-vous")) == 2
    assert len(private(bob, "où en êtes-vous")) == 1
    await reaches(place, MONDAY + 3 * WEEK)
    assert public(chloe, "2 personnes l’ont relevé ; arrivées au bout : 1.")
    about = (place.app.community, "defi", "2026-11-23")
    assert (await engagement.participation_in(*about)).people == 2
    await chloe.presses("Je relève le défi")
    assert "est passé ou annulé" in latest(chloe).text


@of_challenge
async def test_who_gives_it_up_is_asked_nothing_more(place: Village, three: Three) -> None:
    alice, bob, _ = three
    await reaches(place, MONDAY)
    await alice.presses("Je relève le défi")
    await alice.presses("Quitter le défi")
    assert "sans regret" in latest(alice).text
    await reaches(place, MONDAY + 3 * WEEK)
    assert not private(alice, "où en êtes-vous")
    assert not public(bob, "Fin de")


@of_challenge
async def test_only_who_joined_says_how_far_they_are(place: Village, three: Three) -> None:
    alice, bob, _ = three
    await reaches(place, MONDAY)
    row = (await Occurrence.get(date="2026-11-23")).id
    await alice.presses("Je relève le défi")
    await bob.does(Action("challenge.progress", f"{row}:50"))
    assert "il faut d’abord relever" in latest(bob).text
    await alice.does(Action("challenge.progress", f"{row}:999"))
    assert "il faut d’abord relever" in latest(alice).text
    await alice.does(Action("challenge.progress", f"{row}:50"))
    mona = place.admin("Mona")
    await mona.runs("/rituel aperçu")
    to_come = await Occurrence.get(date="2026-12-28")
    await alice.does(Action("challenge.join", str(to_come.id)))
    assert "passé ou annulé" in latest(alice).text


@of_challenge
async def test_the_preview_is_what_begins_it(place: Village) -> None:
    mona = place.admin("Mona")
    await mona.runs("/rituel aperçu")
    assert "sans aucune diapositive" in latest(mona).text


@given(st.lists(st.sampled_from((0, *FAR))))
def test_the_average_lies_between_the_least_and_the_most(far: list[int]) -> None:
    average, through = summed_up(far)
    assert min(far, default=0) <= average <= max(far, default=0)
    assert through == far.count(100)
