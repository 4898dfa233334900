from datetime import timedelta

from core.engine.database import transaction
from core.engine.models import OutboxMessage
from core.gatherings import telling
from core.gatherings.models import Gathering
from tests.core.gatherings.acting import CAFE, announces, edits, only, presses, reads_in, told
from tests.village import Village, latest


async def test_only_who_asked_is_reminded_on_their_own_clock(place: Village) -> None:
    await announces(place)
    alice, bob = place.person("Alice", "slack"), place.person("Bob")
    await reads_in(alice, "montréal")
    await presses(alice, "Me rappeler")
    assert "mercredi 2 décembre à 12:30 · jeudi 3 décembre à 11:30" in latest(alice).text
    await presses(bob, "Je viens")
    await place.until((await only()).starts)
    reminders = told(alice, "C’est bientôt")
    assert [(m.at.day, m.at.hour) for m in reminders] == [(2, 17), (3, 16)]
    assert "de 12:30 à 14:00 (heure de Montreal)" in reminders[0].text
    assert not told(bob, "C’est bientôt")


async def test_after_a_stop_only_the_nearest_reminder_is_sent(place: Village) -> None:
    await announces(place)
    alice = place.person("Alice")
    await presses(alice, "Me rappeler")
    place.clock.move_to((await only()).starts - timedelta(minutes=30))
    await place.app.settle()
    assert len(told(alice, "C’est bientôt")) == 1


async def test_a_reminder_is_taken_back(place: Village) -> None:
    await announces(place)
    alice = place.person("Alice")
    await presses(alice, "Me rappeler")
    await presses(alice, "Me rappeler")
    await alice.presses("Ne plus me rappeler")
    assert f"pas de rappel pour {CAFE}" in latest(alice).text
    await place.until((await only()).ends)
    assert not told(alice, "C’est bientôt")


async def test_who_does_not_come_is_not_reminded(place: Village) -> None:
    await announces(place)
    alice = place.person("Alice")
    await presses(alice, "Me rappeler")
    await presses(alice, "Je ne viens plus")
    await place.until((await only()).ends)
    assert not told(alice, "C’est bientôt")


async def test_what_begins_too_soon_is_said_so(place: Village) -> None:
    await announces(place, when="aujourd’hui 9h30")
    alice = place.person("Alice")
    await presses(alice, "Me rappeler")
    assert "commence très bientôt" in latest(alice).text


async def test_a_new_date_is_reminded_of_and_the_old_one_is_not(place: Village) -> None:
    host = await announces(place)
    alice = place.person("Alice")
    await presses(alice, "Me rappeler")
    await edits(host, when="jeudi 10 décembre 18h30")
    await place.until((await only()).starts)
    assert [m.at.day for m in told(alice, "C’est bientôt")] == [9, 10]


async def test_a_reminder_that_waits_is_not_sent_once_the_date_moved(place: Village) -> None:
    await announces(place)
    alice = place.person("Alice")
    await presses(alice, "Me rappeler")
    row = await only()
    scene = place.app.scene()

    async with transaction():
        await telling.remind(scene, row)
        later = row.starts + timedelta(days=7)
        await Gathering.filter(id=row.id).update(starts=later, ends=later + timedelta(hours=1))
    await place.passes(minutes=1)
    assert not told(alice, "C’est bientôt")
    assert not await OutboxMessage.filter(guard="gatherings.ahead", state="due").exists()
