"""Who is asked about a question and why: by topics, however they are worded. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu)['’]")
_WORD = re.compile(r"\w[\w+#]*")
_LITTLE = re.compile(
    "a|an|and|au|aux|avec|ce|d|dans|de|des|du|en|et|for|in|l|la|le|les|mon|my|of|on|or|ou|pour"
    "|sur|the|to|un|une|with"
)


def fold(text: str) -> str:
    """Without accents or case: `Éric` and `eric` are the same."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def _words(text: str) -> frozenset[str]:
    found = _WORD.findall(_ELISION.sub("", fold(text)))
    return frozenset(word for word in found if not _LITTLE.fullmatch(word))


def _stem(word: str) -> str:
    return re.sub(r"(?:es|s|x|e)$", "", word) if len(word) > 3 else word  # noqa: PLR2004  `css`


def _same(one: str, other: str) -> bool:
    one, other = sorted((_stem(one), _stem(other)), key=len)
    if one == other:
        return True
    return len(one) >= 5 and len(other) - len(one) <= 3 and other.startswith(one)  # noqa: PLR2004  `financ(e)` and `financer`, not `java` and `javascript`


def _within(small: AbstractSet[str], big: AbstractSet[str]) -> bool:
    return bool(small) and all(any(_same(word, other) for other in big) for word in small)


def matches(one: str, other: str) -> bool:
    """Whether two topics are about the same thing: `Excel` and `excel avancé` are.

    Accents, case, little words and simple endings do not matter.
    """
    first, second = _words(one), _words(other)
    return _within(first, second) or _within(second, first)


def told_by(topic: str, title: str) -> bool:
    """Whether a title names a topic."""
    return _within(_words(topic), _words(title))


# -- who to ask -------------------------------------------------------------------------------

WEEK, RECENT = timedelta(days=7), timedelta(weeks=4)
FORGIVEN = timedelta(days=90)
"""After so long a «not my topic» weighs half as much as on its day."""

NAMED, IN_TITLE, TRAINED, SAME_TRAINING = 10, 6, 5, 4
PER_SOLVED, MOST_SOLVED = 2, 10
RESTED, PER_ASK, REPLIES = 6, 2, 4
REFUSED, MOST_REFUSED = 24, 60


class Why(StrEnum):
    """What speaks for asking somebody or, for the last one, against it."""

    NAMED = "named"
    IN_TITLE = "in_title"
    TRAINED = "trained"
    SAME_TRAINING = "same_training"
    SOLVED = "solved"
    RESTED = "rested"
    REPLIES = "replies"
    REFUSED = "refused"


ABOUT = {Why.NAMED, Why.IN_TITLE, Why.TRAINED, Why.SOLVED}
"""What ties somebody to the question's topic; without one of these nobody is asked."""

OWN = {Why.REPLIES, Why.REFUSED}
"""What nobody but the person themselves is told."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score: its points, and the topics or the number it comes from."""

    why: Why
    points: int
    topics: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the choice of an expert sees it; `training` is its asker's."""

    id: int
    asker: int
    topics: tuple[str, ...]
    title: str = ""
    training: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody said that these topics are not theirs."""

    topics: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who offered to help with `topics`.

    `solved` holds the topics of each question that their answer solved, `asked` when they were
    asked, `replied` how often an answer or an «I take it» came of it.
    """

    member: int
    topics: tuple[str, ...]
    training: str = ""
    solved: tuple[tuple[str, ...], ...] = ()
    asked: tuple[datetime, ...] = ()
    replied: int = 0
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who may be asked, and why."""

    member: int
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        """The points of all reasons together."""
        return sum(reason.points for reason in self.reasons)

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that tie this person to the question, each once."""
        tied = [topic for r in self.reasons if r.why in ABOUT for topic in r.topics]
        return tuple(dict.fromkeys(tied))


def ranked(
    question: Asked,
    candidates: Iterable[Candidate],
    already_asked: AbstractSet[int],
    now: datetime,
    asks_per_week: int = 3,
) -> list[Choice]:
    """Who may be asked, the best first.

    Never the asker, nobody twice, nobody asked `asks_per_week` times in seven days, and only who
    has something to do with a topic of the question (or one that its title names) and more points
    than none. Among equals goes who was asked least this week, then longest not asked, then a
    hash of the question and the member: no id or name is favoured.
    """
    found = []
    for one in candidates:
        week = sum(at > now - WEEK for at in one.asked)
        if one.member in {question.asker, *already_asked}:
            continue
        choice = Choice(one.member, _reasons(question, one, now))
        if week >= asks_per_week or not choice.topics or choice.score <= 0:
            continue
        last = max(at.timestamp() for at in one.asked) if one.asked else float("-inf")
        draw = hashlib.sha256(f"{question.id}:{one.member}".encode()).hexdigest()
        found.append(((-choice.score, week, last, draw), choice))
    return [choice for _, choice in sorted(found, key=lambda pair: pair[0])]


def _reasons(question: Asked, one: Candidate, now: datetime) -> tuple[Reason, ...]:
    """Everything that counts for or against somebody; what weighs nothing is left out."""
    tied = _ties(question, one)
    said = [topic for r in tied if r.why is not Why.SOLVED for topic in r.topics]
    load = sum(at > now - RECENT for at in one.asked)
    alike = bool(question.training) and fold(question.training) == fold(one.training)
    replies = REPLIES * (one.replied + 1) // (len(one.asked) + 2)
    reasons = (
        *tied,
        Reason(Why.SAME_TRAINING, SAME_TRAINING * alike),
        Reason(Why.RESTED, max(RESTED - PER_ASK * load, 0), count=load),
        Reason(Why.REPLIES, replies, count=one.replied),
        _refused(said or question.topics, one, now),
    )
    return tuple(reason for reason in reasons if reason.points)


def _ties(question: Asked, one: Candidate) -> tuple[Reason, ...]:
    """What the person has to do with the question's topics."""
    wanted = question.topics
    about = tuple(t for t in one.topics if _touches([t], wanted))
    named = tuple(t for t in one.topics if t not in about and told_by(t, question.title))
    learnt = tuple(t for t in wanted if told_by(t, one.training))
    solved = [topics for topics in one.solved if _touches(topics, wanted)]
    on = tuple(t for t in wanted if any(_touches([t], topics) for topics in solved))
    reasons = (
        Reason(Why.NAMED, NAMED * len(about), about),
        Reason(Why.IN_TITLE, IN_TITLE * len(named), named),
        Reason(Why.TRAINED, TRAINED * bool(learnt), learnt),
        Reason(Why.SOLVED, min(PER_SOLVED * len(solved), MOST_SOLVED), on, len(solved)),
    )
    return tuple(reason for reason in reasons if reason.points)


def _refused(topics: Sequence[str], one: Candidate, now: datetime) -> Reason:
    """What «not my topic» takes away: less and less as time goes by."""
    against = [r for r in one.refusals if _touches(r.topics, topics)]
    weight = sum(0.5 ** (max(now - r.at, timedelta()) / FORGIVEN) for r in against)
    said = tuple(dict.fromkeys(topic for r in against for topic in r.topics))
    return Reason(Why.REFUSED, -min(round(REFUSED * weight), MOST_REFUSED), said, len(against))


def _touches(some: Iterable[str], others: Iterable[str]) -> bool:
    others = tuple(others)
    return any(matches(one, other) for one in some for other in others)
