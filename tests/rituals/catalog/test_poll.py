"""A poll as people see it: asked everywhere, counted once a person, its result said."""

from datetime import timedelta

import pytest

from core.engagement import service as engagement
from rituals.catalog.poll import Asked, Poll
from rituals.handlers import everything
from tests.rituals import MONDAY, enters, public, reaches
from tests.village import Village, latest

POLL = Poll(
    slug="sondage",
    title="Le sondage",
    hashtag="#Sondage",
    polls=(Asked(question="Quel jour vous convient ?", choices=("Lundi", "Jeudi")),),
    text="Pour le prochain café.",
)
pytestmark = pytest.mark.parametrize("place", [(POLL,)], indirect=True)


async def test_each_person_is_counted_once_over_three_platforms(place: Village) -> None:
    alice, bob = await enters(place, "Alice"), await enters(place, "Bob", "slack")
    chloe = await enters(place, "Chloé", "telegram")
    await reaches(place, MONDAY)
    await alice.votes("Lundi")
    await bob.votes("Lundi")
    await bob.votes("Jeudi")
    await chloe.votes("Jeudi")
    await reaches(place, MONDAY + timedelta(days=3))
    for person in (alice, bob, chloe):
        said = public(person, "Merci à qui a voté pour « Le sondage ».")
        assert len(said) == 1
        assert "Jeudi" in said[0].text
    about = (place.app.community, "sondage", "2026-11-23")
    assert (await engagement.participation_in(*about)).people == 3


async def test_the_preview_shows_the_question_and_its_answers(place: Village) -> None:
    mona = place.admin("Mona")
    await mona.runs("/rituel aperçu")
    for words in ("Pour le prochain café.", "Quel jour vous convient ?", "Lundi", "Jeudi"):
        assert words in latest(mona).text


async def test_nobody_voted_and_nothing_is_remarked(place: Village) -> None:
    alice = await enters(place, "Alice")
    await reaches(place, MONDAY + timedelta(days=4))
    assert not public(alice, "Merci")


async def test_a_count_that_comes_after_the_ritual_left_says_nothing(place: Village) -> None:
    alice = await enters(place, "Alice")
    await everything().jobs["poll.counted"].handler(place.app.scene(), "999")
    assert not public(alice, "Merci")
