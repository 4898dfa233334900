"""Channels as they are configured, and groups that move."""

import pytest

from bots.sandbox.people import World, eventually
from bots.sandbox.telegram import TelegramSandbox
from bots.sandbox.telegram.state import MEMBER
from bots.telegram.places import Places, Setting, setting
from core.chat.adapter import Permanent
from core.chat.events import MemberLeft
from core.chat.identity import Purpose
from core.chat.messages import Message, Text
from tests.bots.telegram.stage import connected
from tests.bots.telegram.test_adapter import member, place

GROUP = "-1001234567890"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("", Setting(GROUP)),
        ("general", Setting(GROUP)),
        ("Général", Setting(GROUP)),
        (f"{GROUP}/1", Setting(GROUP)),
        (f" {GROUP}/5 ", Setting(GROUP, "5")),
        ("5", Setting(GROUP, "5")),
        ("-1002", Setting("-1002")),
        ("@nos_admins", Setting("@nos_admins")),
        ("@nos_admins/7", Setting("@nos_admins", "7")),
        ("Entraide", Setting(GROUP, name="Entraide")),
    ],
)
def test_a_channel_is_written_in_several_ways(written: str, found: Setting) -> None:
    assert setting(written, GROUP) == found


def test_a_topic_is_known_by_name_once_it_was_heard_of() -> None:
    places = Places(GROUP, {Purpose.HELP: "Entraide"})
    with pytest.raises(Permanent) as refusal:
        places.of(Purpose.HELP)
    assert refusal.value.code == "topic_unknown"
    places.learn(GROUP, "5", "entraidé")
    assert places.of(Purpose.HELP).thread == "5"


def test_a_group_is_followed_through_its_ids() -> None:
    places = Places("-7", {Purpose.HELP: "-7", Purpose.ADMINS: "@admins", Purpose.RITUALS: "-8"})
    places.found("@Admins", "-9")
    assert places.chats == {"-7", "-8", "-9"}
    assert places.move("-7", "-1007")
    assert not places.move("-7", "-1007")
    assert not places.move("-8", "-1008")
    places.move("-1008", "-8")  # nonsense goes round in no circle
    assert places.workspace == "-1007"
    assert places.homes == {"-7", "-1007"}
    assert places.of(Purpose.HELP).id == "-1007"
    assert places.of(Purpose.ADMINS).id == "-9"


@pytest.mark.e2e
async def test_a_topic_named_in_the_settings_is_found_after_a_message_in_it() -> None:
    sandbox = TelegramSandbox(World())
    async with connected(sandbox, channels={Purpose.HELP: "entraide"}) as stage:
        lea = await member(stage, "Léa")
        with pytest.raises(Permanent):
            await stage.adapter.send(Message(Text("?")), place(stage, Purpose.HELP), key="1")
        said = await lea.says("Bonjour", channel="entraide")
        await stage.until(lambda: len(stage.core.events) >= 4)
        await stage.adapter.send(Message(Text("Me voilà.")), place(stage, Purpose.HELP), key="2")
        assert (await eventually(stage.world, lea, "Me voilà.")).channel == said.channel


@pytest.mark.e2e
async def test_a_bot_that_loses_its_rights_listens_to_service_messages() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        stage.sandbox.set_bot_standing(MEMBER)
        await stage.until(lambda: not stage.adapter._reception._administers)
        await lea.leaves()
        await stage.hears(MemberLeft)
