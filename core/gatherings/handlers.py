"""Who answers what about events: the forms, the cards' buttons, the commands, what falls due."""

from collections.abc import Sequence

from core.chat.actions import Action, Choice, Kind, row_named
from core.chat.adapter import Answer
from core.chat.events import (
    ButtonPressed,
    CommandInvoked,
    FormSubmitted,
    MessageDeleted,
    WorkspaceMoved,
)
from core.chat.markup import join
from core.chat.messages import Invalid, Message, Reply, Text
from core.engine.routes import Ask, Routes, Wants
from core.engine.scene import Dialogue, Scene
from core.gatherings import (
    calendar,
    cards,
    finding,
    hosting,
    pages,
    readers,
    rules,
    seats,
    service,
    telling,
)
from core.gatherings.models import Gathering
from core.gatherings.rules import Standing, State

routes = Routes("gatherings")

# -- seeing ------------------------------------------------------------------------------------


async def _suggest_coming(dialogue: Dialogue, typed: str) -> Sequence[Choice]:
    """What is to come whose title holds what is typed."""
    return hosting.choices(dialogue, await finding.coming(dialogue), typed)


async def _suggest_mine(dialogue: Dialogue, typed: str) -> Sequence[Choice]:
    """What this person looks after whose title holds what is typed."""
    return hosting.choices(dialogue, await finding.manageable(dialogue), typed)


async def _suggest_begun(dialogue: Dialogue, typed: str) -> Sequence[Choice]:
    """What this person looks after and has begun whose title holds what is typed."""
    return hosting.choices(dialogue, await finding.begun(dialogue), typed)


WHICH = Wants("événement", required=False, completes=_suggest_coming)
MINE = Wants("événement", required=False, completes=_suggest_mine)
BEGUN = Wants("événement", required=False, completes=_suggest_begun)


