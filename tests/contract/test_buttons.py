"""Buttons and forms: pressed, filled, refused, and pressed again after a restart."""

import pytest

from core.chat.actions import Action, OpenForm
from core.chat.events import ButtonPressed, FormOpened, FormSubmitted, HomeOpened, MessagePosted
from core.chat.identity import MessageRef
from core.chat.messages import Button, Invalid, Reply
from tests.contract.stage import OUTDATED, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
capability = pytest.mark.capability

TRY = Button("Essayer", Action("demo.try", "3"))
ASK = Button("Poser ma question", OpenForm("questions.ask", "12"))


async def offered(stage: Stage, *buttons: Button) -> tuple[str, MessageRef]:
    """A message with buttons in `entraide`: its text and where it stands."""
    text = stage.word("À vous")
    return text, await stage.adapter.send(stage.says(text, *buttons), stage.place(), key=text)


@capability("button")
async def test_a_button_brings_its_action(stage: Stage) -> None:
    lea = await stage.member()
    text, ref = await offered(stage, TRY)
    shown = await stage.shows(lea, text)
    assert shown.buttons == ("Essayer",)
    await lea.presses("Essayer", on=shown)
    pressed = await stage.hears(ButtonPressed, lea)
    assert pressed.action == Action("demo.try", "3")
    assert pressed.message is not None
    assert pressed.message.key == ref.key
    await lea.presses("Essayer", on=shown)
    again = await stage.hears(ButtonPressed, lea, count=2)
    assert again.delivery_id != pressed.delivery_id


@capability("button_silent")
async def test_a_press_without_an_answer_is_acknowledged(stage: Stage) -> None:
    lea = await stage.member()
    text, _ = await offered(stage, TRY)
    shown = await stage.shows(lea, text)
    before = len(lea.sees())
    await lea.presses("Essayer", on=shown)
    await stage.hears(ButtonPressed, lea)
    await stage.until(lambda: stage.has_answered(lea))
    await stage.settles()
    assert len(lea.sees()) == before


