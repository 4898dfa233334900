"""Questions asked and answered while we were away, or all at once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bots.sandbox.memory_people import MemoryPerson
from core.chat.events import MessagePosted
from core.chat.identity import MessageRef, Platform
from core.questions.models import QuestionMessage
from core.questions.rules import QuestionState
from tests.core.questions.acting import ASKED, can_help, state, tagged
from tests.village import Village


def word(
    person: MemoryPerson, number: str, text: str, under: MessageRef | None = None
) -> MessagePosted:
    channel = person.town.channel("entraide")
    if under is not None:
        channel = replace(channel, thread=under.id)
    return MessagePosted(
        message=MessageRef(channel, number),
        text=text,
        reply_to=under,
        **person._about(),  # type: ignore[arg-type]  # the common fields
    )


async def test_a_question_answered_while_we_were_away_calls_nobody(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    erin = await can_help(place, "Erin")
    await place.app.catch_up(Platform.DISCORD)
    asked = word(alice, "900", ASKED)
    answer = replace(word(bob, "901", "Voilà", asked.message), at=asked.at + timedelta(minutes=5))
    place.adapters[Platform.DISCORD].missed = [answer, asked]
    place.clock.advance(hours=3)
    assert await place.app.catch_up(Platform.DISCORD) == 2
    await place.passes(hours=3)
    assert await state() is QuestionState.ANSWERED
    assert not tagged(erin)


async def test_a_question_and_what_follows_may_come_at_once(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    asked = word(alice, "900", ASKED)
    first = word(bob, "901", "Voilà", asked.message)
    below = replace(word(bob, "902", "Et aussi"), message=MessageRef(first.message.channel, "902"))
    said = (word(bob, "899", "Bonjour"), asked, first, below, word(bob, "903", "Rien à voir"))
    await asyncio.gather(*(place.app.handle(event) for event in said))
    await place.app.settle()
    assert await state() is QuestionState.ANSWERED
    keys = (
        await QuestionMessage.exclude(member_id=None).order_by("id").values_list("key", flat=True)
    )
    assert [str(key).rsplit(":", 1)[1] for key in keys] == ["900", "901", "902"]
