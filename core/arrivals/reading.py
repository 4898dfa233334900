"""A file of trained people read line by line, whatever program wrote it. Pure."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from dateutil import parser

from core.arrivals.rules import EMAIL, folded
from core.chat.markup import inert

SEPARATORS = ";,\t"
ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
"""Tried in this order: accents in another encoding are hardly ever UTF-8, and every byte is a
letter of Latin-1. Guessing from statistics (charset-normalizer) errs on a file of few lines."""

NAMES: Mapping[str, str] = {
    "nom": "name",
    "nom complet": "name",
    "nom et prenom": "name",
    "nom prenom": "name",
    "prenom nom": "name",
    "prenom et nom": "name",
    "participant": "name",
    "stagiaire": "name",
    "apprenant": "name",
    "name": "name",
    "full name": "name",
    "learner": "name",
    "prenom": "first",
    "first name": "first",
    "given name": "first",
    "nom de famille": "last",
    "last name": "last",
    "surname": "last",
    "family name": "last",
    "e mail": "email",
    "email": "email",
    "mail": "email",
    "courriel": "email",
    "adresse mail": "email",
    "adresse e mail": "email",
    "adresse email": "email",
    "adresse electronique": "email",
    "email address": "email",
    "e mail address": "email",
    "formation": "training",
    "intitule de la formation": "training",
    "action de formation": "training",
    "parcours": "training",
    "training": "training",
    "course": "training",
    "promotion": "cohort",
    "promo": "cohort",
    "cohorte": "cohort",
    "session": "cohort",
    "groupe": "cohort",
    "cohort": "cohort",
    "group": "cohort",
    "date de fin": "ends",
    "date fin": "ends",
    "date de fin de formation": "ends",
    "fin de formation": "ends",
    "fin": "ends",
    "end date": "ends",
    "end": "ends",
    "ends": "ends",
    "certification": "certification",
    "certificat": "certification",
    "titre": "certification",
    "titre obtenu": "certification",
    "diplome": "certification",
    "certificate": "certification",
    "diploma": "certification",
}
"""What a column is called, without accents or signs, and what it holds."""

LENGTHS: Mapping[str, int] = {
    "name": 120,
    "email": 254,
    "training": 120,
    "cohort": 60,
    "certification": 100,
}
"""Characters kept of each column."""

MOST = 20_000
"""Lines of one file."""

YEARS = range(1950, 2101)
"""An end of training outside of these is a slip."""


class Wrong(StrEnum):
    """Why a line is left out; its words are `arrivals.wrong_<value>`."""

    NAME = "name"
    UNKNOWN = "unknown"
    EMAIL = "email"
    DATE = "date"
    LONG = "long"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Line:
    """One person as the file has them, `number` is their line in it; what is not said is empty."""

    number: int
    name: str
    email: str = ""
    training: str = ""
    cohort: str = ""
    ends: date | None = None
    certification: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is left out, why, and the cell at fault."""

    number: int
    why: Wrong
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Roll:
    """What a file holds; `ignored` are columns whose names say nothing to us."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...] = ()
    ignored: tuple[str, ...] = ()


class Unreadable(ValueError):
    """It is no table of people: no column is named as one that holds their names."""


def read(content: bytes) -> Roll:
    """The people in a CSV file. Raises Unreadable when there is no column of names, or too much."""
    text = decoded(content).replace("\0", "")
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=lambda sign: len(_columns(_cells(first, sign))))
    rows = _rows(text, separator)
    _, head = next(rows, (0, []))
    columns = _columns(head)
    if not {"name", "last"} & set(columns.values()):
        raise Unreadable("no column holds names")
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, cells in rows:
        found = _line(number, {what: _cell(cells, at) for at, what in columns.items()})
        if isinstance(found, Fault):
            faults.append(found)
        else:
            lines.append(found)
        if len(lines) + len(faults) > MOST:
            raise Unreadable(f"more than {MOST} lines")
    ignored = tuple(clean(cell) for at, cell in enumerate(head) if at not in columns and cell)
    return Roll(tuple(lines), tuple(faults), ignored)


def decoded(content: bytes) -> str:
    """The text of a file, whichever of the usual encodings it is in."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    for encoding in ENCODINGS[:-1]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode(ENCODINGS[-1])


