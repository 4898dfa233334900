"""The adapter against the stand-in, over real sockets, with the unmodified discord.py."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bots.discord.adapter import DiscordAdapter
from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.discord.permissions import BOT, Permission
from bots.sandbox.people import World, eventually
from core.chat.actions import Action
from core.chat.adapter import Permanent, RateLimited, Transient, Unreachable
from core.chat.events import (
    ButtonPressed,
    CommandInvoked,
    FormSubmitted,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.identity import Channel, Place, Platform, Purpose
from core.chat.markup import mention, plain
from core.chat.messages import Button, Image, Message, Text
from tests.bots.discord.stage import SmallCore, SmallMenu, Stage, account, settings

pytestmark = pytest.mark.e2e

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32


@pytest.fixture
async def world() -> World:
    return World()


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[DiscordSandbox]:
    stand_in = DiscordSandbox(world)
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest.fixture
async def stage(sandbox: DiscordSandbox, world: World) -> AsyncIterator[Stage]:
    stage = Stage(sandbox, world)
    await stage.adapter.start(stage.core.handle)
    yield stage
    await stage.adapter.stop()
    assert sandbox.complaints() == ()


def place(purpose: Purpose, stage: Stage) -> Place:
    return Place(Platform.DISCORD, stage.sandbox.guild_id, purpose)


# -- what happens


async def test_what_people_do_arrives_as_events(stage: Stage) -> None:
    lea = await stage.member("Léa")
    said = await lea.says("Bonjour @everyone **tous**", channel="entraide")
    posted = await stage.handed(MessagePosted)
    assert isinstance(posted, MessagePosted)
    assert (posted.text, posted.delivery_id) == ("Bonjour @everyone **tous**", said.id)
    assert posted.profile is not None
    assert posted.profile.name == "Léa"
    assert "membre" in posted.profile.roles
    await lea.edits(said, "Bonsoir")
    edited = await stage.handed(MessageEdited)
    assert isinstance(edited, MessageEdited)
    assert (edited.text, edited.message) == ("Bonsoir", posted.message)
    await lea.reacts(said, "✅")
    added = await stage.handed(ReactionAdded)
    assert isinstance(added, ReactionAdded)
    assert (added.emoji, added.author) == ("✅", account(lea, stage.sandbox))
    await lea.unreacts(said, "✅")
    removed = await stage.handed(ReactionRemoved)
    assert removed.delivery_id != added.delivery_id
    await lea.deletes(said)
    deleted = await stage.handed(MessageDeleted)
    assert isinstance(deleted, MessageDeleted)
    assert (deleted.account, deleted.message) == (None, posted.message)


async def test_arrivals_and_departures(stage: Stage) -> None:
    lea = stage.sandbox.person("Léa")
    await lea.joins()
    joined = await stage.handed(MemberJoined)
    assert joined.delivery_id.startswith(f"join:{lea.id}:")
    await lea.leaves()
    left = await stage.handed(MemberLeft)
    assert left.account == account(lea, stage.sandbox)
    with pytest.raises(Permanent, match="10007"):
        await stage.adapter.profile(account(lea, stage.sandbox))


async def test_an_answer_below_a_message_and_in_a_thread(stage: Stage) -> None:
    lea = await stage.member("Léa")
    asked = await lea.says("Comment trier une liste ?", channel="entraide")
    posted = await stage.handed(MessagePosted)
    assert isinstance(posted, MessagePosted)
    ref = await stage.adapter.send(Message(Text("Je m’en occupe.")), posted.message, key="1")
    shown = await eventually(stage.world, lea, "Je m’en occupe")
    assert shown.thread == "Comment trier une liste ?"
    assert ref.channel.thread == asked.id
    await lea.says("Merci", reply_to=asked)
    answer = await stage.handed(lambda e: isinstance(e, MessagePosted) and e.text == "Merci")
    assert isinstance(answer, MessagePosted)
    assert answer.reply_to == posted.message
    again = await stage.adapter.send(Message(Text("Encore")), posted.message, key="2")
    assert again.channel == ref.channel


async def test_a_fact_may_be_answered_even_while_stopping(stage: Stage) -> None:
    lea = await stage.member("Léa")
    said = await lea.says("réponds", channel="entraide")
    shown = await eventually(stage.world, lea, "Bien reçu")
    assert shown.thread == "réponds"
    await lea.says("réponds en privé", channel="entraide")
    assert await stage.until(lambda: any(m.channel == "privé" for m in lea.sees()))
    before = len(lea.sees())
    await lea.says("réponds encore", reply_to=said)
    await stage.handed(lambda e: isinstance(e, MessagePosted) and e.text == "réponds encore")
    await stage.adapter.stop()
    assert len(lea.sees()) == before + 2


async def test_two_messages_at_once_share_one_private_thread(stage: Stage) -> None:
    lea = await stage.member("Léa")
    await lea.refuses_direct_messages()
    to = account(lea, stage.sandbox)
    sent = [stage.adapter.send(Message(Text(str(i))), to, key=str(i)) for i in range(3)]
    assert len({ref.channel for ref in await asyncio.gather(*sent)}) == 1


async def test_a_folded_thread_is_found_again_after_a_restart(stage: Stage) -> None:
    lea = await stage.member("Léa")
    asked = await lea.says("Comment trier une liste ?", channel="entraide")
    posted = await stage.handed(MessagePosted)
    assert isinstance(posted, MessagePosted)
    ref = await stage.adapter.send(Message(Text("Je m’en occupe.")), posted.message, key="1")
    shown = await eventually(stage.world, lea, "Je m’en occupe")
    stage.sandbox.state.channels[asked.id].archived = True
    await stage.adapter.stop()
    await stage.adapter.start(stage.core.handle)
    await lea.reacts(shown, "✅")
    added = await stage.handed(ReactionAdded)
    assert isinstance(added, ReactionAdded)
    assert added.message == ref
    stage.sandbox.state.channels[asked.id].archived = True
    await stage.adapter.stop()
    await stage.adapter.start(stage.core.handle)
    again = await stage.adapter.send(Message(Text("Encore")), posted.message, key="2")
    assert again.channel == ref.channel


# -- what is said


async def test_commands_answer_in_private_and_buttons_do_what_they_say(stage: Stage) -> None:
    lea, bob = await stage.member("Léa"), await stage.member("Bob")
    await lea.runs("/moi", channel="entraide")
    mine = await eventually(stage.world, lea, "Vos chiffres")
    assert mine.private_to == "Léa"
    assert not any("chiffres" in m.text for m in bob.sees())
    await lea.presses("Public")
    assert (await eventually(stage.world, bob, "Dit à tous")).private_to is None
    await lea.presses("Rien")
    assert await stage.until(lambda: lea.answered is True)
    await lea.presses("Casser")
    await eventually(stage.world, lea, "Quelque chose s’est mal passé")
    await lea.presses("Ancien")
    await eventually(stage.world, lea, "ancienne version")
    await lea.presses("Remplacer")
    replaced = await eventually(stage.world, lea, "C’est remplacé")
    assert (replaced.id, replaced.buttons) == (mine.id, ())
    pressed = await stage.handed(ButtonPressed)
    assert isinstance(pressed, ButtonPressed)
    assert pressed.action == Action("demo.replace", "1")
    assert pressed.profile is not None
    assert pressed.profile.locale == "fr"


async def test_slow_work_is_announced_in_time(stage: Stage) -> None:
    lea, bob, zoe, max_ = [await stage.member(name) for name in ("Léa", "Bob", "Zoé", "Max")]
    await lea.runs("/moi", channel="entraide")
    mine = await eventually(stage.world, lea, "Vos chiffres")
    await lea.presses("Lentement")
    await bob.runs("/lent", channel="entraide")
    await zoe.runs("/lent long", channel="entraide")
    await max_.runs("/lent rien", channel="entraide")
    shown = await eventually(stage.world, lea, "Enfin, None 0")
    assert shown.private_to is None
    replaced = await eventually(stage.world, lea, "Remplacé enfin")
    assert replaced.id == mine.id
    await eventually(stage.world, zoe, "long 19")
    private = [m for m in zoe.sees() if "long" in m.text]
    assert len(private) > 1
    assert {m.private_to for m in private} == {"Zoé"}
    people = (lea, bob, zoe, max_)
    assert [person.answered for person in people] == [True] * 4
    public = [m for m in stage.sandbox.transcript() if m.private_to in {None, "Max"}]
    assert not any("rien" in m.text for m in public)
    assert sum("Enfin" in m.text for m in bob.sees()) == 1


async def test_nothing_to_say_is_said_with_nothing(stage: Stage) -> None:
    lea = await stage.member("Léa")
    before = len(lea.sees())
    await lea.runs("/charte afficher", channel="entraide")
    assert await stage.until(lambda: lea.answered is True)
    invoked = await stage.handed(CommandInvoked)
    assert isinstance(invoked, CommandInvoked)
    assert invoked.path == "charte"
    await asyncio.sleep(0.1)
    assert len(lea.sees()) == before


async def test_commands_speak_the_readers_language_and_know_staff(stage: Stage) -> None:
    lea, max_ = await stage.member("Léa"), await stage.member("Max")
    max_.locale = "en-US"
    stage.sandbox.make_moderator("Max")
    with pytest.raises(AssertionError, match="moi"):
        await lea.runs("/rituel aperçu")
    await max_.runs("/ritual preview quand:Maintenant personne:@Léa", channel="entraide")
    invoked = await stage.handed(CommandInvoked)
    assert isinstance(invoked, CommandInvoked)
    assert invoked.path == "rituel aperçu"
    assert invoked.arguments == {"quand": "now", "personne": account(lea, stage.sandbox)}
    assert await lea.completes("/expertise p") == ("Python", "Pandas")


async def test_an_answer_too_long_continues_below(stage: Stage) -> None:
    lea = await stage.member("Léa")
    await lea.runs("/lier K7", channel="entraide")
    await eventually(stage.world, lea, "K7 899")
    parts = [m.text for m in lea.sees() if "K7" in m.text]
    assert len(parts) > 1
    assert " ".join(parts).split() == " ".join(f"K7 {i}" for i in range(900)).split()


async def test_a_form_is_opened_refused_offered_again_and_taken(stage: Stage) -> None:
    lea = await stage.member("Léa")
    await lea.runs("/question", channel="entraide")
    assert await stage.until(lambda: lea.form is not None)
    await lea.fills({"En une phrase": "mauvais", "more": "Des détails", "Urgence": "Pressé"})
    refused = await eventually(stage.world, lea, "dites-en un peu plus")
    assert "En une phrase" in refused.text
    await lea.presses("Corriger mes réponses")
    assert await stage.until(lambda: lea.form is not None and bool(lea.form.values))
    assert lea.form is not None
    assert dict(lea.form.values) == {
        "En une phrase": "mauvais",
        "Plus en détail": "Des détails",
        "Urgence": "Pressé",
    }
    await lea.fills({"En une phrase": "Comment trier ?"})
    await eventually(stage.world, lea, "Noté : Comment trier ?")
    taken = await stage.handed(FormSubmitted)
    assert isinstance(taken, FormSubmitted)
    assert (taken.form, taken.argument) == ("questions.ask", "")
    assert taken.answers == {"title": "Comment trier ?", "more": "Des détails", "level": "high"}


async def test_a_button_survives_a_restart(stage: Stage) -> None:
    lea = await stage.member("Léa")
    await lea.runs("/moi", channel="entraide")
    await eventually(stage.world, lea, "Vos chiffres")
    await stage.adapter.stop()
    core = SmallCore()
    second = DiscordAdapter(settings(stage.sandbox), SmallMenu())
    await second.start(core.handle)
    try:
        await lea.presses("Poser ma question")
        assert await stage.until(lambda: lea.form is not None)
        await lea.fills({"En une phrase": "Après un redémarrage"})
        await eventually(stage.world, lea, "Noté : Après un redémarrage")
        taken = core.events[-1]
        assert isinstance(taken, FormSubmitted)
        assert taken.argument == "7"
    finally:
        await second.stop()


async def test_a_message_with_everything(stage: Stage) -> None:
    lea, bob = await stage.member("Léa"), await stage.member("Bob")
    nadia = stage.sandbox.person("Nadia")
    one, two = account(lea, stage.sandbox), account(bob, stage.sandbox)
    text = Text(f"# Bilan\n\n{mention(one, 'Léa')} et {mention(two, 'Bob')} {plain('@everyone')}")
    message = Message(
        text,
        buttons=tuple(Button(f"Choix {i}", Action("demo.nothing", str(i))) for i in range(7)),
        image=Image("bilan de la semaine.png", PNG, "Une courbe qui monte"),
        mentions=(one,),
    )
    ref = await stage.adapter.send(message, place(Purpose.RITUALS, stage), key="42")
    shown = await eventually(stage.world, lea, "Bilan")
    assert shown.text == "Bilan\n@Léa et Bob @everyone"
    assert (shown.images, len(shown.buttons)) == (("Une courbe qui monte",), 7)
    assert [m.id for m in lea.notifications()] == [ref.id]
    assert bob.notifications() == nadia.notifications() == ()
    again = await stage.adapter.send(message, place(Purpose.RITUALS, stage), key="42")
    assert again == ref
    await stage.adapter.edit(ref, Message(Text("Plus rien à voir")))
    edited = await eventually(stage.world, lea, "Plus rien")
    assert (edited.id, edited.images, edited.buttons) == (ref.id, (), ())
    assert await stage.adapter.link(ref) == (
        f"https://discord.com/channels/{stage.sandbox.guild_id}/{ref.channel.id}/{ref.id}"
    )


async def test_direct_messages_and_their_stand_in(stage: Stage) -> None:
    lea = await stage.member("Léa")
    to = account(lea, stage.sandbox)
    ref = await stage.adapter.send(Message(Text("En privé")), to, key="1")
    assert (await eventually(stage.world, lea, "En privé")).channel == "privé"
    assert ref.channel.private
    link = await stage.adapter.link(ref)
    assert link is not None
    assert "/@me/" in link
    await lea.refuses_direct_messages()
    aside = await stage.adapter.send(Message(Text("À part")), to, key="2")
    shown = await eventually(stage.world, lea, "À part")
    assert shown.channel == "accueil"
    assert aside.channel.private
    bob = await stage.member("Bob")
    assert not any("À part" in m.text for m in bob.sees())
    again = await stage.adapter.send(Message(Text("Encore à part")), to, key="3")
    assert again.channel == aside.channel
    assert aside.channel.thread is not None
    stage.sandbox.state.channels[aside.channel.thread].archived = True  # folded after a week
    await stage.adapter.stop()
    await stage.adapter.start(stage.core.handle)
    later = await stage.adapter.send(Message(Text("Après la pause")), to, key="4")
    assert later.channel == aside.channel
    await lea.says("Je réponds ici", reply_to=shown)
    answer = await stage.handed(lambda e: isinstance(e, MessagePosted))
    assert isinstance(answer, MessagePosted)
    assert answer.message.channel == aside.channel


async def test_somebody_out_of_reach(stage: Stage) -> None:
    lea = await stage.member("Léa")
    await lea.leaves()
    with pytest.raises(Unreachable):
        await stage.adapter.send(Message(Text("?")), account(lea, stage.sandbox), key="1")
    nowhere = Channel(Platform.DISCORD, stage.sandbox.guild_id, "123")
    with pytest.raises(Permanent, match="10003"):
        await stage.adapter.send(Message(Text("?")), nowhere, key="2")


async def test_the_gate_opens_and_closes(stage: Stage) -> None:
    lea = await stage.member("Léa")
    assert stage.sandbox.roles("Léa") == ("Membre",)
    await stage.adapter.gate(account(lea, stage.sandbox), is_open=False)
    assert stage.sandbox.roles("Léa") == ()
    profile = await stage.adapter.profile(account(stage.sandbox.person("Nadia"), stage.sandbox))
    assert {"owner", "administrator", "administration"} <= profile.roles


# -- when things go wrong


async def test_a_dropped_connection_is_resumed_and_nothing_is_lost(stage: Stage) -> None:
    lea = await stage.member("Léa")
    said = await lea.says("Avant", channel="entraide")
    await stage.handed(MessagePosted)
    stage.sandbox.drop()
    await lea.says("Pendant", channel="entraide")
    await lea.reacts(said, "✅")
    await stage.handed(lambda e: isinstance(e, MessagePosted) and e.text == "Pendant")
    await stage.handed(ReactionAdded)
    stage.sandbox.ask_reconnect()
    await lea.says("Encore", channel="entraide")
    await stage.handed(lambda e: isinstance(e, MessagePosted) and e.text == "Encore")
    stage.sandbox.invalidate_session()
    assert await stage.until(lambda: stage.sandbox.connected == 1, seconds=15)
    await lea.says("Toujours là", channel="entraide")
    await stage.handed(lambda e: isinstance(e, MessagePosted) and e.text == "Toujours là")


async def test_what_is_delivered_twice_has_one_id(stage: Stage) -> None:
    lea = await stage.member("Léa")
    said = await lea.says("Une fois", channel="entraide")
    stage.sandbox.deliver_twice(2)
    await lea.reacts(said, "✅")
    await lea.says("Deux fois", channel="entraide")
    assert await stage.until(lambda: _count(stage, "Deux fois") == 2)
    reactions = [e.delivery_id for e in stage.core.events if isinstance(e, ReactionAdded)]
    assert (len(reactions), len(set(reactions))) == (2, 1)


def _count(stage: Stage, text: str) -> int:
    return sum(isinstance(e, MessagePosted) and e.text == text for e in stage.core.events)


async def test_a_direct_message_from_another_server_is_not_ours(stage: Stage) -> None:
    lea, zoe = await stage.member("Léa"), stage.sandbox.person("Zoé")
    connection = stage.adapter._connection
    assert connection is not None

    def told(kind: str, data: dict[str, object]) -> None:
        connection._arrivals.take({"op": 0, "t": kind, "s": 1, "d": data})

    servers = [{"id": stage.sandbox.guild_id}, {"id": "111"}]
    told("READY", {"session_id": "s", "user": {"id": "9"}, "guilds": servers})
    for person in (zoe, lea):
        user = {"id": person.id, "username": person.name}
        said = {"timestamp": "2026-11-16T09:00:00+00:00", "content": f"de {person.name}"}
        told("MESSAGE_CREATE", {"id": person.id, "channel_id": "5", "author": user, **said})
    connection._arrivals.take({"t": "MESSAGE_CREATE"})
    told("MESSAGE_CREATE", {"id": "7"})
    posted = await stage.handed(MessagePosted)
    assert isinstance(posted, MessagePosted)
    assert posted.text == "de Léa"
    assert not any(isinstance(e, MessagePosted) and "Zoé" in e.text for e in stage.core.events)


async def test_rate_limits_are_waited_for_or_handed_back(stage: Stage) -> None:
    lea = await stage.member("Léa")
    route = "POST /channels/{channel_id}/messages"
    stage.sandbox.limit(route, 1, 0.2)
    await stage.adapter.send(Message(Text("Après")), place(Purpose.HELP, stage), key="1")
    await eventually(stage.world, lea, "Après")
    stage.sandbox.limit(route, 1, 90)
    with pytest.raises(RateLimited) as limited:
        await stage.adapter.send(Message(Text("Non")), place(Purpose.HELP, stage), key="2")
    assert limited.value.retry_after == 90


async def test_a_platform_that_is_down(stage: Stage) -> None:
    stage.sandbox.down()
    with pytest.raises(Transient):
        await stage.adapter.send(Message(Text("?")), place(Purpose.HELP, stage), key="1")
    other = DiscordAdapter(settings(stage.sandbox), SmallMenu())
    with pytest.raises(Transient):
        await other.start(stage.core.handle)
    with pytest.raises(Transient, match="not connected"):
        await other.send(Message(Text("?")), place(Purpose.HELP, stage), key="1")
    [problem] = await other.check()
    assert "503" in problem.what
    stage.sandbox.up()
    lea = stage.sandbox.person("Léa")
    await lea.joins()
    assert await stage.until(lambda: stage.sandbox.connected == 1, seconds=20)
    await stage.handed(MemberJoined)


# -- refusals at the door, and the diagnosis


async def test_a_good_set_up_has_no_problem(stage: Stage) -> None:
    assert await stage.adapter.check() == []


async def faults(sandbox: DiscordSandbox, **changes: object) -> dict[str, str]:
    await sandbox.start()
    try:
        adapter = DiscordAdapter(replace(settings(sandbox), **changes), SmallMenu())  # type: ignore[arg-type]
        return {p.where: f"{p.what} -> {p.remedy}" for p in await adapter.check()}
    finally:
        await sandbox.stop()


async def test_every_fault_is_named_at_once(world: World) -> None:
    rights = BOT & ~Permission.CREATE_PRIVATE_THREADS & ~Permission.ATTACH_FILES
    broken = DiscordSandbox(
        world,
        members_intent=False,
        content_intent=False,
        bot_permissions=rights,
        bot_role_position=0,
        absent_channels=("entraide", "rituels"),
    )
    found = await faults(broken)
    assert set(found) == {
        "Discord Message Content Intent",
        "Discord Server Members Intent",
        "Discord permission Create Private Threads",
        "Discord channel 'administration' (admins)",
        "Discord channel 'entraide' (help)",
        "Discord channel '#Rituels' (rituals)",
        "Discord role 'Membre' (gate)",
    }
    assert "https://discord.com/developers/applications/" in found["Discord Server Members Intent"]
    assert all("sandbox.discord.token" not in text for text in found.values())


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"token": "wrong"}, "AMICALE_DISCORD_TOKEN"),
        ({"workspace": "123"}, "Discord server 123"),
        ({"workspace": "amicale"}, "Discord server amicale"),
        ({"gate_role": "Personne"}, "Discord role 'Personne' (gate)"),
        ({"gate_role": "Amicale"}, "Discord role 'Amicale' (gate)"),
        ({"api_url": "http://127.0.0.1:9/api/v10"}, "AMICALE_DISCORD_API_URL"),
    ],
)
async def test_one_fault(world: World, changes: dict[str, object], where: str) -> None:
    assert list(await faults(DiscordSandbox(world), **changes)) == [where]


@pytest.mark.parametrize(
    ("sandbox", "code"),
    [
        (DiscordSandbox(World(), right_token=False), "401"),
        (DiscordSandbox(World(), content_intent=False), "4014"),
    ],
    ids=["token", "intent"],
)
async def test_start_says_what_it_was_refused(sandbox: DiscordSandbox, code: str) -> None:
    await sandbox.start()
    try:
        adapter = DiscordAdapter(settings(sandbox), SmallMenu())
        with pytest.raises(Permanent) as refused:
            await adapter.start(SmallCore().handle)
        assert refused.value.code == code
        assert "Developer Portal" in refused.value.reason or "developers" in refused.value.reason
    finally:
        await sandbox.stop()


async def test_a_gateway_that_is_away_at_first(sandbox: DiscordSandbox) -> None:
    away = replace(settings(sandbox), gateway_url="ws://127.0.0.1:9")
    adapter = DiscordAdapter(away, SmallMenu())
    with pytest.raises(Transient):
        await adapter.start(SmallCore().handle)


async def test_a_stranger_to_the_server_is_told_how_to_get_in(sandbox: DiscordSandbox) -> None:
    adapter = DiscordAdapter(replace(settings(sandbox), workspace="123"), SmallMenu())
    with pytest.raises(Permanent, match="oauth2/authorize"):
        await adapter.start(SmallCore().handle)
