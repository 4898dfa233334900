"""The Discord stand-in when it is told to misbehave, or is set up wrong."""

import asyncio

import aiohttp
import discord
import pytest

from bots.sandbox.discord.permissions import BOT, Permission
from bots.sandbox.people import CannotDo, World
from tests.bots.sandbox.discord_requests import Start
from tests.bots.sandbox.discord_stage import connected, heard


@pytest.mark.e2e
async def test_a_lost_connection_is_resumed_and_nothing_missed(
    start_discord: Start, world: World
) -> None:
    sandbox = await start_discord()
    nadia = sandbox.person("Nadia")
    async with connected(sandbox) as bot:
        sandbox.drop()
        await nadia.says("pendant la coupure", channel="accueil")
        await heard(world, bot, "pendant la coupure")
        sandbox.ask_reconnect()
        assert await world.until(lambda: bot.resumes == 2)
        sandbox.deliver_twice(1)
        await nadia.says("écho", channel="accueil")
        assert await world.until(lambda: bot.heard.count("écho") == 2)
        sandbox.shuffle(2)
        await nadia.says("un", channel="accueil")
        await nadia.says("deux", channel="accueil")
        await heard(world, bot, "un")
        assert bot.heard[-2:] == ["deux", "un"]
        sandbox.delay(0.2)
        await nadia.says("en retard", channel="accueil")
        assert not await world.until(lambda: "en retard" in bot.heard, seconds=0.1)
        await heard(world, bot, "en retard")
    assert sandbox.complaints() == ()


@pytest.mark.e2e
async def test_limits_are_waited_for_and_an_outage_ends(start_discord: Start, world: World) -> None:
    sandbox = await start_discord()
    nadia = sandbox.person("Nadia")
    async with connected(sandbox) as bot:
        room = bot.room("accueil")
        sandbox.limit("POST /channels/{channel_id}/messages", 1, 0.3)
        began = asyncio.get_running_loop().time()
        await room.send("après l'attente")
        assert asyncio.get_running_loop().time() - began >= 0.3
        sandbox.down()
        with pytest.raises(discord.DiscordServerError):
            await room.send("personne n'écoute")
        await nadia.says("vous êtes là ?", channel="accueil")
        sandbox.up()
        assert await world.until(lambda: "vous êtes là ?" in bot.heard, seconds=10)
        assert [m.text for m in nadia.sees()] == ["après l'attente", "vous êtes là ?"]
    assert sandbox.complaints() == ()


@pytest.mark.e2e
async def test_a_wrong_set_up_is_refused_as_documented(start_discord: Start, world: World) -> None:
    revoked = await start_discord(right_token=False)
    with pytest.raises(discord.LoginFailure):
        async with connected(revoked):
            pass
    unprivileged = await start_discord(content_intent=False, members_intent=False)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(unprivileged):
            pass
    modest = discord.Intents(513)
    async with connected(unprivileged, modest) as bot:
        nadia = unprivileged.person("Nadia")
        await nadia.says("secret", channel="accueil")
        await nadia.says(f"<@{bot.user.id if bot.user else 0}> à toi", channel="accueil")
        assert await world.until(lambda: len(bot.heard) == 2)
        assert bot.heard[0] == ""
        assert bot.heard[1].endswith("à toi")
        info = await bot.application_info()
        assert not info.flags.gateway_message_content_limited
    weak = await start_discord(
        bot_permissions=BOT & ~Permission.SEND_MESSAGES,
        absent_channels=("rituels",),
        commands_scope=False,
    )
    async with connected(weak) as bot:
        assert discord.utils.get(bot.guild.channels, name="rituels") is None
        with pytest.raises(discord.Forbidden):
            await bot.room("accueil").send("non")
        with pytest.raises(discord.Forbidden):
            await bot.tree.sync(guild=bot.guild)
        with pytest.raises(CannotDo, match="none"):
            await weak.person("Nadia").runs("/rituel astuce")
    for sandbox in (revoked, unprivileged, weak):
        assert sandbox.complaints() == ()


async def test_the_gateway_speaks_plainly_and_closes_with_its_codes(start_discord: Start) -> None:
    sandbox = await start_discord()
    env = sandbox.environment()
    url = f"{env['AMICALE_DISCORD_GATEWAY_URL']}?v=10&encoding=json"
    identify = {"token": env["AMICALE_DISCORD_TOKEN"], "properties": {}, "intents": 513}
    async with aiohttp.ClientSession() as session:

        async def first(op: int, data: object) -> aiohttp.ClientWebSocketResponse:
            socket = await session.ws_connect(url)
            assert (await socket.receive_json())["op"] == 10
            await socket.send_json({"op": op, "d": data})
            return socket

        for op, data, code in (
            (2, identify | {"intents": 1 << 30}, 4013),
            (2, {"token": identify["token"]}, 4002),
            (8, {}, 4003),
            (77, {}, 4001),
        ):
            socket = await first(op, data)
            assert (await socket.receive()).data == code
        assert len(sandbox.complaints()) == 4
        socket = await first(2, identify)
        ready = await socket.receive_json()
        assert (ready["t"], ready["s"]) == ("READY", 1)
        assert (await socket.receive_json())["t"] == "GUILD_CREATE"
        await sandbox.person("Nadia").says("hors intention")
        sandbox.invalidate_session()
        assert await socket.receive_json() == {"op": 9, "d": False, "s": None, "t": None}
        session_id = ready["d"]["session_id"]
        resume = {"token": identify["token"], "session_id": session_id, "seq": 2}
        socket = await first(6, resume)
        assert (await socket.receive_json())["op"] == 9
        async with session.get(env["AMICALE_DISCORD_API_URL"].replace("/api/v10", "/x")) as answer:
            assert answer.status == 404


async def test_buckets_are_announced_and_enforced(start_discord: Start) -> None:
    sandbox = await start_discord(per_second=2)
    env = sandbox.environment()
    headers = {"Authorization": f"Bot {env['AMICALE_DISCORD_TOKEN']}"}
    url = f"{env['AMICALE_DISCORD_API_URL']}/users/@me"
    async with aiohttp.ClientSession(headers=headers) as session:
        left = []
        for _ in range(3):
            async with session.get(url) as answer:
                left.append((answer.status, answer.headers["X-RateLimit-Remaining"]))
        assert left == [(200, "1"), (200, "0"), (429, "0")]
        assert answer.headers["Via"]
        assert int(answer.headers["Retry-After"]) == 1
    await asyncio.sleep(1)
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert (answer.status, answer.headers["X-RateLimit-Limit"]) == (401, "2")
        assert await answer.json() == {"message": "401: Unauthorized", "code": 0}
