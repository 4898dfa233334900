"""The gate: requests to join, restrictions, and the group that moves."""

import asyncio

import pytest

from bots.sandbox.people import CannotDo, Seen, World, eventually
from bots.sandbox.telegram import TelegramSandbox
from bots.sandbox.telegram.people import TelegramPerson
from bots.telegram.adapter import TelegramAdapter
from core.chat.actions import Action
from core.chat.adapter import Answer, Permanent
from core.chat.events import (
    ButtonPressed,
    Event,
    MemberJoined,
    MessagePosted,
    WorkspaceMoved,
)
from core.chat.identity import Account, Platform
from core.chat.messages import Button, Message, Reply, Text
from tests.bots.telegram.stage import SmallMenu, Stage, connected, settings

pytestmark = pytest.mark.e2e

CHARTER = Message(Text("La charte"), (Button("J’accepte", Action("charter.accept", "3")),))


async def welcoming(event: Event) -> Answer:
    if isinstance(event, MemberJoined):
        return Reply(CHARTER)
    if isinstance(event, ButtonPressed):
        return Reply(Message(Text("Bienvenue !")), edits=True)
    return None


def account(stage: Stage, user: str) -> Account:
    return Account(Platform.TELEGRAM, stage.adapter.workspace.id, user)


async def test_who_asks_to_join_reads_the_charter_and_is_let_in() -> None:
    async with connected(answer=welcoming) as stage:
        lea = stage.sandbox.person("Léa")
        await lea.joins()
        joined = await stage.hears(MemberJoined)
        assert joined.waiting
        assert (await eventually(stage.world, lea, "La charte")).private_to == "Léa"
        await lea.presses("J’accepte")
        await eventually(stage.world, lea, "Bienvenue !")
        with pytest.raises(CannotDo):
            await lea.says("Bonjour", channel="entraide")
        await stage.adapter.gate(account(stage, lea.id), is_open=True)
        await lea.says("Bonjour", channel="entraide")
        assert not (await stage.hears(MemberJoined, 2)).waiting
        await stage.adapter.gate(account(stage, lea.id), is_open=True)  # once more changes nothing
        assert stage.sandbox.complaints() == ()


@pytest.mark.parametrize("is_open", [False, True])
async def test_who_is_answered_by_another_process_is_shown_the_way_on_until_they_start(
    is_open: bool,  # noqa: FBT001  a case of the test
) -> None:
    async with connected(answer=welcoming) as stage:
        lea = stage.sandbox.person("Léa")
        await lea.joins()
        await eventually(stage.world, lea, "La charte")
        await stage.adapter.stop()
        another = TelegramAdapter(settings(stage.sandbox), SmallMenu())
        await another.start(stage.core)
        try:
            if is_open:
                await another.gate(account(stage, lea.id), is_open=True)
            await lea.presses("J’accepte")
            shown = await eventually(stage.world, lea, "Bienvenue !")
            assert shown.buttons == ("Continuer en privé",)
            await another.gate(account(stage, lea.id), is_open=True)
            await lea.presses("Continuer en privé")
            await another.send(CHARTER, account(stage, lea.id), key="1")
            await lea.presses("J’accepte")
            await stage.until(lambda: len(answers(lea)) == 2)
            assert answers(lea)[-1].buttons == ()
            assert stage.sandbox.complaints() == ()
        finally:
            await another.stop()


def answers(person: TelegramPerson) -> list[Seen]:
    """What the charter's button answered."""
    return [seen for seen in person.sees() if seen.text == "Bienvenue !"]


async def test_the_gate_silences_a_member_and_gives_the_word_back() -> None:
    async with connected(TelegramSandbox(World(), asks_to_join=False)) as stage:
        lea = stage.sandbox.person("Léa")
        await lea.joins()
        await stage.adapter.gate(account(stage, lea.id), is_open=False)
        with pytest.raises(CannotDo):
            await lea.says("Bonjour", channel="entraide")
        await stage.adapter.gate(account(stage, lea.id), is_open=True)
        await lea.says("Bonjour", channel="entraide")
        assert (await stage.hears(MessagePosted)).text == "Bonjour"
        assert len(stage.core.heard(MemberJoined)) == 1
        nadia = stage.sandbox.person("Nadia")
        await stage.adapter.gate(account(stage, nadia.id), is_open=False)  # owners stand above it
        assert stage.sandbox.complaints() == ()


async def test_without_the_right_the_gate_says_so() -> None:
    sandbox = TelegramSandbox(World(), asks_to_join=False, bot_rights=frozenset())
    async with connected(sandbox) as stage:
        lea = sandbox.person("Léa")
        await lea.joins()
        for is_open in (False, True):
            with pytest.raises(Permanent) as refusal:
                await stage.adapter.gate(account(stage, lea.id), is_open=is_open)
            assert refusal.value.code == "no_right"


async def test_a_newcomer_who_cannot_be_written_to_is_invited_in_the_group() -> None:
    async with connected(TelegramSandbox(World(), asks_to_join=False), answer=welcoming) as stage:
        lea = stage.sandbox.person("Léa")
        await lea.joins()
        seen = await eventually(stage.world, lea, "La suite se passe en privé")
        assert seen.private_to is None
        assert seen.text.startswith("@Léa") or seen.text.startswith("Léa")
        await lea.presses("Continuer en privé")
        await stage.until(lambda: len(stage.core.events) == 2)


async def test_a_bot_that_is_no_administrator_hears_of_arrivals_by_service_messages() -> None:
    async with connected(TelegramSandbox(World(), asks_to_join=False, bot_admin=False)) as stage:
        lea = stage.sandbox.person("Léa")
        await lea.joins()
        await stage.hears(MemberJoined)
        await lea.leaves()
        await stage.until(lambda: len(stage.core.events) == 2)


async def test_the_group_that_becomes_a_supergroup_is_followed() -> None:
    sandbox = TelegramSandbox(World(), basic_group=True, asks_to_join=False)
    async with connected(sandbox) as stage:
        lea = sandbox.person("Léa")
        await lea.joins()
        old = stage.adapter.workspace.id
        new = sandbox.upgrade_group()
        moved = await stage.hears(WorkspaceMoved)
        assert (moved.workspace.id, moved.to.id) == (old, new)
        assert stage.adapter.workspace.id == new
        await lea.says("Toujours là", channel="accueil")
        posted = await stage.hears(MessagePosted)
        assert posted.workspace.id == new
        await asyncio.sleep(0.1)
        assert len(stage.core.heard(WorkspaceMoved)) == 1


async def test_an_old_id_in_the_settings_still_finds_the_group() -> None:
    sandbox = TelegramSandbox(World(), basic_group=True, asks_to_join=False)
    old = sandbox.workspace_id
    new = sandbox.upgrade_group()
    async with connected(sandbox, workspace=old) as stage:
        assert stage.adapter.workspace.id == new
        assert (await stage.hears(WorkspaceMoved)).delivery_id == f"moved:{old}:{new}"
        problems = await stage.adapter.check()
        assert [(problem.fatal, new in problem.remedy) for problem in problems] == [(False, True)]
