"""When Slack limits, drops, doubts or goes down: nothing is lost, nothing shown twice."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bots.sandbox.people import World
from bots.sandbox.slack import SlackSandbox
from bots.sandbox.slack.calls import METHODS
from bots.slack.adapter import SlackAdapter
from core.chat.actions import Action
from core.chat.adapter import Permanent, RateLimited, Transient, Unreachable
from core.chat.events import CommandInvoked, MemberJoined, MessagePosted
from core.chat.identity import Account, Channel, MessageRef, Place, Platform, Purpose
from core.chat.messages import Button, File, Message, Reply, Text
from tests.bots.slack.stage import TEAM, ScriptedCore, Stage, StageMenu, settings_for, stage

pytestmark = pytest.mark.e2e

HELP = Place(Platform.SLACK, TEAM, Purpose.HELP)


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage(SlackSandbox(World(), members_channel=True), gate_channels=("membres",)) as s:
        yield s


def shown(here: Stage, text: str) -> int:
    return sum(text in seen.text for seen in here.sandbox.transcript())


async def test_a_limit_is_told_with_its_wait(slack: Stage) -> None:
    slack.sandbox.limit("chat.postMessage", 1, 7)
    with pytest.raises(RateLimited) as caught:
        await slack.adapter.send(Message(Text("Plus tard")), HELP, key="1")
    assert caught.value.retry_after == 7
    await slack.adapter.send(Message(Text("Plus tard")), HELP, key="1")
    assert shown(slack, "Plus tard") == 1


async def test_an_answer_survives_a_limit(slack: Stage) -> None:
    lea = await slack.person("Léa")
    slack.core.on(CommandInvoked, Reply(Message(Text("Me voici"))))
    slack.sandbox.limit("response_url", 1, 1)
    await lea.runs("/amicale parcours", channel="entraide")
    await slack.sees(lea, "Me voici")


async def test_the_same_key_is_never_shown_twice(slack: Stage) -> None:
    first = await slack.adapter.send(Message(Text("Une fois")), HELP, key="k")
    assert await slack.adapter.send(Message(Text("Une fois")), HELP, key="k") == first
    assert shown(slack, "Une fois") == 1


async def test_a_lost_answer_is_looked_up_before_a_resend(
    slack: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message arrives, its answer does not: the second try finds it."""
    lea = await slack.person("Léa")
    handler = METHODS["chat.postMessage"].handler
    lose(monkeypatch, slack.sandbox)
    for to, key in ((HELP, "lost"), (slack.account(lea), "lost in private")):
        with pytest.raises(Transient):
            await slack.adapter.send(Message(Text(f"Bien arrivé {key}.")), to, key=key)
    assert METHODS["chat.postMessage"].handler is handler
    monkeypatch.undo()
    for to, key in ((HELP, "lost"), (slack.account(lea), "lost in private")):
        ref = await slack.adapter.send(Message(Text(f"Bien arrivé {key}.")), to, key=key)
        assert (await slack.sees(lea, f"Bien arrivé {key}.")).id == ref.id
        assert shown(slack, f"Bien arrivé {key}.") == 1


def lose(
    monkeypatch: pytest.MonkeyPatch, sandbox: SlackSandbox, method: str = "chat.postMessage"
) -> None:
    """Cut the connection after a method was carried out."""
    call = sandbox._call

    async def cut(request: web.Request, name: str, headers: dict[str, str]) -> dict[str, Any]:
        answer = await call(request, name, headers)
        if name == method and request.transport:
            request.transport.abort()
        return answer

    monkeypatch.setattr(sandbox, "_call", cut)


