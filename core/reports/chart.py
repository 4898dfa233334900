"""The picture of the last weeks, drawn apart so that nothing else needs a drawing library."""

import asyncio
import contextlib
import importlib
import io
import json
from typing import TYPE_CHECKING

import structlog
from babel.dates import format_skeleton

from core.chat.messages import Image
from core.engine.texts import Texts
from core.reports.rules import Digest, Week, week_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INCHES, DPI = (9.0, 4.5), 100
"""900 by 450 pixels: read without zooming on a phone and in a channel."""

LARGE, MEDIUM, SMALL = 17, 14, 12
"""Font sizes in points."""

STRONG, SOFT, INK = "#0072B2", "#8CB8D6", "#222222"
"""Blues that differ in lightness too, whatever one sees of colours (Okabe and Ito,
https://jfly.uni-koeln.de/color/)."""

ARTIST = "reports.chart"

log = structlog.get_logger()


def chart(figures: Digest, texts: Texts, language: str) -> Image:
    """Active members of the last weeks as a PNG; its alt text holds every value.

    Imports matplotlib, which takes seconds the first time. Raises ModuleNotFoundError where it is
    not installed.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  2 s to import
    from matplotlib.figure import Figure  # noqa: PLC0415  with it

    figure = Figure(figsize=INCHES, dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _bars(axes, figures)
    axes.set_title(texts.label("reports.chart.title", language), fontsize=LARGE, color=INK, pad=12)
    axes.set_xlabel(texts.label("reports.chart.weeks", language), fontsize=MEDIUM, color=INK)
    axes.set_ylabel(texts.label("reports.chart.people", language), fontsize=MEDIUM, color=INK)
    labels = [_tick(week, texts, language) for week, _ in figures.series]
    if not figures.over:
        labels[-1] += "\n" + texts.label("reports.chart.going", language)
    axes.set_xticks(range(len(labels)), labels, fontsize=SMALL, color=INK)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    name = f"amicale-{figures.week.name}.png"
    return Image(name, drawn.getvalue(), alt(figures, texts, language))


def _bars(axes: "Axes", figures: Digest) -> None:
    heights = [people or 0 for _, people in figures.series]
    last = len(heights) - 1
    colours = [STRONG if place == last else SOFT for place in range(len(heights))]
    axes.bar(range(len(heights)), heights, color=colours, width=0.7)
    for place, (_, people) in enumerate(figures.series):
        axes.annotate(
            "–" if people is None else str(people),
            (place, people or 0),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            fontsize=MEDIUM,
            fontweight="bold" if place == last else "normal",
            color=INK,
        )
    axes.set_ylim(0, max(1, *heights) * 1.15)
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)


def _tick(week: Week, texts: Texts, language: str) -> str:
    short = texts.label("reports.chart.week", language, number=week.number)
    day = format_skeleton("MMMd", week.monday, locale=language.partition("@")[0])
    return f"{short}\n{day}"


def alt(figures: Digest, texts: Texts, language: str) -> str:
    """The chart in words: each week with its value."""
    unknown = texts.label("reports.chart.unknown", language)
    shown = ", ".join(
        f"{texts.label('reports.chart.week', language, number=week.number)} "
        f"{unknown if people is None else people}"
        for week, people in figures.series
    )
    return texts.label("reports.chart.alt", language, number=len(figures.series), shown=shown)


def sketch(figures: Digest, texts: Texts, language: str) -> Image:
    """All that `drawn` needs to know."""
    told = {
        "week": figures.week.name,
        "over": figures.over,
        "people": [people for _, people in figures.series],
        "language": language,
    }
    name, words = f"amicale-{figures.week.name}.png", alt(figures, texts, language)
    return Image(name, b"", words, ARTIST, json.dumps(told))


async def drawn(image: Image, texts: Texts) -> Image | None:
    """The chart, drawn without holding anything else up; None where it cannot be drawn."""
    told = json.loads(image.sketch)
    week, ages = week_of(told["week"]), range(len(told["people"]) - 1, -1, -1)
    series = [(week.ago(age), people) for age, people in zip(ages, told["people"], strict=True)]
    figures = Digest(week, told["over"], series)
    try:
        return await asyncio.to_thread(chart, figures, texts, told["language"])
    except ModuleNotFoundError as error:
        remedy = "install the extra «charts»"
        log.warning("digest without its chart", missing=error.name, remedy=remedy)
        return None


def prepare() -> None:
    """Begin to load what drawing needs, aside, so that nobody waits for it later."""
    asyncio.get_running_loop().run_in_executor(None, _load)


def _load() -> None:
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module("matplotlib.figure")
        importlib.import_module("matplotlib.backends.backend_agg")
