"""What the Slack stand-in does when told to fail, and signed HTTP in place of sockets."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bots.sandbox.people import World, eventually
from bots.sandbox.slack import SlackPerson, SlackSandbox
from tests.bots.sandbox.slack_stage import Bot, arrives, call, channel_id


@pytest.mark.e2e
async def test_limits_are_told_and_the_library_waits(slack: SlackSandbox, bot: Bot) -> None:
    slack.limit("chat.postMessage", times=1, retry_after=1)
    start = asyncio.get_running_loop().time()
    await bot.client.chat_postMessage(channel=channel_id(slack, "accueil"), text="patience")
    assert asyncio.get_running_loop().time() - start >= 1
    assert slack.person("Nadia").sees()[-1].text == "patience"


@pytest.mark.e2e
async def test_deliveries_come_twice_late_or_in_disorder_when_told(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson
) -> None:
    await arrives(slack, lambda: "team_join" in bot.kinds() or bot.events != [])
    await asyncio.sleep(0.1)
    bot.bodies.clear()
    bot.events.clear()
    slack.deliver_twice()
    await lea.says("double", channel="entraide")
    await arrives(slack, lambda: len(bot.bodies) == 2)
    assert bot.bodies[0]["event_id"] == bot.bodies[1]["event_id"]
    slack.shuffle(3)
    for word in ("un", "deux", "trois"):
        await lea.says(word, channel="entraide")
    await arrives(slack, lambda: len(bot.events) == 5)
    assert {e["text"] for e in bot.events[2:]} == {"un", "deux", "trois"}
    slack.delay(0.3)
    await lea.says("tard", channel="entraide")
    await lea.says("tôt", channel="entraide")
    await arrives(slack, lambda: len(bot.events) == 7)
    assert [e["text"] for e in bot.events[5:]] == ["tôt", "tard"]


@pytest.mark.e2e
async def test_the_app_comes_back_after_a_reconnect_request_a_cut_and_an_outage(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson
) -> None:
    for number, fault in enumerate((slack.ask_reconnect, slack.invalidate_session)):
        await fault()
        await lea.says(f"pendant {number}", channel="entraide")
        await arrives(slack, lambda n=number: f"pendant {n}" in [e.get("text") for e in bot.events])  # type: ignore[misc]
    slack.drop()
    await asyncio.sleep(0.05)
    await lea.says("coupé", channel="entraide")
    await arrives(slack, lambda: "coupé" in [e.get("text") for e in bot.events], 8)
    slack.down()
    await asyncio.sleep(0.05)
    await lea.says("éteint", channel="entraide")
    await lea.runs("/aide")
    assert await eventually(slack.world, lea, "dispatch_failed")
    slack.up()
    await arrives(slack, lambda: "éteint" in [e.get("text") for e in bot.events], 8)
    assert slack.complaints() == ()


@pytest.mark.e2e
async def test_signed_events_are_challenged_signed_and_sent_again() -> None:
    seen: list[tuple[str, str, bool]] = []
    verifier = SignatureVerifier("sandbox-signing-secret")

    async def hook(request: web.Request) -> web.Response:
        body = await request.read()
        valid = verifier.is_valid_request(body, dict(request.headers))
        if request.content_type == "application/json":
            said = json.loads(body)
            if said["type"] == "url_verification":
                return web.json_response({"challenge": said["challenge"]})
            seen.append(
                (said["event"]["type"], request.headers.get("X-Slack-Retry-Num", ""), valid)
            )
            return web.Response(status=500 if len(seen) == 1 else 200)
        form = await request.post()
        seen.append((str(form.get("command")), str(form.get("text")), valid))
        return web.json_response({"response_type": "in_channel", "text": "*voilà*"})

    app = web.Application()
    app.router.add_post("/slack/events", hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    slack = SlackSandbox(World(), events_url=address, events=("team_join",))
    await slack.start()
    try:
        lea = slack.person("Léa")
        await lea.joins()
        await arrives(slack, lambda: len(seen) == 2)
        assert seen == [("team_join", "", True), ("team_join", "1", True)]
        await lea.runs("/parcours", channel="accueil")
        assert (await eventually(slack.world, slack.person("Nadia"), "voilà")).private_to is None
        assert seen[-1] == ("/amicale", "parcours", True)
    finally:
        await slack.stop()
        await runner.cleanup()


async def socket_address(slack: SlackSandbox) -> str:
    answer = await call(slack, "apps.connections.open", token=slack.app_token)
    return str(answer["url"])


async def test_what_is_not_acknowledged_in_three_seconds_goes_to_any_open_socket(
    slack: SlackSandbox,
) -> None:
    async with aiohttp.ClientSession() as session:
        address = await socket_address(slack)
        one = await session.ws_connect(address)
        assert (await one.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)  # a ticket serves once
        two = await session.ws_connect(await socket_address(slack))
        assert (await two.receive_json())["num_connections"] == 2
        await slack.person("Nadia").says("Bonjour", channel="accueil")
        inbox: asyncio.Queue[tuple[int, dict[str, Any]]] = asyncio.Queue()

        async def read(number: int, socket: aiohttp.ClientWebSocketResponse) -> None:
            async for message in socket:
                inbox.put_nowait((number, message.json()))

        readers = [asyncio.create_task(read(n, s)) for n, s in enumerate((one, two))]
        first_socket, first = await asyncio.wait_for(inbox.get(), 2)
        second_socket, second = await asyncio.wait_for(inbox.get(), 5)
        assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
        assert second["retry_reason"] == "timeout"
        assert first["envelope_id"] != second["envelope_id"]
        assert first["payload"]["event_id"] == second["payload"]["event_id"]
        assert {first_socket, second_socket} == {0, 1}
        await one.send_json({"envelope_id": first["envelope_id"]})  # late: no harm
        await one.send_json({"envelope_id": second["envelope_id"]})
        await asyncio.sleep(0.05)
        assert slack.complaints() == ()
        await one.send_json({"envelope_id": second["envelope_id"]})
        await one.send_json({"envelope_id": "env-never"})
        await one.send_json({"hello": "?"})
        await arrives(slack, lambda: len(slack.complaints()) == 3)
        await asyncio.gather(one.close(), two.close(), *readers)


async def test_an_eleventh_socket_is_one_too_many(slack: SlackSandbox) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(await socket_address(slack)) for _ in range(11)]
        greetings = [await socket.receive_json() for socket in sockets]
        assert [g["type"] for g in greetings] == ["hello"] * 10 + ["disconnect"]
        assert greetings[-1]["reason"] == "too_many_websockets"
        for socket in sockets:
            await socket.close()


async def test_what_a_dead_app_had_in_hand_goes_to_the_next(slack: SlackSandbox) -> None:
    async with aiohttp.ClientSession() as session:
        dead = await session.ws_connect(await socket_address(slack))
        await dead.receive_json()
        for word in ("un", "deux", "trois"):
            await slack.person("Nadia").says(word, channel="accueil")
        had = [await dead.receive_json() for _ in range(3)]
        await dead.send_json({"envelope_id": had[0]["envelope_id"]})
        await dead.close()
        await arrives(slack, lambda: slack.connections == 0)
        alive = await session.ws_connect(await socket_address(slack))
        await alive.receive_json()
        async with asyncio.timeout(1):  # not after the three seconds of a silence
            again = [await alive.receive_json() for _ in range(2)]
        assert [each["payload"] for each in again] == [each["payload"] for each in had[1:]]
        assert {each["retry_attempt"] for each in again} == {1}
        await alive.send_json({"envelope_id": had[1]["envelope_id"]})  # too late: no harm
        await alive.close()
    assert slack.complaints() == ()


async def test_published_limits_are_enforced_when_asked() -> None:
    slack = SlackSandbox(World(), limits=True)
    await slack.start()
    try:
        one, two = channel_id(slack, "accueil"), channel_id(slack, "entraide")
        said = {"text": "Bonjour"}
        answers = [
            await call(slack, "chat.postMessage", channel=c, **said) for c in (one, two, one)
        ]
        assert [answer["ok"] for answer in answers] == [True, True, False]
        assert answers[-1]["error"] == "ratelimited"
        nadia = slack.person("Nadia").id
        opened = [await call(slack, "conversations.open", users=nadia) for _ in range(51)]
        assert sum(answer["ok"] for answer in opened) == 50
        assert slack.refusals == 2
    finally:
        await slack.stop()
