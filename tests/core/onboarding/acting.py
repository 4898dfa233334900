"""What newcomers do again and again in these stories."""

import re

from bots.sandbox.memory_people import MemoryPerson
from bots.sandbox.people import Seen
from tests.village import Village, latest

PROFILE = {
    "Votre formation": "Formateur pour adultes",
    "Votre promotion": "printemps 2026",
    "Les sujets que vous maîtrisez": "Excel, RGPD et #Python",
    "Ce que vous espérez trouver ici": "De l’entraide",
}
STORY = {"Qui êtes-vous": "Je viens de Lyon.\nJ’aime former.", "Ce qui vous occupe": "Un projet"}


async def arrives(person: MemoryPerson) -> None:
    """Join and accept the charter."""
    await person.joins()
    await person.presses("J’accepte la charte")


async def opens(person: MemoryPerson, label: str, answers: dict[str, str]) -> None:
    """Press the button that opens a form, and fill it."""
    await person.presses(label)
    await person.fills(answers)


async def skips(person: MemoryPerson, times: int = 1) -> None:
    """Pass steps over."""
    for _ in range(times):
        await person.presses("Passer cette étape")


async def links(one: MemoryPerson, other: MemoryPerson) -> None:
    """Become one person."""
    await one.runs("/lier")
    code = re.search(r"Votre code : (\w{8})", latest(one).text)
    assert code
    await other.runs(f"/lier {code.group(1)}")


def told(person: MemoryPerson) -> Seen:
    """The newest private message of that person."""
    return next(m for m in reversed(person.sees()) if m.private_to == person.name)


async def jumps(place: Village, *, days: float) -> None:
    """Many days later: what fell due on the way is done now."""
    place.clock.advance(days=days)
    await place.app.settle()
