"""The crowd: recorded in groups and in order, harmed by nothing, and never before who asks."""

import asyncio
from dataclasses import replace
from itertools import chain

import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.chat.adapter import Answer, Unreachable, Untaken
from core.chat.events import CommandInvoked, Event, MessagePosted, ReactionAdded
from core.chat.identity import MessageRef, Platform, Profile
from core.chat.messages import Reply
from core.engine.intake import GROUP
from core.engine.models import OutboxMessage, SeenDelivery
from core.members.models import Member, MemberAccount
from tests.core.engine.handlers import DONE, NOTED
from tests.core.engine.test_app import about
from tests.village import Village

PATIENCE = 10
"""Seconds after which a test that waits for ever fails."""


def says(person: MemoryPerson, text: str, number: str = "") -> MessagePosted:
    """Somebody writes in a channel, and nobody has been told yet."""
    ref = MessageRef(person.town.channel("entraide"), number or person.town.next_id())
    return MessagePosted(message=ref, text=text, **about(person))  # type: ignore[arg-type]  # the common fields


def reacts(person: MemoryPerson, number: str, emoji: str) -> ReactionAdded:
    ref = MessageRef(person.town.channel("entraide"), number)
    return ReactionAdded(message=ref, emoji=emoji, **about(person))  # type: ignore[arg-type]  # same


def runs(person: MemoryPerson, path: str) -> CommandInvoked:
    return CommandInvoked(channel=person.private, path=path, **about(person))  # type: ignore[arg-type]  # same


async def all_of(place: Village, *events: Event) -> list[Answer]:
    async with asyncio.timeout(PATIENCE):
        return await asyncio.gather(*(place.app.handle(event) for event in events))


async def test_what_comes_together_is_recorded_together_and_in_order(place: Village) -> None:
    people = [place.person(name) for name in ("Alice", "Bob", "Chloé")]
    said = [says(people[n % 3], f"mot {n}") for n in range(600)]
    await all_of(place, *said)
    assert [len(group) for group in NOTED] == [GROUP, GROUP, 600 - 2 * GROUP]
    assert list(chain(*NOTED)) == [f"{people[n % 3].name} mot {n}" for n in range(600)]
    assert await SeenDelivery.all().count() == 600
    assert await Member.all().count() == 3


async def test_on_a_quiet_day_each_is_recorded_at_once(place: Village) -> None:
    alice = place.person("Alice")
    for n in range(3):
        await all_of(place, says(alice, f"mot {n}"))
    assert NOTED == [["Alice mot 0"], ["Alice mot 1"], ["Alice mot 2"]]


async def test_what_is_delivered_twice_counts_once(place: Village) -> None:
    alice = place.person("Alice")
    asked = says(alice, "vraiment ?")
    first, twin, other = await all_of(place, asked, asked, says(alice, "autre"))
    assert isinstance(first, Reply)
    assert (twin, other) == (None, None)
    assert await all_of(place, asked) == [None]
    assert NOTED == [["Alice vraiment ?", "Alice autre"]]


