"""What people do again and again in these stories."""

import re
from datetime import datetime, timedelta

from bots.sandbox.memory_people import MemoryPerson
from bots.sandbox.people import Seen
from core.engine.database import transaction
from core.members.models import Member
from core.recognition import celebrating
from tests.village import START, Village, latest, seen


async def member(place: Village, name: str, on: str = "discord") -> MemoryPerson:
    """Somebody who accepted the charter."""
    person = place.person(name, on)
    await accepts(person)
    return person


async def accepts(person: MemoryPerson) -> None:
    """Read the charter and accept it."""
    await person.runs("/charte lire")
    await person.presses("J’accepte la charte")


async def thanks(who: MemoryPerson, whom: str, reason: str = "pour la relecture") -> None:
    """Thank somebody in a channel."""
    await who.runs(f"/merci @{whom} {reason}", channel="entraide")


async def helps(who: MemoryPerson, asker: MemoryPerson, *, solved: bool = False) -> None:
    """Answer a question that somebody asks now."""
    asked = await asker.says("#ConseilCPF Comment faire ?", channel="entraide")
    answer = await who.says("Comme ceci.", channel="entraide", reply_to=asked)
    if solved:
        await asker.reacts(answer, "✅")


async def points(person: MemoryPerson) -> str:
    """What `/moi points` says."""
    await person.runs("/moi points")
    return seen(person, "Formule n° 1")[-1].text


async def celebrates(place: Village) -> None:
    """What the daily round does, now."""
    async with transaction():
        await celebrating.today(place.app.scene())
    await place.app.settle()


async def joined(name: str, days: int) -> None:
    """Somebody arrived so many days before the stories begin."""
    await Member.filter(name=name).update(joined_at=START - timedelta(days=days))


async def comes(place: Village, moment: datetime) -> None:
    """Many days later: what fell due in its last two hours is done now."""
    for at in (moment - timedelta(hours=2), moment):
        place.clock.advance(minutes=(at - place.clock.now()).total_seconds() / 60)
        await place.app.settle()


async def linked(one: MemoryPerson, other: MemoryPerson) -> None:
    """Two accounts become one person."""
    await one.runs("/lier")
    found = re.search(r"Votre code : (\w{8})", latest(one).text)
    assert found
    await other.runs(f"/lier {found[1]}")


def public(person: MemoryPerson, text: str) -> list[Seen]:
    """What everybody can read of that."""
    return [message for message in seen(person, text) if message.private_to is None]
