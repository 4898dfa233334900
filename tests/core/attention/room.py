"""A room that asks things of people, as any other does."""

from datetime import timedelta
from itertools import count
from typing import Any

from bots.sandbox.memory_people import MemoryPerson
from core.attention.service import Wish, may_call, solicit, tell
from core.chat.actions import Action
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed
from core.chat.identity import MessageRef
from core.chat.markup import plain
from core.chat.messages import Button, Message
from core.engine.database import transaction
from core.engine.routes import Routes
from core.engine.scene import Dialogue, Scene
from core.members import service as members
from tests.village import Village

routes = Routes("essai")

OVER: set[str] = set()
"""What makes no sense any more."""

HEARD: list[str] = []
"""What the room learnt."""

_numbers = count()


@routes.guard("essai.wanted")
async def wanted(_scene: Scene, argument: str) -> bool:
    return argument not in OVER


@routes.delivered("essai.stands")
async def stands(_scene: Scene, argument: str, _ref: MessageRef) -> None:
    HEARD.append(f"{argument} stands")


@routes.button("essai.pass")
async def passes(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    HEARD.append(f"{dialogue.who.name} passes {event.action.argument}")
    return None


async def id_of(place: Village, person: MemoryPerson) -> int:
    """The member behind a person."""
    found = await members.known_as(place.app.community, person.account).get()
    return found.member_id


async def asks(
    place: Village,
    person: MemoryPerson,
    text: str,
    *,
    kind: str = "onboarding.goal",
    key: str = "",
    days: float | None = None,
    buttons: tuple[Button, ...] = (),
    **more: Any,  # noqa: ANN401  the fields of a wish
) -> bool:
    """Ask something of somebody; whether it is, or will be."""
    key = key or f"{next(_numbers)}"
    member = await id_of(place, person)
    scene = place.app.scene()
    wish = Wish(
        kind,
        key,
        lambda _: Message(plain(text), buttons),
        guard=Action("essai.wanted", text),
        until=None if days is None else scene.now + timedelta(days=days),
        **more,
    )
    async with transaction():
        to = await solicit(scene, member, wish)
    await place.app.settle()
    return to is not None


async def calls(place: Village, person: MemoryPerson, key: str) -> bool:
    """Whether somebody may be named in public."""
    member = await id_of(place, person)
    async with transaction():
        return await may_call(place.app.scene(), member, "questions.expert", key)


async def tells(
    place: Village, person: MemoryPerson, text: str, *, days: float | None = None
) -> bool:
    """Tell somebody something that may wait."""
    scene = place.app.scene()
    until = None if days is None else scene.now + timedelta(days=days)
    member = await id_of(place, person)
    async with transaction():
        to = await tell(scene, member, lambda _: Message(plain(text)), until=until, patient=True)
    await place.app.settle()
    return to is not None
