"""An event as a file that any calendar takes in (RFC 5545)."""

from datetime import datetime

from icalendar import Calendar, Event

from core.chat.messages import File
from core.gatherings.models import Gathering
from core.gatherings.rules import State

MEDIA_TYPE = "text/calendar"


def written(gathering: Gathering, community: str, now: datetime) -> File:
    """The file; taken in again after a change it replaces the entry it made before."""
    event = Event()
    event.add("uid", f"gathering-{gathering.id}@{community}.amicale")
    event.add("dtstamp", now)
    event.add("dtstart", gathering.starts)
    event.add("dtend", gathering.ends)
    event.add("summary", gathering.title)
    event.add("location", gathering.place)
    event.add("sequence", gathering.version)
    cancelled = gathering.state is State.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if gathering.text:
        event.add("description", gathering.text)
    calendar = Calendar()
    calendar.add("prodid", "-//Amicale//FR")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return File(f"evenement-{gathering.id}.ics", calendar.to_ical(), MEDIA_TYPE)
