"""The programme of rituals as an operator writes it, and the dates that follow. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from core.engine.schedule import Weekly, at_local
from rituals.catalog import KINDS

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


class RitualSettings(BaseModel):
    """One ritual of the programme; all times are the community's wall clock."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=20)
    kind: str = Field(default="lundi_astuce", description="the file of rituals/catalog it plays")
    title: str = Field(min_length=1, max_length=60)
    hashtag: str = Field(pattern=r"^#\w{2,40}$", description="with its #")
    weekday: Weekday = Field(default="monday", description="the day it is published")
    at: time = Field(default=time(9), description="the hour it is published")
    notice_weekday: Weekday = Field(
        default="thursday", description="the day whoever's turn it is learns it, the week before"
    )
    notice_at: time = time(10)
    substitute_weekday: Weekday = Field(
        default="saturday", description="the day by which they answer, or somebody else is asked"
    )
    substitute_at: time = time(10)
    max_delay_hours: int = Field(
        default=6, ge=1, le=72, description="later than that (an outage) the date is skipped"
    )

    @field_validator("kind")
    @classmethod
    def _in_the_catalog(cls, value: str) -> str:
        if value not in KINDS:
            raise ValueError(f"{value!r} is no kind of ritual; there are: {', '.join(KINDS)}")
        return value

    @model_validator(mode="after")
    def _in_order(self) -> "RitualSettings":
        steps = self.steps(date(2024, 1, 1) + timedelta(days=WEEKDAYS.index(self.weekday)), UTC)
        if not steps.notice < steps.substitute < steps.publish:
            raise ValueError(
                f"{self.slug}: the notice comes first, then the deadline for an answer, then the "
                "publication, all within a week"
            )
        return self

    @property
    def weekly(self) -> Weekly:
        """When it is published."""
        return Weekly(frozenset({WEEKDAYS.index(self.weekday)}), self.at)

    @property
    def max_delay(self) -> timedelta:
        """How late it may still be published."""
        return timedelta(hours=self.max_delay_hours)

    def steps(self, day: date, zone: ZoneInfo) -> "Steps":
        """The moments of one date, each computed on its own day in the zone."""
        return Steps(
            day,
            at_local(_before(day, self.notice_weekday), self.notice_at, zone),
            at_local(_before(day, self.substitute_weekday), self.substitute_at, zone),
            at_local(day, self.at, zone),
        )

    def coming(self, moment: datetime, zone: ZoneInfo) -> Iterator["Steps"]:
        """The dates whose publication comes after an aware moment, in order, without end."""
        return (self.steps(found[0], zone) for found in self.weekly.after(moment, zone))


UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Steps:
    """One date of a ritual: its local day, and its three moments in UTC."""

    day: date
    notice: datetime
    substitute: datetime
    publish: datetime


def _before(day: date, weekday: Weekday) -> date:
    """The last such weekday before a date, at most seven days earlier."""
    return day - timedelta(days=(day.weekday() - WEEKDAYS.index(weekday) - 1) % 7 + 1)


NIGHTLY = time(0, 5)
"""When the coming dates are made, every day."""

LUNDI_ASTUCE = RitualSettings(slug="lundi-astuce", title="Lundi Astuce", hashtag="#LundiAstuce")


class RitualsSettings(BaseModel):
    """`[rituals]`: the programme, one `[[rituals.programme]]` table for each ritual."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    programme: tuple[RitualSettings, ...] = (LUNDI_ASTUCE,)

    @model_validator(mode="after")
    def _once_each(self) -> "RitualsSettings":
        for what in ("slug", "hashtag"):
            names = [str(getattr(ritual, what)).casefold() for ritual in self.programme]
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ValueError(f"two rituals have the same {what}: {', '.join(sorted(twice))}")
        return self

    def find(self, named: str) -> RitualSettings | None:
        """The ritual somebody means by its slug, title or hashtag; the first when they say none."""
        wanted = named.strip().casefold().removeprefix("#")
        for ritual in self.programme:
            known = {ritual.slug, ritual.title, ritual.hashtag.removeprefix("#")}
            if not wanted or wanted in {name.casefold() for name in known}:
                return ritual
        return None


def carries(text: str, hashtag: str) -> bool:
    """Whether a text holds that hashtag, in any case, as a word of its own."""
    return bool(re.search(rf"(?<!\w){re.escape(hashtag)}(?!\w)", text, re.IGNORECASE))


def address(written: str) -> str | None:
    """A web address somebody gave, None when it is none (`https://` is added where it lacks)."""
    typed = written.strip()
    if not re.match(r"(?i)[a-z][a-z0-9+.-]*:", typed) or re.match(r"[^:/]+\.[^:/]+:\d", typed):
        typed = f"https://{typed}"
    if not typed.isascii() or re.search(r"[\s<>\"'\\^`{|}]", typed):
        return None
    try:
        parts = urlsplit(typed)
        host = parts.hostname or ""
    except ValueError:
        return None
    named = re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host) is not None
    plain = parts.scheme in {"http", "https"} and named and "@" not in parts.netloc
    return typed if plain else None
