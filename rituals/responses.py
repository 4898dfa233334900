"""What somebody answers when it is their turn, and what follows for the others."""

from dataclasses import dataclass
from enum import StrEnum

from core.chat.actions import row_named
from core.engine.errors import Refused
from core.engine.scene import Dialogue
from core.members import service as members
from rituals import asking, dates, service
from rituals.asking import says
from rituals.kinds import NAMED, Appointment
from rituals.models import HELD, Occurrence, OccurrenceState, Tip, Turn, TurnState
from rituals.rules import RitualSettings
from rituals.service import MyTurn

PROPOSED_TO = 2
"""To how many of the next in line a swap is proposed."""


async def passes(dialogue: Dialogue, mine: MyTurn) -> None:
    """Not this time: the next in line is asked at once. Raises Refused when it is answered."""
    if await service.given(mine.found, mine.turn.member_id):
        raise Refused("rituals.given_already", day=mine.found.steps.day)
    if not await service.moves(mine.turn, *HELD, to=TurnState.DECLINED):
        raise Refused("rituals.answered")
    await _hand_on(dialogue, mine.found)


async def _hand_on(dialogue: Dialogue, found: Appointment) -> None:
    if found.to_come and not found.paused:
        await asking.ask_next(dialogue, found)


async def never(dialogue: Dialogue, argument: str) -> Appointment:
    """No turn ever again, until they change their mind; one they hold goes to the next."""
    turn = await service.turn_of(dialogue.who.member, argument)
    found = await dates.reread(dialogue, turn.occurrence_id) if turn else None
    if turn is None or found is None:
        raise Refused("rituals.gone")
    if turn.member_id != dialogue.who.member:
        raise Refused("rituals.not_yours")
    await service.opt_out(found.ritual, turn.member_id)
    has_given = await service.given(found, turn.member_id)
    if not has_given and await service.moves(turn, *HELD, to=TurnState.DECLINED):
        await _hand_on(dialogue, found)
    return found


async def leaves(dialogue: Dialogue) -> None:
    """Somebody left for good: what they hold and gave nothing for goes to the next in line."""
    for turn in await service.held_by(dialogue.community, dialogue.who.member):
        found = await dates.reread(dialogue, turn.occurrence_id)
        if found is not None and not await service.given(found, turn.member_id):
            await service.moves(turn, *HELD, to=TurnState.DECLINED)
            await _hand_on(dialogue, found)


async def swap(dialogue: Dialogue, mine: MyTurn) -> int:
    """Propose one's turn to the next in line; it stays one's own until somebody takes it.

    Says to how many it was proposed. Raises Refused when there is nothing to swap.
    """
    turn, found = mine.turn, mine.found
    if turn.state not in HELD:
        raise Refused("rituals.answered")
    if await service.given(found, turn.member_id):
        raise Refused("rituals.given_already", day=found.steps.day)
    if await Turn.exists(instead_of=turn.id, state=TurnState.PROPOSED):
        raise Refused("rituals.swap_already")
    told = 0
    for member in await service.next_in_line(found):
        to = await members.reach(dialogue, member)
        if to is None:
            continue
        proposal, _ = await Turn.update_or_create(
            {"state": TurnState.PROPOSED, "asked_at": dialogue.now, "instead_of": turn.id},
            occurrence=found.row,
            member_id=member,
        )
        occasion, name = found.occasion(dialogue), dialogue.who.name
        message = says(found).proposal(dialogue.texts, to.language, occasion, proposal.id, name)
        asked = await asking.owe_turn(dialogue, found, proposal, message, to, skip="rituals.refuse")
        if asked is None:
            await service.moves(proposal, TurnState.PROPOSED, to=TurnState.DECLINED)
            continue
        told += 1
        if told == PROPOSED_TO:
            break
    return told


