"""Who was trained, what a file changes, who greets whom, and how far people come. Pure."""

import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field, field_validator

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
CODE_LENGTH = 10
SHOWN_FAULTS = 15
"""Wrong lines that are shown one by one."""

COHORTS = 8
"""Cohorts whose figures are shown, the last to end first."""

FRESH = timedelta(days=7)
"""How long after they came somebody is introduced to a guide."""

ANSWER = timedelta(days=2)
"""How long a guide has to say whether they greet somebody."""

WEEK = timedelta(days=7)


class ArrivalsSettings(BaseModel):
    """`[arrivals]`: how long a passport is good, where it leads, and what is kept of e-mails."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hash_emails: bool = Field(
        default=False, description="keep no e-mail, only a keyed hash to know people again"
    )
    passport_days: int = Field(default=90, ge=1, le=730, description="a code is good for so long")
    link: str = Field(
        default="", description="where an invitation leads, with {code} where the code goes"
    )
    greet_after_hours: int = Field(
        default=3, ge=0, le=72, description="after they came, before a guide is asked"
    )
    newcomers_a_week: int = Field(
        default=2, ge=1, le=10, description="a guide greets at most so many, unless they say"
    )

    @field_validator("link")
    @classmethod
    def _leads_somewhere(cls, value: str) -> str:
        if value and ("{code}" not in value or not value.startswith(("https://", "http://"))):
            raise ValueError("write an address with {code} in it, or nothing")
        return value

    @property
    def passport_life(self) -> timedelta:
        """How long a code is good."""
        return timedelta(days=self.passport_days)

    @property
    def greet_after(self) -> timedelta:
        """How long after somebody came a guide is asked."""
        return timedelta(hours=self.greet_after_hours)


@dataclass(frozen=True, slots=True)
class Seal:
    """The operator's key under which e-mails are hashed; empty when none was given."""

    key: str = ""

    def of(self, told: str) -> str:
        """The hash of what identifies somebody: 64 hexadecimal digits."""
        return hmac.new(self.key.encode(), told.encode(), sha256).hexdigest()


def folded(text: str, keep: str = "") -> str:
    """Lower case, without accents; every sign that is not in `keep` is a space."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    letters = (c for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() or c in keep else " " for c in letters).split())


# -- who was trained ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was trained; `line` is where the file named them, 0 when no file did.

    `identity` knows them again: from the e-mail, else from name, training and cohort.
    """

    identity: str
    name: str
    email: str = ""
    training: str = ""
    cohort: str = ""
    ends: date | None = None
    certification: str = ""
    line: int = 0


def identity(seal: Seal, name: str, email: str, training: str, cohort: str) -> str:
    """What somebody is known again by."""
    if email:
        return seal.of(f"e:{email}")
    return seal.of("n:" + "|".join(map(folded, (name, training, cohort))))


def merged(before: Person, told: Person) -> Person:
    """What is known of somebody once a file told more: an empty cell takes nothing away."""
    return replace(
        before,
        name=told.name or before.name,
        email=told.email or before.email,
        training=told.training or before.training,
        cohort=told.cohort or before.cohort,
        ends=told.ends or before.ends,
        certification=told.certification or before.certification,
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change: who is new, who is told otherwise (before, after), who is not."""

    new: tuple[Person, ...] = ()
    changed: tuple[tuple[Person, Person], ...] = ()
    same: int = 0

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not self.new and not self.changed


def plan(told: Iterable[Person], known: Mapping[str, Person]) -> Plan:
    """What changes when a file is imported; `known` by identity."""
    new: list[Person] = []
    changed: list[tuple[Person, Person]] = []
    same = 0
    for person in told:
        before = known.get(person.identity)
        if before is None:
            new.append(person)
        elif (after := merged(before, person)) != before:
            changed.append((before, after))
        else:
            same += 1
    return Plan(tuple(new), tuple(changed), same)


def cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
    return f"'{value}" if value.lstrip().startswith(("=", "+", "-", "@")) else value


# -- how far people come -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stand:
    """How far one trained person came; what comes after the first False does not count."""

    cohort: str
    ends: date | None = None
    invited: bool = False
    joined: bool = False
    accepted: bool = False
    posted: bool = False


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many were trained, were given a passport, joined, accepted the charter, wrote."""

    trained: int = 0
    invited: int = 0
    joined: int = 0
    accepted: int = 0
    posted: int = 0

    @property
    def share(self) -> int:
        """How many in a hundred of the trained have joined."""
        return round(100 * self.joined / self.trained) if self.trained else 0


def funnel(stands: Sequence[Stand]) -> Funnel:
    """Each step holds those of the step before who went on; who joined was invited."""
    accepted = [one for one in stands if one.joined and one.accepted]
    return Funnel(
        trained=len(stands),
        invited=sum(one.invited or one.joined for one in stands),
        joined=sum(one.joined for one in stands),
        accepted=len(accepted),
        posted=sum(one.posted for one in accepted),
    )


def by_cohort(stands: Iterable[Stand], most: int = COHORTS) -> list[tuple[str, Funnel]]:
    """The cohorts that have a name, the last to end first, then by name."""
    groups: dict[str, list[Stand]] = {}
    for one in stands:
        if one.cohort:
            groups.setdefault(one.cohort, []).append(one)

    def last(name: str) -> date:
        return max((one.ends for one in groups[name] if one.ends), default=date.min)

    ordered = sorted(sorted(groups), key=last, reverse=True)
    return [(name, funnel(groups[name])) for name in ordered[:most]]


# -- who greets whom ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Volunteer:
    """Somebody who greets newcomers: how many a week, and what they were asked lately.

    `greeted` are the moments they were asked and did not pass; `asked_at` the last time at all.
    """

    member: int
    a_week: int
    greeted: tuple[datetime, ...] = ()
    asked_at: datetime | None = None


def next_guide(volunteers: Iterable[Volunteer], now: datetime) -> int | None:
    """Whose turn it is to greet somebody; None when nobody is free.

    Whoever greeted fewest comes first, then who was asked longest ago, then who is here longest.
    """
    free = [v for v in volunteers if sum(at > now - WEEK for at in v.greeted) < v.a_week]
    turn = sorted(
        free,
        key=lambda v: (len(v.greeted), v.asked_at.timestamp() if v.asked_at else 0.0, v.member),
    )
    return turn[0].member if turn else None
