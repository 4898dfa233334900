"""Who said they would come to a date, and who was there: one person once, on any platform."""

from collections.abc import Callable, Sequence

from core.attention import service as attention
from core.attention.service import Say
from core.chat.actions import Action
from core.engine.database import insert_new
from core.engine.scene import Dialogue, Scene
from rituals import participation
from rituals.kinds import Appointment
from rituals.models import Occurrence, Presence


async def says(dialogue: Dialogue, found: Appointment, *, coming: bool) -> None:
    """Somebody says that they come, or no longer."""
    row = await _row(found, dialogue.who.member)
    row.coming = coming
    await row.save(update_fields=["coming"])


async def is_there(dialogue: Dialogue, found: Appointment) -> bool:
    """Somebody is there, and took part; False when they had said so before."""
    who = dialogue.who
    row = await _row(found, who.member)
    first = await Presence.filter(id=row.id, came_at=None).update(came_at=dialogue.now)
    await participation.took_part(dialogue, found, who.member, who.account.platform, "there")
    return bool(first)


async def _row(found: Appointment, member: int) -> Presence:
    values = (found.row.id, member, False)
    await insert_new("ritual_presence", ("occurrence_id", "member_id", "coming"), [values], "id")
    return await Presence.get(occurrence=found.row, member_id=member)


async def expected(row: Occurrence) -> Sequence[int]:
    """Who said they come, in the order in which they first said something."""
    rows = Presence.filter(occurrence=row, coming=True, member__absorbed_by=None)
    return [int(member) for (member,) in await rows.order_by("id").values_list("member_id")]


async def came(found: Appointment) -> int:
    """How many were there."""
    rows = Presence.filter(occurrence=found.row, member__absorbed_by=None)
    return await rows.exclude(came_at=None).count()


async def tell(
    scene: Scene, found: Appointment, say: Say, *, guard: Callable[[int], Action] | None = None
) -> None:
    """Tell those who come something about the date, which they asked for by saying so.

    `guard` gives, for a member, what is asked just before they are told.
    """
    until = found.too_late(scene.now)
    for member in await expected(found.row):
        asks = guard(member) if guard else None
        await attention.tell(scene, member, say, guard=asks, until=until)
