"""When a ritual falls, as people write it: `chaque mardi 18:00`, `premier mardi 12:30`. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_month_names

from core.gatherings.written import HOUR, Span, clock, folded, understood
from core.gatherings.written import Unclear as NoMoment
from rituals.calendar import WEEKDAYS, Weekday, Which
from rituals.rules import RitualSettings

AGAIN = {"chaque", "tous", "toutes", "every", "each"}
"""Words that say that it comes again; without one of these, or a place, a day is one date."""
PLACED: Mapping[str, Which] = {
    **dict.fromkeys(("premier", "premiere", "1er", "1ere", "first", "1st"), "first"),
    **dict.fromkeys(("deuxieme", "second", "seconde", "2e", "2eme", "2nd"), "second"),
    **dict.fromkeys(("troisieme", "third", "3e", "3eme", "3rd"), "third"),
    **dict.fromkeys(("quatrieme", "fourth", "4e", "4eme", "4th"), "fourth"),
    **dict.fromkeys(("dernier", "derniere", "last"), "last"),
}
QUARTERS = (1, 4, 7, 10)
_FORTNIGHT = (
    (re.compile(r"\b(?:un|une) (\w+) sur (?:deux|2)\b"), r"\1"),
    (re.compile(r"\btoutes les (?:deux|2) semaines\b"), " "),
    (re.compile(r"\bevery (?:two|2) weeks\b"), " "),
    (re.compile(r"\bevery other (\w+)\b"), r"\1"),
)
_FILLING = {"le", "la", "les", "l", "de", "du", "des", "d", "a", "et", "en", "un", "une", "and"}
_FILLING |= {"the", "of", "on", "at", "in", "semaine", "semaines", "week", "weeks", "annee", "an"}
_MONTHLY = {"mois", "month"}
_QUARTERLY = {"trimestre", "quarter"}


class Lacks(StrEnum):
    """What a rhythm lacks; its words are `rituals.lacks_<value>`."""

    DAY = "day"
    HOUR = "hour"
    ONE_DAY = "one_day"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What was understood of a rhythm: a rule of days, an hour, and what neither holds.

    `value` is what the file would write, all of it, so that nothing of an earlier rule stays.
    """

    value: Mapping[str, Any]
    lacks: Lacks | None = None
    unknown: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all of it was understood, and nothing lacks."""
        return self.lacks is None and not self.unknown


@dataclass(slots=True)
class _Heard:
    """What the words said so far."""

    weekdays: list[int] = field(default_factory=list)
    which: list[Which] = field(default_factory=list)
    months: list[int] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    monthly: bool = False


def rhythm(text: str) -> Rhythm:
    """The rhythm that is written, in French or in English; it may lack something.

    >>> rhythm("premier mardi 12:30").value["which"]
    ['first']
    """
    words = folded(text)
    hours = list(HOUR.finditer(words))
    at = clock(hours[0]) if len(hours) == 1 else None
    rest = HOUR.sub(" ", words)
    every_other = False
    for pattern, what in _FORTNIGHT:
        rest, times = pattern.subn(what, rest)
        every_other = every_other or bool(times)
    heard = _Heard()
    for word in re.findall(r"\w+", rest):
        _hear(word, heard)
    found = _rule(heard, every_other=every_other)
    if isinstance(found, Lacks):
        return Rhythm({}, found, tuple(heard.unknown))
    return Rhythm(_value(found, at), None if at else Lacks.HOUR, tuple(heard.unknown))


def _hear(word: str, heard: _Heard) -> None:
    months, weekdays = _names(get_month_names), _names(get_day_names)
    day = weekdays.get(word, weekdays.get(word.removesuffix("s")))
    if word in PLACED:
        heard.which.append(PLACED[word])
    elif word in months:
        heard.months.append(months[word])
    elif day is not None:
        heard.weekdays.append(day)
    elif word in _QUARTERLY:
        heard.months += QUARTERS
        heard.monthly = True
    elif word in _MONTHLY:
        heard.monthly = True
    elif found := re.fullmatch(r"(\d{1,2})(?:th)?", word):
        heard.days.append(int(found[1]))
    elif word not in AGAIN | _FILLING:
        heard.unknown.append(word)


def _rule(heard: _Heard, *, every_other: bool) -> dict[str, Any] | Lacks:
    """The settings that make a rule of days, or what it lacks."""
    months = sorted(set(heard.months))
    if (heard.which and heard.days) or (heard.days and heard.weekdays):
        return Lacks.ONE_DAY
    if heard.which == ["first"] and not heard.weekdays:
        heard.days, heard.which = [1], []  # «le 1er du mois»
    if heard.days:
        if len(heard.days) > 1 or not 1 <= heard.days[0] <= 31:  # noqa: PLR2004  days of a month
            return Lacks.ONE_DAY
        by_month = f";BYMONTH={','.join(map(str, months))}" if months else ""
        return {"rrule": f"FREQ=MONTHLY;BYMONTHDAY={heard.days[0]}{by_month}"}
    if len(heard.weekdays) != 1:
        return Lacks.ONE_DAY if heard.weekdays else Lacks.DAY
    weekday = WEEKDAYS[heard.weekdays[0]]
    if every_other:
        return {"rrule": f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday[:2].upper()}"}
    which = heard.which or (["first"] if heard.monthly else [])
    return {"weekday": weekday, "which": which, "months": months}


def _value(found: Mapping[str, Any], at: time | None) -> dict[str, Any]:
    days: dict[str, Any] = {"rrule": None, "which": [], "months": []}
    hour = {"at": at.isoformat()} if at else {}
    return {**days, **found, **hour}


@cache
def _names(of: Callable[..., dict[int, str]]) -> dict[str, int]:
    """Babel's whole names of months or weekdays, in both languages."""
    return {
        folded(name): number
        for locale in ("fr", "en")
        for number, name in of("wide", "format", locale).items()
    }


