import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest

from bots import suite as suites
from bots.sandbox.memory import MemoryAdapter
from bots.sandbox.memory_people import MemoryPerson
from bots.suite import Suite
from core.chat.adapter import Handle, Permanent, Transient
from core.chat.events import MemberJoined, MessagePosted
from core.chat.identity import Destination, MessageRef, Platform
from core.chat.messages import Message, Text
from core.engine.app import App
from core.engine.models import SeenDelivery
from core.members.handlers import routes
from core.members.rules import MembersSettings
from core.watch.rules import Pulses
from rituals.rules import RitualsSettings
from tests.village import Village, seen, village

MODULES = [
    "core.engine.models",
    "core.members.models",
    "core.watch.models",
    "rituals.models",
]


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    settings: dict[type, object] = {
        MembersSettings: MembersSettings(),
        RitualsSettings: RitualsSettings(programme=()),
        Pulses: Pulses(),
    }
    async with village(MODULES, [routes], settings) as made:
        for adapter in made.adapters.values():
            adapter.after = None
            await adapter.stop()
        yield made


def listening(app: App) -> list[Platform]:
    """The doubles that still hand over events."""
    return [p for p, a in app.adapters.items() if getattr(a, "_handle", None)]


async def until(condition: Callable[[], object], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  nobody announces it
            await asyncio.sleep(0.01)


async def test_the_heart_beats_in_the_loop_and_what_is_owed_is_delivered(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "HEARTBEAT", 0.05)
    threads: set[int] = set()
    wake = Suite.wake

    def noted(self: Suite) -> None:
        threads.add(threading.get_ident())
        wake(self)

    monkeypatch.setattr(Suite, "wake", noted)
    suite = Suite(place.app)
    await suite.start()
    try:
        bob = place.person("Bob")
        await asyncio.sleep(0.2)
        await place.app.scene().owe_in_private(Message(Text("un")), bob.account)
        await until(lambda: seen(bob, "un"))
    finally:
        await suite.stop()
    assert threads == {threading.get_ident()}
    assert listening(place.app) == []


async def test_a_refusal_closes_the_platforms_that_were_up(place: Village) -> None:
    async def refuses(_handle: Handle, **_: object) -> None:
        raise Permanent("401", "wrong token")

    place.adapters[Platform.SLACK].start = refuses  # type: ignore[method-assign,assignment]  # a wrong token
    suite = Suite(place.app)
    with pytest.raises(Permanent, match="wrong token"):
        await suite.start()
    assert listening(place.app) == []
    assert not suite.up


async def test_a_start_that_is_interrupted_closes_what_was_open(place: Village) -> None:
    async def endless(_handle: Handle, **_: object) -> None:
        await asyncio.Event().wait()

    place.adapters[Platform.SLACK].start = endless  # type: ignore[method-assign,assignment]  # it hangs
    starting = asyncio.create_task(Suite(place.app).start())
    await until(lambda: len(listening(place.app)) == 2)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert listening(place.app) == []


async def test_a_platform_that_comes_back_is_served(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "AGAIN", 0.01)
    slack = place.adapters[Platform.SLACK]
    comes, failures = slack.start, [Transient("down"), Transient("down"), ValueError("a bug")]
    back = asyncio.Event()

    async def starts(handle: Handle, **_: object) -> None:
        if failures:
            raise failures.pop(0)
        await back.wait()
        await comes(handle)

    slack.start = starts  # type: ignore[method-assign]  # down at first
    suite = Suite(place.app)
    await suite.start()
    try:
        assert Platform.SLACK not in suite.up
        back.set()
        await until(lambda: Platform.SLACK in suite.up)
    finally:
        await suite.stop()


async def test_a_platform_that_is_down_does_not_delay_the_end(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "AGAIN", 30)

    async def down(_handle: Handle, **_: object) -> None:
        raise Transient("down")

    place.adapters[Platform.SLACK].start = down  # type: ignore[method-assign,assignment]  # it is down
    suite = Suite(place.app)
    await suite.start()
    began = time.monotonic()
    await suite.stop()
    assert time.monotonic() - began < 1


async def test_what_hangs_or_breaks_does_not_keep_the_suite_from_stopping(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "GRACE", 0.2)
    monkeypatch.setattr(suites, "CLOSING", 0.2)
    sending = asyncio.Event()

    async def hangs(_message: Message, _to: Destination, *, key: str) -> MessageRef:
        sending.set()
        await asyncio.Event().wait()
        raise AssertionError(key)

    async def breaks() -> None:
        raise OSError("gone")

    async def endless() -> None:
        await asyncio.Event().wait()

    place.adapters[Platform.DISCORD].send = hangs  # type: ignore[method-assign,assignment]  # it hangs
    place.adapters[Platform.DISCORD].stop = breaks  # type: ignore[method-assign]  # it breaks
    place.adapters[Platform.SLACK].stop = endless  # type: ignore[method-assign]  # it hangs
    suite = Suite(place.app)
    await suite.start()
    await place.app.scene().owe_in_private(Message(Text("un")), place.person("Bob").account)
    suite.wake()
    await asyncio.wait_for(sending.wait(), 5)
    async with asyncio.timeout(5):
        await suite.stop()
    assert not suite.up
    assert Platform.TELEGRAM not in listening(place.app)


async def test_a_suite_that_was_stopped_can_be_started_again(place: Village) -> None:
    suite = Suite(place.app, beats=False)
    bob = place.person("Bob")
    for text in ("un", "deux"):
        await suite.start()
        await place.app.scene().owe_in_private(Message(Text(text)), bob.account)
        suite.wake()
        await until(lambda: seen(bob, text))  # noqa: B023  awaited at once
        await suite.stop()


async def test_what_was_said_while_we_were_away_is_read_before_what_is_said_now(
    place: Village,
) -> None:
    suite = Suite(place.app, beats=False)
    bob, slack = place.person("Bob", "slack"), place.adapters[Platform.SLACK]
    await suite.start()
    await suite.settle()
    assert place.app.behind == frozenset()
    await suite.stop()
    place.clock.advance(hours=3)
    slack.missed = [MemberJoined(**_facts(place, bob, "earlier"))]
    await suite.start()
    await slack.hand_over(MessagePosted(**_facts(place, bob, "now"), message=_ref(slack), text="?"))
    await suite.settle()
    try:
        seen_first = await SeenDelivery.all().order_by("id").values_list("key", flat=True)
    finally:
        await suite.stop()
    assert [str(key).rpartition(":")[2] for key in seen_first] == ["earlier", "now"]


async def test_a_session_that_could_not_resume_is_read_again(place: Village) -> None:
    suite = Suite(place.app, beats=False)
    bob, discord = place.person("Bob"), place.adapters[Platform.DISCORD]
    await suite.start()
    await suite.settle()
    try:
        discord.missed = [MemberJoined(**_facts(place, bob, "missed"))]
        discord.tell_of_a_gap()
        await suite.settle()
        assert await SeenDelivery.exists(key__endswith="missed")
    finally:
        await suite.stop()


async def test_sessions_lost_one_after_the_other_are_not_each_read(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "LONGEST_REST", 0.3)
    discord, readings = place.adapters[Platform.DISCORD], 0

    async def slow(_since: datetime) -> AsyncIterator[MemberJoined]:
        nonlocal readings
        readings += 1
        nobody: list[MemberJoined] = []
        for event in nobody:
            yield event
        await asyncio.sleep(0.1)

    discord.history = slow  # type: ignore[method-assign,assignment]  # it takes its time
    suite = Suite(place.app, beats=False)
    await suite.start()
    await suite.settle()
    try:
        for _ in range(20):
            discord.tell_of_a_gap()
            await asyncio.sleep(0.03)
        assert readings <= 3
        assert Platform.DISCORD in place.app.behind, "the mark stays until it is read"
        await suite.settle()
        assert place.app.behind == frozenset()
    finally:
        await suite.stop()


async def test_a_database_that_hangs_does_not_keep_the_suite_from_stopping(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GRACE", "YIELDING", "CLOSING"):
        monkeypatch.setattr(suites, name, 0.1)
    hanging = asyncio.Event()

    async def hangs(_seconds: float) -> None:
        while True:
            try:
                await hanging.wait()
            except asyncio.CancelledError:
                await hanging.wait()

    monkeypatch.setattr(App, "rest", lambda _app, seconds: hangs(seconds))
    suite = Suite(place.app, beats=False)
    await suite.start()
    async with asyncio.timeout(3):
        await suite.stop()
    assert listening(place.app) == []


async def test_how_each_platform_is_can_be_told(place: Village) -> None:
    async def down(_handle: Handle, **_: object) -> None:
        raise Transient("nobody answers")

    place.adapters[Platform.SLACK].start = down  # type: ignore[method-assign,assignment]  # it is down
    suite = Suite(place.app)
    await suite.start()
    try:
        told = {p: (pulse.up, pulse.reason) for p, pulse in suite.pulses.items()}
    finally:
        await suite.stop()
    assert told == {
        Platform.DISCORD: (True, ""),
        Platform.SLACK: (False, "nobody answers"),
        Platform.TELEGRAM: (True, ""),
    }


async def test_a_platform_that_is_lost_is_not_up_until_it_is_back(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "HEARTBEAT", 0.05)
    suite = Suite(place.app)
    await suite.start()
    try:
        place.adapters[Platform.SLACK].ailing = "the socket is cut"
        await until(lambda: Platform.SLACK not in suite.up)
        assert suite.pulses[Platform.SLACK].reason == "the socket is cut"
        place.adapters[Platform.SLACK].ailing = ""
        await until(lambda: suite.up == suite.wanted)
    finally:
        await suite.stop()


def _facts(place: Village, person: MemoryPerson, delivery: str) -> dict[str, Any]:
    home = person.account.home
    return {
        "delivery_id": delivery,
        "at": place.clock.now(),
        "workspace": home,
        "account": person.account,
    }


def _ref(adapter: MemoryAdapter) -> MessageRef:
    return MessageRef(adapter.channel("help"), adapter.next_id())
