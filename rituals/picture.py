"""The picture of a month, drawn apart so that nothing else needs a drawing library."""

import asyncio
import calendar
import io
import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import structlog
from babel.dates import format_date, get_day_names

from core.chat.messages import Image
from core.engine.scene import Dialogue
from core.engine.texts import Texts
from rituals import dates
from rituals.agenda import Entry
from rituals.pages import month_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INCHES, DPI = (11.2, 9.6), 100
"""1120 by 960 pixels: read on a phone when it is enlarged, and in a channel as it is."""

LARGE, MEDIUM, SMALL = 20, 13, 10
"""Font sizes in points."""

INK, QUIET, LINE, REST, MARK = "#222222", "#595959", "#BBBBBB", "#F1F1F1", "#0072B2"
"""Nothing is said by a colour alone: each entry has its hour and its name, each day off its own."""

WIDE = 19
"""Characters of the names of a day that fit beside each other."""
LINES = 7
"""Lines of a day under its number."""
PER_WEEK = 7
SATURDAY = 5

ARTIST = "programme.month"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Month:
    """What a picture shows: the first day, what each day holds, and why it is a day off."""

    first: date
    entries: Mapping[int, Sequence[str]]
    off: Mapping[int, str]


# -- in words ----------------------------------------------------------------------------------


def sketch(dialogue: Dialogue, first: date, entries: Sequence[Entry]) -> Image:
    """All that `drawn` needs to know, and the words for those who do not see it."""
    language, days = dialogue.who.language, dates.calendar(dialogue)
    shown: dict[int, list[str]] = {}
    for entry in entries:
        at = dialogue.local(entry.opens)
        shown.setdefault(at.day, []).append(f"{at:%H:%M} {entry.settings.title}")
    off = {}
    for number in range(1, calendar.monthrange(first.year, first.month)[1] + 1):
        day = first.replace(day=number)
        pause = days.pause("", day)
        if why := days.holiday(day) or (pause.title if pause else ""):
            off[number] = why
    told = {"first": first.isoformat(), "entries": shown, "off": off, "language": language}
    name = f"programme-{first:%Y-%m}.png"
    return Image(name, b"", alt(dialogue, first, entries), ARTIST, json.dumps(told))


def alt(dialogue: Dialogue, first: date, entries: Sequence[Entry]) -> str:
    """The month in words: each ritual with its days and its hour."""
    days: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        at = dialogue.local(entry.opens)
        days.setdefault((entry.settings.title, f"{at:%H:%M}"), []).append(str(at.day))
    shown = "; ".join(f"{title} {', '.join(on)} ({at})" for (title, at), on in days.items())
    month = month_name(first, dialogue.who.language)
    return dialogue.label("programme.alt", month=month, shown=shown)


def read(told: str) -> tuple[Month, str]:
    """What a sketch holds, and its language."""
    found = json.loads(told)
    entries = {int(day): tuple(lines) for day, lines in found["entries"].items()}
    off = {int(day): str(why) for day, why in found["off"].items()}
    return Month(date.fromisoformat(found["first"]), entries, off), found["language"]


# -- drawing -----------------------------------------------------------------------------------


async def drawn(image: Image, texts: Texts) -> Image | None:
    """The month, drawn without holding anything else up; None where it cannot be drawn."""
    month, language = read(image.sketch)
    try:
        content = await asyncio.to_thread(picture, month, texts, language)
    except ModuleNotFoundError as error:
        remedy = "install the extra «charts»"
        log.warning("month without its picture", missing=error.name, remedy=remedy)
        return None
    return Image(image.name, content, image.alt)


def picture(month: Month, texts: Texts, language: str) -> bytes:
    """The month as a PNG, a row a week from Monday on.

    Imports matplotlib, which takes seconds the first time. Raises ModuleNotFoundError where it is
    not installed.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  2 s to import
    from matplotlib.figure import Figure  # noqa: PLC0415  with it

    figure = Figure(figsize=INCHES, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.015, 0.015, 0.97, 0.9))
    weeks = calendar.monthcalendar(month.first.year, month.first.month)
    axes.set_xlim(-0.01, PER_WEEK + 0.01)
    axes.set_ylim(len(weeks) + 0.01, -0.25)
    axes.axis("off")
    title = format_date(month.first, "LLLL y", locale=language.partition("@")[0])
    figure.text(0.015, 0.945, title[:1].upper() + title[1:], fontsize=LARGE, color=INK)
    _heads(axes, language)
    for row, week in enumerate(weeks):
        for column, day in enumerate(week):
            if day:
                _cell(axes, column, row, day, month, texts.label("programme.more", language))
    kept = io.BytesIO()
    figure.savefig(kept, format="png")
    return kept.getvalue()


def _heads(axes: "Axes", language: str) -> None:
    names = get_day_names("wide", "stand-alone", language.partition("@")[0])
    for column in range(PER_WEEK):
        axes.text(column + 0.04, -0.06, names[column], fontsize=MEDIUM, color=QUIET)


def _cell(axes: "Axes", column: int, row: int, day: int, month: Month, more: str) -> None:
    """One day: its number, why it is a day off, and what takes place."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415  loaded by the figure

    off = month.off.get(day, "")
    rests = bool(off) or column >= SATURDAY
    face = REST if rests else "white"
    axes.add_patch(Rectangle((column, row), 1, 1, facecolor=face, edgecolor=LINE, linewidth=1))
    axes.text(column + 0.04, row + 0.16, str(day), fontsize=MEDIUM, color=INK)
    for number, (line, colour) in enumerate(_lines(off, month.entries.get(day, ()), more)):
        at = row + 0.31 + number * 0.1
        axes.text(column + 0.04, at, line, fontsize=SMALL, color=colour)


def _lines(off: str, entries: Sequence[str], more: str) -> list[tuple[str, str]]:
    """The lines of a day and their colours; entries that have no room are said to be more."""
    found = [(textwrap.shorten(off, WIDE, placeholder="…"), QUIET)] if off else []
    for number, entry in enumerate(entries):
        at, _, title = entry.partition(" ")
        lines = [(at, MARK), *((line, INK) for line in textwrap.wrap(title, WIDE))]
        last = number == len(entries) - 1
        if len(found) + len(lines) > LINES - (not last):
            return [*found, (more, QUIET)]
        found += lines
    return found
