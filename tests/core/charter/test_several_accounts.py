import re

from bots.sandbox.memory_people import MemoryPerson
from core.charter import service
from core.charter.models import CharterAcceptance
from tests.core.charter.acting import accepts, gate
from tests.village import Village, latest, seen


async def links(one: MemoryPerson, other: MemoryPerson) -> None:
    await one.runs("/lier")
    code = re.search(r"Votre code : (\w{8})", latest(one).text)
    assert code
    await other.runs(f"/lier {code.group(1)}")


async def test_the_charter_accepted_once_counts_everywhere(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice T", "telegram")
    await accepts(alice)
    await links(alice, other)
    assert gate(other) is True
    await other.runs("/charte lire")
    assert "Vous avez accepté cette version" in latest(other).text
    assert (await service.status(place.app.scene())).accepted == 1


async def test_accepting_opens_every_account(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice S", "slack")
    await links(alice, other)
    assert gate(alice) is None
    await accepts(other)
    assert gate(alice) is True
    assert gate(other) is True


async def test_two_who_accepted_and_become_one_count_once(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice S", "slack")
    await accepts(alice)
    await accepts(other)
    await links(alice, other)
    status = await service.status(place.app.scene())
    assert status.accepted == 1
    assert status.counts == [(1, "discord", 1)]
    assert len(await service.proof(place.app.scene())) == 2


async def test_parted_again_the_one_who_never_accepted_is_asked(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice T", "telegram")
    await accepts(alice)
    await links(alice, other)
    await alice.presses("Revenir en arrière")
    assert gate(alice) is True
    assert gate(other) is False
    assert latest(other).buttons == ("J’accepte la charte", "Lire d’abord", "Plus tard")
    await other.presses("J’accepte la charte")
    assert gate(other) is True
    assert await CharterAcceptance.all().count() == 2


async def test_two_who_accepted_and_part_both_stay(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice S", "slack")
    await accepts(alice)
    await accepts(other)
    await links(alice, other)
    await other.presses("Revenir en arrière")
    assert gate(alice) is True
    assert gate(other) is True


async def test_parting_two_who_never_accepted_closes_nothing(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice S", "slack")
    await links(alice, other)
    await alice.presses("Revenir en arrière")
    assert gate(alice) is None
    assert gate(other) is None
    assert not seen(other, "charte")


async def test_a_platform_that_is_not_served_now_is_left_alone(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice S", "slack")
    await links(alice, other)
    del place.app.adapters[other.town.platform]
    await accepts(alice)
    assert gate(alice) is True
    assert gate(other) is None
