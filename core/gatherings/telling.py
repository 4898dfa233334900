"""What those concerned are told of an event: that it nears, changed, is off, can be seen again."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from core.attention import choices
from core.attention import service as attention
from core.attention.service import Priority, Wish
from core.chat.actions import Action, row_named
from core.chat.markup import join, link
from core.chat.messages import Message
from core.engine.scene import Scene, Speaker
from core.gatherings import pages, readers, seats
from core.gatherings.models import Attendance, Gathering, GatheringHost, GatheringReminder, Rsvp
from core.gatherings.pages import Known
from core.gatherings.readers import Reader
from core.gatherings.rules import KNOWN, About, Change, Standing, State
from core.members.models import Member

Tells = Callable[[Reader], Message]


async def hosts(row: Gathering) -> list[Member]:
    """Who looks after it, `name` known, in the order they were named."""
    rows = GatheringHost.filter(gathering_id=row.id, member__absorbed_by=None)
    return [host.member for host in await rows.order_by("id").select_related("member")]


def still(row: Gathering) -> Action:
    """The guard of what is said of it only as long as it is at that moment."""
    return Action("gatherings.ahead", f"{row.id}:{stamp(row.starts)}")


def stamp(moment: datetime) -> int:
    """A moment as a job's key or a button carries it."""
    return int(moment.timestamp())


async def tell(
    scene: Scene,
    people: Iterable[int],
    tells: Tells,
    *,
    guard: Action | None = None,
    until: datetime | None = None,
    patient: bool = False,
) -> None:
    """Tell each of them, in their language and on their clock; `patient`: in their waking hours."""
    members = list(dict.fromkeys(people))
    known = await choices.zones(members)

    def say(who: Speaker) -> Message:
        return tells(readers.reader(scene, who, known))

    for member in members:
        await attention.tell(scene, member, say, guard=guard, until=until, patient=patient)


async def invite(scene: Scene, row: Gathering) -> None:
    """Ask who came to another one lately, and said nothing of this one, whether they come."""
    lately = Attendance.filter(
        gathering__community=scene.community,
        at__gte=scene.now - KNOWN,
        member__absorbed_by=None,
        member__left_at=None,
    )
    came = {attendance.member_id for attendance in await lately}
    said = {entry.member_id for entry in await Rsvp.filter(gathering_id=row.id)}
    looks_after = {member.id for member in await hosts(row)}
    invited = sorted(came - said - looks_after)
    known = await choices.zones(invited)

    def say(who: Speaker) -> Message:
        reader = readers.reader(scene, who, known)
        shown = Known(row)
        text = join([reader.say("gatherings.invitation"), pages.about(reader, shown)])
        return Message(text, pages.buttons(reader, shown)[:2])

    for member in invited:
        wish = Wish(
            "gatherings.invitation", str(row.id), say, Priority.LOW,
            guard=Action("gatherings.open", f"{row.id}:{row.version}:{member}"),
            until=row.starts,
        )  # fmt: skip
        await attention.solicit(scene, member, wish)


async def still_open(scene: Scene, argument: str) -> bool:
    """Whether somebody may be invited in those words: nothing of it changed, and they said nothing.

    Whoever was linked meanwhile is who they are now.
    """
    number, _, rest = argument.partition(":")
    version, _, invited = rest.partition(":")
    rows = Gathering.filter(community=scene.community, state=State.ANNOUNCED)
    row = await rows.get_or_none(id=row_named(number))
    member = await Member.get_or_none(id=row_named(invited))
    if row is None or member is None or str(row.version) != version:
        return False
    people = [member.id, member.absorbed_by or member.id]
    return not await Rsvp.exists(gathering_id=row.id, member_id__in=people)


async def remind(scene: Scene, row: Gathering) -> None:
    """Remind who asked for it, and still wants it."""
    wanted = GatheringReminder.filter(
        gathering_id=row.id, member__absorbed_by=None, member__left_at=None
    )

    def tells(reader: Reader) -> Message:
        text = join([reader.say("gatherings.reminder"), pages.about(reader, Known(row))])
        number = str(row.id)
        return Message(
            text,
            (
                reader.button("gatherings.leave", Action("gatherings.leave", number)),
                reader.button("gatherings.unremind", Action("gatherings.unremind", number)),
            ),
        )

    people = [wish.member_id for wish in await wanted]
    await tell(scene, people, tells, guard=still(row), until=row.starts)


async def changed(
    scene: Scene, row: Gathering, by: int, before: About, different: Sequence[Change]
) -> None:
    """Tell once what is different, to who signed up before it was; not who changed it last."""
    knows = {entry.member_id for entry in await seats.listed(row) if entry.at > _edited(row)}
    knows.add(by)
    people = [member.id for member in await seats.concerned(row) if member.id not in knows]

    def tells(reader: Reader) -> Message:
        return pages.changed(reader, row, before, different)

    await tell(scene, people, tells, until=max(row.starts, before.starts))


def _edited(row: Gathering) -> datetime:
    assert row.edited_at is not None  # noqa: S101  set with `told`, which is read before
    return row.edited_at


async def cancelled(scene: Scene, row: Gathering, by: int) -> None:
    """Tell once that it does not take place; who cancelled it knows."""
    people = [member.id for member in await seats.concerned(row) if member.id != by]

    def tells(reader: Reader) -> Message:
        when = reader.when(row.starts, row.ends)
        return Message(reader.say("gatherings.cancelled", title=row.title, when=when))

    await tell(scene, people, tells, until=row.ends)


async def replay(scene: Scene, row: Gathering, by: int) -> None:
    """Tell who came, and who would have, that it can be seen again."""
    people = {member.id for member in await seats.concerned(row)} | set(await seats.there(row))

    def tells(reader: Reader) -> Message:
        shown = link(row.replay, row.replay)
        return Message(reader.say("gatherings.replay_ready", title=row.title, link=shown))

    await tell(scene, sorted(people - {by}), tells, patient=True)


async def begins(scene: Scene, row: Gathering) -> None:
    """Give who looks after it the code to show."""

    def tells(reader: Reader) -> Message:
        return Message(reader.say("gatherings.show_code", title=row.title, code=row.code))

    await tell(scene, [member.id for member in await hosts(row)], tells, until=row.ends)


async def closes(scene: Scene, known: Known) -> None:
    """Tell who looks after it how many came."""
    row = known.row

    def tells(reader: Reader) -> Message:
        said = reader.say("gatherings.over", title=row.title)
        ask = () if row.replay else (reader.say("gatherings.replay_how"),)
        return Message(join([said, pages.outcome(reader, known), *ask]))

    await tell(scene, [member.id for member in await hosts(row)], tells)


async def still_ahead(scene: Scene, argument: str) -> bool:
    """Whether it still takes place at the moment that is said."""
    number, _, moment = argument.partition(":")
    rows = Gathering.filter(community=scene.community, state=State.ANNOUNCED)
    row = await rows.get_or_none(id=row_named(number))
    return row is not None and str(stamp(row.starts)) == moment


async def names(row: Gathering) -> dict[Standing, list[str]]:
    """Who said what, by name, in turn."""
    found: dict[Standing, list[str]] = {}
    for entry in await seats.listed(row):
        found.setdefault(entry.standing, []).append(entry.member.name)
    return found
