"""The Friday coffee: announced, recalled to those who come, opened, counted, thanked for."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from core.chat.actions import Action
from core.engagement import service as engagement
from core.engine.database import transaction
from rituals import dates, runner
from rituals.catalog.meeting import Meeting
from rituals.models import OccurrenceState, Presence
from tests.rituals import enters, private, public, reaches
from tests.village import Village, latest

COFFEE = Meeting(
    slug="cafe",
    title="Café virtuel",
    hashtag="#CaféVirtuel",
    weekday="friday",
    at=time(12, 30),
    link="visio.exemple.fr/cafe",
    icebreakers=("Votre outil préféré ?",),
    text="Sans caméra, c’est très bien aussi.",
)
FRIDAY_NOON = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
DATE = ("cafe", "2026-11-20")

pytestmark = pytest.mark.parametrize("place", [(COFFEE,)], indirect=True)


async def announced(place: Village) -> None:
    await reaches(place, FRIDAY_NOON - timedelta(hours=24))


async def test_a_coffee_from_its_announcement_to_the_thanks(place: Village) -> None:
    alice, bob = await enters(place, "Alice"), await enters(place, "Bob", "slack")
    chloe = await enters(place, "Chloé", "telegram")
    await announced(place)
    for person in (alice, bob, chloe):
        assert public(person, "Café virtuel : vendredi 20 novembre, 12:30, 30 minutes.")
    await alice.presses("Je viens")
    assert private(alice, "Je vous le rappelle 15 minutes avant")
    await chloe.presses("Je viens")
    await chloe.presses("Finalement, je ne viens pas")
    await reaches(place, FRIDAY_NOON - timedelta(minutes=15))
    assert private(alice, "commence bientôt")
    assert not private(chloe, "commence bientôt")
    await reaches(place, FRIDAY_NOON)
    assert public(bob, "Votre outil préféré ?")
    await alice.presses("J’y suis")
    await bob.presses("J’y suis")
    await bob.presses("J’y suis")
    assert "déjà notée" in latest(bob).text
    about = (place.app.community, *DATE)
    assert (await engagement.participation_in(*about)).people == 2
    await reaches(place, FRIDAY_NOON + timedelta(minutes=30))
    assert len(public(chloe, "2 personnes sont venues à « Café virtuel ».")) == 1
    await chloe.presses("J’y suis")
    assert "est passé ou annulé" in latest(chloe).text
    assert (await engagement.participation_in(*about)).people == 2


async def test_nobody_came_and_nothing_is_remarked(place: Village) -> None:
    alice = await enters(place, "Alice")
    await reaches(place, FRIDAY_NOON + timedelta(hours=2))
    assert public(alice, "commence")
    assert not public(alice, "Merci")


async def test_the_preview_is_what_is_announced_and_what_opens_it(place: Village) -> None:
    mona = place.admin("Mona")
    await mona.runs("/rituel aperçu")
    shown = latest(mona).text
    await reaches(place, FRIDAY_NOON)
    for text in ("vendredi 20 novembre, 12:30, 30 minutes", "Votre outil préféré"):
        assert public(mona, text)[0].text in shown


async def test_a_skipped_coffee_tells_those_who_would_come(place: Village) -> None:
    alice, bob = await enters(place, "Alice"), await enters(place, "Bob", "slack")
    mona = place.admin("Mona")
    await announced(place)
    await alice.presses("Je viens")
    await mona.runs("/rituel passer")
    told = private(alice, "n’aura pas lieu vendredi 20 novembre, 12:30")
    assert "Prochaine date : vendredi 27 novembre, 12:30" in told[0].text
    assert not private(bob, "n’aura pas lieu")
    await bob.presses("Je viens")
    assert "est passé ou annulé" in latest(bob).text


async def test_the_button_of_presence_waits_for_the_beginning(place: Village) -> None:
    alice = await enters(place, "Alice")
    await announced(place)
    row = (await dates.coming(place.app.scene(), COFFEE)).row.id
    await alice.does(Action("meeting.there", str(row)))
    assert "le bouton servira à ce moment-là" in latest(alice).text
    await alice.does(Action("meeting.there", "999"))
    assert "ne mène plus nulle part" in latest(alice).text
    await reaches(place, FRIDAY_NOON)
    await alice.does(Action("meeting.come", str(row)))
    assert "c’est le moment d’entrer" in latest(alice).text


async def test_who_changes_their_mind_at_the_last_moment_is_not_reminded(place: Village) -> None:
    alice = await enters(place, "Alice")
    await announced(place)
    await alice.presses("Je viens")
    adapter = place.app.adapters.pop(alice.town.platform)
    await reaches(place, FRIDAY_NOON - timedelta(minutes=15))
    place.app.adapters[alice.town.platform] = adapter
    await Presence.all().update(coming=False)
    await place.passes(minutes=5)
    assert not private(alice, "commence bientôt")


async def test_one_person_on_two_platforms_is_counted_once(place: Village) -> None:
    alice, twin = await enters(place, "Alice"), await enters(place, "Alice B", "slack")
    await reaches(place, FRIDAY_NOON)
    await alice.presses("J’y suis")
    await twin.presses("J’y suis")
    await alice.runs("/lier")
    await twin.runs(f"/lier {latest(alice).text.split(' : ')[1][:8]}")
    await reaches(place, FRIDAY_NOON + timedelta(minutes=30))
    assert public(alice, "1 personne est venue")


async def test_a_coffee_after_an_outage_is_let_go(place: Village) -> None:
    alice = await enters(place, "Alice")
    place.clock.move_to(FRIDAY_NOON + timedelta(hours=7))
    await place.app.settle()
    await place.passes(minutes=30)
    assert not public(alice, "commence")
    async with transaction():
        scene = place.app.scene()
        found = await dates.appointment(scene, COFFEE, date(2026, 11, 20))
    assert found.row.state is OccurrenceState.SKIPPED
    assert await runner.publish(scene, found) is None
