"""The stand-in's bad days that cost something: its limits, lost answers, processes that die."""

import asyncio
import contextlib

import pytest
from aiohttp import ClientError, ClientSession

from bots.sandbox.people import CannotDo
from bots.sandbox.telegram.floods import Floods
from bots.sandbox.telegram.refusals import RefusedError
from tests.bots.sandbox.telegram_bot import member, post, refusal, started

pytestmark = pytest.mark.e2e


def admitted(floods: Floods, chat: str, *moments: float) -> list[bool]:
    """Whether a message to a chat passes, at each of these moments (seconds)."""
    passed = []
    for moment in moments:
        try:
            floods.admit("sendMessage", chat, moment)
        except RefusedError:
            passed.append(False)
        else:
            passed.append(True)
    return passed


def test_a_chat_takes_one_message_a_second() -> None:
    assert admitted(Floods(1), "501", 0, 0.9, 1, 1.5, 2) == [True, False, True, False, True]


def test_a_group_takes_twenty_a_minute() -> None:
    floods = Floods(1)
    assert all(admitted(floods, "-1001", *range(20)))
    assert admitted(floods, "-1001", 59.9, 60, 60.5, 61) == [False, True, False, True]


def test_all_chats_together_take_thirty_a_second_and_refusals_count_nowhere() -> None:
    floods = Floods(1)
    assert [admitted(floods, str(chat), 0.0) for chat in range(31)] == [*[[True]] * 30, [False]]
    assert admitted(floods, "30", 0.5, 1.0) == [False, True]
    assert floods.refusals == 2


def test_windows_may_be_shorter_and_looking_costs_nothing() -> None:
    floods = Floods(10)
    assert admitted(floods, "501", 0, 0.05, 0.1) == [True, False, True]
    for _ in range(100):
        floods.admit("getChat", "501", 0.1)
        floods.admit("sendChatAction", "501", 0.1)


async def test_what_comes_too_fast_is_refused_with_the_time_to_wait() -> None:
    async with started(limits=True) as sandbox:
        said = {"chat_id": sandbox.main.id, "text": "Bonjour"}
        assert (await post(sandbox, "sendMessage", **said))[0] == 200
        status, body = await post(sandbox, "sendMessage", **said)
        assert (status, body["parameters"]) == (429, {"retry_after": 1})
        assert sandbox.refusals == 1
        assert "AMICALE_TELEGRAM_GROUP_PER_MINUTE" not in sandbox.environment()
    async with started() as sandbox:
        for _ in range(40):
            assert (await post(sandbox, "sendMessage", **said))[0] == 200
        assert sandbox.environment()["AMICALE_TELEGRAM_GROUP_PER_MINUTE"] == "0"
        assert sandbox.refusals == 0


async def test_an_answer_may_be_lost_after_the_deed() -> None:
    async with started() as sandbox:
        await member(sandbox, "Léa")
        sandbox.lose_answers("sendMessage")
        said = {"chat_id": sandbox.main.id, "text": "Bonjour"}
        with pytest.raises(ClientError):
            await post(sandbox, "sendMessage", **said)
        assert (await post(sandbox, "sendMessage", **said))[0] == 200
        assert sum(seen.text == "Bonjour" for seen in sandbox.person("Léa").sees()) == 2


async def test_nobody_listens_any_more_for_a_process_that_was_killed() -> None:
    async with started() as sandbox:
        await member(sandbox, "Léa")
        given = sandbox.environment()
        url = f"{given['AMICALE_TELEGRAM_API_URL']}{given['AMICALE_TELEGRAM_TOKEN']}/getUpdates"
        async with ClientSession() as http:
            offset = (await post(sandbox, "getUpdates"))[1]["result"][-1]["update_id"] + 1
            asked = asyncio.create_task(http.post(url, json={"timeout": 40, "offset": offset}))
            assert await sandbox.world.until(lambda: sandbox.is_connected)
            asked.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asked
        assert await sandbox.world.until(lambda: not sandbox.is_connected)
        await sandbox.person("Léa").says("Entre deux", channel="entraide")
        _, body = await post(sandbox, "getUpdates", offset=offset)
        assert [update["message"]["text"] for update in body["result"]] == ["Entre deux"]


async def test_thousands_wait_and_are_served_a_hundred_at_a_time_until_confirmed() -> None:
    async with started() as sandbox:
        await member(sandbox, "Léa")
        words = [str(number) for number in range(1000)]
        for word in words:
            await sandbox.person("Léa").says(word, channel="entraide")
        heard: list[str] = []
        offset = 0
        while sandbox.feed.pending:
            updates = (await post(sandbox, "getUpdates", offset=offset))[1]["result"]
            assert (await post(sandbox, "getUpdates", offset=offset))[1]["result"] == updates
            heard += [u["message"].get("text") for u in updates if "message" in u]
            offset = updates[-1]["update_id"] + 1
            await post(sandbox, "getUpdates", offset=offset, limit=1)
        assert [word for word in heard if word in words] == words


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"question": "x" * 301}, "poll question length"),
        ({"options": [{"text": "x"}] * 13}, "poll must have"),
        ({"options": [{"text": "x" * 101}]}, "poll options length"),
        ({"type": "quiz"}, "only regular polls"),
    ],
)
async def test_a_poll_beyond_its_limits_is_refused(asked: dict[str, object], why: str) -> None:
    poll: dict[str, object] = {"question": "?", "options": [{"text": "a"}, {"text": "b"}]}
    async with started() as sandbox:
        said = await refusal(sandbox, "sendPoll", **{"chat_id": sandbox.main.id, **poll, **asked})
        assert why in said


async def test_a_poll_is_stopped_once_and_never_changed() -> None:
    async with started() as sandbox:
        chat, options = sandbox.main.id, [{"text": "a"}, {"text": "b"}]
        poll = {"chat_id": chat, "question": "?", "options": options}
        _, body = await post(sandbox, "sendPoll", **poll)
        sent = {"chat_id": chat, "message_id": body["result"]["message_id"]}
        assert "no text" in await refusal(sandbox, "editMessageText", text="x", **sent)
        _, body = await post(sandbox, "stopPoll", **sent)
        assert body["result"]["is_closed"]
        assert "already been closed" in await refusal(sandbox, "stopPoll", **sent)
        assert "to stop not found" in await refusal(
            sandbox, "stopPoll", chat_id=chat, message_id=999
        )


async def test_a_vote_may_be_final_and_an_anonymous_one_is_told_to_nobody() -> None:
    async with started() as sandbox:
        await member(sandbox, "Léa")
        options = [{"text": "a"}, {"text": "b"}]
        await post(sandbox, "sendPoll", chat_id=sandbox.main.id, question="?", options=options)
        lea = sandbox.person("Léa")
        before = sandbox.feed.pending
        await lea.votes("a")
        assert sandbox.feed.pending == before
        with pytest.raises(CannotDo, match="final"):
            await lea.votes("b")
