"""Commands, as people type them on each platform."""

import pytest

from core.chat.events import DOCUMENT_BYTES, Attachment, CommandInvoked, FormOpened
from core.chat.messages import Reply
from tests.contract.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
capability = pytest.mark.capability


@capability("command")
async def test_a_command_takes_the_rest_of_the_line(stage: Stage) -> None:
    lea = await stage.member()
    await lea.runs("/lier K7WQ2M4P pour moi", channel="entraide")
    invoked = await stage.hears(CommandInvoked, lea, where=lambda e: e.path == "lier")
    assert invoked.arguments == {"code": "K7WQ2M4P pour moi"}
    assert not invoked.channel.private
    assert invoked.delivery_id
    await lea.runs("/moi", channel="entraide")
    other = await stage.hears(CommandInvoked, lea, where=lambda e: e.path == "moi")
    assert other.arguments == {}
    assert other.delivery_id != invoked.delivery_id


@capability("command_two_words")
async def test_a_command_of_two_words_is_one_path(stage: Stage) -> None:
    lea = await stage.member()
    await lea.runs("/charte statut", channel="entraide")
    await stage.hears(CommandInvoked, lea, where=lambda e: e.path == "charte statut")


@capability("command_choice")
async def test_a_choice_is_read_by_its_label_and_kept_by_its_value(stage: Stage) -> None:
    lea = await stage.member()
    await lea.runs("/rang Éclaireur", channel="entraide")
    invoked = await stage.hears(CommandInvoked, lea, where=lambda e: e.path == "rang")
    assert invoked.arguments == {"rang": "expert"}


@capability("command_person", stands="done")
async def test_a_person_is_chosen_natively(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    await lea.runs(f"/confier @{bob.name}", channel="entraide")
    invoked = await stage.hears(CommandInvoked, lea, where=lambda e: e.path == "confier")
    assert invoked.arguments == {"qui": stage.account(bob)}


@capability("command_person", stands="fallback")
async def test_a_person_is_named_by_the_handle(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    await lea.runs(f"/confier {stage.called(bob)}", channel="entraide")
    invoked = await stage.hears(CommandInvoked, lea, where=lambda e: e.path == "confier")
    handle = (await stage.adapter.profile(stage.account(bob))).handle
    assert invoked.arguments == {"qui": f"@{handle}"}


@capability("command_file")
async def test_a_command_brings_its_file(stage: Stage) -> None:
    lea = await stage.member()
    await stage.sends(lea, "/importer", "membres.csv", b"nom;formation\n")
    invoked = await stage.hears(CommandInvoked, lea, where=lambda e: e.path == "importer")
    assert invoked.document is not None
    assert (invoked.document.name, invoked.document.content) == ("membres.csv", b"nom;formation\n")


@capability("command_file_large")
async def test_a_file_that_is_too_large_is_not_read(stage: Stage) -> None:
    lea = await stage.member()
    await stage.sends(lea, "/importer", "membres.csv", bytes(DOCUMENT_BYTES + 1))
    invoked = await stage.hears(CommandInvoked, lea, where=lambda e: e.path == "importer")
    assert isinstance(invoked.file, Attachment)
    assert (invoked.file.name, invoked.file.size) == ("membres.csv", DOCUMENT_BYTES + 1)


@capability("command_localised")
async def test_a_command_is_known_by_its_name_in_ones_language(stage: Stage) -> None:
    sam = await stage.member("Sam", locale="en")
    await sam.runs("/charter status", channel="entraide")
    await stage.hears(CommandInvoked, sam, where=lambda e: e.path == "charte statut")


@capability("command_completed")
async def test_an_option_is_suggested_while_typing(stage: Stage) -> None:
    lea = await stage.member()
    assert await stage.completes(lea, "/expertise p") == ("Python", "Pandas")


@capability("command_unknown")
async def test_an_unknown_command_is_answered_kindly(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    await stage.types(lea, "/danser")
    shown = await stage.shows(lea, "danser »")
    assert shown.private_to == lea.name
    assert not stage.sees(bob, "danser »")
    assert not any(isinstance(e, CommandInvoked) and e.path == "danser" for e in stage.core.events)


@capability("command_form", stands="done")
async def test_a_command_opens_its_form(stage: Stage) -> None:
    lea = await stage.member()
    await lea.runs("/question", channel="entraide")
    await stage.until(lambda: lea.form is not None)
    assert lea.form is not None
    assert lea.form.title == "Une question"


@capability("command_form", stands="fallback")
async def test_a_command_asks_for_the_first_field(stage: Stage) -> None:
    lea = await stage.member()
    asked = stage.word("Votre question ?")
    stage.core.on(FormOpened, lea, Reply(stage.says(asked)))
    await lea.runs("/question", channel="entraide")
    question = await stage.shows(lea, asked)
    assert question.private_to == lea.name
    assert (await stage.hears(FormOpened, lea)).form == "questions.ask"


@capability("private_reply")
async def test_an_answer_in_private_is_seen_by_nobody_else(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    secret = stage.word("Vos chiffres")
    stage.core.on(CommandInvoked, lea, Reply(stage.says(secret)))
    await lea.runs("/moi", channel="entraide")
    assert (await stage.shows(lea, secret)).private_to == lea.name
    await stage.settles()
    assert not stage.sees(bob, secret)


@capability("public_reply")
async def test_an_answer_in_public_is_seen_by_all(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    aloud = stage.word("Pour tout le monde")
    await stage.settles()
    stage.core.on(CommandInvoked, lea, Reply(stage.says(aloud), private=False))
    await lea.runs("/moi", channel="entraide")
    shown = await stage.shows(bob, aloud)
    assert (shown.private_to, shown.channel) == (None, "entraide")


@capability("reply_in_language", tries=False)
async def test_what_the_adapter_says_is_in_ones_language(stage: Stage) -> None:
    sam = await stage.member("Sam", locale="en")
    stage.core.on(CommandInvoked, sam, RuntimeError("the core broke its word"))
    await sam.runs("/me", channel="entraide")
    assert (await stage.shows(sam, "went wrong")).private_to == sam.name


@capability("reply_after_failure", tries=False)
async def test_a_handler_that_fails_is_said_with_a_reference(stage: Stage) -> None:
    lea = await stage.member()
    stage.core.on(CommandInvoked, lea, RuntimeError("the core broke its word"))
    await lea.runs("/moi", channel="entraide")
    shown = await stage.shows(lea, "Quelque chose s’est mal passé")
    assert shown.private_to == lea.name
    assert "broke" not in shown.text
