"""What the pretend Telegram refuses, and how it breaks when told to."""

import asyncio
import json
import socket
from datetime import timedelta

import pytest
from aiohttp import ClientSession, ServerDisconnectedError
from telegram import Update
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
)
from telegram.ext import TypeHandler

from bots.sandbox.people import CannotDo, eventually
from bots.sandbox.telegram.entities import parse_html
from bots.sandbox.telegram.refusals import RefusedError
from bots.sandbox.telegram.state import Membership
from bots.sandbox.telegram.vocabulary import RIGHTS
from tests.bots.sandbox.telegram_bot import (
    application,
    polling,
    post,
    refusal,
    started,
)

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def durations_are_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


async def test_polling_confirms_by_offset_and_suffers_no_rival() -> None:
    async with started() as sandbox:
        nadia = sandbox.person("Nadia")
        for word in ("un", "deux", "trois"):
            await nadia.says(word, channel="accueil")
        _, body = await post(sandbox, "getUpdates", limit=2)
        ids = [u["update_id"] for u in body["result"]]
        _, body = await post(sandbox, "getUpdates", offset=ids[1])
        assert [u["message"]["text"] for u in body["result"]] == ["deux", "trois"]
        _, body = await post(sandbox, "getUpdates", offset=-1)
        assert [u["message"]["text"] for u in body["result"]] == ["trois"]
        first = asyncio.create_task(post(sandbox, "getUpdates", offset=ids[1] + 2, timeout=5))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(post(sandbox, "getUpdates", offset=ids[1] + 2, timeout=5))
        status, body = await first
        assert status == 409
        assert body["description"].startswith("Conflict: terminated by other getUpdates request")
        await nadia.says("quatre", channel="accueil")
        assert [u["message"]["text"] for u in (await second)[1]["result"]] == ["quatre"]
        await post(sandbox, "setWebhook", url="http://127.0.0.1:1/hook")
        async with application(sandbox) as app:
            with pytest.raises(Conflict, match="while webhook is active"):
                await app.bot.get_updates()
        assert sandbox.complaints() == ()


async def test_allowed_updates_are_remembered() -> None:
    async with started() as sandbox:
        nadia = sandbox.person("Nadia")
        await post(sandbox, "getUpdates", allowed_updates=["message_reaction"])
        said = await nadia.says("un", channel="accueil")
        await nadia.reacts(said, "👍")
        _, body = await post(sandbox, "getUpdates")
        assert [min(u) for u in body["result"]] == ["message_reaction"]
        await post(sandbox, "getUpdates", allowed_updates=["mesage"])
        assert sandbox.complaints() == (
            "getUpdates: unknown update type 'mesage' in allowed_updates",
        )


async def test_a_webhook_gets_its_secret_and_a_second_try() -> None:
    async with started(webhook_backoff=0.02) as sandbox:
        from aiohttp import web  # noqa: PLC0415  this test alone listens

        seen: list[tuple[str, int]] = []

        async def hook(request: web.Request) -> web.Response:
            body = await request.json()
            seen.append((request.headers["X-Telegram-Bot-Api-Secret-Token"], body["update_id"]))
            sandbox.world.touch()
            if len(seen) == 1:
                return web.Response(status=500)
            asked = {"method": "sendMessage", "chat_id": sandbox.main.id, "text": "Par retour"}
            return web.json_response(asked)

        app = web.Application()
        app.router.add_post("/hook", hook)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        try:
            assert await refusal(sandbox, "setWebhook", url="ftp://x") == (
                "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
            )
            assert await refusal(sandbox, "setWebhook", url=url, secret_token="à") == (
                "Bad Request: secret token contains unallowed characters"
            )
            await post(sandbox, "setWebhook", url=url, secret_token="sec-1", max_connections=1)
            nadia = sandbox.person("Nadia")
            await nadia.says("Bonjour", channel="accueil")
            await eventually(sandbox.world, nadia, "Par retour")
            assert [secret for secret, _ in seen] == ["sec-1", "sec-1"]
            assert seen[0][1] == seen[1][1]
            info = (await post(sandbox, "getWebhookInfo"))[1]["result"]
            assert (info["url"], info["pending_update_count"]) == (url, 0)
            assert info["last_error_message"] == (
                "Wrong response from the webhook: 500 Internal Server Error"
            )
        finally:
            await runner.cleanup()


