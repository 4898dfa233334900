"""What happened while nobody listened is read back, in order and under the same names."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bots.discord import history as module
from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.discord.permissions import BOT, Permission
from bots.sandbox.discord.state import Message as Line
from bots.sandbox.people import World
from core.chat.adapter import Transient
from core.chat.events import (
    Event,
    MemberJoined,
    MessageEdited,
    MessagePosted,
    PollVoted,
    ReactionAdded,
)
from core.chat.identity import Place, Platform, Purpose
from core.chat.messages import Message, Poll, Text
from tests.bots.discord.stage import Stage, account

pytestmark = pytest.mark.e2e


class Hands:
    """A clock that only moves when it is turned."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 16, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def world(hands: Hands) -> World:
    return World(hands.now)


@pytest.fixture
async def stage(world: World) -> AsyncIterator[Stage]:
    sandbox = DiscordSandbox(world)
    await sandbox.start()
    stage = Stage(sandbox, world)
    await stage.adapter.start(stage.core.handle)
    yield stage
    await stage.adapter.stop()
    await sandbox.stop()
    assert sandbox.complaints() == ()


async def read(stage: Stage, since: datetime) -> list[Event]:
    return [event async for event in stage.adapter.history(since)]


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, MessagePosted)]


async def test_what_was_said_while_away_is_read_by_its_time(stage: Stage, hands: Hands) -> None:
    lea, bob = await stage.member("Léa"), await stage.member("Bob")
    await lea.says("Avant", channel="entraide")
    await stage.handed(MessagePosted)
    await stage.adapter.stop()
    since = hands.turn(minutes=1)
    for number in range(12):
        person, channel = ((lea, "entraide"), (bob, "rituels"), (bob, "accueil"))[number % 3]
        await person.says(f"Pendant {number}", channel=channel)
        hands.turn(seconds=1)
    await stage.adapter.start(stage.core.handle)
    found = await read(stage, since)
    assert texts(found) == [f"Pendant {number}" for number in range(12)]
    assert [event.at for event in found] == sorted(event.at for event in found)


async def test_a_channel_is_read_page_by_page(
    stage: Stage, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 10)
    lea = await stage.member("Léa")
    since = hands.turn(minutes=1)
    for number in range(35):
        await lea.says(str(number), channel="entraide")
    assert texts(await read(stage, since)) == [str(number) for number in range(35)]


async def test_what_is_read_has_the_names_it_had_live(stage: Stage, hands: Hands) -> None:
    since = hands.turn(minutes=1)
    lea = await stage.member("Léa")
    said = await lea.says("Comment trier ?", channel="entraide")
    hands.turn(minutes=1)
    await lea.edits(said, "Comment trier une liste ?")
    await stage.handed(MessageEdited)
    live = {e.delivery_id for e in stage.core.events}
    assert len(live) == 3
    assert {event.delivery_id for event in await read(stage, since)} == live


