"""Facts reach the core in their order, also when it could not take them at first."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from bots.discord import facts as module
from bots.discord.facts import Facts
from bots.discord.lanes import Lanes
from core.chat.adapter import Answer, Untaken
from core.chat.events import Event, MemberJoined, MessagePosted, ReactionAdded
from core.chat.identity import Account, Channel, MessageRef, Platform, Workspace
from core.chat.markup import plain
from core.chat.messages import Message, Reply

HOME = Workspace(Platform.DISCORD, "1")
HELP = Channel(Platform.DISCORD, "1", "7")
WORDS = "des mots à eux"
NOW = datetime(2026, 11, 16, tzinfo=UTC)


def account(user: str) -> Account:
    return Account(Platform.DISCORD, "1", user)


def said(number: int, user: str = "42", channel: Channel = HELP) -> MessagePosted:
    return MessagePosted(
        delivery_id=str(number),
        at=NOW,
        workspace=HOME,
        account=account(user),
        message=MessageRef(channel, str(number)),
        text=WORDS,
    )


def reacted(number: int, user: str = "42") -> ReactionAdded:
    return ReactionAdded(
        delivery_id=f"react:{number}",
        at=NOW,
        workspace=HOME,
        account=account(user),
        message=MessageRef(HELP, str(number)),
        emoji="✅",
    )


def joined(user: str) -> MemberJoined:
    return MemberJoined(delivery_id=f"join:{user}", at=NOW, workspace=HOME, account=account(user))


class Core:
    """Takes facts when it is told to, and remembers in which order."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.asked: list[str] = []
        self.refusing = False
        self.slow: set[str] = set()
        self.open = asyncio.Event()
        self.open.set()
        self.answers: dict[str, Answer] = {}

    async def handle(self, event: Event) -> Answer:
        self.asked.append(event.delivery_id)
        if self.refusing:
            await asyncio.sleep(0)
            raise Untaken
        if event.delivery_id in self.slow:
            await asyncio.sleep(0.02)
        await self.open.wait()
        self.taken.append(event.delivery_id)
        if event.delivery_id == "broken":
            raise ValueError(WORDS)
        return self.answers.get(event.delivery_id)


class Hall:
    """Facts between a door and a core."""

    def __init__(self) -> None:
        self.core = Core()
        self.lanes = Lanes()
        self.shown: list[str] = []
        self.misses = 0
        self.facts = Facts(self.core.handle, self.lanes, answer=self._show, missed=self._missed)

    async def _show(self, event: Event, reply: Reply) -> None:
        self.shown.append(f"{event.delivery_id}: {reply.message.text}")

    def _missed(self) -> None:
        self.misses += 1

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not true():  # noqa: ASYNC110  what is waited for has no event of its own
                await asyncio.sleep(0.005)


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    hall = Hall()
    yield hall
    await hall.facts.finish(0)


async def test_the_crowd_is_in_hand_side_by_side_and_in_order(hall: Hall) -> None:
    hall.core.open.clear()
    for number in range(500):
        hall.facts.hand(said(number))
    await hall.until(lambda: len(hall.core.asked) == 500)
    assert hall.core.taken == []
    hall.core.open.set()
    await hall.facts.finish(5)
    assert hall.core.taken == [str(number) for number in range(500)]


async def test_what_is_no_crowd_waits_for_its_person_only(hall: Hall) -> None:
    hall.core.slow = {"join:42"}
    hall.facts.hand(joined("42"))
    hall.facts.hand(said(1, "42"))
    hall.facts.hand(said(2, "43"))
    await hall.facts.finish(5)
    assert hall.core.taken == ["2", "join:42", "1"]


async def test_what_was_not_taken_is_handed_over_again_in_its_order(hall: Hall) -> None:
    hall.core.refusing = True
    for number in range(100):
        hall.facts.hand(said(number, user=str(number % 7)))
        hall.facts.hand(reacted(number, user=str(number % 7)))
    hall.facts.hand(joined("1"))
    await hall.until(lambda: len(hall.core.asked) > 201)  # one was tried a second time
    hall.facts.hand(said(100, user="1"))
    hall.core.refusing = False
    await hall.facts.finish(5)
    wanted = [text for n in range(100) for text in (str(n), f"react:{n}")] + ["join:1", "100"]
    assert hall.core.taken == wanted