async def test_faults_twice_shuffled_and_late() -> None:
    async with started() as sandbox, polling(sandbox) as bot:
        nadia = sandbox.person("Nadia")
        sandbox.deliver_twice()
        await nadia.says("un", channel="accueil")
        await bot.last("message", 2)
        assert bot.updates[0].update_id == bot.updates[1].update_id
        sandbox.shuffle(2)
        await nadia.says("deux", channel="accueil")
        await nadia.says("trois", channel="accueil")
        await bot.last("message", 4)
        sandbox.delay(0.2)
        await nadia.says("quatre", channel="accueil")
        assert len(bot.updates) == 4
        await bot.last("message", 5)
        texts = [u.message.text for u in bot.updates if u.message]
        assert texts == ["un", "un", "trois", "deux", "quatre"]


async def test_faults_limits_cuts_and_outages() -> None:
    async with started() as sandbox, polling(sandbox) as bot:
        nadia, chat = sandbox.person("Nadia"), sandbox.main.id
        sandbox.limit("sendMessage", 1, 7)
        with pytest.raises(RetryAfter) as refused:
            await bot.bot.send_message(chat, "x")
        assert refused.value.retry_after == timedelta(seconds=7)
        sandbox.drop()
        await nadia.says("Toujours là ?", channel="accueil")
        assert (await bot.last("message")).text == "Toujours là ?"
        sandbox.down()
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await bot.bot.send_message(chat, "x")
        await nadia.says("Pendant la panne", channel="accueil")
        sandbox.up()
        assert (await bot.last("message", 2)).text == "Pendant la panne"
        await bot.bot.send_message(chat, "x")
        assert sandbox.complaints() == ()


async def test_a_cut_connection_reaches_the_client_as_such() -> None:
    async with started() as sandbox:
        waiting = asyncio.create_task(post(sandbox, "getUpdates", timeout=5))
        await asyncio.sleep(0.1)
        sandbox.drop()
        with pytest.raises(ServerDisconnectedError):
            await waiting


async def test_the_rate_limiter_of_the_library_waits_as_told() -> None:
    async with started() as sandbox, application(sandbox, limited=True) as app:
        sandbox.limit("*", 1, 1)
        sent = await app.bot.send_message(sandbox.main.id, "Patience")
        assert sent.text == "Patience"


async def test_what_a_bot_without_rights_does_not_hear() -> None:
    rights = RIGHTS - {"can_invite_users"}
    async with started(bot_rights=rights) as sandbox, polling(sandbox) as bot:
        claire = sandbox.person("Claire")
        await claire.joins()
        sandbox.admit("Claire")
        await claire.says("Bonjour", channel="accueil")
        await bot.last("message", 2)
        assert not [u for u in bot.updates if u.chat_join_request]
        with pytest.raises(BadRequest, match="Not enough rights"):
            await bot.bot.create_chat_invite_link(sandbox.main.id)


async def test_a_wrong_token_is_unauthorised() -> None:
    async with started(handed_token="7000000001:wrong") as sandbox:
        app = application(sandbox)
        with pytest.raises(InvalidToken):
            await app.initialize()
        await app.bot.shutdown()
        assert await refusal(sandbox, "getMe") == "Unauthorized"
        assert sandbox.complaints() == ()


