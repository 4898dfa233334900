from datetime import UTC, datetime, timedelta

from core.chat.actions import Action
from core.members.models import Member
from core.recognition import champions
from core.recognition.models import Champion, Seat
from tests.core.recognition.acting import comes, helps, linked, public
from tests.village import Village, latest, seen

FIRST_MONDAY = datetime(2026, 12, 7, 9, tzinfo=UTC)
"""10:00 in Paris, after the list was made."""
NEXT_MONTH = datetime(2027, 1, 4, 9, tzinfo=UTC)


async def help_is_given(place: Village, before: datetime) -> None:
    """Bob helps twice, Chloé once, three days before."""
    await comes(place, before - timedelta(days=3))
    alice = place.person("Alice")
    for _ in range(2):
        await helps(place.person("Bob"), alice)
    await helps(place.person("Chloé"), alice)


async def listed(place: Village) -> None:
    """Ada is shown the list of December."""
    await place.admin("Ada").runs("/moi")
    await help_is_given(place, FIRST_MONDAY)
    await comes(place, FIRST_MONDAY)


async def test_a_human_confirms_and_the_person_accepts(place: Village) -> None:
    await listed(place)
    ada, bob, alice = (place.person(name) for name in ("Ada", "Bob", "Alice"))
    (told,) = seen(ada, "Champions du mois")
    assert "Bob, 10 points : 2 questions aidées" in told.text
    assert "Chloé" not in told.text
    assert not seen(bob, "champion")
    await ada.presses("Proposer à Bob")
    assert "Je pose la question à Bob" in latest(ada).text
    assert seen(bob, "champion·ne du mois")
    assert not public(alice, "champion")
    await bob.presses("J’accepte")
    assert public(alice, "Bob est champion·ne du mois")
    assert not seen(bob, "Un badge pour vous")
    await bob.runs("/moi")
    assert "Champion·ne : 1 place acceptée" in latest(bob).text


async def test_a_place_may_be_declined_and_nothing_follows(place: Village) -> None:
    await listed(place)
    ada, bob = place.person("Ada"), place.person("Bob")
    await ada.presses("Proposer à Bob")
    await bob.presses("Non merci")
    assert "sans aucune suite" in latest(bob).text
    row = await Champion.get()
    assert row.state is Seat.DECLINED
    for name in ("accept", "decline"):
        await bob.does(Action(f"recognition.{name}", str(row.id)))
        assert "C’est déjà réglé" in latest(bob).text
    assert not public(ada, "est champion·ne")
    await ada.presses("Proposer à Bob")
    assert "déjà été sollicité" in latest(ada).text


async def test_only_a_builder_confirms_and_only_who_was_asked_accepts(place: Village) -> None:
    await listed(place)
    bob, chloe = place.person("Bob"), place.person("Chloé")
    row = await Champion.get()
    await chloe.does(Action("recognition.confirm", str(row.id)))
    assert (await Champion.get()).state is Seat.LISTED
    await place.person("Ada").presses("Proposer à Bob")
    await chloe.does(Action("recognition.accept", str(row.id)))
    assert "appartient à quelqu’un d’autre" in latest(chloe).text
    for name in ("confirm", "accept"):
        who = place.person("Ada") if name == "confirm" else bob
        await who.does(Action(f"recognition.{name}", "999"))
        assert "Je ne retrouve plus" in latest(who).text
    assert (await Champion.get()).state is Seat.CONFIRMED


async def test_who_is_discreet_is_neither_listed_nor_asked(place: Village) -> None:
    await place.admin("Ada").runs("/moi")
    await place.person("Bob").runs("/moi discret")
    await help_is_given(place, FIRST_MONDAY)
    await comes(place, FIRST_MONDAY)
    ada, chloe = place.person("Ada"), place.person("Chloé")
    (told,) = seen(ada, "Champions du mois")
    assert "Bob" not in told.text
    await chloe.runs("/moi discret")
    await ada.presses("Proposer à Chloé")
    assert "préfère la discrétion" in latest(ada).text
    assert not seen(chloe, "champion·ne du mois")


