"""Discord's limits are kept without one refusal, and hold up nobody who waits."""

import asyncio
import time
from dataclasses import replace

import pytest

from bots.discord.adapter import DiscordAdapter
from bots.discord.settings import CHANNEL, OVERALL
from bots.pace import Limit
from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.people import World
from core.chat.adapter import Adapter
from core.chat.identity import Channel, Platform
from core.chat.messages import Message, Text
from tests.bots.discord.stage import SmallMenu, Stage, account, settings

pytestmark = pytest.mark.e2e

SCALE = 25
CHANNELS, EACH = 12, 20


class Paced(Stage):
    """A stage whose stand-in enforces the limits, and whose adapter knows how much faster."""

    def __init__(self, sandbox: DiscordSandbox, world: World) -> None:
        super().__init__(sandbox, world)
        faster = [Limit(limit.calls, limit.seconds / SCALE) for limit in (CHANNEL, OVERALL)]
        scaled = replace(settings(sandbox), channel_limit=faster[0], overall_limit=faster[1])
        self.adapter = DiscordAdapter(scaled, SmallMenu(), now=world.now)


async def _post(adapter: Adapter, channel: Channel) -> None:
    for number in range(EACH):
        await adapter.send(Message(Text(f"n° {number}")), channel, key=f"{channel.id}:{number}")


async def test_a_flood_keeps_the_limits_and_holds_up_no_answer() -> None:
    world = World()
    sandbox = DiscordSandbox(world, limits=True, scale=SCALE)
    await sandbox.start()
    stage = Paced(sandbox, world)
    await stage.adapter.start(stage.core.handle)
    try:
        lea = await stage.member("Léa")
        ids = [sandbox.open_channel(f"salon-{number}") for number in range(CHANNELS)]
        channels = [Channel(Platform.DISCORD, sandbox.guild_id, id_) for id_ in ids]
        began = time.monotonic()
        flood = [asyncio.create_task(_post(stage.adapter, channel)) for channel in channels]
        await lea.runs("/moi", channel="entraide")
        assert await stage.until(lambda: lea.answered is True, seconds=1)
        await stage.adapter.send(
            Message(Text("Pour vous")), account(lea, sandbox), key="one of its own"
        )
        assert not any(task.done() for task in flood)
        await asyncio.gather(*flood)
        took = time.monotonic() - began
        windows = (EACH - 1) // CHANNEL.calls
        assert took >= windows * CHANNEL.seconds / SCALE
        shown = [(m.channel, m.text) for m in sandbox.transcript() if m.channel.startswith("salon")]
        for number in range(CHANNELS):
            said = [text for channel, text in shown if channel == f"salon-{number}"]
            assert said == [f"n° {n}" for n in range(EACH)]
        assert sandbox.refused == 0
    finally:
        await stage.adapter.stop()
        await sandbox.stop()
    assert sandbox.complaints() == ()


async def test_the_stand_in_refuses_whoever_keeps_no_pace() -> None:
    world = World()
    sandbox = DiscordSandbox(world, limits=True, scale=SCALE)
    await sandbox.start()
    stage = Stage(sandbox, world)
    free = replace(settings(sandbox), channel_limit=Limit(1000, 0.01))
    adapter = DiscordAdapter(free, SmallMenu())
    await adapter.start(stage.core.handle)
    try:
        channel = Channel(Platform.DISCORD, sandbox.guild_id, sandbox.open_channel("salon"))
        sends = [
            adapter.send(Message(Text(str(number))), channel, key=str(number))
            for number in range(OVERALL.calls + 10)
        ]
        await asyncio.gather(*sends)  # discord.py, the safety net, gets them through
        assert sandbox.refused > 0
    finally:
        await adapter.stop()
        await sandbox.stop()
