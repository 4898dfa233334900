"""Who comes: one list over all platforms, and a waiting list that moves up by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.expressions import Q

from core.attention import choices
from core.attention import service as attention
from core.chat.actions import Action, row_named
from core.chat.messages import Message
from core.engine.errors import Refused
from core.engine.scene import Dialogue, Scene, Speaker
from core.gatherings import readers, rules
from core.gatherings.models import Attendance, Gathering, GatheringReminder, Rsvp
from core.gatherings.rules import Entry, GatheringsSettings, Phase, Standing, State
from core.members import service as members
from core.members.models import Member
from core.members.rules import written_code

REDRAW = "gatherings.redraw"
LISTED = (Standing.COMING, Standing.WAITING)


@dataclass(frozen=True, slots=True)
class Said:
    """What became of an answer: `place` is that on the waiting list, 0 without."""

    standing: Standing
    place: int


async def locked(scene: Scene, number: int) -> Gathering:
    """An event, alone with it until the transaction ends. Raises Refused when there is none.

    Two people may press for the last seat at the same moment, in two processes.
    """
    rows = Gathering.filter(id=number, community=scene.community)
    found = await rows.select_for_update().first()
    if found is None:
        raise Refused("gatherings.gone")
    return found


async def ahead(scene: Scene, number: int) -> Gathering:
    """An event that is to come, locked. Raises Refused when it is not to come."""
    found = await locked(scene, number)
    if found.state is State.CANCELLED:
        raise Refused("gatherings.is_cancelled", title=found.title)
    if found.state is State.DRAFT:
        raise Refused("gatherings.gone")
    if rules.phase(found.starts, found.ends, scene.now) is not Phase.AHEAD:
        raise Refused("gatherings.begun", title=found.title)
    return found


async def answer(dialogue: Dialogue, number: int, wanted: Standing) -> tuple[Gathering, Said]:
    """Take what somebody says of coming. Raises Refused once it has begun or is cancelled."""
    row = await ahead(dialogue, number)
    if dialogue.who.gone:  # whoever presses is here, whatever we last heard
        await members.came_back(dialogue, dialogue.who.account)
    mine, _ = await Rsvp.get_or_create(
        {"standing": Standing.NO, "at": dialogue.now},
        gathering_id=row.id,
        member_id=dialogue.who.member,
    )
    if rules.rejoins(mine.standing, wanted):
        row.turns += 1
        await row.save(update_fields=["turns"])
        mine.standing, mine.turn = Standing.WAITING, row.turns
    elif wanted is not Standing.COMING:
        mine.standing = wanted
    mine.at = dialogue.now
    await mine.save()
    if wanted is Standing.NO:
        await forget_reminder(row, dialogue.who.member)
    await settle(dialogue, row, silently=dialogue.who.member)
    await redraw(dialogue, row)
    await mine.refresh_from_db()
    return row, Said(mine.standing, rules.place_of(_entries(await listed(row)), mine.id))


async def listed(row: Gathering) -> list[Rsvp]:
    """What everybody who is still here said of it, `member` loaded, by turn."""
    rows = Rsvp.filter(gathering_id=row.id, member__absorbed_by=None, member__left_at=None)
    return await rows.order_by("turn", "id").select_related("member")


async def said_by(row: Gathering, member: int) -> Said | None:
    """What one person said of it, None when nothing."""
    rows = await listed(row)
    mine = next((entry for entry in rows if entry.member_id == member), None)
    return Said(mine.standing, rules.place_of(_entries(rows), mine.id)) if mine else None


async def settle(scene: Scene, row: Gathering, silently: int | None = None) -> bool:
    """Give free seats to who waits, in turn, and tell them at once; the event must be locked.

    Says whether anything changed. `silently` is who learns it by the answer they get.
    """
    changed = await _hand_over(row)
    rows = {entry.id: entry for entry in await listed(row)}
    for number in rules.promoted(_entries(list(rows.values())), row.capacity):
        entry = rows[number]
        await Rsvp.filter(id=number).update(standing=Standing.COMING)
        changed = True
        if entry.member_id != silently:
            await _promoted(scene, row, entry)
    return changed


async def settle_all(scene: Scene) -> None:
    """Give seats that came free by themselves: two accounts linked, somebody who left."""
    waiting = Rsvp.filter(
        standing=Standing.WAITING,
        member__absorbed_by=None,
        member__left_at=None,
        gathering__community=scene.community,
        gathering__state=State.ANNOUNCED,
        gathering__starts__gt=scene.now,
    )
    for number in sorted({entry.gathering_id for entry in await waiting}):
        row = await locked(scene, number)
        if await settle(scene, row):
            await redraw(scene, row)


async def _hand_over(row: Gathering) -> bool:
    """The seats of who is no longer counted go back, so that they are never given twice.

    Of two linked accounts one seat stays, even when the one that stays was waiting. Whoever is
    parted again, or comes back, is the first to wait.
    """
    held = Rsvp.filter(gathering_id=row.id, standing=Standing.COMING)
    gone = Q(member__absorbed_by__isnull=False) | Q(member__left_at__isnull=False)
    found = await held.filter(gone).select_related("member")
    for seat in found:
        seat.standing = Standing.WAITING
        await seat.save(update_fields=["standing"])
        if seat.member.absorbed_by is not None:
            theirs = Rsvp.filter(gathering_id=row.id, member_id=seat.member.absorbed_by)
            await theirs.filter(standing=Standing.WAITING).update(standing=Standing.COMING)
    return bool(found)


async def _promoted(scene: Scene, row: Gathering, entry: Rsvp) -> None:
    known = await choices.zones([entry.member_id])

    def say(who: Speaker) -> Message:
        reader = readers.reader(scene, who, known)
        text = reader.say(
            "gatherings.promoted", title=row.title, when=reader.when(row.starts, row.ends)
        )
        leave = Action("gatherings.leave", str(row.id))
        return Message(text, (reader.button("gatherings.leave", leave),))

    guard = Action("gatherings.seated", str(entry.id))
    await attention.tell(scene, entry.member_id, say, guard=guard, until=row.starts)


async def still_seated(scene: Scene, argument: str) -> bool:
    """Whether somebody still has the seat they are told of."""
    here = Rsvp.filter(gathering__community=scene.community, gathering__state=State.ANNOUNCED)
    return await here.filter(id=row_named(argument), standing=Standing.COMING).exists()


async def redraw(scene: Scene, row: Gathering) -> None:
    """Show the new figures soon: as many presses as there are make one edit."""
    wait = scene.settings(GatheringsSettings).redraw_every
    await scene.later(REDRAW, f"{row.id}:{row.round}", scene.now + wait)


def _entries(rows: Sequence[Rsvp]) -> list[Entry]:
    return [Entry(row.id, row.standing, row.turn) for row in rows]


# -- being reminded ----------------------------------------------------------------------------


async def ask_reminder(dialogue: Dialogue, number: int) -> Gathering:
    """Somebody wants to be reminded. Raises Refused as `answer` does."""
    row = await ahead(dialogue, number)
    await GatheringReminder.get_or_create(
        {"at": dialogue.now}, gathering_id=row.id, member_id=dialogue.who.member
    )
    return row


async def forget_reminder(row: Gathering, member: int) -> None:
    """Somebody wants no reminder any more."""
    await GatheringReminder.filter(gathering_id=row.id, member_id=member).delete()


# -- being there -------------------------------------------------------------------------------


async def attend(dialogue: Dialogue, number: int, typed: str) -> Gathering | None:
    """Somebody was there and gives the code; None when it is another one.

    Raises Refused before the event, long after it, or when there is none.
    """
    row = await locked(dialogue, number)
    if row.state is not State.ANNOUNCED:
        raise Refused("gatherings.gone")
    hours = dialogue.settings(GatheringsSettings).attend_hours
    if dialogue.now < row.starts - rules.EARLY:
        raise Refused("gatherings.too_early", title=row.title)
    if not rules.may_attend(row.starts, row.ends, dialogue.now, hours):
        raise Refused("gatherings.too_late", title=row.title)
    if written_code(typed) != row.code:
        return None
    await Attendance.get_or_create(
        {"at": dialogue.now}, gathering_id=row.id, member_id=dialogue.who.member
    )
    await redraw(dialogue, row)
    return row


async def there(row: Gathering) -> list[int]:
    """Who was there, each person once."""
    rows = Attendance.filter(gathering_id=row.id, member__absorbed_by=None)
    return [attendance.member_id for attendance in await rows]


async def concerned(row: Gathering) -> list[Member]:
    """Who hears of what happens to it: who comes, waits or may come, who wants a reminder."""
    said = [entry.member for entry in await listed(row) if entry.standing is not Standing.NO]
    wanted = GatheringReminder.filter(
        gathering_id=row.id, member__absorbed_by=None, member__left_at=None
    )
    asked = [wish.member for wish in await wanted.select_related("member")]
    return list({member.id: member for member in [*said, *asked]}.values())