async def test_one_that_breaks_harms_no_other(
    place: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    said = [says(alice, f"mot {n}") for n in range(7)]
    bad = says(bob, "casse")
    assert await all_of(place, *said[:5], bad, *said[5:]) == [None] * 8
    kept = await SeenDelivery.all().values_list("key", flat=True)
    assert len(kept) == 7
    assert not any(str(key).endswith(f":{bad.delivery_id}") for key in kept)
    written = capsys.readouterr().out
    assert written.count("event failed") == 1
    assert "RuntimeError" in written
    assert "casse" not in written


async def test_what_somebody_waits_for_no_more_is_recorded_all_the_same(place: Village) -> None:
    alice = place.person("Alice")
    said = [says(alice, f"mot {n}") for n in range(4)]
    tasks = [asyncio.create_task(place.app.handle(event)) for event in said]
    await asyncio.sleep(0)  # all of them are in the queue
    tasks[1].cancel()
    async with asyncio.timeout(PATIENCE):
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(ended[1], asyncio.CancelledError)
    assert [ended[n] for n in (0, 2, 3)] == [None] * 3
    assert list(NOTED) == [[f"Alice mot {n}" for n in range(4)]]


async def test_who_asks_passes_before_the_next_group(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await all_of(place, says(alice, "bonjour"), runs(bob, "aide"))
    NOTED.clear()
    crowd = [
        asyncio.create_task(place.app.handle(says(alice, f"mot {n}"))) for n in range(8 * GROUP)
    ]
    await asyncio.sleep(0)  # all of them are in the queue
    async with asyncio.timeout(PATIENCE):
        assert isinstance(await place.app.handle(runs(bob, "aide")), Reply)
        assert len(NOTED) <= 2
        await asyncio.gather(*crowd)
    assert len(NOTED) == 8


async def test_what_somebody_asks_comes_after_what_they_said(place: Village) -> None:
    alice = place.person("Alice")
    await all_of(place, says(alice, "bonjour"))
    said, asked = says(alice, "et donc"), runs(alice, "aide")
    await all_of(place, said, asked)
    keys = await SeenDelivery.all().order_by("id").values_list("key", flat=True)
    assert [str(key).rsplit(":", 1)[1] for key in keys[1:]] == [
        said.delivery_id,
        asked.delivery_id,
    ]


async def test_strangers_are_asked_for_while_the_others_go_on(place: Village) -> None:
    alice, bob = place.person("Alice", "slack"), place.person("Bob", "slack")
    await all_of(place, says(bob, "bonjour"))
    NOTED.clear()
    slack, known, told = place.adapters[Platform.SLACK], asyncio.Event(), asyncio.Event()
    answer = slack.profile

    async def slowly(account: object) -> Profile:
        told.set()
        await known.wait()
        return await answer(account)  # type: ignore[arg-type]  # an account

    slack.profile = slowly  # type: ignore[method-assign]  # a slow platform
    silent = [replace(says(alice, f"mot {n}", f"m{n}"), profile=None) for n in range(2)]
    after = replace(reacts(bob, "m0", "👍"), profile=None)
    free = replace(says(bob, "encore"), profile=None)
    late = replace(says(bob, "enfin"), profile=None)
    waiting = [asyncio.create_task(place.app.handle(e)) for e in (*silent, free, after, late)]
    async with asyncio.timeout(PATIENCE):
        await told.wait()
        await waiting[2]
        assert NOTED == [["Bob encore"]]
        known.set()
        await asyncio.gather(*waiting)
    assert list(chain(*NOTED[1:])) == ["Alice mot 0", "Alice mot 1", "Bob 👍", "Bob enfin"]
    assert [m.name for m in await Member.all().order_by("id")] == ["Bob", "Alice"]


async def test_a_stranger_whose_platform_is_silent_is_recorded_nameless_and_named_later(
    place: Village,
) -> None:
    alice, slack = place.person("Alice", "slack"), place.adapters[Platform.SLACK]
    answer = slack.profile

    async def silent(_account: object) -> Profile:
        raise Unreachable("503", "down")

    for profile, name in ((silent, alice.id), (answer, "Alice")):
        slack.profile = profile  # type: ignore[method-assign,assignment]  # down, then up
        await all_of(place, replace(says(alice, "mot"), profile=None))
        assert [m.name for m in await Member.all()] == [name]


async def test_a_stranger_whose_platform_breaks_is_recorded_all_the_same(place: Village) -> None:
    alice, slack = place.person("Alice", "slack"), place.adapters[Platform.SLACK]

    async def breaks(_account: object) -> Profile:
        raise KeyError("user")

    slack.profile = breaks  # type: ignore[method-assign,assignment]  # a fault of the adapter
    await all_of(place, replace(says(alice, "mot"), profile=None))
    assert [m.name for m in await Member.all()] == [alice.id]
    assert len(NOTED) == 1


async def test_a_worker_that_is_stopped_hands_back_what_it_had(place: Village) -> None:
    alice = place.person("Alice")
    before = asyncio.all_tasks()
    said = says(alice, "mot")
    waiting = asyncio.create_task(place.app.handle(said))
    await asyncio.sleep(0)  # it is in the queue
    (worker,) = asyncio.all_tasks() - before - {waiting}
    await asyncio.sleep(0)  # it has begun
    worker.cancel()
    with pytest.raises(Untaken):
        await waiting
    await all_of(place, said)
    assert NOTED[-1] == ["Alice mot"]


async def test_what_a_platform_says_anew_of_somebody_is_kept(place: Village) -> None:
    alice = place.person("Alice")
    await all_of(place, says(alice, "un"))
    for profile in (
        replace(alice.profile, name="Alicia"),
        replace(alice.profile, name="Alicia", handle="ali"),
        replace(alice.profile, name="Alicia", handle="ali", roles=frozenset({"administrator"})),
    ):
        await all_of(
            place,
            *(replace(says(alice, f"mot {n}"), profile=profile) for n in range(2)),
            says(place.person("Bob"), "moi"),
        )
    row = await MemberAccount.get(user=alice.id).select_related("member")
    assert (row.name, row.handle, row.member.name) == ("Alicia", "ali", "Alicia")
    known = await place.app.directory.recognise(place.app.scene(), alice.account, None)
    assert [str(role) for role in known.roles] == ["moderator"]
    assert NOTED[-1][0] == "Alicia mot 0"


async def test_who_was_active_is_known_to_ten_minutes(place: Village) -> None:
    alice = place.person("Alice")
    seen = []
    for _ in range(4):
        await all_of(place, says(alice, "mot"))
        seen.append((await MemberAccount.get(user=alice.id)).active_at)
        place.clock.advance(minutes=6)
    assert seen[0] == seen[1] < seen[2] == seen[3]


async def test_a_deletion_takes_nothing_back_that_comes_after_it(place: Village) -> None:
    alice = place.person("Alice")
    await alice.says("mot", channel="entraide")
    gone = place.adapters[Platform.DISCORD].messages[0]
    NOTED.clear()
    waiting = asyncio.create_task(place.app.handle(says(alice, "avant")))
    await asyncio.sleep(0)  # it is in the queue
    await asyncio.gather(alice.deletes(alice.sees()[0]), place.app.handle(says(alice, "après")))
    await waiting
    assert NOTED == [["Alice avant"], ["Alice après"]]
    assert list(DONE) == [f"gone {gone.id}"]


async def test_what_follows_names_the_event_it_comes_from(place: Village) -> None:
    alice = place.person("Alice")
    event = runs(alice, "devoir")
    await all_of(place, event)
    assert {row.cause for row in await OutboxMessage.all()} == {f"discord:{event.delivery_id}"}


async def test_a_stop_waits_for_what_came_in(place: Village) -> None:
    alice = place.person("Alice")
    waiting = asyncio.create_task(place.app.handle(says(alice, "mot")))
    await asyncio.sleep(0)  # it is in the queue
    async with asyncio.timeout(PATIENCE):
        await place.app.drain()
        assert NOTED == [["Alice mot"]]
        assert await waiting is None


async def test_only_what_may_be_owed_or_due_stirs_the_suite(place: Village) -> None:
    stirred: list[str] = []
    place.app.stirred = lambda: stirred.append("!")
    alice = place.person("Alice")
    await all_of(place, reacts(alice, "1", "👍"))
    assert stirred == []
    await all_of(place, says(alice, "mot"))
    await all_of(place, runs(alice, "aide"))
    assert stirred == ["!", "!"]
