import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.chat.events import ReactionAdded
from core.chat.identity import Account, Channel, MessageRef, Platform
from core.engagement import handlers, service
from core.engagement.models import Activity
from core.engagement.rules import Kind
from core.members.handlers import routes as member_routes
from core.members.models import Member
from core.members.rules import MembersSettings
from tests.village import START, Village, latest, village

MODULES = ["core.engine.models", "core.members.models", "core.engagement.models"]


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    rooms = [member_routes, handlers.routes]
    async with village(MODULES, rooms, {MembersSettings: MembersSettings()}) as made:
        yield made


async def of(place: Village, name: str, kind: Kind) -> int:
    member = await Member.get(name=name, absorbed_by=None)
    return (await service.figures(place.app.community, member.id)).of(kind)


async def joins_accounts(one: MemoryPerson, other: MemoryPerson) -> None:
    await one.runs("/lier")
    found = re.search(r"Votre code : (\w{8})", latest(one).text)
    assert found
    await other.runs(f"/lier {found[1]}")


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_messages_replies_and_reactions_are_counted(place: Village, platform: str) -> None:
    alice, bob = place.person("Alice", platform), place.person("Bob", platform)
    said = await alice.says("Bonjour", channel="entraide")
    await bob.says("Bienvenue", channel="entraide", reply_to=said)
    await bob.reacts(said, "👍")
    await bob.reacts(said, "👍")
    await bob.reacts(said, "🎉")
    assert await of(place, "Alice", Kind.MESSAGE) == 1
    assert await of(place, "Bob", Kind.REPLY) == 1
    assert await of(place, "Bob", Kind.MESSAGE) == 0
    assert await of(place, "Bob", Kind.REACTION_GIVEN) == 2
    assert await of(place, "Alice", Kind.REACTION_RECEIVED) == 2


async def test_a_reaction_taken_back_and_a_deleted_message_no_longer_count(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    said = await alice.says("Bonjour", channel="entraide")
    await bob.reacts(said, "👍")
    await bob.reacts(said, "🎉")
    await bob.unreacts(said, "👍")
    assert await of(place, "Bob", Kind.REACTION_GIVEN) == 1
    assert await of(place, "Alice", Kind.REACTION_RECEIVED) == 1
    await bob.unreacts(said, "❤️")
    await alice.deletes(said)
    assert not await Activity.exists()


async def test_private_words_and_ones_own_reactions_do_not_count(place: Village) -> None:
    alice = place.person("Alice")
    await alice.says("Bonjour")
    private = alice.sees()[0]
    await alice.reacts(private, "👍")
    assert not await Activity.exists()
    said = await alice.says("Bonjour", channel="entraide")
    await alice.reacts(said, "👍")
    assert [row.kind for row in await Activity.all()] == [Kind.MESSAGE]


async def test_nothing_said_is_kept(place: Village) -> None:
    await place.person("Alice").says("Un secret", channel="entraide")
    (row,) = await Activity.all().values()
    assert "secret" not in str(row)


async def test_an_author_unnamed_by_the_platform_is_found_by_the_message(place: Village) -> None:
    alice, bob = place.person("Alice", "telegram"), place.person("Bob", "telegram")
    said = await alice.says("Bonjour", channel="entraide")
    channel = Channel(Platform.TELEGRAM, "telegram-1", "entraide")
    for name, ref, author in [
        ("known", MessageRef(channel, said.id), None),
        ("unknown", MessageRef(channel, "999"), None),
        ("the bot", MessageRef(channel, "998"), Account(Platform.TELEGRAM, "telegram-1", "bot")),
    ]:
        event = ReactionAdded(
            delivery_id=name,
            at=place.clock.now(),
            workspace=bob.town.workspace,
            account=bob.account,
            profile=bob.profile,
            message=ref,
            emoji="👍",
            author=author,
        )
        await place.app.handle(event)
        await place.app.handle(event)
    assert await of(place, "Bob", Kind.REACTION_GIVEN) == 3
    assert await of(place, "Alice", Kind.REACTION_RECEIVED) == 1
    assert await Member.all().count() == 2


async def test_linked_accounts_add_up_and_nothing_counts_twice(place: Village) -> None:
    alice, alice_b = place.person("Alice"), place.person("Alice B")
    bob = place.person("Bob")
    said = await bob.says("Qui vient ?", channel="entraide")
    mine = await alice.says("Moi", channel="entraide")
    for person in (alice, alice_b):
        await person.reacts(said, "👍")
    await alice_b.reacts(mine, "🎉")
    await joins_accounts(alice, alice_b)
    assert await of(place, "Alice", Kind.REACTION_GIVEN) == 1
    assert await of(place, "Alice", Kind.REACTION_RECEIVED) == 0
    assert await of(place, "Alice", Kind.MESSAGE) == 1
    assert await of(place, "Bob", Kind.REACTION_RECEIVED) == 1
    week = (START - timedelta(hours=1), START + timedelta(days=7))
    everybody = await service.counts(place.app.community, *week)
    assert everybody.of(Kind.REACTION_GIVEN) == 1
    assert len(await service.active_members(place.app.community, *week)) == 2


async def test_participation_counts_once_a_person_and_survives_one_proof_less(
    place: Village,
) -> None:
    alice, alice_b = place.person("Alice"), place.person("Alice B", "slack")
    for person in (alice, alice_b):
        await person.says("Bonjour", channel="entraide")
    scene = place.app.scene()
    rows = await Member.all().order_by("id")
    date = ("lundi-astuce", "2026-11-16")
    await service.record_ritual(scene, rows[0].id, Platform.DISCORD, *date, "a")
    await service.record_ritual(scene, rows[0].id, Platform.DISCORD, *date, "a", emoji="👍")
    await service.record_ritual(scene, rows[1].id, Platform.SLACK, *date, "b")
    community = scene.community
    assert (await service.participation_in(community, *date)).people == 2
    await joins_accounts(alice, alice_b)
    found = await service.participations(community, START, START + timedelta(days=1))
    assert [(p.ritual, p.occurrence, dict(p.by)) for p in found] == [
        ("lundi-astuce", "2026-11-16", {Platform.DISCORD: 1})
    ]
    await service.take_back(scene, rows[0].id, *date, "a", emoji="👍")
    assert await of(place, "Alice", Kind.RITUAL) == 1
    await service.take_back(scene, rows[0].id, *date, "a")
    await service.take_back(scene, rows[0].id, *date, "b")
    assert (await service.participation_in(community, *date)).people == 0


async def test_a_period_ends_just_before_its_end(place: Village) -> None:
    await place.person("Alice").says("Bonjour", channel="entraide")
    community = place.app.community
    assert not await service.active_members(community, START - timedelta(days=7), START)
    found = await service.counts(community, START, START + timedelta(days=7))
    assert dict(found.by) == {(Kind.MESSAGE, Platform.DISCORD): 1}
