"""What is the same for every kind: making dates, doing each step once, opening, skipping."""

from datetime import timedelta
from itertools import takewhile

import structlog

from core.chat.actions import Action
from core.chat.identity import Place, Purpose
from core.chat.messages import Message
from core.engine.database import insert_new
from core.engine.scene import Scene
from core.watch import service as watch
from rituals import dates
from rituals.calendar import ANNOUNCES, CLOSES, OPENS, Stand
from rituals.kinds import Appointment, Shown
from rituals.models import Occurrence, OccurrenceState, StepDone
from rituals.rules import RitualSettings

AHEAD = timedelta(days=15)
"""How long before its first step a date is made: two of a weekly ritual."""

log = structlog.get_logger()


# -- making dates ------------------------------------------------------------------------------


async def materialise(scene: Scene) -> None:
    """Make the coming dates and schedule their steps; harmless when done again.

    Called every night by a job, by the suite when it starts, and after a change of programme. A
    moment that is past by then is due at once, and it is decided then whether it makes sense.
    """
    last = scene.now + AHEAD
    rituals = await dates.programme(scene)
    made = {(one.settings.slug, one.row.date) for one in await dates.unfinished(scene, rituals)}
    for settings in rituals:
        soon = settings.coming(scene.now, scene.zone, dates.calendar(scene))
        for steps in takewhile(lambda s: s.in_order()[0][1] <= last, soon):
            if (settings.slug, steps.planned) not in made:
                await dates.appointment(scene, settings, steps.planned)
    for found in await dates.unfinished(scene, rituals):
        await schedule(scene, found)


async def schedule(scene: Scene, found: Appointment) -> None:
    """Schedule the steps of a date, those that follow the opening once it was opened."""
    opened = found.stand is Stand.OPENED
    for name, at in found.steps.in_order():
        if not opened or at > found.steps.opens:
            # The time is part of the key, so that a change of programme makes a new job; the
            # old one finds that it is too early, or that the step was done.
            await scene.later("rituals.step", f"{found.row.id}:{name}:{at:%Y%m%dT%H%M}", at)


# -- doing steps -------------------------------------------------------------------------------


async def step_due(scene: Scene, key: str) -> None:
    """A moment has come: `<occurrence>:<step>:<when>`; it may no longer make sense."""
    occurrence, name, _ = key.split(":")
    found = await dates.reread(scene, int(occurrence))
    if found is None or name not in dict(found.steps.in_order()):
        return
    if scene.now < found.steps[name]:
        await schedule(scene, found)
    elif name == OPENS:
        await open_due(scene, found)
    else:
        await play(scene, found, name)


async def play(scene: Scene, found: Appointment, name: str) -> None:
    """Do a step beside the opening, if it makes sense now and was not done before."""
    if not found.steps.plays(name, scene.now, found.stand, found.settings.max_delay):
        return
    if not await insert_new(
        "ritual_step",
        ("occurrence_id", "step", "at"),
        [(found.row.id, name, scene.now)],
        "id",
    ):
        return
    if name == ANNOUNCES and found.kind.announces:
        await _post(scene, found, found.kind.announces)
    else:
        await found.kind.steps[name](scene, found)
    if name == CLOSES:
        await Occurrence.filter(id=found.row.id).update(state=OccurrenceState.CLOSED)


async def catch_up(scene: Scene, found: Appointment) -> None:
    """Do what would have been done by now, had the date not rested."""
    for name, at in found.steps.in_order():
        if at < found.steps.opens:
            await play(scene, found, name)


# -- opening -----------------------------------------------------------------------------------


async def open_due(scene: Scene, found: Appointment) -> None:
    """The moment has come: open, unless the date does not take place or it is too late."""
    if not found.to_come:
        return
    if found.paused or found.steps.off:
        await skip(scene, found)
    elif scene.now - found.steps.opens > found.settings.max_delay:
        log.warning("ritual too late", ritual=found.settings.slug, date=found.key)
        await skip(scene, found)
        await watch.missed(scene, found.settings.title, found.steps.opens)
    else:
        await publish(scene, found)


async def publish(scene: Scene, found: Appointment) -> OccurrenceState | None:
    """Open a date, once; None when it was ended before."""
    if not await dates.close(found.row, OccurrenceState.PUBLISHED, scene.now):
        return None
    state = await (found.kind.opens or post)(scene, found)
    await Occurrence.filter(id=found.row.id).update(state=state)
    return state


async def post(scene: Scene, found: Appointment) -> OccurrenceState:
    """Publish in every workspace what the kind shows there; the date is open then."""
    await _post(scene, found, found.kind.shown)
    return OccurrenceState.OPEN


async def _post(scene: Scene, found: Appointment, shown: Shown) -> None:
    for workspace in scene.workspaces:
        message = await shown(scene, found, workspace)
        if message is not None:
            place = Place(workspace.platform, workspace.id, Purpose.RITUALS)
            until = found.too_late(scene.now)
            await scene.owe(message, place, then=posted(found), until=until)


async def announce(scene: Scene, found: Appointment, message: Message) -> None:
    """Say something about a date in the rituals' channel of every platform."""
    until = scene.now + found.settings.max_delay
    for place in scene.places(Purpose.RITUALS):
        await scene.owe(message, place, then=posted(found), until=until)


def posted(found: Appointment) -> Action:
    """What follows once a message of a date stands: what people do with it is taking part."""
    return Action("rituals.posted", str(found.row.id))


# -- skipping ----------------------------------------------------------------------------------


async def skip(scene: Scene, found: Appointment) -> Appointment | None:
    """Let a date go; what was prepared for it goes to the next one, which is said.

    None when that date was ended before.
    """
    if not await dates.close(found.row, OccurrenceState.SKIPPED, None):
        return None
    await StepDone.filter(occurrence=found.row).delete()
    following = await dates.coming(scene, found.settings)
    if found.kind.skipped is not None:
        await found.kind.skipped(scene, found, following)
    return following


async def restore(scene: Scene, found: Appointment) -> bool:
    """Have a skipped date take place after all; False when it was not skipped."""
    back = await Occurrence.filter(id=found.row.id, state=OccurrenceState.SKIPPED).update(
        state=OccurrenceState.PLANNED
    )
    if back:
        await found.row.refresh_from_db()
        if not found.paused:
            await (found.kind.restored or catch_up)(scene, found)
    return bool(back)


async def resume(scene: Scene, settings: RitualSettings) -> Appointment:
    """Take up where it would be now: what was due meanwhile is done at once."""
    await materialise(scene)
    found = await dates.coming(scene, settings)
    await catch_up(scene, found)
    return found
