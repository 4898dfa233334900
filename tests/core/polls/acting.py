"""How the tests of polls ask and look."""

from datetime import timedelta

from core.chat.actions import Action
from core.chat.identity import Purpose
from core.chat.messages import Message, Poll, Text
from core.engine.database import transaction
from core.polls import service
from core.polls.rules import Result
from tests.village import Village

QUESTION = "Quel jour pour le café ?"
DAYS = ("Mardi", "Jeudi", "Vendredi")
TWO_HOURS = timedelta(hours=2)


async def asks(
    place: Village,
    *,
    several: bool = False,
    then: Action | None = None,
    lasts: timedelta | None = TWO_HOURS,
) -> bool:
    """Ask it in every `rituels`."""
    scene = place.app.scene()
    poll = Poll("cafe", QUESTION, DAYS, scene.now + lasts if lasts else None, several=several)
    async with transaction():
        new = await service.open_poll(
            scene, Message(Text(""), poll=poll), scene.places(Purpose.RITUALS), then=then
        )
    await place.app.settle()
    return new


async def result(place: Village) -> Result:
    """How it stands."""
    found = await service.result(place.app.scene(), "cafe")
    assert found is not None
    return found
