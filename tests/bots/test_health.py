import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bots import health
from bots.health import Health
from bots.suite import Suite
from core.chat.adapter import Permanent, Transient
from core.chat.identity import Platform
from core.chat.messages import Message, Text
from core.engine import database
from core.members.handlers import routes
from core.members.rules import MembersSettings
from core.watch.rules import Pulses
from rituals.rules import RitualsSettings
from tests.village import Village, village

MODULES = [
    "core.engine.models",
    "core.members.models",
    "core.watch.models",
    "rituals.models",
]
DASHBOARD = Path(__file__).parents[2] / "config" / "grafana" / "amicale.json"


class Outside:
    """Somebody who asks over HTTP."""

    def __init__(self, session: ClientSession, place: Village, suite: Suite) -> None:
        self.place = place
        self.suite = suite
        self._session = session

    async def asks(self, path: str) -> tuple[int, str]:
        async with self._session.get(path) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    settings: dict[type, object] = {
        MembersSettings: MembersSettings(),
        RitualsSettings: RitualsSettings(programme=()),
        Pulses: Pulses(),
    }
    async with village(MODULES, [routes], settings) as place:
        for adapter in place.adapters.values():
            adapter.after = None
        suite = Suite(place.app, beats=False)
        seen = Health([suite])
        await suite.start()
        await suite.settle()
        address = await seen.open("127.0.0.1", 0)
        try:
            async with ClientSession(address) as session:
                yield Outside(session, place, suite)
        finally:
            await seen.close()
            await suite.stop()


async def test_a_suite_that_serves_says_so(outside: Outside) -> None:
    assert await outside.asks("/health/live") == (200, '{"live": true}\n')
    assert await outside.asks("/health/ready") == (200, '{"ready": true}\n')


async def test_everything_is_told_at_once_without_a_name_or_a_word(outside: Outside) -> None:
    bob = outside.place.person("Bob")
    await outside.place.app.scene().owe_in_private(Message(Text("un secret")), bob.account)
    outside.place.clock.advance(minutes=2)
    status, said = await outside.asks("/health")
    told = json.loads(said)
    [community] = told["communities"]
    assert status == 200
    assert (community["owed"], community["oldest_owed_seconds"]) == (1, 120.0)
    assert {name: about["up"] for name, about in community["platforms"].items()} == {
        "discord": True,
        "slack": True,
        "telegram": True,
    }
    assert "secret" not in said
    assert "Bob" not in said


async def test_a_platform_that_is_down_makes_it_not_ready(outside: Outside) -> None:
    await outside.suite.stop()
    adapter = outside.place.adapters[Platform.SLACK]
    adapter.start = _down  # type: ignore[method-assign,assignment]  # it is down
    await outside.suite.start()
    assert (await outside.asks("/health/ready"))[0] == 503
    assert (await outside.asks("/health/live"))[0] == 200


async def _down(_handle: object, **_: object) -> None:
    raise Transient("nobody answers")


async def test_a_database_that_is_gone_is_told_and_not_hidden(outside: Outside) -> None:
    await database.close()
    status, said = await outside.asks("/health")
    assert status == 503
    assert json.loads(said)["ready"] is False
    status, measured = await outside.asks("/metrics")
    assert status == 200
    assert "amicale_platform_up" in measured


async def test_a_database_that_hangs_keeps_nobody_waiting(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    async with asyncio.timeout(5), database.transaction():  # SQLite has one at a time
        status, said = await outside.asks("/health")
        assert (status, json.loads(said)["database"]) == (503, "TimeoutError")
        assert (await outside.asks("/metrics"))[0] == 200


async def test_every_metric_on_the_dashboard_is_measured(outside: Outside) -> None:
    adapter = outside.place.adapters[Platform.DISCORD]
    adapter.failures = [Permanent("50001", "no access")]
    bob = outside.place.person("Bob")
    await bob.joins()
    await outside.place.app.scene().owe_in_private(Message(Text("un")), bob.account)
    await outside.place.app.settle()
    _, measured = await outside.asks("/metrics")
    families = set(re.findall(r"^# TYPE (\S+)", measured, re.MULTILINE))
    shown = set(re.findall(r"\b(?:amicale|process)_\w+", DASHBOARD.read_text(encoding="utf-8")))
    known = families | {f"{family}_bucket" for family in families}
    assert shown - known - {"amicale_total"} == set()


async def test_what_could_not_be_delivered_is_counted(outside: Outside) -> None:
    outside.place.adapters[Platform.DISCORD].failures = [Permanent("50001", "no access")]
    bob = outside.place.person("Bob")
    await outside.place.app.scene().owe_in_private(Message(Text("un")), bob.account)
    await outside.suite.settle()
    _, measured = await outside.asks("/metrics")
    line = 'amicale_owed{community="essai",platform="discord",state="failed"} 1.0'
    assert line in measured.splitlines()
