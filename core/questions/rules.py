"""What is a question, who can help with it, and how answers are counted. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from statistics import median

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from core.engine.schedule import EVERY_DAY, WakingHours
from core.questions.matching import fold, matches, told_by

TITLE = 120
"""Characters kept of what was asked: enough to recognise it, no more of anybody's words."""

TOPIC = 40
EXPERTS_ASKED = 2
"""How many people are tagged for one question before the team is told."""

TAKEN_FOR = timedelta(hours=24)
"""How long somebody who said «I take it» is left to answer."""

WEEK = timedelta(days=7)


class QuestionState(StrEnum):
    """Where a question stands; `asked_expert`: nobody answered and somebody was tagged."""

    OPEN = "open"
    ASKED_EXPERT = "asked_expert"
    ANSWERED = "answered"
    SOLVED = "solved"
    WITHDRAWN = "withdrawn"


WAITING = (QuestionState.OPEN, QuestionState.ASKED_EXPERT)
ONGOING = (*WAITING, QuestionState.ANSWERED)


class Outcome(StrEnum):
    """What came of tagging somebody."""

    TAGGED = "tagged"
    TOOK = "took"
    PASSED = "passed"
    EXPIRED = "expired"


class Waking(BaseModel):
    """`[questions.waking]`: when an expert may be tagged, in the community's time.

    `weekdays` are numbers from 0 (Monday) to 6 (Sunday).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: time = time(8)
    end: time = time(20)
    weekdays: frozenset[int] = EVERY_DAY

    @model_validator(mode="after")
    def _possible(self) -> "Waking":
        if not self.start < self.end:
            raise ValueError("start must be earlier than end, on the same day")
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise ValueError("weekdays are one or more numbers from 0 (Monday) to 6 (Sunday)")
        return self

    @property
    def hours(self) -> WakingHours:
        """As the schedule reckons with them."""
        return WakingHours(self.start, self.end, self.weekdays)


class QuestionsSettings(BaseModel):
    """`[questions]`: which hashtags open one, and when and how often experts are asked.

    `hashtags` maps a hashtag (with or without `#`, whatever its case and accents) to a topic.
    `topics` are suggested to who lists what they can help with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    hashtags: Mapping[str, str] = Field(
        default_factory=lambda: {"QuestionTechnique": "technique", "ConseilCPF": "cpf"}
    )
    delay_minutes: int = Field(default=30, ge=1, le=7 * 24 * 60)
    waking: Waking = Waking()
    asks_per_week: int = Field(default=3, ge=1, le=50)
    solved_emojis: tuple[str, ...] = ("✅", "☑️", "✔️", "👌", "💯")
    topics: tuple[str, ...] = ("technique", "cpf", "emploi", "financement", "orientation")

    @field_validator("hashtags")
    @classmethod
    def _readable(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for tag, topic in value.items():
            if not re.fullmatch(r"#?\w+", unicodedata.normalize("NFC", tag)):
                raise ValueError(f"{tag!r} is no hashtag: one word of letters and figures")
            if not 1 <= len(topic.strip()) <= TOPIC:
                raise ValueError(f"the topic of {tag!r} takes 1 to {TOPIC} characters")
        if len({fold(tag.removeprefix("#")) for tag in value}) < len(value):
            raise ValueError("two hashtags differ only by case or accents")
        return value

    @property
    def delay(self) -> timedelta:
        """Waking time left to everybody before somebody is tagged."""
        return timedelta(minutes=self.delay_minutes)

    def solves(self, emoji: str) -> bool:
        """Whether that reaction says «solved»; skin tones and variation marks do not matter."""
        return bare(emoji) in {bare(known) for known in self.solved_emojis}


_TAG = re.compile(r"(?<![\w#&/])#(\w+)")
_VARIATION = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")


def bare(emoji: str) -> str:
    """An emoji without its variation mark and skin tone."""
    return _VARIATION.sub("", emoji)


def topics_of(text: str, hashtags: Mapping[str, str]) -> tuple[str, ...]:
    """The topics of the configured hashtags in a text, each once, in reading order.

    A hashtag stands at the start of a word: `a#tag`, `&#tag`, `/#tag` (an address) are none.
    """
    if "#" not in text:  # most of what is written
        return ()
    known = {fold(tag.removeprefix("#")): topic.strip().lower() for tag, topic in hashtags.items()}
    written = _TAG.findall(unicodedata.normalize("NFC", text))
    found = (known.get(fold(tag)) for tag in written)
    return tuple(dict.fromkeys(topic for topic in found if topic))


def title_of(text: str, hashtags: Mapping[str, str]) -> str:
    """The beginning of what was asked, on one line, without the configured hashtags.

    Cut between words; a question made of hashtags alone keeps them.
    """
    known = {fold(tag.removeprefix("#")) for tag in hashtags}
    text = unicodedata.normalize("NFC", text)
    words = " ".join(_TAG.sub(lambda m: "" if fold(m[1]) in known else m[0], text).split())
    words = words.strip(" :;,.-–—") if not re.search(r"\w", words) else words.lstrip(" :;,.-–—")
    words = words or " ".join(text.split())
    if len(words) <= TITLE:
        return words
    kept = words[: TITLE - 1]
    return (kept.rsplit(" ", 1)[0] if " " in kept else kept).rstrip(" ,;:") + "…"


# -- who can help -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the choice of an expert sees it."""

    id: int
    asker: int
    topics: tuple[str, ...]
    title: str = ""
    training: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who offered to help; `asked_this_week` counts the tags of the last seven days."""

    member: int
    topics: tuple[str, ...]
    training: str = ""
    asked_this_week: int = 0
    last_asked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Who was chosen and why: the topics in common, and whether the training is the same."""

    member: int
    topics: tuple[str, ...]
    same_training: bool
    asked_this_week: int
    last_asked: datetime | None


def choose_expert(
    question: Asked,
    candidates: Iterable[Candidate],
    already_asked: AbstractSet[int],
    asks_per_week: int = 3,
) -> Choice | None:
    """Who to tag: never the asker, nobody twice, nobody asked `asks_per_week` times this week.

    Only who named a topic of the question (or one that its title names) can be chosen. Then, in
    this order: most topics of the question, most topics named in its title, the asker's
    training, fewest tags this week, longest not tagged (never tagged first), and a hash of the
    question and the member, so that no id or name is favoured.
    """
    ranked = []
    for candidate in candidates:
        if candidate.member in {question.asker, *already_asked}:
            continue
        about, named = _in_common(question, candidate.topics)
        if not (about or named) or candidate.asked_this_week >= asks_per_week:
            continue
        same = bool(question.training) and fold(question.training) == fold(candidate.training)
        topics = tuple(dict.fromkeys((*about, *named)))
        choice = Choice(
            candidate.member, topics, same, candidate.asked_this_week, candidate.last_asked
        )
        last = candidate.last_asked.timestamp() if candidate.last_asked else float("-inf")
        draw = hashlib.sha256(f"{question.id}:{candidate.member}".encode()).hexdigest()
        rank = (-len(about), -len(named), not same, candidate.asked_this_week, last, draw)
        ranked.append((rank, choice))
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _in_common(question: Asked, topics: Sequence[str]) -> tuple[list[str], list[str]]:
    """Whose topics the question is about, and which its title names."""
    about = [t for t in topics if any(matches(t, wanted) for wanted in question.topics)]
    named = [t for t in topics if t not in about and told_by(t, question.title)]
    return about, named


# -- figures ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """A question as it is counted; times are aware."""

    title: str
    state: QuestionState
    asked_at: datetime
    first_answer_at: datetime | None = None
    solved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The questions of a period, for the digest; what was withdrawn counts for nothing.

    `asked` in the period; of these, `answered` and `solved` before its end, and the median
    number of whole minutes to the first answer, None without an answer. `waiting` is how many
    have no answer now among those asked before the end, `unanswered` their titles, oldest first.
    """

    asked: int = 0
    answered: int = 0
    solved: int = 0
    waiting: int = 0
    median_minutes: int | None = None
    unanswered: tuple[str, ...] = ()


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
        solved=sum(f.solved_at is not None and f.solved_at < end for f in asked),
        waiting=len(unanswered),
        median_minutes=int(median(waits)) if waits else None,
        unanswered=unanswered,
    )


def age(since: datetime, now: datetime) -> tuple[str, int]:
    """How long ago, as a unit (`minutes`, `hours`, `days`) and how many of it, at least one."""
    minutes = max(int((now - since).total_seconds() // 60), 1)
    if minutes < 60:  # noqa: PLR2004  minutes in an hour
        return "minutes", minutes
    hours = minutes // 60
    return ("hours", hours) if hours < 24 else ("days", hours // 24)  # noqa: PLR2004  hours in a day
