from datetime import timedelta

import pytest

from core.chat.actions import Action
from core.chat.identity import Platform
from core.engagement.models import Activity
from core.engagement.rules import Kind
from core.members.models import Member, MemberAccount
from core.recognition.festivities import Joy, Milestone
from core.recognition.models import Celebration, CommonJoy
from tests.core.recognition.acting import celebrates, comes, helps, joined, linked, public
from tests.village import START, Village, latest, seen


def share(number: int) -> Action:
    """The button of a celebration."""
    return Action("recognition.share", str(number))


async def test_a_year_among_us_is_said_to_all_only_by_who_agrees(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    for person in (alice, bob):
        await person.runs("/moi")
    await joined("Alice", 365)
    await celebrates(place)
    assert seen(alice, "Un an que vous êtes parmi nous")
    assert not public(bob, "depuis un an")
    await alice.presses("Oui, avec tout le monde")
    assert len(public(bob, "Alice est parmi nous depuis un an")) == 1


async def test_nothing_is_celebrated_twice(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi")
    await joined("Alice", 365)
    for _ in range(3):
        await celebrates(place)
        place.clock.advance(days=1)
    assert len(seen(alice, "Un an que vous êtes parmi nous")) == 1
    await alice.presses("Oui, avec tout le monde")
    row = await Celebration.get()
    await alice.does(share(row.id))
    assert "C’est déjà réglé" in latest(alice).text
    assert len(public(alice, "depuis un an")) == 1


async def test_a_round_that_was_missed_is_caught_up(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi")
    await joined("Alice", 365 + 5)
    await celebrates(place)
    assert seen(alice, "Un an que vous êtes parmi nous")


@pytest.mark.parametrize("days", [358, 372])
async def test_a_year_is_neither_early_nor_a_week_late(place: Village, days: int) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi")
    await joined("Alice", days)
    await celebrates(place)
    assert not seen(alice, "que vous êtes parmi nous")


async def test_what_stays_between_us_is_not_said(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi")
    await joined("Alice", 365)
    await celebrates(place)
    await alice.presses("Non, entre nous")
    assert seen(alice, "Cela reste entre nous")
    assert not public(alice, "depuis un an")


async def test_somebody_elses_celebration_is_refused_kindly(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await alice.runs("/moi")
    await joined("Alice", 365)
    await celebrates(place)
    row = await Celebration.get()
    await bob.does(share(row.id))
    assert "appartient à quelqu’un d’autre" in latest(bob).text
    assert not public(bob, "depuis un an")


async def test_each_kind_can_be_declined_and_wanted_again(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi fêtes")
    await alice.presses("Arrêter : Anniversaires d’arrivée")
    assert "Anniversaires d’arrivée : non" in latest(alice).text
    await joined("Alice", 365)
    await celebrates(place)
    assert not seen(alice, "Un an que vous êtes parmi nous")
    await alice.runs("/moi")
    await alice.presses("Ce que l’on fête")
    await alice.presses("Fêter : Anniversaires d’arrivée")
    assert "Anniversaires d’arrivée : oui" in latest(alice).text
    await joined("Alice", 730)
    await celebrates(place)
    assert seen(alice, "2 ans que vous êtes parmi nous")


async def test_what_is_asked_can_be_declined_for_good(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi")
    await joined("Alice", 365)
    await celebrates(place)
    await alice.presses("Ne plus fêter cela")
    await joined("Alice", 730)
    await celebrates(place)
    assert not seen(alice, "2 ans que vous")


async def test_an_unknown_kind_is_no_kind(place: Village) -> None:
    alice = place.person("Alice")
    await alice.does(Action("recognition.mute", "everything"))
    assert "Je ne retrouve plus" in latest(alice).text


async def test_who_is_discreet_is_not_asked_to_be_named(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi discret")
    await joined("Alice", 365)
    await celebrates(place)
    (told,) = seen(alice, "Un an que vous êtes parmi nous")
    assert told.buttons == ()


async def test_who_becomes_discreet_meanwhile_is_not_asked_any_more(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi")
    await joined("Alice", 365)
    await celebrates(place)
    asks = share((await Celebration.get()).id)
    assert await place.app.scene().wanted(asks)
    await alice.runs("/moi discret")
    assert not await place.app.scene().wanted(asks)


async def test_whoever_is_on_leave_learns_of_a_badge_on_their_return(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    for _ in range(5):
        await helps(alice, bob, solved=True)
    await alice.runs("/pause 3 jours")
    await celebrates(place)
    assert not seen(alice, "Un badge pour vous")
    place.clock.advance(days=4)
    await place.app.settle()
    assert seen(alice, "Un badge pour vous")


async def test_a_badge_is_told_with_its_reason_and_kept(place: Village) -> None:
    alice = place.person("Alice")
    askers = [place.person(name) for name in ("Bob", "Chloé", "David", "Emma", "Farid")]
    for asker in askers:
        await helps(alice, asker, solved=True)
        await helps(alice, asker)
    await celebrates(place)
    assert seen(alice, "Mentorat : 10 questions aidées en un an")
    (told,) = seen(alice, "Expertise : 5 réponses ont résolu une question en un an")
    assert not public(askers[0], "Expertise")
    await alice.presses("Oui, avec tout le monde", on=told)
    assert public(askers[0], "Un badge pour Alice. Expertise : 5 réponses")
    place.clock.advance(days=400)
    await alice.runs("/moi")
    assert "Mentorat : 10 questions" in seen(alice, "Vos chiffres")[-1].text


async def test_a_certification_is_celebrated_if_its_owner_likes(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    other = place.person("Alice B", "slack")
    for person in (alice, bob, other):
        await person.runs("/moi")
    await linked(alice, other)
    row = await Member.get(name="Alice B")
    scene = place.app.scene()
    await scene.later("recognition.certified", f"{row.id}:RS6776 : piloter", place.clock.now())
    await place.app.settle()
    told = [*seen(alice, "Certification obtenue"), *seen(other, "Certification obtenue")]
    assert ["RS6776 : piloter" in message.text for message in told] == [True]
    await (alice if seen(alice, "Certification") else other).presses("Oui, avec tout le monde")
    assert public(bob, "Alice a obtenu la certification RS6776 : piloter")


@pytest.mark.parametrize("key", ["0:RS1", "oops", "999:RS1"])
async def test_a_certification_of_nobody_is_celebrated_by_nobody(place: Village, key: str) -> None:
    await place.app.scene().later("recognition.certified", key, place.clock.now())
    await place.app.settle()
    assert not await Celebration.exists()


async def test_a_hundred_people_are_celebrated_once_and_linked_accounts_are_one(
    place: Village,
) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi")
    community = place.app.community
    people = [Member(community=community, name=f"P{n}", joined_at=START) for n in range(99)]
    await Member.bulk_create(people)
    first = await Member.filter(name="P0").first()
    assert first
    await Member.filter(id=first.id).update(absorbed_by=1)
    await celebrates(place)
    assert not seen(alice, "Nous sommes 100")
    await Member.filter(id=first.id).update(absorbed_by=None)
    for _ in range(2):
        await celebrates(place)
    assert len(public(alice, "Nous sommes 100.")) == 1
    assert not await MemberAccount.exists(name="P0")


async def test_a_thousand_messages_are_celebrated(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi")
    who = await Member.get(name="Alice")
    rows = [
        Activity(
            community=place.app.community,
            member=who,
            platform=Platform.DISCORD,
            kind=Kind.MESSAGE,
            key=str(n),
            at=START,
        )
        for n in range(1000)
    ]
    await Activity.bulk_create(rows)
    await celebrates(place)
    assert public(alice, "1000 messages échangés ici")


async def test_counting_ends_with_the_last_step(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi")
    await CommonJoy.create(
        community=place.app.community, kind=Milestone.CONTRIBUTIONS, number=1_000_000, at=START
    )
    await celebrates(place)
    assert not seen(alice, "messages échangés")


async def test_the_community_has_its_birthday(place: Village) -> None:
    alice = place.person("Alice")
    await celebrates(place)
    await alice.runs("/moi fêtes")
    await alice.presses("Arrêter : Anniversaires d’arrivée")
    await joined("Alice", 365)
    await celebrates(place)
    assert public(alice, "Notre communauté a un an")
    assert Joy.ANNIVERSARY not in [row.kind for row in await Celebration.all() if row.shared_at]


async def test_the_daily_round_comes_by_itself(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi")
    await joined("Alice", 364)
    await comes(place, START + timedelta(days=1, hours=2))
    assert seen(alice, "Un an que vous êtes parmi nous")
