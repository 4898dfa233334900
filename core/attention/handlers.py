"""What people do about being asked: leave, rhythm, «later», «pass», «never again»."""

from zoneinfo import available_timezones

from core.attention import choices, pages, rules, waiting, written
from core.attention.models import Nudge
from core.attention.rules import MOST, AttentionSettings
from core.chat.actions import Action, Kind, row_named
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked, FormSubmitted
from core.chat.messages import Invalid, Message, Reply
from core.engine.errors import Refused
from core.engine.routes import Ask, Routes, Wants
from core.engine.scene import Dialogue, Scene
from core.engine.schedule import EVERY_DAY, Weekly

routes = Routes("attention")

NIGHT = Weekly(EVERY_DAY, rules.NIGHT)
MORNINGS = tuple(str(hour) for hour in range(6, 13))
EVENINGS = tuple(str(hour) for hour in range(17, 24))


@routes.round
async def look(scene: Scene) -> None:
    """Send what has waited for its moment."""
    await waiting.look(scene)


@routes.job("attention.tidy", recurs=lambda _scene: NIGHT)
async def tidy(scene: Scene, key: str) -> None:
    """Forget words that are of no more use."""
    await waiting.tidy(scene)


@routes.guard("attention.stands")
async def stands(scene: Scene, argument: str) -> bool:
    """Whether a solicitation that is about to be delivered is wanted and does not disturb."""
    nudge = await Nudge.get_or_none(id=row_named(argument), community=scene.community)
    return nudge is not None and await waiting.still_stands(scene, nudge)


# -- leave and rhythm --------------------------------------------------------------------------


@routes.command("pause", Wants("durée", required=False))
async def pause(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Leave for some time, or come back; without a word we ask for how long."""
    said = str(event.arguments.get("durée", ""))
    if not said:
        return await _ask_leave(dialogue)
    if written.ends_leave(said):
        return await _come_back(dialogue)
    days = written.leave_of(said)
    if days is None:
        raise Refused("attention.no_leave", written=said[:40])
    return await _go(dialogue, days)


@routes.button("attention.leave")
async def leave(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """The same by a button: so many days, none to come back, nothing to be asked."""
    if not event.action.argument:
        return await _ask_leave(dialogue)
    days = row_named(event.action.argument)
    if days == 0:
        return await _come_back(dialogue)
    return await _go(dialogue, min(days, written.LONGEST_LEAVE))


async def _ask_leave(dialogue: Dialogue) -> Reply:
    person = await choices.person_of(dialogue, dialogue.who.member)
    buttons = pages.leave_buttons(dialogue)
    if person.away_until is None or person.away_until <= dialogue.now:
        return dialogue.reply("attention.how_long", *buttons)
    over = dialogue.button("attention.leave_over", Action("attention.leave", "0"))
    back = person.away_until.astimezone(person.zone).date()
    return dialogue.reply("attention.away", over, *buttons, back=back)


async def _go(dialogue: Dialogue, days: int) -> Reply:
    person = await choices.person_of(dialogue, dialogue.who.member)
    until = rules.leave_until(days, dialogue.now, person.zone)
    await choices.leave(dialogue.who.member, until)
    await waiting.look_at(dialogue, dialogue.who.member)
    over = dialogue.button("attention.leave_over", Action("attention.leave", "0"))
    return dialogue.reply("attention.gone", over, back=until.astimezone(person.zone).date())


async def _come_back(dialogue: Dialogue) -> Reply:
    await choices.leave(dialogue.who.member, None)
    await waiting.look_at(dialogue, dialogue.who.member)
    return dialogue.reply("attention.back")


@routes.command("rappels")
async def reminders(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """What was sent to me, what waits, what was dropped and why, and what I can change."""
    return Reply(await pages.reminders(dialogue))


@routes.form(
    "attention.choices",
    Ask("often", Kind.CHOICE, choices=tuple(str(count) for count in range(MOST + 1))),
    Ask("start", Kind.CHOICE, required=False, choices=MORNINGS),
    Ask("end", Kind.CHOICE, required=False, choices=EVENINGS),
    Ask("zone", required=False, max_length=60),
)
async def choose(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Keep how often, between which hours, in which zone; what is left open is the community's."""
    town, answers = event.answers.get("zone", "").strip(), event.answers
    zone = written.zone_of(town, available_timezones()) if town else ""
    if zone is None:
        return Invalid({"zone": dialogue.label("attention.no_zone")})
    ours = dialogue.settings(AttentionSettings)
    start = int(answers.get("start") or ours.start.hour)
    end = int(answers.get("end") or ours.end.hour)
    if start >= end:
        return Invalid({"end": dialogue.label("attention.no_hours")})
    chosen = bool(answers.get("start") or answers.get("end"))
    hours = rules.hours_between(start, end) if chosen else None
    await choices.choose(dialogue.who.member, int(answers["often"]), hours, zone)
    await waiting.look_at(dialogue, dialogue.who.member)
    kept = await choices.person_of(dialogue, dialogue.who.member)
    return Reply(Message(pages.rhythm(dialogue, kept)))


# -- what is answered to a solicitation --------------------------------------------------------


async def _asked(dialogue: Dialogue, event: ButtonPressed) -> Nudge:
    """What the button is about. Raises Refused when it was asked of somebody else."""
    nudge = await waiting.nudge_of(dialogue.who.member, row_named(event.action.argument))
    if nudge is None:
        raise Refused("attention.not_yours")
    return nudge


@routes.button("attention.later")
async def later(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Not now: tomorrow, if it still makes sense then."""
    at = await waiting.later(dialogue, await _asked(dialogue, event))
    if at is None:
        return dialogue.reply("attention.too_late", edits=True)
    return dialogue.reply("attention.tomorrow", edits=True)


@routes.button("attention.skip")
async def skip(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Not this one."""
    await waiting.skip(dialogue, await _asked(dialogue, event))
    return dialogue.reply("attention.skipped", edits=True)


@routes.button("attention.never")
async def never(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """None of this kind any more, until they say otherwise."""
    nudge = await _asked(dialogue, event)
    await waiting.skip(dialogue, nudge)
    await choices.refuse(dialogue, dialogue.who.member, nudge.kind)
    await waiting.look_at(dialogue, dialogue.who.member)
    named = pages.kind(dialogue, nudge.kind)
    button = pages.again_button(dialogue, nudge.kind)
    return dialogue.reply("attention.never_again", button, kind=named, edits=True)


@routes.button("attention.again")
async def again(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """That kind again."""
    if not await choices.welcome_again(dialogue.who.member, event.action.argument):
        return dialogue.reply("attention.not_refused")
    named = pages.kind(dialogue, event.action.argument)
    return dialogue.reply("attention.welcome", kind=named)
