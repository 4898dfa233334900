"""What takes place from one day to another: the programme as people see it, and as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile

from icalendar import Calendar, Event

from core.chat.messages import File
from core.engine.scene import Scene
from core.engine.schedule import at_local
from rituals import dates
from rituals.calendar import NEAR, Steps
from rituals.kinds import kind
from rituals.models import Occurrence, OccurrenceState, Ritual, RitualState
from rituals.rules import RitualSettings

MEDIA_TYPE = "text/calendar"
MOMENT = timedelta(minutes=15)
"""How long an entry lasts in a calendar for what is read when one likes."""
YEAR = timedelta(days=365)
PAST = timedelta(days=31)
"""How long what has taken place stays in the feed."""

Key = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Entry:
    """One date of one ritual: the local day it was planned on, and when it opens (UTC)."""

    settings: RitualSettings
    planned: date
    opens: datetime


async def between(scene: Scene, first: date, last: date, *, team: bool = False) -> list[Entry]:
    """What takes place from one local day to another, both included, in order.

    What was skipped or rests is left out, what was moved stands where it was moved to. What only
    speaks to the team is there when it is the `team` that asks.
    """
    found: list[Entry] = []
    rows = await _touched(scene, first, last)
    resting = await _resting(scene)
    for settings in await dates.programme(scene):
        if team or not kind(settings.kind).for_team:
            for steps in _steps(scene, settings, rows, first, last):
                until = resting.get(settings.slug)
                rests = until is not None and steps.day < until and steps.opens > scene.now
                if first <= steps.day <= last and not rests:
                    found.append(Entry(settings, steps.planned, steps.opens))
    return sorted(found, key=lambda entry: (entry.opens, entry.settings.slug))


def _steps(
    scene: Scene,
    settings: RitualSettings,
    rows: Mapping[Key, Occurrence],
    first: date,
    last: date,
) -> Iterator[Steps]:
    """The dates as planned, save what was skipped or moved; and those that were moved here."""
    calendar = dates.calendar(scene)
    before = at_local(first - timedelta(days=1), time(), scene.zone)
    soon = settings.coming(before, scene.zone, calendar)
    for steps in takewhile(lambda one: one.day <= last + NEAR, soon):
        if (settings.slug, steps.planned) not in rows:
            yield steps
    for (slug, planned), row in rows.items():
        if slug == settings.slug and row.state is not OccurrenceState.SKIPPED:
            yield settings.steps(planned, scene.zone, calendar, moved_to=row.moved_to)


async def _touched(scene: Scene, first: date, last: date) -> dict[Key, Occurrence]:
    """The dates that people skipped or moved."""
    rows = Occurrence.filter(
        ritual__community=scene.community,
        date__gte=first - dates.AROUND,
        date__lte=last + dates.AROUND,
    ).select_related("ritual")
    return {
        (row.ritual.slug, row.date): row
        for row in await rows.order_by("id")
        if row.moved_to or row.state is OccurrenceState.SKIPPED
    }


async def _resting(scene: Scene) -> dict[str, date]:
    """The rituals that rest, and until when."""
    rows = Ritual.filter(community=scene.community, state=RitualState.PAUSED)
    return {row.slug: row.paused_until or date.max for row in await rows}


# -- as a file ---------------------------------------------------------------------------------


def written(scene: Scene, entries: Sequence[Entry]) -> bytes:
    """The entries as calendars take them in (RFC 5545); read again, each replaces itself."""
    calendar = Calendar()
    calendar.add("prodid", "-//Amicale//FR")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", scene.community.name)
    # The same all day, so that a program that reads it again sees whether anything changed.
    stamp = at_local(scene.local(scene.now).date(), time(), scene.zone)
    for entry in entries:
        calendar.add_component(_event(scene, entry, stamp))
    content: bytes = calendar.to_ical()
    return content


def _event(scene: Scene, entry: Entry, stamp: datetime) -> Event:
    settings, event = entry.settings, Event()
    uid = f"{settings.slug}-{entry.planned.isoformat()}@{scene.community.slug}.amicale"
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", entry.opens)
    event.add("dtend", entry.opens + (settings.lasts or MOMENT))
    event.add("summary", settings.title)
    link, where = (str(getattr(settings, name, "")) for name in ("link", "where"))
    if link or where:
        event.add("location", where or link)
    if words := "\n\n".join(filter(None, (settings.text, link if where else ""))):
        event.add("description", words)
    return event


async def coming_year(scene: Scene, *, team: bool = False, past: timedelta = PAST) -> list[Entry]:
    """What takes place from today to a year from now, and lately."""
    today = scene.local(scene.now).date()
    return await between(scene, today - past, today + YEAR, team=team)


async def file(scene: Scene, *, team: bool = False) -> File:
    """The coming year as a file for one's own calendar."""
    entries = await coming_year(scene, team=team, past=timedelta())
    return File(f"programme-{scene.community.slug}.ics", written(scene, entries), MEDIA_TYPE)
