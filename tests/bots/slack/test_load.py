"""Hundreds of facts while Slack cuts, doubts, shuffles and limits: each is taken, none is lost."""

import asyncio
import random
import socket
from collections import Counter
from itertools import pairwise

import pytest

from bots.sandbox.people import World
from bots.sandbox.slack import SlackPerson, SlackSandbox
from bots.slack import facts as lanes
from bots.slack.adapter import SlackAdapter
from bots.slack.settings import SlackLimits
from core.chat.adapter import Answer, Untaken
from core.chat.events import CommandInvoked, Event, MessagePosted
from core.chat.identity import Channel, Platform
from core.chat.messages import Message, Reply, Text
from tests.bots.slack.stage import TEAM, ScriptedCore, Stage, StageMenu, settings_for, stage

pytestmark = pytest.mark.e2e

SOON = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Slack's minutes before a redelivery, shortened."""
MANY = 300


def heard(core: ScriptedCore) -> list[str]:
    return [event.text for event in core.of(MessagePosted)]


async def crowd(here: Stage) -> list[SlackPerson]:
    return [await here.person(f"Personne {number}") for number in range(6)]


async def talk(people: list[SlackPerson], start: int, count: int = MANY) -> list[str]:
    """A conversation of so many messages; whoever works beside it has the processor in turn."""
    said = [f"message {number}" for number in range(start, start + count)]
    for number, words in enumerate(said):
        await people[number % len(people)].says(words, channel="entraide")
        if number % 20 == 0:
            await asyncio.sleep(0)
    return said


@pytest.mark.parametrize("fault", ["drop", "ask_reconnect", "invalidate_session", "outage"])
async def test_a_crowd_goes_on_through(fault: str) -> None:
    async with stage(SlackSandbox(World(), retries=SOON)) as slack:
        people = await crowd(slack)
        said = await talk(people, 0)
        if fault == "outage":
            slack.sandbox.down()
            said += await talk(people, MANY)
            slack.sandbox.up()
        else:
            done = getattr(slack.sandbox, fault)()
            if done is not None:
                await done
            said += await talk(people, MANY)
        assert await slack.world.until(lambda: set(heard(slack.core)) == set(said), seconds=20)


async def test_a_crowd_twice_and_in_disorder_is_recognised() -> None:
    async with stage(SlackSandbox(World(), retries=SOON)) as slack:
        people = await crowd(slack)
        slack.sandbox.deliver_twice(MANY)
        slack.sandbox.shuffle(50)
        slack.sandbox.delay(0.2, 20)
        said = await talk(people, 0)
        assert await slack.world.until(lambda: set(heard(slack.core)) == set(said), seconds=10)
        ids = Counter(event.delivery_id for event in slack.core.of(MessagePosted))
        assert len(ids) == MANY
        assert max(ids.values()) == 2
        assert heard(slack.core) != said


async def test_each_person_is_heard_in_order() -> None:
    async with stage(SlackSandbox(World())) as slack:
        people = await crowd(slack)
        await talk(people, 0, 600)
        assert await slack.world.until(lambda: len(heard(slack.core)) == 600, seconds=10)
        for person in people:
            own = [e for e in slack.core.of(MessagePosted) if e.account == slack.account(person)]
            assert all(a.message.id < b.message.id for a, b in pairwise(own))


