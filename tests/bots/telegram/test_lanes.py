"""Who waits for whom, and what happens to work that cannot be done."""

import asyncio

from bots.telegram.lanes import MOST, Lanes, Then, Work, taken
from core.chat.adapter import Untaken


def nothing_else() -> tuple[str, ...]:
    return ()


class Diary:
    """Work that writes down when it is done, and may have to wait for a word first."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.word = asyncio.Event()

    def writes(self, name: str, *, waits: bool = False) -> Work:
        async def work() -> None:
            if waits:
                await self.word.wait()
            self.done.append(name)

        return work


async def test_work_that_fails_holds_nobody_up() -> None:
    lanes, diary = Lanes(), Diary()

    async def broken() -> None:
        raise RuntimeError("the work broke")

    async def answered() -> Then:
        diary.done.append("handled")
        return broken

    for work in (broken, answered, diary.writes("next")):
        assert await lanes.enter("501", work)
    await lanes.drain(1)
    assert diary.done == ["handled", "next"]


async def test_work_given_up_at_the_stop_is_not_taken_nor_is_what_follows_it() -> None:
    lanes, diary = Lanes(), Diary()
    tasks = [lanes.enter("501", diary.writes(name, waits=True)) for name in ("un", "deux")]
    await lanes.drain(0.05)
    assert [taken(task) for task in tasks] == [False, False]
    assert diary.done == []


async def test_what_cannot_be_taken_keeps_what_follows_it_from_being_taken() -> None:
    lanes, diary = Lanes(), Diary()

    async def untaken() -> None:
        raise Untaken

    tasks = [lanes.enter("501", work) for work in (untaken, diary.writes("deux"))]
    tasks.append(lanes.enter("502", diary.writes("autre")))
    await lanes.drain(1)
    assert [taken(task) for task in tasks] == [False, False, True]


async def test_a_lane_is_done_in_order_and_the_others_go_on() -> None:
    lanes, diary = Lanes(), Diary()
    lanes.enter("501", diary.writes("lent", waits=True))
    lanes.enter("501", diary.writes("ensuite"))
    await lanes.enter("502", diary.writes("autre"))
    assert diary.done == ["autre"]
    diary.word.set()
    await lanes.drain(1)
    assert diary.done == ["autre", "lent", "ensuite"]


async def test_a_crowd_is_all_in_hand_at_once_in_the_order_it_came() -> None:
    lanes, diary = Lanes(), Diary()
    began: list[str] = []

    def counts(name: str) -> Work:
        async def work() -> None:
            began.append(name)
            await diary.word.wait()

        return work

    for name in ("un", "deux", "trois"):
        lanes.count("501", nothing_else, counts(name))
    await asyncio.sleep(0)
    assert began == ["un", "deux", "trois"]
    diary.word.set()
    await lanes.drain(1)


async def test_a_fact_waits_for_who_came_in_and_for_what_it_answers() -> None:
    lanes, diary = Lanes(), Diary()
    lanes.enter("501", diary.writes("arrivée", waits=True))
    lanes.count("501", lambda: ("m1",), diary.writes("message"))
    lanes.count("502", lambda: ("m1",), diary.writes("réaction au message"))
    lanes.count("503", lambda: ("m2",), diary.writes("ailleurs"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert diary.done == ["ailleurs"]
    diary.word.set()
    await lanes.drain(1)
    assert diary.done == ["ailleurs", "arrivée", "message", "réaction au message"]


async def test_a_command_waits_for_what_the_same_person_said_before() -> None:
    lanes, diary = Lanes(), Diary()
    lanes.count("501", nothing_else, diary.writes("message", waits=True))
    lanes.enter("501", diary.writes("commande"))
    lanes.enter("502", diary.writes("autre"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert diary.done == ["autre"]
    diary.word.set()
    await lanes.drain(1)
    assert diary.done == ["autre", "message", "commande"]


async def test_while_one_fact_is_stuck_no_later_one_passes_it() -> None:
    lanes, diary = Lanes(), Diary()

    async def stuck() -> None:
        lanes.stuck()
        await diary.writes("bloqué", waits=True)()

    lanes.count("501", nothing_else, stuck)
    await asyncio.sleep(0)
    lanes.count("502", nothing_else, diary.writes("plus tard"))
    lanes.enter("503", diary.writes("commande"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert diary.done == ["commande"]
    diary.word.set()
    await lanes.drain(1)
    assert diary.done == ["commande", "bloqué", "plus tard"]


async def test_no_more_is_taken_than_there_is_room_for() -> None:
    lanes, diary = Lanes(), Diary()
    await lanes.room()
    for _ in range(MOST):
        lanes.count("501", nothing_else, diary.writes("un", waits=True))
    waiting = asyncio.create_task(lanes.room())
    done, _ = await asyncio.wait({waiting}, timeout=0.05)
    assert not done
    diary.word.set()
    await asyncio.wait_for(waiting, 5)
    await lanes.drain(1)
