"""One process, one database, two communities: neither hears of the other, nor waits for it."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from tortoise import Tortoise

from bots.sandbox.memory_people import MemoryPerson
from core.chat.actions import Action
from core.chat.events import CommandInvoked, MessagePosted
from core.chat.identity import Account, Channel, MessageRef, Platform
from core.chat.messages import Message, Text
from core.engine.models import Community
from tests.community.test_six_weeks import Town
from tests.rituals import reaches
from tests.scale.two_communities import Two, two_communities

LYON = "Zéphyrin"
"""Part of every name in Lyon: in Metz, nobody may ever read it."""
ASKED = 40


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    async with two_communities() as made:
        yield made


# -- neither hears of the other


async def rows(*, but: int) -> dict[str, dict[object, dict[str, object]]]:
    """Every row of every table, by its key, that is not of one community."""
    found: dict[str, dict[object, dict[str, object]]] = {}
    assert Tortoise.apps is not None
    for model in Tortoise.apps.get_models_iterable():
        table = await model.all().values()
        pk = model._meta.pk_attr
        found[model._meta.db_table] = {
            row[pk]: row
            for row in table
            if but not in (row.get("community_id"), row[pk] if model is Community else None)
        }
    return found


async def test_whatever_is_tried_in_metz_nothing_of_lyon_is_read_or_changed(two: Two) -> None:
    town = Town(two.lyon, seed=3)
    for person in town.to_come:
        person.name = f"{LYON} {person.id}"
        person.town.people[person.name] = person
    for _ in range(12):
        await town.comes()
    for _ in range(8):
        for _ in range(10):
            await town.acts()
        await reaches(two.lyon, two.lyon.clock.now() + timedelta(days=1))
    metz = two.metz.community.id
    before = await rows(but=metz)
    assert sum(map(len, before.values())) > 200
    admin = two.in_metz("Adèle", "administrator", "owner")
    await admin.joins()
    await admin.presses("J’accepte la charte")
    await everything_is_tried(two, admin)
    after = await rows(but=metz)
    for table, kept in before.items():
        for key, row in kept.items():
            assert after[table][key] == row, (table, key)
    for shown in two.discord.messages:
        assert LYON not in shown.text, shown.text
        assert not any(LYON in button.label for button in shown.buttons)


async def everything_is_tried(two: Two, person: MemoryPerson) -> None:
    """Every command, every button and every form, with what names rows of Lyon."""
    ids = [str(number) for number in (1, 2, 3, 5, 8)]
    stranger = Account(Platform.DISCORD, "discord-1", "u0")  # in Lyon
    for path, route in two.metz.routes.commands.items():
        for value in ("", *ids[:2]):
            given = {o.name: stranger if o.person else value for o in route.options if value}
            await person.town.hand_over(
                CommandInvoked(
                    channel=person.private,
                    path=path,
                    arguments=given,
                    **person._about(),  # type: ignore[arg-type]  # the common fields of every event
                )
            )
    for name in two.metz.routes.buttons:
        for argument in ids:
            await person.does(Action(name, argument))
    two.lyon.clock.advance(minutes=1)
    await two.metz.settle()


# -- neither waits for the other


BEARABLE = 2000
"""Milliseconds that something due in Metz may take while five hundred things are asked in Lyon."""


class Flood:
    """Lyon in an uproar: messages and commands without end, and a heap of deliveries."""

    def __init__(self, two: Two) -> None:
        self._two = two
        self.handled = 0
        self._speaker = two.lyon.person("Gaston")

    async def rises(self) -> list[asyncio.Task[None]]:
        app, world = self._two.lyon.app, self._two.lyon
        for adapter in world.adapters.values():
            adapter.after = None
        await self._speaker.joins()
        scene = app.scene()
        for number in range(2000):
            lane = Channel(Platform.DISCORD, "discord-1", f"channel-{number % 40}")
            await scene.owe(Message(Text(f"dû {number}")), lane)
        crowd = [asyncio.create_task(self._speaks(n)) for n in range(300)]
        asking = [asyncio.create_task(self._asks(n)) for n in range(200)]
        return [*crowd, *asking, asyncio.create_task(self._delivers())]

    async def _speaks(self, one: int) -> None:
        where = Channel(Platform.DISCORD, "discord-1", "entraide")
        number = 0
        while True:
            number += 1
            about = self._speaker._about() | {"delivery_id": f"flood-{one}-{number}"}
            ref = MessageRef(where, f"{one}-{number}")
            await self._two.lyon.app.handle(MessagePosted(message=ref, text="oui", **about))  # type: ignore[arg-type]  # same
            self.handled += 1

    async def _asks(self, one: int) -> None:
        number = 0
        while True:
            number += 1
            await self._two.lyon.app.handle(asks(self._speaker, f"asks-{one}-{number}"))
            self.handled += 1

    async def _delivers(self) -> None:
        while True:
            await self._two.lyon.app.deliver(Platform.DISCORD)
            await asyncio.sleep(0)


def asks(person: MemoryPerson, delivery: str) -> CommandInvoked:
    about = person._about() | {"delivery_id": delivery}
    return CommandInvoked(channel=person.private, path="moi", arguments={}, **about)  # type: ignore[arg-type]  # same


async def waits(two: Two, person: MemoryPerson, when: str) -> list[float]:
    """Milliseconds from a command to its answer, many times."""
    took = []
    for number in range(ASKED):
        begin = time.perf_counter()
        assert await two.metz.handle(asks(person, f"{when}-{number}")) is not None
        took.append((time.perf_counter() - begin) * 1000)
        await asyncio.sleep(0.005)
    return took


async def test_an_uproar_in_lyon_does_not_hold_up_metz(two: Two) -> None:
    metz = two.in_metz("Adèle")
    two.discord.after = None
    await metz.joins()
    await waits(two, metz, "warm")
    await due_and_done(two)
    quiet = statistics.median(await waits(two, metz, "quiet"))
    quiet_job = statistics.median([await due_and_done(two) for _ in range(5)])
    flood = Flood(two)
    tasks = await flood.rises()
    try:
        await asyncio.sleep(0.5)
        before = flood.handled
        loud = await waits(two, metz, "loud")
        handled = flood.handled - before
        loud_job = statistics.median([await due_and_done(two) for _ in range(5)])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    figures = f"{handled} handled; command {quiet:.1f} -> {statistics.median(loud):.1f} ms"
    figures += f" (worst {max(loud):.1f}); job {quiet_job:.1f} -> {loud_job:.1f} ms"
    assert handled > 200, "it was no flood"
    assert statistics.median(loud) < 15 * quiet, figures
    assert loud_job < BEARABLE, figures


async def due_and_done(two: Two) -> float:
    """Milliseconds in which a job of Metz that is due is done, and what it owes is shown."""
    begin = time.perf_counter()
    text = f"dû à Metz {begin}"
    await two.metz.scene().owe_in_private(Message(Text(text)), two.in_metz("Adèle").account)
    await two.metz.work()
    await two.metz.deliver(Platform.DISCORD)
    assert two.discord.messages[-1].text == text
    return (time.perf_counter() - begin) * 1000
