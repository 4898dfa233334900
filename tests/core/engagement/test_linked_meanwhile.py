"""Words that are recorded while their author's accounts are brought together."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from core.chat.events import MessagePosted
from core.engagement.handlers import routes as engagement
from core.engagement.models import Activity
from core.engine.database import atomically
from core.engine.routes import Routes
from core.engine.scene import Scene, Speaker
from core.members import linking
from core.members.handlers import routes as members
from core.members.models import Link, Member, MemberAccount
from core.members.rules import MembersSettings
from tests.village import Village, village

AT_ONCE = 0.5
"""Seconds in which whoever is not made to wait is done."""


@dataclass
class Slow:
    """A room that holds a group up after its people were recognised."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, _scene: Scene, said: Sequence[tuple[Speaker, MessagePosted]]) -> None:
        if any(event.text == "entre-temps" for _, event in said):
            self.reached.set()
            await self.goes_on.wait()


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
async def place(slow: Slow) -> AsyncIterator[Village]:
    modules = ["core.engine.models", "core.members.models", "core.engagement.models"]
    room = Routes("slow")
    room.crowd(MessagePosted)(slow)
    settings: dict[type, object] = {MembersSettings: MembersSettings()}
    async with village(modules, [room, members, engagement], settings) as made:
        yield made


async def test_a_word_said_while_accounts_are_linked_is_the_one_persons(
    place: Village, slow: Slow
) -> None:
    alice, other = place.person("Alice"), place.person("Alice B", "slack")
    for person in (alice, other):
        await person.says("bonjour", channel="entraide")
    absorbed = await MemberAccount.get(user=other.id)
    first = await MemberAccount.get(user=alice.id)
    saying = asyncio.create_task(other.says("entre-temps", channel="entraide"))
    async with asyncio.timeout(5):
        await slow.reached.wait()

    async def linked() -> Link:
        return await linking.link(place.app.scene(), first.member_id, absorbed.member_id)

    joining = asyncio.create_task(atomically(linked))
    await asyncio.wait([joining], timeout=AT_ONCE)
    slow.goes_on.set()
    await asyncio.gather(saying, joining)
    assert await Member.filter(absorbed_by=None).count() == 1
    assert await Activity.filter(member_id=first.member_id).count() == 3
