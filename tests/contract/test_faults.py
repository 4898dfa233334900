"""On bad days: limits, cut lines, wrong tokens; nothing lost, nothing twice, nothing left open."""

import asyncio
import gc
import socket
import time

import pytest

from core.chat.adapter import Permanent, RateLimited, Transient
from core.chat.events import MessagePosted
from tests.contract.stage import Stage, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")
capability = pytest.mark.capability


@capability("delivered_twice")
async def test_what_comes_twice_has_one_id(stage: Stage) -> None:
    lea = await stage.member()
    await stage.settles()
    stage.deliver_twice()
    await lea.says(stage.word("Écho"), channel="entraide")
    first = await stage.hears(MessagePosted, lea)
    second = await stage.hears(MessagePosted, lea, count=2)
    assert first.delivery_id == second.delivery_id


@capability("rate_limited")
async def test_a_long_limit_is_said_with_its_wait(alone: Stage) -> None:
    text = alone.word("Plus tard")
    alone.limit(90)
    sent = alone.adapter.send(alone.says(text), alone.place(), key=text)
    assert (await refused(sent, RateLimited)).retry_after == 90


@capability("order_kept")
async def test_a_short_limit_is_waited_for_and_order_kept(stage: Stage) -> None:
    lea = await stage.member()
    stage.limit(1)
    token = stage.word("Suite")
    for number in range(3):
        message = stage.says(f"{token} {number}")
        try:
            await stage.adapter.send(message, stage.place(), key=f"{token} {number}")
        except RateLimited as limited:
            await asyncio.sleep(limited.retry_after)
            await stage.adapter.send(message, stage.place(), key=f"{token} {number}")
    shown = [m.text for m in lea.sees() if token in m.text]
    assert shown == [f"{token} {number}" for number in range(3)]


@capability("down")
async def test_a_platform_that_is_down_may_be_tried_again(alone: Stage) -> None:
    text = alone.word("Allô")
    alone.down()
    await refused(alone.adapter.send(alone.says(text), alone.place(), key=text), Transient)
    await refused(alone.another().start(alone.core), Transient)


@capability("trouble")
async def test_what_keeps_a_platform_away_is_told(alone: Stage) -> None:
    assert alone.adapter.trouble == ""
    alone.down()
    alone.cut()
    async with asyncio.timeout(20):
        while not alone.adapter.trouble:  # noqa: ASYNC110  nobody announces it
            await asyncio.sleep(0.05)


@capability("reconnected")
async def test_a_cut_line_loses_nothing(alone: Stage) -> None:
    lea = await alone.member()
    await lea.says(alone.word("Avant"), channel="entraide")
    await alone.hears(MessagePosted, lea)
    alone.cut()
    texts = [alone.word("Pendant") for _ in range(3)]
    for text in texts:
        await lea.says(text, channel="entraide")
    alone.patience *= 3
    await alone.hears(MessagePosted, lea, count=4)
    posted = (e for e in alone.core.events if isinstance(e, MessagePosted))
    heard = list({e.delivery_id: e.text for e in posted}.values())
    assert heard[1:] == texts


@capability("caught_up")
async def test_what_happened_while_away_is_heard(stage: Stage) -> None:
    lea = await stage.member()
    text = stage.word("Pendant l’arrêt")
    await stage.adapter.stop()
    since = stage.world.now()
    try:
        await lea.says(text, channel="entraide")
    finally:
        await stage.start()
    if stage.adapter.capabilities.remembers:
        async for event in stage.adapter.history(since):
            await stage.core(event)
    assert (await stage.hears(MessagePosted, lea)).text == text


@capability("check_healthy")
async def test_a_good_set_up_has_no_problem(stage: Stage) -> None:
    assert await stage.adapter.check() == []


@capability("check_token")
async def test_a_wrong_token_is_named_with_its_remedy(stage: Stage) -> None:
    adapter = stage.another(token="1:falsified")
    problems = await adapter.check()
    assert any("TOKEN" in problem.where and problem.remedy for problem in problems)
    assert "falsified" not in repr(problems)
    await refused(adapter.start(stage.core), Permanent)


@capability("stopped_clean")
async def test_stopping_leaves_nothing_open(alone: Stage) -> None:
    await alone.adapter.stop()
    gc.collect()
    tasks, sockets = asyncio.all_tasks(), _open_sockets()
    await alone.start()
    lea = await alone.member()
    await lea.says(alone.word("Bonjour"), channel="entraide")
    await alone.hears(MessagePosted, lea)
    began = time.monotonic()
    await alone.adapter.stop()
    assert time.monotonic() - began < 10
    await alone.settles()
    gc.collect()
    assert asyncio.all_tasks() <= tasks
    assert _open_sockets() <= sockets


def _open_sockets() -> int:
    return sum(isinstance(o, socket.socket) and o.fileno() != -1 for o in gc.get_objects())
