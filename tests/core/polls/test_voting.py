import re
from dataclasses import replace
from datetime import timedelta

from core.chat.actions import Action
from core.chat.adapter import Transient
from core.chat.events import PollVoted
from core.engine.database import transaction
from core.members import linking
from core.polls import service
from core.polls.models import PollVote
from tests.core.polls.acting import DAYS, QUESTION, asks, result
from tests.village import Village, latest, seen


async def test_a_poll_is_native_where_it_can_be_and_buttons_elsewhere(place: Village) -> None:
    await asks(place)
    shown = [latest(place.person("Alice", on)) for on in ("discord", "slack", "telegram")]
    assert [one.text for one in shown] == [QUESTION] * 3
    assert [bool(one.choices) for one in shown] == [True, False, True]
    assert [one.buttons for one in shown] == [(), DAYS, ()]


async def test_it_is_asked_once(place: Village) -> None:
    assert await asks(place)
    assert not await asks(place)
    assert len(seen(place.person("Alice"), QUESTION)) == 1


async def test_votes_of_three_platforms_add_up(place: Village) -> None:
    await asks(place)
    await place.person("Alice", "discord").votes("Jeudi")
    await place.person("Bob", "slack").votes("Jeudi")
    await place.person("Chloé", "telegram").votes("Mardi")
    assert (await result(place)).counts == (1, 2, 0)


async def test_a_vote_told_again_is_no_newer_than_the_one_given_elsewhere(place: Village) -> None:
    await asks(place)
    alice, twin = place.person("Alice", "discord"), place.person("Alice B", "telegram")
    await alice.runs("/lier")
    code = re.search(r"Votre code : (\w{8})", latest(alice).text)
    assert code
    await twin.runs(f"/lier {code[1]}")
    await alice.votes("Mardi")
    place.clock.advance(minutes=1)
    await twin.votes("Jeudi")
    poll = next(one.id for one in alice.sees() if one.text == QUESTION)
    place.clock.advance(minutes=1)
    again = PollVoted(poll=poll, chosen=(0,), **alice._about())  # type: ignore[arg-type]  # the common fields of every event
    await alice.town.hand_over(again)
    assert (await result(place)).counts == (0, 1, 0)


async def test_a_mind_is_changed_and_a_vote_taken_back(place: Village) -> None:
    await asks(place)
    alice, bob = place.person("Alice", "discord"), place.person("Bob", "telegram")
    for choice in ("Jeudi", "Vendredi"):
        await alice.votes(choice)
        await bob.votes(choice)
    await bob.votes("Vendredi")
    assert (await result(place)).counts == (0, 0, 1)


async def test_a_button_says_what_is_counted(place: Village) -> None:
    await asks(place, several=True)
    bob = place.person("Bob", "slack")
    await bob.votes("Jeudi")
    await bob.votes("Mardi")
    assert "Mardi, Jeudi" in latest(bob).text
    await bob.votes("Mardi")
    await bob.votes("Jeudi")
    assert latest(bob).text == "Votre vote est retiré."


async def test_somebody_on_two_platforms_counts_once_and_twice_again_once_parted(
    place: Village,
) -> None:
    await asks(place)
    alice, twin = place.person("Alice", "discord"), place.person("Alice B", "telegram")
    await alice.votes("Mardi")
    await twin.votes("Jeudi")
    await alice.runs("/lier")
    code = re.search(r"Votre code : (\w{8})", latest(alice).text)
    assert code
    await twin.runs(f"/lier {code[1]}")
    assert (await result(place)).counts == (0, 1, 0)
    await alice.presses("Revenir en arrière")
    assert (await result(place)).counts == (1, 1, 0)