async def test_a_thread_is_looked_up_too(slack: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    root = await slack.adapter.send(Message(Text("Racine")), HELP, key="root")
    lose(monkeypatch, slack.sandbox)
    with pytest.raises(Transient):
        await slack.adapter.send(Message(Text("Réponse")), root, key="below")
    monkeypatch.undo()
    await slack.adapter.send(Message(Text("Réponse")), root, key="below")
    assert shown(slack, "Réponse") == 1


AGENDA = Message(Text("Voici"), files=(File("agenda.ics", b"BEGIN:VCALENDAR", "text/calendar"),))


async def test_a_file_whose_answer_was_lost_is_looked_up_too(
    slack: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(monkeypatch, slack.sandbox, "files.completeUploadExternal")
    with pytest.raises(Transient):
        await slack.adapter.send(AGENDA, HELP, key="file")
    monkeypatch.undo()
    await slack.adapter.send(AGENDA, HELP, key="file")
    assert shown(slack, "agenda.ics") == shown(slack, "Voici") == 1


async def test_after_a_crash_a_file_is_not_sent_again(slack: Stage) -> None:
    first = await slack.adapter.send(AGENDA, HELP, key="file")
    other = SlackAdapter(settings_for(slack.sandbox), StageMenu())
    await other.start(ScriptedCore(slack.world))
    again = await other.send(AGENDA, HELP, key="file")
    await other.stop()
    assert again == first
    assert shown(slack, "agenda.ics") == 1


async def test_a_file_that_cannot_be_uploaded_is_tried_again(
    slack: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(slack.sandbox.workspace, "address", "http://127.0.0.1:9")
        with pytest.raises(Transient):
            await slack.adapter.send(AGENDA, HELP, key="file")
    slack.sandbox.limit("upload")
    with pytest.raises(Transient):
        await slack.adapter.send(AGENDA, HELP, key="file")
    await slack.adapter.send(AGENDA, HELP, key="file")
    assert shown(slack, "agenda.ics") == shown(slack, "Voici") == 1


async def test_a_file_for_one_person_goes_to_their_direct_message(slack: Stage) -> None:
    lea, bob = await slack.person("Léa"), await slack.person("Bob")
    slack.core.on(CommandInvoked, Reply(AGENDA))
    await lea.runs("/amicale parcours", channel="entraide")
    sent = await slack.sees(lea, "agenda.ics")
    assert (sent.channel, sent.private_to, sent.files) == ("privé", "Léa", ("agenda.ics",))
    slack.core.on(CommandInvoked, Reply(AGENDA, private=False))
    await lea.runs("/amicale parcours", channel="entraide")
    assert (await slack.sees(bob, "agenda.ics")).channel == "entraide"


async def test_after_a_crash_what_was_sent_is_not_sent_again(slack: Stage) -> None:
    lea = await slack.person("Léa")
    for to in (HELP, slack.account(lea)):
        first = await slack.adapter.send(Message(Text("Avant la chute")), to, key=f"row {to}")
        other = SlackAdapter(settings_for(slack.sandbox), StageMenu())
        await other.start(ScriptedCore(slack.world))
        again = await other.send(Message(Text("Avant la chute")), to, key=f"row {to}")
        await other.send(Message(Text("Neuf")), to, key=f"new {to}")
        await other.stop()
        assert again == first
    assert shown(slack, "Avant la chute") == shown(slack, "Neuf") == 2


@pytest.mark.parametrize("cut", ["drop", "ask_reconnect", "invalidate_session"])
async def test_it_comes_back_after(slack: Stage, cut: str) -> None:
    lea = await slack.person("Léa")
    await slack.core.one(MemberJoined)
    done = getattr(slack.sandbox, cut)()
    if done is not None:
        await done
    assert await slack.world.until(lambda: slack.sandbox.connections == 0 or done is not None)
    assert await slack.world.until(lambda: slack.sandbox.connections >= 1, seconds=15)
    await lea.says("Encore là ?", channel="entraide")
    assert (await slack.core.one(MessagePosted, seconds=15)).text == "Encore là ?"


async def test_a_second_delivery_has_the_same_id(slack: Stage) -> None:
    lea = await slack.person("Léa")
    slack.sandbox.deliver_twice(99)
    await lea.says("Deux fois", channel="entraide")
    assert await slack.world.until(lambda: len(slack.core.of(MessagePosted)) == 2)
    assert len({event.delivery_id for event in slack.core.of(MessagePosted)}) == 1


async def test_nothing_is_acknowledged_before_it_is_done() -> None:
    """Stopped in the middle of its work, the adapter leaves the event to be sent again."""
    async with stage(SlackSandbox(World(), retries=(0.5,) * 20)) as slack:
        lea = await slack.person("Léa")
        slack.core.on(MessagePosted, None, after=30)
        await lea.says("À refaire", channel="entraide")
        await slack.core.one(MessagePosted)
        await slack.adapter.stop()
        core = ScriptedCore(slack.world)
        other = SlackAdapter(settings_for(slack.sandbox), StageMenu())
        await other.start(core)
        assert (await core.one(MessagePosted, seconds=10)).text == "À refaire"
        await other.stop()


async def test_down_is_transient_and_a_wrong_token_is_not() -> None:
    sandbox = SlackSandbox(World())
    await sandbox.start()
    core = ScriptedCore(sandbox.world)
    sandbox.down()
    adapter = SlackAdapter(settings_for(sandbox), StageMenu())
    with pytest.raises(Transient):
        await adapter.start(core)
    with pytest.raises(Transient):
        await adapter.send(Message(Text("…")), HELP, key="1")
    sandbox.up()
    await adapter.start(core)
    await adapter.send(Message(Text("Revenu")), HELP, key="1")
    await adapter.stop()
    for change in ({"bot_token": "xoxb-no"}, {"app_token": "xapp-no"}, {"workspace": "T0OTHER"}):
        with pytest.raises(Permanent):
            await SlackAdapter(settings_for(sandbox, **change), StageMenu()).start(core)
    await sandbox.stop()
    with pytest.raises(Transient):
        await SlackAdapter(settings_for(sandbox), StageMenu()).start(core)


async def test_refusals_are_named(slack: Stage) -> None:
    text = Message(Text("…"))
    with pytest.raises(Unreachable):
        await slack.adapter.send(text, Account(Platform.SLACK, TEAM, "U0NOBODY0"), key="1")
    with pytest.raises(Permanent, match="channel_not_found"):
        await slack.adapter.send(text, Channel(Platform.SLACK, TEAM, "C0NOWHERE"), key="2")
    with pytest.raises(Permanent, match="no_channel"):
        await slack.adapter.send(text, Place(Platform.SLACK, TEAM, Purpose.ADMINS), key="3")
    nowhere = Channel(Platform.SLACK, TEAM, next(iter(slack.sandbox.workspace.channels)))
    with pytest.raises(Permanent, match="message_not_found"):
        await slack.adapter.edit(MessageRef(nowhere, "1.000001"), text)
    assert await slack.adapter.link(MessageRef(nowhere, "1.000001")) is None


async def test_the_gate_opens_closes_and_does_so_again(slack: Stage) -> None:
    lea = await slack.person("Léa")
    await slack.core.one(MemberJoined)

    def inside() -> bool:
        channel = slack.sandbox.workspace.channel_named("membres")
        return channel is not None and lea.id in channel.members

    for is_open in (True, True, False, False):
        await slack.adapter.gate(slack.account(lea), is_open=is_open)
        assert inside() is is_open
    assert len(slack.core.of(MemberJoined)) == 1


async def test_signed_requests_work_like_the_socket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sandbox = SlackSandbox(World(), events_url=f"http://127.0.0.1:{port}/slack/events")
    secret = sandbox.signing_secret
    async with stage(sandbox, app_token="", signing_secret=secret, http_port=port) as here:
        assert here.adapter.address == f"http://127.0.0.1:{port}/slack/events"
        lea = await here.person("Léa")
        here.core.on(
            CommandInvoked, Reply(Message(Text("Par HTTP"), (Button("Oui", Action("y")),)))
        )
        await lea.runs("/amicale parcours", channel="entraide")
        await here.sees(lea, "Par HTTP")
        await lea.says("Bonjour", channel="entraide")
        assert (await here.core.one(MessagePosted)).text == "Bonjour"
        headers = {"X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": "1"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(here.adapter.address, data=b"{}", headers=headers) as answer,
        ):
            assert answer.status == 401
