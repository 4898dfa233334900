from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bots.sandbox.memory import ONE_BY_ONE
from core.chat.identity import Platform
from core.engine.help import help_routes
from core.engine.routes import Routes
from core.engine.scene import Scene
from core.members.handlers import routes as members
from core.members.rules import MembersSettings
from core.watch.handlers import routes as watch
from core.watch.rules import Pulses
from tests.village import Village, village

MODULES = ["core.engine.models", "core.members.models", "core.watch.models"]
BROKEN: list[str] = []
trying = Routes("essai")


@trying.job("work", max_delay=timedelta(hours=3))
async def work(_scene: Scene, _key: str) -> None:
    """Work that fails where a test says so."""
    if BROKEN:
        raise RuntimeError(BROKEN.pop())


ROOMS = [members, watch, trying]


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    """A village whose Telegram settles nothing, awake for a minute."""
    BROKEN.clear()
    settings: dict[type, object] = {MembersSettings: MembersSettings(), Pulses: Pulses()}
    rooms = [*ROOMS, help_routes(Routes.of(ROOMS))]
    async with village(MODULES, rooms, settings) as made:
        telegram = made.adapters[Platform.TELEGRAM]
        telegram.capabilities = replace(ONE_BY_ONE, settles=False)
        await made.passes(minutes=1)
        yield made
