"""What happened while nobody listened is read from Slack, once, in order, as it would have come."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bots.sandbox.people import World
from bots.sandbox.slack import SlackSandbox
from bots.sandbox.slack.server import SCOPES
from bots.slack.adapter import SlackAdapter
from core.chat.adapter import Transient
from core.chat.events import (
    Event,
    MemberJoined,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
)
from core.chat.identity import Place, Platform, Purpose
from core.chat.messages import Message, Text
from tests.bots.slack.stage import TEAM, ScriptedCore, Stage, StageMenu, settings_for, stage

pytestmark = pytest.mark.e2e


class Wall:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def now(self) -> datetime:
        self.time += timedelta(milliseconds=1)
        return self.time

    def passes(self, **much: float) -> datetime:
        self.time += timedelta(**much)
        return self.time


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
async def slack(wall: Wall) -> AsyncIterator[Stage]:
    async with stage(SlackSandbox(World(wall.now), join_messages=True)) as here:
        yield here


async def since(adapter: SlackAdapter, moment: datetime) -> list[Event]:
    return [event async for event in adapter.history(moment)]


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, MessagePosted)]


async def test_channels_and_threads_old_and_new_come_in_one_order(slack: Stage, wall: Wall) -> None:
    lea, bob = await slack.person("Léa"), await slack.person("Bob")
    old = await lea.says("Vieille question", channel="entraide")
    silent = await lea.says("Question sans suite", channel="entraide")
    away = wall.passes(days=3)
    wall.passes(seconds=1)
    await lea.says("un", channel="entraide")
    await bob.says("deux", channel="accueil")
    await bob.says("trois", reply_to=old)
    new = await lea.says("quatre", channel="rituels")
    await bob.says("cinq", reply_to=new)
    await lea.says("six", channel="entraide")
    wall.passes(minutes=10)
    found = await since(slack.adapter, away)
    assert texts(found) == ["un", "deux", "trois", "quatre", "cinq", "six"]
    assert [event.at for event in found] == sorted(event.at for event in found)
    reply = next(e for e in found if isinstance(e, MessagePosted) and e.text == "trois")
    assert reply.reply_to is not None
    assert reply.reply_to.id == old.id != silent.id


async def test_after_a_moment_old_threads_are_left_to_slack(slack: Stage, wall: Wall) -> None:
    lea = await slack.person("Léa")
    old = await lea.says("Vieille question", channel="entraide")
    away = wall.passes(days=3)
    wall.passes(seconds=1)
    await lea.says("Toujours rien ?", reply_to=old)
    assert texts(await since(slack.adapter, away)) == []
    wall.passes(minutes=10)
    assert texts(await since(slack.adapter, away)) == ["Toujours rien ?"]


async def test_what_may_not_be_read_is_passed_over(wall: Wall) -> None:
    scopes = SCOPES - {"groups:history", "im:read"}
    async with stage(SlackSandbox(World(wall.now), scopes=scopes)) as slack:
        lea = await slack.person("Léa")
        away = wall.passes(hours=1)
        await lea.says("Entre nous")
        await lea.says("Pour tous", channel="entraide")
        wall.passes(minutes=10)
        assert texts(await since(slack.adapter, away)) == ["Pour tous"]


async def test_what_was_heard_live_is_recognised(slack: Stage, wall: Wall) -> None:
    away = wall.passes(days=1)
    lea, bob = await slack.person("Léa"), await slack.person("Bob")
    said = await lea.says("Bonjur", channel="entraide")
    await lea.edits(said, "Bonjour")
    await bob.reacts(said, "👋")
    await bob.unreacts(said, "👋")
    await bob.reacts(said, "👋")
    await lea.says("Et voilà", reply_to=said)

    def all_heard() -> bool:
        return texts(slack.core.events)[-1:] == ["Et voilà"] and len(slack.core.events) >= 8

    assert await slack.world.until(all_heard)
    live = {type(event): event.delivery_id for event in slack.core.events}
    found = await since(slack.adapter, away)
    assert {e.delivery_id for e in found} <= {e.delivery_id for e in slack.core.events}
    for kind in (MessagePosted, MessageEdited, ReactionAdded, MemberJoined):
        assert live[kind] in [event.delivery_id for event in found], kind
    assert len([e for e in found if isinstance(e, MemberJoined)]) == 2


async def test_bots_and_ourselves_are_left_out(slack: Stage, wall: Wall) -> None:
    lea = await slack.person("Léa")
    away = wall.passes(hours=1)
    help_ = Place(Platform.SLACK, TEAM, Purpose.HELP)
    ref = await slack.adapter.send(Message(Text("Une idée ?")), help_, key="1")
    robot = slack.sandbox.workspace.user_named("Autre robot")
    channel = slack.sandbox.workspace.channel_named("entraide")
    assert channel is not None
    slack.sandbox.workspace.post(channel, robot.id, "bip", subtype="bot_message")
    await lea.reacts(await slack.sees(lea, "Une idée ?"), "🎉")
    (found,) = await since(slack.adapter, away)
    assert isinstance(found, ReactionAdded)
    assert (found.account, found.author, found.message.id) == (slack.account(lea), None, ref.id)


async def test_private_words_are_read_only_when_slack_no_longer_sends_them(
    slack: Stage, wall: Wall
) -> None:
    lea = await slack.person("Léa")
    away = wall.passes(hours=1)
    await lea.says("Tu es là ?")
    assert texts(await since(slack.adapter, away)) == []
    wall.passes(minutes=10)
    (found,) = await since(slack.adapter, away)
    assert isinstance(found, MessagePosted)
    assert found.message.channel.private


async def test_hundreds_of_messages_come_page_by_page(slack: Stage, wall: Wall) -> None:
    lea = await slack.person("Léa")
    away = wall.passes(hours=1)
    for number in range(450):
        wall.passes(seconds=20 if number < 30 else 0)
        await lea.says(f"message {number}", channel="entraide")
    found = await since(slack.adapter, away)
    assert texts(found) == [f"message {number}" for number in range(450)]


async def test_a_reading_waits_when_slack_says_so_and_says_when_it_is_down(
    slack: Stage, wall: Wall
) -> None:
    lea = await slack.person("Léa")
    away = wall.passes(hours=1)
    await lea.says("Attendu", channel="entraide")
    slack.sandbox.limit("conversations.history", 1, 1)
    assert texts(await since(slack.adapter, away)) == ["Attendu"]
    slack.sandbox.down()
    with pytest.raises(Transient):
        await since(slack.adapter, away)
    slack.sandbox.up()


async def test_a_new_process_reads_what_the_former_left(slack: Stage, wall: Wall) -> None:
    lea = await slack.person("Léa")
    away = wall.passes(hours=1)
    await slack.adapter.stop()
    said = await lea.says("Pendant l’absence", channel="entraide")
    await lea.reacts(said, "👋")
    other = SlackAdapter(settings_for(slack.sandbox), StageMenu(), now=wall.now)
    await other.start(ScriptedCore(slack.world))
    found, again = await since(other, away), await since(other, away)
    await other.stop()
    assert [type(event) for event in found] == [MessagePosted, ReactionAdded]
    assert [e.delivery_id for e in found] == [e.delivery_id for e in again]
