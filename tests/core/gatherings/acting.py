"""What people do around an event, as they do it."""

from bots.sandbox.memory_people import MemoryPerson
from bots.sandbox.people import Seen
from core.gatherings.models import Gathering
from tests.village import Village, seen

CAFE = "Café des pratiques"
THURSDAY = "jeudi 3 décembre 18h30-20h"
"""At START it is Monday 16 November 2026."""


async def writes(host: MemoryPerson, **answers: str) -> None:
    """Write an event, and see what was understood."""
    await host.runs("/evenement créer")
    await host.presses("Décrire l’événement")
    given = {"title": CAFE, "when": THURSDAY, "place": "https://visio.example/cafe", **answers}
    labels = {
        "title": "Titre",
        "when": "Quand",
        "place": "Où",
        "capacity": "Nombre de places",
        "text": "De quoi",
    }
    await host.fills({labels[name]: answer for name, answer in given.items()})


async def announces(place: Village, name: str = "Hélène", **answers: str) -> MemoryPerson:
    """A community builder announces an event on every platform."""
    host = place.admin(name)
    await writes(host, **answers)
    await host.presses("Annoncer")
    return host


async def edits(host: MemoryPerson, **answers: str) -> None:
    """Change the event."""
    labels = {"title": "Titre", "when": "Quand", "place": "Où", "capacity": "Nombre de places"}
    await host.runs("/evenement modifier")
    await host.presses("Modifier")
    await host.fills({labels[name]: answer for name, answer in answers.items()})


def card(person: MemoryPerson, title: str = CAFE) -> Seen:
    """The newest card of an event that everybody on a platform sees."""
    everybodys = [m for m in seen(person, title) if m.private_to is None]
    found = [m for m in everybodys if m.channel == "rituels" and not m.thread]
    return found[-1]


async def presses(person: MemoryPerson, label: str, title: str = CAFE) -> None:
    """Press a button of the card."""
    await person.presses(label, on=card(person, title))


def told(person: MemoryPerson, text: str) -> list[Seen]:
    """What the bot wrote to one person alone with that in it."""
    return [m for m in seen(person, text) if m.private_to == person.name]


async def only() -> Gathering:
    """The one event there is."""
    (row,) = await Gathering.all()
    return row


async def reads_in(person: MemoryPerson, city: str) -> None:
    """Choose the clock one reads by."""
    await person.opens("attention.choices")
    await person.fills({"often": "3", "zone": city})
