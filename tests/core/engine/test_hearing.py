"""The mark of each workspace: all before it is recorded, what comes after is read again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.chat.adapter import Transient
from core.chat.events import Event, MemberJoined
from core.chat.identity import Platform
from core.chat.messages import Reply
from core.engine.app import App
from core.engine.hearing import ELSEWHERE
from core.engine.models import Heard, SeenDelivery
from tests.core.engine.handlers import BROKEN, DONE, NOTED
from tests.core.engine.test_app import about
from tests.core.engine.test_intake import PATIENCE, all_of, runs, says
from tests.village import Village

DISCORD = Platform.DISCORD


async def mark(place: Village, platform: Platform = DISCORD) -> datetime | None:
    return await place.app.heard(place.adapters[platform].workspace)


async def catches_up(place: Village, platform: Platform = DISCORD) -> int:
    async with asyncio.timeout(PATIENCE):
        return await place.app.catch_up(platform)


class Slow:
    """A history that waits half-way."""

    def __init__(self, *events: Event, failure: Exception | None = None) -> None:
        self.events = events
        self.failure = failure
        self.began = asyncio.Event()
        self.goes_on = asyncio.Event()

    async def __call__(self, _since: datetime) -> AsyncIterator[Event]:
        for event in self.events:
            yield event
        self.began.set()
        await self.goes_on.wait()
        if self.failure is not None:
            raise self.failure


async def test_nothing_is_read_the_first_time(place: Village) -> None:
    place.adapters[DISCORD].missed = [says(place.person("Alice"), "avant")]
    assert await mark(place) is None
    assert place.app.behind == frozenset(Platform)
    assert await catches_up(place) == 0
    assert await mark(place) == place.clock.now()
    assert place.app.behind == {Platform.SLACK, Platform.TELEGRAM}
    assert NOTED == []


async def test_what_was_before_us_is_never_read(place: Village) -> None:
    await catches_up(place)
    asked: list[datetime] = []

    async def history(since: datetime) -> AsyncIterator[Event]:
        asked.append(since)
        nothing: list[Event] = []
        for event in nothing:
            yield event

    began = place.clock.now()
    place.adapters[DISCORD].history = history  # type: ignore[method-assign]
    for minutes in (1, 20):
        place.clock.advance(minutes=minutes)
        await catches_up(place)
    place.clock.advance(minutes=1)
    await catches_up(place)
    assert asked == [began, began, began + timedelta(minutes=11)]


async def test_the_mark_moves_with_what_is_heard_and_only_there(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.hearing.EVERY", 3600)
    await all_of(place, says(place.person("Alice"), "bonjour"))
    for platform in (DISCORD, Platform.SLACK):
        await catches_up(place, platform)
    began = place.clock.now()
    place.clock.advance(minutes=3)
    await all_of(place, says(place.person("Alice"), "mot"))
    assert await mark(place) == began, "not with every word"
    await place.app.drain()
    assert await mark(place) == place.clock.now()
    assert await mark(place, Platform.SLACK) == began
    assert await Heard.all().count() == 2


async def test_the_mark_stays_while_the_history_since_it_is_not_read(place: Village) -> None:
    await catches_up(place)
    began = place.clock.now()
    place.clock.advance(hours=1)
    place.adapters[DISCORD].history = Slow(failure=Transient("502"))  # type: ignore[method-assign,assignment]  # half a history
    place.adapters[DISCORD].history.goes_on.set()  # type: ignore[attr-defined]  # it fails at once
    assert await catches_up(place) == 0
    await all_of(place, says(place.person("Alice"), "mot"))
    await place.app.drain()
    assert await mark(place) == began
    assert DISCORD in place.app.behind


async def test_what_was_missed_is_recorded_in_its_order_and_once(place: Village) -> None:
    await catches_up(place)
    alice, bob = place.person("Alice"), place.person("Bob")
    heard = says(alice, "entendu")
    await all_of(place, heard)
    came = MemberJoined(**about(bob))  # type: ignore[arg-type]  # the common fields
    missed = [heard, says(alice, "un"), came, says(bob, "deux"), says(alice, "trois")]
    started = place.clock.now()
    place.adapters[DISCORD].missed = [
        replace(event, at=started + timedelta(minutes=n)) for n, event in enumerate(missed)
    ]
    place.clock.advance(hours=1)
    assert await catches_up(place) == 4
    assert [said for group in NOTED[1:] for said in group] == [
        "Alice un",
        "Bob deux",
        "Alice trois",
    ]
    assert await mark(place) == place.clock.now()
    assert await catches_up(place) == 0
    keys = await SeenDelivery.all().order_by("id").values_list("key", flat=True)
    order = [str(key).rsplit(":", 1)[1] for key in keys]
    assert order == [event.delivery_id for event in missed]


async def test_only_so_far_back_is_read(place: Village) -> None:
    await catches_up(place)
    alice = place.person("Alice")
    old = says(alice, "vieux")
    place.clock.advance(days=40)
    recent = replace(says(alice, "récent"), at=place.clock.now() - timedelta(days=29))
    place.adapters[DISCORD].missed = [old, recent]
    assert await catches_up(place) == 1
    assert NOTED == [["Alice récent"]]


async def test_a_long_history_comes_in_groups(place: Village) -> None:
    await catches_up(place)
    alice = place.person("Alice")
    place.adapters[DISCORD].missed = [says(alice, f"mot {n}") for n in range(300)]
    assert await catches_up(place) == 300
    assert [said for group in NOTED for said in group] == [f"Alice mot {n}" for n in range(300)]
    assert len(NOTED) < 10


async def test_what_happens_now_waits_behind_the_history_but_not_who_asks(place: Village) -> None:
    await catches_up(place)
    alice, bob = place.person("Alice"), place.person("Bob", "slack")
    history = Slow(says(alice, "avant"))
    place.adapters[DISCORD].history = history  # type: ignore[method-assign,assignment]  # a slow history
    reading = asyncio.create_task(place.app.catch_up(DISCORD))
    await history.began.wait()
    now = [says(alice, "maintenant"), MemberJoined(**about(place.person("Chloé")))]  # type: ignore[arg-type]  # the common fields
    waiting = [asyncio.create_task(place.app.handle(event)) for event in now]
    async with asyncio.timeout(PATIENCE):
        assert isinstance(await place.app.handle(runs(alice, "aide")), Reply)
        await place.app.handle(says(bob, "ailleurs"))
        assert [said for group in NOTED for said in group] == ["Alice avant", "Bob ailleurs"]
        assert not any(task.done() for task in waiting)
        history.goes_on.set()
        assert await reading == 1
        await asyncio.gather(*waiting)
    assert NOTED[-1] == ["Alice maintenant"]


async def test_nothing_falls_due_while_a_history_is_read(place: Village) -> None:
    await catches_up(place)
    await place.app.scene().later("work", "x", place.clock.now())
    history = Slow()
    place.adapters[DISCORD].history = history  # type: ignore[method-assign,assignment]  # same
    reading = asyncio.create_task(place.app.catch_up(DISCORD))
    await history.began.wait()
    assert await place.app.work() == 0
    assert await place.app.plan() == ()
    assert DONE == []
    history.goes_on.set()
    await reading
    assert await place.app.work() == 1
    assert DONE == ["x"]


async def test_nothing_falls_due_in_a_worker_while_a_gateway_reads_a_history(
    place: Village,
) -> None:
    await catches_up(place)
    await place.app.scene().later("work", "x", place.clock.now())
    gateway = place.app
    worker = App(gateway.community, gateway.routes, gateway.texts, place.clock, gateway.directory)
    history = Slow()
    place.adapters[DISCORD].history = history  # type: ignore[method-assign,assignment]  # same
    reading = asyncio.create_task(gateway.catch_up(DISCORD))
    await history.began.wait()
    assert await worker.plan() == ()
    history.goes_on.set()
    await reading
    assert len(await worker.plan()) == 1


async def test_a_gateway_that_died_while_it_read_holds_a_worker_up_for_minutes_only(
    place: Village,
) -> None:
    await catches_up(place)
    await place.app.scene().later("work", "x", place.clock.now())
    await Heard.all().update(reading=place.clock.now() + ELSEWHERE)
    assert await place.app.plan() == ()
    place.clock.advance(minutes=2)
    assert len(await place.app.plan()) == 1


async def test_what_happens_now_does_not_wait_for_ever(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.hearing.PATIENCE", 0.05)
    monkeypatch.setattr("core.engine.hearing.LONGEST", 0.05)
    await catches_up(place)
    history = Slow()
    place.adapters[DISCORD].history = history  # type: ignore[method-assign,assignment]  # same
    reading = asyncio.create_task(place.app.catch_up(DISCORD))
    await history.began.wait()
    await place.app.scene().later("work", "x", place.clock.now())
    await all_of(place, says(place.person("Alice"), "mot"))
    assert NOTED == [["Alice mot"]]
    assert await place.app.work() == 1
    history.goes_on.set()
    await reading


async def test_what_was_missed_while_it_was_read_is_read_again(place: Village) -> None:
    await catches_up(place)
    history, again = Slow(), Slow()
    place.adapters[DISCORD].history = history  # type: ignore[method-assign,assignment]  # same
    first = asyncio.create_task(place.app.catch_up(DISCORD))
    await history.began.wait()
    began = await mark(place)
    place.clock.advance(minutes=1)
    place.adapters[DISCORD].history = again  # type: ignore[method-assign,assignment]  # same
    second = asyncio.create_task(place.app.catch_up(DISCORD))
    await asyncio.sleep(0)  # it is asked for
    history.goes_on.set()
    await first
    await again.began.wait()
    assert await mark(place) == began
    again.goes_on.set()
    await second
    assert await mark(place) == place.clock.now()


async def test_where_there_is_no_history_the_mark_moves_all_the_same(place: Village) -> None:
    telegram = place.adapters[Platform.TELEGRAM]
    telegram.capabilities = replace(telegram.capabilities, remembers=False)
    telegram.missed = [says(place.person("Alice", "telegram"), "mot")]
    for _ in range(2):
        place.clock.advance(minutes=1)
        assert await catches_up(place, Platform.TELEGRAM) == 0
    assert await mark(place, Platform.TELEGRAM) == place.clock.now()
    assert NOTED == []
    assert BROKEN == []
