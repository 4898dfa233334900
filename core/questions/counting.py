"""How well questions are answered: the figures of a period, and what may be told apart. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from statistics import median

from core.questions.rules import WAITING, QuestionState

FEW = 5
"""Under this many people nothing is told apart; under this many of anything, no percent."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A question as it is counted; times are aware, `asker` is whose it is."""

    title: str
    state: QuestionState
    asked_at: datetime
    first_answer_at: datetime | None = None
    solved_at: datetime | None = None
    topics: tuple[str, ...] = ()
    asker: int = 0


@dataclass(frozen=True, slots=True)
class Topic:
    """How often one topic was asked about, and how many of these questions were solved."""

    name: str
    asked: int
    solved: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The questions of a period; what was withdrawn counts for nothing.

    `asked` in the period; of these, `answered` and `solved` before its end, and the median
    number of whole minutes to the first answer, None without an answer. `waiting` is how many
    have no answer now among those asked before the end, `unanswered` their titles, oldest first.
    Nine answers in ten came within `ninetieth_minutes`, None of fewer than five answers. `topics`
    are those that at least five people asked about, the most useful (most often solved) first.
    """

    asked: int = 0
    answered: int = 0
    solved: int = 0
    waiting: int = 0
    median_minutes: int | None = None
    unanswered: tuple[str, ...] = ()
    ninetieth_minutes: int | None = None
    topics: tuple[Topic, ...] = ()

    @property
    def percent(self) -> int | None:
        """How many in a hundred were answered; None where it would mean nothing."""
        return round(100 * self.answered / self.asked) if self.asked >= FEW else None


def figures(facts: Iterable[Fact], start: datetime, end: datetime) -> Figures:
    """Count the questions asked from `start` to just before `end`."""
    known = sorted(
        (f for f in facts if f.state is not QuestionState.WITHDRAWN and f.asked_at < end),
        key=lambda f: f.asked_at,
    )
    asked = [f for f in known if f.asked_at >= start]
    waits = [
        (f.first_answer_at - f.asked_at).total_seconds() / 60
        for f in asked
        if f.first_answer_at is not None and f.first_answer_at < end
    ]
    unanswered = tuple(f.title for f in known if f.state in WAITING)
    return Figures(
        asked=len(asked),
        answered=len(waits),
        solved=sum(_solved(f, end) for f in asked),
        waiting=len(unanswered),
        median_minutes=int(median(waits)) if waits else None,
        unanswered=unanswered,
        ninetieth_minutes=_ninetieth(waits),
        topics=_topics(asked, end),
    )


def _solved(fact: Fact, end: datetime) -> bool:
    return fact.solved_at is not None and fact.solved_at < end


def _ninetieth(waits: Sequence[float]) -> int | None:
    """The wait that nine in ten do not exceed: the nearest one that was really waited."""
    return int(sorted(waits)[ceil(0.9 * len(waits)) - 1]) if len(waits) >= FEW else None


def _topics(asked: Sequence[Fact], end: datetime) -> tuple[Topic, ...]:
    people: dict[str, set[int]] = {}
    often: Counter[str] = Counter()
    solved: Counter[str] = Counter()
    for fact in asked:
        for name in fact.topics:
            people.setdefault(name, set()).add(fact.asker)
            often[name] += 1
            solved[name] += _solved(fact, end)
    made = [Topic(name, often[name], solved[name]) for name in _shown(people)]
    return tuple(sorted(made, key=lambda topic: (-topic.solved, -topic.asked, topic.name)))


def _shown(people: Mapping[str, set[int]]) -> list[str]:
    return [name for name, askers in people.items() if len(askers) >= FEW]


def age(since: datetime, now: datetime) -> tuple[str, int]:
    """How long ago, as `duration` says it, at least one minute."""
    return duration(int((now - since).total_seconds() // 60))


def duration(minutes: int) -> tuple[str, int]:
    """A time as a unit (`minutes`, `hours`, `days`) and how many of it, at least one."""
    minutes = max(minutes, 1)
    if minutes < 60:  # noqa: PLR2004  minutes in an hour
        return "minutes", minutes
    hours = minutes // 60
    return ("hours", hours) if hours < 24 else ("days", hours // 24)  # noqa: PLR2004  hours in a day
