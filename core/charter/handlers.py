"""The charter's buttons, commands and jobs: accepting, reading, publishing, knowing who did."""

from core.charter import pages, publishing, service
from core.charter.models import CharterDraft
from core.charter.rules import SUMMARY_LENGTH, TEXT_LENGTH, Standing
from core.chat.actions import Answers, Kind
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked, FormSubmitted, MemberJoined
from core.chat.identity import Role
from core.chat.markup import bullets, join, quote
from core.chat.messages import Invalid, Message, Reply
from core.engine.routes import Ask, Routes, Wants
from core.engine.scene import Dialogue, Scene
from core.members import service as members
from core.members.models import Link

routes = Routes("charter")


@routes.button("charter.accept")
async def accept(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Accept the version shown; an older button is answered with the version in force."""
    version = await service.current(dialogue)
    known = await service.accepted(dialogue.who.member)
    if version.number in known:
        await service.accept(dialogue, version)
        day = dialogue.local(known[version.number].at).date()
        return dialogue.reply("charter.already", day=day, edits=True)
    if event.action.argument != str(version.number):
        page = await pages.invitation(dialogue, dialogue.who)
        said = dialogue.say("charter.newer", number=version.number)
        return Reply(Message(join([said, page.text]), page.buttons), edits=True)
    await service.accept(dialogue, version)
    if known:
        return dialogue.reply("charter.thanks_again", number=version.number, edits=True)
    return dialogue.reply("charter.thanks", name=dialogue.who.name, edits=True)


@routes.gatekeeper
async def keep(dialogue: Dialogue, answers: Answers) -> Reply | None:
    """Ask who waits before the gate to accept first, and give them back what they wrote."""
    if await service.standing_of(dialogue, dialogue.who.member) is not Standing.WAITING:
        return None
    page = await pages.invitation(dialogue, dialogue.who)
    written = [quote(answer) for answer in answers.values() if answer.strip()]
    first = dialogue.say("charter.first_words" if written else "charter.first")
    return Reply(Message(join([first, *written, page.text]), page.buttons))


@routes.button("charter.read")
async def read_first(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Show the whole text, in private."""
    return Reply(await pages.whole(dialogue))


@routes.button("charter.later")
async def later(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Nothing presses: say how to come back to it."""
    return dialogue.reply("charter.no_hurry")


@routes.command("charte lire")
async def read(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Show the whole text, in private."""
    return Reply(await pages.whole(dialogue))


@routes.command("charte statut", Wants("membre", required=False, person=True), role=Role.MODERATOR)
async def status(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Who accepted what and who waits, or what one member accepted."""
    given = event.arguments.get("membre")
    if not given:
        return Reply(Message(pages.status(dialogue, await service.status(dialogue))))
    member = await members.find(dialogue, given)
    if member is None:
        return dialogue.reply("charter.nobody", who=str(given))
    known = await service.accepted(member.id)
    if not known:
        return dialogue.reply("charter.member_none", name=member.name)
    lines = [pages.proof_line(dialogue, row, member.name) for row in known.values()]
    return Reply(Message(bullets(lines)))


routes.command_form("charte publier", "charter.publish", role=Role.BUILDER)


@routes.form(
    "charter.publish",
    Ask("fr", Kind.PARAGRAPH, min_length=40, max_length=TEXT_LENGTH),
    Ask("summary", Kind.PARAGRAPH, max_length=SUMMARY_LENGTH),
    Ask("en", Kind.PARAGRAPH, required=False, max_length=TEXT_LENGTH),
    Ask("summary_en", Kind.PARAGRAPH, required=False, max_length=SUMMARY_LENGTH),
    role=Role.BUILDER,
)
async def write(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Keep the new version in hand and show it as everyone will see it."""
    answers = {name: event.answers.get(name, "") for name in ("fr", "summary", "en", "summary_en")}
    wrong = await publishing.wrong(dialogue, answers)
    if wrong:
        return Invalid(wrong)
    return await _preview(dialogue, await publishing.draft(dialogue, answers))


@routes.button("charter.confirm", role=Role.BUILDER)
async def confirm(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Publish what was previewed, unless somebody else published in between."""
    draft = await publishing.draft_of(dialogue, event.action.argument)
    if draft is None:
        return dialogue.reply("charter.draft_gone")
    version = await service.current(dialogue)
    if draft.base != version.number:
        draft.base = version.number
        await draft.save(update_fields=["base"])
        return await _preview(dialogue, draft, "charter.preview_moved")
    made = await publishing.publish(dialogue, draft)
    until = dialogue.local(publishing.grace_of(dialogue))
    count = await publishing.to_ask(dialogue)
    return dialogue.reply(
        "charter.published", number=made.number, until=until, count=count, edits=True
    )


@routes.button("charter.discard", role=Role.BUILDER)
async def discard(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Drop what was previewed."""
    draft = await publishing.draft_of(dialogue, event.action.argument)
    if draft is None:
        return dialogue.reply("charter.draft_gone")
    await draft.delete()
    return dialogue.reply("charter.discarded", edits=True)


async def _preview(dialogue: Dialogue, draft: CharterDraft, before: str = "") -> Reply:
    page = await pages.preview(
        dialogue, draft, publishing.texts_in(draft), publishing.grace_of(dialogue)
    )
    text = join([dialogue.say(before), page.text]) if before else page.text
    return Reply(Message(text, page.buttons), edits=bool(before))


@routes.on(MemberJoined)
async def came(dialogue: Dialogue, event: MemberJoined) -> Answer:
    """Whoever accepted already finds the gate open, wherever they arrive."""
    if await service.standing_of(dialogue, dialogue.who.member) is not Standing.WAITING:
        await dialogue.owe_gate(dialogue.who.account, is_open=True)
    return None


@routes.job("members.linked")
async def linked(scene: Scene, key: str) -> None:
    """A charter accepted once counts on every account."""
    await service.linked(scene, await Link.get(id=int(key)))


@routes.job("members.unlinked")
async def unlinked(scene: Scene, key: str) -> None:
    """Who never accepted stands before the gate again, and is asked."""
    for member in await service.unlinked(scene, await Link.get(id=int(key))):
        await publishing.ask(scene, member)


routes.guard("charter.unaccepted")(publishing.still_unaccepted)
routes.job("charter.ask")(publishing.ask_again)
routes.job("charter.grace_over")(publishing.close_after_grace)