@capability("button_slow", tries=False)
async def test_a_press_is_acknowledged_in_time_whatever_the_core_takes(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    text, _ = await offered(stage, TRY)
    answer = stage.word("Enfin")
    stage.core.on(ButtonPressed, lea, Reply(stage.says(answer)), after=2.1)
    await lea.presses("Essayer", on=await stage.shows(lea, text))
    await stage.until(lambda: stage.has_answered(lea), seconds=3)
    assert (await stage.shows(lea, answer)).private_to == lea.name
    assert not stage.sees(bob, answer)


@capability("button_restart")
async def test_a_button_still_works_after_a_restart(stage: Stage) -> None:
    lea = await stage.member()
    text, ref = await offered(stage, TRY)
    shown = await stage.shows(lea, text)
    await stage.restart()
    await lea.presses("Essayer", on=shown)
    pressed = await stage.hears(ButtonPressed, lea)
    assert pressed.action == Action("demo.try", "3")
    assert pressed.message is not None
    assert pressed.message.key == ref.key


@capability("button_outdated")
async def test_a_button_of_an_older_version_is_answered_kindly(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    text, _ = await offered(stage, Button("Vieille fiche", OpenForm("gone.form")))
    await lea.presses("Vieille fiche", on=await stage.shows(lea, text))
    assert (await stage.shows(lea, OUTDATED)).private_to == lea.name
    assert not stage.sees(bob, OUTDATED)


@capability("button_malformed")
async def test_a_button_that_makes_no_sense_is_answered_kindly(stage: Stage) -> None:
    lea = await stage.member()
    text, _ = await offered(stage, Button("Cassé", Action("", "x")))
    await lea.presses("Cassé", on=await stage.shows(lea, text))
    assert (await stage.shows(lea, OUTDATED)).private_to == lea.name
    assert not any(isinstance(e, ButtonPressed) for e in stage.core.events)


@capability("reply_edits")
async def test_an_answer_can_take_the_place_of_the_message(stage: Stage) -> None:
    lea = await stage.member()
    text, done = stage.word("Prêt ?"), stage.word("C’est fait")
    await stage.adapter.send(stage.says(text, TRY), stage.account(lea), key=text)
    before = await stage.shows(lea, text)
    stage.core.on(ButtonPressed, lea, Reply(stage.says(done), edits=True))
    await lea.presses("Essayer", on=before)
    after = await stage.shows(lea, done)
    assert (after.id, after.buttons) == (before.id, ())
    assert not stage.sees(lea, text)


@capability("reply_to_message")
async def test_a_message_can_be_answered_below_or_in_private(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    noted, aside = stage.word("Question notée"), stage.word("Entre nous")
    stage.core.on(MessagePosted, lea, Reply(stage.says(noted), private=False))
    await lea.says(stage.word("#Question"), channel="entraide")
    assert (await stage.shows(bob, noted)).private_to is None
    stage.core.on(MessagePosted, lea, Reply(stage.says(aside)))
    await lea.says(stage.word("#Autre"), channel="entraide")
    assert (await stage.shows(lea, aside)).private_to == lea.name
    assert not stage.sees(bob, aside)


@capability("form", stands="done")
async def test_a_form_is_filled_in_one_go(stage: Stage) -> None:
    lea = await stage.member()
    text, ref = await offered(stage, ASK)
    await lea.presses("Poser ma question", on=await stage.shows(lea, text))
    await stage.until(lambda: lea.form is not None)
    thanks = stage.word("Question ouverte")
    stage.core.on(FormSubmitted, lea, Reply(stage.says(thanks)))
    await lea.fills({"Votre question": "Comment *trier* ?\nMerci", "Votre niveau": "Confirmé"})
    assert (await stage.shows(lea, thanks)).private_to == lea.name
    sent = await stage.hears(FormSubmitted, lea)
    assert (sent.form, sent.argument) == ("questions.ask", "12")
    assert sent.answers == {"text": "Comment *trier* ?\nMerci", "level": "knows", "more": ""}
    assert sent.message is not None
    assert sent.message.key == ref.key
    await stage.until(lambda: lea.form is None)


@capability("form", stands="fallback")
async def test_a_form_is_asked_for_field_by_field(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    text, _ = await offered(stage, ASK)
    question = stage.word("Votre question ?")
    stage.core.on(FormOpened, lea, Reply(stage.says(question)))
    await lea.presses("Poser ma question", on=await stage.shows(lea, text))
    opened = await stage.hears(FormOpened, lea)
    assert (opened.form, opened.argument) == ("questions.ask", "12")
    assert (await stage.shows(lea, question)).private_to == lea.name
    await lea.says("Comment trier ?")
    assert (await stage.hears(MessagePosted, lea)).message.channel.private
    assert not stage.sees(bob, question)


@capability("form_refused", stands="done")
async def test_what_is_wrong_is_said_beside_its_field(stage: Stage) -> None:
    wrong = stage.word("Dites-en plus")
    lea = await stage.member()
    stage.core.on(FormSubmitted, lea, Invalid({"text": wrong}))
    await lea.runs("/question", channel="entraide")
    await stage.until(lambda: lea.form is not None)
    await lea.fills({"Votre question": "Aidez-moi", "Votre niveau": "Débutant"})
    await stage.until(lambda: bool(lea.form and lea.form.errors))
    assert lea.form is not None
    assert lea.form.errors == {"Votre question": wrong}
    stage.core.on(FormSubmitted, lea, None)
    await lea.fills({"Votre question": "Comment trier une liste ?"})
    sent = await stage.hears(FormSubmitted, lea, count=2)
    assert (sent.answers["text"], sent.answers["level"]) == ("Comment trier une liste ?", "starts")


@capability("form_refused", stands="fallback")
async def test_what_is_wrong_is_said_with_the_form_filled_again(stage: Stage) -> None:
    wrong = stage.word("Dites-en plus")
    lea, bob = await stage.member(), await stage.member("Bob")
    stage.core.on(FormSubmitted, lea, Invalid({"text": wrong}))
    await lea.runs("/question", channel="entraide")
    await stage.until(lambda: lea.form is not None)
    await lea.fills({"Votre question": "Aidez-moi", "Votre niveau": "Débutant"})
    shown = await stage.shows(lea, wrong)
    assert shown.private_to == lea.name
    assert "Votre question" in shown.text
    assert not stage.sees(bob, wrong)
    stage.core.on(FormSubmitted, lea, None)
    await lea.presses(shown.buttons[0], on=shown)
    await stage.until(lambda: lea.form is not None)
    assert lea.form is not None
    assert lea.form.values == {"Votre question": "Aidez-moi", "Votre niveau": "Débutant"}
    await lea.fills({"Votre question": "Comment trier une liste ?"})
    sent = await stage.hears(FormSubmitted, lea, count=2)
    assert (sent.answers["text"], sent.answers["level"]) == ("Comment trier une liste ?", "starts")


@capability("home")
async def test_the_home_page_shows_what_the_core_says(stage: Stage) -> None:
    lea = await stage.member()
    text = stage.word("Mon parcours")
    stage.core.on(HomeOpened, lea, Reply(stage.says(text)))
    assert text in await stage.opens_home(lea)
