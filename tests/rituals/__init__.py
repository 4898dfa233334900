"""What people do with the rituals again and again in these stories."""

from datetime import UTC, datetime, timedelta

from bots.sandbox.memory_people import MemoryPerson
from bots.sandbox.people import Seen
from core.engine.models import Job, State
from rituals.catalog.lundi_astuce import LundiAstuce
from tests.village import Village

LUNDI_ASTUCE = LundiAstuce(slug="lundi-astuce", title="Lundi Astuce", hashtag="#LundiAstuce")

THURSDAY = datetime(2026, 11, 19, 9, tzinfo=UTC)  # 10:00 in Paris
SATURDAY = datetime(2026, 11, 21, 9, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
TIP = "Ctrl+Maj+V colle sans la mise en forme, partout."


async def enters(place: Village, name: str, on: str = "discord", **more: str) -> MemoryPerson:
    """Somebody accepts the charter, an hour after whoever came before."""
    person = place.person(name, on, **more)
    await person.runs("/charte lire")
    label = {"fr": "J’accepte la charte"}.get(person.locale or "", "I accept the charter")
    await person.presses(label)
    await reaches(place, place.clock.now() + timedelta(hours=1))
    return person


async def reaches(place: Village, moment: datetime) -> None:
    """Time passes until that moment, and everything is done when it falls due."""
    due = Job.filter(state=State.DUE, due_at__gt=place.clock.now(), due_at__lte=moment)
    while job := await due.order_by("due_at").first():
        place.clock.move_to(job.due_at)
        await place.app.settle()
        due = Job.filter(state=State.DUE, due_at__gt=place.clock.now(), due_at__lte=moment)
    place.clock.move_to(moment)
    await place.app.settle()


async def trio(place: Village) -> tuple[MemoryPerson, MemoryPerson, MemoryPerson]:
    """Three people on three platforms, in the order in which they came."""
    return (
        await enters(place, "Alice", "discord"),
        await enters(place, "Bob", "slack"),
        await enters(place, "Chloé", "telegram"),
    )


async def gives(person: MemoryPerson, text: str = TIP, link: str = "") -> None:
    """Say yes and write a tip."""
    await person.presses("Avec plaisir")
    await person.fills({"tip": text, "link": link} if person.form else {"L’astuce": text})


def private(person: MemoryPerson, text: str) -> list[Seen]:
    """What that person alone was told."""
    return [m for m in person.sees() if m.private_to == person.name and text in m.text]


def public(person: MemoryPerson, text: str) -> list[Seen]:
    """What everybody reads in the rituals' channel, as that person sees it."""
    return [m for m in person.sees() if m.channel == "rituels" and text in m.text]
