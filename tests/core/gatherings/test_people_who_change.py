import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.gatherings.models import Rsvp
from core.gatherings.rules import Standing
from core.members import linking
from core.members.models import LinkCode, Member
from tests.core.gatherings.acting import announces, card, presses, told
from tests.village import Village, latest


async def links(one: MemoryPerson, other: MemoryPerson) -> None:
    await one.runs("/lier")

    code = (await LinkCode.get()).code
    await other.runs(f"/lier {code}")


async def standings() -> list[str]:
    rows = await Rsvp.filter(member__absorbed_by=None).order_by("id")
    return [str(row.standing) for row in rows]


async def test_one_person_with_two_accounts_has_one_seat_and_the_other_goes_on(
    place: Village,
) -> None:
    await announces(place, capacity="2")
    alice, also = place.person("Alice"), place.person("Alice", "slack")
    bob = place.person("Bob")
    for person in (alice, also, bob):
        await presses(person, "Je viens")
    assert "à la place 1" in latest(bob).text
    await links(alice, also)
    await place.passes(minutes=2)
    assert told(bob, "Une place s’est libérée")
    assert "2 personnes viennent · complet" in card(bob).text
    await also.presses("Revenir en arrière")
    await place.passes(minutes=2)
    assert sorted(await standings()) == ["coming", "coming", "waiting"]


async def test_who_waits_with_one_account_has_the_seat_of_the_other(place: Village) -> None:
    await announces(place, capacity="1")
    alice, also, bob = place.person("Alice"), place.person("Alice", "slack"), place.person("Bob")
    await alice.says("bonjour")
    await presses(also, "Je viens")
    await presses(alice, "Je viens")
    await presses(bob, "Je viens")
    await links(alice, also)
    await place.passes(minutes=2)
    assert sorted(await standings()) == ["coming", "waiting"]
    assert not told(bob, "Une place s’est libérée")


async def test_the_seat_of_who_left_goes_on(place: Village) -> None:
    await announces(place, capacity="1")
    alice, bob = place.person("Alice"), place.person("Bob")
    await presses(alice, "Je viens")
    await presses(bob, "Je viens")
    await alice.leaves()
    await place.passes(minutes=2)
    assert told(bob, "Une place s’est libérée")
    await alice.joins()
    await alice.runs("/evenement voir")
    assert "à la place 1 de la liste d’attente" in latest(alice).text


async def test_whoever_presses_is_here_whatever_was_last_heard(place: Village) -> None:
    await announces(place, capacity="1")
    alice = place.person("Alice")
    await alice.says("bonjour")
    await alice.leaves()
    await presses(alice, "Je viens")
    assert "vous venez" in latest(alice).text
    await place.passes(minutes=1)
    assert "1 personne vient · complet" in card(alice).text


@pytest.mark.parametrize("choice", ["Je viens", "Me rappeler"])
async def test_everything_about_somebody_is_given_and_forgotten(
    place: Village, choice: str
) -> None:
    await announces(place)
    alice = place.person("Alice")
    await presses(alice, choice)

    member = await Member.get(name="Alice")
    held = await linking.export(member.id)
    table = "rsvp" if choice == "Je viens" else "gathering_reminder"
    assert held[table]
    await linking.forget(member.id)
    assert not any((await linking.export(member.id)).values())
    assert not await Rsvp.filter(standing=Standing.COMING).exists()
