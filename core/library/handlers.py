"""Looking something up, agreeing to what is kept, taking it back, and the team's look at it."""

from collections.abc import Sequence
from datetime import time

from core.chat.actions import Action, Choice, Kind, row_named
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked, FormSubmitted
from core.chat.identity import Role
from core.chat.markup import inert, join
from core.chat.messages import Message, Reply
from core.engine.routes import Ask, Routes, Wants
from core.engine.scene import Dialogue, Scene
from core.engine.schedule import EVERY_DAY, Weekly
from core.library import finding, pages, service
from core.library.rules import TEXT, TEXT_LEAST, TITLE
from core.library.words import folded

routes = Routes("library")

CURATE, WITHDRAW = {"curer", "curate"}, {"retirer", "withdraw"}
"""What is typed in place of words to look for."""

AT_NIGHT = Weekly(EVERY_DAY, time(4, 20))

# -- looking something up ----------------------------------------------------------------------


async def _typed(dialogue: Dialogue, typed: str) -> Sequence[Choice]:
    """What can be typed beside words."""
    words = [Choice("retirer", dialogue.label("library.withdraw_mine"))]
    if dialogue.who.may(Role.MODERATOR):
        words.append(Choice("curer", dialogue.label("library.curate")))
    return [c for c in words if folded(typed.strip()) in folded(f"{c.value} {c.label}")]


@routes.command("bibliothèque", Wants("mots", required=False, completes=_typed))
async def look_up(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Find something; without words, say what is there."""
    typed = " ".join(inert(str(event.arguments.get("mots", ""))).split())
    word = folded(typed)
    if word in WITHDRAW:
        return await _mine(dialogue)
    if word in CURATE:
        if not dialogue.who.may(Role.MODERATOR):
            return dialogue.reply("library.for_the_team")
        return await _next(dialogue)
    if typed:
        return Reply(pages.results(dialogue, typed, await finding.search(dialogue, typed)))
    size = await finding.size(dialogue.community)
    _, own = await service.of_member(dialogue)
    return Reply(pages.home(dialogue, size, own, await at_home(dialogue)))


@routes.button("library.see")
async def see(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Read an entry whole."""
    entry = await finding.readable(dialogue, event.action.argument)
    return Reply(pages.whole(dialogue, entry, await service.names_of(entry)))


# -- what is one's own -------------------------------------------------------------------------

routes.guard("library.waits")(service.still_waits)


@routes.form("library.write", Ask("text", Kind.PARAGRAPH, min_length=TEXT_LEAST, max_length=TEXT))
async def write(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Write, or correct, what is kept of one's help."""
    entry = await service.my_entry(dialogue, event.argument)
    await service.write(dialogue, entry, inert(event.answers["text"]))
    return Reply(pages.written(dialogue, entry, await service.names_of(entry)), edits=True)


@routes.button("library.agree")
async def agree(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Agree to what was shown; when it changed meanwhile, it is shown again first."""
    number, _, version = event.action.argument.partition(":")
    entry = await service.my_entry(dialogue, number)
    if version != str(entry.version):
        names = await service.names_of(entry)
        page = pages.to_agree(dialogue, entry, names)(dialogue.who)
        changed = dialogue.say("library.changed")
        return Reply(Message(join([changed, page.text]), page.buttons), edits=True)
    await service.agree(dialogue, entry)
    back = dialogue.button("library.withdraw", Action("library.withdraw", number))
    return dialogue.reply("library.agreed", back, edits=True)


@routes.button("library.decline")
async def decline(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """No: nothing is kept."""
    await service.withdraw(await service.my_entry(dialogue, event.action.argument))
    return dialogue.reply("library.declined", edits=True)


@routes.button("library.withdraw")
@routes.button("library.withdraw_one")
async def withdraw(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Take back what one gave."""
    await service.withdraw(await service.my_entry(dialogue, event.action.argument))
    return dialogue.reply("library.withdrawn", edits=True)


@routes.button("library.mine")
async def mine(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """What one gave, from where the page before ended."""
    return await _mine(dialogue, row_named(event.action.argument))


async def _mine(dialogue: Dialogue, shown: int = 0) -> Reply:
    entries, all_of = await service.of_member(dialogue, shown)
    return Reply(pages.mine(dialogue, entries, all_of, shown), edits=shown > 0)


@routes.job("library.tidy", recurs=lambda _scene: AT_NIGHT)
async def tidy(scene: Scene, _day: str) -> None:
    """Erase what nobody agreed to."""
    await service.tidy(scene)


# -- for moderators ----------------------------------------------------------------------------


@routes.button("library.curate", role=Role.MODERATOR)
async def curate(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Look at what waits."""
    return await _next(dialogue)


@routes.home
async def at_home(dialogue: Dialogue) -> Message | None:
    """The team is told of what waits for it."""
    if not dialogue.who.may(Role.MODERATOR):
        return None
    return pages.waiting(dialogue, len(await service.to_curate(dialogue.community)))


@routes.button("library.publish", role=Role.MODERATOR)
async def publish(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It can be found."""
    entry = await service.waiting_one(dialogue, event.action.argument)
    await service.publish(dialogue, entry)
    return await _next(dialogue, "library.done_published", title=entry.title)


@routes.button("library.refuse", role=Role.MODERATOR)
async def refuse(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It is not kept."""
    entry = await service.waiting_one(dialogue, event.action.argument)
    title = entry.title
    await service.refuse(dialogue, entry)
    return await _next(dialogue, "library.done_refused", title=title)


@routes.button("library.remove", role=Role.MODERATOR)
async def remove(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It is no longer to be found."""
    entry = await service.kept_one(dialogue, event.action.argument)
    title = entry.title
    await service.refuse(dialogue, entry)
    return dialogue.reply("library.done_refused", title=title, edits=True)


@routes.form("library.title", Ask("title", min_length=8, max_length=TITLE), role=Role.MODERATOR)
async def retitle(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Give it a title that is found better."""
    entry = await service.waiting_one(dialogue, event.argument)
    title = " ".join(inert(event.answers["title"]).split())
    await service.retitle(dialogue, entry, title)
    return await _next(dialogue, "library.done_retitled", title=title)


async def _next(dialogue: Dialogue, done: str = "", title: str = "") -> Reply:
    """What waits next, below what was just done."""
    waiting = await service.to_curate(dialogue.community)
    first = waiting[0] if waiting else None
    names = await service.names_of(first) if first else []
    page = pages.to_curate(dialogue, first, names, len(waiting) - 1)
    if not done:
        return Reply(page)
    said = dialogue.say(done, title=title)
    return Reply(Message(join([said, page.text]), page.buttons), edits=True)
