"""Whoever holds a turn leaves, comes back, links or parts accounts: the date still takes place."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.chat.actions import Action
from core.engine.database import transaction
from rituals import service
from rituals.models import Ritual, Turn, TurnPreference, TurnState
from rituals.runner import materialise
from tests.community.conftest import Makes
from tests.rituals import MONDAY, SATURDAY, THURSDAY, enters, gives, private, public, reaches
from tests.village import Village, latest


@pytest.fixture
async def place(makes: Makes) -> AsyncIterator[Village]:
    async with makes() as made:
        async with transaction():
            await materialise(made.app.scene())
        yield made


async def links(one: MemoryPerson, other: MemoryPerson) -> None:
    await one.runs("/lier")
    found = re.search(r"Votre code : (\w{8})", latest(one).text)
    assert found
    await other.runs(f"/lier {found[1]}")


async def test_who_leaves_with_a_turn_makes_room_for_the_next_at_once(place: Village) -> None:
    alice, bob = await enters(place, "Alice"), await enters(place, "Bob", "slack")
    await reaches(place, THURSDAY)
    assert private(alice, "#LundiAstuce")
    await alice.leaves()
    assert private(bob, "#LundiAstuce")
    await alice.joins()
    await alice.presses("Passer cette fois")
    assert "déjà" in latest(alice).text
    await gives(bob)
    await bob.leaves()
    await reaches(place, MONDAY)
    assert public(alice, "Ctrl+Maj+V")


async def test_who_leaves_one_of_two_platforms_keeps_the_turn(place: Village) -> None:
    alice, elsewhere = await enters(place, "Alice"), await enters(place, "Alice B", "slack")
    await links(alice, elsewhere)
    bob = await enters(place, "Bob", "telegram")
    await reaches(place, THURSDAY)
    await alice.leaves()
    assert not private(bob, "#LundiAstuce")
    turn = await Turn.get()
    assert turn.state is TurnState.OFFERED


async def test_who_links_accounts_keeps_the_turn_of_either(place: Village) -> None:
    alice, other = await enters(place, "Alice"), await enters(place, "Alice B", "slack")
    await reaches(place, THURSDAY)
    await alice.presses("Passer cette fois")
    assert private(other, "#LundiAstuce")
    await links(alice, other)
    await gives(other)
    assert private(other, "sera publiée")
    await reaches(place, SATURDAY)
    await reaches(place, MONDAY)
    assert public(alice, "Ctrl+Maj+V")
    assert await Turn.filter(state=TurnState.DONE).count() == 1


async def test_a_link_gives_nobody_the_turn_of_somebody_else(place: Village) -> None:
    alice, bob = await enters(place, "Alice"), await enters(place, "Bob", "slack")
    chloe = await enters(place, "Chloé", "telegram")
    await reaches(place, THURSDAY)
    await alice.presses("Passer cette fois")
    turn = await Turn.get(member_id=2)
    await links(alice, chloe)
    for person in (alice, chloe):
        await person.does(Action("rituals.pass", str(turn.id)))
        assert "quelqu’un d’autre" in latest(person).text
    await links(alice, bob)
    await bob.does(Action("rituals.never", str(turn.id)))
    await bob.does(Action("rituals.never", str(turn.id)))
    assert not await Turn.filter(state=TurnState.OFFERED).exists()


async def test_who_served_with_either_account_waits_behind_the_others(place: Village) -> None:
    alice, other = await enters(place, "Alice"), await enters(place, "Alice B", "slack")
    bob = await enters(place, "Bob", "telegram")
    for person, days in ((alice, 0), (other, 7)):
        await reaches(place, THURSDAY + timedelta(days=days))
        await gives(person)
        await reaches(place, MONDAY + timedelta(days=days))
    await links(alice, other)
    await reaches(place, MONDAY + timedelta(days=7, hours=1))
    chloe = await enters(place, "Chloé", "telegram")
    await reaches(place, THURSDAY + timedelta(days=14))
    await gives(bob)
    await reaches(place, THURSDAY + timedelta(days=21))
    order = [w for w in await service.waiting(await Ritual.get()) if w.member == 1]
    assert [w.since for w in order] == [MONDAY + timedelta(days=7)]
    assert not order[0].opted_out
    assert not private(chloe, "#LundiAstuce")
    await TurnPreference.filter(member_id=2).update(opted_out=True)
    (one,) = [w for w in await service.waiting(await Ritual.get()) if w.member == 1]
    assert one.opted_out
