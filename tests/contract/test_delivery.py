"""What we say stands where it should, as it should, and rings for whom it should."""

import base64

import pytest

from core.chat.actions import Action
from core.chat.adapter import Permanent, Unreachable
from core.chat.events import CommandInvoked
from core.chat.identity import Purpose
from core.chat.markup import inert, join, mention, plain, quote
from core.chat.messages import Button, Image, Message, Text
from tests.contract.stage import Stage, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")
capability = pytest.mark.capability

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNgYPj/HwADAgH/p9D7ngAAAABJRU5ErkJg"
    "gg=="
)


@capability("send_place")
async def test_a_message_finds_its_place_by_purpose(stage: Stage) -> None:
    lea = await stage.member()
    text = stage.word("Le rituel")
    ref = await stage.adapter.send(stage.says(text), stage.place(Purpose.RITUALS), key=text)
    shown = await stage.shows(lea, text)
    assert (shown.channel, shown.private_to, shown.id) == ("rituels", None, ref.id)
    again = stage.word("La suite")
    await stage.adapter.send(stage.says(again), ref.channel, key=again)
    assert (await stage.shows(lea, again)).channel == "rituels"


@capability("send_staff")
async def test_what_is_for_the_team_is_read_by_the_team(stage: Stage) -> None:
    lea, nadia = await stage.member(), await stage.member("Nadège")
    stage.promote(nadia)
    text = stage.word("Le bilan")
    await stage.adapter.send(stage.says(text), stage.place(Purpose.MODERATORS), key=text)
    assert (await stage.shows(nadia, text)).channel == "modération"
    assert not stage.sees(lea, text)


