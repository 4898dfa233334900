"""What Telegram and networks do on bad days."""

import asyncio
import json
import socket

import pytest
from aiohttp import ClientSession

from bots.sandbox.people import World, eventually
from bots.sandbox.telegram import TelegramSandbox
from bots.telegram.adapter import TelegramAdapter
from bots.telegram.settings import TelegramSettings
from core.chat.adapter import Answer, Permanent, RateLimited, Transient
from core.chat.events import CommandInvoked, Event, MessagePosted
from core.chat.identity import Place, Platform, Purpose
from core.chat.messages import Message, Reply, Text
from tests.bots.telegram.stage import Core, SmallMenu, Stage, connected, settings
from tests.bots.telegram.test_adapter import SEEN, member, place, replying

pytestmark = pytest.mark.e2e


async def texts(stage: Stage, count: int) -> list[str]:
    await stage.hears(MessagePosted, count)
    return [event.text for event in stage.core.events if isinstance(event, MessagePosted)]


async def test_a_wrong_token_is_refused_for_good() -> None:
    sandbox = TelegramSandbox(World(), handed_token="123:wrong")
    await sandbox.start()
    adapter = TelegramAdapter(settings(sandbox), SmallMenu())
    with pytest.raises(Permanent) as refusal:
        await adapter.start(Core())
    assert refusal.value.code == "401"
    await sandbox.stop()


async def test_a_platform_that_is_down_is_tried_again() -> None:
    nowhere = TelegramSettings("1:x", "-1001", api_url="http://127.0.0.1:9/bot")
    with pytest.raises(Transient):
        await TelegramAdapter(nowhere, SmallMenu()).start(Core())
    sandbox = TelegramSandbox(World())
    await sandbox.start()
    sandbox.down()
    adapter = TelegramAdapter(settings(sandbox), SmallMenu())
    core = Core()
    with pytest.raises(Transient):
        await adapter.start(core)
    sandbox.up()
    await adapter.start(core)
    await adapter.stop()
    await sandbox.stop()


async def test_a_lost_connection_loses_nothing() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        await lea.says("un", channel="entraide")
        stage.sandbox.drop()
        await lea.says("deux", channel="entraide")
        stage.sandbox.ask_reconnect()
        stage.sandbox.down()
        await lea.says("trois", channel="entraide")
        await asyncio.sleep(0.7)
        stage.sandbox.up()
        assert await texts(stage, 3) == ["un", "deux", "trois"]


