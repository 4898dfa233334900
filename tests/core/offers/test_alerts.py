from core.offers import service
from core.offers.models import OfferAlert
from tests.core.offers.acting import hears_of, jumps, looks, publishes
from tests.village import Village, latest, seen

NEWS = "Pour lire et répondre"


async def test_who_asked_hears_of_new_offers_in_one_list_a_week(place: Village) -> None:
    alice, bob, eve = (place.person(name) for name in ("Alice", "Bob", "Eve"))
    await hears_of(bob, "coaching, excel")
    assert "au plus une liste par semaine, sur coaching, excel" in latest(bob).text
    await looks(eve)
    await publishes(place, alice, "coaching", title="Premier poste")
    await publishes(place, alice, "excel", title="Second poste")
    await publishes(place, alice, "cuisine", title="Un autre poste")
    await jumps(place, days=1)  # Tuesday
    (told,) = seen(bob, NEWS)
    assert "2 nouvelles offres" in told.text
    assert "Second poste" in told.text
    assert "Un autre poste" not in told.text
    assert not seen(eve, NEWS)
    assert not seen(alice, NEWS)


async def test_an_offer_payable_with_the_cpf_is_shown_and_never_sent(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await hears_of(bob, "tout")
    await publishes(place, alice, cpf="oui")
    assert "sans alerte à personne" in seen(alice, "L’équipe relit")[0].text
    await publishes(place, alice, words="Une formation payable avec mon CPF, dès lundi.")
    for _ in range(2):
        await jumps(place, days=7)
    assert not seen(bob, NEWS)
    assert (await looks(bob)).count("payable avec le CPF") == 2


async def test_nobody_hears_of_their_own_offer(place: Village) -> None:
    alice = place.person("Alice")
    await hears_of(alice, "tout")
    await publishes(place, alice)
    await jumps(place, days=7)
    assert not seen(alice, NEWS)


async def test_topics_are_changed_and_alerts_end_with_nothing_written(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await hears_of(bob, "cuisine")
    await hears_of(bob, "coaching")
    await publishes(place, alice)
    await jumps(place, days=7)
    assert len(seen(bob, NEWS)) == 1
    await hears_of(bob, "")
    assert "plus aucune alerte" in latest(bob).text
    await publishes(place, alice)
    await jumps(place, days=7)
    assert len(seen(bob, NEWS)) == 1
    assert not await OfferAlert.exists()


async def test_what_waited_and_no_longer_stands_is_not_told(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await hears_of(bob, "coaching")
    await publishes(place, alice)
    await bob.runs("/pause 2 jours")
    await jumps(place, days=1)  # Tuesday
    await alice.presses("Retirer")
    await jumps(place, days=3)
    assert not seen(bob, NEWS)


async def test_who_stopped_while_it_waited_is_not_told(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await hears_of(bob, "coaching")
    await publishes(place, alice)
    await bob.runs("/pause 2 jours")
    await jumps(place, days=1)
    await hears_of(bob, "")
    await jumps(place, days=3)
    assert not seen(bob, NEWS)


async def test_what_could_not_be_told_this_week_is_told_the_next(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await hears_of(bob, "coaching")
    await publishes(place, alice)
    await bob.runs("/pause 1 semaine")
    await jumps(place, days=1)
    assert not seen(bob, NEWS)
    await jumps(place, days=7)
    assert len(seen(bob, NEWS)) == 1


async def test_a_list_that_is_on_its_way_to_who_stopped_changes_nothing(place: Village) -> None:
    bob = place.person("Bob")
    await hears_of(bob, "coaching")
    row = await OfferAlert.get()
    for named in ("999", str(row.id)):
        await service.told(place.app.scene(), named)
    assert (await OfferAlert.get()).told_at == row.told_at
