"""The server's events: within Discord's limits, made once, and only ours are touched."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.discord.permissions import BOT, Permission
from bots.sandbox.discord.state import Event
from bots.sandbox.people import SeenGathering, World
from core.chat.adapter import Permanent
from core.chat.messages import Gathering
from tests.bots.discord.stage import Stage

pytestmark = pytest.mark.e2e


async def opened(**changes: object) -> Stage:
    world = World()
    sandbox = DiscordSandbox(world, **changes)  # type: ignore[arg-type]  # what a test breaks
    await sandbox.start()
    stage = Stage(sandbox, world)
    await stage.adapter.start(stage.core.handle)
    return stage


async def closed(stage: Stage) -> None:
    await stage.adapter.stop()
    await stage.sandbox.stop()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = await opened()
    yield made
    await closed(made)
    assert made.sandbox.complaints() == ()


def cafe(stage: Stage, key: str = "cafe-12") -> Gathering:
    starts = stage.world.now() + timedelta(days=2)
    ends = starts + timedelta(minutes=30)
    return Gathering(key, "Café virtuel", starts, ends, "https://visio.example", "Trente minutes.")


def announced(stage: Stage) -> tuple[SeenGathering, ...]:
    return stage.sandbox.person("Nadia").agenda()


async def test_what_is_too_long_is_cut_and_still_known_again(stage: Stage) -> None:
    long = replace(cafe(stage), title="É" * 150, where="ici " * 60, text="mot " * 500)
    ref = await stage.adapter.gather(long)
    assert await stage.adapter.gather(long) == ref
    [shown] = announced(stage)
    assert (len(shown.title), shown.title[-1]) == (100, "…")
    assert len(shown.where) <= 100
    assert len(shown.text) <= 1000
    assert shown.text.endswith("…\n\n— cafe-12")


async def test_one_without_words_is_known_again(stage: Stage) -> None:
    bare = replace(cafe(stage), text="")
    assert await stage.adapter.gather(bare) == await stage.adapter.gather(bare)
    assert [shown.text for shown in announced(stage)] == ["— cafe-12"]


async def test_two_of_the_same_name_and_time_are_two(stage: Stage) -> None:
    first = await stage.adapter.gather(cafe(stage, "cafe-1"))
    assert await stage.adapter.gather(cafe(stage, "cafe-12")) != first
    assert len(announced(stage)) == 2


async def test_an_event_that_a_person_copied_is_not_taken_for_ours(stage: Stage) -> None:
    state, wanted = stage.sandbox.state, cafe(stage)
    copied = Event("5", state.owner, wanted.title, wanted.starts, wanted.ends, wanted.where)
    copied.description = f"{wanted.text}\n\n— {wanted.key}"
    state.events["5"] = copied
    assert (await stage.adapter.gather(wanted)).id != "5"


async def test_what_happens_to_it_is_in_the_transcript(stage: Stage) -> None:
    ref = await stage.adapter.gather(cafe(stage))
    await stage.adapter.regather(ref, replace(cafe(stage), where="Salle 3"))
    await stage.adapter.regather(ref, None)
    told = [(m.channel, m.text.split(" · ")[-1], m.edited) for m in stage.sandbox.transcript()]
    assert told[-3:] == [
        ("événements", "https://visio.example", False),
        ("événements", "Salle 3", True),
        ("événements", "annulé", True),
    ]


async def test_its_address_opens_it(stage: Stage) -> None:
    ref = await stage.adapter.gather(cafe(stage))
    address = f"https://discord.com/events/{stage.sandbox.guild_id}/{ref.id}"
    assert await stage.adapter.link(ref) == address


async def test_one_that_is_gone_cannot_be_changed_and_is_off(stage: Stage) -> None:
    ref = await stage.adapter.gather(cafe(stage))
    stage.sandbox.state.events.clear()
    with pytest.raises(Permanent, match="10070: the event is gone"):
        await stage.adapter.regather(ref, cafe(stage))
    await stage.adapter.regather(ref, None)


async def test_a_server_with_its_hundred_events_takes_no_more(stage: Stage) -> None:
    state, wanted = stage.sandbox.state, cafe(stage)
    for number in range(100):
        one = Event(str(number), state.owner, "Autre", wanted.starts, wanted.ends, "ici")
        state.events[one.id] = one
    with pytest.raises(Permanent, match="30038"):
        await stage.adapter.gather(wanted)


async def test_without_the_right_it_is_refused_and_the_check_says_so() -> None:
    stage = await opened(bot_permissions=BOT & ~Permission.CREATE_EVENTS)
    try:
        with pytest.raises(Permanent, match="50013"):
            await stage.adapter.gather(cafe(stage))
        [problem] = await stage.adapter.check()
        assert (problem.where, problem.fatal) == ("Discord permission Create Events", False)
    finally:
        await closed(stage)


async def test_one_in_the_past_is_refused() -> None:
    stage = await opened()
    try:
        with pytest.raises(Permanent, match="50035"):
            await stage.adapter.gather(replace(cafe(stage), starts=stage.world.now()))
        assert "SCHEDULE_PAST" in " ".join(stage.sandbox.complaints())
    finally:
        await closed(stage)