async def test_hundreds_of_facts_come_through_every_bad_day_in_each_persons_order() -> None:
    sandbox = TelegramSandbox(World())
    async with connected(sandbox) as stage:
        people = [await member(stage, name) for name in ("Léa", "Bob", "Chloé")]
        faults = (
            sandbox.drop,
            sandbox.ask_reconnect,
            lambda: sandbox.deliver_twice(10),
            lambda: sandbox.limit("getUpdates", 1, 1),
            sandbox.down,
            sandbox.drop,
            lambda: sandbox.lose_answers("getUpdates", 1),
            sandbox.up,
        )
        for number in range(240):
            if number % 30 == 29:
                faults[number // 30]()
            for person in people:
                await person.says(f"{number}", channel="entraide")
            await asyncio.sleep(0)
        heard: dict[str, dict[str, str]] = {}

        def complete() -> bool:
            for event in stage.core.heard(MessagePosted):
                assert isinstance(event, MessagePosted)
                heard.setdefault(event.account.user if event.account else "", {}).setdefault(
                    event.delivery_id, event.text
                )
            return sum(map(len, heard.values())) >= 3 * 240

        await stage.until(complete, seconds=20)
        for words in heard.values():
            assert [word for word in words.values() if word.isdigit()] == list(map(str, range(240)))
        await stage.until(lambda: sandbox.feed.pending == 0)


async def test_what_was_not_handled_before_the_stop_is_delivered_again_and_nothing_else() -> None:
    sandbox = TelegramSandbox(World())
    stuck = asyncio.Event()

    async def answer(event: Event) -> Answer:
        if isinstance(event, MessagePosted) and event.text == "deux":
            stuck.set()
            await asyncio.sleep(60)
        return None

    await sandbox.start()
    first = TelegramAdapter(settings(sandbox), SmallMenu())
    core = Core(answer)
    await first.start(core)
    stage = Stage(sandbox, first, core, sandbox.world)
    lea = await member(stage, "Léa")
    await lea.says("un", channel="entraide")
    await stage.hears(MessagePosted)
    await lea.says("deux", channel="entraide")
    await asyncio.wait_for(stuck.wait(), 5)
    await first.stop()
    again = Stage(sandbox, TelegramAdapter(settings(sandbox), SmallMenu()), Core(), sandbox.world)
    await again.adapter.start(again.core)
    assert await texts(again, 1) == ["deux"]
    await again.adapter.stop()
    await sandbox.stop()


async def test_the_same_update_twice_keeps_its_delivery_id() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        stage.sandbox.deliver_twice(1)
        await lea.says("écho", channel="entraide")
        await stage.hears(MessagePosted, 2)
        assert len({event.delivery_id for event in stage.core.heard(MessagePosted)}) == 1


async def test_one_persons_messages_keep_their_order_while_others_go_on() -> None:
    slow = asyncio.Event()

    async def answer(event: Event) -> Answer:
        if isinstance(event, MessagePosted) and event.text == "lent":
            await slow.wait()
        if isinstance(event, MessagePosted) and event.text == "rapide":
            slow.set()
        return None

    async with connected(answer=answer) as stage:
        lea, bob = await member(stage, "Léa"), await member(stage, "Bob")
        await lea.says("lent", channel="entraide")
        await lea.says("ensuite", channel="entraide")
        await bob.says("rapide", channel="entraide")
        heard = await texts(stage, 3)
        assert heard.index("lent") < heard.index("ensuite")
        assert slow.is_set()


async def test_too_many_messages_is_said_with_the_time_to_wait() -> None:
    async with connected() as stage:
        stage.sandbox.limit("sendMessage", 1, 7)
        with pytest.raises(RateLimited) as refusal:
            await stage.adapter.send(SEEN, place(stage, Purpose.HELP), key="1")
        assert refusal.value.retry_after == 7
        await stage.adapter.send(SEEN, place(stage, Purpose.HELP), key="1")


async def test_an_answer_waits_when_it_is_asked_to() -> None:
    async with connected(answer=replying(SEEN, CommandInvoked)) as stage:
        lea = await member(stage, "Léa")
        await eventually(stage.world, lea, "Vu.")
        stage.sandbox.limit("sendMessage", 1, 1)
        await lea.runs("/moi")
        await stage.until(lambda: sum(s.text == "Vu." for s in lea.sees()) == 2)


async def test_a_message_in_parts_goes_on_where_it_stopped() -> None:
    async with connected(TelegramSandbox(World(), limits=True)) as stage:
        lea = await member(stage, "Léa", started=False)
        long = Message(Text("\n\n".join(f"Partie {n} " + "mot " * 900 for n in range(3))))
        where = place(stage, Purpose.HELP)
        refused = 0
        while refused < 9:
            try:
                await stage.adapter.send(long, where, key="9")
                break
            except RateLimited as limited:
                refused += 1
                await asyncio.sleep(limited.retry_after)
        assert refused == 2
        for number in range(3):
            assert sum(f"Partie {number}" in seen.text for seen in lea.sees()) == 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_webhook_asks_for_its_secret_and_answers_once_handled() -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/telegram"
    handled: list[str] = []

    async def answer(event: Event) -> Answer:
        if isinstance(event, MessagePosted):
            await asyncio.sleep(0.05)
            handled.append(event.text)
            return Reply(Message(Text("Reçu.")), private=False)
        return None

    sandbox = TelegramSandbox(World())
    async with connected(sandbox, answer, webhook_url=url, webhook_port=port) as stage:
        lea = await member(stage, "Léa")
        await lea.says("par le crochet", channel="entraide")
        await eventually(stage.world, lea, "Reçu.")
        assert handled == ["par le crochet"]
        async with ClientSession() as http:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "faux"}):
                async with http.post(url, data=json.dumps({"update_id": 1}), headers=headers) as r:
                    assert r.status == 403
            async with http.get(url) as r:
                assert r.status == 405
    assert sandbox.complaints() == ()


async def test_a_place_elsewhere_is_the_groups_own_business() -> None:
    async with connected() as stage:
        ref = await stage.adapter.send(
            SEEN, Place(Platform.TELEGRAM, "any", Purpose.MODERATORS), key="1"
        )
        assert ref.channel.id == stage.sandbox.channel_ids["modération"]
        nadia = stage.sandbox.person("Nadia")
        await eventually(stage.world, nadia, "Vu.")
        await nadia.says("Bien", channel="modération")
        posted = await stage.hears(MessagePosted)
        assert posted.account is not None
        assert posted.account.workspace == stage.adapter.workspace.id
