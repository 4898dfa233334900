"""An event's life: written, announced everywhere, changed, cancelled, over, seen again."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.chat.actions import row_named
from core.chat.identity import Role
from core.engine.errors import Refused
from core.engine.scene import Dialogue, Scene
from core.gatherings import cards, rules, seats, telling
from core.gatherings.models import Gathering, GatheringHost
from core.gatherings.pages import Known
from core.gatherings.rules import About, GatheringsSettings, Phase, State
from core.library import service as library
from core.library.rules import Kind
from core.members.models import Member
from core.members.rules import ALPHABET

RECENT = timedelta(days=30)
"""How long what is over can still be named by who looks after it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote of an event, read; the same form serves to change one."""

    title: str
    moments: rules.Moments
    place: str
    capacity: int | None
    text: str


# -- finding one -------------------------------------------------------------------------------


def may_create(dialogue: Dialogue) -> None:
    """Raises Refused for who may not call an event."""
    if not any(map(dialogue.who.may, dialogue.settings(GatheringsSettings).creators)):
        raise Refused("gatherings.not_allowed")


async def looks_after(dialogue: Dialogue, row: Gathering) -> bool:
    """Whether whoever acts may change it: its hosts, and the team's community builders."""
    if dialogue.who.may(Role.BUILDER):
        return True
    return await GatheringHost.exists(gathering_id=row.id, member_id=dialogue.who.member)


async def mine(dialogue: Dialogue, number: str) -> Gathering:
    """An event whoever acts looks after, locked. Raises Refused when it is not so."""
    row = await seats.locked(dialogue, row_named(number))
    if not await looks_after(dialogue, row):
        raise Refused("gatherings.not_yours")
    return row


async def shown(dialogue: Dialogue, number: str) -> Gathering:
    """An event everybody may see. Raises Refused when there is none."""
    rows = Gathering.filter(id=row_named(number), community=dialogue.community)
    row = await rows.exclude(state=State.DRAFT).first()
    if row is None:
        raise Refused("gatherings.gone")
    return row


async def coming(scene: Scene) -> list[Gathering]:
    """What is to come or on, the nearest first."""
    rows = Gathering.filter(community=scene.community, state=State.ANNOUNCED)
    return await rows.filter(ends__gt=scene.now).order_by("starts", "id")


async def manageable(dialogue: Dialogue) -> list[Gathering]:
    """What whoever acts looks after: to come first, then what was, the newest first."""
    since = dialogue.now - RECENT
    rows = Gathering.filter(community=dialogue.community, state=State.ANNOUNCED, ends__gt=since)
    if not dialogue.who.may(Role.BUILDER):
        hosted = await GatheringHost.filter(member_id=dialogue.who.member)
        rows = rows.filter(id__in=[host.gathering_id for host in hosted])
    found = await rows.order_by("starts", "id")
    over = [row for row in found if row.ends <= dialogue.now]
    return [row for row in found if row.ends > dialogue.now] + over[::-1]


async def begun(dialogue: Dialogue) -> list[Gathering]:
    """What whoever acts looks after and has begun, the newest first."""
    found = [row for row in await manageable(dialogue) if row.starts <= dialogue.now]
    return sorted(found, key=lambda row: row.starts, reverse=True)


def named(rows: Sequence[Gathering], typed: str) -> Gathering:
    """The one somebody means among these. Raises Refused when none, or several, may be meant."""
    found = rules.meant({row.id: row.title for row in rows}, typed)
    if not rows:
        raise Refused("gatherings.nothing")
    if not found:
        raise Refused("gatherings.not_found", title=typed)
    if len(found) > 1:
        raise Refused("gatherings.several", title=typed)
    return next(row for row in rows if row.id == found[0])


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


async def edit(scene: Scene, row: Gathering, written: Draft) -> None:
    """Change it; those concerned are told a little later, once, of all that is different.

    Raises Refused once it has begun, or for fewer seats than are taken.
    """
    if row.state is State.CANCELLED:
        raise Refused("gatherings.is_cancelled", title=row.title)
    if row.state is State.ANNOUNCED and row.starts <= scene.now:
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
        row.edited_at, row.version = scene.now, row.version + 1
    await row.save()
    if row.state is State.ANNOUNCED:
        await plan(scene, row)
        await seats.settle(scene, row)
        await seats.redraw(scene, row)
        await cards.native_change(scene, row)
        patience = scene.settings(GatheringsSettings).patience
        await scene.later("gatherings.changed", f"{row.id}:{row.version}", scene.now + patience)


async def tell_changes(scene: Scene, argument: str) -> None:
    """Tell what is different, unless it was changed again meanwhile, or back."""
    number, _, version = argument.partition(":")
    row = await seats.locked(scene, row_named(number))
    if str(row.version) != version or row.state is not State.ANNOUNCED or not row.told:
        return
    before = About.model_validate(row.told)
    if different := rules.changes(before, row.about):
        await telling.changed(scene, row, before, different)
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

    Told once: a corrected link only replaces the one on the cards. `begun` says which may have one.
    """
    first, row.replay = not row.replay, url
    await row.save(update_fields=["replay"])
    await cards.draw(dialogue, row)
    if not first:
        return
    await telling.replay(dialogue, row, dialogue.who.member)
    await cards.under(dialogue, row)
    authors = [member.id for member in await telling.hosts(row)]
    text = row.text or row.title
    source = f"gatherings:{row.id}"
    await library.propose(
        dialogue, Kind.REPLAY, row.title, text, authors=authors, source=source, link=url
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
        await cards.draw(scene, row, closed=True)
        await telling.closes(scene, await cards.known(row))


async def remind(scene: Scene, argument: str) -> None:
    """Remind who asked for it, while it is still to come."""
    row = await _at(scene, argument.rpartition(":")[0], of_end=False)
    if row is not None and scene.now < row.starts:
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
    return [await cards.known(row) for row in await coming(scene)]


async def forget(scene: Scene, number: str) -> None:
    """A draft nobody announced is forgotten."""
    rows = Gathering.filter(id=row_named(number), community=scene.community)
    await rows.filter(state=State.DRAFT).delete()
