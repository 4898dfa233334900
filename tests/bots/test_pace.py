"""The pace kept under any limits, on a clock that jumps to whatever is next."""

import asyncio
import selectors
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.pace import Answered, Limit, Pacer
from core.chat.adapter import RateLimited

T = TypeVar("T")
PLENTY = Limit(1000, 1)
MOMENT = 1e-6


class Jumping(selectors.DefaultSelector):
    """A selector that does not wait: the clock moves instead."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop on whose clock nothing takes time but what is waited for."""

    def __init__(self) -> None:
        self._jumping = Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def play(story: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(story)


@dataclass
class Street:
    """Channels somebody speaks in, and when each call left."""

    pacer: Pacer
    limits: tuple[Limit, ...] = ()
    left: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))

    async def says(
        self, channel: str, word: str, *, seconds: float = 0.0, ahead: bool = False
    ) -> None:
        async with self.pacer.turn(channel, *self.limits, ahead=ahead):
            self.left[channel].append((now(), word))
            await asyncio.sleep(seconds)

    async def is_refused(self, channel: str, retry_after: float, *, seconds: float = 0.0) -> None:
        async with self.pacer.turn(channel, *self.limits):
            await asyncio.sleep(seconds)
            raise RateLimited(retry_after)

    def words(self, channel: str) -> list[str]:
        return [word for _, word in self.left[channel]]

    def times(self, channel: str) -> list[float]:
        return [round(when, 3) for when, _ in self.left[channel]]


def now() -> float:
    return asyncio.get_running_loop().time()


def assert_kept(times: list[float], limit: Limit) -> None:
    """No window of that length holds more calls than the limit."""
    ordered = sorted(times)
    for first, after in zip(ordered, ordered[limit.calls :], strict=False):
        assert after - first >= limit.seconds - MOMENT


limits = st.builds(
    Limit, calls=st.integers(1, 5), seconds=st.floats(0.1, 60, allow_subnormal=False)
)
calls = st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 3), st.booleans()), max_size=25)


@given(overall=limits, channel=st.lists(limits, max_size=2, unique=True), said=calls)
@settings(max_examples=200, deadline=None)
def test_no_limit_is_ever_passed_and_everything_is_said(
    overall: Limit, channel: list[Limit], said: list[tuple[str, float, bool]]
) -> None:
    street = Street(Pacer(overall), tuple(channel))

    async def story() -> None:
        turns = [street.says(where, "", seconds=s, ahead=a) for where, s, a in said]
        await asyncio.gather(*turns)

    play(story())
    assert sum(len(left) for left in street.left.values()) == len(said)
    assert_kept([when for left in street.left.values() for when, _ in left], overall)
    for left in street.left.values():
        for limit in channel:
            assert_kept([when for when, _ in left], limit)


def test_a_permit_comes_back_one_window_after_the_answer() -> None:
    street = Street(Pacer(PLENTY), (Limit(1, 1),))

    async def story() -> None:
        await asyncio.gather(*(street.says("a", str(n), seconds=0.25) for n in range(3)))

    play(story())
    assert street.times("a") == [0.0, 1.25, 2.5]


def test_a_channel_is_spoken_in_in_the_order_that_was_asked() -> None:
    street = Street(Pacer(Limit(3, 1)), (Limit(2, 1),))
    words = [str(n) for n in range(9)]

    async def story() -> None:
        await asyncio.gather(*(street.says("a", word) for word in words))

    play(story())
    assert street.words("a") == words


def test_one_channels_backlog_holds_nobody_else() -> None:
    street = Street(Pacer(PLENTY), (Limit(1, 60),))

    async def story() -> None:
        await asyncio.gather(*(street.says("a", str(n)) for n in range(5)), street.says("b", "moi"))

    play(story())
    assert street.times("b") == [0.0]


def test_an_answer_goes_before_what_is_owed_in_its_channel_and_everywhere() -> None:
    street = Street(Pacer(Limit(1, 1)), (Limit(1, 1),))

    async def story() -> None:
        owed = [street.says(where, "owed") for where in "aaabbb"]
        async with asyncio.TaskGroup() as group:
            for turn in owed:
                group.create_task(turn)
            await asyncio.sleep(0.5)
            group.create_task(street.says("a", "answer", ahead=True))
            group.create_task(street.says("c", "answer", ahead=True))

    play(story())
    assert street.words("a").index("answer") == 1
    assert street.times("c")[0] <= 2


def test_a_channel_that_is_told_to_wait_waits_and_the_others_do_not() -> None:
    street = Street(Pacer(PLENTY), (Limit(5, 1),))

    async def story() -> None:
        with pytest.raises(RateLimited):
            await street.is_refused("a", 30)
        later = [street.says("a", str(n)) for n in range(3)]
        await asyncio.gather(*later, street.says("b", "moi"))

    play(story())
    assert street.times("a") == [30.0, 30.0, 30.0]
    assert street.words("a") == ["0", "1", "2"]
    assert street.times("b") == [0.0]


def test_a_longer_wait_that_is_told_meanwhile_counts() -> None:
    street = Street(Pacer(PLENTY), (Limit(5, 1),))

    async def told(after: float, retry_after: float) -> None:
        with pytest.raises(RateLimited):
            await street.is_refused("a", retry_after, seconds=after)

    async def story() -> None:
        both = asyncio.gather(told(0, 10), told(5, 20))
        await asyncio.sleep(1)
        await street.says("a", "enfin")
        await both

    play(story())
    assert street.times("a") == [25.0]


@pytest.mark.parametrize("when", [0.5, 1.0 - 5e-10, 1.0])
def test_who_gives_up_keeps_no_permit(when: float) -> None:
    """Long before their turn, in the same round just before the permit, and just after it."""
    street = Street(Pacer(PLENTY), (Limit(1, 1),))

    async def story() -> None:
        await street.says("a", "un")
        impatient = asyncio.create_task(street.says("a", "jamais"))
        patient = asyncio.create_task(street.says("a", "deux"))
        loop = asyncio.get_running_loop()
        loop.call_at(when, impatient.cancel)
        await asyncio.wait({impatient, patient})
        assert impatient.cancelled()
        await street.says("a", "trois")

    play(story())
    assert street.words("a") == ["un", "deux", "trois"]
    assert street.times("a") == [0.0, 1.0, 2.0]


def test_two_limits_of_one_channel_are_both_kept_from_the_first_word_on() -> None:
    street = Street(Pacer(PLENTY), (Limit(1, 1), Limit(3, 60)))

    async def story() -> None:
        for word in "1234":
            await street.says("a", word)

    play(story())
    assert street.times("a") == [0.0, 1.0, 2.0, 60.0]


def test_an_answer_counts_from_when_it_came() -> None:
    street = Street(Pacer(PLENTY), (Limit(1, 10),))

    async def story() -> None:
        answer = Answered()
        async with street.pacer.turn("a", *street.limits, answer=answer):
            await asyncio.sleep(1)
            answer.now()
            await asyncio.sleep(4)  # a library that is in no hurry to say so
        await street.says("a", "au plus tôt")

    play(story())
    assert street.times("a") == [11.0]


def test_channels_at_rest_are_forgotten() -> None:
    street = Street(Pacer(PLENTY), (Limit(1, 1),))

    async def story() -> int:
        for number in range(500):
            await street.says(str(number), "bonjour")
            await asyncio.sleep(0.1)
        return len(street.pacer._channels)

    assert play(story()) <= 12