async def test_callback_answers_have_limits() -> None:
    async with started(query_seconds=0.2) as sandbox:
        nadia, main = sandbox.person("Nadia"), sandbox.main.id
        rows = {"inline_keyboard": [[{"text": "Aller", "callback_data": "go"}]]}
        await post(sandbox, "sendMessage", chat_id=main, text="Un choix", reply_markup=rows)

        async def press() -> str:
            await nadia.presses("Aller")
            return str(
                (await post(sandbox, "getUpdates", offset=-1))[1]["result"][0]["callback_query"][
                    "id"
                ]
            )

        answer = "answerCallbackQuery"
        first = await press()
        assert "MESSAGE_TOO_LONG" in await refusal(
            sandbox, answer, callback_query_id=first, text="x" * 201
        )
        assert "URL_INVALID" in await refusal(
            sandbox, answer, callback_query_id=first, url="https://example.org"
        )
        link = "https://t.me/amicale_bot?start=f-1"
        assert (await post(sandbox, answer, callback_query_id=first, url=link))[0] == 200
        assert nadia.sees()[-1].text == "/start f-1"
        assert "query is too old" in await refusal(sandbox, answer, callback_query_id=first)
        late = await press()
        assert "Aller" in nadia.waiting
        await asyncio.sleep(0.25)
        assert "Aller" not in nadia.waiting
        assert "query is too old" in await refusal(sandbox, answer, callback_query_id=late)
        with pytest.raises(CannotDo, match="only \\['Aller'\\]"):
            await nadia.presses("Partir")


