"""The programme of rituals as an operator writes it, and the dates that follow. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from holidays import country_holidays
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    field_validator,
    model_validator,
)

from core.engine.schedule import at_local
from rituals import catalog
from rituals.calendar import (
    EVERY_DAY_ALIKE,
    FROM,
    HORIZON,
    NEAR,
    Calendar,
    Days,
    OnHoliday,
    Pause,
    Steps,
    Weekday,
    Which,
    Zone,
    placed,
    planned,
    rule,
    written,
)


class RitualSettings(BaseModel):
    """One ritual of the programme; all times are the community's wall clock.

    Each kind has a subclass with what it needs beside; `model_validate` on a table makes the one
    its `kind` names. It falls on every `weekday`, or on the `which` of the month (`["first"]`),
    in certain `months`, or by a rule of RFC 5545 (`FREQ=MONTHLY;BYMONTHDAY=15`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=20)
    kind: str = Field(default="lundi_astuce", description="the file of rituals/catalog it plays")
    title: str = Field(min_length=1, max_length=60)
    hashtag: str = Field(pattern=r"^#\w{2,40}$", description="with its #")
    text: str = Field(default="", max_length=1500, description="said with it, in your own words")
    weekday: Weekday = Field(default="monday", description="the day it is published")
    which: tuple[Which, ...] = Field(default=(), description="of the month; every week when empty")
    months: tuple[int, ...] = Field(default=(), description="1 to 12; every month when empty")
    rrule: str | None = Field(default=None, description="a rule of RFC 5545 instead")
    at: time = Field(default=time(9), description="the hour it is published")
    starts: date | None = Field(default=None, description="nothing takes place before that day")
    on_holiday: OnHoliday = Field(default="keep", description="on a public holiday")
    in_school_holidays: Literal["keep", "skip"] = "keep"
    max_delay_hours: int = Field(
        default=6, ge=1, le=72, description="later than that (an outage) the date is skipped"
    )

    @model_validator(mode="wrap")
    @classmethod
    def _of_its_kind(
        cls,
        given: Any,  # noqa: ANN401  whatever stands in the file
        handler: ModelWrapValidatorHandler["RitualSettings"],
    ) -> "RitualSettings":
        if cls is not RitualSettings or not isinstance(given, Mapping):
            return handler(given)
        exact = kind_of(given)
        if exact is not RitualSettings:
            return exact.model_validate(given)
        # Only what every kind has can be judged when there is no such kind.
        return handler({key: given[key] for key in given if key in cls.model_fields})

    @field_validator("kind")
    @classmethod
    def _in_the_catalog(cls, value: str) -> str:
        if value not in catalog.names():
            there_are = ", ".join(catalog.names())
            raise ValueError(f"{value!r} is no kind of ritual; there are: {there_are}")
        return value

    @field_validator("months")
    @classmethod
    def _of_the_year(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not set(value) <= set(range(1, 13)):
            raise ValueError("months are numbers from 1 to 12")
        return value

    @field_validator("rrule")
    @classmethod
    def _a_rule(cls, value: str | None) -> str | None:
        try:
            found = rule(value) if value is not None else None
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{value!r} is no rule of RFC 5545: {error}") from error
        if found is not None and next(planned(found, FROM, FROM + HORIZON), None) is None:
            raise ValueError(f"{value!r} gives no date in three years")
        return value

    @property
    def days(self) -> Days:
        """The days on which it is planned."""
        return rule(self.rrule or written(self.weekday, self.which, self.months))

    @property
    def max_delay(self) -> timedelta:
        """How late a step may still be played."""
        return timedelta(hours=self.max_delay_hours)

    @property
    def lasts(self) -> timedelta:
        """How long people are together; nothing for what is read when one likes."""
        return timedelta()

    def moments(  # a kind without steps of its own has none
        self,
        day: date,  # noqa: ARG002
        opens: datetime,  # noqa: ARG002
        zone: ZoneInfo,  # noqa: ARG002
    ) -> Mapping[str, datetime]:
        """The moments of its kind beside the opening (UTC), by the name of their step."""
        return {}

    def steps(
        self,
        day: date,
        zone: ZoneInfo,
        calendar: Calendar = EVERY_DAY_ALIKE,
        *,
        moved_to: datetime | None = None,
    ) -> Steps:
        """The moments of the date planned on `day`, each computed in the zone.

        `moved_to` (aware) is where people moved it: they know about holidays.
        """
        found = placed(day, self.days, self.on_holiday, calendar)
        off = not any(planned(self.days, day, day)) or found is None or self._rests(found, calendar)
        place = found or day
        if moved_to is not None:
            place, off = moved_to.astimezone(zone).date(), False
        opens = moved_to or at_local(place, self.at, zone)
        return Steps(day, place, opens, self.moments(place, opens, zone), off)

    def _rests(self, day: date, calendar: Calendar) -> bool:
        early = self.starts is not None and day < self.starts
        schools = self.in_school_holidays == "skip" and calendar.school_holiday(day)
        return early or schools or calendar.pause(self.slug, day) is not None

    def coming(
        self, moment: datetime, zone: ZoneInfo, calendar: Calendar = EVERY_DAY_ALIKE
    ) -> Iterator[Steps]:
        """The dates that open after an aware moment, in order, for the next three years."""
        today = moment.astimezone(zone).date()
        for day in planned(self.days, today - NEAR, today + HORIZON):
            steps = self.steps(day, zone, calendar)
            if steps.opens > moment and not steps.off:
                yield steps


def kind_of(table: Mapping[str, Any]) -> type[RitualSettings]:
    """The class a table of the programme is read with: that of its `kind`, if there is one."""
    name = table.get("kind", "lundi_astuce")
    found: type[RitualSettings] = (
        catalog.settings_of(name) if name in catalog.names() else RitualSettings
    )
    return found


def each_once(programme: tuple[RitualSettings, ...]) -> tuple[RitualSettings, ...]:
    """That programme. Raises ValueError when two rituals have the same slug or hashtag."""
    for what in ("slug", "hashtag"):
        names = [str(getattr(ritual, what)).casefold() for ritual in programme]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two rituals have the same {what}: {', '.join(sorted(twice))}")
    return programme


NIGHTLY = time(0, 5)
"""When the coming dates are made, every day."""

LUNDI_ASTUCE = {"slug": "lundi-astuce", "title": "Lundi Astuce", "hashtag": "#LundiAstuce"}
"""What is played where the file names nothing."""


class RitualsSettings(BaseModel):
    """`[rituals]`: the programme, one `[[rituals.programme]]` table for each ritual."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    programme: tuple[RitualSettings, ...] = Field(
        default_factory=lambda: (RitualSettings.model_validate(LUNDI_ASTUCE),)
    )
    country: str = Field(default="FR", description="whose public holidays; none when empty")
    region: str = Field(default="", description="a part of it with holidays of its own")
    school_zone: Zone | None = Field(default=None, description="France: A, B or C")
    pauses: tuple[Pause, ...] = ()

    @model_validator(mode="after")
    def _a_known_country(self) -> "RitualsSettings":
        try:
            country_holidays(self.country or "FR", subdiv=self.region or None)
        except NotImplementedError as error:
            raise ValueError(
                f"nothing is known of the holidays of {self.country} {self.region}".rstrip()
            ) from error
        return self

    @property
    def calendar(self) -> Calendar:
        """The days on which the community does not work as usual."""
        return Calendar(self.country, self.region, self.school_zone, self.pauses)

    _once_each = field_validator("programme")(each_once)


@dataclass(frozen=True, slots=True)
class Edit:
    """What people changed in chat of the ritual `slug`, or a whole one they made up.

    `value` holds settings as the file writes them.
    """

    slug: str
    value: Mapping[str, Any]
    creates: bool = False


def edited(settings: RitualSettings, value: Mapping[str, Any]) -> RitualSettings:
    """These settings with others in their place, as the file writes them; slug and kind stay.

    Raises ValidationError, whose `loc` names the setting that is wrong.
    """
    whole = settings.model_dump(mode="json", exclude_defaults=True)
    fixed = {"slug": settings.slug, "kind": settings.kind}
    return RitualSettings.model_validate({**whole, **value, **fixed})


def effective(
    programme: Sequence[RitualSettings], edits: Iterable[Edit]
) -> tuple[RitualSettings, ...]:
    """The programme as it is now: the file's, and the edits on top, the oldest first.

    An edit of a ritual that is no more, or that is no longer right since the file changed, is
    left out: the file is the origin.
    """
    found = {ritual.slug: ritual for ritual in programme}
    for edit in edits:
        known = found.get(edit.slug)
        if edit.creates == (known is not None):
            continue
        with suppress(ValidationError):
            found[edit.slug] = (
                edited(known, edit.value) if known else RitualSettings.model_validate(edit.value)
            )
    return tuple(found.values())


def found_in(programme: Iterable[RitualSettings], named: str) -> RitualSettings | None:
    """The ritual somebody means by its slug, title or hashtag; the first when they say none."""
    wanted = named.strip().casefold().removeprefix("#")
    for ritual in programme:
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
