"""An event's life: written, announced everywhere, changed, cancelled, over, seen again."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.chat.actions import row_named
from core.engine.errors import Refused
from core.engine.scene import Dialogue, Scene
from core.gatherings import cards, finding, rules, seats, telling
from core.gatherings.models import Gathering, GatheringHost
from core.gatherings.pages import Known
from core.gatherings.rules import About, GatheringsSettings, Phase, State
from core.library import service as library
from core.library.rules import Kind
from core.members.models import Member
from core.members.rules import ALPHABET


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote of an event, read; the same form serves to change one."""

    title: str
    moments: rules.Moments
    place: str
    capacity: int | None
    text: str


# -- writing and announcing --------------------------------------------------------------------


async def draft(dialogue: Dialogue, written: Draft) -> Gathering:
    """Keep what somebody wrote; nobody else sees it, and it is forgotten if never announced."""
    starts, ends = written.moments
    row = await Gathering.create(
        community=dialogue.community,
        title=written.title,
        starts=starts,
        ends=ends,
        place=written.place,
        capacity=written.capacity,
        text=written.text,
        code="".join(secrets.choice(ALPHABET) for _ in range(rules.CODE_LENGTH)),
    )
    await GatheringHost.create(gathering=row, member_id=dialogue.who.member)
    await dialogue.later("gatherings.forget", str(row.id), dialogue.now + rules.FORGOTTEN)
    return row


async def announce(scene: Scene, row: Gathering) -> bool:
    """Show it everywhere, once; False when it was announced already. Raises Refused if too late."""
    if row.state is not State.DRAFT:
        return False
    if row.starts <= scene.now:
        raise Refused("gatherings.past")
    row.state = State.ANNOUNCED
    await row.save(update_fields=["state"])
    await cards.put_up(scene, row)
    await plan(scene, row)
    await telling.invite(scene, row)
    return True


def reminders(scene: Scene, row: Gathering) -> list[datetime]:
    """When who asked for it is still reminded, in order."""
    hours = scene.settings(GatheringsSettings).reminder_hours
    return sorted(at for _, at in rules.reminders(row.starts, hours, scene.now))


async def plan(scene: Scene, row: Gathering) -> None:
    """Have done in time what its moment makes due; what an older moment made due does nothing."""
    settings, moment = scene.settings(GatheringsSettings), telling.stamp(row.starts)
    for hours, at in rules.reminders(row.starts, settings.reminder_hours, scene.now):
        await scene.later("gatherings.remind", f"{row.id}:{moment}:{hours}", at)
    await scene.later("gatherings.begin", f"{row.id}:{moment}", row.starts)
    closes = row.ends + timedelta(hours=settings.attend_hours)
    await scene.later("gatherings.close", f"{row.id}:{telling.stamp(row.ends)}", closes)


async def drop(row: Gathering) -> bool:
    """Forget a draft; False for what was announced."""
    return bool(await Gathering.filter(id=row.id, state=State.DRAFT).delete())


# -- changing and ending -----------------------------------------------------------------------


async def edit(dialogue: Dialogue, row: Gathering, written: Draft) -> None:
    """Change it; those concerned are told a little later, once, of all that is different.

    Raises Refused once it has begun, or for fewer seats than are taken.
    """
    if row.state is State.CANCELLED:
        raise Refused("gatherings.is_cancelled", title=row.title)
    if row.state is State.ANNOUNCED and row.starts <= dialogue.now:
        raise Refused("gatherings.begun", title=row.title)
    known = await cards.known(row)
    if written.capacity is not None and written.capacity < known.tally.coming:
        raise Refused("gatherings.too_few", count=known.tally.coming)
    before = row.about
    row.title, row.place, row.text = written.title, written.place, written.text
    row.starts, row.ends = written.moments
    row.capacity = written.capacity
    if row.state is State.ANNOUNCED:
        row.told = row.told or before.model_dump(mode="json")
        row.edited_at, row.version = dialogue.now, row.version + 1
    await row.save()
    if row.state is State.ANNOUNCED:
        await _changed(dialogue, row)