# -- one date, a month, a name -----------------------------------------------------------------


def repeats(text: str) -> bool:
    """Whether a rhythm is written rather than one date."""
    words = folded(text)
    every_other = any(pattern.search(words) for pattern, _ in _FORTNIGHT)
    told = set(re.findall(r"\w+", words))
    weekdays = _names(get_day_names)
    placed = told & PLACED.keys() and told & weekdays.keys() and not told & {"1er", "1st"}
    plural = {word.removesuffix("s") for word in told - weekdays.keys()} & weekdays.keys()
    return every_other or bool(told & (AGAIN | _MONTHLY | _QUARTERLY) or placed or plural)


def moment(text: str, now: datetime, zone: ZoneInfo, planned: datetime) -> datetime | NoMoment:
    """The one moment that is written; an hour alone is on the day it was planned (local)."""
    words = folded(text)
    hours = list(HOUR.finditer(words))
    if len(hours) == 1 and set(re.findall(r"\w+", HOUR.sub(" ", words))) <= {"a", "at"}:
        text = f"{planned.date().isoformat()} {words[hours[0].start() : hours[0].end()]}"
    found = understood(text, now, zone, timedelta(hours=1))
    return found.starts if isinstance(found, Span) else found


def day(text: str, now: datetime, zone: ZoneInfo) -> date | None:
    """The day that is written, today or later; None when it is none."""
    found = understood(f"{text} 23:59", now, zone, timedelta(minutes=1))
    return found.starts.astimezone(zone).date() if isinstance(found, Span) else None


def month(text: str, today: date) -> date | None:
    """The first day of the month that is written: `décembre`, `12`, `2026-12`, `mars 2027`.

    A month without a year is this one or the next such one; nothing is the month of today.
    """
    words = folded(text)
    if not words:
        return today.replace(day=1)
    for pattern in (
        r"(?P<year>20\d\d)-(?P<month>\d{1,2})",
        r"(?P<month>\w+)(?: (?P<year>20\d\d))?",
    ):
        if found := re.fullmatch(pattern, words):
            number = _names(get_month_names).get(found["month"])
            if number is None:
                number = int(found["month"]) if found["month"].isdecimal() else 0
            if not 1 <= number <= 12:  # noqa: PLR2004  months of a year
                return None
            year = int(found["year"] or today.year + (number < today.month))
            return date(year, number, 1)
    return None


def slug(title: str, taken: frozenset[str] = frozenset()) -> str:
    """The name of a ritual in the database, from its title: at most 20 letters and hyphens."""
    bare = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:20].strip("-") or "rituel"
    again = (f"{made[:17].strip('-')}-{number}" for number in range(2, 100))
    return made if made not in taken else next((one for one in again if one not in taken), made)


def hashtag(title: str) -> str:
    """The hashtag of a ritual, from its title: `Le café des livres` is `#LeCaféDesLivres`."""
    words = "".join(c if c.isalpha() or c.isdecimal() else " " for c in title).split()
    made = "".join(word[:1].upper() + word[1:] for word in words)[:40]
    return f"#{made}" if len(made) > 1 else "#Rituel"


def following(settings: RitualSettings, value: Mapping[str, Any]) -> dict[str, Any]:
    """That value, and the other weekdays of a ritual moved as far as its own was."""
    weekday: Weekday | None = value.get("weekday")
    if weekday is None:
        return dict(value)
    far = WEEKDAYS.index(weekday) - WEEKDAYS.index(settings.weekday)
    others = {
        name: WEEKDAYS[(WEEKDAYS.index(getattr(settings, name)) + far) % len(WEEKDAYS)]
        for name in type(settings).model_fields
        if name.endswith("_weekday")
    }
    return {**others, **value}
