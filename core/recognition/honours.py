"""Levels, badges and the champions' places: what follows from points and facts. Pure."""

import math
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Where somebody's points stand today; they may go down again as points fade."""

    CURIOUS = "curious"
    COMPANION = "companion"
    PILLAR = "pillar"


LEVELS = {Level.CURIOUS: 10, Level.COMPANION: 50, Level.PILLAR: 150}
"""From how many points."""


def level(points: float) -> Level | None:
    """The level these points reach; None below the first."""
    reached = [one for one, least in LEVELS.items() if points >= least]
    return reached[-1] if reached else None


class Badge(StrEnum):
    """What somebody earned and keeps; `practice` is reserved for later and is given to nobody."""

    MENTOR = "mentor"
    EXPERT = "expert"
    REGULAR = "regular"
    CHAMPION = "champion"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Deeds:
    """What somebody did in a year.

    Questions they helped with and of how many people, answers of theirs that solved one, and
    dated rituals they took part in.
    """

    helped: int = 0
    people: int = 0
    accepted: int = 0
    rituals: int = 0


HELPED, PEOPLE, ACCEPTED, RITUALS = 10, 5, 5, 10
"""What a mentor (both of the first two), an expert and a regular have done at least."""


def earned(deeds: Deeds) -> dict[Badge, int]:
    """The badges these deeds are worth, each with the figure that is its reason."""
    found: dict[Badge, int] = {}
    if deeds.helped >= HELPED and deeds.people >= PEOPLE:
        found[Badge.MENTOR] = deeds.helped
    if deeds.accepted >= ACCEPTED:
        found[Badge.EXPERT] = deeds.accepted
    if deeds.rituals >= RITUALS:
        found[Badge.REGULAR] = deeds.rituals
    return found


TOP = 0.05
"""Which part of the active people a shortlist holds."""
ROTATES = 3
"""One place in so many goes to somebody who did not hold one last month."""


def places(active: int, most: int) -> int:
    """How many champions there may be among so many active people: at least one."""
    return max(1, min(math.ceil(active * TOP), most))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be a champion, and their points today."""

    member: int
    points: float


def shortlist(
    candidates: Sequence[Candidate],
    held_last: AbstractSet[int],
    count: int,
    *,
    discreet: Collection[int] = (),
) -> tuple[Candidate, ...]:
    """The best of the candidates for so many places; a third of them rotates.

    Who held a place last month leaves a third of the places, at least one, to others, even when
    nobody else is there for it. Who has no points, or is discreet, stands on no list.
    """
    ranked = sorted(
        (one for one in candidates if one.points > 0 and one.member not in discreet),
        key=lambda one: (-one.points, one.member),
    )
    stays = count - math.ceil(count / ROTATES)
    chosen: list[Candidate] = []
    for one in ranked:
        if len(chosen) == count:
            break
        if one.member in held_last:
            if stays == 0:
                continue
            stays -= 1
        chosen.append(one)
    return tuple(chosen)
