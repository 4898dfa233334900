"""What people do about offers again and again in these stories."""

from bots.sandbox.memory_people import MemoryPerson
from core.offers.models import Offer
from tests.village import Village, latest

OFFER = {
    "Le poste ou la mission": "Conseillère en bilan de compétences",
    "De quoi": "emploi",
    "Où": "Metz",
    "Comment répondre": "https://exemple.fr/poste",
    "L’offre, en quelques": "Un poste à mi-temps dans une petite équipe, dès janvier.",
}


async def writes(person: MemoryPerson, **other: str) -> None:
    """Fill the first form of an offer."""
    await person.runs("/offre")
    titles = {"title": "Le poste ou la mission", "words": "L’offre, en quelques"}
    titles |= {"contact": "Comment répondre", "kind": "De quoi"}
    await person.fills(OFFER | {titles[name]: value for name, value in other.items()})


async def proposes(
    person: MemoryPerson, topic: str = "coaching", cpf: str = "non", **other: str
) -> None:
    """Write an offer and hand it to the team."""
    await writes(person, **other)
    await person.presses("Dernière étape")
    await person.fills({"Le sujet": topic, "Payable avec": cpf})


async def publishes(
    place: Village, person: MemoryPerson, topic: str = "coaching", **other: str
) -> Offer:
    """An offer that stands, a minute later."""
    place.clock.advance(minutes=1)
    await proposes(person, topic, **other)
    mona = place.moderator("Mona")
    await mona.presses("Publier")
    return (await Offer.all().order_by("-id"))[0]


async def jumps(place: Village, *, days: float) -> None:
    """Days later: what fell due on the way is done now, and what it leads to."""
    place.clock.advance(days=days, minutes=5)
    for _ in range(3):
        await place.app.settle()


async def looks(person: MemoryPerson, topic: str = "") -> str:
    """What the list of offers says."""
    await person.runs(f"/offres {topic}".strip())
    return latest(person).text


async def hears_of(person: MemoryPerson, topics: str) -> None:
    """Ask to hear of new offers."""
    await person.runs("/offres")
    await person.presses("Recevoir les nouvelles")
    await person.fills({"Vos sujets": topics})
