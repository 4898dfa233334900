"""What people change in chat on top of the file: kept with its author and its moment, undone.

Each function that changes something writes one `RitualChange`; `undo` takes one back.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from tortoise.expressions import Q

from core.engine.errors import Refused
from core.engine.models import Community
from core.engine.scene import Scene
from rituals import dates, runner
from rituals.kinds import Appointment
from rituals.models import Change, Occurrence, Ritual, RitualChange, RitualState, StepDone
from rituals.rules import RitualSettings, edited


async def _note(
    scene: Scene,
    ritual: Ritual,
    by: int | None,
    what: Change,
    value: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> RitualChange:
    return await RitualChange.create(
        ritual=ritual,
        author_id=by,
        what=what,
        value=dict(value),
        before=dict(before or {}),
        at=scene.now,
    )


async def history(scene: Scene, settings: RitualSettings, most: int = 10) -> Sequence[RitualChange]:
    """The latest changes of a ritual, the newest first, `author` loaded; undone ones too."""
    rows = RitualChange.filter(ritual__community=scene.community, ritual__slug=settings.slug)
    return await rows.order_by("-id").limit(most).select_related("author")


async def standing(scene: Scene, settings: RitualSettings) -> Sequence[RitualChange]:
    """What was changed of a ritual's settings and holds, the newest first, `author` loaded."""
    rows = RitualChange.filter(ritual__community=scene.community, ritual__slug=settings.slug)
    held = rows.filter(undone_at=None, what__in=(Change.SETTINGS, Change.CREATE))
    return await held.order_by("-id").select_related("author")


async def alone(scene: Scene) -> None:
    """Wait for whoever changes the programme, so that what is looked at holds until we end.

    Two people who adopt the year at once would each find it new (PostgreSQL; SQLite has one
    transaction at a time). Their other writing goes on: it holds a key of the community's row.
    """
    await Community.filter(id=scene.community.id).select_for_update(no_key=True).first()


# -- settings ----------------------------------------------------------------------------------


async def set_to(
    scene: Scene, settings: RitualSettings, value: Mapping[str, Any], by: int | None
) -> RitualSettings:
    """Change settings (a text, an hour, a rule) as the file would write them; says what holds now.

    Those who wait for a date whose moment changes are told by its kind. Raises ValidationError,
    whose `loc` names the setting that is wrong; Refused when another ritual has that hashtag.
    """
    await alone(scene)
    changed = edited(settings, value)
    await _only_one(scene, changed)
    before = await dates.unfinished(scene, [settings])
    await _note(scene, await dates.ritual_of(scene, settings), by, Change.SETTINGS, value)
    await _follow(scene, before)
    return changed


async def create(scene: Scene, table: Mapping[str, Any], by: int | None) -> RitualSettings:
    """Add a ritual of one's own to the programme, as the file would write it.

    Raises ValidationError, whose `loc` names the setting that is wrong; Refused when there is one
    of that slug or hashtag.
    """
    await alone(scene)
    made = RitualSettings.model_validate(table)
    if any(ritual.slug == made.slug for ritual in await dates.programme(scene)):
        raise Refused("rituals.taken_slug", slug=made.slug)
    await _only_one(scene, made)
    await _add(scene, made, table, by)
    await runner.materialise(scene)
    return made


async def adopt(scene: Scene, tables: Sequence[Mapping[str, Any]], by: int | None) -> None:
    """Add rituals, each as the file would write it, that are known to fit the programme.

    Whoever knows it is `alone` since they looked.
    """
    for one in tables:
        await _add(scene, RitualSettings.model_validate(one), one, by)
    await runner.materialise(scene)


async def _add(
    scene: Scene, made: RitualSettings, table: Mapping[str, Any], by: int | None
) -> None:
    ritual = await dates.ritual_of(scene, made)
    # One of that name may have rested when it was taken back.
    await Ritual.filter(id=ritual.id).update(state=RitualState.ACTIVE, paused_until=None)
    await _note(scene, ritual, by, Change.CREATE, table)


async def _only_one(scene: Scene, changed: RitualSettings) -> None:
    for ritual in await dates.programme(scene):
        same = ritual.hashtag.casefold() == changed.hashtag.casefold()
        if same and ritual.slug != changed.slug:
            raise Refused("rituals.taken_hashtag", hashtag=changed.hashtag, title=ritual.title)


async def _follow(scene: Scene, before: Sequence[Appointment]) -> None:
    """The dates there are follow a change of programme."""
    await runner.materialise(scene)
    for old in before:
        found = await dates.reread(scene, old.row.id)
        if found and found.to_come and found.steps.opens != old.steps.opens and not found.steps.off:
            await _moved(scene, found)


# -- one date ----------------------------------------------------------------------------------


async def move(scene: Scene, found: Appointment, to: datetime, by: int | None) -> Appointment:
    """Have one date take place at another moment (aware); those who wait for it are told.

    Raises Refused when it is over, the moment is past or too far, or another date is that day.
    """
    if not found.to_come:
        raise Refused("rituals.over", day=found.steps.day)
    day = scene.local(to).date()
    if to <= scene.now or abs(day - found.row.date) > dates.AROUND:
        raise Refused("rituals.too_far", day=day)
    others = await dates.unfinished(scene, [found.settings])
    if any(one.steps.day == day and one.row.id != found.row.id for one in others):
        raise Refused("rituals.day_taken", day=day)
    value = {"date": found.key, "to": to.isoformat()}
    before = {"to": found.row.moved_to.isoformat() if found.row.moved_to else None}
    await _note(scene, found.ritual, by, Change.MOVE, value, before)
    return await _put(scene, found, to)


