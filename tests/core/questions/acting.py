"""What people do about questions again and again in these stories."""

from bots.sandbox.memory_people import MemoryPerson
from bots.sandbox.people import Seen
from core.questions.models import Question
from core.questions.rules import QuestionState
from tests.village import Village, latest, seen

ASKED = "#ConseilCPF Comment financer un bilan de compétences ?"


async def asks(person: MemoryPerson, text: str = ASKED, channel: str = "entraide") -> Seen:
    """Ask by hashtag."""
    return await person.says(text, channel=channel)


async def can_help(
    place: Village, name: str, topics: str = "cpf", on: str = "discord"
) -> MemoryPerson:
    """Somebody who said what they can help with."""
    person = place.person(name, on)
    await person.runs(f"/expertise {topics}")
    assert seen(person, topics.split(",", maxsplit=1)[0].lower())
    return person


async def only() -> Question:
    """The one question there is."""
    return await Question.get()


async def state() -> QuestionState:
    """Where the one question stands."""
    return (await only()).state


def tagged(person: MemoryPerson) -> list[Seen]:
    """The messages in which that person was really mentioned."""
    shown = (m for m in person.town.messages if person.account in m.mentions and not m.gone)
    return [next(s for s in person.sees() if s.id == m.id) for m in shown]


async def linked(one: MemoryPerson, other: MemoryPerson) -> None:
    """Two accounts become one person."""
    await one.runs("/lier")
    code = latest(one).text.split(" : ", 1)[1][:8]
    await other.runs(f"/lier {code}")
    assert seen(other, "ne font plus qu’une seule personne")
