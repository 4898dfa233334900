"""Deliveries beside each other: order within a lane, doubt, guards, what a stop leaves."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.sandbox.memory import ONE_BY_ONE, MemoryAdapter
from core.chat.actions import Action
from core.chat.adapter import (
    DeliveryError,
    Doubtful,
    Permanent,
    RateLimited,
    Transient,
    Unauthorised,
    calling,
)
from core.chat.identity import Destination, MessageRef, Platform
from core.chat.messages import Message, Text
from core.engine import claims
from core.engine.attempts import LONGEST_WAIT, SHORTEST_WAIT, wait_after
from core.engine.delivering import LANES, Deliveries
from core.engine.models import OutboxMessage, State
from core.members.models import MemberAccount
from tests.core.engine import handlers
from tests.village import Village, owe

TELEGRAM = Platform.TELEGRAM


class Slow(MemoryAdapter):
    """A platform whose channels answer only when they are let go, before or after the call."""

    def slow(self, *names: str, begun: bool = True) -> asyncio.Event:
        """Hold back what is sent to these channels; says when to go on."""
        self._go_on = asyncio.Event()
        self._slow, self._begun = frozenset(names), begun
        self.waiting = 0
        return self._go_on

    async def send(self, message: Message, to: Destination, *, key: str) -> MessageRef:
        """Send, after a wait in the slow channels."""
        if self._channel(to).id in self._slow:
            if self._begun:
                await calling()
            self.waiting += 1
            await self._go_on.wait()
        return await super().send(message, to, key=key)

    async def until_waiting(self, count: int) -> None:
        """Until so many wait."""
        await until(lambda: self.waiting >= count)


async def until(there: Callable[[], bool]) -> None:
    """Let the others go on until that is so."""
    while not there():  # noqa: ASYNC110  there is nothing to wait for but their turns
        await asyncio.sleep(0)


def slow(place: Village, platform: Platform) -> Slow:
    """That platform, from now on one that can be held back."""
    before = place.adapters[platform]
    made = Slow(platform, before.menu, before.world, before.capabilities)
    made.messages, made.people = before.messages, before.people
    place.app.adapters[platform] = made
    return made


def unsettled(place: Village) -> MemoryAdapter:
    """A Telegram that shows a second try as a second message."""
    adapter = place.adapters[TELEGRAM]
    adapter.capabilities = replace(ONE_BY_ONE, settles=False)
    return adapter


async def owes(place: Village, to: Destination, *texts: str, **how: object) -> None:
    for text in texts:
        await owe(place, Message(Text(text)), to, **how)


def texts(adapter: MemoryAdapter) -> list[str]:
    return [message.text for message in adapter.messages]


async def states() -> list[State]:
    return [row.state for row in await OutboxMessage.all().order_by("id")]


# -- beside each other -------------------------------------------------------------------------


async def test_a_channel_that_waits_delays_neither_a_person_nor_another_channel(
    place: Village,
) -> None:
    slack = slow(place, Platform.SLACK)
    go_on = slack.slow("lent")
    await owes(place, slack.channel("lent"), "un", "deux")
    await place.app.begin(Platform.SLACK)
    await slack.until_waiting(1)
    await owes(place, place.person("Bob", "slack").account, "bonjour")
    await owes(place, slack.channel("vif"), "a", "b")
    await place.app.begin(Platform.SLACK)
    await until(lambda: len(slack.messages) == 3)
    assert sorted(texts(slack)) == ["a", "b", "bonjour"]
    go_on.set()
    await place.app.settle()
    assert [t for t in texts(slack) if t in {"un", "deux"}] == ["un", "deux"]
    assert await states() == [State.DONE] * 5


async def test_no_more_is_in_hand_than_there_are_lanes(place: Village) -> None:
    slack = slow(place, Platform.SLACK)
    names = [f"salon-{n}" for n in range(LANES + 20)]
    go_on = slack.slow(*names)
    for name in names:
        await owes(place, slack.channel(name), f"{name} 1", f"{name} 2")
    assert await place.app.begin(Platform.SLACK) == LANES
    await slack.until_waiting(LANES)
    assert await place.app.begin(Platform.SLACK) == 0
    assert await OutboxMessage.filter(state=State.CLAIMED).count() == LANES
    go_on.set()
    await place.app.settle()
    assert set(await states()) == {State.DONE}
    for name in names:
        assert [t for t in texts(slack) if t.startswith(f"{name} ")] == [f"{name} 1", f"{name} 2"]


@pytest.mark.parametrize("lanes", [1, 7, 70])
async def test_many_messages_keep_their_order_in_each_lane(place: Village, lanes: int) -> None:
    discord = place.adapters[Platform.DISCORD]
    for n in range(210):
        await owes(place, discord.channel(f"salon-{n % lanes}"), f"{n:03}")
    assert await place.app.deliver(Platform.DISCORD) == 210
    for lane in range(lanes):
        said = [m.text for m in discord.messages if m.channel.id == f"salon-{lane}"]
        assert said == [f"{n:03}" for n in range(210) if n % lanes == lane]


async def test_a_lease_is_renewed_for_as_long_as_the_platform_takes(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.delivering.RENEW", 0.01)
    slack = slow(place, Platform.SLACK)
    go_on = slack.slow("lent")
    await owes(place, slack.channel("lent"), "un")
    await place.app.begin(Platform.SLACK)
    await slack.until_waiting(1)
    place.clock.advance(minutes=5)
    expected = place.clock.now() + claims.LEASE
    async with asyncio.timeout(5):
        while (await OutboxMessage.get()).lease_until != expected:  # noqa: ASYNC110  same
            await asyncio.sleep(0)
    assert await place.app.begin(Platform.SLACK) == 0
    go_on.set()
    await place.app.settle()
    assert texts(slack) == ["un"]


async def test_a_clock_that_leaps_takes_nothing_out_of_our_own_hand(place: Village) -> None:
    telegram = slow(place, TELEGRAM)
    telegram.capabilities = replace(ONE_BY_ONE, settles=False)
    go_on = telegram.slow("lent")
    await owes(place, telegram.channel("lent"), "un")
    await place.app.begin(TELEGRAM)
    await telegram.until_waiting(1)
    place.clock.advance(hours=3)
    assert await place.app.begin(TELEGRAM) == 0
    go_on.set()
    await place.app.settle()
    assert (texts(telegram), await states()) == (["un"], [State.DONE])


# -- a doubt -----------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [Doubtful("no answer"), TimeoutError(), ValueError("bug")])
async def test_what_may_stand_is_not_sent_again_by_guess(
    place: Village, failure: Exception
) -> None:
    telegram = unsettled(place)
    telegram.failures = [failure]  # type: ignore[list-item]  # not all are DeliveryErrors
    bob = place.person("Bob", "telegram")
    await owes(place, bob.account, "un", "deux")
    await place.passes(hours=1)
    assert [m.text for m in bob.sees()] == ["deux"]
    assert await states() == [State.DOUBTFUL, State.DONE]


@pytest.mark.parametrize("failure", [Transient("refused"), RateLimited(3)])
async def test_what_was_surely_not_sent_is_sent_again(
    place: Village, failure: DeliveryError
) -> None:
    telegram = unsettled(place)
    telegram.failures = [failure]
    await owes(place, place.person("Bob", "telegram").account, "un", "deux")
    await place.passes(hours=1)
    assert texts(telegram) == ["un", "deux"]


async def test_where_the_platform_settles_it_a_doubt_is_tried_again(place: Village) -> None:
    slack = place.adapters[Platform.SLACK]
    slack.failures = [Doubtful("no answer")]
    await owes(place, place.person("Bob", "slack").account, "un")
    await place.passes(hours=1)
    assert (texts(slack), await states()) == (["un"], [State.DONE])


async def test_what_harms_nobody_when_shown_twice_is_sent_again(place: Village) -> None:
    telegram = unsettled(place)
    telegram.failures = [Doubtful("no answer")]
    await owes(place, telegram.channel("general"), "un", harmless=True)
    await place.passes(hours=1)
    assert texts(telegram) == ["un"]


async def test_what_a_process_had_begun_when_it_died_is_doubtful_and_the_rest_is_not(
    place: Village,
) -> None:
    telegram = unsettled(place)
    bob = place.person("Bob", "telegram")
    await owes(place, bob.account, "commencé")
    await owes(place, telegram.channel("entraide"), "en attente de son tour")
    left = place.clock.now() + claims.LEASE
    await OutboxMessage.all().update(state=State.CLAIMED, lease_until=left, tries=1)
    await OutboxMessage.filter(lane__contains="@").update(began_at=place.clock.now())
    await place.app.settle()
    assert not telegram.messages
    await place.passes(minutes=1)
    assert texts(telegram) == ["en attente de son tour"]
    assert await states() == [State.DOUBTFUL, State.DONE]


@pytest.mark.parametrize("begun", [False, True])
async def test_who_was_silent_longer_than_its_lease_neither_sends_nor_writes(
    place: Village,
    begun: bool,  # noqa: FBT001  a case
) -> None:
    """One process hangs with a row in hand; another takes it, and the first one wakes up."""
    telegram = slow(place, TELEGRAM)
    telegram.capabilities = replace(ONE_BY_ONE, settles=False)
    telegram.failures = [Transient("refused")]
    go_on = telegram.slow("entraide", begun=begun)
    await owes(place, telegram.channel("entraide"), "un")
    await place.app.begin(TELEGRAM)
    await telegram.until_waiting(1)
    await OutboxMessage.all().update(tries=2)
    go_on.set()
    await place.app.deliver(TELEGRAM)
    assert bool(telegram.failures) is not begun, "what had not begun is not sent"
    assert await states() == [State.CLAIMED]


# -- a stop ------------------------------------------------------------------------------------


async def test_a_stop_lets_end_what_was_begun_and_gives_the_rest_back(place: Village) -> None:
    telegram = slow(place, TELEGRAM)
    telegram.capabilities = replace(ONE_BY_ONE, settles=False)
    go_on = telegram.slow("commencé")
    await owes(place, telegram.channel("commencé"), "un", "deux")
    await place.app.begin(TELEGRAM)
    await telegram.until_waiting(1)
    stopping = asyncio.create_task(place.app.rest(5))
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert (texts(telegram), await states()) == (["un"], [State.DONE, State.DUE])
    await place.app.settle()
    assert texts(telegram) == ["un", "deux"]


@pytest.mark.parametrize(
    ("begins", "settles", "state"),
    [
        (True, False, State.DOUBTFUL),
        (True, True, State.DUE),
        (False, False, State.DUE),
    ],
)
async def test_a_stop_that_cannot_wait_leaves_in_doubt_only_what_was_begun(
    place: Village,
    begins: bool,  # noqa: FBT001  a parameter of the test
    settles: bool,  # noqa: FBT001  same
    state: State,
) -> None:
    telegram = slow(place, TELEGRAM)
    telegram.capabilities = replace(ONE_BY_ONE, settles=settles)
    telegram.slow("lent", begun=begins)
    await owes(place, telegram.channel("lent"), "un")
    await place.app.begin(TELEGRAM)
    await telegram.until_waiting(1)
    await place.app.rest(0.01)
    row = await OutboxMessage.get()
    assert (row.state, row.tries) == (state, 1 if state is State.DOUBTFUL else 0)
    assert not telegram.messages


async def test_a_stop_gives_back_also_what_was_just_taken(place: Village) -> None:
    telegram = place.adapters[TELEGRAM]
    await owes(place, telegram.channel("un"), "un")
    await owes(place, telegram.channel("deux"), "deux")
    deliveries = Deliveries(place.app.community, place.clock, telegram, place.app)
    assert await deliveries.begin() == 2  # taken, and not one step of it done
    await deliveries.stop(0)
    assert (texts(telegram), await states()) == ([], [State.DUE, State.DUE])
    assert await OutboxMessage.filter(tries=0).count() == 2
    await place.app.settle()
    assert sorted(texts(telegram)) == ["deux", "un"]


async def test_nothing_is_sent_after_a_stop_by_who_was_looking_for_more(place: Village) -> None:
    telegram = slow(place, TELEGRAM)
    telegram.slow("lent", begun=False)
    await owes(place, telegram.channel("vite"), "un")
    await place.app.deliver(TELEGRAM)
    await owes(place, telegram.channel("lent"), "deux")
    looking = asyncio.create_task(place.app.begin(TELEGRAM))
    await asyncio.sleep(0)  # it looks
    await place.app.rest(0)
    assert await states() == [State.DONE, State.DUE]
    await looking


async def test_what_another_process_delivered_meanwhile_stays_delivered(place: Village) -> None:
    telegram = slow(place, TELEGRAM)
    go_on = telegram.slow("lent")
    await owes(place, telegram.channel("lent"), "un")
    await place.app.begin(TELEGRAM)
    await telegram.until_waiting(1)
    # Our lease ran out while the machine slept, and whoever took the row over has sent it.
    await OutboxMessage.all().update(state=State.DONE, payload="", tries=2)
    telegram.failures.append(Transient("slept"))
    go_on.set()
    await place.app.deliver(TELEGRAM)
    assert (texts(telegram), await states()) == ([], [State.DONE])


# -- the world is re-read ----------------------------------------------------------------------


async def test_nothing_is_sent_to_who_left(place: Village) -> None:
    bob = place.person("Bob", "slack")
    await bob.runs("/aide")
    await owes(place, bob.account, "demain", at=place.clock.now() + timedelta(days=1))
    await MemberAccount.filter(user=bob.id).update(left_at=place.clock.now())
    before = len(bob.sees())
    await place.passes(days=2)
    row = await OutboxMessage.get()
    assert (row.state, row.problem, row.payload) == (State.SKIPPED, "left", "")
    assert len(bob.sees()) == before


async def test_nothing_is_sent_too_late(place: Village) -> None:
    bob = place.person("Bob", "slack")
    await owes(place, bob.account, "à midi", until=place.clock.now() + timedelta(hours=1))
    place.clock.advance(hours=2)
    await place.app.settle()
    row = await OutboxMessage.get()
    assert (row.state, row.problem) == (State.SKIPPED, "too late")
    assert not bob.sees()


async def test_a_guard_is_asked_just_before_sending(place: Village) -> None:
    bob = place.person("Bob", "slack")
    for argument in ("oui", "non"):
        await owes(place, bob.account, argument, guard=Action("open", argument))
    await owes(place, bob.account, "plus tard", guard=Action("of.an.older.version", "x"))
    handlers.CLOSED.add("non")
    await place.app.settle()
    assert [m.text for m in bob.sees()] == ["oui", "plus tard"]
    assert (await OutboxMessage.get(guarded="non")).problem == "no longer wanted"


async def test_a_guard_that_breaks_is_asked_again(place: Village) -> None:
    bob = place.person("Bob", "slack")
    handlers.BROKEN.append("once")
    await owes(place, bob.account, "oui", guard=Action("open", "broken"))
    await place.app.settle()
    await place.passes(minutes=1)
    assert [m.text for m in bob.sees()] == ["oui"]


async def test_what_is_owed_waits_while_the_platform_refuses_us(place: Village) -> None:
    bob = place.person("Bob", "telegram")
    place.adapters[Platform.TELEGRAM].failures = [Unauthorised("401", "the token is revoked")]
    await owes(place, bob.account, "un")
    await place.app.settle()
    assert not bob.sees()
    await place.passes(minutes=1)
    assert [m.text for m in bob.sees()] == ["un"]


# -- what is written of it ---------------------------------------------------------------------


async def test_the_log_ties_a_delivery_to_what_it_comes_from(
    place: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    place.adapters[Platform.SLACK].failures = [
        Transient("down"),
        Permanent("is_archived", "the channel is archived"),
    ]
    await owes(place, place.person("Bob", "slack").account, "un")
    await OutboxMessage.all().update(cause="discord:d42")
    await place.app.settle()
    await place.passes(minutes=1)
    lines = [line for line in capsys.readouterr().out.splitlines() if "row=" in line]
    assert [("cause=discord:d42" in line) for line in lines] == [True, True]


# -- how long to wait --------------------------------------------------------------------------


@given(st.integers(1, 10_000), st.floats(0, 86_400))
def test_a_wait_is_never_shorter_than_asked_nor_longer_than_a_quarter_of_an_hour(
    tries: int, asked: float
) -> None:
    assert wait_after(tries, RateLimited(asked)) == max(asked, SHORTEST_WAIT)
    assert SHORTEST_WAIT <= wait_after(tries, Transient("down")) <= LONGEST_WAIT


def test_what_failed_together_does_not_come_back_together() -> None:
    assert len({wait_after(8, Transient("down")) for _ in range(20)}) > 10