class Away(ScriptedCore):
    """A core whose database comes and goes."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.is_away = False

    async def __call__(self, event: Event) -> Answer:
        if self.is_away and not isinstance(event, CommandInvoked):
            await asyncio.sleep(0)
            raise Untaken
        return await super().__call__(event)


async def test_while_the_database_is_away_facts_wait_and_who_asks_is_answered() -> None:
    sandbox = SlackSandbox(World())
    await sandbox.start()
    core = Away(sandbox.world)
    adapter = SlackAdapter(settings_for(sandbox), StageMenu(), now=sandbox.world.now)
    await adapter.start(core)
    here = Stage(sandbox, adapter, core)
    people = await crowd(here)
    assert await sandbox.world.until(lambda: len(core.events) >= len(people))
    core.is_away = True
    said = await talk(people, 0)
    core.on(CommandInvoked, Reply(Message(Text("Je suis là"))))
    await people[0].runs("/amicale parcours", channel="entraide")
    await here.sees(people[0], "Je suis là")
    assert heard(core) == []
    core.is_away = False
    assert await sandbox.world.until(lambda: len(heard(core)) >= MANY, seconds=10)
    assert list(dict.fromkeys(heard(core))) == said
    await adapter.stop()
    await sandbox.stop()


async def test_a_killed_process_leaves_what_it_had_to_the_next() -> None:
    """Its tasks end without a word to Slack, as after kill -9."""
    sandbox = SlackSandbox(World(), retries=SOON)
    await sandbox.start()
    core = Away(sandbox.world)
    core.is_away = True
    dead = SlackAdapter(settings_for(sandbox), StageMenu())
    await dead.start(core)
    people = await crowd(Stage(sandbox, dead, core))
    said = await talk(people, 0)
    sandbox.drop()
    await dead.stop()
    heir = ScriptedCore(sandbox.world)
    alive = SlackAdapter(settings_for(sandbox), StageMenu())
    await alive.start(heir)
    assert await sandbox.world.until(lambda: set(heard(heir)) == set(said), seconds=10)
    assert sandbox.connections == 1
    await alive.stop()
    await sandbox.stop()


async def test_what_there_is_no_room_for_is_left_to_slack_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "IN_HAND", 50)
    monkeypatch.setattr(lanes, "PATIENCE", 0.05)
    sandbox = SlackSandbox(World(), retries=SOON)
    await sandbox.start()
    core, missed = Away(sandbox.world), Counter[str]()
    core.is_away = True
    adapter = SlackAdapter(settings_for(sandbox), StageMenu())
    await adapter.start(core, missed=lambda: missed.update(["times"]))
    people = await crowd(Stage(sandbox, adapter, core))
    said = await talk(people, 0)
    assert await sandbox.world.until(lambda: adapter.in_hand.is_full, seconds=5)
    assert not missed
    core.is_away = False
    assert await sandbox.world.until(lambda: set(heard(core)) == set(said), seconds=20)
    assert missed["times"] == 1
    await adapter.stop()
    await sandbox.stop()


async def test_a_new_connection_may_have_missed_something() -> None:
    sandbox = SlackSandbox(World())
    await sandbox.start()
    missed = Counter[str]()
    adapter = SlackAdapter(settings_for(sandbox), StageMenu())
    await adapter.start(ScriptedCore(sandbox.world), missed=lambda: missed.update(["times"]))
    assert await sandbox.world.until(lambda: sandbox.connections == 1)
    assert not missed
    sandbox.drop()
    assert await sandbox.world.until(lambda: missed["times"] == 1, seconds=15)
    await adapter.stop()
    await sandbox.stop()


async def test_a_connection_that_slack_replaces_has_nothing_read_again() -> None:
    sandbox = SlackSandbox(World())
    await sandbox.start()
    core, missed = ScriptedCore(sandbox.world), Counter[str]()
    adapter = SlackAdapter(settings_for(sandbox), StageMenu())
    await adapter.start(core, missed=lambda: missed.update(["times"]))
    lea = sandbox.person("Léa")
    await lea.joins()
    await sandbox.ask_reconnect()
    await lea.says("Encore là ?", channel="entraide")
    assert (await core.one(MessagePosted, seconds=15)).text == "Encore là ?"
    assert not missed
    await adapter.stop()
    await sandbox.stop()


async def test_messages_keep_slack_s_pace_and_their_order() -> None:
    sandbox = SlackSandbox(World(), limits=True, scale=10)
    rooms = [sandbox.workspace.create(f"salon {n}", "channel", "U0AMICALE") for n in range(8)]
    for room in rooms:
        room.members = ["U0AMICALE"]
    async with stage(sandbox, limits=SlackLimits().scaled(10)) as slack:
        owed = [(room, number) for number in range(5) for room in rooms]
        random.Random(3).shuffle(owed)  # noqa: S311  any order of lanes, the same each time
        owed.sort(key=lambda one: one[1])
        sends = [
            slack.adapter.send(
                Message(Text(f"numéro {number}")),
                Channel(Platform.SLACK, TEAM, room.id),
                key=f"{room.id} {number}",
            )
            for room, number in owed
        ]
        await asyncio.gather(*sends)
        assert sandbox.refusals == 0
        for room in rooms:
            shown = [seen.text for seen in sandbox.transcript() if seen.channel == room.name]
            assert shown == [f"numéro {number}" for number in range(5)]


async def test_an_answer_does_not_queue_behind_what_is_owed() -> None:
    async with stage(SlackSandbox(World(), limits=True)) as slack:
        lea = await slack.person("Léa")
        help_ = slack.sandbox.workspace.channel_named("entraide")
        assert help_ is not None
        room = Channel(Platform.SLACK, TEAM, help_.id)
        owed = [
            asyncio.create_task(slack.adapter.send(Message(Text(f"Dû {n}")), room, key=f"owed {n}"))
            for n in range(5)
        ]
        await slack.sees(lea, "Dû 0")
        slack.core.on(MessagePosted, Reply(Message(Text("Réponse")), private=False))
        await lea.says("Une question", channel="entraide")
        await slack.sees(lea, "Réponse")
        shown = [seen.text for seen in lea.sees()]
        assert "Dû 4" not in shown
        await asyncio.gather(*owed)
        assert slack.sandbox.refusals == 0


async def test_by_http_slack_is_told_to_come_again_while_the_database_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sandbox = SlackSandbox(
        World(), events_url=f"http://127.0.0.1:{port}/slack/events", retries=SOON
    )
    await sandbox.start()
    told = {"app_token": "", "signing_secret": sandbox.signing_secret, "http_port": port}
    core = Away(sandbox.world)
    adapter = SlackAdapter(settings_for(sandbox, **told), StageMenu())
    await adapter.start(core)
    people = await crowd(Stage(sandbox, adapter, core))
    core.is_away = True
    said = await talk(people, 0, 40)
    assert await sandbox.world.until(lambda: adapter.in_hand.in_hand >= 40)
    await adapter.stop()  # answers 503
    heir = ScriptedCore(sandbox.world)
    other = SlackAdapter(settings_for(sandbox, **told), StageMenu())
    await other.start(heir)
    assert await sandbox.world.until(lambda: set(heard(heir)) == set(said), seconds=10)
    await other.stop()
    await sandbox.stop()
