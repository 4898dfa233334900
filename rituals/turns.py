"""Whose turn it is: a fair line, the same for everyone who computes it. Pure."""

import hashlib
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime

NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who may be asked, and since when they wait (aware).

    Whoever served waits since they served, a newcomer since they arrived: so a newcomer stands
    behind those already waiting, and nobody is overtaken by somebody who came later.
    """

    member: int
    since: datetime
    opted_out: bool = False
    here: bool = True


def lot(ritual: str, day: date, member: int) -> bytes:
    """The number somebody draws for that date when several wait since the very same moment.

    A hash of the ritual, the date and the member: nobody can choose it, anybody can check it,
    and it is another one each time.
    """
    return hashlib.sha256(f"{ritual}|{day.isoformat()}|{member}".encode()).digest()


def line(
    people: Iterable[Waiting], ritual: str, day: date, *, asked: AbstractSet[int] = NOBODY
) -> tuple[int, ...]:
    """Who is asked for that date, the first first.

    `asked` have been asked for it before: they keep their place for the next date, but are not
    asked twice for the same one. Those who left or opted out stand in no line.
    """
    waiting = [p for p in people if p.here and not p.opted_out and p.member not in asked]
    waiting.sort(key=lambda p: (p.since, lot(ritual, day, p.member), p.member))
    return tuple(p.member for p in waiting)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is asked: their place among those who wait (1 is the first), and since when.

    `passed` were ahead and are not asked for this date (they passed, or gave no answer);
    `tied` wait since the same moment: among them the place was drawn.
    """

    since: datetime
    place: int
    waiting: int
    passed: int
    tied: int


def reason(
    people: Iterable[Waiting], ritual: str, day: date, member: int, asked: AbstractSet[int]
) -> Reason | None:
    """Why `member` is asked for that date; None when they stand in no line."""
    known = {p.member: p for p in people}
    order = line(known.values(), ritual, day)
    if member not in order:
        return None
    since = known[member].since
    ahead = order[: order.index(member)]
    return Reason(
        since=since,
        place=order.index(member) + 1,
        waiting=len(order),
        passed=sum(other in asked for other in ahead),
        tied=sum(known[other].since == since for other in order) - 1,
    )