async def take(dialogue: Dialogue, mine: MyTurn) -> None:
    """Take over somebody's turn, first come first served; they keep their place in the line."""
    turn, found = mine.turn, mine.found
    if turn.state is not TurnState.PROPOSED:
        raise Refused("rituals.answered")
    theirs = await Turn.get_or_none(id=turn.instead_of, occurrence=found.row)
    if theirs is None or await service.given(found, theirs.member_id):
        raise Refused("rituals.taken")
    if not await service.moves(theirs, *HELD, to=TurnState.SWAPPED):
        raise Refused("rituals.taken")
    await service.moves(turn, TurnState.PROPOSED, to=TurnState.ACCEPTED)
    name, day = dialogue.who.name, found.steps.day
    await asking.tell(dialogue, theirs.member_id, "rituals.swapped", name=name, day=day)


async def refuse(mine: MyTurn) -> None:
    """Not take it over. Raises Refused when it is answered."""
    if not await service.moves(mine.turn, TurnState.PROPOSED, to=TurnState.DECLINED):
        raise Refused("rituals.answered")


class Kept(StrEnum):
    """What became of a tip that somebody gave."""

    FOR_DATE = "for date"
    RESERVE = "reserve"
    UNNAMED = "unnamed"
    LATE = "late"
    SHOWN = "shown"
    TOO_LATE_TO_CORRECT = "too late to correct"


@dataclass(frozen=True, slots=True)
class Given:
    """A tip somebody gave, the date it is for or would be shown on, and what became of it."""

    kept: Kept
    found: Appointment
    tip: Tip | None


async def give(dialogue: Dialogue, argument: str, text: str, link: str) -> Given:
    """Take a tip: for one's turn (`12`), as a correction (`t12`), for a ritual's reserve (`@slug`).

    What comes too late for its date goes to the reserve: nothing written is lost. What names
    no ritual (a command, a button of an earlier version) is for the only one, or they are asked.
    """
    if argument.startswith("t"):
        return await _correct(dialogue, argument[1:], text, link)
    if argument.startswith(NAMED):
        slug = argument.removeprefix(NAMED)
        programme = await dates.in_turn(dialogue)
        named = next((ritual for ritual in programme if ritual.slug == slug), None)
        if named is not None:
            return await _reserve(dialogue, named, text, link)
    elif argument:
        return await _for_turn(dialogue, argument, text, link)
    return await _unnamed(dialogue, text, link)


async def _unnamed(dialogue: Dialogue, text: str, link: str) -> Given:
    """With several rituals it waits in the reserve of the likeliest, and is shown nowhere yet."""
    programme = await dates.in_turn(dialogue)
    if len(programme) < 2:  # noqa: PLR2004  one ritual, or none
        return await _reserve(dialogue, dates.chosen(programme), text, link)
    called = [ritual for ritual in programme if await _awaits_today(dialogue, ritual)]
    settings = (called or programme)[0]
    ritual = await dates.ritual_of(dialogue, settings)
    tip = await service.keep(dialogue, ritual, dialogue.who.member, text, link, None)
    return Given(Kept.UNNAMED, await dates.coming(dialogue, settings), tip)


async def name_ritual(dialogue: Dialogue, tip: Tip, slug: str) -> Given:
    """Say for which ritual a tip of the reserve is. Raises Refused when it is for a date."""
    settings = dates.chosen(await dates.in_turn(dialogue), slug)
    ritual = await dates.ritual_of(dialogue, settings)
    if not await Tip.filter(id=tip.id, occurrence=None, shown_at=None).update(ritual_id=ritual.id):
        raise Refused("rituals.answered")
    return await _waits(dialogue, settings, tip)


