"""What a community builder changes in chat: it holds, it is kept, it is undone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from core.engine.database import transaction
from core.engine.errors import Refused
from core.engine.scene import Scene
from core.members.models import Member
from rituals import changes, dates, health
from rituals.falling import Proposal
from rituals.models import Change, Ritual, RitualChange
from tests.rituals import (
    LUNDI_ASTUCE,
    MONDAY,
    THURSDAY,
    enters,
    gives,
    private,
    public,
    reaches,
)
from tests.rituals.test_catalog import QUESTION
from tests.rituals.test_meeting import COFFEE, FRIDAY_NOON
from tests.village import Village, latest

WEDNESDAY = datetime(2026, 11, 25, 17, tzinfo=UTC)
ONLY_QUESTION = pytest.mark.parametrize("place", [(QUESTION,)], indirect=True)
ONLY_COFFEE = pytest.mark.parametrize("place", [(COFFEE,)], indirect=True)
TOAST = {
    "kind": "open_question",
    "slug": "bonjour",
    "title": "Bonjour",
    "hashtag": "#Bonjour",
    "weekday": "wednesday",
    "questions": ["Quoi de neuf ?"],
}


@asynccontextmanager
async def doing(place: Village) -> AsyncIterator[Scene]:
    """Somebody changes something, all of it or nothing."""
    async with transaction():
        yield place.app.scene()
    await place.app.settle()


async def last_change() -> RitualChange:
    row = await RitualChange.all().order_by("-id").first()
    assert row is not None
    return row


@ONLY_QUESTION
async def test_another_question_and_hour_hold_at_once_and_are_undone(place: Village) -> None:
    alice = await enters(place, "Alice")
    async with doing(place) as scene:
        value = {"at": "10:00:00", "questions": ["Une autre ?"]}
        await changes.set_to(scene, QUESTION, value, None)
    await reaches(place, MONDAY)
    assert not public(alice, "La question")
    await reaches(place, MONDAY + timedelta(hours=1))
    assert public(alice, "Une autre ?")
    async with doing(place) as scene:
        await changes.undo(scene, (await last_change()).id)
    await reaches(place, MONDAY + timedelta(days=7))
    assert len(public(alice, "Quel outil vous manque")) == 1
    with pytest.raises(Refused, match="undone_already"):
        async with doing(place) as scene:
            await changes.undo(scene, (await last_change()).id)


@ONLY_QUESTION
async def test_a_wrong_setting_is_named_and_changes_nothing(place: Village) -> None:
    with pytest.raises(ValidationError, match="at"):
        async with doing(place) as scene:
            await changes.set_to(scene, QUESTION, {"at": "tôt"}, None)
    assert await RitualChange.all().count() == 0


@ONLY_COFFEE
async def test_a_moved_coffee_is_announced_again_and_those_who_come_are_told(
    place: Village,
) -> None:
    alice = await enters(place, "Alice")
    await reaches(place, FRIDAY_NOON - timedelta(hours=24))
    await alice.presses("Je viens")
    async with doing(place) as scene:
        found = await dates.coming(scene, COFFEE)
        moved = await changes.move(scene, found, WEDNESDAY, None)
        assert moved.steps.opens == WEDNESDAY
        assert (await dates.coming(scene, COFFEE)).row.id == found.row.id
    assert private(alice, "change de moment : mercredi 25 novembre, 18:00")
    await reaches(place, FRIDAY_NOON)
    assert not public(alice, "commence")
    await reaches(place, WEDNESDAY)
    assert len(public(alice, "Café virtuel : mercredi 25 novembre")) == 1
    assert len(public(alice, "commence")) == 1


@ONLY_COFFEE
async def test_a_move_is_undone_until_the_first_moment_is_past(place: Village) -> None:
    alice = await enters(place, "Alice")
    async with doing(place) as scene:
        await changes.move(scene, await dates.coming(scene, COFFEE), WEDNESDAY, None)
    first = await last_change()
    async with doing(place) as scene:
        later = WEDNESDAY + timedelta(days=1)
        await changes.move(scene, await dates.coming(scene, COFFEE), later, None)
    async with doing(place) as scene:
        await changes.undo(scene, (await last_change()).id)
        assert (await dates.coming(scene, COFFEE)).steps.opens == WEDNESDAY
    await reaches(place, FRIDAY_NOON)
    with pytest.raises(Refused, match="over"):
        async with doing(place) as scene:
            await changes.undo(scene, first.id)
    await reaches(place, WEDNESDAY)
    assert len(public(alice, "commence")) == 1


@ONLY_COFFEE
async def test_where_a_date_cannot_go(place: Village) -> None:
    scene = place.app.scene()
    found = await dates.coming(scene, COFFEE)
    next_friday = FRIDAY_NOON + timedelta(days=7)
    for to, why in (
        (place.clock.now(), "too_far"),
        (FRIDAY_NOON + timedelta(days=90), "too_far"),
        (next_friday, "day_taken"),
    ):
        with pytest.raises(Refused, match=why):
            await changes.move(scene, found, to, None)
    await changes.skip(scene, found, None)
    with pytest.raises(Refused, match="over"):
        await changes.move(scene, await dates.named(scene, str(found.row.id)), WEDNESDAY, None)


@ONLY_COFFEE
async def test_a_skip_is_undone_before_its_hour_only(place: Village) -> None:
    alice = await enters(place, "Alice")
    for _ in range(2):
        async with doing(place) as scene:
            await changes.skip(scene, await dates.coming(scene, COFFEE), None)
    friday, following = await RitualChange.all().order_by("id")
    async with doing(place) as scene:
        await changes.undo(scene, following.id)
    await reaches(place, FRIDAY_NOON)
    with pytest.raises(Refused, match="over"):
        async with doing(place) as scene:
            await changes.undo(scene, friday.id)
    await reaches(place, FRIDAY_NOON + timedelta(days=7))
    assert len(public(alice, "commence")) == 1


async def test_a_pause_until_a_day_ends_by_itself(place: Village) -> None:
    alice = await enters(place, "Alice")
    async with doing(place) as scene:
        until = date(2026, 11, 30)
        assert await changes.pause(scene, LUNDI_ASTUCE, None, until=until)
        assert not await changes.pause(scene, LUNDI_ASTUCE, None, until=until)
        assert await changes.pause(scene, LUNDI_ASTUCE, None, until=date(2026, 11, 29))
    await reaches(place, MONDAY)
    assert not private(alice, "C’est votre tour")
    await reaches(place, THURSDAY + timedelta(days=7))
    assert private(alice, "C’est votre tour")


async def test_a_pause_and_its_end_are_undone(place: Village) -> None:
    alice = await enters(place, "Alice")
    async with doing(place) as scene:
        await changes.pause(scene, LUNDI_ASTUCE, None)
    pause = await last_change()
    await reaches(place, THURSDAY)
    assert not private(alice, "C’est votre tour")
    async with doing(place) as scene:
        await changes.undo(scene, pause.id)
    assert private(alice, "C’est votre tour")
    async with doing(place) as scene:
        await changes.pause(scene, LUNDI_ASTUCE, None, until=date(2026, 12, 7))
        assert await changes.resume(scene, LUNDI_ASTUCE, None)
        await changes.undo(scene, (await last_change()).id)
    assert (await Ritual.get(slug="lundi-astuce")).paused_until == date(2026, 12, 7)


async def test_a_ritual_of_ones_own_is_played_until_it_is_undone(place: Village) -> None:
    alice = await enters(place, "Alice")
    mona = place.admin("Mona")
    async with doing(place) as scene:
        member = await Member.get(name="Alice")
        made = await changes.create(scene, TOAST, member.id)
        await changes.set_to(scene, made, {"title": "Bien le bonjour"}, None)
        assert [c.what for c in await changes.history(scene, made)] == [
            Change.SETTINGS,
            Change.CREATE,
        ]
    await mona.runs("/rituel liste")
    assert "Bien le bonjour" in latest(mona).text
    await reaches(place, datetime(2026, 11, 18, 8, tzinfo=UTC))
    assert public(alice, "Quoi de neuf ?")
    await alice.says("Un nouveau métier #Bonjour", channel="entraide")
    async with doing(place) as scene:
        created = await RitualChange.get(what=Change.CREATE)
        await changes.undo(scene, created.id)
    await reaches(place, datetime(2026, 11, 26, 8, tzinfo=UTC))
    assert len(public(alice, "Quoi de neuf ?")) == 1
    async with doing(place) as scene:
        await changes.undo(scene, (await RitualChange.get(what=Change.SETTINGS)).id)


async def test_who_holds_the_turn_is_told_of_another_day_and_the_words_are_shown(
    place: Village,
) -> None:
    alice = await enters(place, "Alice")
    await reaches(place, THURSDAY)
    async with doing(place) as scene:
        settings = await changes.set_to(
            scene, LUNDI_ASTUCE, {"text": "Cette semaine : Excel."}, None
        )
        await changes.move(scene, await dates.coming(scene, settings), WEDNESDAY, None)
    told = private(alice, "change de moment : mercredi 25 novembre, 18:00. Votre tour")
    assert len(told) == 1
    await gives(alice)
    await reaches(place, WEDNESDAY)
    (shown,) = public(alice, "Lundi Astuce, par Alice")
    assert "Cette semaine : Excel." in shown.text


async def test_the_words_stand_above_an_open_call(place: Village) -> None:
    alice = await enters(place, "Alice")
    async with doing(place) as scene:
        await changes.set_to(scene, LUNDI_ASTUCE, {"text": "Cette semaine : Excel."}, None)
    await reaches(place, MONDAY)
    assert public(alice, "Cette semaine : Excel.")


@ONLY_QUESTION
async def test_a_ritual_without_a_date_within_three_years_says_so(place: Village) -> None:
    rare = {"rrule": "FREQ=YEARLY;INTERVAL=20", "weekday": "monday"}
    async with doing(place) as scene:
        settings = await changes.set_to(scene, QUESTION, rare, None)
        with pytest.raises(Refused, match="no_date"):
            await dates.coming(scene, settings)
        found = await dates.appointment(scene, settings, date(2026, 11, 23))
        moved = await changes.move(scene, found, WEDNESDAY, None)
        assert (await dates.coming(scene, settings)).row.id == moved.row.id
        assert await changes.history(scene, settings, most=1) != []


async def test_what_an_earlier_version_scheduled_does_nothing_twice(place: Village) -> None:
    alice = await enters(place, "Alice")
    async with doing(place) as scene:
        for name in ("notice", "substitute", "publish"):
            await scene.later(f"rituals.{name}", "1:20261123T0800", MONDAY)
        await scene.later("rituals.step", "1:disparu:20261123T0800", MONDAY)
        await scene.later("rituals.step", "999:opens:20261123T0800", MONDAY)
    await reaches(place, MONDAY + timedelta(hours=1))
    assert len(public(alice, "la place est libre")) == 1


@ONLY_QUESTION
async def test_two_rituals_never_share_a_name(place: Village) -> None:
    scene = place.app.scene()
    with pytest.raises(Refused, match="taken_slug"):
        await changes.create(scene, {**TOAST, "slug": "question"}, None)
    with pytest.raises(Refused, match="taken_hashtag"):
        await changes.create(scene, {**TOAST, "hashtag": "#laquestion"}, None)


@ONLY_QUESTION
async def test_what_is_changed_of_a_ritual_that_is_no_more_cannot_be_undone_by_date(
    place: Village,
) -> None:
    async with doing(place) as scene:
        made = await changes.create(scene, TOAST, None)
        await changes.skip(scene, await dates.coming(scene, made), None)
        await changes.pause(scene, made, None)
        await changes.undo(scene, (await RitualChange.get(what=Change.CREATE)).id)
    async with doing(place) as scene:
        await changes.undo(scene, (await RitualChange.get(what=Change.PAUSE)).id)
    with pytest.raises(Refused, match="gone"):
        async with doing(place) as scene:
            await changes.undo(scene, (await RitualChange.get(what=Change.SKIP)).id)


@ONLY_COFFEE
async def test_a_falling_coffee_is_seen_with_its_figures(place: Village) -> None:
    people = [await enters(place, name) for name in ("Alice", "Bob", "Chloé", "Dan")]
    for week, there in enumerate((4, 3, 2, 1)):
        await reaches(place, FRIDAY_NOON + timedelta(days=7 * week))
        for person in people[:there]:
            await person.presses("J’y suis", on=public(person, "commence")[-1])
    await reaches(place, FRIDAY_NOON + timedelta(days=24))
    fallen = await health.look(place.app.scene(), COFFEE)
    assert [count for _, count in fallen.figures] == [4, 3, 2, 1]
    assert fallen.proposal is Proposal.PAUSE
