"""A vote: people are named, agree to stand, have one voice each, and learn who was chosen."""

from datetime import UTC, datetime, timedelta

import pytest

from core.chat.actions import Action
from rituals.backing import Backing
from rituals.catalog.vote import Vote
from rituals.models import Contribution, Occurrence, OccurrenceState
from tests.rituals import private, public, reaches
from tests.rituals.catalog.conftest import Three
from tests.village import Village, latest

VOTE = Vote(
    slug="ambassadeurs",
    title="Les ambassadeurs de l’année",
    hashtag="#Ambassadeurs",
    weekday="thursday",
    which=("second",),
    months=(12,),
    seats=1,
    text="Celles et ceux qui font vivre la communauté.",
)
DAY = datetime(2026, 12, 10, 8, tzinfo=UTC)
NAMES = DAY - timedelta(days=14)
CLOSES = DAY + timedelta(days=7)
WHY = "Toujours une réponse, jamais une leçon."
pytestmark = pytest.mark.parametrize("place", [(VOTE,)], indirect=True)


async def all_stand(place: Village, three: Three) -> None:
    """Alice names Bob, who agrees; Chloé names herself."""
    alice, bob, chloe = three
    await reaches(place, NAMES)
    await alice.presses("Proposer quelqu’un")
    await alice.fills({"who": "Bob", "why": WHY})
    await chloe.presses("Proposer quelqu’un")
    await chloe.fills({"Son nom": "Chloé", "Pourquoi cette personne ?": "J’aime accueillir."})
    await reaches(place, DAY - timedelta(days=1))
    await bob.presses("D’accord, je me présente")


async def test_one_voice_a_person_and_the_last_one_counts(place: Village, three: Three) -> None:
    alice, bob, chloe = three
    await all_stand(place, three)
    assert private(bob, "Vous êtes sur la liste")
    await reaches(place, DAY)
    (begins,) = public(alice, "le vote est ouvert")
    assert WHY in begins.text
    await alice.presses("Chloé")
    await alice.presses("Bob")
    assert "Votre voix va à Bob" in latest(alice).text
    await bob.presses("Chloé")
    await chloe.presses("Bob")
    await chloe.presses("Bob")
    assert await Backing.all().count() == 4
    await reaches(place, CLOSES)
    for person in three:
        (result,) = public(person, "3 personnes ont voté")
        assert result.text.endswith("Bob")
    await alice.presses("Chloé", on=begins)
    assert "est passé ou annulé" in latest(alice).text


async def test_who_says_no_is_not_on_the_list(place: Village, three: Three) -> None:
    alice, bob, chloe = three
    await all_stand(place, three)
    row = str((await Contribution.get(text=WHY)).id)
    await alice.does(Action("vote.decline", row))
    assert "proposé à quelqu’un d’autre" in latest(alice).text
    await bob.presses("Non merci")
    assert "personne n’en saura rien" in latest(bob).text
    for answer in ("vote.accept", "vote.decline"):
        await bob.does(Action(answer, row))
        assert "déjà réglé" in latest(bob).text
    await alice.opens("vote.name")
    await reaches(place, DAY)
    (begins,) = public(chloe, "le vote est ouvert")
    assert begins.buttons == ("Chloé",)
    await alice.does(Action("vote.for", row))
    assert "n’est plus sur la liste" in latest(alice).text
    await bob.does(Action("vote.accept", row))
    assert "est passé ou annulé" in latest(bob).text
    await reaches(place, CLOSES)
    assert not public(chloe, "ont voté")


async def test_nobody_stands_and_there_is_no_vote(place: Village, three: Three) -> None:
    alice, bob, _ = three
    await reaches(place, NAMES)
    await alice.presses("Proposer quelqu’un")
    await alice.fills({"who": "Personne d’ici", "why": WHY})
    assert alice.form is not None
    assert "@identifiant" in alice.form.errors["Son nom"]
    await alice.fills({"who": "Bob", "why": WHY})
    await alice.presses("Proposer quelqu’un")
    await alice.fills({"who": "Bob", "why": "Encore une fois, la même personne."})
    assert "Bob sera sur la liste avec son accord" in latest(alice).text
    assert await Contribution.all().count() == 1
    await reaches(place, DAY)
    assert not public(bob, "le vote est ouvert")
    row = await Occurrence.get(date="2026-12-10")
    assert row.state is OccurrenceState.SKIPPED
    await alice.presses("Proposer quelqu’un")
    await alice.fills({"who": "Alice", "why": WHY})
    assert "est passé ou annulé" in latest(alice).text


async def test_the_preview_shows_the_call_and_the_list(place: Village, three: Three) -> None:
    mona = place.admin("Mona")
    await mona.runs("/rituel aperçu")
    shown = latest(mona).text
    assert "Annoncé jeudi 26 novembre" in shown
    assert "Bouton : Proposer quelqu’un" in shown
    assert shown.endswith("rien, si personne n’a répondu d’ici là.")
    await all_stand(place, three)
    await mona.runs("/rituel aperçu")
    for words in ("qui mériterait d’être sur la liste", WHY, "J’aime accueillir"):
        assert words in latest(mona).text


async def test_a_stranger_to_the_charter_has_no_voice(place: Village, three: Three) -> None:
    await all_stand(place, three)
    await reaches(place, DAY)
    dan = place.person("Dan")
    await dan.presses("Bob")
    assert not await Backing.exists()
