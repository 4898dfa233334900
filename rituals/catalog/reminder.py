"""A reminder to the team: what is to be looked at now, step by step, in its own channel."""

from typing import Literal

from pydantic import Field

from core.chat.identity import Place, Purpose, Workspace
from core.chat.markup import bullets, join, plain
from core.chat.messages import Message
from core.engine.scene import Scene
from rituals.kinds import Appointment, Kind
from rituals.models import OccurrenceState
from rituals.rules import RitualSettings


class Reminder(RitualSettings):
    """What is to be done, and who is reminded."""

    kind: Literal["reminder"] = "reminder"
    to: Literal["moderators", "admins"] = Field(
        default="admins", description="the channel in which it is said"
    )
    checklist: tuple[str, ...] = Field(
        default=(), max_length=12, description="what is to be done, one step a line"
    )


def set_by(found: Appointment) -> Reminder:
    """The settings of a reminder."""
    assert isinstance(found.settings, Reminder)  # noqa: S101  it is of this kind
    return found.settings


async def shown(scene: Scene, found: Appointment, _home: Workspace) -> Message:
    """What is to be looked at, and how."""
    settings, language = set_by(found), scene.community.language
    parts = [scene.texts.say("reminder.title", language, title=settings.title)]
    parts += [plain(settings.text)] if settings.text else []
    return Message(join([*parts, bullets([plain(step) for step in settings.checklist])]))


async def opens(scene: Scene, found: Appointment) -> OccurrenceState:
    """Say it to the team on every platform; nobody takes part, so it is over at once."""
    purpose = Purpose(set_by(found).to)
    for home in scene.workspaces:
        message = await shown(scene, found, home)
        place = Place(home.platform, home.id, purpose)
        await scene.owe(message, place, until=found.too_late(scene.now))
    return OccurrenceState.CLOSED


KIND = Kind(
    settings=Reminder,
    shown=shown,
    opens=opens,
    takes_part=frozenset(),
    for_team=True,
)
