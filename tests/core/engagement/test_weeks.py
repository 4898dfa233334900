import random
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from core.chat.identity import Channel, MessageRef, Platform
from core.engagement import handlers, recording, service, weeks
from core.engagement.models import Activity, ClosedWeek
from core.engagement.rules import Kind, Tally, packed, unpacked
from core.engine.database import transaction
from core.members import linking
from core.members.handlers import routes as member_routes
from core.members.models import Link, Member
from core.members.rules import MembersSettings
from tests.core.engagement import doing
from tests.village import START, Village, latest, village

MODULES = ["core.engine.models", "core.members.models", "core.engagement.models"]
FIRST = (datetime(2026, 11, 15, 23, tzinfo=UTC), datetime(2026, 11, 22, 23, tzinfo=UTC))
SECOND = (FIRST[1], FIRST[1] + timedelta(days=7))
WEEKS = (FIRST, SECOND)


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    rooms = [member_routes, handlers.routes]
    async with village(MODULES, rooms, {MembersSettings: MembersSettings()}) as made:
        yield made


async def told(place: Village, week: tuple[datetime, datetime] = FIRST) -> Tally:
    return await weeks.tally(place.app.scene(), *week)


async def test_a_week_that_is_over_is_added_up_once(place: Village) -> None:
    alice = place.person("Alice")
    await alice.says("Bonjour", channel="entraide")
    assert (await told(place)).figures.of(Kind.MESSAGE) == 1
    assert not await ClosedWeek.exists()
    await place.passes(days=7)
    found = await told(place)
    (kept,) = await ClosedWeek.all()
    assert (found.active, unpacked(kept.figures)) == (1, found)
    await ClosedWeek.all().update(figures=packed(Tally(active=42)))
    assert (await told(place)).active == 42


async def test_a_late_row_and_a_deletion_have_it_added_up_again(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    said = await alice.says("Bonjour", channel="entraide")
    await bob.says("Bonsoir", channel="entraide")
    await place.passes(days=7)
    assert (await told(place)).active == 2
    member = await Member.get(name="Bob")
    late = MessageRef(Channel(Platform.DISCORD, "1", "2"), "late")
    await doing.writes(place.app.scene(), member.id, late, START)
    assert (await told(place)).figures.of(Kind.MESSAGE) == 3
    await alice.deletes(said)
    assert (await told(place)).active == 1
    await linking.forget(member.id)
    assert await told(place) == Tally()


async def test_a_month_later_what_was_told_stays_told_save_for_links(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice B", "slack")
    said = await alice.says("Bonjour", channel="entraide")
    await other.says("Bonsoir", channel="entraide")
    await place.passes(days=14)
    assert (await told(place)).active == 2
    await place.passes(days=40)
    await alice.says("Me revoilà", channel="entraide")
    assert (await told(place)).active == 2  # looked at once more, and for the last time
    await alice.deletes(said)
    assert (await told(place)).active == 2
    await links(place, "Alice", "Alice B")
    assert (await told(place)).active == 1


async def test_a_link_and_its_undo_have_the_weeks_of_both_added_up_again(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice B", "slack")
    for person in (alice, other):
        await person.says("Bonjour", channel="entraide")
    await place.passes(days=8)
    carl, carl_b = place.person("Carl"), place.person("Carl B", "slack")
    for person in (carl, carl_b):
        await person.says("Bonjour", channel="entraide")
    assert ((await told(place)).active, (await told(place)).several) == (2, 0)
    await links(place, "Carl", "Carl B")
    await ClosedWeek.all().update(figures=packed(Tally(active=42)))
    assert (await told(place)).active == 42, "a link of people who did nothing that week"
    await links(place, "Alice", "Alice B")
    assert ((await told(place)).active, (await told(place)).several) == (1, 1)
    made = await Link.get(member=await Member.get(name="Alice"))
    assert await linking.undo(place.app.scene(), made.id, (await Member.get(name="Alice")).id)
    assert ((await told(place)).active, (await told(place)).several) == (2, 0)


async def links(place: Village, one: str, other: str) -> None:
    first, second = place.person(one), place.person(other, "slack")
    await first.runs("/lier")
    code = re.search(r"Votre code : (\w{8})", latest(first).text)
    assert code
    await second.runs(f"/lier {code[1]}")


async def lives(place: Village, draw: random.Random) -> None:
    """Two weeks of people who do anything in any order, the past looked at on the way."""
    scene = place.app.scene()
    people = []
    for number in range(6):
        platform = draw.choice(list(Platform))
        await place.person(f"P{number}", platform).says("Bonjour", channel="entraide")
        people.append((await Member.get(name=f"P{number}")).id)
    refs = [MessageRef(Channel(Platform.DISCORD, "1", "2"), f"m{n}") for n in range(8)]
    for _ in range(60):
        who, ref, emoji = draw.choice(people), draw.choice(refs), draw.choice("👍🎉")
        at = draw.choice(WEEKS)[0] + timedelta(minutes=draw.randrange(7 * 1440))
        scene = place.app.scene()
        async with transaction():
            match draw.randrange(9):
                case 0 | 1:
                    await doing.writes(scene, who, ref, at, reply=draw.random() < 0.5)
                case 2 | 3:
                    await doing.reacts(scene, who, ref, emoji, at)
                case 4:
                    await doing.takes_back(scene, who, ref, emoji)
                case 5:
                    await recording.forget(scene, [ref])
                case 6:
                    on = draw.choice(list(Platform))
                    await service.record_ritual(scene, who, on, "midi", "2026-11-18", ref.key)
                case 7:
                    await joins_or_parts(place, draw, people)
                case _:
                    place.clock.advance(minutes=draw.randrange(6 * 60))
        if draw.random() < 0.4:
            await agree(place)
    place.clock.advance(minutes=15 * 1440)
    await agree(place)
    await agree(place)


async def joins_or_parts(place: Village, draw: random.Random, people: list[int]) -> None:
    scene = place.app.scene()
    made = await Link.filter(undone_at=None).first()
    if made is not None and draw.random() < 0.5:
        await linking.undo(scene, made.id, made.member_id)
        return
    here = [m.id for m in await Member.filter(id__in=people, absorbed_by=None).order_by("id")]
    if len(here) > 1:
        await linking.link(scene, *draw.sample(here, 2))


async def agree(place: Village) -> None:
    for week in WEEKS:
        assert await told(place, week) == await weeks.added_up(place.app.community, *week)


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_what_is_kept_is_what_the_rows_say(
    place: Village, seed: int
) -> None:
    await lives(place, random.Random(seed))  # noqa: S311  to be replayed
    assert await Activity.exists()
    assert await ClosedWeek.exists()
