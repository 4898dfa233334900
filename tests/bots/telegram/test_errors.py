"""What Telegram's refusals and silences mean, each as the page for operators says it."""

from itertools import groupby
from pathlib import Path

import pytest
from aiohttp import web
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bots.sandbox.people import World, eventually
from bots.sandbox.telegram import TelegramSandbox
from bots.telegram.api import Api
from bots.telegram.errors import REFUSALS, meaning
from bots.telegram.settings import TelegramSettings
from bots.telegram.wire import FailedError, NotSentError, UnansweredError
from core.chat.adapter import (
    Doubtful,
    Permanent,
    RateLimited,
    Transient,
    Unreachable,
)
from core.chat.identity import Purpose
from core.chat.messages import Message, Text
from tests.bots.telegram.stage import connected
from tests.bots.telegram.test_adapter import SEEN, account, member, place
from tests.bots.telegram.test_faults import free_port

e2e = pytest.mark.e2e

PAGE = Path(__file__).parents[3] / "docs" / "platforms" / "telegram.md"


def test_the_librarys_errors_mean_something() -> None:
    waiting = meaning(RetryAfter(3))
    assert isinstance(waiting, RateLimited)
    assert waiting.retry_after == 3
    for passing in (NetworkError("odd"), Conflict("terminated")):
        assert type(meaning(passing, shows=True)) is Transient
    assert isinstance(
        meaning(Forbidden("Forbidden: bot can't initiate conversation with a user")), Unreachable
    )
    odd = meaning(BadRequest('Bad Request: can\'t do "what somebody wrote" today'))
    assert isinstance(odd, Permanent)
    assert "somebody" not in str(odd)
    for refusal, code in ((InvalidToken(), "401"), (Forbidden("Forbidden: never seen"), "403")):
        found = meaning(refusal)
        assert isinstance(found, Permanent)
        assert found.code == code


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (UnansweredError("ServerDisconnectedError"), Doubtful),
        (FailedError(504), Doubtful),
        (TelegramError("unreadable answer"), Doubtful),
        (NotSentError("ClientConnectorError"), Transient),
        (FailedError(500), Transient),
        (FailedError(502), Transient),
        (FailedError(503), Transient),
    ],
)
def test_only_what_left_without_an_answer_leaves_a_doubt(
    error: TelegramError, meant: type[Transient]
) -> None:
    assert type(meaning(error, shows=True)) is meant
    assert type(meaning(error)) is Transient


def test_each_refusal_is_found_by_its_own_words() -> None:
    for piece, (kind, code, reason) in REFUSALS.items():
        found = meaning(BadRequest(f"Bad Request: {piece.upper()}"))
        assert (type(found), str(found)) == (kind, f"{code}: {reason}")


def row(code: str) -> str:
    """The page's line for a code."""
    meant = [(piece, kind, why) for piece, (kind, known, why) in REFUSALS.items() if known == code]
    said = ", ".join(f"*{piece}*" for piece, _, _ in meant)
    why = "; ".join(dict.fromkeys(why for _, _, why in meant))
    return f'| {said} | `{meant[0][1].__name__}("{code}")` | {why} |'


def test_the_page_for_operators_says_the_same() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| *")]
    codes = dict.fromkeys(code for _, code, _ in REFUSALS.values())
    assert rows == [row(code) for code in codes]


def test_one_code_means_one_thing() -> None:
    known = sorted((code, kind.__name__) for kind, code, _ in REFUSALS.values())
    assert [len({kind for _, kind in same}) for _, same in groupby(known, key=lambda k: k[0])] == [
        1 for _ in {code for code, _ in known}
    ]


@e2e
async def test_a_message_whose_answer_is_lost_is_doubtful_and_stands_once() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        stage.sandbox.lose_answers("sendMessage")
        with pytest.raises(Doubtful):
            await stage.adapter.send(SEEN, account(stage, lea), key="1")
        await eventually(stage.world, lea, "Vu.")
        assert sum(seen.text == "Vu." for seen in lea.sees()) == 1


@e2e
async def test_an_edit_whose_answer_is_lost_is_made_again_without_a_doubt() -> None:
    async with connected() as stage:
        lea = await member(stage, "Léa")
        ref = await stage.adapter.send(SEEN, place(stage, Purpose.HELP), key="1")
        stage.sandbox.lose_answers("editMessageText")
        with pytest.raises(Transient) as lost:
            await stage.adapter.edit(ref, Message(Text("Résolu.")))
        assert not isinstance(lost.value, Doubtful)
        await stage.adapter.edit(ref, Message(Text("Résolu.")))
        await eventually(stage.world, lea, "Résolu.")


@e2e
async def test_a_platform_that_is_down_leaves_no_doubt() -> None:
    async with connected() as stage:
        stage.sandbox.down()
        with pytest.raises(Transient) as down:
            await stage.adapter.send(SEEN, place(stage, Purpose.HELP), key="1")
        assert not isinstance(down.value, Doubtful)
        stage.sandbox.up()


@e2e
async def test_nobody_to_talk_to_leaves_no_doubt() -> None:
    api = Api(TelegramSettings("1:x", "-1001", api_url=f"http://127.0.0.1:{free_port()}/bot"))
    with pytest.raises(Transient):
        await api.call("sendMessage", {"chat_id": 1, "text": "?"})
    await api.open()
    with pytest.raises(Transient) as refused:
        await api.call("sendMessage", {"chat_id": 1, "text": "?"})
    assert not isinstance(refused.value, Doubtful)
    await api.close()


@e2e
@pytest.mark.parametrize(
    ("status", "body", "meant"),
    [
        (200, "<html>Léa a écrit", Doubtful),
        (200, "[]", Doubtful),
        (200, '{"ok": true}', Doubtful),
        (413, "<html>", Permanent),
        (504, "<html>", Doubtful),
    ],
)
async def test_an_odd_answer_is_understood_and_shown_to_nobody(
    status: int, body: str, meant: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    async def answers(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answers)
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    api = Api(TelegramSettings("1:x", "-1001", api_url=f"http://127.0.0.1:{port}/bot"))
    await api.open()
    with pytest.raises(meant):
        await api.call("sendMessage", {"chat_id": 1, "text": "?"})
    await api.close()
    await runner.cleanup()
    assert "Léa" not in caplog.text


@e2e
async def test_after_the_stop_nothing_leaves() -> None:
    sandbox = TelegramSandbox(World())
    async with connected(sandbox) as stage:
        await stage.adapter.send(SEEN, place(stage, Purpose.HELP), key="1")
    with pytest.raises(Transient) as closed:
        await stage.adapter.send(SEEN, place(stage, Purpose.HELP), key="2")
    assert not isinstance(closed.value, Doubtful)
