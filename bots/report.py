"""A week's digest outside the chats: on the command line and at the end of the demo."""

import logging
from pathlib import Path

from rich.console import Console

from bots import logs
from bots.checking import check_database
from bots.suite import app_of, open_database
from bots.tenants import Tenant, read
from core.chat.markup import words
from core.chat.messages import Image
from core.engine import database
from core.engine.app import App
from core.engine.clock import SystemClock
from core.reports.chart import drawn, sketch
from core.reports.render import message
from core.reports.service import digest

OK, WRONG = 0, 2


async def written(app: App, week: str) -> tuple[str, Image | None]:
    """A week's digest in the community's language, and its chart.

    The chart is None when matplotlib is not installed. Raises ValueError for what is no week.
    """
    language = app.community.language
    figures = await digest(app.scene(), week)
    text = words(message(figures, app.texts, language).text)
    return text, await drawn(sketch(figures, app.texts, language), app.texts)


def keep(image: Image, path: Path) -> None:
    """Write a chart to a file, in a folder made when needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(image.content)


async def print_digest(week: str, chart: Path | None) -> int:
    """Print a week's digest, and write its chart where told; 2 when that cannot be."""
    logs.configure(level=logging.WARNING)
    out, errors = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)
    set_up = read(serving=False)
    wrong = [] if set_up.settings is None else await check_database(set_up.settings.database_url)
    if set_up.settings is None or set_up.fatal or wrong:
        for problem in (*set_up.problems, *wrong):
            errors.print(f"{problem.where}: {problem.what}\n    {problem.remedy}", markup=False)
        return WRONG
    try:
        await open_database(set_up.settings.database_url)
        for tenant in set_up.tenants:
            file = _own(chart, tenant) if chart else None
            await _print_one(tenant, week, file, out, errors)
    except ValueError as problem:
        errors.print(str(problem), style="red", markup=False)
        return WRONG
    finally:
        await database.close()
    return OK


async def _print_one(
    tenant: Tenant, week: str, chart: Path | None, out: Console, errors: Console
) -> None:
    app = await app_of(tenant.settings, tenant.config, SystemClock())
    text, image = await written(app, week)
    if not tenant.alone:
        out.rule(tenant.slug)
    out.print(text, markup=False)
    if chart is not None and image is None:
        errors.print("no chart: install the extra `charts`", style="yellow", markup=False)
    elif chart is not None and image is not None:
        keep(image, chart)
        out.print(f"{chart}: {image.alt}", markup=False)


def _own(chart: Path, tenant: Tenant) -> Path:
    """The chart of one community among several has its name in it."""
    return chart if tenant.alone else chart.with_stem(f"{chart.stem}-{tenant.slug}")