async def test_threads_under_way_and_folded_since_are_read(
    stage: Stage, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    lea = await stage.member("Léa")
    asked = []
    for number in range(7):
        asked.append(await lea.says(f"Question {number}", channel="entraide"))
        text = asked[-1].text
        assert await stage.until(lambda text=text: text in texts(stage.core.events))  # type: ignore[misc]
        posted = stage.core.events[-1]
        assert isinstance(posted, MessagePosted)
        await stage.adapter.send(Message(Text("Je cherche.")), posted.message, key=str(number))
    fold = stage.sandbox._acts.change_thread
    threads = [stage.sandbox.state.channels[question.id] for question in asked]
    fold(threads[0], archived=True)  # long before: its messages are too
    await stage.adapter.stop()
    since = hands.turn(minutes=1)
    for number, question in enumerate(asked[1:], 1):
        await lea.says(f"Réponse {number}", reply_to=question)
        hands.turn(seconds=1)
        if number > 2:
            fold(threads[number], archived=True)
            hands.turn(seconds=1)
    await stage.adapter.start(stage.core.handle)
    found = [e for e in await read(stage, since) if isinstance(e, MessagePosted)]
    assert texts(list(found)) == [f"Réponse {number}" for number in range(1, 7)]
    assert [event.message.channel.thread for event in found] == [q.id for q in asked[1:]]
    assert all(event.reply_to is not None for event in found)


async def test_our_own_private_threads_are_read(
    stage: Stage, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 1)
    shown = []
    for name in ("Léa", "Bob", "Zoé"):
        person = await stage.member(name)
        await person.refuses_direct_messages()
        to = account(person, stage.sandbox)
        ref = await stage.adapter.send(Message(Text("À part")), to, key=name)
        shown.append((person, ref, next(m for m in person.sees() if "À part" in m.text)))
    await stage.adapter.stop()
    since = hands.turn(minutes=1)
    for person, ref, message in shown:
        await person.says(f"De {person.name}", reply_to=message)
        thread = stage.sandbox.state.channels[ref.channel.thread or ""]
        stage.sandbox._acts.change_thread(thread, archived=True)
        hands.turn(seconds=1)
    await stage.adapter.start(stage.core.handle)
    found = [e for e in await read(stage, since) if isinstance(e, MessagePosted)]
    assert texts(list(found)) == ["De Léa", "De Bob", "De Zoé"]
    assert all(event.message.channel.private for event in found)


async def test_who_reacted_is_read_after_the_message(
    stage: Stage, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    people = [await stage.member(name) for name in ("Léa", "Bob", "Zoé", "Max", "Ana")]
    lea = people[0]
    since = hands.turn(minutes=1)
    said = await lea.says("Trouvé", channel="entraide")
    posted = await stage.handed(MessagePosted)
    assert isinstance(posted, MessagePosted)
    hands.turn(minutes=1)
    for person in people[1:]:
        await person.reacts(said, "✅")
    await people[1].reacts(said, "🎉")
    stage.sandbox._acts.react(stage.sandbox.state.bot, stage.sandbox.state.messages[said.id], "👀")
    found = await read(stage, since)
    assert isinstance(found[0], MessagePosted)
    reactions = [e for e in found if isinstance(e, ReactionAdded)]
    wanted = {(account(p, stage.sandbox), "✅") for p in people[1:]}
    wanted.add((account(people[1], stage.sandbox), "🎉"))
    assert {(e.account, e.emoji) for e in reactions} == wanted
    assert all(e.author == account(lea, stage.sandbox) for e in reactions)
    assert all(e.message == posted.message for e in reactions)
    again = await read(stage, since)
    assert [e.delivery_id for e in again] == [e.delivery_id for e in found]


async def test_a_reaction_to_what_was_said_the_day_before_is_read_and_no_older_one(
    stage: Stage, hands: Hands
) -> None:
    lea, bob = [await stage.member(name) for name in ("Léa", "Bob")]
    old = await lea.says("Avant-hier", channel="entraide")
    hands.turn(hours=30)
    said = await lea.says("Hier soir", channel="entraide")
    since = hands.turn(hours=10)
    for message in (old, said):
        await bob.reacts(message, "👍")
    (found,) = await read(stage, since)
    assert isinstance(found, ReactionAdded)
    assert (found.account, found.message.id) == (account(bob, stage.sandbox), said.id)


async def test_more_reactions_than_may_be_asked_for_are_said(
    stage: Stage, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REACTED", 1)
    lea = await stage.member("Léa")
    since = hands.turn(minutes=1)
    for text in ("un", "deux"):
        await lea.reacts(await lea.says(text, channel="entraide"), "✅")
    with capture_logs() as logs:
        found = await read(stage, since)
    assert texts(found) == ["un", "deux"]
    assert sum(isinstance(e, ReactionAdded) for e in found) == 1
    assert {"discord.history.reactions_unread"} <= {entry["event"] for entry in logs}
    assert "deux" not in repr(logs)


async def test_who_came_is_read_and_who_was_here_is_not_new(
    stage: Stage, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MEMBERS", 2)
    for name in ("Ana", "Bob", "Eva"):
        await stage.member(name)
    await stage.adapter.stop()
    since = hands.turn(minutes=1)
    names = ("Léa", "Max", "Zoé", "Tom", "Lou")
    for name in names:
        await stage.sandbox.person(name).joins()
        hands.turn(seconds=1)
    gone = stage.sandbox.person("Ugo")
    await gone.joins()
    await gone.leaves()
    await stage.adapter.start(stage.core.handle)
    joined = [e for e in await read(stage, since) if isinstance(e, MemberJoined)]
    assert [e.profile.name for e in joined if e.profile] == list(names)
    monkeypatch.setattr(module, "FEW_PAGES", 1)
    with capture_logs() as logs:
        assert len(await read(stage, since)) < len(names)
    assert {"discord.history.members_unread"} <= {entry["event"] for entry in logs}


async def test_after_a_moment_a_large_server_is_not_read_and_who_was_greeted_is_known(
    world: World, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MEMBERS", 1)
    monkeypatch.setattr(module, "FEW_PAGES", 1)
    sandbox = DiscordSandbox(world)
    await sandbox.start()
    stage = Stage(sandbox, world)
    await stage.adapter.start(stage.core.handle)
    since = hands.turn(minutes=1)
    state = sandbox.state
    [welcome] = [c for c in state.channels.values() if c.name == "accueil"]
    for name in ("Léa", "Max", "Ugo"):
        await sandbox.person(name).joins()
        line = Line(state.snowflake(), welcome, state.user(name), hands.at, type=module.GREETED)
        state.messages[line.id], welcome.last_message_id = line, line.id
        hands.turn(seconds=1)
    await sandbox.person("Ugo").leaves()

    async def came() -> list[str]:
        events = await read(stage, since)
        joined = [e for e in events if isinstance(e, MemberJoined)]
        once = {e.delivery_id: e.profile.name for e in joined if e.profile}
        return list(once.values())

    assert await came() == ["Léa", "Max"]
    hands.turn(hours=1)
    assert await came() == ["Léa", "Max"], "everybody is read, under the same names"
    await stage.adapter.stop()
    await sandbox.stop()


async def test_bots_and_what_is_closed_to_us_are_left_out(world: World, hands: Hands) -> None:
    rights = BOT & ~Permission.MANAGE_THREADS & ~Permission.READ_MESSAGE_HISTORY
    sandbox = DiscordSandbox(world, bot_permissions=rights)
    await sandbox.start()
    stage = Stage(sandbox, world)
    await stage.adapter.start(stage.core.handle)
    try:
        since = hands.turn(minutes=1)
        lea = await stage.member("Léa")
        await lea.says("Personne ne le lira", channel="entraide")
        assert [type(event) for event in await read(stage, since)] == [MemberJoined]
    finally:
        await stage.adapter.stop()
        await sandbox.stop()


async def test_what_we_said_ourselves_is_no_event(stage: Stage, hands: Hands) -> None:
    lea = await stage.member("Léa")
    since = hands.turn(minutes=1)
    said = await lea.says("Bonjour", channel="entraide")
    posted = await stage.handed(MessagePosted)
    assert isinstance(posted, MessagePosted)
    await stage.adapter.send(Message(Text("Bienvenue")), posted.message.channel, key="1")
    assert [e.delivery_id for e in await read(stage, since)] == [said.id]


async def test_a_platform_that_fails_half_way_is_said(stage: Stage, hands: Hands) -> None:
    lea = await stage.member("Léa")
    since = hands.turn(minutes=1)
    await lea.says("Bonjour", channel="entraide")
    await lea.says("Bonjour", channel="rituels")
    stage.sandbox.limit("GET /channels/{channel_id}/messages", 2, 90)
    with pytest.raises(Transient):
        await read(stage, since)
    await stage.adapter.stop()
    with pytest.raises(Transient):
        await read(stage, since)


async def test_who_voted_while_away_is_read_answer_by_answer(
    stage: Stage, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.discord.votes.PAGE", 2)
    people = [await stage.member(name) for name in ("Léa", "Bob", "Chloé", "Dan")]
    since = hands.turn(minutes=1)
    poll = Poll("cafe", "Quel jour ?", ("Mardi", "Jeudi", "Vendredi"))
    place = Place(Platform.DISCORD, stage.adapter.workspace.id, Purpose.RITUALS)
    ref = await stage.adapter.send(Message(Text(""), poll=poll), place, key="1")
    await stage.adapter.stop()
    for person, day in zip(people, ("Mardi", "Mardi", "Mardi", "Vendredi"), strict=True):
        await person.votes(day)
    await stage.adapter.start(stage.core.handle)
    votes = [event for event in await read(stage, since) if isinstance(event, PollVoted)]
    assert {event.poll for event in votes} == {ref.poll}
    told = {(event.account.user, event.chosen) for event in votes if event.account}
    assert told == {(p.id, (0,)) for p in people[:3]} | {(people[3].id, (2,))}
