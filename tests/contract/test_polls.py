"""Polls and files: shown natively or by their fallback, voted in, and ended."""

from datetime import UTC, datetime, timedelta

import pytest

from bots.sandbox.people import CannotDo, Person
from core.chat.events import ButtonPressed, CommandInvoked, PollVoted
from core.chat.identity import MessageRef
from core.chat.messages import File, Message, Poll, Reply, Text
from tests.contract.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
capability = pytest.mark.capability

DAYS = ("Mardi", "Jeudi", "Vendredi")


def poll(stage: Stage, *, several: bool = False) -> Poll:
    """A poll that no other test asks, for three hours."""
    closes = datetime.now(UTC) + timedelta(hours=3)
    question = stage.word("Quel jour ?")
    return Poll(question.rpartition(" ")[2], question, DAYS, closes, several=several)


async def asked(stage: Stage, asks: Poll, text: str = "") -> MessageRef:
    message = Message(Text(text), poll=asks)
    return await stage.adapter.send(message, stage.place(), key=asks.key)


def _held(stage: Stage, by: Person, asks: Poll, ref: MessageRef) -> set[int]:
    """What the events so far say that somebody chose, natively or by buttons."""
    held: set[int] = set()
    for event in stage.core.events:
        if event.account != stage.account(by):
            continue
        if isinstance(event, PollVoted) and event.poll == ref.poll:
            held = (held - set(event.dropped)) | set(event.chosen)
        if isinstance(event, ButtonPressed) and event.action.argument.startswith(f"{asks.key}:"):
            held = {int(event.action.argument.rpartition(":")[2])}
    return held


@capability("polls")
async def test_a_poll_is_voted_in_and_a_mind_changed(stage: Stage) -> None:
    lea, asks = await stage.member(), poll(stage)
    ref = await asked(stage, asks)
    shown = await stage.shows(lea, asks.question)
    assert shown.id == ref.id
    assert (tuple(choice for choice, _ in shown.choices) or shown.buttons) == DAYS
    for number, day in ((1, "Jeudi"), (2, "Vendredi")):
        await lea.votes(day, on=shown)
        await stage.until(lambda: _held(stage, lea, asks, ref) == {number})  # noqa: B023  awaited at once


@capability("polls_words")
async def test_the_words_of_a_poll_stand_before_it(stage: Stage) -> None:
    lea, asks, text = await stage.member(), poll(stage), stage.word("Choisissons ensemble")
    ref = await asked(stage, asks, text)
    before, shown = await stage.shows(lea, text), await stage.shows(lea, asks.question)
    assert [before.id, shown.id].index(ref.id) == 1
    again = await asked(stage, asks, text)
    assert (again, again.poll) == (ref, ref.poll)


@capability("polls_end")
async def test_a_poll_that_ended_takes_no_vote(stage: Stage) -> None:
    lea, asks = await stage.member(), poll(stage)
    ref = await asked(stage, asks)
    shown = await stage.shows(lea, asks.question)
    ended = Poll(asks.key, asks.question, DAYS, closed=True)
    for _ in range(2):
        await stage.adapter.edit(ref, Message(Text(f"Clos : {asks.key}"), poll=ended))
    await stage.settles()
    with pytest.raises(CannotDo):
        await lea.votes("Jeudi", on=shown)


@capability("file")
async def test_a_file_arrives_with_its_name(stage: Stage) -> None:
    lea, text = await stage.member(), stage.word("Votre agenda")
    content = f"BEGIN:VCALENDAR\n{text}\n".encode()
    message = Message(Text(text), files=(File("agenda.ics", content, "text/calendar"),))
    ref = await stage.adapter.send(message, stage.place(), key=text)
    shown = await stage.shows(lea, text)
    assert shown.id == ref.id
    files = [name for one in lea.sees() if one.at >= shown.at or one.files for name in one.files]
    assert "agenda.ics" in files
    before = len(lea.sees())
    assert await stage.adapter.send(message, stage.place(), key=text) == ref
    assert len(lea.sees()) == before


@capability("file")
async def test_an_answer_in_private_may_hold_a_file(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    text = stage.word("Vos données")
    file = File(f"{text.rpartition(' ')[2]}.csv", b"nom;promo\n", "text/csv")
    stage.core.on(CommandInvoked, lea, Reply(Message(Text(text), files=(file,))))
    await lea.runs("/moi", channel="entraide")
    await stage.shows(lea, text)
    await stage.until(lambda: any(file.name in shown.files for shown in lea.sees()))
    assert not any(file.name in shown.files for shown in bob.sees())