async def test_who_becomes_discreet_meanwhile_is_not_announced(place: Village) -> None:
    await listed(place)
    bob = place.person("Bob")
    await place.person("Ada").presses("Proposer à Bob")
    await bob.runs("/moi discret")
    await bob.presses("J’accepte")
    assert "Merci, et bravo" in "".join(message.text for message in bob.sees())
    assert not public(bob, "est champion·ne")


async def test_what_waits_for_its_moment_is_not_asked_once_it_makes_no_sense(
    place: Village,
) -> None:
    await listed(place)
    scene, row = place.app.scene(), await Champion.get()
    assert not await scene.wanted(Action("recognition.accept", str(row.id)))
    await place.person("Ada").presses("Proposer à Bob")
    assert await scene.wanted(Action("recognition.accept", str(row.id)))
    await place.person("Bob").runs("/moi discret")
    assert not await scene.wanted(Action("recognition.accept", str(row.id)))
    assert not await scene.wanted(Action("recognition.accept", "999"))


async def test_places_rotate(place: Village) -> None:
    await listed(place)
    ada, bob = place.person("Ada"), place.person("Bob")
    await ada.presses("Proposer à Bob")
    await bob.presses("J’accepte")
    await help_is_given(place, NEXT_MONTH)
    await comes(place, NEXT_MONTH)
    told = seen(ada, "Champions du mois")[-1]
    assert "Chloé" in told.text
    assert "Bob" not in told.text


async def test_a_second_place_is_counted_too(place: Village) -> None:
    await listed(place)
    bob = place.person("Bob")
    who, here = await Member.get(name="Bob"), place.app.community
    for month, state in (("2026-10", Seat.HELD), ("2026-11", Seat.DECLINED)):
        await Champion(
            community=here, member=who, month=month, points=10, state=state, at=FIRST_MONDAY
        ).save()
    await place.person("Ada").presses("Proposer à Bob")
    await bob.presses("J’accepte")
    await bob.runs("/moi")
    assert "Champion·ne : 2 places acceptées" in latest(bob).text


async def test_a_month_gone_by_has_no_more_champions(place: Village) -> None:
    await listed(place)
    ada, bob = place.person("Ada"), place.person("Bob")
    december, (told,) = await Champion.get(), seen(ada, "Champions du mois")
    await ada.presses("Proposer à Bob")
    await help_is_given(place, NEXT_MONTH)
    await comes(place, NEXT_MONTH)
    assert not await place.app.scene().wanted(Action("recognition.accept", str(december.id)))
    await bob.presses("J’accepte")
    assert seen(bob, "un mois qui est passé")
    await ada.presses("Proposer à Bob", on=told)
    assert "un mois qui est passé" in latest(ada).text
    assert not public(ada, "est champion·ne")


async def test_a_month_has_one_list_and_only_its_first_monday(place: Village) -> None:
    await listed(place)
    ada = place.person("Ada")
    await help_is_given(place, FIRST_MONDAY + timedelta(days=7))
    await comes(place, FIRST_MONDAY + timedelta(days=7))
    assert len(seen(ada, "Champions du mois")) == 1
    assert await Champion.all().count() == 1


async def test_a_list_that_was_made_is_not_made_again(place: Village) -> None:
    await listed(place)
    await champions.propose(place.app.scene(), FIRST_MONDAY.date())
    await place.app.settle()
    assert len(seen(place.person("Ada"), "Champions du mois")) == 1


async def test_who_cannot_be_asked_stays_on_the_list(place: Village) -> None:
    await listed(place)
    await place.person("Bob").leaves()
    ada = place.person("Ada")
    await ada.presses("Proposer à Bob")
    assert "ne peut pas être sollicité" in latest(ada).text
    assert (await Champion.get()).state is Seat.LISTED


async def test_nobody_is_listed_when_nobody_helped(place: Village) -> None:
    ada = place.admin("Ada")
    await ada.runs("/moi")
    await comes(place, FIRST_MONDAY)
    assert not seen(ada, "Champions du mois")


async def test_a_place_follows_a_link(place: Village) -> None:
    await listed(place)
    bob, other = place.person("Bob"), place.person("Bob B", "slack")
    await place.person("Ada").presses("Proposer à Bob")
    await other.runs("/moi")
    await linked(bob, other)
    row = await Champion.get()
    await other.does(Action("recognition.accept", str(row.id)))
    assert public(bob, "est champion·ne du mois")