async def test_at_its_end_it_says_what_came_of_it_and_takes_no_vote(place: Village) -> None:
    await asks(place)
    alice, bob = place.person("Alice", "discord"), place.person("Bob", "slack")
    await alice.votes("Jeudi")
    old = latest(bob)
    await place.passes(hours=2)
    assert f"Le vote est clos : {QUESTION}" in latest(alice).text
    assert "Jeudi : 1 voix" in latest(alice).text
    now = next(one for one in bob.sees() if one.id == old.id)
    assert (now.edited, now.buttons) == (True, ())
    poll = alice.town.shown(next(one.id for one in alice.sees() if one.text == QUESTION))
    assert poll.poll is not None
    assert poll.poll.closed


async def test_an_old_button_is_refused_kindly(place: Village) -> None:
    await asks(place)
    bob = place.person("Bob", "slack")
    await place.passes(hours=2)
    await bob.does(Action("polls.vote", "cafe:1"))
    assert latest(bob).text.startswith("Ce vote est clos")
    for forged in ("cafe:9", "rien:0", "cafe"):
        await bob.does(Action("polls.vote", forged))
        assert latest(bob).text == "Ce vote n’existe plus."
    assert (await result(place)).voters == 0


async def test_whoever_asked_is_told_when_it_closes_and_speaks_alone(place: Village) -> None:
    told: list[str] = []

    async def work(_: object, key: str) -> None:
        told.append(key)

    place.app.routes.job("demo.counted")(work)
    await asks(place, then=Action("demo.counted", "7"))
    alice = place.person("Alice", "discord")
    await place.passes(hours=2)
    assert told == ["7"]
    assert not seen(alice, "Le vote est clos")


async def test_closing_twice_says_it_once(place: Village) -> None:
    await asks(place)
    for _ in range(2):
        async with transaction():
            await service.close(place.app.scene(), "cafe")
        await place.app.settle()
    await place.passes(hours=3)
    assert len(seen(place.person("Alice"), "Le vote est clos")) == 1


async def test_a_vote_elsewhere_or_too_late_changes_nothing(place: Village) -> None:
    await asks(place)
    alice = place.person("Alice", "discord")
    await alice.votes("Jeudi")
    event = PollVoted(poll="999", chosen=(0,), **alice._about())  # type: ignore[arg-type]  # the common fields of every event
    await alice.town.hand_over(event)
    await place.passes(hours=2)
    shown = next(one for one in alice.sees() if one.text == QUESTION)
    late = replace(event, poll=shown.id, delivery_id="late")
    await alice.town.hand_over(late)
    assert (await result(place)).counts == (0, 1, 0)


async def test_a_poll_that_arrives_after_its_end_ends_at_once(place: Village) -> None:
    discord = place.person("Alice", "discord").town
    await asks(place)
    stands = next(shown for shown in discord.messages if shown.text == QUESTION)
    async with transaction():
        await service.close(place.app.scene(), "cafe")
    async with transaction():
        await service.stands(place.app.scene(), "cafe", stands.ref)
        await service.stands(place.app.scene(), "gone", stands.ref)
    await place.app.settle()
    assert stands.poll is not None
    assert stands.poll.closed


async def test_a_poll_that_could_not_be_shown_in_time_is_not_shown(place: Village) -> None:
    alice = place.person("Alice", "discord")
    alice.town.failures = [Transient("503")]
    await asks(place)
    place.clock.advance(hours=3)
    await place.app.settle()
    assert not seen(alice, QUESTION)
    assert seen(place.person("Bob", "slack"), f"Le vote est clos : {QUESTION}")


async def test_one_without_an_end_is_closed_by_whoever_asked(place: Village) -> None:
    await asks(place, lasts=None)
    await place.passes(days=1)
    assert not (await result(place)).closed
    async with transaction():
        await service.close(place.app.scene(), "cafe")
        await service.close(place.app.scene(), "gone")
    assert (await result(place)).closed
    assert await service.result(place.app.scene(), "gone") is None


async def test_what_is_forgotten_is_no_longer_counted(place: Village) -> None:
    await asks(place, lasts=timedelta(hours=1))
    await place.person("Alice", "discord").votes("Jeudi")
    vote = await PollVote.get()
    assert "poll_vote" in await linking.export(vote.member_id)
    await linking.forget(vote.member_id)
    assert (await result(place)).voters == 0
