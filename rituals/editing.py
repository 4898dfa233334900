"""Changing a ritual in chat: its moment, its words, and what was changed before."""

from pydantic import ValidationError

from core.chat.actions import Action, Kind, OpenForm, row_named
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked, FormSubmitted
from core.chat.identity import Role
from core.chat.markup import bullets, inert, join, quote
from core.chat.messages import Button, Invalid, Message, Reply, Style, Text
from core.engine.routes import Ask, Routes, Wants
from core.engine.scene import Dialogue
from core.gatherings.written import Unclear
from rituals import changes, dates, pages, spoken
from rituals.models import RitualChange
from rituals.rules import RitualSettings
from rituals.staff import WHICH, meant, shown

routes = Routes("rituals")

NO_MOMENT = {
    Unclear.DAY: "rituals.unclear_day",
    Unclear.HOUR: "rituals.unclear_hour",
    Unclear.WEEKDAY: "rituals.unclear_weekday",
    Unclear.PAST: "rituals.unclear_past",
}
SHOWN = 10
"""Changes shown at a time."""


async def done(dialogue: Dialogue, key: str, settings: RitualSettings) -> Reply:
    """What was changed, from when it holds, how it will look, and the way back."""
    found = await dates.coming(dialogue, settings)
    when = pages.rhythm(dialogue.texts, dialogue.who.language, settings)
    publish = dialogue.local(found.steps.opens)
    said = dialogue.say(key, title=settings.title, when=when, next=publish)
    return Reply(
        Message(join([said, *await shown(dialogue, found)]), await _back(dialogue, settings))
    )


async def _back(dialogue: Dialogue, settings: RitualSettings) -> tuple[Button, ...]:
    last = next(iter(await changes.history(dialogue, settings, 1)))
    return (dialogue.button("rituals.undo", Action("rituals.undo", str(last.id))),)


# -- when --------------------------------------------------------------------------------------


