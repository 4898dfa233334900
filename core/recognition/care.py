"""Who is silent, stalled or fading, and who carries too much. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

LONELY = 0.4
"""The share of all answers above which one person carries too much."""
ANSWERS = 5
"""Answers below which a share says nothing."""
DATES = 3
"""Dates of a ritual that one person alone kept going, before it is said."""

NEW = 14
"""Days somebody is left to look around before they count as silent."""
STALLED = range(7, 61)
"""Days since the greeting in which an unfinished arrival is worth a word."""
USUAL = 4
"""In how many of the weeks before somebody was active whose silence now is a change."""
QUIET_WEEKS = 3
"""Whole weeks without a sign after which somebody fades."""
LOOKED_AT = 12
"""Weeks looked back at."""


class Group(StrEnum):
    """Whom the builder may write to, each with its lightest next step."""

    NEVER_POSTED = "never_posted"
    STALLED = "stalled"
    FADING = "fading"


def fading(weeks: Iterable[int]) -> bool:
    """Whether somebody active in these weeks (0: the last seven days, 1: before) fades."""
    seen = set(weeks)
    before = {week for week in seen if QUIET_WEEKS <= week < LOOKED_AT}
    return not seen & set(range(QUIET_WEEKS)) and len(before) >= USUAL


@dataclass(frozen=True, slots=True)
class Burden:
    """One person carries this share, in percent, of so many answers."""

    member: int
    percent: int
    answers: int


def burden(helped: Mapping[int, int]) -> Burden | None:
    """Who carries over 40 % of the answers; None when nobody does, or there are too few."""
    answers = sum(helped.values())
    if answers < ANSWERS:
        return None
    member, most = max(helped.items(), key=lambda one: (one[1], -one[0]))
    if most <= LONELY * answers:
        return None
    return Burden(member, round(100 * most / answers), answers)


@dataclass(frozen=True, slots=True)
class Concern:
    """Names by group, who carries too much of the answers, and who keeps a ritual going alone."""

    groups: Mapping[Group, Sequence[str]] = field(default_factory=dict)
    carrying: tuple[str, Burden] | None = None
    alone: Mapping[str, str] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """Whether all is well."""
        return not any(self.groups.values()) and self.carrying is None and not self.alone


def alone(dates: Mapping[tuple[str, str], Sequence[int]]) -> dict[str, int]:
    """Ritual to the one person who, in all its dates (at least three), was alone to take part.

    `dates` maps a ritual and its local date to who took part.
    """
    by: dict[str, Counter[frozenset[int]]] = {}
    for (ritual, _), people in dates.items():
        by.setdefault(ritual, Counter())[frozenset(people)] += 1
    found: dict[str, int] = {}
    for ritual, kept in by.items():
        (same, count), *others = kept.items()
        if not others and count >= DATES and len(same) == 1:
            found[ritual] = next(iter(same))
    return found
