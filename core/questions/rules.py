"""What is a question, and what happens when nobody answers it. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from core.engine.schedule import EVERY_DAY, WakingHours
from core.questions.matching import fold

TITLE = 120
"""Characters kept of what was asked: enough to recognise it, no more of anybody's words."""

TOPIC = 40
TAKEN_FOR = timedelta(hours=24)
"""How long somebody who said «I take it» is left to answer."""


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
    NOT_MINE = "not_mine"


class Stage(StrEnum):
    """What is done when nobody answers, one after the other."""

    BUMP = "bump"
    EXPERT = "expert"
    SUBSTITUTE = "substitute"
    TEAM = "team"


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


Minutes = Annotated[int, Field(ge=0, le=7 * 24 * 60)]


class Stages(BaseModel):
    """`[questions.stages]`: minutes of waking time that each stage waits after the one before.

    0 leaves a stage out. What is not written follows `delay_minutes`: the bump at half of it, the
    expert at the whole, the substitute and the team each as long after.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bump: Minutes | None = None
    expert: Minutes | None = None
    substitute: Minutes | None = None
    team: Minutes | None = None


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
    stages: Stages = Stages()
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
    def waits(self) -> Mapping[Stage, timedelta]:
        """The stages there are, in order, and how much waking time each waits."""
        whole, stages = self.delay_minutes, self.stages
        bump = whole // 2 if stages.bump is None else stages.bump
        rest = max(whole - bump, 1) if stages.expert is None else stages.expert
        minutes = {
            Stage.BUMP: bump,
            Stage.EXPERT: rest,
            Stage.SUBSTITUTE: whole if stages.substitute is None else stages.substitute,
            Stage.TEAM: whole if stages.team is None else stages.team,
        }
        return {stage: timedelta(minutes=wait) for stage, wait in minutes.items() if wait}

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


# -- when nobody answers ----------------------------------------------------------------------


def next_stage(waits: Mapping[Stage, timedelta], done: Stage | None) -> Stage | None:
    """The stage that follows `done` (None: nothing was done yet), None after the last one."""
    order = list(Stage)
    left = order[order.index(done) + 1 :] if done else order
    return next((stage for stage in left if stage in waits), None)


def expert_after(waits: Mapping[Stage, timedelta]) -> timedelta | None:
    """How long after a question somebody is asked about it, None when nobody is."""
    asking = next((s for s in (Stage.EXPERT, Stage.SUBSTITUTE) if s in waits), None)
    if asking is None:
        return None
    order = list(Stage)
    upto = order[: order.index(asking) + 1]
    return sum((waits[stage] for stage in upto if stage in waits), timedelta())
