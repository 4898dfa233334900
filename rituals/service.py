"""Whose turn it is and what they gave: loading, deciding and saving, one step at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.charter.models import CharterAcceptance
from core.chat.actions import row_named
from core.chat.identity import Workspace
from core.engine.errors import Refused
from core.engine.models import Community
from core.engine.scene import Dialogue, Scene
from core.members import service as members
from core.members.models import Member
from rituals import dates, turns
from rituals.kinds import Appointment, Gift
from rituals.models import (
    HELD,
    TO_COME,
    Occurrence,
    OccurrenceState,
    Ritual,
    Tip,
    Turn,
    TurnPreference,
    TurnState,
)

# -- whose turn --------------------------------------------------------------------------------


async def waiting(ritual: Ritual) -> list[turns.Waiting]:
    """Everybody who accepted the charter, and since when they wait for a turn.

    They enter the line when they first accept it, and go to its end when they served, gave no
    answer, or come back after having opted out.
    """
    came: dict[int, tuple[datetime, bool]] = {}
    rows = CharterAcceptance.filter(
        member__community_id=ritual.community_id, member__absorbed_by=None
    ).order_by("-at")
    for member, at, left in await rows.values_list("member_id", "at", "member__left_at"):
        came[member] = (at, left is None)  # the first acceptance comes last
    since, out = await _stated(ritual)
    return [
        turns.Waiting(member, since.get(member, at), opted_out=member in out, here=here)
        for member, (at, here) in came.items()
    ]


async def _stated(ritual: Ritual) -> tuple[dict[int, datetime], set[int]]:
    """Since when people wait whose place was moved, and who opted out.

    What either of two linked accounts did counts for both: nobody waits in two places.
    """
    since: dict[int, datetime] = {}
    out: set[int] = set()
    stated = await TurnPreference.filter(ritual=ritual).values_list(
        "member_id", "member__absorbed_by", "waiting_since", "opted_out"
    )
    for member, absorbed_by, moved, opted_out in stated:
        person = absorbed_by or member
        if moved is not None:
            since[person] = max(moved, since.get(person, moved))
        if opted_out:
            out.add(person)
    return since, out


async def asked(occurrence: Occurrence) -> set[int]:
    """Who had their turn offered for a date; one who was only proposed a swap had not."""
    rows = Turn.filter(occurrence=occurrence).exclude(state=TurnState.PROPOSED)
    return {int(member) for (member,) in await rows.values_list("member_id")}


async def next_in_line(found: Appointment) -> Sequence[int]:
    """Who may be asked next for a date, the first first."""
    day, slug = found.steps.day, found.settings.slug
    return turns.line(await waiting(found.ritual), slug, day, asked=await asked(found.row))


async def offer(scene: Scene, found: Appointment, member: int) -> Turn:
    """It is somebody's turn."""
    turn, _ = await Turn.update_or_create(
        {"state": TurnState.OFFERED, "asked_at": scene.now, "instead_of": None},
        occurrence=found.row,
        member_id=member,
    )
    await Occurrence.filter(id=found.row.id, state=OccurrenceState.PLANNED).update(
        state=OccurrenceState.ASKING
    )
    return turn


async def still_asked(scene: Scene, turn: str) -> bool:
    """Whether somebody is still asked: they did not answer, and the date is to come."""
    rows = Turn.filter(id=row_named(turn), occurrence__ritual__community=scene.community)
    open_ones = rows.filter(state__in=(*HELD, TurnState.PROPOSED))
    return await open_ones.filter(occurrence__state__in=TO_COME).exists()


async def holder(occurrence: Occurrence) -> Turn | None:
    """The turn that stands for a date, `member` loaded."""
    return (
        await Turn.filter(occurrence=occurrence, state__in=HELD)
        .order_by("id")
        .select_related("member")
        .first()
    )


async def held_by(community: Community, member: int) -> list[Turn]:
    """The turns somebody holds for dates to come."""
    rows = Turn.filter(member_id=member, state__in=HELD, occurrence__state__in=TO_COME)
    return await rows.filter(occurrence__ritual__community=community).order_by("id")


async def moves(turn: Turn, *came_from: TurnState, to: TurnState) -> bool:
    """Change where a turn stands, if it still stands where it did."""
    moved = await Turn.filter(id=turn.id, state__in=came_from).update(state=to)
    return bool(moved)


async def to_the_back(scene: Scene, ritual: Ritual, member: int, *, served: bool) -> None:
    """From now on somebody waits behind everybody else."""
    changed: dict[str, object] = {"waiting_since": scene.now}
    if served:
        changed["last_served_at"] = scene.now
    await TurnPreference.update_or_create(changed, ritual=ritual, member_id=member)


