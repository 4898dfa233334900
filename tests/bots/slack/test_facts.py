"""What cannot be committed is handed over again, in its order, and never acknowledged before."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from bots.slack import facts as lanes
from bots.slack.facts import Facts
from bots.slack.incoming import Ourselves
from bots.slack.turns import Turns
from core.chat.adapter import Answer, Untaken
from core.chat.events import Event, MemberJoined, MemberLeft, MessagePosted, ReactionAdded
from core.chat.messages import Message, Reply, Text

US = Ourselves("T0AMICALE")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def said(user: str, ts: str, channel: str = "C1") -> MessagePosted:
    return MessagePosted(
        delivery_id=f"{user} says {ts}",
        at=NOW,
        workspace=US.home,
        account=US.account(user),
        message=US.ref(channel, ts),
        text="…",
    )


def reacted(user: str, ts: str) -> ReactionAdded:
    return ReactionAdded(
        delivery_id=f"{user} likes {ts}",
        at=NOW,
        workspace=US.home,
        account=US.account(user),
        message=US.ref("C1", ts),
        emoji="👋",
    )


def came(user: str, kind: type[MemberJoined | MemberLeft] = MemberJoined) -> Event:
    word = "comes" if kind is MemberJoined else "goes"
    return kind(delivery_id=f"{user} {word}", at=NOW, workspace=US.home, account=US.account(user))


class Core:
    """A core whose database can be away, and which can be held up on one fact."""

    def __init__(self) -> None:
        self.away = False
        self.tried: list[str] = []
        self.taken: list[str] = []
        self.slow: dict[str, asyncio.Event] = {}
        self.answer: Answer = None

    async def __call__(self, event: Event) -> Answer:
        name = event.delivery_id
        self.tried.append(name)
        if name in self.slow:
            await self.slow[name].wait()
        if self.away:
            await asyncio.sleep(0)
            raise Untaken
        if name == "broken":
            raise LookupError(event)
        self.taken.append(name)
        return self.answer


class House:
    """The lanes, the core behind them, and what was acknowledged."""

    def __init__(self) -> None:
        self.core = Core()
        self.turns = Turns()
        self.shown: list[Event] = []
        self.facts = Facts(self.turns, lambda _reply, event: self.shown.append(event))
        self.facts.begin(self.core)
        self.acknowledged: list[str] = []
        self.given_back: list[str] = []

    def hears(self, *events: Event) -> None:
        for event in events:
            self.facts.take(event, self._done(event.delivery_id))

    def _done(self, name: str) -> lanes.Done:
        def done(*, committed: bool) -> None:
            (self.acknowledged if committed else self.given_back).append(name)

        return done

    async def until(self, seen: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not seen():  # noqa: ASYNC110  what is awaited is anywhere in the lanes
                await asyncio.sleep(0.005)


@pytest.fixture
def house() -> House:
    return House()


async def test_facts_that_only_count_are_in_hand_together_and_in_order(house: House) -> None:
    house.core.slow["U1 says 1"] = asyncio.Event()
    names = [f"U{number % 3} says {number}" for number in range(300)]
    house.hears(*(said(*name.split(" says ")) for name in names))
    await house.until(lambda: len(house.acknowledged) == 299)
    assert house.core.tried == names
    house.core.slow["U1 says 1"].set()
    await house.until(lambda: len(house.acknowledged) == 300)
    assert house.facts.in_hand == 0


async def test_while_the_database_is_away_nothing_is_acknowledged_and_all_waits_its_turn(
    house: House,
) -> None:
    house.core.away = True
    house.hears(*(said("U1", str(number)) for number in range(5)))
    await house.until(lambda: len(house.core.tried) == 10)  # handed over again after 0.2 s
    house.hears(said("U2", "5"), came("U1"), came("U1", MemberLeft), said("U1", "6"))
    assert house.acknowledged == []
    house.core.away = False
    await house.until(lambda: house.facts.in_hand == 0)
    first = [f"U1 says {number}" for number in range(5)]
    assert house.core.taken == [*first, "U2 says 5", "U1 comes", "U1 goes", "U1 says 6"]
    assert house.acknowledged == house.core.taken


async def test_a_person_s_acts_wait_for_their_arrival_and_a_message_s_reactions_for_it(
    house: House,
) -> None:
    house.core.slow["U1 comes"] = asyncio.Event()
    house.hears(came("U1"), said("U1", "1"), reacted("U2", "1"), said("U3", "2"))
    await house.until(lambda: house.acknowledged == ["U3 says 2"])
    assert house.core.tried == ["U1 comes", "U3 says 2"]
    house.core.slow["U1 comes"].set()
    await house.until(lambda: house.facts.in_hand == 0)
    assert house.core.taken == ["U3 says 2", "U1 comes", "U1 says 1", "U2 likes 1"]
    assert not house.turns.busy("U1")


async def test_a_departure_waits_for_the_words_before_it(house: House) -> None:
    house.core.slow["U1 says 1"] = asyncio.Event()
    house.hears(said("U1", "1"), came("U1", MemberLeft))
    await house.until(lambda: house.core.tried == ["U1 says 1"])
    house.core.slow["U1 says 1"].set()
    await house.until(lambda: house.acknowledged == ["U1 says 1", "U1 goes"])


async def test_who_asks_is_not_held_up_by_what_cannot_be_taken(house: House) -> None:
    house.core.away = True
    house.hears(came("U1"), said("U2", "1"))
    await house.until(lambda: house.facts.is_stuck("U1") and len(house.core.tried) > 1)
    async with asyncio.timeout(0.1):
        await house.facts.before("U2")
    assert not house.facts.is_stuck("U2")
    await house.facts.end()
    assert sorted(house.given_back) == ["U1 comes", "U2 says 1"]
    assert house.acknowledged == []


async def test_who_asks_comes_after_what_they_just_said(house: House) -> None:
    house.core.slow["U1 says 1"] = asyncio.Event()
    house.hears(said("U1", "1"))
    asked = asyncio.create_task(house.facts.before("U1"))
    await house.until(lambda: house.core.tried == ["U1 says 1"])
    assert not asked.done()
    house.core.slow["U1 says 1"].set()
    await asked
    assert house.core.taken == ["U1 says 1"]


async def test_what_fails_for_good_is_acknowledged_and_logged_without_words(house: House) -> None:
    broken = replace(said("U1", "1"), delivery_id="broken", text="un secret")
    with capture_logs() as logs:
        house.hears(broken, said("U1", "2"))
        await house.until(lambda: house.acknowledged == ["broken", "U1 says 2"])
    assert [entry["event"] for entry in logs] == ["slack.handler_failed"]
    assert "LookupError" in logs[0]["trace"]
    assert "un secret" not in str(logs)


async def test_an_answer_is_shown_below_what_was_said(house: House) -> None:
    house.core.answer = Reply(Message(Text("Bien noté")))
    event = said("U1", "1")
    house.hears(event)
    await house.until(lambda: house.shown == [event])


async def test_what_is_in_hand_is_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "IN_HAND", 3)
    monkeypatch.setattr(lanes, "PATIENCE", 0.05)
    for number in range(3):
        house.core.slow[f"U1 says {number}"] = asyncio.Event()
        assert await house.facts.room()
        house.hears(said("U1", str(number)))
    assert not await house.facts.room()  # after a moment
    async with asyncio.timeout(0.02):
        assert not await house.facts.room()  # at once from now on
    house.core.slow["U1 says 0"].set()
    await house.until(lambda: house.acknowledged == ["U1 says 0"])
    assert await house.facts.room()
    for held in house.core.slow.values():
        held.set()
    await house.until(lambda: house.facts.in_hand == 0)


async def test_a_moment_is_enough_when_the_core_is_only_busy(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "IN_HAND", 1)
    house.core.slow["U1 says 1"] = asyncio.Event()
    house.hears(said("U1", "1"))
    asyncio.get_running_loop().call_later(0.02, house.core.slow["U1 says 1"].set)
    assert await house.facts.room()


async def test_stopped_it_takes_nothing_more(house: House) -> None:
    await house.facts.end()
    house.hears(said("U1", "1"))
    assert house.given_back == ["U1 says 1"]