@routes.command("rituel déplacer", WHICH, Wants("quand", required=False), role=Role.BUILDER)
async def move(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Move the next date, or the ritual for good when a rhythm is written."""
    settings, typed = await meant(dialogue, event), str(event.arguments.get("quand", ""))
    if not typed.strip():
        when = pages.rhythm(dialogue.texts, dialogue.who.language, settings)
        found = await dates.coming(dialogue, settings)
        ask = OpenForm("rituals.when", settings.slug)
        button = dialogue.button("rituals.when_button", ask, Style.PRIMARY)
        publish = dialogue.local(found.steps.opens)
        return dialogue.reply(
            "rituals.when_ask", button, title=settings.title, when=when, publish=publish
        )
    moved = await _move(dialogue, settings, inert(typed))
    return (
        moved
        if isinstance(moved, Reply)
        else Reply(Message(dialogue.say("rituals.as_is", said=moved)))
    )


@routes.form("rituals.when", Ask("when", max_length=100), role=Role.BUILDER)
async def moved(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """The moment or the rhythm that was written holds, if it is understood."""
    settings = await dates.of_slug(dialogue, event.argument)
    answer = await _move(dialogue, settings, inert(event.answers["when"]))
    return answer if isinstance(answer, Reply) else Invalid({"when": answer})


async def _move(dialogue: Dialogue, settings: RitualSettings, typed: str) -> Reply | str:
    """Done, or what was not understood (plain text)."""
    if spoken.repeats(typed):
        return await _again(dialogue, settings, typed)
    found = await dates.coming(dialogue, settings)
    planned = dialogue.local(found.steps.opens)
    to = spoken.moment(typed, dialogue.now, dialogue.zone, planned)
    if isinstance(to, Unclear):
        return " ".join([dialogue.label(NO_MOMENT[to]), dialogue.label("rituals.moment_examples")])
    after = await changes.move(dialogue, found, to, dialogue.who.member)
    said = dialogue.say(
        "rituals.moved_once",
        title=settings.title,
        day=planned,
        to=dialogue.local(after.steps.opens),
    )
    return Reply(Message(said, await _back(dialogue, settings)))


async def _again(dialogue: Dialogue, settings: RitualSettings, typed: str) -> Reply | str:
    """From now on the ritual falls as it is written."""
    found = spoken.rhythm(typed)
    if not found.whole:
        return pages.unclear(dialogue, found)
    value = spoken.following(settings, found.value)
    try:
        changed = await changes.set_to(dialogue, settings, value, dialogue.who.member)
    except ValidationError:
        return dialogue.label("rituals.no_such_rhythm")
    return await done(dialogue, "rituals.moved_for_good", changed)


# -- words -------------------------------------------------------------------------------------


@routes.command("rituel texte", WHICH, role=Role.BUILDER)
async def text(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Show what is said with a ritual, and offer to change it."""
    settings = await meant(dialogue, event)
    write = OpenForm("rituals.text", settings.slug)
    button = dialogue.button("rituals.text_button", write, Style.PRIMARY)
    key = "rituals.text_now" if settings.text else "rituals.text_none"
    said = dialogue.say(key, title=settings.title)
    words = [quote(settings.text)] if settings.text else []
    return Reply(Message(join([said, *words]), (button,)))


@routes.form(
    "rituals.text",
    Ask("text", Kind.PARAGRAPH, required=False, max_length=1500),
    role=Role.BUILDER,
)
async def worded(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """These words are said with it from the next date on; none when it is left empty."""
    settings = await dates.of_slug(dialogue, event.argument)
    value = {"text": inert(event.answers.get("text", "")).strip()}
    changed = await changes.set_to(dialogue, settings, value, dialogue.who.member)
    return await done(dialogue, "rituals.text_changed", changed)


# -- what was changed --------------------------------------------------------------------------


@routes.command("rituel historique", WHICH, role=Role.BUILDER)
async def history(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """The latest changes of a ritual: who, when, what, and what was undone."""
    settings = await meant(dialogue, event)
    rows = await changes.history(dialogue, settings, SHOWN)
    if not rows:
        return dialogue.reply("rituals.history_none", title=settings.title)
    lines = bullets([pages.change(dialogue, row, settings) for row in rows])
    said = dialogue.say("rituals.history", title=settings.title)
    return Reply(Message(join([said, lines, dialogue.say("rituals.history_undo")])))


@routes.command("rituel annuler", WHICH, role=Role.BUILDER)
async def undo(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Take back the latest change of a ritual that holds, once it is confirmed."""
    settings = await meant(dialogue, event)
    rows = await changes.history(dialogue, settings, SHOWN)
    last = next((row for row in rows if row.undone_at is None), None)
    if last is None:
        return dialogue.reply("rituals.nothing_to_undo", title=settings.title)
    button = dialogue.button("rituals.undo", Action("rituals.undo", str(last.id)), Style.PRIMARY)
    what = pages.change(dialogue, last, settings)
    return dialogue.reply("rituals.undo_ask", button, title=settings.title, what=what)


@routes.button("rituals.undo", role=Role.BUILDER)
async def undone(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Take a change back, once; say what holds again."""
    row = await changes.undo(dialogue, row_named(event.action.argument))
    now = {ritual.slug: ritual for ritual in await dates.programme(dialogue)}
    return Reply(Message(await _holds_again(dialogue, row, now.get(row.ritual.slug))), edits=True)


async def _holds_again(
    dialogue: Dialogue, row: RitualChange, settings: RitualSettings | None
) -> Text:
    if settings is None:
        return dialogue.say("rituals.undone_creation", slug=row.ritual.slug)
    found = await dates.coming(dialogue, settings)
    when = pages.rhythm(dialogue.texts, dialogue.who.language, settings)
    publish = dialogue.local(found.steps.opens)
    return dialogue.say("rituals.undone", title=settings.title, when=when, next=publish)
