"""The adapter through python-telegram-bot, over real sockets, against the stand-in."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bots.sandbox.people import World, eventually
from bots.sandbox.telegram import TelegramSandbox
from bots.sandbox.telegram.people import TelegramPerson
from core.chat.actions import Action, OpenForm
from core.chat.adapter import Answer, Permanent, Unreachable
from core.chat.events import (
    ButtonPressed,
    CommandInvoked,
    Event,
    FormOpened,
    MemberJoined,
    MemberLeft,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.identity import Account, Channel, Place, Platform, Purpose
from core.chat.markup import mention
from core.chat.messages import Button, Image, Message, Reply, Text
from tests.bots.telegram.stage import Stage, connected

pytestmark = pytest.mark.e2e

SEEN = Message(Text("Vu."))


def replying(
    message: Message, to: type[Event], *, private: bool = True, edits: bool = False
) -> Callable[[Event], Awaitable[Answer]]:
    async def answer(event: Event) -> Answer:
        return Reply(message, private=private, edits=edits) if isinstance(event, to) else None

    return answer


async def member(stage: Stage, name: str, *, started: bool = True) -> TelegramPerson:
    """Somebody let in by the owner, who pressed Start or did not."""
    person = stage.sandbox.person(name)
    await person.joins()
    stage.sandbox.admit(name)
    if started:
        await person.starts()
    return person


def account(stage: Stage, person: TelegramPerson) -> Account:
    return Account(Platform.TELEGRAM, stage.adapter.workspace.id, person.id)


def place(stage: Stage, purpose: Purpose) -> Place:
    return Place(Platform.TELEGRAM, stage.adapter.workspace.id, purpose)


async def test_what_people_do_in_the_group_reaches_the_core() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa", started=False)
        said = await lea.says("Bonjour #Question", channel="entraide")
        posted = await stage.hears(MessagePosted)
        assert posted.text == "Bonjour #Question"
        assert posted.message.channel.thread is not None
        assert posted.workspace == stage.adapter.workspace
        await lea.edits(said, "Bonsoir")
        assert (await stage.hears(MessageEdited)).message == posted.message
        await lea.reacts(said, "👍")
        await lea.unreacts(said, "👍")
        added = await stage.hears(ReactionAdded)
        removed = await stage.hears(ReactionRemoved)
        assert (added.emoji, added.message.key) == ("👍", posted.message.key)
        assert added.delivery_id != removed.delivery_id
        await lea.leaves()
        left = await stage.hears(MemberLeft)
        assert left.account == posted.account
        kinds = [type(event) for event in stage.core.events[:2]]
        assert kinds == [MemberJoined, MemberJoined]
        assert stage.sandbox.complaints() == ()


async def test_what_is_sent_stands_where_it_was_meant_to() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        ref = await stage.adapter.send(SEEN, place(stage, Purpose.RITUALS), key="1")
        seen = await eventually(stage.world, lea, "Vu.")
        assert (seen.channel, seen.thread) == ("accueil", "rituels") or seen.channel == "rituels"
        below = await stage.adapter.send(Message(Text("Suite.")), ref, key="2")
        assert below.channel == ref.channel
        bare = await stage.adapter.send(Message(Text("Ici.")), ref.channel, key="3")
        assert bare.channel.thread == ref.channel.thread
        secret = await stage.adapter.send(Message(Text("Psst.")), account(stage, lea), key="4")
        assert secret.channel.private
        assert (await eventually(stage.world, lea, "Psst.")).private_to == "Léa"
        link = await stage.adapter.link(ref)
        assert link == f"https://t.me/c/{ref.channel.id[4:]}/{ref.channel.thread}/{ref.id}"
        assert await stage.adapter.link(secret) is None
        assert stage.sandbox.complaints() == ()


async def test_the_same_key_is_not_shown_twice() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        first = await stage.adapter.send(SEEN, place(stage, Purpose.HELP), key="7")
        assert await stage.adapter.send(SEEN, place(stage, Purpose.HELP), key="7") == first
        assert sum(seen.text == "Vu." for seen in lea.sees()) == 1


async def test_a_message_of_ours_is_replaced_and_the_same_again_is_no_error() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        ref = await stage.adapter.send(SEEN, place(stage, Purpose.HELP), key="1")
        after = Message(Text("Résolu."), (Button("Merci", Action("thanks")),))
        await stage.adapter.edit(ref, after)
        await stage.adapter.edit(ref, after)
        seen = await eventually(stage.world, lea, "Résolu.")
        assert (seen.edited, seen.buttons) == (True, ("Merci",))


async def test_a_picture_carries_its_words_and_can_be_edited() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        png = bytes.fromhex(
            "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
            "1f15c4890000000d49444154789c6360f8cf500f0003860180345a7f7b0000000049454e44ae426082"
        )
        image = Image("bilan.png", png, "Douze membres actifs")
        message = Message(Text("Le bilan."), image=image)
        ref = await stage.adapter.send(message, account(stage, lea), key="1")
        seen = await eventually(stage.world, lea, "Douze membres actifs")
        assert seen.text.startswith("Le bilan.")
        await stage.adapter.edit(ref, Message(Text("Bilan corrigé.")))
        await eventually(stage.world, lea, "Bilan corrigé.")
        await stage.adapter.edit(ref, Message(Text("Nouveau dessin."), image=image))
        await eventually(stage.world, lea, "Nouveau dessin.")
        long = Message(Text("mot " * 600), (Button("Détails", Action("a")),), image)
        last = await stage.adapter.send(long, account(stage, lea), key="2")
        assert next(s for s in lea.sees() if s.id == last.id).buttons == ("Détails",)
        assert stage.sandbox.complaints() == ()


async def test_only_whom_the_message_names_is_mentioned() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        who = account(stage, lea)
        words = Text(f"{mention(who, 'Léa')}, une idée ?")
        for key, mentions in (("1", (who,)), ("2", ())):
            message = Message(words, mentions=mentions)
            await stage.adapter.send(message, place(stage, Purpose.HELP), key=key)
        posts = [
            post
            for post in stage.sandbox.main.posts.values()
            if post.sender.is_bot and "une idée" in post.text
        ]
        assert [any(e["type"] == "text_mention" for e in p.entities) for p in posts] == [
            True,
            False,
        ]


async def test_a_person_who_never_wrote_is_unreachable_and_so_is_one_who_blocked_us() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa", started=False)
        stage.adapter._reception._doors._open.clear()
        lea.user.contact_until = 0.0
        with pytest.raises(Unreachable):
            await stage.adapter.send(SEEN, account(stage, lea), key="1")
        await lea.starts()
        await stage.adapter.send(SEEN, account(stage, lea), key="1")
        await lea.refuses_direct_messages()
        with pytest.raises(Unreachable) as refusal:
            await stage.adapter.send(SEEN, account(stage, lea), key="2")
        assert refusal.value.code == "blocked"


async def test_a_place_without_a_channel_is_said_so() -> None:
    async with connected() as stage:
        with pytest.raises(Permanent) as refusal:
            await stage.adapter.send(SEEN, place(stage, Purpose.ADMINS), key="1")
        assert refusal.value.code == "not_configured"
        nowhere = Channel(Platform.TELEGRAM, stage.adapter.workspace.id, "-1009999999999")
        with pytest.raises(Permanent) as refusal:
            await stage.adapter.send(SEEN, nowhere, key="2")
        assert refusal.value.code == "chat_not_found"


async def test_commands_are_understood_without_accents_in_both_languages() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        await stage.hears(CommandInvoked)  # /start
        for typed in ("/rituel apercu", "/rituel aperçu", "/ritual preview"):
            await lea.says(typed)
        await stage.hears(CommandInvoked, 4)
        paths = [event.path for event in stage.core.events if isinstance(event, CommandInvoked)]
        assert paths == ["parcours", *["rituel aperçu"] * 3]
        await lea.runs("/rituel@amicale_bot pause 3 Une vraie\npause", channel="entraide")
        pause = await stage.hears(CommandInvoked, 5)
        assert dict(pause.arguments) == {"jours": "3", "raison": "Une vraie\npause"}


async def test_a_command_in_reply_names_the_person_replied_to() -> None:
    async with connected() as stage:
        lea, bob = await member(stage, "Léa"), await member(stage, "Bob")
        said = await bob.says("Je connais asyncio", channel="entraide")
        await lea.says("/role expert", reply_to=said)
        await stage.until(lambda: len(stage.core.heard(CommandInvoked)) == 3)
        event = stage.core.heard(CommandInvoked)[-1]
        assert isinstance(event, CommandInvoked)
        assert dict(event.arguments) == {"membre": account(stage, bob), "role": "expert"}


async def test_what_is_no_command_is_answered_in_private_and_left_alone_in_the_group() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        await lea.says("/danser")
        await eventually(stage.world, lea, "/")
        before = len(lea.sees())
        await lea.says("/danser", channel="entraide")
        await lea.says("/danser@other_bot", channel="entraide")
        await lea.says("/rituel")
        await eventually(stage.world, lea, "aperçu, pause")
        assert [s for s in lea.sees()[before:] if s.author == "Amicale" and not s.private_to] == []


async def test_a_private_answer_to_a_command_in_the_group_goes_to_the_private_chat() -> None:
    answer = replying(Message(Text("**12** messages.")), CommandInvoked)
    async with connected(answer=answer) as stage:
        lea = await member(stage, "Léa")
        await eventually(stage.world, lea, "12 messages.")
        await lea.runs("/moi", channel="entraide")
        await stage.until(lambda: sum("12 messages." in s.text for s in lea.sees()) == 2)
        assert {s.private_to for s in lea.sees() if "12 messages." in s.text} == {"Léa"}
        assert [s.text for s in stage.sandbox.transcript() if s.channel != "privé"][-1] == "/moi"


async def test_somebody_who_cannot_be_written_to_is_led_to_the_private_chat() -> None:
    answer = replying(Message(Text("**12** messages, et une longue suite. " * 8)), CommandInvoked)
    async with connected(answer=answer) as stage:
        lea = await member(stage, "Léa", started=False)
        stage.adapter._reception._doors._open.clear()
        lea.user.contact_until = 0.0
        await lea.runs("/moi", channel="entraide")
        invited = await eventually(stage.world, lea, "en privé")
        assert (invited.buttons, invited.private_to) == (("Continuer en privé",), None)
        assert "12" not in invited.text
        await lea.presses("Continuer en privé")
        assert (await eventually(stage.world, lea, "12 messages")).private_to == "Léa"
        paths = [event.path for event in stage.core.events if isinstance(event, CommandInvoked)]
        assert paths == ["moi", "moi"]
        assert stage.sandbox.complaints() == ()


async def test_a_form_pressed_in_the_group_begins_in_private() -> None:
    async def answer(event: Event) -> Answer:
        if isinstance(event, FormOpened):
            return Reply(Message(Text("Votre question ?"), (Button("Annuler", Action("stop")),)))
        return None

    async with connected(answer=answer) as stage:
        lea = await member(stage, "Léa")
        bob = await member(stage, "Bob", started=False)
        stage.adapter._reception._doors._open.clear()
        bob.user.contact_until = 0.0
        ask = Button("Poser une question", OpenForm("questions.ask", "3"))
        await stage.adapter.send(
            Message(Text("Besoin d’aide ?"), (ask,)), place(stage, Purpose.HELP), key="1"
        )
        for person in (lea, bob):
            await person.presses("Poser une question")
            seen = await eventually(stage.world, person, "Votre question ?")
            assert seen.private_to == person.name
        opened = await stage.hears(FormOpened)
        assert (opened.form, opened.argument) == ("questions.ask", "3")
        assert len(stage.core.heard(FormOpened)) == 3  # Bob: refused, then through the deep link
        await eventually(stage.world, lea, "conversation privée")
        assert stage.sandbox.complaints() == ()


async def test_a_command_that_opens_a_form_opens_it() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        await lea.runs("/question")
        assert (await stage.hears(FormOpened)).channel.private


async def test_a_press_replaces_its_message_and_is_acknowledged() -> None:
    message = Message(Text("Merci, c’est noté."))
    async with connected(answer=replying(message, ButtonPressed, edits=True)) as stage:
        lea = await member(stage, "Léa")
        button = Button("J’accepte", Action("charter.accept", "3"))
        ref = await stage.adapter.send(
            Message(Text("La charte"), (button,)), account(stage, lea), key="1"
        )
        await lea.presses("J’accepte")
        seen = await eventually(stage.world, lea, "Merci, c’est noté.")
        assert (seen.id, seen.buttons, seen.edited) == (ref.id, (), True)
        await stage.until(lambda: lea.waiting == ())
        assert (await stage.hears(ButtonPressed)).message == ref


async def test_a_few_words_in_private_are_shown_over_the_button() -> None:
    async with connected(answer=replying(Message(Text("*Déjà* fait.")), ButtonPressed)) as stage:
        lea = await member(stage, "Léa")
        button = Button("Résolu", Action("questions.solve", "3"))
        await stage.adapter.send(Message(Text("?"), (button,)), place(stage, Purpose.HELP), key="1")
        await lea.presses("Résolu")
        seen = await eventually(stage.world, lea, "Déjà fait.")
        assert seen.private_to == "Léa"


async def test_a_public_answer_stands_below_the_message_in_its_topic() -> None:
    answer = replying(Message(Text("Question ouverte.")), MessagePosted, private=False)
    async with connected(answer=answer) as stage:
        lea = await member(stage, "Léa")
        said = await lea.says("#Question Pourquoi ?", channel="entraide")
        seen = await eventually(stage.world, lea, "Question ouverte.")
        assert (seen.channel, seen.thread) == (said.channel, said.thread)
        post = next(p for p in stage.sandbox.main.posts.values() if "ouverte" in p.text)
        assert str(post.reply_to) == said.id


async def test_buttons_of_an_older_version_are_answered_kindly() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        old = Button("Vieille fiche", OpenForm("nothing.here"))
        await stage.adapter.send(Message(Text("?"), (old,)), account(stage, lea), key="1")
        before = len(lea.sees())
        await lea.presses("Vieille fiche")
        await stage.until(lambda: len(lea.sees()) > before)
        assert stage.core.heard(FormOpened) == []


async def test_a_handler_that_fails_or_dawdles_leaves_no_button_spinning() -> None:
    async def answer(event: Event) -> Answer:
        if isinstance(event, ButtonPressed):
            if event.action.name == "fail":
                raise RuntimeError("the handler broke")
            await asyncio.sleep(2.3)
            return Reply(Message(Text("Enfin.")))
        return None

    async with connected(answer=answer) as stage:
        lea = await member(stage, "Léa")
        buttons = (Button("Casser", Action("fail")), Button("Attendre", Action("wait")))
        await stage.adapter.send(Message(Text("?"), buttons), account(stage, lea), key="1")
        before = len(lea.sees())
        await lea.presses("Casser")
        await stage.until(lambda: len(lea.sees()) > before and lea.waiting == ())
        await lea.presses("Attendre")
        await stage.until(lambda: lea.waiting == (), seconds=2.25)
        await eventually(stage.world, lea, "Enfin.")


async def test_a_stranger_is_asked_to_join_first() -> None:
    async with connected() as stage:
        eve = stage.sandbox.person("Ève")
        await eve.starts()
        await eventually(stage.world, eve, "rejoindre le groupe")
        assert stage.core.events == []


async def test_the_menu_is_published_in_each_language_without_what_is_for_staff() -> None:
    async with connected() as stage:
        published = stage.sandbox.profile.published()
        assert {"parcours", "rituel", "role"} <= published
        everybody = await stage.adapter._api.call("getMyCommands", {"language_code": "en"})
        assert [entry["command"] for entry in everybody] == ["journey", "me", "ask", "link"]
        staff = await stage.adapter._api.call(
            "getMyCommands",
            {"scope": {"type": "chat_administrators", "chat_id": stage.sandbox.main.id}},
        )
        rituel = next(entry for entry in staff if entry["command"] == "rituel")
        assert rituel["description"] == "À faire suivre de : aperçu, pause"


async def test_profiles_say_who_administers() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        assert (await stage.adapter.profile(account(stage, lea))).roles == {"member"}
        stage.sandbox.make_moderator("Léa")
        profile = await stage.adapter.profile(account(stage, lea))
        assert profile.name == "Léa"
        assert "administrator" in profile.roles
        await lea.says("Bonjour", channel="entraide")
        posted = await stage.hears(MessagePosted)
        assert posted.profile is not None
        assert "administrator" in posted.profile.roles
        nobody = Account(Platform.TELEGRAM, stage.adapter.workspace.id, "123")
        with pytest.raises(Permanent) as refusal:
            await stage.adapter.profile(nobody)
        assert refusal.value.code == "user_not_found"


async def test_a_group_without_topics_works_as_well() -> None:
    async with connected(TelegramSandbox(World(), forum=False)) as stage:
        lea = await member(stage, "Léa")
        await stage.adapter.send(SEEN, place(stage, Purpose.HELP), key="1")
        said = await eventually(stage.world, lea, "Vu.")
        await lea.says("Merci", reply_to=said)
        posted = await stage.hears(MessagePosted)
        assert posted.reply_to is not None
        assert posted.reply_to.id == said.id
        assert stage.sandbox.complaints() == ()
