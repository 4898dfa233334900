"""The moment somebody means when they write a date and an hour, in French or in English. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_month_names

from core.engine.schedule import at_local

# A library for dates in free text (dateparser 1.5) was tried and left: it makes of «samedi 14h»
# a day in the past, and of «1er décembre 18h» one in 2118. What is written here is understood
# as it is meant, or not at all; and what was understood is shown before anything is published.


class Unclear(StrEnum):
    """Why a date cannot be taken; its words are `gatherings.unclear_<value>`."""

    DAY = "day"
    HOUR = "hour"
    WEEKDAY = "weekday"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, in UTC."""

    starts: datetime
    ends: datetime


HOUR = re.compile(
    r"(?<![\d/:])(?P<hour>\d{1,2})"
    r"(?: ?(?:h|:)(?:(?P<minute>\d{2})(?::\d{2})?| (?P<apart>\d{2})(?! ?[\w/]))?"
    r"(?: ?(?P<half>[ap])m)?"
    r"| ?(?P<alone>[ap])m)(?![\w/])"
)
_LINKS = re.compile(r"^ ?(-|a|to|until|jusqu a) ?$")
_FILLING = {"le", "la", "a", "de", "des", "at", "on", "the", "from", "prochain", "next", "ce"}
_NEAR = {"aujourd hui": 0, "today": 0, "demain": 1, "tomorrow": 1, "apres demain": 2}
_YEARS = 8
"""How far to look for a 29 February: the longest time without one (1896 to 1904, 2096 to 2104)."""


def understood(written: str, now: datetime, zone: ZoneInfo, lasting: timedelta) -> Span | Unclear:
    """The moment meant, on the wall clock of a zone; without an end it lasts so long.

    Read are `jeudi 3 décembre 18h30`, `3/12/2026 18:30` (the day first), `2026-12-03 18:30`,
    `demain 18h-20h`, `Thursday 3 December 6:30pm`. A date without a year is the next such one.
    """
    words = folded(written)
    hours = list(HOUR.finditer(words))
    between = words[hours[0].end() : hours[1].start()] if len(hours) > 1 else ""
    if not hours or len(hours) > 1 + bool(_LINKS.match(between)):
        return Unclear.HOUR
    starts_at, ends_at = clock(hours[0]), clock(hours[-1])
    if starts_at is None or ends_at is None:
        return Unclear.HOUR
    rest = f"{words[: hours[0].start()]} {words[hours[-1].end() :]}"

    days = _days(rest, now.astimezone(zone).date())
    if isinstance(days, Unclear):
        return days
    end = ends_at if len(hours) > 1 else None
    spans = (_span(day, starts_at, end, zone, lasting) for day in days)
    return next((span for span in spans if span.starts > now), Unclear.PAST)


def _span(day: date, start: time, end: time | None, zone: ZoneInfo, lasting: timedelta) -> Span:
    """From when to when; past midnight where the end would come first."""
    starts = at_local(day, start, zone)
    if end is None:
        return Span(starts, starts + lasting)
    ends = at_local(day + timedelta(days=end <= start), end, zone)
    # An hour that spring skips would leave nothing in between.
    return Span(starts, ends if ends > starts else starts + lasting)


def folded(written: str) -> str:
    """Lower case, without accents and apostrophes, one space at most, `midi` as an hour."""
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", written.lower()) if not unicodedata.combining(c)
    )
    bare = re.sub(r"(?<=\d)t(?=\d)", " ", re.sub(r"[’',]", " ", bare))
    bare = re.sub(r"[–—]", "-", re.sub(r"\b(midi|noon)\b", "12h00", bare))
    return " ".join(re.sub(r"\bapres-demain\b", "apres demain", bare).split())


def clock(found: re.Match[str]) -> time | None:
    """The hour that `HOUR` found; None when no clock shows it."""
    hour, minute = int(found["hour"]), int(found["minute"] or found["apart"] or 0)
    half = found["half"] or found["alone"]
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004  the hours of half a day
            return None
        hour = hour % 12 + 12 * (half == "p")
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004  a clock's


def _days(words: str, today: date) -> list[date] | Unclear:
    """The days that may be meant, the nearest first."""
    named, words = _named(words, today)
    weekday, words = _taken(words, _names(get_day_names))
    near, words = _taken(words, _NEAR)
    if set(re.findall(r"\w+|[^\w\s-]", words)) - _FILLING:
        return Unclear.DAY
    if near is not None and not named:
        named = [today + timedelta(days=near)]
    elif near is None and not named and weekday is not None:
        return [today + timedelta(days=(weekday - today.weekday()) % 7 + more) for more in (0, 7)]
    elif near is not None or not named:
        return Unclear.DAY
    # A date in the coming year that would agree is not what was meant.
    return named if weekday in {None, named[0].weekday()} else Unclear.WEEKDAY


def _taken(words: str, names: dict[str, int]) -> tuple[int | None, str]:
    """What one of these names stands for, and the words without it."""
    found = re.search(rf"\b({'|'.join(sorted(names, key=len, reverse=True))})\b\.?", words)
    if found is None:
        return None, words
    return names[found[1]], words[: found.start()] + " " + words[found.end() :]


@cache
def _names(of: Callable[..., dict[int, str]]) -> dict[str, int]:
    """Babel's names of months or weekdays, whole and short, in both languages."""
    return {
        folded(name).rstrip("."): number
        for locale in ("fr", "en")
        for width in ("wide", "abbreviated")
        for number, name in of(width, "format", locale).items()
    }


def _named(words: str, today: date) -> tuple[list[date], str]:
    """The dates a day and a month stand for (the coming years when none is written)."""
    months = _names(get_month_names)
    month = "|".join(sorted(months, key=len, reverse=True))
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b",
        r"\b(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})(?:[/.-](?P<year>\d{4}|\d{2}))?\b",
        (
            rf"\b(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)? (?P<month>{month})\b\.?"
            r"(?: (?P<year>\d{4})\b)?"
        ),
        rf"\b(?P<month>{month})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?: (?P<year>\d{{4}})\b)?",
    ):
        if found := re.search(pattern, words):
            number = months.get(found["month"]) or int(found["month"])
            days = list(_dates(found["year"], number, int(found["day"]), today))
            return days, words[: found.start()] + " " + words[found.end() :]
    return [], words


def _dates(year: str | None, month: int, day: int, today: date) -> Iterator[date]:
    years = [_year(year)] if year else range(today.year, today.year + _YEARS + 1)
    for one in years:
        try:
            found = date(one, month, day)
        except ValueError:
            continue  # no such day, or not in that year
        if year or found >= today:
            yield found


def _year(written: str) -> int:
    """A year, of our century when two figures stand for it; none before 2000 or after 2099."""
    year = int(written) if len(written) > len("26") else 2000 + int(written)
    return year if year // 100 == 20 else 0  # noqa: PLR2004  our century
