"""Moments that were missed: what is late is not said as if it were in time."""

from datetime import timedelta

from core.engine.database import transaction
from core.engine.models import OutboxMessage
from rituals.models import Occurrence, OccurrenceState, Turn
from rituals.runner import materialise
from tests.rituals import MONDAY, enters, private
from tests.village import Village


async def test_after_a_week_of_silence_nobody_is_told_of_a_monday_that_is_past(
    place: Village,
) -> None:
    alice, bob = await enters(place, "Alice"), await enters(place, "Bob", "slack")
    async with transaction():
        await materialise(place.app.scene())
    owed = await OutboxMessage.all().count()
    place.clock.move_to(MONDAY + timedelta(days=1))
    await place.app.settle()
    assert not private(alice, "#LundiAstuce")
    assert not private(bob, "#LundiAstuce")
    assert not await Turn.exists()
    row = await Occurrence.get(date=MONDAY.date())
    assert row.state is OccurrenceState.SKIPPED
    assert await OutboxMessage.all().count() - owed <= 6
