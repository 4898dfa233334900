"""What people do about the library again and again in these stories."""

from dataclasses import fields

from bots.sandbox.memory_people import MemoryPerson
from core.engine.database import transaction
from core.engine.scene import Dialogue
from core.library import service
from core.library.models import Entry
from core.library.rules import Kind
from core.members import service as members
from core.members.models import MemberAccount
from tests.village import Village, latest

FINANCE = "Comment financer un bilan de compétences ?"
ANSWER = "Par l’OPCO de votre branche, ou par la région quand vous cherchez un emploi."


async def known(person: MemoryPerson) -> int:
    """The member behind somebody, who opened the library once."""
    await person.runs("/bibliothèque")
    account = MemberAccount.get(platform=person.town.platform, user=person.id)
    return (await account).member_id


async def acting(place: Village, person: MemoryPerson) -> Dialogue:
    """A scene in which somebody acts, for what two processes do at once."""
    scene = place.app.scene()
    who = await members.reach(scene, await known(person))
    assert who is not None
    given = {field.name: getattr(scene, field.name) for field in fields(scene)}
    return Dialogue(**given, who=who)


async def proposed(
    place: Village,
    title: str,
    text: str = "",
    *authors: MemoryPerson,
    kind: Kind = Kind.TIP,
    source: str = "",
    link: str = "",
    topic: str = "",
) -> Entry | None:
    """Something another room proposes, as it stands once everybody concerned was written to."""
    people = [await known(author) for author in authors]
    async with transaction():
        made = await service.propose(
            place.app.scene(),
            kind,
            title,
            text,
            authors=people,
            source=source or f"essai:{title}",
            link=link,
            topic=topic,
        )
    await place.app.settle()
    return made


async def solved(
    place: Village, helper: MemoryPerson, asker: MemoryPerson, title: str = FINANCE
) -> Entry:
    """A question that was solved."""
    made = await proposed(place, title, "", helper, asker, kind=Kind.QUESTION, topic="cpf")
    assert made is not None
    return made


async def writes(helper: MemoryPerson, text: str = ANSWER) -> None:
    """The helper writes their answer down."""
    await helper.presses("Écrire ma réponse")
    await helper.fills({"La réponse": text})


async def kept(
    place: Village, title: str, text: str = ANSWER, topic: str = "", link: str = ""
) -> None:
    """An entry that is in the library: proposed without an author, accepted by the team."""
    mona = place.moderator("Mona")
    await proposed(place, title, text, kind=Kind.SHEET, topic=topic, link=link)
    await mona.runs("/bibliothèque curer")
    await mona.presses("Garder")


async def looks_up(person: MemoryPerson, words: str) -> str:
    """What the library answers."""
    await person.runs(f"/bibliothèque {words}")
    return latest(person).text