async def preference(ritual: Ritual, member: int) -> TurnPreference | None:
    """What somebody said about being asked, and when they last served."""
    return await TurnPreference.get_or_none(ritual=ritual, member_id=member)


async def opt_out(ritual: Ritual, member: int) -> None:
    """Somebody does not want to be asked any more."""
    await TurnPreference.update_or_create({"opted_out": True}, ritual=ritual, member_id=member)


async def opt_in(scene: Scene, ritual: Ritual, member: int) -> None:
    """Somebody may be asked again, behind those who wait; nothing changes for who never left."""
    stated = await preference(ritual, member)
    if stated is not None and stated.opted_out:
        stated.opted_out, stated.waiting_since = False, scene.now
        await stated.save()


@dataclass(frozen=True, slots=True)
class MyTurn:
    """A turn, and the date it is for."""

    turn: Turn
    found: Appointment


async def turn_of(member: int, argument: str) -> Turn | None:
    """The turn an argument names; who linked the account it was offered to holds it now."""
    turn = await Turn.get_or_none(id=row_named(argument))
    if turn is None or turn.member_id == member:
        return turn
    if not await Member.exists(id=turn.member_id, absorbed_by=member):
        return turn
    # A link moves a turn, save where both were asked for the same date: one of the two stands.
    own = await Turn.get(occurrence_id=turn.occurrence_id, member_id=member)
    if await moves(turn, *HELD, to=TurnState.SWAPPED):
        own.state, own.asked_at = turn.state, turn.asked_at
        await own.save(update_fields=["state", "asked_at"])
    return own


async def my_turn(dialogue: Dialogue, argument: str) -> MyTurn:
    """The turn a button is about, if it is of whoever pressed it and its date is to come.

    Raises Refused, with a kind word, when it is not.
    """
    turn = await turn_of(dialogue.who.member, argument)
    found = await dates.reread(dialogue, turn.occurrence_id) if turn else None
    if turn is None or found is None:
        raise Refused("rituals.gone")
    if turn.member_id != dialogue.who.member:
        raise Refused("rituals.not_yours")
    if not found.to_come:
        raise Refused("rituals.over", day=found.steps.day)
    return MyTurn(turn, found)


# -- what was given ----------------------------------------------------------------------------


async def given(found: Appointment, member: int) -> Tip | None:
    """What somebody gave for a date."""
    return await Tip.get_or_none(occurrence=found.row, member_id=member, shown_at=None)


async def ready(found: Appointment) -> Tip | None:
    """What would be published now: what was given for the date, else the oldest in reserve."""
    for occurrence in (found.row, None):
        tips = Tip.filter(ritual=found.ritual, occurrence=occurrence, shown_at=None)
        if tip := await tips.order_by("given_at", "id").first():
            return tip
    return None


async def keep(
    scene: Scene, ritual: Ritual, member: int, text: str, link: str, found: Appointment | None
) -> Tip:
    """Keep a tip: for a date (a new one replaces it), or for the reserve."""
    tip = await given(found, member) if found else None
    if tip is not None and await reword(tip, text, link):
        return tip
    return await Tip.create(
        ritual=ritual,
        member_id=member,
        occurrence=found.row if found else None,
        text=text,
        link=link,
        given_at=scene.now,
    )


async def reword(tip: Tip, text: str, link: str) -> bool:
    """Put other words in the place of the first; False when those are published by now."""
    changed = await Tip.filter(id=tip.id, shown_at=None).update(text=text, link=link)
    if changed:
        tip.text, tip.link = text, link
    return bool(changed)


async def now_shown(scene: Scene, found: Appointment, tip: Tip) -> bool:
    """From now on it was published at that date; False when it was before, or was taken back."""
    rows = Tip.filter(id=tip.id, shown_at=None)
    shown = await rows.update(shown_at=scene.now, occurrence_id=found.row.id)
    return bool(shown)


async def my_tip(dialogue: Dialogue, argument: str) -> Tip:
    """A tip of whoever acts. Raises Refused when it is not theirs, or was published."""
    tip = await Tip.get_or_none(id=row_named(argument))
    if tip is None:
        raise Refused("rituals.gone")
    if tip.member_id != dialogue.who.member:
        raise Refused("rituals.not_yours")
    if tip.shown_at:
        raise Refused("rituals.published_already")
    return tip


async def gift(tip: Tip, home: Workspace) -> Gift:
    """A tip as published in one workspace: its author is mentioned where they have an account."""
    author = await Member.get(id=tip.member_id)
    rows = await members.accounts_of(tip.member_id)
    account = next((row.account for row in rows if row.account.home == home), None)
    return Gift(tip.text, tip.link, author.name, account)
