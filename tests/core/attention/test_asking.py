import asyncio
from datetime import timedelta

from core.attention.models import AttentionChoice, Nudge, Refusal
from core.attention.service import Priority
from core.chat.actions import Action
from core.chat.messages import Button
from core.engine.models import OutboxMessage
from tests.core.attention import room
from tests.core.attention.room import asks, calls, id_of, tells
from tests.village import Village, latest, seen


async def test_a_solicitation_offers_later_pass_and_never(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un coup de main ?")
    assert latest(bob).buttons == ("Plus tard", "Passer", "Ne plus me le proposer")


async def test_what_the_room_offers_itself_is_not_offered_twice(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    mine = Button("Pas cette fois", Action("essai.pass", "7"))
    await asks(place, bob, "Un coup de main ?", skip=mine.does, buttons=(mine,))
    assert latest(bob).buttons == ("Pas cette fois", "Plus tard", "Ne plus me le proposer")


async def test_passing_is_the_rooms_own_when_it_says_so(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(
        place,
        bob,
        "Un coup de main ?",
        skip=Action("essai.pass", "7"),
        then=Action("essai.stands", "7"),
    )
    await bob.presses("Passer")
    assert room.HEARD == ["7 stands", "Bob passes 7"]


async def test_two_things_are_never_asked_on_one_day(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    await asks(place, bob, "Deux ?")
    assert not seen(bob, "Deux ?")
    await place.passes(days=1)
    assert seen(bob, "Deux ?")


async def test_rooms_that_ask_at_the_same_moment_are_in_turn(place: Village) -> None:
    people = [place.person(name) for name in ("Bob", "Chloé", "Dan")]
    for person in people:
        await person.runs("/aide")
        await asyncio.gather(*(asks(place, person, f"{number} ?") for number in range(4)))
    assert [len(seen(person, "?")) for person in people] == [1, 1, 1]
    await place.passes(days=6)
    assert [len(seen(person, "?")) for person in people] == [3, 3, 3]


async def test_the_fourth_of_a_week_waits_for_the_next(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    for text in ("Un ?", "Deux ?", "Trois ?", "Quatre ?"):
        await asks(place, bob, text)
    await place.passes(days=6)
    assert [len(seen(bob, text)) for text in ("Trois ?", "Quatre ?")] == [1, 0]
    await place.passes(days=1.1)
    assert seen(bob, "Quatre ?")


async def test_what_matters_more_goes_first(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    await asks(place, bob, "Peu ?", priority=Priority.LOW)
    await asks(place, bob, "Beaucoup ?", priority=Priority.HIGH)
    await place.passes(days=1)
    assert (len(seen(bob, "Peu ?")), len(seen(bob, "Beaucoup ?"))) == (0, 1)


async def test_nobody_is_asked_at_night(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await place.passes(hours=14)
    await asks(place, bob, "Un ?")
    assert not seen(bob, "Un ?")
    await place.passes(hours=10)
    assert seen(bob, "Un ?")


async def test_the_same_thing_is_asked_once(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    assert [await asks(place, bob, "Un ?", key="x") for _ in range(2)] == [True, True]
    await place.passes(days=3)
    assert len(seen(bob, "Un ?")) == 1


async def test_what_cannot_come_in_time_is_left_to_somebody_else(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    assert not await asks(place, bob, "Deux ?", days=0.2)


async def test_who_cannot_be_written_to_is_not_asked(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await bob.leaves()
    assert not await asks(place, bob, "Un ?")


async def test_what_makes_no_sense_any_more_is_not_asked_and_costs_nothing(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    for text in ("Un ?", "Deux ?", "Trois ?"):
        await asks(place, bob, text)
    room.OVER.add("Deux ?")
    await place.passes(days=1)
    assert (len(seen(bob, "Deux ?")), len(seen(bob, "Trois ?"))) == (0, 1)


async def test_what_waits_too_long_is_dropped(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    for text in ("Un ?", "Deux ?"):
        await asks(place, bob, text)
    await asks(place, bob, "Peu ?", priority=Priority.LOW, days=1.5)
    await place.passes(days=3)
    await bob.runs("/rappels")
    assert "ce n’était plus d’actualité" in latest(bob).text
    assert not seen(bob, "Peu ?")


async def test_a_newer_one_takes_the_place_of_one_that_waits(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    await asks(place, bob, "Ancien ?", key="a")
    await asks(place, bob, "Nouveau ?", key="b", replaces="a")
    await place.passes(days=3)
    assert (len(seen(bob, "Ancien ?")), len(seen(bob, "Nouveau ?"))) == (0, 1)


async def test_who_leaves_while_it_waits_is_not_asked(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    await asks(place, bob, "Deux ?")
    await bob.leaves()
    await place.passes(days=1)
    assert "gone" in {nudge.reason for nudge in await Nudge.all()}


# -- between being sent and arriving -----------------------------------------------------------


async def test_what_was_held_up_until_the_night_waits_for_the_morning(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await place.passes(hours=10.5)
    bob.refuses = True
    await asks(place, bob, "Un ?")
    await place.passes(hours=3)
    bob.refuses = False
    await bob.says("Me voici")
    assert not seen(bob, "Un ?")
    await place.passes(hours=12)
    assert len(seen(bob, "Un ?")) == 1


async def test_what_was_settled_before_it_arrived_costs_nothing(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    bob.refuses = True
    await asks(place, bob, "Un ?")
    room.OVER.add("Un ?")
    bob.refuses = False
    await bob.says("Me voici")
    assert await asks(place, bob, "Deux ?")
    assert (len(seen(bob, "Un ?")), len(seen(bob, "Deux ?"))) == (0, 1)


async def test_what_was_refused_before_it_arrived_does_not(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    bob.refuses = True
    await place.passes(days=1)
    await asks(place, bob, "Deux ?")
    await bob.presses("Ne plus me le proposer")
    bob.refuses = False
    await bob.says("Me voici")
    assert not seen(bob, "Deux ?")


async def test_what_nobody_knows_of_any_more_does_not_arrive(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    bob.refuses = True
    await asks(place, bob, "Un ?")
    await Nudge.all().delete()
    bob.refuses = False
    await bob.says("Me voici")
    assert not seen(bob, "Un ?")


# -- what costs nothing ------------------------------------------------------------------------


async def test_what_is_told_costs_nothing_but_may_wait_for_the_morning(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    await tells(place, bob, "À savoir")
    assert seen(bob, "À savoir")
    await place.passes(hours=14)
    await tells(place, bob, "Demain matin")
    assert not seen(bob, "Demain matin")
    await place.passes(hours=10)
    assert seen(bob, "Demain matin")


async def test_what_is_old_by_the_morning_is_not_told(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await place.passes(hours=14)
    assert not await tells(place, bob, "Ce soir", days=0.1)


async def test_words_of_no_more_use_are_forgotten(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?", days=2)
    await place.passes(days=10)
    assert (await Nudge.get()).payload == ""


async def test_nothing_is_owed_twice(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    await place.passes(days=20)
    assert await OutboxMessage.all().count() == 1
    assert place.clock.now() > (await Nudge.get()).until - timedelta(days=0.1)


# -- being named in public ---------------------------------------------------------------------


async def test_being_named_in_public_counts_and_is_now_or_not_at_all(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    assert [await calls(place, bob, key) for key in ("a", "b", "a")] == [True, False, True]
    await asks(place, bob, "Un ?")
    assert not seen(bob, "Un ?")
    await bob.runs("/rappels")
    assert "questions sur vos sujets : une seule sollicitation par jour" in latest(bob).text


async def test_who_is_called_keeps_the_day_free_for_it(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    assert await calls(place, bob, "a")
    await place.passes(days=1)
    await asks(place, bob, "Peu ?", priority=Priority.LOW)
    await bob.runs("/rappels")
    assert "en fin de journée" in latest(bob).text
    assert await calls(place, bob, "b")
    await place.passes(days=1)
    assert not seen(bob, "Peu ?")
    await place.passes(hours=9)
    assert seen(bob, "Peu ?")


async def test_who_wants_none_of_it_is_not_named(place: Village) -> None:
    bob, eve = place.person("Bob"), place.person("Eve")
    for person in (bob, eve):
        await person.runs("/aide")
    await Refusal.create(
        member_id=await id_of(place, bob), kind="questions.expert", at=place.clock.now()
    )
    await AttentionChoice.create(member_id=await id_of(place, eve), per_week=0)
    assert [await calls(place, person, "a") for person in (bob, eve)] == [False, False]
