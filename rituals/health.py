"""How a ritual fares: who took part in its last dates, and what to propose when they fall."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.engagement import service as engagement
from core.engine.scene import Scene
from rituals import attendance
from rituals.falling import FALLS, Proposal, falling
from rituals.models import Occurrence, OccurrenceState, Turn, TurnState
from rituals.rules import RitualSettings

OVER = timedelta(days=2)
"""A date is judged when people had two days for it, or when it closed."""


@dataclass(frozen=True, slots=True)
class Health:
    """How many people took part in each of the last dates (planned local days), the oldest first.

    `proposal` is what to propose when they fall, else None.
    """

    figures: tuple[tuple[date, int], ...]
    proposal: Proposal | None


async def look(scene: Scene, settings: RitualSettings) -> Health:
    """The last four dates of a ritual that are over."""
    rows = Occurrence.filter(
        ritual__community=scene.community,
        ritual__slug=settings.slug,
        opened_at__lte=scene.now - OVER,
        state__in=(OccurrenceState.PUBLISHED, OccurrenceState.OPEN, OccurrenceState.CLOSED),
    )
    last = list(reversed(await rows.order_by("-date").limit(FALLS + 1)))
    people = [await _people(scene, settings, row) for row in last]
    served = Turn.filter(occurrence_id__in=[row.id for row in last], state=TurnState.DONE)
    hosts = [int(member) for (member,) in await served.values_list("member_id")]
    expected = [len(await attendance.expected(row)) for row in last]
    figures = tuple(zip([row.date for row in last], people, strict=True))
    return Health(figures, falling(people, hosts=hosts, expected=expected))


async def _people(scene: Scene, settings: RitualSettings, row: Occurrence) -> int:
    day = row.date.isoformat()
    return (await engagement.participation_in(scene.community, settings.slug, day)).people
