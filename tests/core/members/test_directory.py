"""Who speaks is kept in memory only while nobody changed."""

import re
from collections.abc import AsyncIterator

import pytest

from core.chat.identity import Role
from core.engagement.handlers import routes as engagement
from core.engagement.models import Activity
from core.engine.models import Community
from core.members import linking, service
from core.members.directory import KEPT, MemberDirectory
from core.members.handlers import routes as member_routes
from core.members.models import Member
from core.members.rules import MembersSettings
from tests.village import Village, latest, village

MODULES = ["core.engine.models", "core.members.models", "core.engagement.models"]


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    rooms = [member_routes, engagement]
    async with village(MODULES, rooms, {MembersSettings: MembersSettings()}) as made:
        yield made


async def people(place: Village) -> int:
    return (await Community.get(id=place.app.community.id)).people


async def wrote() -> list[tuple[str, int]]:
    """Who wrote, as the rows say, and how often."""
    rows = await Activity.all().select_related("member")
    names = [row.member.name for row in rows]
    return sorted({(name, names.count(name)) for name in names})


async def test_what_an_account_says_after_a_link_is_its_new_owners(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice B", "slack")
    for person in (alice, other):
        await person.says("Bonjour", channel="entraide")
    assert await wrote() == [("Alice", 1), ("Alice B", 1)]
    await alice.runs("/lier")
    code = re.search(r"Votre code : (\w{8})", latest(alice).text)
    assert code
    await other.runs(f"/lier {code[1]}")
    await other.says("Me revoilà", channel="entraide")
    assert await wrote() == [("Alice", 3)]
    await other.presses("Revenir en arrière")
    await other.says("Encore moi", channel="entraide")
    assert await wrote() == [("Alice", 2), ("Alice B", 2)]


async def test_everything_that_changes_a_person_makes_what_is_kept_void(place: Village) -> None:
    mona, alice = place.admin("Mona"), place.person("Alice")
    for person in (mona, alice):
        await person.says("Bonjour", channel="entraide")
    member = await Member.get(name="Alice")
    scene = place.app.scene()
    before = await people(place)
    await alice.runs("/langue en")
    await mona.runs("/role @Alice expert")
    await mona.runs("/role @Alice expert retirer")
    await alice.leaves()
    await alice.joins()
    alice.roles = frozenset({"member", "administrator"})
    await alice.says("Bonsoir", channel="entraide")
    await linking.moved(scene, alice.town.workspace, alice.town.workspace)
    await linking.forget(member.id)
    assert await people(place) == before + 8


async def test_what_another_process_changed_is_seen(place: Village) -> None:
    alice = place.person("Alice")
    await alice.says("Bonjour", channel="entraide")
    scene, told = place.app.scene(), [(alice.account, None)]
    here, elsewhere = MemberDirectory(), MemberDirectory()
    for directory in (here, elsewhere):
        found = await directory.recognise_many(scene, told)
        assert found[alice.account].language == "fr"
    member = found[alice.account].member
    await service.speak(scene, member, "en")
    await service.grant(scene, member, Role.EXPERT)
    found = await here.recognise_many(scene, told)
    assert (found[alice.account].language, found[alice.account].roles) == (
        "en",
        frozenset({Role.EXPERT}),
    )


async def test_who_is_kept_is_asked_of_the_tables_no_more(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await alice.says("Bonjour", channel="entraide")
    directory, scene = MemberDirectory(), place.app.scene()
    assert await directory.strangers(scene, [alice.account, bob.account]) == {bob.account}
    await Member.all().update(name="changed behind our back")
    assert await directory.strangers(scene, [alice.account]) == set()
    found = await directory.recognise_many(scene, [(alice.account, None)])
    assert found[alice.account].name == "Alice"
    directory.forget()
    found = await directory.recognise_many(scene, [(alice.account, None)])
    assert found[alice.account].name == "changed behind our back"


@pytest.mark.parametrize("asked", [False, True])
async def test_only_so_many_are_kept(
    place: Village,
    monkeypatch: pytest.MonkeyPatch,
    asked: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    assert KEPT == 20_000
    monkeypatch.setattr("core.members.directory.KEPT", 2)
    crowd = [place.person(name) for name in ("Alice", "Bob", "Chloé")]
    for person in crowd:
        await person.says("Bonjour", channel="entraide")
    directory, scene = MemberDirectory(), place.app.scene()
    whom = [(person.account, None) for person in crowd]
    if asked:  # as is done before a group is recorded
        assert not await directory.strangers(scene, [account for account, _ in whom])
    assert len(await directory.recognise_many(scene, whom)) == 3
    await Member.all().update(name="autre")
    names = [who.name for who in (await directory.recognise_many(scene, whom)).values()]
    assert sorted(names) == ["Bob", "Chloé", "autre"]
