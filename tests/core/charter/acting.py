"""What people do with the charter again and again in these stories."""

from collections.abc import Mapping

from bots.sandbox.memory_people import MemoryPerson
from tests.core.charter.conftest import FRENCH
from tests.village import Village

REVISED = FRENCH.replace("Pas de démarchage.", "Ni démarchage, ni publicité.")
NEW = {"fr": REVISED, "summary": "La publicité est exclue aussi."}


def gate(person: MemoryPerson) -> bool | None:
    """Whether that account was let in; None when nobody said anything."""
    return person.town.gates.get(person.id)


async def accepts(person: MemoryPerson) -> None:
    """Read the charter and accept it."""
    await person.runs("/charte lire")
    await person.presses("J’accepte la charte")


async def publishes(place: Village, answers: Mapping[str, str] = NEW) -> MemoryPerson:
    """An admin writes a new version and publishes it."""
    ada = place.admin("Ada")
    await ada.runs("/charte publier")
    await ada.presses("Ouvrir le formulaire")
    await ada.fills(answers)
    await ada.presses("Publier")
    return ada


async def jumps(place: Village, *, days: float) -> None:
    """Many days later: what fell due on the way is done now."""
    place.clock.advance(days=days)
    await place.app.settle()
