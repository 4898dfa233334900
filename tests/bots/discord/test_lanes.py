"""Order is kept where it matters, and only there."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from bots.discord.lanes import Lanes, keys
from core.chat.events import MemberLeft, MessageDeleted, MessagePosted
from core.chat.identity import Account, Channel, MessageRef, Platform, Workspace

HOME = Workspace(Platform.DISCORD, "1")
LEA = Account(Platform.DISCORD, "1", "42")
HELP = Channel(Platform.DISCORD, "1", "7")
NOW = datetime(2026, 11, 16, tzinfo=UTC)


def work(done: list[str], name: str, seconds: float = 0) -> Callable[[], Awaitable[str]]:
    async def run() -> str:
        await asyncio.sleep(seconds)
        done.append(name)
        return name

    return run


async def test_what_shares_a_key_runs_in_turn_and_the_rest_beside_it() -> None:
    lanes, done = Lanes(), list[str]()
    lanes.put({"léa", "message"}, work(done, "said", 0.05))
    lanes.put({"message"}, work(done, "deleted"))
    lanes.put({"bob"}, work(done, "bob"))
    last = lanes.put({"léa"}, work(done, "again"))
    assert await last == "again"
    await lanes.drain(1)
    assert done[0] == "bob"
    assert done.index("said") < min(done.index("deleted"), done.index("again"))


async def test_a_failure_does_not_hold_those_behind_it() -> None:
    lanes, done = Lanes(), list[str]()

    async def broken() -> str:
        raise RuntimeError("no")

    first = lanes.put({"léa"}, broken)
    assert await lanes.put({"léa"}, work(done, "next")) == "next"
    with pytest.raises(RuntimeError):
        await first


async def test_no_more_run_at_once_than_allowed() -> None:
    lanes, running, most = Lanes(limit=2), 0, 0

    async def counted() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1

    await asyncio.gather(*(lanes.put({str(i)}, counted) for i in range(6)))
    assert most == 2


async def test_draining_waits_and_then_gives_up() -> None:
    lanes, done = Lanes(), list[str]()
    lanes.put({"a"}, work(done, "quick", 0.01))
    stuck = lanes.put({"b"}, work(done, "stuck", 60))
    await lanes.drain(0.1)
    assert done == ["quick"]
    assert stuck.cancelled()


def test_an_event_waits_for_its_person_its_message_and_what_it_answers() -> None:
    first, second = MessageRef(HELP, "1"), MessageRef(HELP, "2")
    posted = MessagePosted(
        delivery_id="2",
        at=NOW,
        workspace=HOME,
        account=LEA,
        message=second,
        text="oui",
        reply_to=first,
    )
    assert keys(posted) == {"user:42", first.key, second.key}
    gone = MessageDeleted(
        delivery_id="delete:2", at=NOW, workspace=HOME, account=None, message=second
    )
    assert keys(gone) == {second.key}
    assert keys(MemberLeft(delivery_id="l", at=NOW, workspace=HOME, account=LEA)) == {"user:42"}
