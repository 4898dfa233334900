"""What is counted, under which name, and when a week begins. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from core.chat.identity import Platform


class Kind(StrEnum):
    """What somebody did, or was given."""

    MESSAGE = "message"
    REPLY = "reply"
    REACTION_GIVEN = "reaction_given"
    REACTION_RECEIVED = "reaction_received"
    RITUAL = "ritual"


DONE = (Kind.MESSAGE, Kind.REPLY, Kind.REACTION_GIVEN, Kind.RITUAL)
"""What makes somebody active: receiving a reaction does not."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many of each kind, by platform; a ritual counts once a date, whatever one did in it."""

    by: Mapping[tuple[Kind, Platform], int] = field(default_factory=dict)

    def of(self, kind: Kind) -> int:
        """All platforms together."""
        return sum(count for (found, _), count in self.by.items() if found is kind)

    def on(self, kind: Kind) -> dict[Platform, int]:
        """By platform, those with nothing left out, in the platforms' own order."""
        return {p: n for p in Platform if (n := self.by.get((kind, p), 0))}


@dataclass(frozen=True, slots=True)
class Participation:
    """How many people took part in one dated ritual.

    A person counts once, on the platform where they took part first: the platforms add up to
    `people`.
    """

    ritual: str
    occurrence: str
    by: Mapping[Platform, int]

    @property
    def people(self) -> int:
        """All platforms together."""
        return sum(self.by.values())


@dataclass(frozen=True, slots=True)
class Tally:
    """All that people did in some time; `several` of the active have several accounts."""

    active: int = 0
    several: int = 0
    figures: Figures = field(default_factory=Figures)
    participations: tuple[Participation, ...] = ()


def packed(tally: Tally) -> dict[str, object]:
    """A tally as JSON takes it."""
    held = [
        [p.ritual, p.occurrence, [[*one] for one in p.by.items()]] for p in tally.participations
    ]
    return {
        "active": tally.active,
        "several": tally.several,
        "figures": [[kind, on, n] for (kind, on), n in tally.figures.by.items()],
        "participations": held,
    }


def unpacked(stored: Mapping[str, Any]) -> Tally:
    """What `packed` made."""
    return Tally(
        stored["active"],
        stored["several"],
        Figures({(Kind(kind), Platform(on)): n for kind, on, n in stored["figures"]}),
        tuple(
            Participation(ritual, occurrence, {Platform(on): n for on, n in by})
            for ritual, occurrence, by in stored["participations"]
        ),
    )


Evidence = tuple[int, Platform, str, datetime]
"""Member, platform, subject (`<slug>:<local date>`) and time of one thing done in a ritual."""


def subject(ritual: str, occurrence: str) -> str:
    """How a dated ritual is named in a row."""
    return f"{ritual}:{occurrence}"


def _first(evidence: Iterable[Evidence]) -> dict[tuple[str, int], Platform]:
    found: dict[tuple[str, int], Platform] = {}
    for member, platform, about, _ in sorted(evidence, key=lambda e: (e[3], e[1], e[0], e[2])):
        found.setdefault((about, member), platform)
    return found


def participation(evidence: Iterable[Evidence]) -> tuple[Participation, ...]:
    """Who took part, by dated ritual, in the order of ritual and date."""
    by: dict[str, Counter[Platform]] = {}
    for (about, _), platform in _first(evidence).items():
        by.setdefault(about, Counter())[platform] += 1
    named = [(about.rpartition(":"), dict(by[about])) for about in sorted(by)]
    return tuple(Participation(name[0], name[2], counted) for name, counted in named)


def times_taken_part(evidence: Iterable[Evidence]) -> dict[tuple[Kind, Platform], int]:
    """Participations (one a person and dated ritual) by platform, as `Figures` has them."""
    return dict(Counter((Kind.RITUAL, platform) for platform in _first(evidence).values()))


def week_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The ISO week that holds a local date, in UTC: from Monday 00:00 local to the next one.

    A week with a change of clocks lasts 167 or 169 hours.
    """
    monday = day - timedelta(days=day.weekday())
    return _midnight(monday, zone), _midnight(monday + timedelta(days=7), zone)


def week_bounds(year: int, week: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """An ISO week in UTC. Raises ValueError when the year has no such week."""
    return week_of(date.fromisocalendar(year, week, 1), zone)


def week_named(name: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The ISO week written `2026-W47`. Raises ValueError for anything else."""
    written = re.fullmatch(r"(\d{4})-W(\d{2})", name)
    if written is None:
        raise ValueError(f"a week is written 2026-W47, not {name!r}")
    return week_bounds(int(written[1]), int(written[2]), zone)


def name_of_week(day: date) -> str:
    """The ISO week of a local date, as `week_named` reads it."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
