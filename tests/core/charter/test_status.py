from core.charter import service
from tests.core.charter.acting import accepts, jumps, publishes
from tests.village import Village, latest


async def test_moderators_see_who_accepted_and_who_waits(place: Village) -> None:
    alice, bob, carl = place.person("Alice"), place.person("Bob", "slack"), place.person("Carl")
    await accepts(alice)
    await accepts(bob)
    await carl.joins()
    mona = place.moderator("Mona")
    await mona.runs("/charte statut")
    text = latest(mona).text
    assert "Charte, version 1, en vigueur depuis le lundi 16 novembre" in text
    assert "2 membres l’ont acceptée" in text
    assert "2 membres attendent devant la porte" in text
    assert "version 1, Discord : 1 acceptation" in text
    assert "version 1, Slack : 1 acceptation" in text
    assert "Bob : version 1, lundi 16 novembre, 09:00, sur Slack, texte fr" in text
    assert "Carl, ici depuis le lundi 16 novembre" in text
    assert "0 membre est dans le délai" in text


async def test_the_grace_and_its_end_are_seen(place: Village) -> None:
    alice = place.person("Alice")
    await accepts(alice)
    ada = await publishes(place)
    await ada.runs("/charte statut")
    assert "Encore dans le délai\n• Alice, ici depuis" in latest(ada).text
    await jumps(place, days=14)
    assert [w.name for w in (await service.status(place.app.scene())).waiting] == ["Alice", "Ada"]


async def test_twenty_names_are_enough(place: Village) -> None:
    for n in range(25):
        await place.person(f"P{n:02}").joins()
    mona = place.moderator("Mona")
    await mona.runs("/charte statut")
    text = latest(mona).text
    assert "P19, ici" in text
    assert "P20, ici" not in text
    assert "et 6 autres" in text


async def test_what_one_member_accepted(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await accepts(alice)
    await bob.joins()
    mona = place.moderator("Mona")
    await mona.runs("/charte statut @Alice")
    assert "Alice : version 1, lundi 16 novembre, 09:00, sur Discord" in latest(mona).text
    await mona.runs("/charte statut @Bob")
    assert "Bob n’a encore accepté aucune version" in latest(mona).text
    await mona.runs("/charte statut @Personne")
    assert "Je ne trouve pas" in latest(mona).text


async def test_it_is_not_for_everyone(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/charte statut")
    assert "réservée à l’équipe" in latest(alice).text


async def test_a_proof_survives_the_departure_of_who_gave_it(place: Village) -> None:
    alice = place.person("Alice")
    await accepts(alice)
    await publishes(place)
    await alice.leaves()
    (row,) = await service.proof(place.app.scene())
    assert row.genuine
    assert "Pas de démarchage." in row.text
    assert (await service.status(place.app.scene())).counts == []


async def test_when_everyone_accepted_nobody_is_named_as_waiting(place: Village) -> None:
    mona = place.moderator("Mona")
    await accepts(mona)
    await mona.runs("/charte statut")
    assert "1 membre l’a acceptée" in latest(mona).text
    assert "En attente" not in latest(mona).text
