"""What is owed to a platform's own agenda: put there, changed, taken off, once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.chat.actions import Action
from core.chat.adapter import Transient
from core.chat.identity import MessageRef, Platform, agenda
from core.chat.messages import Gathering
from core.engine.models import OutboxMessage, State
from tests.core.engine import handlers
from tests.village import START, Village

CAFE = Gathering(
    "cafe-12",
    "Café virtuel",
    START + timedelta(days=2),
    START + timedelta(days=2, minutes=30),
    "https://visio.example/cafe",
    "Trente minutes.",
)


async def announce(place: Village, gathering: Gathering = CAFE) -> None:
    scene = place.app.scene()
    for workspace in scene.workspaces:
        await scene.owe_gathering(gathering, workspace, then=Action("stands", "café"))


def titles(place: Village, platform: str) -> list[str]:
    return [shown.title for shown in place.person("Alice", platform).agenda()]


def on_discord(place: Village) -> MessageRef:
    return MessageRef(agenda(place.adapters[Platform.DISCORD].workspace), CAFE.key)


async def test_it_stands_where_there_is_an_agenda_and_is_not_owed_elsewhere(place: Village) -> None:
    await announce(place)
    await place.app.settle()
    assert {p: titles(place, p) for p in ("discord", "slack", "telegram")} == {
        "discord": ["Café virtuel"],
        "slack": [],
        "telegram": [],
    }
    assert handlers.DONE == ["café discord"]
    states = {row.platform: row.state for row in await OutboxMessage.all()}
    assert states == {
        "discord": State.DONE,
        "slack": State.SKIPPED,
        "telegram": State.SKIPPED,
    }


async def test_tried_again_it_stands_once(place: Village) -> None:
    place.adapters[Platform.DISCORD].failures = [Transient("no answer")]
    await announce(place)
    await announce(place)
    await place.app.settle()
    await place.passes(minutes=20)
    assert titles(place, "discord") == ["Café virtuel"]


async def test_it_is_changed_after_it_stands_then_taken_off(place: Village) -> None:
    await announce(place)
    scene = place.app.scene()
    await scene.owe_gathering_change(on_discord(place), replace(CAFE, title="Café à 18 h"))
    await place.app.settle()
    assert titles(place, "discord") == ["Café à 18 h"]
    await scene.owe_gathering_change(on_discord(place), None)
    await place.app.settle()
    assert titles(place, "discord") == []


async def test_what_has_begun_is_not_announced_any_more(place: Village) -> None:
    await announce(place)
    place.clock.move_to(CAFE.starts + timedelta(minutes=1))
    await place.app.settle()
    assert titles(place, "discord") == []


def test_a_gathering_has_a_title_a_place_and_aware_times_in_their_order() -> None:
    with pytest.raises(ValueError, match="a title and a place"):
        replace(CAFE, where="")
    with pytest.raises(ValueError, match="aware"):
        replace(CAFE, starts=datetime(2026, 12, 1, 18))  # noqa: DTZ001  that is what is refused
    with pytest.raises(ValueError, match="ends before it starts"):
        replace(CAFE, ends=CAFE.starts)