async def test_one_tries_for_all_while_nothing_is_taken(hall: Hall) -> None:
    hall.core.refusing = True
    for number in range(50):
        hall.facts.hand(said(number))
    await hall.until(lambda: len(hall.core.asked) == 50)
    hall.core.asked.clear()
    await asyncio.sleep(module.FIRST_PAUSE * 3.5)  # time for the tries after 0.2 and 0.4 s
    assert hall.core.asked == ["0", "0"]


async def test_too_many_for_a_core_that_takes_none_are_dropped_and_said(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 20)
    monkeypatch.setattr(module, "AT_ONCE", 10)
    monkeypatch.setattr(module, "MOMENT", 0.01)
    monkeypatch.setattr(module, "STILL", 0.05)
    hall.core.refusing = True
    with capture_logs() as logs:
        for number in range(30):
            hall.facts.hand(said(number))
            await hall.facts.room()
        hall.core.refusing = False
        await hall.until(lambda: len(hall.core.taken) == 20)
        await hall.until(lambda: hall.misses == 1)
    assert hall.core.taken == [str(number) for number in range(20)]
    [dropped] = [entry for entry in logs if entry["event"] == "discord.facts.dropped"]
    assert dropped["dropped"] == 10
    assert WORDS not in repr(logs)


async def test_nothing_is_dropped_for_a_slow_core(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 20)
    monkeypatch.setattr(module, "AT_ONCE", 10)
    monkeypatch.setattr(module, "MOMENT", 0.01)
    monkeypatch.setattr(module, "STILL", 0.2)
    turn = asyncio.Semaphore(0)

    async def slow(event: Event) -> Answer:
        async with turn:
            await asyncio.sleep(0.01)
            return await Core.handle(hall.core, event)

    facts = Facts(slow, hall.lanes, answer=hall._show, missed=hall._missed)
    asyncio.get_running_loop().call_later(0.05, turn.release)
    for number in range(60):
        facts.hand(said(number))
        await facts.room()
        assert facts._in_hand <= 20
    await facts.finish(5)
    assert hall.core.taken == [str(number) for number in range(60)]
    assert hall.misses == 0


async def test_reading_waits_a_moment_for_a_busy_core_but_not_for_ever(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    monkeypatch.setattr(module, "MOMENT", 0.05)
    await hall.facts.room()
    hall.core.open.clear()
    for number in range(3):
        hall.facts.hand(said(number))
    loop = asyncio.get_running_loop()
    began = loop.time()
    await hall.facts.room()
    waited = loop.time()
    await hall.facts.room()
    assert waited - began >= 0.05 > loop.time() - waited
    hall.core.open.set()
    await hall.facts.finish(5)
    hall.core.open.clear()
    hall.facts.hand(said(3))
    hall.facts.hand(said(4))
    loop.call_later(0.01, hall.core.open.set)
    began = loop.time()
    await hall.facts.room()
    assert loop.time() - began < 0.05


async def test_a_fact_that_breaks_the_core_holds_nobody_and_quotes_nobody(hall: Hall) -> None:
    hall.core.refusing = True
    hall.facts.hand(replace(joined("42"), delivery_id="broken"))
    hall.facts.hand(said(1))
    await hall.until(lambda: len(hall.core.asked) >= 2)
    hall.core.refusing = False
    with capture_logs() as logs:
        await hall.until(lambda: hall.core.taken == ["broken", "1"])
        await hall.facts.finish(5)
    [failed] = [entry for entry in logs if entry["event"] == "discord.fact.failed"]
    assert failed["delivery_id"] == "broken"
    assert "ValueError" in failed["trace"]
    assert WORDS not in repr(logs)


async def test_an_answer_is_shown(hall: Hall) -> None:
    hall.core.answers = {"1": Reply(Message(plain("merci")))}
    hall.facts.hand(said(1))
    hall.facts.hand(said(2))
    await hall.facts.finish(5)
    assert hall.shown == ["1: merci"]


async def test_stopping_gives_up_what_nobody_takes(hall: Hall) -> None:
    hall.core.refusing = True
    hall.facts.hand(said(1))
    hall.facts.hand(joined("42"))
    await hall.until(lambda: len(hall.core.asked) == 2)
    before = asyncio.all_tasks()
    await hall.facts.finish(0.01)
    assert len(asyncio.all_tasks()) == len(before) - 2
    assert hall.core.taken == []
