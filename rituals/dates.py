"""The programme as it is now, and its dates: loading and ending them, one at a time."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from core.chat.actions import row_named
from core.engine.errors import Refused
from core.engine.scene import Scene
from rituals.calendar import Calendar, Stand
from rituals.kinds import Appointment, kind
from rituals.models import (
    TO_COME,
    Change,
    Occurrence,
    OccurrenceState,
    Ritual,
    RitualChange,
)
from rituals.rules import Edit, RitualSettings, RitualsSettings, effective, found_in

AROUND = timedelta(days=60)
"""How far from its planned day people may move a date."""


def calendar(scene: Scene) -> Calendar:
    """The days on which the community does not work as usual."""
    return scene.settings(RitualsSettings).calendar


async def programme(scene: Scene) -> tuple[RitualSettings, ...]:
    """The rituals as they are now: what the file says, and what people changed in chat."""
    rows = RitualChange.filter(
        ritual__community=scene.community,
        what__in=(Change.SETTINGS, Change.CREATE),
        undone_at=None,
    ).order_by("id")
    edits = [
        Edit(slug, value, creates=what == Change.CREATE)
        for slug, value, what in await rows.values_list("ritual__slug", "value", "what")
    ]
    return effective(scene.settings(RitualsSettings).programme, edits)


async def in_turn(scene: Scene) -> tuple[RitualSettings, ...]:
    """Those that people serve in turn."""
    return tuple(one for one in await programme(scene) if kind(one.kind).in_turn)


def chosen(rituals: Sequence[RitualSettings], named: str = "") -> RitualSettings:
    """The one somebody means. Raises Refused, naming those there are, when there is none."""
    found = found_in(rituals, named)
    if found is None:
        names = ", ".join(ritual.slug for ritual in rituals)
        raise Refused("rituals.unknown", named=named, names=names or "–")
    return found


async def of_slug(scene: Scene, slug: str) -> RitualSettings:
    """The ritual a button or a form names. Raises Refused when it is no more."""
    for ritual in await programme(scene):
        if ritual.slug == slug:
            return ritual
    raise Refused("rituals.gone")


async def ritual_of(scene: Scene, settings: RitualSettings) -> Ritual:
    """The row of a ritual, made when new."""
    row, _ = await Ritual.get_or_create(community=scene.community, slug=settings.slug)
    return row


def _at(scene: Scene, settings: RitualSettings, ritual: Ritual, row: Occurrence) -> Appointment:
    steps = settings.steps(row.date, scene.zone, calendar(scene), moved_to=row.moved_to)
    return Appointment(settings, ritual, row, steps)


async def appointment(scene: Scene, settings: RitualSettings, planned: date) -> Appointment:
    """The date of a ritual that was planned on a local day, made when new."""
    ritual = await ritual_of(scene, settings)
    row, _ = await Occurrence.get_or_create(ritual=ritual, date=planned)
    return _at(scene, settings, ritual, row)


async def reread(scene: Scene, occurrence: int) -> Appointment | None:
    """A date by its id; None when it, or its ritual, is no longer in the programme."""
    row = await Occurrence.get_or_none(
        id=occurrence, ritual__community=scene.community
    ).select_related("ritual")
    if row is None:
        return None
    rituals = await programme(scene)
    settings = next((s for s in rituals if s.slug == row.ritual.slug), None)
    return _at(scene, settings, row.ritual, row) if settings else None


async def named(scene: Scene, argument: str) -> Appointment:
    """The date a button is about. Raises Refused when it, or its ritual, is no more."""
    found = await reread(scene, row_named(argument))
    if found is None:
        raise Refused("rituals.gone")
    return found


async def under_way(scene: Scene, argument: str, of: type[RitualSettings]) -> Appointment:
    """The date a button is about, opened and not over. Raises Refused when it is not so."""
    found = await named(scene, argument)
    over = found.row.state is OccurrenceState.CLOSED or found.stand is not Stand.OPENED
    if over or not isinstance(found.settings, of):
        raise Refused("rituals.over", day=found.steps.day)
    return found


async def coming(scene: Scene, settings: RitualSettings) -> Appointment:
    """The next date that will take place. Raises Refused when there is none for three years."""
    moved = await _moved(scene, settings)
    for steps in settings.coming(scene.now, scene.zone, calendar(scene)):
        found = await appointment(scene, settings, steps.planned)
        if found.to_come and not found.row.moved_to:
            return min([found, *moved], key=lambda one: one.steps.opens)
    if moved:
        return min(moved, key=lambda one: one.steps.opens)
    raise Refused("rituals.no_date", title=settings.title)


async def _moved(scene: Scene, settings: RitualSettings) -> list[Appointment]:
    """The dates to come that people moved."""
    rows = Occurrence.filter(
        ritual__community=scene.community,
        ritual__slug=settings.slug,
        moved_to__gt=scene.now,
        state__in=TO_COME,
    )
    return [_at(scene, settings, row.ritual, row) for row in await rows.select_related("ritual")]


async def unfinished(scene: Scene, rituals: Sequence[RitualSettings]) -> list[Appointment]:
    """Their dates with a row that are to come, or under way since at most two months."""
    of = {settings.slug: settings for settings in rituals}
    rows = Occurrence.filter(
        ritual__community=scene.community,
        ritual__slug__in=list(of),
        state__not_in=(OccurrenceState.SKIPPED, OccurrenceState.CLOSED),
        date__gte=scene.local(scene.now).date() - AROUND,
    )
    found = await rows.select_related("ritual").order_by("date", "id")
    return [_at(scene, of[row.ritual.slug], row.ritual, row) for row in found]


async def close(occurrence: Occurrence, state: OccurrenceState, opened: datetime | None) -> bool:
    """End a date to come, once; False when it was ended before."""
    ended = await Occurrence.filter(id=occurrence.id, state__in=TO_COME).update(
        state=state, opened_at=opened
    )
    return bool(ended)


async def fill(occurrence: Occurrence) -> bool:
    """Take the place that a call left open, once; False when it was taken, or is over."""
    rows = Occurrence.filter(id=occurrence.id, state=OccurrenceState.OPEN)
    return bool(await rows.update(state=OccurrenceState.PUBLISHED))


async def keep(found: Appointment, **values: object) -> None:
    """Keep small values of a date beside those it has, for its kind."""
    found.row.data = {**(found.row.data or {}), **values}
    await found.row.save(update_fields=["data"])
