"""The Slack adapter against its stand-in: what people do reaches the core, answers reach people."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bots.sandbox.people import World
from bots.sandbox.slack import SlackSandbox
from core.chat.actions import Action, Link, OpenForm
from core.chat.events import (
    ButtonPressed,
    CommandInvoked,
    FormSubmitted,
    HomeOpened,
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
from core.chat.messages import Button, Image, Invalid, Message, Reply, Style, Text
from tests.bots.slack.stage import TEAM, Stage, stage

pytestmark = pytest.mark.e2e

HELP = Place(Platform.SLACK, TEAM, Purpose.HELP)
ACCEPT = Button("J’accepte", Action("charter.accept", "3"), Style.PRIMARY)
FILL = Button("Écrire", OpenForm("questions.ask", "12"))
PNG = bytes.fromhex("89504e470d0a1a0a")


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage(SlackSandbox(World())) as here:
        yield here


def say(text: str, *buttons: Button) -> Message:
    return Message(Text(text), buttons)


# What people do


async def test_messages_replies_edits_and_deletions_reach_the_core(slack: Stage) -> None:
    lea, bob = await slack.person("Léa"), await slack.person("Bob")
    said = await lea.says("Bonjour @Bob :wave: <b>", channel="entraide")
    posted = await slack.core.one(MessagePosted)
    assert posted.text == f"Bonjour @{bob.id} 👋 <b>"
    assert posted.account == slack.account(lea)
    assert posted.mentions == (slack.account(bob),)
    assert posted.message.id == said.id
    assert posted.reply_to is None
    await bob.says("Salut", reply_to=said)
    assert await slack.world.until(lambda: len(slack.core.of(MessagePosted)) == 2)
    reply = slack.core.of(MessagePosted)[1]
    assert reply.reply_to is not None
    assert reply.reply_to.id == said.id
    assert reply.message.channel.thread == said.id
    await lea.edits(said, "Bonsoir")
    assert (await slack.core.one(MessageEdited)).text == "Bonsoir"
    other = await lea.says("Oups", channel="entraide")
    await lea.deletes(other)
    gone = await slack.core.one(MessageDeleted)
    assert gone.message.id == other.id
    assert gone.account == slack.account(lea)
    await lea.deletes(said)  # a thread hangs below it: Slack leaves a tombstone
    assert await slack.world.until(lambda: len(slack.core.of(MessageDeleted)) == 2)
    assert slack.core.of(MessageDeleted)[1].message.key == posted.message.key


async def test_reactions_come_and_go(slack: Stage) -> None:
    lea, bob = await slack.person("Léa"), await slack.person("Bob")
    said = await lea.says("Résolu ?", channel="entraide")
    await bob.reacts(said, "✅")
    await bob.unreacts(said, "✅")
    added = await slack.core.one(ReactionAdded)
    removed = await slack.core.one(ReactionRemoved)
    assert added.emoji == removed.emoji == "✅"
    assert added.author == slack.account(lea)
    assert added.message.id == said.id


async def test_people_join_and_leave(slack: Stage) -> None:
    lea = await slack.person("Léa")
    joined = await slack.core.one(MemberJoined)
    assert joined.account == slack.account(lea)
    assert joined.profile.name == "Léa"
    assert joined.profile.locale == "fr-FR"
    await lea.leaves()
    assert (await slack.core.one(MemberLeft)).account == slack.account(lea)


async def test_one_persons_events_stay_in_order(slack: Stage) -> None:
    lea = await slack.person("Léa")
    slack.core.on(MessagePosted, None, after=0.02)
    for number in range(8):
        await lea.says(f"n° {number}", channel="entraide")
    assert await slack.world.until(lambda: len(slack.core.of(MessagePosted)) == 8)
    assert [e.text for e in slack.core.of(MessagePosted)] == [f"n° {n}" for n in range(8)]


async def test_a_command_is_answered_for_its_author_alone(slack: Stage) -> None:
    lea, bob = await slack.person("Léa"), await slack.person("Bob")
    slack.core.on(CommandInvoked, Reply(say("Vous en êtes à **la charte**.", ACCEPT)))
    await lea.runs("/PARCOURS", channel="entraide")
    seen = await slack.sees(lea, "Vous en êtes à la charte.")
    assert seen.private_to == "Léa"
    assert seen.buttons == ("J’accepte",)
    assert not any("charte" in each.text for each in bob.sees())
    assert (await slack.core.one(CommandInvoked)).path == "parcours"
    assert lea.answered is True


async def test_arguments_name_people_and_choices(slack: Stage) -> None:
    nadia, bob = slack.sandbox.person("Nadia"), await slack.person("Bob")
    await nadia.runs("/amicale ROLE @Bob expert", channel="entraide")
    invoked = await slack.core.one(CommandInvoked)
    assert invoked.path == "rôle"
    assert invoked.arguments == {"qui": slack.account(bob), "rang": "x"}


async def test_a_public_answer_to_a_command_is_seen_by_all(slack: Stage) -> None:
    lea, bob = await slack.person("Léa"), await slack.person("Bob")
    slack.core.on(CommandInvoked, Reply(say("Pour tout le monde"), private=False))
    await lea.runs("/amicale parcours", channel="entraide")
    assert (await slack.sees(bob, "Pour tout le monde")).private_to is None


async def test_an_unknown_command_and_a_missing_option_are_explained(slack: Stage) -> None:
    lea = await slack.person("Léa")
    await lea.runs("/amicale parcour", channel="entraide")
    seen = await slack.sees(lea, "Je ne connais pas")
    assert "/amicale parcours" in seen.text
    assert seen.private_to == "Léa"
    await lea.runs("/amicale lier", channel="entraide")
    assert "/amicale lier <code>" in (await slack.sees(lea, "Il manque")).text
    await lea.runs("/amicale", channel="entraide")
    assert "Poser une question" in (await slack.sees(lea, "Ce que je sais faire")).text
    assert slack.core.of(CommandInvoked) == []


# Buttons and forms


async def test_a_button_replaces_its_message_or_answers_aside(slack: Stage) -> None:
    lea = await slack.person("Léa")
    await slack.adapter.send(say("La charte", ACCEPT, FILL), slack.account(lea), key="1")
    await slack.sees(lea, "La charte")
    slack.core.on(ButtonPressed, Reply(say("Merci"), edits=True))
    await lea.presses("J’accepte")
    thanked = await slack.sees(lea, "Merci")
    assert thanked.edited
    assert thanked.buttons == ()
    pressed = await slack.core.one(ButtonPressed)
    assert pressed.action == Action("charter.accept", "3")
    assert pressed.message.id == thanked.id
    assert pressed.channel.private


async def test_an_ephemeral_message_is_replaced_too(slack: Stage) -> None:
    lea = await slack.person("Léa")
    slack.core.on(CommandInvoked, Reply(say("Prêt ?", ACCEPT)))
    slack.core.on(ButtonPressed, Reply(say("C’est fait"), edits=True))
    await lea.runs("/amicale parcours", channel="entraide")
    await slack.sees(lea, "Prêt ?")
    await lea.presses("J’accepte")
    assert (await slack.sees(lea, "C’est fait")).private_to == "Léa"
    assert not any(each.text == "Prêt ?" for each in lea.sees())


async def test_a_form_opens_refuses_and_is_taken(slack: Stage) -> None:
    lea = await slack.person("Léa")
    slack.core.on(FormSubmitted, Invalid({"text": "Trop court", "unknown": "Et puis ça"}))
    await lea.runs("/amicale question Comment trier ?", channel="entraide")
    assert await slack.world.until(lambda: lea.form is not None)
    assert lea.form is not None
    assert lea.form.title == "Poser une question"
    assert lea.form.values["Votre question"] == "Comment trier ?"
    await lea.fills({"Votre niveau": "Confirmé"})
    assert await slack.world.until(lambda: bool(lea.form and lea.form.errors))
    assert lea.form.errors == {"Votre question": "Trop court Et puis ça"}
    slack.core.on(FormSubmitted, Reply(say("Question ouverte")))
    await lea.fills({"text": "Comment trier une liste ?"})
    await slack.sees(lea, "Question ouverte")
    assert await slack.world.until(lambda: lea.form is None)
    sent = slack.core.of(FormSubmitted)[-1]
    assert (sent.form, sent.argument) == ("questions.ask", "")
    assert sent.answers == {"text": "Comment trier une liste ?", "level": "expert", "more": ""}
    assert not sent.channel.private


async def test_a_form_from_a_button_replaces_the_message_that_held_it(slack: Stage) -> None:
    lea = await slack.person("Léa")
    await slack.adapter.send(say("À vous", FILL), slack.account(lea), key="f")
    await slack.sees(lea, "À vous")
    await lea.presses("Écrire")
    assert await slack.world.until(lambda: lea.form is not None)
    slack.core.on(FormSubmitted, Reply(say("Reçu"), edits=True))
    await lea.fills({"text": "Bonjour à tous", "level": "Débutant"})
    assert (await slack.sees(lea, "Reçu")).edited
    sent = await slack.core.one(FormSubmitted)
    assert sent.argument == "12"
    assert sent.message is not None


async def test_a_slow_core_does_not_make_slack_wait(slack: Stage) -> None:
    lea = await slack.person("Léa")
    slack.core.on(CommandInvoked, Reply(say("Enfin")), after=2.6)
    slack.core.on(FormSubmitted, Invalid({"text": "Trop vague"}), after=2.6)
    await lea.runs("/amicale parcours", channel="entraide")
    assert await slack.world.until(lambda: lea.answered is True, seconds=3)
    await slack.sees(lea, "Enfin")
    await lea.runs("/amicale question", channel="entraide")
    assert await slack.world.until(lambda: lea.form is not None)
    await lea.fills({"text": "Un texte assez long", "level": "Débutant"})
    late = await slack.sees(lea, "Trop vague")
    assert late.buttons == ("Corriger mes réponses",)
    await lea.presses("Corriger mes réponses")
    assert await slack.world.until(lambda: lea.form is not None)
    assert lea.form is not None
    assert lea.form.values["Votre question"] == "Un texte assez long"
    assert lea.form.values["Votre niveau"] == "Débutant"


async def test_what_was_typed_survives_a_core_that_fails(slack: Stage) -> None:
    lea = await slack.person("Léa")
    slack.core.on(FormSubmitted, RuntimeError("boom"))
    for expected in ("", "Une question assez longue"):
        await lea.runs("/amicale question", channel="entraide")
        assert await slack.world.until(lambda: lea.form is not None)
        assert lea.form is not None
        assert lea.form.values["Votre question"] == expected
        await lea.fills({"text": "Une question assez longue", "level": "Débutant"})
        assert await slack.world.until(lambda: lea.form is None)
    assert slack.core.of(FormSubmitted)[-1].answers["text"] == "Une question assez longue"


async def test_choices_are_read_in_the_persons_language_the_first_time(slack: Stage) -> None:
    zoe, bob = slack.sandbox.person("Zoe"), await slack.person("Bob")
    zoe.user.locale = "en-US"
    await zoe.joins()
    await zoe.runs("/amicale rôle @Bob guide", channel="entraide")
    invoked = await slack.core.one(CommandInvoked)
    assert invoked.arguments == {"qui": slack.account(bob), "rang": "mentor"}


async def test_old_and_unreadable_buttons_are_answered_kindly(slack: Stage) -> None:
    lea = await slack.person("Léa")
    old = Button("Vieux", OpenForm("gone.form"))
    await slack.adapter.send(say("Ancien", old), slack.account(lea), key="o")
    await slack.sees(lea, "Ancien")
    await lea.presses("Vieux")
    seen = await slack.sees(lea, "Ce bouton vient d’une ancienne version")
    assert "/amicale parcours" in seen.text
    client = slack.adapter._web.client
    broken = {"type": "button", "action_id": "x", "text": {"type": "plain_text", "text": "Cassé"}}
    await client.chat_postMessage(
        channel=lea.id,
        text="?",
        blocks=[{"type": "actions", "elements": [broken | {"value": ":"}]}],
    )
    await lea.presses("Cassé")
    assert await slack.world.until(
        lambda: sum("ancienne version" in each.text for each in lea.sees()) == 2
    )


async def test_a_handler_that_fails_is_said_and_a_link_is_only_a_link(slack: Stage) -> None:
    lea = await slack.person("Léa")
    slack.core.on(CommandInvoked, RuntimeError("boom"))
    await lea.runs("/amicale parcours", channel="entraide")
    await slack.sees(lea, "Quelque chose s’est mal passé")
    page = Button("Lire", Link("https://example.org/charte"))
    await slack.adapter.send(say("Lecture", page), slack.account(lea), key="l")
    await slack.sees(lea, "Lecture")
    await lea.presses("Lire")
    assert await slack.world.until(lambda: lea.answered is True)
    assert slack.core.of(ButtonPressed) == []


# Where answers go


async def test_a_question_is_acknowledged_in_its_thread(slack: Stage) -> None:
    lea, bob = await slack.person("Léa"), await slack.person("Bob")
    slack.core.on(MessagePosted, Reply(say("Question notée"), private=False))
    said = await lea.says("#QuestionTechnique ?", channel="entraide")
    seen = await slack.sees(bob, "Question notée")
    assert seen.thread == said.text
    slack.core.on(MessagePosted, Reply(say("Rien que pour vous")))
    await lea.says("Autre", channel="entraide")
    assert (await slack.sees(lea, "Rien que pour vous")).private_to == "Léa"
    assert not any("Rien que" in each.text for each in bob.sees())


async def test_private_messages_are_answered_in_private(slack: Stage) -> None:
    lea = await slack.person("Léa")
    slack.core.on(MessagePosted, Reply(say("Je vous lis")))
    await lea.says("Bonjour le bot")
    seen = await slack.sees(lea, "Je vous lis")
    assert (seen.channel, seen.thread) == ("privé", None)
    assert (await slack.core.one(MessagePosted)).message.channel.private


async def test_the_home_tab_is_drawn_and_redrawn(slack: Stage) -> None:
    lea = await slack.person("Léa")
    slack.core.on(HomeOpened, Reply(say("# Mon parcours\n\n- charte", ACCEPT, FILL)))
    slack.core.on(ButtonPressed, Reply(say("Bravo", FILL), edits=True))
    await lea.opens_home()
    assert await slack.world.until(lambda: "Mon parcours" in lea.home)
    await lea.presses("J’accepte")
    assert await slack.world.until(lambda: "Bravo" in lea.home)
    pressed = await slack.core.one(ButtonPressed)
    assert pressed.message is None
    slack.core.on(FormSubmitted, Reply(say("Noté")))
    await lea.presses("Écrire")
    assert await slack.world.until(lambda: lea.form is not None)
    await lea.fills({"text": "Depuis l’accueil", "level": "Débutant"})
    assert (await slack.sees(lea, "Noté")).channel == "privé"


# Delivering


async def test_sends_to_places_people_threads_and_channels(slack: Stage) -> None:
    lea, bob = await slack.person("Léa"), await slack.person("Bob")
    ref = await slack.adapter.send(say("Une question"), HELP, key="1")
    below = await slack.adapter.send(say("Dessous"), ref, key="2")
    again = await slack.adapter.send(say("Encore"), below, key="3")
    assert (await slack.sees(bob, "Dessous")).thread == "Une question"
    assert below.channel.thread == again.channel.thread == ref.id
    rituals = await slack.adapter.send(
        say("Mardi"), Place(Platform.SLACK, TEAM, Purpose.RITUALS), key="4"
    )
    assert (await slack.sees(lea, "Mardi")).channel == "rituels"
    await slack.adapter.send(say("Par canal"), rituals.channel, key="5")
    private = await slack.adapter.send(say("Secret"), slack.account(lea), key="6")
    assert private.channel.private
    assert (await slack.sees(lea, "Secret")).private_to == "Léa"
    user = Channel(Platform.SLACK, TEAM, lea.id, private=True)
    await slack.adapter.send(say("Par personne"), user, key="7")
    assert (await slack.sees(lea, "Par personne")).private_to == "Léa"
    link = await slack.adapter.link(ref)
    assert link is not None
    assert ref.id.replace(".", "") in link


async def test_mentions_only_whom_it_may_and_shows_images(slack: Stage) -> None:
    lea, bob = await slack.person("Léa"), await slack.person("Bob")
    text = Text(f"{mention(slack.account(lea), 'Léa')} et {mention(slack.account(bob), 'Bobby')}")
    chart = Image("chart.png", PNG, "Une courbe qui monte")
    message = Message(text, (ACCEPT,), chart, (slack.account(lea),))
    await slack.adapter.send(message, HELP, key="m")
    seen = await slack.sees(bob, "@Léa et Bobby")
    assert seen.images == ("Une courbe qui monte",)
    assert seen.buttons == ("J’accepte",)
    slack.core.on(CommandInvoked, Reply(Message(Text("Voici"), image=chart)))
    await lea.runs("/amicale parcours", channel="entraide")
    assert (await slack.sees(lea, "Voici")).images == ("Une courbe qui monte",)


async def test_edits_and_long_messages(slack: Stage) -> None:
    bob = await slack.person("Bob")
    long = "\n\n".join(f"Paragraphe {n} " + "mot " * 60 for n in range(30))
    ref = await slack.adapter.send(say(long, ACCEPT), HELP, key="long")
    last = await slack.sees(bob, "Paragraphe 29")
    assert last.id == ref.id
    assert last.buttons == ("J’accepte",)
    assert len([each for each in bob.sees() if "Paragraphe" in each.text]) > 1
    await slack.adapter.edit(ref, say("Court"))
    assert (await slack.sees(bob, "Court")).edited


async def test_what_a_member_wrote_stays_inert(slack: Stage) -> None:
    bob = await slack.person("Bob")
    hostile = "<!channel> @channel *gras* <@U0NADIA> :tada: https://x.org `code` &lt;"
    await slack.adapter.send(Message(plain(hostile)), HELP, key="h")
    assert (await slack.sees(bob, "gras")).text == hostile


async def test_languages_follow_the_person(slack: Stage) -> None:
    zoe = slack.sandbox.person("Zoe")
    zoe.user.locale = "en-US"
    await zoe.joins()
    await zoe.runs("/amicale", channel="entraide")
    await slack.sees(zoe, "What I can do here")
    slack.core.on(CommandInvoked, Reply(say("ok")))
    await zoe.runs("/amicale ritual preview tip", channel="entraide")
    invoked = await slack.core.one(CommandInvoked)
    assert (invoked.path, invoked.arguments) == ("rituel aperçu", {"nom": "tip"})


async def test_profiles_say_levels_and_groups(slack: Stage) -> None:
    nadia, lea = slack.sandbox.person("Nadia"), await slack.person("Léa")
    slack.sandbox.make_group("Formateurs", "Léa", "Bob")
    trainer = await slack.adapter.profile(slack.account(lea))
    assert trainer.roles == {"member", "formateurs", "s00000001"}
    assert (trainer.name, trainer.locale) == ("Léa", "fr-FR")
    profile = await slack.adapter.profile(slack.account(nadia))
    assert profile.name == "Nadia"
    assert {"owner", "administrator"} <= profile.roles


async def test_a_plan_without_groups_is_fine(slack: Stage) -> None:
    lea = await slack.person("Léa")
    assert (await slack.adapter.profile(slack.account(lea))).roles == {"member"}


async def test_stopping_lets_the_work_in_hand_finish() -> None:
    sandbox = SlackSandbox(World())
    async with stage(sandbox) as here:
        lea = await here.person("Léa")
        await here.core.one(MemberJoined)
        here.core.on(CommandInvoked, Reply(say("Juste à temps")), after=0.5)
        await lea.runs("/amicale parcours", channel="entraide")
        await here.core.one(CommandInvoked)
        before = asyncio.get_running_loop().time()
        await here.adapter.stop()
        assert asyncio.get_running_loop().time() - before < 10
        await here.sees(lea, "Juste à temps")
        assert lea.answered is True
