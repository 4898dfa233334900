"""Who answers what in the rituals: the moments that fall due, the buttons, and the commands."""

from collections.abc import Sequence

from core.charter import handlers as charter_gate
from core.chat.actions import Action, Kind, OpenForm, row_named
from core.chat.adapter import Answer
from core.chat.events import (
    ButtonPressed,
    FormSubmitted,
    MemberLeft,
    MessageDeleted,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.identity import MessageRef
from core.chat.markup import bullets, join, quote
from core.chat.messages import Button, Invalid, Message, Reply, Style
from core.engine.errors import Refused
from core.engine.routes import Ask, Routes
from core.engine.scene import Dialogue, Scene
from core.engine.schedule import EVERY_DAY, Weekly
from core.members import service as members
from rituals import (
    agreeing,
    asking,
    catalog,
    creating,
    dates,
    editing,
    health,
    participation,
    programme,
    responses,
    runner,
    service,
    staff,
    turns,
)
from rituals.kinds import NAMED, kind
from rituals.models import Ritual
from rituals.responses import Given, Kept
from rituals.rules import NIGHTLY, address

routes = Routes("rituals")

# -- what falls due ----------------------------------------------------------------------------


@routes.job("rituals.plan", recurs=lambda _scene: Weekly(EVERY_DAY, NIGHTLY))
async def plan(scene: Scene, key: str) -> None:
    """Make the coming dates."""
    await runner.materialise(scene)


@routes.job("rituals.step")
async def step(scene: Scene, key: str) -> None:
    """Do a step of a date."""
    await runner.step_due(scene, key)


@routes.job("rituals.notice")
@routes.job("rituals.substitute")
@routes.job("rituals.publish")
async def earlier(scene: Scene, key: str) -> None:
    """What an earlier version scheduled: the same step has a job of its own now."""


@routes.job(asking.KEEP)
async def keep(scene: Scene, key: str) -> None:
    """May what was shown be found again?"""
    await asking.keep(scene, key)


@routes.delivered("rituals.posted")
async def posted(scene: Scene, argument: str, ref: MessageRef) -> None:
    """Know where a date's messages stand."""
    await participation.stands(scene, int(argument), ref)


@routes.guard("rituals.turn")
async def still_theirs(scene: Scene, argument: str) -> bool:
    """Whether somebody is still asked: they did not answer, and the date is to come."""
    return await service.still_asked(scene, argument)


# -- my turn -----------------------------------------------------------------------------------


@routes.button("rituals.pass")
async def passes(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Not this time."""
    mine = await service.my_turn(dialogue, event.action.argument)
    await responses.passes(dialogue, mine)
    return dialogue.reply("rituals.passed", edits=True)


@routes.button("rituals.never")
async def never(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Not ever, until they say otherwise."""
    found = await responses.never(dialogue, event.action.argument)
    again = dialogue.button("rituals.again", Action("rituals.again", str(found.ritual.id)))
    return dialogue.reply("rituals.never_again", again, edits=True)


@routes.button("rituals.again")
async def again(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Yes, again."""
    named = row_named(event.action.argument)
    ritual = await Ritual.get_or_none(id=named, community=dialogue.community)
    if ritual is None:
        raise Refused("rituals.gone")
    await service.opt_in(dialogue, ritual, dialogue.who.member)
    return dialogue.reply("rituals.asked_again", edits=True)


@routes.button("rituals.swap")
async def swap(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Propose one's turn to the next in line."""
    mine = await service.my_turn(dialogue, event.action.argument)
    told = await responses.swap(dialogue, mine)
    if not told:
        return dialogue.reply("rituals.swap_nobody")
    return dialogue.reply("rituals.swap_proposed", count=told)


@routes.button("rituals.take")
async def take(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Take somebody's turn over."""
    mine = await service.my_turn(dialogue, event.action.argument)
    await responses.take(dialogue, mine)
    argument = str(mine.turn.id)
    publish = dialogue.local(mine.found.steps.opens)
    write = dialogue.button("rituals.write", OpenForm("rituals.tip", argument), Style.PRIMARY)
    back_out = dialogue.button("rituals.pass", Action("rituals.pass", argument))
    return dialogue.reply("rituals.took", write, back_out, publish=publish, edits=True)


@routes.button("rituals.refuse")
async def refuse(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Not take it over."""
    await responses.refuse(await service.my_turn(dialogue, event.action.argument))
    return dialogue.reply("rituals.refused", edits=True)


@routes.button("rituals.why")
async def why(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Explain whose turn it is, with this person's own dates."""
    mine = await service.my_turn(dialogue, event.action.argument)
    found, member = mine.found, dialogue.who.member
    people = await service.waiting(found.ritual)
    others = await service.asked(found.row) - {member}
    slug, day = found.settings.slug, found.steps.day
    because = turns.reason(people, slug, day, member, others)
    if because is None:
        return dialogue.reply("rituals.why_no_more")
    since = dialogue.local(because.since)
    stated = await service.preference(found.ritual, member)
    lines = [dialogue.say("rituals.why_since", since=since)]
    if stated is not None and stated.last_served_at:
        last = dialogue.local(stated.last_served_at).date()
        lines.append(dialogue.say("rituals.why_last", last=last))
    else:
        lines.append(dialogue.say("rituals.why_first"))
    lines.append(dialogue.say("rituals.why_place", place=because.place, waiting=because.waiting))
    if because.passed:
        lines.append(dialogue.say("rituals.why_passed", count=because.passed))
    if because.tied:
        lines.append(dialogue.say("rituals.why_tied", count=because.tied))
    parts = [dialogue.say("rituals.why_rule"), bullets(lines), dialogue.say("rituals.why_lot")]
    return Reply(Message(join(parts)))


@routes.on(MemberLeft)
async def went(dialogue: Dialogue, event: MemberLeft) -> Answer:
    """A turn is of no use to who left every platform."""
    if not await members.accounts_of(dialogue.who.member):
        await responses.leaves(dialogue)
    return None


# -- giving a tip ------------------------------------------------------------------------------

routes.command_form("astuce", "rituals.tip")


@routes.form(
    "rituals.tip",
    Ask("tip", Kind.PARAGRAPH, min_length=20, max_length=1500),
    Ask("link", required=False, max_length=290),  # kept in 300, with `https://` where it lacks
    inside=True,
)
async def give(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Take a tip, show how it will look, and say what becomes of it."""
    text, link = event.answers["tip"].strip(), event.answers.get("link", "").strip()
    url = address(link) if link else ""
    if url is None:
        return Invalid({"link": dialogue.label("rituals.link_wrong")})
    given = await responses.give(dialogue, event.argument, text, url)
    if given.tip is None:
        said = dialogue.say("rituals.published_already")
        words = dialogue.say("rituals.published_words")
        return Reply(Message(join([said, words, quote(text)])))
    # What everybody was called with stays as it is for the others.
    mine = bool(event.argument) and not event.argument.startswith(NAMED)
    return await _thanks(dialogue, given, edits=mine)


THANKS = {
    Kept.FOR_DATE: "rituals.thanks",
    Kept.RESERVE: "rituals.thanks_reserve",
    Kept.UNNAMED: "rituals.thanks_unnamed",
    Kept.LATE: "rituals.thanks_late",
}


async def _thanks(dialogue: Dialogue, given: Given, *, edits: bool) -> Reply:
    assert given.tip is not None  # noqa: S101  asked by the caller
    if given.kept is Kept.SHOWN:
        return dialogue.reply("rituals.thanks_shown", edits=edits)
    publish = dialogue.local(given.found.steps.opens)
    said = dialogue.say(THANKS[given.kept], publish=publish, title=given.found.settings.title)
    home = dialogue.who.account.home
    preview = await asking.written(dialogue, given.found, given.tip, home)
    argument = str(given.tip.id)
    correct = OpenForm("rituals.tip", f"t{argument}")
    buttons: tuple[Button, ...] = (
        dialogue.button("rituals.correct", correct),
        dialogue.button("rituals.withdraw", Action("rituals.withdraw", argument), Style.DANGER),
    )
    if given.kept is Kept.UNNAMED:
        buttons = (*await _rituals(dialogue, argument), *buttons)
    return Reply(Message(join([said, preview.text]), buttons), edits=edits)


async def _rituals(dialogue: Dialogue, tip: str) -> list[Button]:
    """For which ritual a tip is: one button each, by what no two have in common."""
    return [
        Button(ritual.hashtag[:40], Action("rituals.for", f"{tip}:{ritual.slug}"))
        for ritual in await dates.in_turn(dialogue)
    ]


@routes.button("rituals.for")
async def name_ritual(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Say for which ritual a tip is; it may be published at once."""
    named, _, slug = event.action.argument.partition(":")
    tip = await service.my_tip(dialogue, named)
    if closed := await charter_gate.keep(dialogue, {}):
        return closed
    return await _thanks(dialogue, await responses.name_ritual(dialogue, tip, slug), edits=True)


@routes.button("rituals.withdraw")
async def withdraw(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Take one's tip back before it is published."""
    tip = await service.my_tip(dialogue, event.action.argument)
    await responses.withdraw(dialogue, tip)
    return dialogue.reply("rituals.withdrawn", edits=True)


# -- taking part -------------------------------------------------------------------------------


@routes.on(MessagePosted, concerns=participation.concerned)
async def wrote(dialogue: Dialogue, event: MessagePosted) -> Answer:
    """A reply under what was published, or a tip that answers an open call."""
    if not event.message.channel.private:
        await participation.wrote(dialogue, event)
    return None


@routes.fact(MessageDeleted)
async def deleted(scene: Scene, events: Sequence[MessageDeleted]) -> None:
    """A message of a date is gone."""
    await participation.gone(scene, [event.message for event in events])


@routes.on(ReactionAdded, concerns=participation.concerned)
async def reacted(dialogue: Dialogue, event: ReactionAdded) -> Answer:
    """A reaction to what was published."""
    await participation.reacted(dialogue, event.message, event.emoji)
    return None


@routes.on(ReactionRemoved, concerns=participation.concerned)
async def unreacted(dialogue: Dialogue, event: ReactionRemoved) -> Answer:
    """A reaction taken back."""
    await participation.unreacted(dialogue, event.message, event.emoji)
    return None


def everything() -> Routes:
    """What rituals answer, and each kind of the catalog beside."""
    kinds = (kind(name).routes for name in catalog.names())
    changing = (staff.routes, editing.routes, creating.everything())
    rooms = (routes, agreeing.routes, *changing, health.routes, programme.routes)
    return Routes.of([*rooms, *(theirs for theirs in kinds if theirs)])