@capability("send_private")
async def test_a_private_message_is_seen_by_one(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    text = stage.word("Rien que pour vous")
    ref = await stage.adapter.send(stage.says(text), stage.account(lea), key=text)
    assert ref.channel.private
    shown = await stage.shows(lea, text)
    assert (shown.channel, shown.private_to) == ("privé", lea.name)
    assert not stage.sees(bob, text)


@capability("send_first")
async def test_a_newcomer_can_be_written_to_first(stage: Stage) -> None:
    lea = stage.newcomer()
    await lea.joins()
    text = stage.word("Bienvenue")
    await stage.adapter.send(stage.says(text), stage.account(lea), key=text)
    assert (await stage.shows(lea, text)).private_to == lea.name


@capability("private_refused", stands="done")
async def test_a_closed_door_is_said_unreachable(stage: Stage) -> None:
    lea = await stage.member()
    await lea.refuses_direct_messages()
    text = stage.word("Toc toc")
    await refused(stage.adapter.send(stage.says(text), stage.account(lea), key=text), Unreachable)
    await lea.refuses_direct_messages(refuses=False)
    await stage.adapter.send(stage.says(text), stage.account(lea), key=text)
    await stage.shows(lea, text)


@capability("private_refused", stands="fallback")
async def test_a_closed_door_has_a_way_round(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    await lea.refuses_direct_messages()
    text = stage.word("Toc toc")
    ref = await stage.adapter.send(stage.says(text), stage.account(lea), key=text)
    assert ref.channel.private
    assert (await stage.shows(lea, text)).thread is not None
    assert not stage.sees(bob, text)


@capability("stranger_unreachable")
async def test_a_stranger_cannot_be_written_to(stage: Stage) -> None:
    eve = stage.newcomer("Ève")
    text = stage.word("Bonjour")
    await refused(stage.adapter.send(stage.says(text), stage.account(eve), key=text), Unreachable)


@capability("channel_unknown")
async def test_a_channel_that_is_not_there_is_refused_for_good(stage: Stage) -> None:
    text = stage.word("Personne")
    sent = stage.adapter.send(stage.says(text), stage.channel(stage.nowhere), key=text)
    refusal = await refused(sent, Permanent)
    assert refusal.code
    assert refusal.reason


@capability("mention")
async def test_a_mention_rings_for_exactly_one(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    one, two = stage.account(lea), stage.account(bob)
    token = stage.word("une idée ?")
    text = Text(f"{mention(one, lea.name)} et {mention(two, bob.name)}, {plain(token)}")
    await stage.adapter.send(Message(text, mentions=(one,)), stage.place(), key=token)
    shown = await stage.shows(lea, token)
    assert lea.name in shown.text
    assert bob.name in shown.text
    assert stage.notified(lea, shown)
    assert not stage.notified(bob, shown)


@capability("hostile_text")
@pytest.mark.parametrize("written", [plain, quote])
async def test_what_somebody_wrote_stays_words(stage: Stage, written: type[Text]) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    hostile = stage.word(
        f"@everyone @here <!channel> @channel <@{bob.id}> {stage.called(bob)} *gras* _x_ ~y~ "
        "`code` [lien](https://x.org) <b>html</b> &lt; :tada: ||secret|| # titre {x} /moi \\"
    )
    await stage.adapter.send(Message(written(hostile)), stage.place(), key=hostile)
    shown = await stage.shows(lea, hostile.rpartition(" ")[2])
    assert inert(shown.text) == hostile
    assert not stage.notified(bob, shown)


@capability("text_split")
async def test_a_long_text_is_cut_between_paragraphs_and_loses_no_word(stage: Stage) -> None:
    lea = await stage.member()
    token = stage.word("Long")
    words = [
        f"{token} paragraphe {n}. " + " ".join(f"mot{n}_{i}" for i in range(90)) for n in range(12)
    ]
    text = join([plain(paragraph) for paragraph in words])
    button = Button("Lu", Action("demo.read"))
    ref = await stage.adapter.send(Message(text, (button,)), stage.place(), key=token)
    last = await stage.shows(lea, "mot11_89")
    parts = [shown for shown in lea.sees() if token in shown.text]
    assert len(parts) > 1
    assert " ".join(part.text for part in parts).split() == " ".join(words).split()
    assert all(part.text.startswith(token) for part in parts)
    assert [bool(part.buttons) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert ref.id == last.id == parts[-1].id


@capability("image")
async def test_a_picture_has_words_for_who_does_not_see_it(stage: Stage) -> None:
    lea = await stage.member()
    text, alt = stage.word("Le bilan"), stage.word("Une courbe qui monte")
    message = Message(Text(text), (), Image("bilan.png", PNG, alt))
    await stage.adapter.send(message, stage.place(), key=text)
    shown = await stage.shows(lea, text)
    assert any(alt in image for image in shown.images)


@capability("edit")
async def test_a_message_of_ours_is_replaced(stage: Stage) -> None:
    lea = await stage.member()
    text, after = stage.word("Ouvert"), stage.word("Résolu")
    button = Button("C’est résolu", Action("demo.solve"))
    ref = await stage.adapter.send(stage.says(text, button), stage.place(), key=text)
    await stage.shows(lea, text)
    await stage.adapter.edit(ref, stage.says(after))
    shown = await stage.shows(lea, after)
    assert (shown.id, shown.buttons) == (ref.id, ())
    await stage.adapter.edit(ref, stage.says(after))
    assert not stage.sees(lea, text)


@capability("same_key")
async def test_the_same_delivery_is_shown_once(stage: Stage) -> None:
    lea = await stage.member()
    text = stage.word("Une fois")
    first = await stage.adapter.send(stage.says(text), stage.place(), key=text)
    again = await stage.adapter.send(stage.says(text), stage.place(), key=text)
    assert again == first
    assert sum(text in shown.text for shown in lea.sees()) == 1


@capability("link")
async def test_a_message_has_an_address(stage: Stage) -> None:
    text = stage.word("Ici")
    ref = await stage.adapter.send(stage.says(text), stage.place(), key=text)
    address = await stage.adapter.link(ref)
    assert address is not None
    assert address.startswith("https://")
    assert ref.id.replace(".", "") in address


@capability("gate")
async def test_the_gate_opens_and_closes(stage: Stage) -> None:
    lea = stage.newcomer()
    await lea.joins()
    for is_open in (True, True, False, False, True):
        await stage.adapter.gate(stage.account(lea), is_open=is_open)
        assert await stage.is_inside(lea) is is_open


@capability("profile")
async def test_a_profile_says_the_name_and_the_roles(stage: Stage) -> None:
    lea, nadia = await stage.member(), await stage.member("Nadège")
    stage.promote(nadia)
    profile = await stage.adapter.profile(stage.account(lea))
    assert (profile.account, profile.name) == (stage.account(lea), lea.name)
    assert "member" in profile.roles
    assert "administrator" not in profile.roles
    roles = (await stage.adapter.profile(stage.account(nadia))).roles
    assert {"member", "administrator"} <= roles


@capability("profile_locale")
async def test_a_profile_says_the_language(stage: Stage) -> None:
    sam = await stage.member("Sam", locale="en")
    profile = await stage.adapter.profile(stage.account(sam))
    assert profile.locale is not None
    assert stage.menu.language(profile.locale) == "en"


@capability("locale_in_commands")
async def test_a_command_says_the_language(stage: Stage) -> None:
    sam = await stage.member("Sam", locale="en")
    await sam.runs("/me", channel="entraide")
    invoked = await stage.hears(CommandInvoked, sam, where=lambda e: e.path == "moi")
    assert invoked.profile is not None
    assert stage.menu.language(invoked.profile.locale) == "en"
