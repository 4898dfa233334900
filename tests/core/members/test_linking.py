import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.chat.actions import Action
from core.chat.events import WorkspaceMoved
from core.chat.identity import Platform, Role, Workspace
from core.chat.messages import Message, Text
from core.engine import forms
from core.engine.help import help_routes
from core.engine.models import FormDraft, OutboxMessage
from core.members import service
from core.members.handlers import routes
from core.members.linking import export, forget
from core.members.models import Link, Member, MemberAccount, MemberProfile, MemberRole
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
    assert "l’autre (Alice) " in latest(alice_b).text
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


@pytest.mark.parametrize("typed", ["K7", "K7WQ2M4PP", "x" * 3000, "@everyone !", "🎉" * 500])
async def test_what_cannot_be_a_code_is_answered_as_a_wrong_one(place: Village, typed: str) -> None:
    bob = place.person("Bob", "slack")
    await bob.runs(f"/lier {typed}")
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


async def test_whoever_is_forgotten_leaves_nothing_of_any_account(place: Village) -> None:
    alice, alice_b = place.person("Alice"), place.person("Alice B", "telegram")
    for person in (alice, alice_b):
        await person.runs("/aide")
    for member in await Member.all():
        profile = await service.profile_of(member.id)
        profile.topics = ["excel"]
        await service.save_profile(profile)
    await alice_b.runs(f"/lier {await code_of(alice)}")
    scene = place.app.scene()
    tomorrow = scene.now + timedelta(days=1)
    await scene.owe_in_private(Message(Text("demain")), alice_b.account, at=tomorrow)
    for person in (alice_b, place.person("Bob", "telegram")):
        await FormDraft.create(
            community=scene.community,
            account=forms.key_of(person.account),
            form="essai.fiche",
            argument="",
            asked="nom",
            answers={"nom": "Alice"},
            at=scene.now,
        )
    member = await Member.get(absorbed_by=None)
    held = await export(member.id)
    assert [len(held[t]) for t in ("member", "member_profile", "link", "form_draft")] == [
        2,
        2,
        1,
        1,
    ]
    assert any("demain" in str(row["payload"]) for row in held["outbox_message"])
    await forget(member.id)
    assert not any((await export(member.id)).values())
    for model in (Member, MemberAccount, MemberProfile, Link, OutboxMessage):
        assert not await model.exists()
    assert await FormDraft.all().count() == 1


async def test_what_an_absorbed_member_keeps_for_an_undo_counts_for_nobody(place: Village) -> None:
    alice, alice_b = place.moderator("Alice"), place.moderator("Alice B", "slack")
    for person in (alice, alice_b):
        await person.runs("/aide")
    for member in await Member.all():
        profile = await service.profile_of(member.id)
        profile.topics = ["excel"]
        await service.save_profile(profile)
        await service.grant(place.app.scene(), member.id, Role.MENTOR)
    await alice_b.runs(f"/lier {await code_of(alice)}")
    assert len(await service.experts(place.app.community)) == 1
    assert len(await service.holding(place.app.community, [Role.MENTOR])) == 1


async def test_a_role_of_a_platform_goes_with_its_account(place: Village) -> None:
    alice, mona = place.person("Alice"), place.person("Mona", "slack")
    await mona.runs(f"/lier {await code_of(alice)}")
    mona.roles = frozenset({"member", "administrator"})
    await mona.runs("/aide")
    await alice.presses("Revenir en arrière")
    await mona.runs("/aide")
    held = await MemberRole.all().select_related("member")
    assert [row.member.name for row in held] == ["Mona"]


async def test_somebody_who_left_and_links_is_here(place: Village) -> None:
    alice, alice_b = place.person("Alice"), place.person("Alice B", "slack")
    code = await code_of(alice)
    await alice.leaves()
    await alice_b.runs(f"/lier {code}")
    assert (await Member.get(name="Alice")).left_at is None
    await alice_b.presses("Revenir en arrière")
    assert (await Member.get(name="Alice")).left_at is not None
    assert (await Member.get(name="Alice B")).left_at is None


