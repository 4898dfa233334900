"""What a contribution is worth, and why: the score, its caps, its rings and its half-life. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from core.chat.identity import Platform


class RecognitionSettings(BaseModel):
    """`[recognition]`: when things are looked at, how many champions there may be.

    `thanks_a_day` is how often one person may use `/merci` in a local day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    thanks_a_day: int = Field(default=5, ge=1, le=20)
    champions: int = Field(default=5, ge=1, le=10)
    celebrate_at: time = Field(default=time(9, 30))
    report_at: time = Field(default=time(8, 45))


class Merit(StrEnum):
    """What points are given for."""

    HELP = "help"
    ACCEPTED = "accepted"
    RITUAL = "ritual"
    THANKS = "thanks"
    REACTION = "reaction"


@dataclass(frozen=True, slots=True)
class Worth:
    """Points for one, how many count in a local day, and whether a busy platform brings more."""

    points: int
    a_day: int
    paced: bool = True


@dataclass(frozen=True, slots=True)
class Formula:
    """A version of the formula (docs/score.md); another one gets another number.

    After `half_life` days points count half, after `memory` days nothing. A quiet platform's
    points count at most `raise_at_most` times. A tie is close from `close` reactions and this
    `share` of all that somebody gave.
    """

    version: int
    worth: Mapping[Merit, Worth]
    half_life: int = 56
    memory: int = 364
    raise_at_most: float = 3.0
    close: int = 5
    share: float = 0.25


FORMULA = Formula(
    version=1,
    worth={
        Merit.HELP: Worth(5, 6),
        Merit.ACCEPTED: Worth(10, 3),
        Merit.RITUAL: Worth(3, 2, paced=False),
        Merit.THANKS: Worth(4, 3),
        Merit.REACTION: Worth(1, 5),
    },
)

FEW = 3
"""People on a platform below which nothing can be said about how busy it is."""
RING = 5
"""How many people a ring has at most."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing done or received on a local day; `giver` is the member it came from, if any."""

    merit: Merit
    platform: Platform
    day: date
    giver: int | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How busy a platform was lately: replies and reactions, and how many people were active."""

    amount: int
    people: int


@dataclass(frozen=True, slots=True)
class Line:
    """The points of one merit, explained.

    Of `found` things, `repeated` came from somebody who had given one that day, `ringed` from a
    ring, `over` were above the day's limit; `counted` are left. `raw` are their points, `points`
    what they are worth today after pace and half-life.
    """

    merit: Merit
    found: int = 0
    repeated: int = 0
    ringed: int = 0
    over: int = 0
    counted: int = 0
    raw: int = 0
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """Somebody's points, and where each comes from."""

    lines: tuple[Line, ...] = ()
    paces: Mapping[Platform, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """All of them; never negative."""
        return sum(line.points for line in self.lines)

    def of(self, merit: Merit) -> Line:
        """The line of that merit, an empty one when there is none."""
        return next((line for line in self.lines if line.merit is merit), Line(merit))


Ties = Mapping[int, Mapping[int, int]]
"""Giver to receiver to how many reactions and thanks, lately."""


def close_to(ties: Ties, giver: int, formula: Formula = FORMULA) -> frozenset[int]:
    """To whom most of what somebody gives goes: at most four people."""
    given = ties.get(giver, {})
    least = max(formula.close, formula.share * sum(given.values()))
    return frozenset(to for to, count in given.items() if count >= least and to != giver)


def ringed(member: int, ties: Ties, formula: Formula = FORMULA) -> frozenset[int]:
    """Who is close to a member while what the member gives comes back to them, by others or not.

    What comes round in such a ring says nothing about who was useful.
    """
    reached: set[int] = set()
    edge = {member}
    for _ in range(RING - 1):
        edge = {to for one in edge for to in close_to(ties, one, formula)} - reached - {member}
        reached |= edge
    return frozenset(one for one in reached if member in close_to(ties, one, formula))


def paces(
    around: Mapping[Platform, Pace], own: Mapping[Platform, int], formula: Formula = FORMULA
) -> dict[Platform, float]:
    """By how much points count on each platform, from 1 for the busiest one up.

    `own` is the member's own part of the amounts, which is left out: nobody moves their own
    factor. A platform with too few people stays at 1.
    """
    busy = {
        platform: max(pace.amount - own.get(platform, 0), 0) / pace.people
        for platform, pace in around.items()
        if pace.people >= FEW
    }
    most = max(busy.values(), default=0.0)
    return {
        platform: _raised(busy.get(platform), most, formula)
        for platform in Platform
        if platform in around
    }


def _raised(mean: float | None, most: float, formula: Formula) -> float:
    if mean is None or most <= 0:
        return 1.0
    return min(most / mean, formula.raise_at_most) if mean else formula.raise_at_most


def decay(age: int, formula: Formula = FORMULA) -> float:
    """What is left, from 1 to 0, of a point that is so many days old."""
    if age >= formula.memory:
        return 0.0
    return float(0.5 ** (max(age, 0) / formula.half_life))


def score(
    facts: Iterable[Fact],
    today: date,
    *,
    member: int = 0,
    ring: AbstractSet[int] = frozenset(),
    factors: Mapping[Platform, float] | None = None,
    formula: Formula = FORMULA,
) -> Score:
    """The points of a member today; `ring` and `factors` as `ringed` and `paces` find them."""
    by: dict[Merit, list[Fact]] = {merit: [] for merit in Merit}
    for fact in facts:
        if fact.giver != member:
            by[fact.merit].append(fact)
    scale = dict(factors or {})
    lines = [_line(merit, some, today, ring, scale, formula) for merit, some in by.items() if some]
    return Score(tuple(lines), scale)


def _line(
    merit: Merit,
    facts: Sequence[Fact],
    today: date,
    ring: AbstractSet[int],
    factors: Mapping[Platform, float],
    formula: Formula,
) -> Line:
    worth = formula.worth[merit]
    outside = [fact for fact in facts if fact.giver is None or fact.giver not in ring]
    factor = {p: factors.get(p, 1.0) if worth.paced else 1.0 for p in Platform}
    best = sorted(outside, key=lambda fact: (-factor[fact.platform], fact.platform))
    once = _once_a_day(best)
    kept, days = [], Counter[date]()
    for fact in once:
        days[fact.day] += 1
        if days[fact.day] <= worth.a_day:
            kept.append(fact)
    return Line(
        merit,
        found=len(facts),
        repeated=len(outside) - len(once),
        ringed=len(facts) - len(outside),
        over=len(once) - len(kept),
        counted=len(kept),
        raw=worth.points * len(kept),
        points=sum(
            worth.points * factor[f.platform] * decay((today - f.day).days, formula) for f in kept
        ),
    )


def _once_a_day(facts: Iterable[Fact]) -> list[Fact]:
    """The same giver counts once a day: ten reactions of one person are one sign."""
    seen: set[tuple[date, int]] = set()
    kept: list[Fact] = []
    for fact in facts:
        if fact.giver is not None:
            if (fact.day, fact.giver) in seen:
                continue
            seen.add((fact.day, fact.giver))
        kept.append(fact)
    return kept


# -- thanks -----------------------------------------------------------------------------------

REASON = range(5, 201)
"""How many characters a reason has."""


def reason_in(written: str) -> str | None:
    """The reason somebody wrote, on one line; None when it is too short or too long."""
    reason = " ".join(written.split())
    return reason if len(reason) in REASON else None
