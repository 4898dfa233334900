"""A guest: questions asked and backed beforehand, handed to the host, read out, thanked for."""

from datetime import UTC, datetime, time, timedelta

import pytest

from core.chat.actions import Action
from core.engagement import service as engagement
from rituals.catalog.guest import Guest
from rituals.models import Contribution, Occurrence
from tests.rituals import private, public, reaches
from tests.rituals.catalog.conftest import Three
from tests.village import Village, latest

AMA = Guest(
    slug="rencontre",
    title="La rencontre",
    hashtag="#Rencontre",
    weekday="friday",
    at=time(12, 30),
    link="visio.exemple.fr/rencontre",
    guest="Nadia Prune",
    host="Bob",
)
UNHOSTED = Guest.model_validate({**AMA.model_dump(), "host": "personne"})
BEGINS = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
PRICE = "Comment fixer un prix juste ?"
START = "Par où commencer, sans réseau ?"
of_ama = pytest.mark.parametrize("place", [(AMA,)], indirect=True)


async def two_questions(place: Village, three: Three) -> None:
    """Alice and Chloé ask, Bob and Chloé back Chloé's."""
    alice, bob, chloe = three
    await reaches(place, BEGINS - timedelta(hours=24))
    await alice.presses("Poser une question")
    await alice.fills({"question": PRICE})
    await chloe.presses("Poser une question")
    await chloe.fills({"La question": START})
    await bob.presses("Voir les questions")
    await bob.presses("Soutenir la question 2")


@of_ama
async def test_the_most_awaited_questions_come_first(place: Village, three: Three) -> None:
    alice, bob, chloe = three
    await two_questions(place, three)
    assert f"1. {START} (2 voix)" in latest(bob).text
    await reaches(place, BEGINS - timedelta(hours=2))
    (handed,) = private(bob, "Les questions pour Nadia Prune")
    assert handed.text.index(START) < handed.text.index(PRICE)
    assert not private(alice, "Les questions pour")
    await reaches(place, BEGINS)
    (begins,) = public(alice, "commence")
    assert begins.text.index(START) < begins.text.index(PRICE)
    assert "Chloé" not in begins.text
    await chloe.presses("J’y suis")
    await alice.presses("J’y suis")
    await reaches(place, BEGINS + timedelta(minutes=30))
    assert public(bob, "Merci Nadia Prune, et merci aux 2 personnes venues")
    about = (place.app.community, "rencontre", "2026-11-20")
    assert (await engagement.participation_in(*about)).people == 3


@of_ama
async def test_a_voice_is_taken_back_by_the_same_button(place: Village, three: Three) -> None:
    _, bob, _ = three
    await two_questions(place, three)
    await bob.presses("Reprendre ma voix (question 1)")
    assert "2 voix" not in latest(bob).text


@of_ama
async def test_nobody_asks_for_everybody(place: Village, three: Three) -> None:
    alice, bob, _ = three
    await reaches(place, BEGINS - timedelta(hours=24))
    await bob.presses("Voir les questions")
    assert "Pas encore de question" in latest(bob).text
    for number in range(4):
        await alice.presses("Poser une question")
        await alice.fills({"question": f"Une question, la numéro {number}."})
    assert "3 questions par personne" in latest(alice).text
    await alice.does(Action("rituals.take_back", "1"))
    await bob.does(Action("guest.back", "1"))
    assert "ne mène plus nulle part" in latest(bob).text


@of_ama
async def test_what_is_over_takes_no_question(place: Village, three: Three) -> None:
    alice, bob, _ = three
    await reaches(place, BEGINS + timedelta(hours=1))
    row = await Occurrence.get(date="2026-11-20")
    await alice.does(Action("guest.questions", str(row.id)))
    assert "est passé ou annulé" in latest(alice).text
    assert not private(bob, "Les questions pour")
    assert not public(bob, "Merci Nadia")
    assert not await Contribution.exists()


@pytest.mark.parametrize("place", [(UNHOSTED,)], indirect=True)
async def test_without_a_host_the_team_reads_the_questions(place: Village, three: Three) -> None:
    mona = place.admin("Mona")
    await two_questions(place, three)
    await reaches(place, BEGINS - timedelta(hours=2))
    assert [m.channel for m in mona.sees() if "Les questions pour" in m.text] == ["modération"]


@of_ama
async def test_the_preview_is_what_is_announced_and_what_begins(place: Village) -> None:
    mona = place.admin("Mona")
    await mona.runs("/rituel aperçu")
    assert "Avec Nadia Prune." in latest(mona).text
    await mona.does(Action("guest.questions", "999"))
    assert "ne mène plus nulle part" in latest(mona).text