async def _changed(dialogue: Dialogue, row: Gathering) -> None:
    """What was announced is different: its dates, seats and cards follow, and soon its people."""
    await plan(dialogue, row)
    await seats.settle(dialogue, row)
    await seats.redraw(dialogue, row)
    await cards.native_change(dialogue, row)
    at = dialogue.now + dialogue.settings(GatheringsSettings).patience
    key = f"{row.id}:{row.version}:{dialogue.who.member}"
    await dialogue.later("gatherings.changed", key, at)


async def tell_changes(scene: Scene, argument: str) -> None:
    """Tell what is different, unless it was changed again meanwhile, or back.

    `argument` is `<event>:<version>:<who changed it>`.
    """
    number, _, rest = argument.partition(":")
    version, _, by = rest.partition(":")
    row = await seats.locked(scene, row_named(number))
    if str(row.version) != version or row.state is not State.ANNOUNCED or not row.told:
        return
    before = About.model_validate(row.told)
    if different := rules.changes(before, row.about):
        await telling.changed(scene, row, row_named(by), before, different)
    row.told = None
    await row.save(update_fields=["told"])


async def cancel(dialogue: Dialogue, row: Gathering) -> bool:
    """It does not take place, and those concerned hear of it, once; False when it was off."""
    if row.state is not State.ANNOUNCED:
        return False
    if rules.phase(row.starts, row.ends, dialogue.now) is Phase.OVER:
        raise Refused("gatherings.is_over", title=row.title)
    row.state, row.version = State.CANCELLED, row.version + 1
    await row.save(update_fields=["state", "version"])
    await cards.draw(dialogue, row)
    await cards.native_change(dialogue, row)
    await telling.cancelled(dialogue, row, dialogue.who.member)
    return True


async def add_host(scene: Scene, row: Gathering, member: Member) -> bool:
    """Somebody else looks after it too; False when they did."""
    _, made = await GatheringHost.get_or_create(gathering_id=row.id, member_id=member.id)
    if made:
        await seats.redraw(scene, row)
    return made


async def give_replay(dialogue: Dialogue, row: Gathering, url: str) -> None:
    """Show where it can be seen again, and offer that to the library.

    Told once: a corrected link only replaces the one on the cards. `finding.begun` says which may
    have one.
    """
    first, row.replay = not row.replay, url
    await row.save(update_fields=["replay"])
    await cards.draw(dialogue, row)
    if not first:
        return
    await telling.replay(dialogue, row, dialogue.who.member)
    await cards.under(dialogue, row)
    await library.propose(
        dialogue,
        Kind.REPLAY,
        row.title,
        row.text or row.title,
        authors=[member.id for member in await telling.hosts(row)],
        source=f"gatherings:{row.id}",
        link=url,
    )


async def begin(scene: Scene, argument: str) -> None:
    """It begins: the cards take codes, and who looks after it gets the one to show."""
    row = await _at(scene, argument, of_end=False)
    if row is not None:
        await cards.draw(scene, row)
        await telling.begins(scene, row)


async def close(scene: Scene, argument: str) -> None:
    """Its code counts no more: the figures stand."""
    row = await _at(scene, argument, of_end=True)
    if row is not None:
        await cards.draw(scene, row)
        await telling.closes(scene, await cards.known(row))


async def remind(scene: Scene, argument: str) -> None:
    """Remind who asked for it, while there is time."""
    which, _, before = argument.rpartition(":")
    row = await _at(scene, which, of_end=False)
    hours = scene.settings(GatheringsSettings).reminder_hours
    if row is not None and rules.in_time(row.starts, hours, row_named(before), scene.now):
        await telling.remind(scene, row)


async def _at(scene: Scene, argument: str, *, of_end: bool) -> Gathering | None:
    """The event a job is about, locked; None when it is off, or at another moment now."""
    number, _, moment = argument.partition(":")
    rows = Gathering.filter(id=row_named(number), community=scene.community)
    row = await rows.filter(state=State.ANNOUNCED).select_for_update().first()
    if row is None or str(telling.stamp(row.ends if of_end else row.starts)) != moment:
        return None
    return row


async def listing(scene: Scene) -> list[Known]:
    """What is to come, with its figures."""
    return [await cards.known(row) for row in await finding.coming(scene)]


async def forget(scene: Scene, number: str) -> None:
    """A draft nobody announced is forgotten."""
    rows = Gathering.filter(id=row_named(number), community=scene.community)
    await rows.filter(state=State.DRAFT).delete()
