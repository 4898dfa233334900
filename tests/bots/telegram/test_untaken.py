"""While the core cannot commit, Telegram is told nothing, and nothing changes its order."""

import asyncio
from collections import defaultdict

import pytest

from bots.sandbox.people import World
from bots.sandbox.telegram import TelegramSandbox
from bots.telegram.adapter import TelegramAdapter
from core.chat.adapter import Answer, Untaken
from core.chat.events import CommandInvoked, Event, MemberJoined, MessagePosted, ReactionAdded
from core.chat.messages import Message, Reply, Text
from tests.bots.telegram.stage import Core, SmallMenu, Stage, connected, settings
from tests.bots.telegram.test_adapter import member
from tests.bots.telegram.test_faults import free_port, texts

pytestmark = pytest.mark.e2e


class Database:
    """What a core would commit to: away or there; what was committed, in order, once."""

    def __init__(self) -> None:
        self.away = False
        self.tried: dict[str, int] = defaultdict(int)
        self.committed: list[Event] = []

    async def __call__(self, event: Event) -> Answer:
        self.tried[event.delivery_id] += 1
        await asyncio.sleep(0)
        if isinstance(event, CommandInvoked):
            return Reply(Message(Text("Rien n’a été enregistré." if self.away else "Fait.")))
        if self.away:
            raise Untaken
        if event.delivery_id not in {known.delivery_id for known in self.committed}:
            self.committed.append(event)
        return None

    @property
    def words(self) -> list[str]:
        return [event.text for event in self.committed if isinstance(event, MessagePosted)]


async def test_facts_are_taken_in_their_order_once_the_database_is_back() -> None:
    database = Database()
    async with connected(answer=database) as stage:
        lea, bob = await member(stage, "Léa"), await member(stage, "Bob")
        await stage.until(lambda: len(database.committed) == 4)
        database.away = True
        said = [await lea.says(f"{n}", channel="entraide") for n in range(20)]
        await bob.reacts(said[3], "👍")
        await stage.until(lambda: min(database.tried.values()) > 0 and len(database.tried) > 20)
        await stage.until(lambda: sum(tries > 2 for tries in database.tried.values()) >= 1)
        assert database.words == []
        assert stage.sandbox.feed.pending > 0
        database.away = False
        await stage.until(lambda: any(isinstance(e, ReactionAdded) for e in database.committed))
        assert database.words == [str(n) for n in range(20)]
        await stage.until(lambda: stage.sandbox.feed.pending == 0)


async def test_what_is_no_mere_count_waits_as_well_and_keeps_its_place() -> None:
    database = Database()
    async with connected(answer=database) as stage:
        await member(stage, "Bob")
        await stage.until(lambda: len(database.committed) == 2)
        database.away = True
        lea = stage.sandbox.person("Léa")
        await lea.joins()
        stage.sandbox.admit("Léa")
        await lea.says("Bonjour", channel="entraide")
        await stage.until(lambda: database.tried[stage.core.events[-1].delivery_id] > 1)
        database.away = False
        await stage.until(lambda: database.words == ["Bonjour"])
        kinds = [type(event) for event in database.committed[2:]]
        assert kinds == [MemberJoined, MemberJoined, MessagePosted]


async def test_a_command_is_answered_all_the_same() -> None:
    database = Database()
    async with connected(answer=database) as stage:
        lea = await member(stage, "Léa")
        await stage.until(lambda: any(seen.text == "Fait." for seen in lea.sees()))
        database.away = True
        await lea.runs("/moi")
        await stage.until(lambda: any(s.text.startswith("Rien") for s in lea.sees()))


async def test_who_stops_meanwhile_is_given_it_again_by_telegram() -> None:
    sandbox, database = TelegramSandbox(World()), Database()
    await sandbox.start()
    first = TelegramAdapter(settings(sandbox), SmallMenu())
    stage = Stage(sandbox, first, Core(database), sandbox.world)
    await first.start(stage.core)
    lea = await member(stage, "Léa")
    await stage.until(lambda: len(database.committed) == 2)
    database.away = True
    for word in ("un", "deux"):
        await lea.says(word, channel="entraide")
    await stage.until(lambda: len(stage.core.heard(MessagePosted)) >= 2)
    began = asyncio.get_running_loop().time()
    await first.stop()
    assert asyncio.get_running_loop().time() - began < 2
    again = Stage(sandbox, TelegramAdapter(settings(sandbox), SmallMenu()), Core(), sandbox.world)
    await again.adapter.start(again.core)
    assert await texts(again, 2) == ["un", "deux"]
    await again.adapter.stop()
    await sandbox.stop()


async def test_a_webhooks_call_is_answered_once_the_fact_is_taken() -> None:
    port, database = free_port(), Database()
    url = f"http://127.0.0.1:{port}/telegram"
    sandbox = TelegramSandbox(World())
    async with connected(sandbox, database, webhook_url=url, webhook_port=port) as stage:
        lea = await member(stage, "Léa")
        await stage.until(lambda: len(database.committed) == 2)
        database.away = True
        for word in ("un", "deux"):
            await lea.says(word, channel="entraide")
        await stage.until(lambda: max(database.tried.values()) > 1)
        assert sandbox.feed.pending > 0
        database.away = False
        await stage.until(lambda: database.words == ["un", "deux"])
        await stage.until(lambda: sandbox.feed.pending == 0)