def clean(cell: str) -> str:
    """A cell in one line, without what cannot be seen."""
    return " ".join(inert(cell).split())


def day_of(written: str) -> date | None:
    """The day somebody wrote (`31/12/2026`, `1er mars 2026`, `2026-12-31`); None for no whole one.

    The day stands before the month, unless the year comes first.
    """
    if year_first := re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", written):
        return _day(*map(int, year_first.groups()))
    try:
        # What is not written is taken from the default: a whole date owes nothing to it.
        one, other = (
            parser.parse(written, FRENCH, default=default).date()
            for default in (datetime(2001, 1, 1), datetime(2002, 2, 2))  # noqa: DTZ001  only the day counts
        )
    except (ValueError, OverflowError):
        return None
    return one if one == other and one.year in YEARS else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


class _French(parser.parserinfo):
    """Dates as French and English speakers write them, once folded."""

    JUMP: Any = [*parser.parserinfo.JUMP, "le", "er", "de", "du", "en"]  # noqa: RUF012  as declared
    MONTHS: Any = [  # noqa: RUF012  same
        ("jan", "january", "janvier", "janv"),
        ("feb", "february", "fevrier", "fevr", "fev"),
        ("mar", "march", "mars"),
        ("apr", "april", "avril", "avr"),
        ("may", "mai"),
        ("jun", "june", "juin"),
        ("jul", "july", "juillet", "juil"),
        ("aug", "august", "aout"),
        ("sep", "sept", "september", "septembre"),
        ("oct", "october", "octobre"),
        ("nov", "november", "novembre"),
        ("dec", "december", "decembre"),
    ]
    WEEKDAYS: Any = [  # noqa: RUF012  same
        ("mon", "monday", "lundi"),
        ("tue", "tuesday", "mardi"),
        ("wed", "wednesday", "mercredi"),
        ("thu", "thursday", "jeudi"),
        ("fri", "friday", "vendredi"),
        ("sat", "saturday", "samedi"),
        ("sun", "sunday", "dimanche"),
    ]


FRENCH = _French(dayfirst=True)


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that holds something, with the number of the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(str(error)) from error


def _cells(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator), [])


def _columns(head: Sequence[str]) -> dict[int, str]:
    """Which column holds what; the first of two that hold the same counts.

    Beside a first name, `Nom` is the family name alone.
    """
    found: dict[int, str] = {}
    for at, cell in enumerate(head):
        what = NAMES.get(folded(cell))
        if what and what not in found.values():
            found[at] = what
    return found


def _cell(cells: Sequence[str], at: int) -> str:
    return clean(cells[at]) if at < len(cells) else ""


def _line(number: int, told: Mapping[str, str]) -> Line | Fault:
    """A person, or why the line is left out."""
    family = told.get("last") or told.get("name", "")
    name = " ".join(filter(None, (told.get("first", ""), family)))
    held = {what: told.get(what, "") for what in LENGTHS} | {"name": name}
    held["email"] = held["email"].lower()
    long = next((held[what] for what, most in LENGTHS.items() if len(held[what]) > most), "")
    ends = day_of(folded_date(told["ends"])) if told.get("ends") else None
    if not name:
        return Fault(number, Wrong.NAME)
    if long:
        return Fault(number, Wrong.LONG, long)
    if held["email"] and not EMAIL.fullmatch(held["email"]):
        return Fault(number, Wrong.EMAIL, held["email"])
    if told.get("ends") and ends is None:
        return Fault(number, Wrong.DATE, told["ends"])
    if not held["email"] and not held["training"]:
        return Fault(number, Wrong.UNKNOWN, name)
    return Line(number=number, ends=ends, **held)


def folded_date(written: str) -> str:
    """A date without accents, in lower case, its signs kept."""
    return folded(written, keep="/.-:")