MALFORMED: list[tuple[dict[str, object], str]] = [
    ({"text": "<b>gras"}, "Can't find end tag corresponding to start tag b"),
    ({"text": "é <p>x</p>"}, 'Unsupported start tag "p" at byte offset 3'),
    ({"text": "<b>x</i>"}, 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ({"text": "x</b>"}, "Unexpected end tag at byte offset 1"),
    ({"text": "a < b"}, "Unclosed start tag at byte offset 2"),
    ({"text": "<span>x</span>"}, 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ({"text": "x", "parse_mode": "Word"}, "unsupported parse_mode"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "x", "parse_mod": "HTML"}, 'unknown parameter "parse_mod" in sendMessage'),
    ({"text": "x", "reply_markup": {"keyboard": []}}, "can't parse reply markup"),
    ({"text": "x", "reply_parameters": {"id": 3}}, 'unknown field "id"'),
]
BUTTONS: list[tuple[dict[str, str], str]] = [
    ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
    ({"text": "x"}, "Text buttons are unallowed in the inline keyboard"),
    ({"callback_data": "x"}, 'Can\'t find field "text"'),
    ({"text": "x", "url": "pas une adresse"}, "Wrong HTTP URL"),
    ({"text": "x", "callback_data": "a", "url": "https://a.fr"}, "exactly one thing"),
]


async def test_malformed_messages_are_refused_and_complained_about() -> None:
    async with started() as sandbox:
        main = sandbox.main.id
        for values, why in MALFORMED:
            sent: dict[str, object] = {"chat_id": main, "parse_mode": "HTML"}
            assert why in await refusal(sandbox, "sendMessage", **(sent | values))
        for button, why in BUTTONS:
            markup = {"inline_keyboard": [[button]]}
            assert why in await refusal(
                sandbox, "sendMessage", chat_id=main, text="x", reply_markup=markup
            )
        assert await refusal(sandbox, "sendMesage") == "Not Found: method not found"
        assert len(sandbox.complaints()) == len(MALFORMED) + len(BUTTONS) + 1
        assert sandbox.transcript() == ()


async def test_refusals_that_a_correct_client_may_meet() -> None:
    async with started() as sandbox:
        main = sandbox.main.id
        _, body = await post(sandbox, "sendMessage", chat_id=str(main), text="Bonjour")
        number = body["result"]["message_id"]
        same = {"chat_id": main, "message_id": number, "text": "Bonjour"}
        assert "message is not modified" in await refusal(sandbox, "editMessageText", **same)
        gone = {"chat_id": main, "message_id": 99}
        assert "message to delete not found" in await refusal(sandbox, "deleteMessage", **gone)
        assert "message to edit not found" in await refusal(
            sandbox, "editMessageText", **gone, text="x"
        )
        assert await refusal(sandbox, "getChat", chat_id=12) == "Bad Request: chat not found"
        sandbox.set_bot_standing(Membership("kicked"))
        assert await refusal(sandbox, "sendMessage", chat_id=main, text="x") == (
            "Forbidden: bot was kicked from the supergroup chat"
        )
        assert sandbox.complaints() == ()


async def test_forms_and_queries_are_read_like_json() -> None:
    async with started() as sandbox, ClientSession() as http:
        given = sandbox.environment()
        base = given["AMICALE_TELEGRAM_API_URL"] + given["AMICALE_TELEGRAM_TOKEN"]
        asked = {"chat_id": str(sandbox.main.id), "text": "Bonjour"}
        async with http.get(f"{base}/SENDMESSAGE", params=asked) as answer:
            assert (await answer.json())["ok"]
        form = asked | {"entities": json.dumps([{"type": "bold", "offset": 0, "length": 7}])}
        async with http.post(f"{base}/sendMessage", data=form) as answer:
            assert (await answer.json())["result"]["entities"][0]["type"] == "bold"
        async with http.get(f"{base.replace('bot7', 'bot-')}/getMe") as answer:
            assert answer.status == 404


async def test_html_becomes_text_and_entities() -> None:
    text, entities = parse_html(
        '👋 <b>Gras <i>et</i></b> &amp; <a href="https://a.fr?x=1&amp;y=2">lien</a> &lt;3 &eacute;'
    )
    assert text == "👋 Gras et & lien <3 &eacute;"
    assert entities == [
        {"type": "bold", "offset": 3, "length": 7},
        {"type": "italic", "offset": 8, "length": 2},
        {"type": "text_link", "offset": 13, "length": 4, "url": "https://a.fr?x=1&y=2"},
    ]
    with pytest.raises(RefusedError, match="Unclosed start tag"):
        parse_html('<a href="x>lien</a>')


async def test_the_webhook_of_the_library_receives_and_stops() -> None:
    async with started() as sandbox:
        app, heard = application(sandbox), list[str]()

        async def hear(update: Update, _context: object) -> None:
            heard.append(str(update.message.text if update.message else update))
            sandbox.world.touch()

        app.add_handler(TypeHandler(Update, hear))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        async with app:
            await app.start()
            assert app.updater is not None
            await app.updater.start_webhook(
                "127.0.0.1",
                port,
                "hook",
                webhook_url=f"http://127.0.0.1:{port}/hook",
                secret_token="sec-1",
                allowed_updates=Update.ALL_TYPES,
            )
            assert await sandbox.world.until(lambda: sandbox.is_connected)
            sandbox.deliver_twice()
            await sandbox.person("Nadia").says("Bonjour", channel="accueil")
            assert await sandbox.world.until(lambda: heard == ["Bonjour", "Bonjour"])
            sandbox.down()
            await sandbox.person("Nadia").says("Plus tard", channel="accueil")
            await asyncio.sleep(0.05)
            assert len(heard) == 2
            sandbox.up()
            assert await sandbox.world.until(lambda: heard[-1] == "Plus tard")
            await app.updater.stop()
            await app.bot.delete_webhook(drop_pending_updates=True)
            await app.stop()
        assert not sandbox.is_connected
        assert sandbox.complaints() == ()


async def test_a_declined_request_closes_the_door_again() -> None:
    async with started() as sandbox, polling(sandbox) as bot:
        claire = sandbox.person("Claire")
        await claire.joins()
        asked = await bot.last("chat_join_request")
        await bot.bot.send_message(asked.user_chat_id, "Bonjour")
        await asked.decline()
        with pytest.raises(Forbidden, match="can't initiate conversation"):
            await bot.bot.send_message(asked.user_chat_id, "Encore")
        with pytest.raises(BadRequest, match="Hide_requester_missing"):
            await asked.decline()
        await claire.joins()
        asked = await bot.last("chat_join_request", 2)
        sandbox.state.users[int(claire.id)].contact_until -= 301
        with pytest.raises(Forbidden, match="can't initiate conversation"):
            await bot.bot.send_message(asked.user_chat_id, "Cinq minutes plus tard")
        full = await bot.bot.get_chat(sandbox.main.id)
        assert (full.is_forum, full.join_by_request) == (True, True)
        assert await bot.bot.get_chat_member_count(sandbox.main.id) == 2
        link = await bot.bot.create_chat_invite_link(sandbox.main.id, name="Rentrée")
        await claire.follows(link.invite_link)
        assert (await bot.last("chat_member")).invite_link.name == "Rentrée"
        assert sandbox.complaints() == ()