async def _put(scene: Scene, found: Appointment, to: datetime | None) -> Appointment:
    await Occurrence.filter(id=found.row.id).update(moved_to=to)
    moved = await dates.named(scene, str(found.row.id))
    await _moved(scene, moved)
    return moved


async def _moved(scene: Scene, found: Appointment) -> None:
    """What was done for the moment that was said is done again for the new one."""
    ahead = [name for name, at in found.steps.in_order() if at > scene.now]
    await StepDone.filter(occurrence=found.row, step__in=ahead).delete()
    await runner.schedule(scene, found)
    if found.kind.moved is not None:
        await found.kind.moved(scene, found)


async def skip(scene: Scene, found: Appointment, by: int | None) -> Appointment | None:
    """Let one date go; says the next one, None when it was ended before."""
    following = await runner.skip(scene, found)
    if following is not None:
        await _note(scene, found.ritual, by, Change.SKIP, {"date": found.key})
    return following


async def restore(scene: Scene, found: Appointment) -> bool:
    """Have a skipped date take place after all; False when it was not skipped."""
    rows = RitualChange.filter(ritual=found.ritual, what=Change.SKIP, undone_at=None)
    for row in await rows:
        if row.value["date"] == found.key:
            row.undone_at = scene.now
            await row.save(update_fields=["undone_at"])
    return await runner.restore(scene, found)


# -- pauses ------------------------------------------------------------------------------------


async def pause(
    scene: Scene, settings: RitualSettings, by: int | None, *, until: date | None = None
) -> bool:
    """Let the ritual rest until the day before `until` (local), or until it is resumed.

    False when it rests so already.
    """
    return await _turn_to(scene, settings, RitualState.PAUSED, until, by)


async def resume(scene: Scene, settings: RitualSettings, by: int | None) -> bool:
    """Take the ritual up again: what was due meanwhile is done. False when it did not rest."""
    resumed = await _turn_to(scene, settings, RitualState.ACTIVE, None, by)
    await runner.resume(scene, settings)
    return resumed


async def _turn_to(
    scene: Scene, settings: RitualSettings, state: RitualState, until: date | None, by: int | None
) -> bool:
    ritual = await dates.ritual_of(scene, settings)
    before = {"state": ritual.state.value, "until": _iso(ritual.paused_until)}
    other_day = ~Q(paused_until=until) | Q(paused_until__isnull=True)
    another = ~Q(state=state) | (other_day if until else Q(paused_until__isnull=False))
    if not await Ritual.filter(another, id=ritual.id).update(state=state, paused_until=until):
        return False
    what = Change.PAUSE if state is RitualState.PAUSED else Change.RESUME
    await _note(scene, ritual, by, what, {"until": _iso(until)}, before)
    return True


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# -- undoing -----------------------------------------------------------------------------------


async def undo(scene: Scene, change: int) -> RitualChange:
    """Take a change back, once; what it changed is as it was before it.

    Raises Refused when it is gone, was undone, or cannot be any more since its date is over.
    """
    rows = RitualChange.filter(id=change, ritual__community=scene.community, undone_at=None)
    row = await rows.select_related("ritual").first()
    if row is None:
        raise Refused("rituals.undone_already")
    settings = _of(await dates.programme(scene), row)
    before = await dates.unfinished(scene, [settings]) if settings else []
    if not await RitualChange.filter(id=change, undone_at=None).update(undone_at=scene.now):
        raise Refused("rituals.undone_already")
    if row.what in {Change.PAUSE, Change.RESUME}:
        await _as_before(scene, row, settings)
    elif row.what in {Change.MOVE, Change.SKIP}:
        await _date_as_before(scene, row, settings)
    else:
        await _follow(scene, before)
    return row


def _of(programme: Sequence[RitualSettings], row: RitualChange) -> RitualSettings | None:
    return next((ritual for ritual in programme if ritual.slug == row.ritual.slug), None)


async def _as_before(scene: Scene, row: RitualChange, settings: RitualSettings | None) -> None:
    until = row.before["until"]
    state = RitualState(row.before["state"])
    back = date.fromisoformat(until) if until else None
    await Ritual.filter(id=row.ritual_id).update(state=state, paused_until=back)
    if settings is not None and state is RitualState.ACTIVE:
        await runner.resume(scene, settings)


async def _date_as_before(scene: Scene, row: RitualChange, settings: RitualSettings | None) -> None:
    if settings is None:
        raise Refused("rituals.gone")
    found = await dates.appointment(scene, settings, date.fromisoformat(row.value["date"]))
    to = row.before.get("to") if row.what is Change.MOVE else found.row.moved_to
    back = datetime.fromisoformat(to) if isinstance(to, str) else to
    was = settings.steps(found.row.date, scene.zone, dates.calendar(scene), moved_to=back)
    if was.opens <= scene.now or (row.what is Change.MOVE and not found.to_come):
        raise Refused("rituals.over", day=was.day)
    if row.what is Change.SKIP:
        await runner.restore(scene, found)
    else:
        await _put(scene, found, back)
