"""Hundreds of events through lost lines, dead sessions, echoes and a core that takes nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from bots.discord.adapter import DiscordAdapter
from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.discord.people import DiscordPerson
from bots.sandbox.people import World
from core.chat.adapter import Answer, Permanent, Untaken
from core.chat.events import Event, MessagePosted, ReactionAdded
from tests.bots.discord.stage import SmallMenu, Stage, settings

pytestmark = pytest.mark.e2e

MANY = 300


class Town(Stage):
    """A stage whose adapter says when something may have been missed, and a core that can fail."""

    def __init__(self, sandbox: DiscordSandbox, world: World) -> None:
        super().__init__(sandbox, world)
        self.misses = 0
        self.takes = True

    async def opens(self) -> None:
        await self.adapter.start(self.handle, missed=self._missed)

    def _missed(self) -> None:
        self.misses += 1

    async def handle(self, event: Event) -> Answer:
        if not self.takes:
            await asyncio.sleep(0)
            raise Untaken
        return await self.core.handle(event)

    def heard(self) -> list[str]:
        """What was said, each once, in the order it was first heard."""
        posted = (e for e in self.core.events if isinstance(e, MessagePosted))
        return list({e.delivery_id: e.text for e in posted}.values())

    async def all_heard(self, count: int) -> bool:
        return await self.until(lambda: len(self.heard()) >= count, seconds=20)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    world = World()
    sandbox = DiscordSandbox(world)
    await sandbox.start()
    town = Town(sandbox, world)
    await town.opens()
    yield town
    await town.adapter.stop()
    await sandbox.stop()
    assert sandbox.complaints() == ()


async def chatter(person: DiscordPerson, start: int, stop: int) -> None:
    for number in range(start, stop):
        await person.says(str(number), channel="entraide")
        if number % 10 == 0:
            await asyncio.sleep(0)  # the line is really used


async def test_lines_cut_again_and_again_lose_nothing(town: Town) -> None:
    lea = await town.member("Léa")
    for third in range(3):
        start = third * MANY // 3
        await chatter(lea, start, start + 20)
        (town.sandbox.drop if third % 2 else town.sandbox.ask_reconnect)()
        await chatter(lea, start + 20, start + MANY // 3)
        assert await town.until(lambda: town.sandbox.connected == 1, seconds=10)
    assert await town.all_heard(MANY)
    assert town.heard() == [str(number) for number in range(MANY)]
    assert town.misses == 0


async def test_a_dead_session_is_said_and_what_it_missed_is_in_the_history(town: Town) -> None:
    lea = await town.member("Léa")
    since = town.world.now()
    await chatter(lea, 0, 50)
    assert await town.all_heard(50)
    town.sandbox.invalidate_session()
    await chatter(lea, 50, MANY)
    assert await town.until(lambda: town.misses == 1, seconds=15)
    await chatter(lea, MANY, MANY + 10)
    assert await town.until(lambda: str(MANY + 9) in town.heard())
    assert len(town.heard()) < MANY
    async for event in town.adapter.history(since):
        await town.handle(event)
    assert sorted(town.heard(), key=int) == [str(number) for number in range(MANY + 10)]


async def test_echoes_and_disorder_keep_every_name(town: Town) -> None:
    lea = await town.member("Léa")
    said = [await lea.says(str(number), channel="entraide") for number in range(50)]
    town.sandbox.deliver_twice(50)
    for message in said:
        await lea.reacts(message, "✅")
    town.sandbox.shuffle(25)
    await chatter(lea, 50, 100)

    def reactions() -> list[str]:
        return [e.delivery_id for e in town.core.events if isinstance(e, ReactionAdded)]

    assert await town.all_heard(100)
    assert await town.until(lambda: len(reactions()) == 100)
    assert len(set(reactions())) == 50
    assert set(town.heard()) == {str(number) for number in range(100)}


async def test_minutes_of_downtime_end_in_a_resumed_session(town: Town) -> None:
    lea = await town.member("Léa")
    await chatter(lea, 0, 10)
    town.sandbox.down()
    await chatter(lea, 10, MANY)
    await asyncio.sleep(0.3)
    town.sandbox.up()
    assert await town.all_heard(MANY)
    assert town.heard() == [str(number) for number in range(MANY)]
    assert town.misses == 0


async def test_a_core_that_takes_nothing_for_a_while_gets_everything_in_order(town: Town) -> None:
    lea = await town.member("Léa")
    assert await town.until(lambda: len(town.core.events) == 1)
    town.takes = False
    await chatter(lea, 0, MANY)
    await lea.runs("/moi", channel="entraide")
    assert await town.until(lambda: lea.answered is True, seconds=2)  # told that it went wrong
    assert town.heard() == []
    town.takes = True
    assert await town.all_heard(MANY)
    assert town.heard() == [str(number) for number in range(MANY)]
    assert town.misses == 0


async def test_a_new_process_goes_on_where_a_killed_one_fell(town: Town) -> None:
    lea = await town.member("Léa")
    since = town.world.now()
    await chatter(lea, 0, 20)
    assert await town.all_heard(20)
    connection = town.adapter._connection
    assert connection is not None
    assert connection._stay is not None
    town.sandbox.down()  # as abrupt as a kill: nothing is said any more, and nobody comes back
    connection._stay.cancel()
    await chatter(lea, 20, 200)
    town.sandbox.up()
    second = DiscordAdapter(settings(town.sandbox), SmallMenu(), now=town.world.now)
    await second.start(town.handle, missed=town._missed)
    try:
        async for event in second.history(since):
            await town.handle(event)
        await chatter(lea, 200, 220)
        assert await town.all_heard(220)
        assert town.heard() == [str(number) for number in range(220)]
        assert town.sandbox.connected == 1
        assert len(town.sandbox._gateway.sessions) == 1
    finally:
        await second.stop()


async def test_a_session_that_timed_out_is_replaced(town: Town) -> None:
    [line] = town.sandbox._gateway.lines
    await line.socket.close(code=4009)
    assert await town.until(lambda: town.misses == 1, seconds=15)
    lea = await town.member("Léa")
    await chatter(lea, 0, 1)
    assert await town.all_heard(1)


async def test_a_session_is_resumed_elsewhere_when_its_own_address_is_gone() -> None:
    world = World()
    sandbox = DiscordSandbox(world)
    await sandbox.start()
    sandbox._gateway.address = "ws://127.0.0.1:9/"  # told to the bot as the address to resume at
    town = Town(sandbox, world)
    await town.opens()
    try:
        lea = await town.member("Léa")
        sandbox.drop()
        await chatter(lea, 0, 20)
        assert await town.all_heard(20)
        assert town.heard() == [str(number) for number in range(20)]
        assert town.misses == 0
    finally:
        await town.adapter.stop()
        await sandbox.stop()


async def test_a_token_taken_back_later_ends_the_trying(town: Town) -> None:
    with capture_logs() as logs:
        [line] = town.sandbox._gateway.lines
        await line.socket.close(code=4004)
        connection = town.adapter._connection
        assert connection is not None
        assert connection._stay is not None
        with pytest.raises(Permanent, match="Reset Token"):
            await asyncio.wait_for(asyncio.shield(connection._stay), 5)
    assert "discord.gateway.refused" in {entry["event"] for entry in logs}
