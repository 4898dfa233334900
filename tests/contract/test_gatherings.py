"""What people come to, on the platform's own agenda where it has one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.sandbox.people import SeenGathering
from core.chat.messages import Gathering
from tests.contract.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
capability = pytest.mark.capability


def gathering(stage: Stage) -> Gathering:
    title = stage.word("Café virtuel")
    starts = stage.world.now() + timedelta(days=2)
    where, text = "https://visio.example/cafe", "Trente minutes, et chacun repart."
    return Gathering(f"cafe-{title}", title, starts, starts + timedelta(minutes=30), where, text)


def announced(stage: Stage, title: str) -> list[SeenGathering]:
    nadia = stage.known("Nadia", "fr")
    return [shown for shown in stage.agenda(nadia) if shown.title == title]


@capability("gathering")
async def test_a_gathering_stands_on_the_agenda_once(stage: Stage) -> None:
    assert stage.adapter.capabilities.gatherings
    cafe = gathering(stage)
    first = await stage.adapter.gather(cafe)
    assert await stage.adapter.gather(cafe) == first
    (shown,) = announced(stage, cafe.title)
    assert (shown.starts, shown.ends, shown.where) == (cafe.starts, cafe.ends, cafe.where)
    assert shown.text.startswith(cafe.text)
    assert await stage.adapter.link(first)


@capability("gathering_changed")
async def test_a_gathering_is_changed_then_taken_off(stage: Stage) -> None:
    assert stage.adapter.capabilities.gatherings
    cafe = gathering(stage)
    ref = await stage.adapter.gather(cafe)
    later = replace(
        cafe, starts=cafe.starts + timedelta(hours=1), ends=cafe.ends + timedelta(hours=1)
    )
    await stage.adapter.regather(ref, later)
    (shown,) = announced(stage, cafe.title)
    assert (shown.starts, shown.ends) == (later.starts, later.ends)
    await stage.adapter.regather(ref, None)
    await stage.adapter.regather(ref, None)
    assert announced(stage, cafe.title) == []
