"""Whatever a crowd does, in whatever order, the rooms come to the same singly and in groups."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bots import schema
from bots.rooms import ROOMS
from core.chat.events import (
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.identity import Channel, MessageRef
from core.engagement.models import Activity
from core.engagement.rules import Kind
from core.engine.database import transaction
from core.engine.models import Job, OutboxMessage
from core.questions.models import Question, QuestionMessage
from rituals.models import Occurrence, OccurrenceState, RitualPost
from rituals.runner import materialise
from tests.community.conftest import SETTINGS
from tests.village import Village, village

PEOPLE = ("Alice", "Bob", "Chloé")
WORDS = ("Bonjour", "#ConseilCPF Comment financer un bilan ?", "#LundiAstuce Ctrl+K", "Merci #")
EMOJIS = ("👍", "✅")


@dataclass(frozen=True)
class Act:
    """One thing done: by whom, what, on which message, under which, with which words or emoji."""

    who: int
    what: str
    message: int
    under: int | None
    tone: int
    named: bool


ACTS = st.builds(
    Act,
    who=st.integers(0, len(PEOPLE) - 1),
    what=st.sampled_from(["say", "say", "say", "edit", "delete", "react", "react", "unreact"]),
    message=st.integers(0, 5),
    under=st.none() | st.integers(0, 5),
    tone=st.integers(0, len(WORDS) - 1),
    named=st.booleans(),
)


def events(place: Village, acts: Sequence[Act]) -> list[Event]:
    """What the platform reports; nobody posts the same message twice."""
    wrote: dict[int, int] = {}
    refs: dict[int, MessageRef] = {}
    found: list[Event] = []
    for number, act in enumerate(acts):
        person = place.person(PEOPLE[act.who])
        home = place.adapters[person.town.platform].channel("entraide")
        thread = f"m{act.under}" if act.under is not None and act.tone % 2 else None
        stands = Channel(home.platform, home.workspace, home.id, thread)
        said = act.what == "say" and act.message not in wrote
        if said:
            wrote[act.message] = act.who
            refs[act.message] = MessageRef(stands, f"m{act.message}")
        ref = refs.get(act.message, MessageRef(home, f"m{act.message}"))
        author = place.person(PEOPLE[wrote.get(act.message, 0)]).account if act.named else None
        about = {
            "delivery_id": f"d{number}",
            "at": place.clock.now() + timedelta(seconds=number),
            "workspace": person.town.workspace,
            "account": person.account,
            "profile": person.profile,
            "message": ref,
        }
        emoji = EMOJIS[act.tone % 2]
        above = refs.get(act.under) if act.under is not None else None
        made: Event
        if said:
            made = MessagePosted(text=WORDS[act.tone], reply_to=above, **about)  # type: ignore[arg-type]  # the common fields
        elif act.what in {"say", "edit"}:
            made = MessageEdited(text=WORDS[act.tone], **about)  # type: ignore[arg-type]  # same
        elif act.what == "delete":
            made = MessageDeleted(**about)  # type: ignore[arg-type]  # same
        elif act.what == "react":
            made = ReactionAdded(emoji=emoji, author=author, **about)  # type: ignore[arg-type]  # same
        else:
            made = ReactionRemoved(emoji=emoji, author=author, **about)  # type: ignore[arg-type]  # same
        found.append(made)
    return found


async def comes_to(acts: Sequence[Act], sizes: Sequence[int]) -> dict[str, Sequence[object]]:
    """What the tables hold after all that, handled so many at a time."""
    async with village(schema.MODULES, ROOMS, SETTINGS) as place:
        async with transaction():
            await materialise(place.app.scene())
        today = Occurrence.filter(date=place.clock.now().date())
        await today.update(state=OccurrenceState.OPEN, opened_at=place.clock.now())
        for name in PEOPLE:  # a reaction counts for an author whom we know
            await place.person(name).runs("/moi")
        left = events(place, acts)
        for size in sizes:
            some, left = left[:size], left[size:]
            await asyncio.gather(*(place.app.handle(event) for event in some))
        assert not left
        return {
            "activity": await counted(),
            "questions": await rows(
                Question, "key", "state", "title", "asked_at", "first_answer_at", "solved_by"
            ),
            "said": await rows(QuestionMessage, "question__key", "key", "member__name"),
            "posts": await rows(RitualPost, "occurrence__date", "key"),
            "owed": await rows(OutboxMessage, "lane", "payload", "then", "cause"),
            "due": await rows(Job, "kind", "key", "state"),
        }


async def rows(model: type, *columns: str) -> list[object]:
    return sorted([*await model.all().values_list(*columns)], key=repr)  # type: ignore[attr-defined]  # a model


async def counted() -> Sequence[object]:
    """What counts, a reaction received with who gave it."""
    found = await Activity.all().select_related("member")
    givers = {str(row.id): row.member.name for row in found}
    return sorted(
        (
            row.member.name,
            row.kind.value,
            row.key,
            row.emoji,
            givers[row.subject] if row.kind is Kind.REACTION_RECEIVED else row.subject,
            "" if row.kind is Kind.RITUAL else row.at.isoformat(),
        )
        for row in found
    )


@settings(max_examples=15)
@given(st.lists(ACTS, min_size=2, max_size=30), st.integers(2, 30))
def test_groups_come_to_what_single_events_come_to(acts: list[Act], size: int) -> None:
    groups = [size] * (len(acts) // size + 1)
    assert asyncio.run(comes_to(acts, groups)) == asyncio.run(comes_to(acts, [1] * len(acts)))