async def test_who_leaves_without_having_been_met_is_no_newcomer(place: Village) -> None:
    await place.person("Alice").leaves()
    assert not await Member.exists()


async def test_somebody_met_again_before_the_group_moved_is_one_person(place: Village) -> None:
    bob, carla = place.person("Bob", "telegram"), place.person("Carla", "telegram")
    for person in (bob, carla):
        await person.runs("/aide")
    scene, old = place.app.scene(), bob.account.home
    bob.refuses = True
    await scene.owe_in_private(Message(Text("en attente")), bob.account)
    await place.app.settle()
    to = Workspace(Platform.TELEGRAM, "-100")
    place.adapters[Platform.TELEGRAM].workspace = to
    bob.refuses = False
    await carla.runs("/aide")
    await place.app.handle(
        WorkspaceMoved(delivery_id="m", at=place.clock.now(), workspace=old, account=None, to=to)
    )
    assert await Member.filter(absorbed_by=None).count() == 2
    assert {(r.user, r.workspace) for r in await MemberAccount.all()} == {
        (bob.id, "-100"),
        (carla.id, "-100"),
    }
    await bob.says("me voici")
    assert seen(bob, "en attente")


async def test_somebody_called_like_nobody_or_like_two_is_not_found(place: Village) -> None:
    mona = place.moderator("Mona")
    for name, platform in (("Sam", "slack"), ("Sam", "telegram")):
        await place.person(name, platform).runs("/lier")
    for who in ("Personne", "Sam"):
        await mona.runs(f"/role @{who} expert")
        assert f"une seule personne appelée « @{who} »" in latest(mona).text


async def test_a_handle_is_not_taken_by_calling_oneself_so(place: Village) -> None:
    mona, bob = place.moderator("Mona"), place.person("Bob", "slack")
    mallory = place.person("Mallory", "telegram")
    for person in (bob, mallory):
        await person.runs("/aide")
    await MemberAccount.filter(user=mallory.id).update(name="bob", handle="mallory")
    found = await service.find(place.app.scene(), "@bob")
    assert found is not None
    assert found.name == "Bob"
    await bob.leaves()
    await mona.runs("/role @mallory expert")
    assert latest(mona).text == "Mallory a maintenant le rôle : expert."


async def test_a_role_held_already_changes_nothing(place: Village) -> None:
    mona, bob = place.moderator("Mona"), place.person("Bob", "slack")
    await bob.runs("/lier")
    for _ in range(2):
        await mona.runs("/role @bob mentor")
    assert "en est déjà là" in latest(mona).text


async def test_who_left_everywhere_has_left_and_may_come_back(place: Village) -> None:
    alice, alice_b = place.person("Alice"), place.person("Alice B", "slack")
    await alice_b.runs(f"/lier {await code_of(alice)}")
    await alice.leaves()
    assert (await Member.get(name="Alice")).left_at is None
    await alice_b.leaves()
    assert (await Member.get(name="Alice")).left_at is not None
    await alice.joins()
    assert (await Member.get(name="Alice")).left_at is None


async def test_a_group_that_moves_keeps_its_people(place: Village) -> None:
    bob = place.person("Bob", "telegram")
    await bob.runs("/lier")
    to = Workspace(Platform.TELEGRAM, "-100")
    await place.app.handle(
        WorkspaceMoved(
            delivery_id="m",
            at=place.clock.now(),
            workspace=bob.account.home,
            account=None,
            to=to,
        )
    )
    assert [row.workspace for row in await MemberAccount.all()] == ["-100"]