@routes.command("evenement liste")
async def listing(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """What is to come."""
    reader = await readers.reading(dialogue)
    return Reply(pages.listing(reader, await service.listing(dialogue)))


@routes.home
async def at_home(dialogue: Dialogue) -> Message | None:
    """What is to come."""
    found = await service.listing(dialogue)
    return pages.listing(await readers.reading(dialogue), found) if found else None


@routes.command("evenement voir", WHICH)
async def see(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """One event, with what this person said of it."""
    row = finding.named(await finding.coming(dialogue), hosting.typed(event))
    return Reply(await _page(dialogue, row))


@routes.button("gatherings.show")
async def show(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """One event of a list."""
    return Reply(await _page(dialogue, await finding.shown(dialogue, event.action.argument)))


async def _page(dialogue: Dialogue, row: Gathering) -> Message:
    reader, known = await readers.reading(dialogue), await cards.known(row)
    card = pages.card(reader, known)
    mine = await seats.said_by(row, dialogue.who.member)
    said = pages.standing(reader, mine.standing, mine.place) if mine else Text()
    who = (
        pages.people(reader, await telling.names(row))
        if await finding.looks_after(dialogue, row)
        else Text()
    )
    if row.state is State.CANCELLED:
        return card
    keep = reader.button("gatherings.ics", Action("gatherings.ics", str(row.id)))
    return Message(join([card.text, said, who]), (*card.buttons, keep))


@routes.command("evenement ics", WHICH)
async def file(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """One event as a file for one's own calendar."""
    return _file(dialogue, finding.named(await finding.coming(dialogue), hosting.typed(event)))


@routes.button("gatherings.ics")
async def file_of(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """The event shown, as a file for one's own calendar."""
    return _file(dialogue, await finding.shown(dialogue, event.action.argument))


def _file(dialogue: Dialogue, row: Gathering) -> Reply:
    kept = calendar.written(row, dialogue.community.slug, dialogue.now)
    text = dialogue.say("gatherings.file", title=row.title)
    return Reply(Message(text, files=(kept,)))


# -- coming ------------------------------------------------------------------------------------


async def _say(dialogue: Dialogue, event: ButtonPressed, wanted: Standing) -> Reply:
    """Take an answer, and say in private what became of it and what can be done next."""
    row, said = await seats.answer(dialogue, row_named(event.action.argument), wanted)
    reader = await readers.reading(dialogue)
    number = str(row.id)
    text = join(
        [
            pages.standing(reader, said.standing, said.place),
            reader.say(
                "gatherings.about_it", title=row.title, when=reader.when(row.starts, row.ends)
            ),
            *([] if wanted is Standing.NO else [pages.where(reader, row.place)]),
        ]
    )
    if wanted is Standing.NO:
        return Reply(Message(text))
    buttons = (
        reader.button("gatherings.remind", Action("gatherings.remind", number)),
        reader.button("gatherings.ics", Action("gatherings.ics", number)),
        reader.button("gatherings.leave", Action("gatherings.leave", number)),
    )
    return Reply(Message(text, buttons))


@routes.button("gatherings.come")
async def come(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """I come; or wait for a seat when there is none."""
    return await _say(dialogue, event, Standing.COMING)


@routes.button("gatherings.maybe")
async def maybe(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """I may come."""
    return await _say(dialogue, event, Standing.MAYBE)


@routes.button("gatherings.leave")
async def leave(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """I do not come; the seat is the next one's."""
    return await _say(dialogue, event, Standing.NO)


@routes.button("gatherings.remind")
async def remind(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Remind me."""
    row = await seats.ask_reminder(dialogue, row_named(event.action.argument))
    reader = await readers.reading(dialogue)
    moments = service.reminders(dialogue, row)
    off = reader.button("gatherings.unremind", Action("gatherings.unremind", str(row.id)))
    if not moments:
        return dialogue.reply("gatherings.so_soon", off, title=row.title)
    shown = " · ".join(reader.moment(at) for at in moments)
    return dialogue.reply("gatherings.reminding", off, title=row.title, moments=shown)


@routes.button("gatherings.unremind")
async def unremind(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Do not remind me any more."""
    row = await finding.shown(dialogue, event.action.argument)
    await seats.forget_reminder(row, dialogue.who.member)
    return dialogue.reply("gatherings.not_reminding", title=row.title)


@routes.form("gatherings.attend", Ask("code", max_length=20))
async def attend(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """I was there: here is the code."""
    row = await seats.attend(dialogue, row_named(event.argument), event.answers["code"])
    if row is None:
        return Invalid({"code": dialogue.label("gatherings.code_wrong")})
    return dialogue.reply("gatherings.there", title=row.title)


# -- looking after one -------------------------------------------------------------------------

routes.command("evenement créer")(hosting.create)
routes.form(
    "gatherings.create",
    Ask("title", min_length=3, max_length=rules.TITLE),
    Ask("when", max_length=80),
    Ask("place", max_length=rules.PLACE),
    Ask("capacity", required=False, max_length=20),
    Ask("text", Kind.PARAGRAPH, required=False, max_length=rules.WORDS),
)(hosting.created)
routes.form(
    "gatherings.edit",
    Ask("title", required=False, min_length=3, max_length=rules.TITLE),
    Ask("when", required=False, max_length=80),
    Ask("place", required=False, max_length=rules.PLACE),
    Ask("capacity", required=False, max_length=20),
    Ask("text", Kind.PARAGRAPH, required=False, max_length=rules.WORDS),
)(hosting.edited)
routes.button("gatherings.publish")(hosting.publish)
routes.button("gatherings.drop")(hosting.drop)
routes.button("gatherings.cancel")(hosting.cancelled)
routes.command("evenement modifier", MINE)(hosting.change)
routes.command("evenement annuler", MINE)(hosting.cancel)
routes.command("evenement code", MINE)(hosting.code)
routes.command("evenement hôte", Wants("membre", person=True), MINE)(hosting.host)
routes.command("evenement replay", Wants("lien"), BEGUN)(hosting.replay)

# -- what falls due, and where things stand ----------------------------------------------------

routes.job("gatherings.redraw")(cards.draw_due)
routes.job("gatherings.begin")(service.begin)
routes.job("gatherings.close")(service.close)
routes.job("gatherings.remind")(service.remind)
routes.job("gatherings.changed")(service.tell_changes)
routes.job("gatherings.forget")(service.forget)
routes.delivered("gatherings.posted")(cards.posted)
routes.delivered("gatherings.native")(cards.native)
routes.guard("gatherings.ahead")(telling.still_ahead)
routes.guard("gatherings.open")(telling.still_open)
routes.guard("gatherings.seated")(seats.still_seated)
routes.round(seats.settle_all)


@routes.fact(MessageDeleted)
async def deleted(scene: Scene, events: Sequence[MessageDeleted]) -> None:
    """A card is gone."""
    await cards.gone(scene, [event.message for event in events])


@routes.fact(WorkspaceMoved)
async def moved(scene: Scene, events: Sequence[WorkspaceMoved]) -> None:
    """A group changed its id: its cards stand in the new one."""
    for event in events:
        await cards.moved(scene, event.workspace, event.to)
