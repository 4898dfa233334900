"""Things that happen at once: in turn on SQLite's one connection, truly so on PostgreSQL."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

import pytest
from tortoise.exceptions import IntegrityError

from core.chat.actions import Action
from core.chat.events import ButtonPressed, CommandInvoked, MessagePosted
from core.chat.identity import MessageRef, Platform, Purpose
from core.chat.messages import Message, Reply, Text
from core.engine import database, jobs, outbox
from core.engine.app import App
from core.engine.clock import DrivenClock
from core.engine.models import Community, Job, OutboxMessage, SeenDelivery, State
from core.members.directory import MemberDirectory
from core.members.models import Member, MemberAccount, MemberRole
from tests.core.engine.handlers import DONE
from tests.core.engine.test_app import about
from tests.village import Village, seen


@pytest.fixture
def twin(place: Village) -> App:
    """A second process's view of the same community."""
    return another(place.app, place.app.community)


def another(app: App, community: Community) -> App:
    return App(
        community=community,
        routes=app.routes,
        texts=app.texts,
        clock=app.clock,
        directory=MemberDirectory(),
        settings=app.settings,
        adapters=dict(app.adapters),
    )


async def together(*work: Awaitable[object]) -> list[object]:
    return list(await asyncio.gather(*work))


async def test_a_delivery_that_comes_twice_at_once_is_handled_once(
    place: Village, twin: App
) -> None:
    alice = place.person("Alice")
    await alice.runs("/aide")
    for _ in range(5):
        event = CommandInvoked(channel=alice.private, path="devoir", **about(alice))  # type: ignore[arg-type]  # the common fields
        before = await OutboxMessage.all().count()
        await together(*(app.handle(event) for app in (place.app, twin, place.app)))
        assert await OutboxMessage.all().count() == before + 3
        assert await SeenDelivery.filter(key__endswith=f":{event.delivery_id}").count() == 1


async def test_a_newcomer_who_does_many_things_at_once_is_one_person(
    place: Village, twin: App
) -> None:
    for name in ("Alice", "Bob", "Chloé"):
        person = place.moderator(name)
        said = [
            MessagePosted(
                message=MessageRef(place.adapters[Platform.DISCORD].channel("entraide"), f"{n}"),
                text="vraiment ?",
                **about(person),  # type: ignore[arg-type]  # same
            )
            for n in range(6)
        ]
        apps = [place.app, twin] * 3
        answers = await together(*(a.handle(e) for a, e in zip(apps, said, strict=True)))
        assert all(isinstance(answer, Reply) for answer in answers)
        assert await Member.filter(name=name).count() == 1
        assert await MemberAccount.filter(user=person.id).count() == 1
    assert await MemberRole.all().count() == 3


async def test_a_refusal_keeps_the_newcomer_and_what_was_seen(place: Village) -> None:
    alice = place.person("Alice")
    event = ButtonPressed(
        channel=alice.private,
        action=Action("press", "refused"),
        **about(alice),  # type: ignore[arg-type]  # same
    )
    assert isinstance(await place.app.handle(event), Reply)
    assert await Member.filter(name="Alice").exists()
    assert not await Job.filter(kind="kept").exists()
    assert await place.app.handle(event) is None


async def test_two_processes_do_each_piece_of_work_once(place: Village, twin: App) -> None:
    scene = place.app.scene()
    for n in range(20):
        await scene.later("work", f"{n:02}", scene.now)
    while sum(await asyncio.gather(place.app.work(), twin.work())):
        continue
    assert sorted(DONE) == [f"{n:02}" for n in range(20)]


async def test_two_processes_deliver_each_message_once_and_in_order(
    place: Village, twin: App
) -> None:
    scene = place.app.scene()
    target = next(p for p in scene.places(Purpose.HELP) if p.platform is Platform.SLACK)
    for n in range(10):
        await scene.owe(Message(Text(f"{n}")), target)
    while sum(await asyncio.gather(*(a.deliver(Platform.SLACK) for a in (place.app, twin)))):
        continue
    assert [m.text for m in place.person("Bob", "slack").sees()] == [f"{n}" for n in range(10)]
    assert {row.tries for row in await OutboxMessage.all()} == {1}


async def test_two_communities_in_one_process_never_meet(place: Village) -> None:
    app = place.app
    other = await Community.create(slug="b", name="B", timezone="Europe/Paris", language="fr")
    theirs = another(app, other)
    mona = place.moderator("Mona")
    event = CommandInvoked(channel=mona.private, path="devoir", **about(mona))  # type: ignore[arg-type]  # same
    for one in (app, theirs):
        await one.handle(event)
    await theirs.deliver(Platform.DISCORD)
    assert len(seen(mona, "Cela ne se fait pas.")) == 1
    assert await OutboxMessage.filter(community=app.community, payload="").count() == 0
    assert await Member.filter(name="Mona").count() == 2
    place.clock.advance(hours=1)
    DONE.clear()
    await theirs.work()
    assert DONE.count("Mona") == 1
    assert await Job.filter(community=app.community, kind="work", state="due").exists()


async def test_work_whose_process_died_half_way_is_done_by_another_and_once(
    place: Village, twin: App
) -> None:
    await place.app.scene().later("work", "x", place.clock.now())
    job = await Job.get(kind="work")
    lease = place.clock.now() + jobs.LEASE
    await Job.filter(id=job.id).update(state=State.CLAIMED, lease_until=lease, tries=1)
    await together(place.app.work(), twin.work())
    assert DONE == []
    place.clock.advance(minutes=3)
    await together(place.app.work(), twin.work(), place.app.work_on(job.id), twin.work_on(job.id))
    assert DONE == ["x"]
    assert not await twin.work_on(job.id)


async def test_a_clock_that_goes_back_does_nothing_again(place: Village, twin: App) -> None:
    scene = place.app.scene()
    await scene.later("work", "x", scene.now)
    await scene.later("work", "y", scene.now + timedelta(minutes=30))
    place.clock.advance(hours=1)
    assert await place.app.work() == 2
    earlier = replace(twin, clock=DrivenClock(scene.now - timedelta(days=1)))
    assert await earlier.work() == 0
    assert sorted(DONE) == ["x", "y"]


async def test_what_breaks_a_constraint_every_time_is_said(place: Village) -> None:
    tries: list[int] = []

    async def twice() -> None:
        tries.append(1)
        for _ in range(2):
            await SeenDelivery.create(community=place.app.community, key="k", at=place.clock.now())

    with pytest.raises(IntegrityError):
        await database.atomically(twice)
    assert len(tries) == database.ATTEMPTS
    assert not await SeenDelivery.exists()


@pytest.mark.parametrize("steps", range(12))
async def test_whoever_is_stopped_in_a_transaction_leaves_the_database_to_the_others(
    place: Village, steps: int
) -> None:
    async def writes() -> None:
        async with database.transaction():
            await SeenDelivery.create(community=place.app.community, key="k", at=place.clock.now())
            async with database.transaction():
                await SeenDelivery.all().count()

    task = asyncio.create_task(writes())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    async with asyncio.timeout(10):
        await place.person("Alice").runs("/aide")
    assert await SeenDelivery.filter(key="k").count() in {0, 1}
    assert await Member.filter(name="Alice").exists()


async def test_a_lane_is_as_long_as_its_column_and_its_own(place: Village) -> None:
    channel = place.adapters[Platform.DISCORD].channel("x" * 300)
    assert len(outbox.lane(channel)) <= outbox.LANE
    assert outbox.lane(channel) != outbox.lane(MessageRef(channel, "1"))
