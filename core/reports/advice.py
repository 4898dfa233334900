"""Three things worth doing after such a week, each with the figure it comes from. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.reports.rules import FEW, Digest

ADVICE = 3
LONELY = 0.4
"""The share of all answers above which one person carries too much."""
FALL = 0.7
"""What is left of a ritual's usual participation, or of last week's activity, when it falls."""
SLOW = 24 * 60
"""Minutes to a first answer, as a median, above which help is slow."""


class Thing(StrEnum):
    """What can be proposed, the most useful first."""

    ANSWER = "answer"
    REPAIR = "repair"
    GATE = "gate"
    ACCOMPANY = "accompany"
    RITUAL = "ritual"
    RELIEVE = "relieve"
    HASTEN = "hasten"
    REVIVE = "revive"
    WELCOME = "welcome"
    THANK_HELPERS = "thank_helpers"
    OPEN_QUESTION = "open_question"
    THANK = "thank"
    INVITE = "invite"
    TELL = "tell"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to do: `count` (of people, of things) and `values` give its reason."""

    thing: Thing
    count: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)


def suggestions(figures: Digest) -> tuple[Suggestion, ...]:
    """The three most useful things to do; when all is well they are thanks and invitations."""
    found = (*_needs(figures), *_falls(figures), *_joys(figures))
    return found[:ADVICE]


def _needs(figures: Digest) -> Iterator[Suggestion]:
    if figures.questions.waiting:
        yield Suggestion(Thing.ANSWER, figures.questions.waiting)
    lost = sum(figures.failed.values())
    if lost:
        yield Suggestion(Thing.REPAIR, lost)
    if figures.gate:
        yield Suggestion(Thing.GATE, figures.gate)
    if figures.newcomers.under_way:
        yield Suggestion(Thing.ACCOMPANY, figures.newcomers.under_way)


def _falls(figures: Digest) -> Iterator[Suggestion]:
    if figures.over:
        for one in figures.gatherings:
            people, usual = one.taken_part.count, one.usual or 0
            if usual >= FEW and people <= FALL * usual:
                values = {"ritual": one.ritual, "usual": usual}
                yield Suggestion(Thing.RITUAL, people, values)
    helped = figures.questions.helped
    most, answers = max(helped, default=0), sum(helped)
    if answers >= FEW and most > LONELY * answers:
        yield Suggestion(Thing.RELIEVE, values={"number": most, "answers": answers})
    minutes = figures.questions.median_minutes
    if minutes is not None and figures.questions.answered >= FEW and minutes > SLOW:
        yield Suggestion(Thing.HASTEN, values={"number": figures.questions.answered})
    before = figures.before
    if before is not None and before >= FEW and figures.active <= FALL * before:
        yield Suggestion(Thing.REVIVE, figures.active, {"before": before})


def _joys(figures: Digest) -> Iterator[Suggestion]:
    if figures.newcomers.arrived > figures.newcomers.left:
        here = figures.newcomers.arrived - figures.newcomers.left
        yield Suggestion(Thing.WELCOME, here)
    if figures.questions.answered:
        yield Suggestion(Thing.THANK_HELPERS, figures.questions.answered)
    else:
        yield Suggestion(Thing.OPEN_QUESTION)
    if figures.active:
        yield Suggestion(Thing.THANK, figures.active)
    yield Suggestion(Thing.INVITE)
    yield Suggestion(Thing.TELL)
