"""Telegram's limits, kept by us and enforced by the stand-in, in windows made short."""

import asyncio
from itertools import pairwise

import pytest

from bots.pace import Limit
from bots.sandbox.people import World
from bots.sandbox.telegram import TelegramSandbox
from bots.telegram.limits import is_shown, limits_of
from bots.telegram.settings import TelegramSettings
from core.chat.adapter import RateLimited, told_when_calling
from core.chat.events import CommandInvoked
from core.chat.identity import Purpose
from core.chat.messages import Message, Text
from tests.bots.telegram.stage import connected
from tests.bots.telegram.test_adapter import SEEN, account, member, place, replying

e2e = pytest.mark.e2e

SCALE = 20.0


def test_a_person_and_a_group_have_their_own_limits() -> None:
    published = TelegramSettings("1:x", "-1001")
    assert limits_of("501", published) == (Limit(1, 1),)
    assert limits_of("-1001", published) == (Limit(1, 1), Limit(20, 60))
    assert limits_of("@public", published) == limits_of("-1001", published)
    short = TelegramSettings("1:x", "-1001", scale=10)
    assert limits_of("-1001", short) == (Limit(1, 0.1), Limit(20, 6))
    assert limits_of("-1001", TelegramSettings("1:x", "-1001", group_per_minute=0)) == ()


def test_only_what_stands_in_a_chat_is_counted() -> None:
    shown = ["sendMessage", "sendPhoto", "editMessageText", "copyMessage"]
    hidden = ["getChat", "sendChatAction", "answerCallbackQuery", "restrictChatMember"]
    assert all(is_shown(method) for method in shown)
    assert not any(is_shown(method) for method in hidden)


@e2e
@pytest.mark.parametrize("group_per_minute", [0, 20])
async def test_whoever_asks_is_told_when_a_message_leaves_with_or_without_a_pace(
    group_per_minute: int,
) -> None:
    began: list[int] = []
    async with connected(
        TelegramSandbox(World()), group_per_minute=group_per_minute, scale=SCALE
    ) as stage:
        lea = await member(stage, "Léa")

        async def begins() -> None:
            began.append(sum("Bonjour" in seen.text for seen in lea.sees()))

        with told_when_calling(begins):
            await stage.adapter.send(Message(Text("Bonjour")), account(stage, lea), key="1")
        assert began == [0]


@e2e
async def test_many_chats_are_written_to_at_once_in_order_and_nothing_is_refused() -> None:
    sandbox = TelegramSandbox(World(), limits=True, scale=SCALE)
    async with connected(sandbox, group_per_minute=20, scale=SCALE) as stage:
        people = [await member(stage, name) for name in ("Léa", "Bob", "Chloé", "Driss")]

        async def writes(person: int) -> None:
            for number in range(12):
                message = Message(Text(f"Message {number}"))
                to = account(stage, people[person])
                await stage.adapter.send(message, to, key=f"{person}:{number}")

        await asyncio.gather(*(writes(person) for person in range(len(people))))
        for person in people:
            words = [seen.text for seen in person.sees() if seen.text.startswith("Message")]
            assert words == [f"Message {number}" for number in range(12)]
        assert stage.sandbox.refusals == 0


@e2e
async def test_a_group_gets_no_more_than_its_minute_takes() -> None:
    sandbox = TelegramSandbox(World(), limits=True, scale=SCALE)
    async with connected(sandbox, group_per_minute=20, scale=SCALE) as stage:
        loop = asyncio.get_running_loop()
        times = []
        for number in range(22):
            message = Message(Text(str(number)))
            await stage.adapter.send(message, place(stage, Purpose.HELP), key=str(number))
            times.append(loop.time())
        assert times[-1] - times[1] >= 60 / SCALE - 0.05
        assert all(after - before >= 1 / SCALE - 0.05 for before, after in pairwise(times))
        assert stage.sandbox.refusals == 0


@e2e
async def test_an_answer_does_not_wait_for_what_is_owed_to_the_same_person() -> None:
    answer = replying(SEEN, CommandInvoked)
    async with connected(
        TelegramSandbox(World(), limits=True), answer, group_per_minute=20
    ) as stage:
        lea = await member(stage, "Léa")
        owed = asyncio.gather(
            *(
                stage.adapter.send(Message(Text(f"Rappel {n}")), account(stage, lea), key=str(n))
                for n in range(8)
            ),
            return_exceptions=True,
        )
        await lea.runs("/moi")
        await stage.until(lambda: sum(seen.text == "Vu." for seen in lea.sees()) == 2)
        before = [seen.text for seen in lea.sees() if seen.text.startswith("Rappel")]
        assert len(before) < 4
        owed.cancel()
        assert stage.sandbox.refusals == 0


@e2e
async def test_a_wait_that_telegram_asks_for_holds_that_chat_and_no_other() -> None:
    async with connected(group_per_minute=20, scale=SCALE) as stage:
        lea, bob = await member(stage, "Léa"), await member(stage, "Bob")
        stage.sandbox.limit("sendMessage", 1, 1)
        with pytest.raises(RateLimited):
            await stage.adapter.send(SEEN, account(stage, lea), key="1")
        loop = asyncio.get_running_loop()
        began = loop.time()
        await stage.adapter.send(SEEN, account(stage, bob), key="2")
        assert loop.time() - began < 0.9
        await stage.adapter.send(SEEN, account(stage, lea), key="1")
        assert loop.time() - began > 0.9
