import re
from collections.abc import AsyncIterator

import pytest

from core.engine.help import help_routes
from core.members.handlers import routes
from core.members.linking import export, forget
from core.members.models import Member
from core.members.rules import MembersSettings
from tests.village import Village, latest, seen, village


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    modules = ["core.engine.models", "core.members.models"]
    async with village(
        modules, [routes, help_routes(routes)], {MembersSettings: MembersSettings()}
    ) as made:
        yield made


async def code_of(person: object) -> str:
    await person.runs("/lier")  # type: ignore[attr-defined]  # any person of any platform
    found = re.search(r"Votre code : (\w{8})", latest(person).text)  # type: ignore[arg-type]  # same
    assert found
    return found.group(1)


async def test_two_accounts_become_one_person_and_both_are_told(place: Village) -> None:
    alice = place.person("Alice", "discord")
    alice_b = place.person("Alice B", "slack")
    code = await code_of(alice)
    await alice_b.runs(f"/lier {code.lower()}")
    assert "ne font plus qu’une seule personne" in latest(alice).text
    assert "celui de Alice " in latest(alice_b).text
    assert await Member.filter(absorbed_by=None).count() == 1


async def test_either_side_can_go_back_within_a_day(place: Village) -> None:
    alice = place.person("Alice", "discord")
    alice_b = place.person("Alice B", "slack")
    await alice_b.runs(f"/lier {await code_of(alice)}")
    await alice.presses("Revenir en arrière")
    assert "de nouveau séparés" in latest(alice).text
    assert await Member.filter(absorbed_by=None).count() == 2


async def test_after_a_day_it_stays(place: Village) -> None:
    alice = place.person("Alice", "discord")
    alice_b = place.person("Alice B", "slack")
    await alice_b.runs(f"/lier {await code_of(alice)}")
    await place.passes(hours=24)
    await alice_b.presses("Revenir en arrière")
    assert "24 heures sont passées" in latest(alice_b).text


async def test_a_code_lives_ten_minutes(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob", "telegram")
    code = await code_of(alice)
    await place.passes(minutes=10)
    await bob.runs(f"/lier {code}")
    assert "n’est pas (ou plus) valable" in latest(bob).text


async def test_ones_own_code_is_refused(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs(f"/lier {await code_of(alice)}")
    assert "Ce code est le vôtre" in latest(alice).text


async def test_five_wrong_codes_close_the_door_for_the_hour(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob", "telegram")
    code = await code_of(alice)
    for _ in range(5):
        await bob.runs("/lier AAAAAAAA")
    await bob.runs(f"/lier {code}")
    assert "la porte rouvre à 10:00" in latest(bob).text
    await place.passes(minutes=60)
    await bob.runs(f"/lier {await code_of(alice)}")
    assert "ne font plus qu’une seule personne" in latest(bob).text


async def test_a_moderator_gives_a_role_and_a_member_cannot(place: Village) -> None:
    mona, bob = place.moderator("Mona"), place.person("Bob")
    await bob.runs("/lier")
    await bob.runs("/role @Mona expert")
    assert "réservée à l’équipe" in latest(bob).text
    await mona.runs("/role @Bob expert")
    assert latest(mona).text == "Bob a maintenant le rôle : expert."
    await mona.runs("/role @Bob expert retirer")
    assert latest(mona).text == "Bob n’a plus le rôle : expert."
    await mona.runs("/role @Bob admin")
    assert "plus élevé que le vôtre" in latest(mona).text


async def test_a_demoted_moderator_is_one_no_more(place: Village) -> None:
    mona, bob = place.moderator("Mona"), place.person("Bob")
    await bob.runs("/lier")
    await mona.runs("/role @Bob expert")
    mona.roles = frozenset({"member"})
    await mona.runs("/role @Bob mentor")
    assert "réservée à l’équipe" in latest(mona).text


async def test_a_member_chooses_tu_or_english(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/langue fr@tu")
    await alice.runs("/lier")
    assert seen(alice, "Ton code")
    await alice.runs("/langue en")
    await alice.runs("/aide")
    assert "What I can do" in latest(alice).text
    assert "/role" not in latest(alice).text


async def test_what_is_known_can_be_exported_and_forgotten(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/lier")
    member = await Member.get(name="Alice")
    held = await export(member.id)
    assert {"member", "member_account", "link_code"} <= {t for t, rows in held.items() if rows}
    await forget(member.id)
    assert not any((await export(member.id)).values())
