"""REST: the guild's scheduled events, those that take place outside of Discord."""

from datetime import datetime

from bots.sandbox.discord.permissions import Intent, Permission
from bots.sandbox.discord.refusals import FormErrors, Path, Refused, wrong
from bots.sandbox.discord.routing import Answer, Call, House, endpoint, only_guild
from bots.sandbox.discord.shapes import anything, null_or, one_of, record, text
from bots.sandbox.discord.state import Event
from bots.sandbox.discord.wire import event_json
from bots.sandbox.people import Seen

MOST = 100
AGENDA = "événements"  # what the list is called in the application
_EVENTS = "/guilds/{guild_id}/scheduled-events"
_EVENT = _EVENTS + "/{event_id}"


def _iso(value: object, path: Path, errors: FormErrors) -> None:
    try:
        aware = datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        said = f'Value "{value}" is not a timestamp with its offset.'
        errors.add(path, "DATE_TIME_TYPE_PARSE", said)


_FIELDS = {
    "name": text(100, 1),
    "description": null_or(text(1000, 1)),
    "scheduled_start_time": _iso,
    "scheduled_end_time": _iso,
    "entity_metadata": record({"location": text(100, 1)}, required=["location"]),
}
# Docs: Resources / Guild Scheduled Event, "Field Requirements By Entity Type".
_CREATE = record(
    {
        **_FIELDS,
        "privacy_level": one_of(2),
        "entity_type": one_of(3),
        "channel_id": null_or(anything),
    },
    required=[
        "name",
        "privacy_level",
        "entity_type",
        "scheduled_start_time",
        "scheduled_end_time",
        "entity_metadata",
    ],
)
_EDIT = record(_FIELDS)


@endpoint("GET", _EVENTS, query=("with_user_count",))
def list_events(house: House, call: Call) -> Answer:
    """Those that are not over."""
    only_guild(call.values["guild_id"])
    return [event_json(event, house.state.now()) for event in house.state.coming()]


@endpoint("POST", _EVENTS, body=_CREATE)
def create_event(house: House, call: Call) -> Answer:
    """Announce one; needs Create Events."""
    only_guild(call.values["guild_id"])
    house.need(Permission.CREATE_EVENTS)
    if len(house.state.coming()) >= MOST:
        raise Refused(30038)
    told, state = call.body, house.state
    starts, ends = _span(house, told["scheduled_start_time"], told["scheduled_end_time"])
    place = told["entity_metadata"]["location"]
    event = Event(state.snowflake(), state.bot, told["name"], starts, ends, place)
    event.description = told.get("description") or ""
    state.events[event.id] = event
    _tell(house, "CREATE", event)
    return event_json(event, state.now())


@endpoint("PATCH", _EVENT, body=_EDIT)
def edit_event(house: House, call: Call) -> Answer:
    """Change one; Create Events is enough for one's own."""
    event = _own(house, call)
    told = call.body
    if "scheduled_start_time" in told or "scheduled_end_time" in told:
        starts = told.get("scheduled_start_time") or event.starts.isoformat()
        ends = told.get("scheduled_end_time") or event.ends.isoformat()
        event.starts, event.ends = _span(house, starts, ends)
    event.name = told.get("name") or event.name
    event.location = (told.get("entity_metadata") or {}).get("location") or event.location
    event.description = told.get("description", event.description) or ""
    _tell(house, "UPDATE", event)
    return event_json(event, house.state.now())


@endpoint("DELETE", _EVENT)
def delete_event(house: House, call: Call) -> Answer:
    """Take one off, whether it has begun or not."""
    event = _own(house, call)
    del house.state.events[event.id]
    _tell(house, "DELETE", event)
    return None


def _tell(house: House, what: str, event: Event) -> None:
    """Show it among the events, and tell who asked to hear of them."""
    acts, now = house.acts, house.state.now()
    data = event_json(event, now)
    acts.gateway.dispatch(f"GUILD_SCHEDULED_EVENT_{what}", data, Intent.GUILD_SCHEDULED_EVENTS)
    text = f"{event.name} · {event.starts:%d/%m/%Y %H:%M %Z} · {event.location}"
    if what == "DELETE":
        text = f"{event.name} · annulé"
    author, edited = event.creator.name, what != "CREATE"
    acts.transcript.append(Seen(event.id, now, "discord", AGENDA, author, text, edited=edited))
    acts.world.touch()


def _own(house: House, call: Call) -> Event:
    only_guild(call.values["guild_id"])
    event = house.state.events.get(call.values["event_id"])
    if event is None:
        raise Refused(10070)
    house.need(Permission.CREATE_EVENTS)
    if event.creator is not house.state.bot:  # Manage Events would allow it
        raise Refused(50013)
    return event


def _span(house: House, start: str, end: str) -> tuple[datetime, datetime]:
    starts, ends = datetime.fromisoformat(start), datetime.fromisoformat(end)
    if starts <= house.state.now():
        said = "Cannot schedule event in the past."
        raise wrong(("scheduled_start_time",), "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", said)
    if ends <= starts:
        said = "Cannot schedule event end time before its start time."
        raise wrong(("scheduled_end_time",), "GUILD_SCHEDULED_EVENT_END_BEFORE_START", said)
    return starts, ends