async def test_a_member_is_reached_where_they_were_last_active(place: Village) -> None:
    alice, alice_b = place.person("Alice"), place.person("Alice B", "slack")
    await alice_b.runs(f"/lier {await code_of(alice)}")
    member = await Member.get(absorbed_by=None)
    await place.passes(minutes=30)
    await alice.runs("/aide")
    reached = await service.reach(place.app.scene(), member.id)
    assert reached is not None
    assert reached.account == alice.account
    await alice.leaves()
    await alice_b.leaves()
    assert await service.reach(place.app.scene(), member.id) is None


async def test_a_new_name_on_the_platform_is_taken_up(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    bob.name = "Robert"
    place.adapters[Platform.DISCORD].people["Robert"] = bob
    await bob.runs("/aide")
    assert (await MemberAccount.get()).name == "Robert"


async def test_experts_are_those_available_who_named_a_topic(place: Village) -> None:
    for name in ("Alice", "Bob", "Chloé"):
        await place.person(name).runs("/aide")
    alice, bob, chloe = await Member.all().order_by("id")
    for member, topics, available in (
        (alice, ["excel"], True),
        (bob, [], True),
        (chloe, ["excel"], False),
    ):
        profile = await service.profile_of(member.id)
        profile.topics, profile.available = topics, available
        await service.save_profile(profile)
    assert [p.member_id for p in await service.experts(place.app.community)] == [alice.id]


async def test_staff_are_found_by_their_roles(place: Village) -> None:
    await place.moderator("Mona").runs("/aide")
    await place.person("Bob").runs("/aide")
    found = await service.holding(place.app.community, [Role.MODERATOR, Role.ADMIN])
    assert [m.name for m in found] == ["Mona"]


async def test_what_both_held_is_held_once_and_parted_again(place: Village) -> None:
    alice, alice_b = place.moderator("Alice"), place.moderator("Alice B", "slack")
    mona = place.moderator("Mona", "telegram")
    await alice.runs("/aide")
    await alice_b.runs("/aide")
    await mona.runs("/role @Alice expert")
    await mona.runs("/role @alice-slack expert")
    people = await Member.filter(name__startswith="Alice").order_by("id")
    for person in people:
        await service.grant(place.app.scene(), person.id, Role.MENTOR)
    await alice_b.runs(f"/lier {await code_of(alice)}")
    roles = await MemberRole.filter(member_id=people[0].id, role=Role.MENTOR).count()
    assert roles == 1
    await alice.presses("Revenir en arrière")
    assert await MemberRole.filter(role=Role.MENTOR).count() == 2


async def test_an_account_on_a_platform_that_is_off_is_not_written_to(place: Village) -> None:
    alice, alice_b = place.person("Alice"), place.person("Alice B", "slack")
    code = await code_of(alice)
    discord = place.app.adapters.pop(Platform.DISCORD)
    await alice_b.runs(f"/lier {code}")
    place.app.adapters[Platform.DISCORD] = discord
    assert "ne font plus qu’une seule personne" in latest(alice_b).text
    assert not seen(alice, "ne font plus qu’une")


async def test_a_forged_undo_is_refused_kindly(place: Village) -> None:
    bob = place.person("Bob")
    await bob.does(Action("members.unlink", "abc"))
    assert "24 heures sont passées" in latest(bob).text


async def test_forms_open_in_the_language_somebody_chose_even_after_a_restart(
    place: Village,
) -> None:
    alice = place.person("Alice")
    menu = place.adapters[Platform.DISCORD].menu
    assert menu.language("fr", alice.account) == "fr"
    await alice.runs("/langue en")
    await alice.runs("/help")
    assert menu.language("fr", alice.account) == "en"
    place.app.tongues.clear()
    await place.app.learn_tongues()
    assert menu.language("fr", alice.account) == "en"
    assert menu.language("en-US", place.person("Bob").account) == "en"


async def test_who_came_back_while_we_were_away_is_seen_when_they_speak(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/aide")
    await alice.leaves()
    await alice.says("de retour", channel="entraide")
    assert (await Member.get(name="Alice")).left_at is None
    await alice.leaves()
    await alice.says("un mot en privé")
    assert (await Member.get(name="Alice")).left_at is not None