async def _for_turn(dialogue: Dialogue, argument: str, text: str, link: str) -> Given:
    turn = await service.turn_of(dialogue.who.member, argument)
    found = await dates.reread(dialogue, turn.occurrence_id) if turn else None
    if turn is None or found is None or turn.member_id != dialogue.who.member:
        if found is not None:
            return await _reserve(dialogue, found.settings, text, link)
        return await _unnamed(dialogue, text, link)
    if turn.state is TurnState.DONE:
        return Given(Kept.TOO_LATE_TO_CORRECT, found, None)
    # Whoever passed and thinks better of it while nobody else holds the turn has it back.
    back = TurnState.DECLINED, TurnState.EXPIRED
    free = await service.holder(found.row) is None
    took = found.to_come and await service.moves(
        turn, *(HELD + back if free else HELD), to=TurnState.ACCEPTED
    )
    if not took:
        return await _reserve(dialogue, found.settings, text, link, late=True)
    tip = await service.keep(dialogue, found.ritual, turn.member_id, text, link, found)
    return Given(Kept.FOR_DATE, found, tip)


async def _correct(dialogue: Dialogue, tip_id: str, text: str, link: str) -> Given:
    mine = Tip.get_or_none(id=row_named(tip_id), member_id=dialogue.who.member)
    tip = await mine.select_related("ritual")
    if tip is None:
        return await _unnamed(dialogue, text, link)
    settings = dates.chosen(await dates.in_turn(dialogue), tip.ritual.slug)
    dated = await dates.reread(dialogue, tip.occurrence_id) if tip.occurrence_id else None
    found = dated or await dates.coming(dialogue, settings)
    if not await service.reword(tip, text, link):
        return Given(Kept.TOO_LATE_TO_CORRECT, found, None)
    if dated:
        return Given(Kept.FOR_DATE, found, tip)
    several = len(await dates.in_turn(dialogue)) > 1
    return Given(Kept.UNNAMED if several else Kept.RESERVE, found, tip)


async def _reserve(
    dialogue: Dialogue, settings: RitualSettings, text: str, link: str, *, late: bool = False
) -> Given:
    ritual = await dates.ritual_of(dialogue, settings)
    tip = await service.keep(dialogue, ritual, dialogue.who.member, text, link, None)
    return await _waits(dialogue, settings, tip, late=late)


async def _waits(
    dialogue: Dialogue, settings: RitualSettings, tip: Tip, *, late: bool = False
) -> Given:
    """It waits in the reserve of its ritual, unless that one awaits something today."""
    opened = await _awaits_today(dialogue, settings)
    if opened is not None and await asking.show(dialogue, opened, tip):
        return Given(Kept.SHOWN, opened, tip)
    found = await dates.coming(dialogue, settings)
    return Given(Kept.LATE if late else Kept.RESERVE, found, tip)


async def _awaits_today(dialogue: Dialogue, settings: RitualSettings) -> Appointment | None:
    """The date for which all were called today and nothing was shown yet."""
    rows = Occurrence.filter(
        ritual__community=dialogue.community,
        ritual__slug=settings.slug,
        state=OccurrenceState.OPEN,
        opened_at__lte=dialogue.now,
    )
    last = await rows.order_by("-opened_at").first()
    today = dialogue.local(dialogue.now).date()
    if last is None or dialogue.local(last.opened_at).date() != today:
        return None
    # One tip answers the call: whoever gives another at the same instant waits for it.
    await Occurrence.filter(id=last.id).select_for_update(no_key=True).first()
    if await Tip.filter(occurrence=last).exclude(shown_at=None).exists():
        return None
    return await dates.reread(dialogue, last.id)


async def withdraw(dialogue: Dialogue, tip: Tip) -> None:
    """Take one's tip back; one's turn, if it was for that, goes to the next in line.

    Raises Refused when it was published meanwhile.
    """
    found = await dates.reread(dialogue, tip.occurrence_id) if tip.occurrence_id else None
    if not await Tip.filter(id=tip.id, shown_at=None).delete():
        raise Refused("rituals.published_already")
    if found is not None:
        turn = await service.holder(found.row)
        if turn is not None and turn.member_id == tip.member_id:
            await service.moves(turn, *HELD, to=TurnState.DECLINED)
            await _hand_on(dialogue, found)
