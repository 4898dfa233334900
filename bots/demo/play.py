"""`amicale demo`: the story on its stage, on a screen, and what remains of it."""

import logging
import sys
import tempfile
from functools import partial
from pathlib import Path

from rich.console import Console

from bots import logs, report
from bots.demo import transcript
from bots.demo.prompt import Prompt
from bots.demo.screen import Screen
from bots.demo.stage import Stage, stage
from bots.demo.story import START, Story
from config.community import load

CHART = Path("data/demo/digest.png")
WEEK = "2026-W47"

PAPER = 132
"""Characters of a line where there is no terminal: three columns want room."""

OK, BROKEN = 0, 1


async def play(*, transcript_to: Path | None, days: int) -> int:
    """Play the story; 1 when a request of ours broke a platform's protocol.

    With a terminal, one may then be anyone in it.
    """
    logs.configure(level=logging.ERROR)
    console = Console() if sys.stdout.isatty() else Console(width=PAPER)
    with tempfile.TemporaryDirectory(prefix="amicale-demo-") as folder:
        async with stage(Path(folder), START) as scene:
            story = await _show(scene, console, days)
            await _end(scene, console, days)
            if sys.stdin.isatty() and console.is_terminal:
                await Prompt(scene, story.cast, partial(console.print, markup=False)).run()
            if transcript_to is not None:
                transcript.write(transcript_to, scene.towns.transcript())
                console.print(f"transcript: {transcript_to}", markup=False)
            complaints = scene.towns.complaints()
    for complaint in complaints:
        console.print(f"protocol broken: {complaint}", style="red", markup=False)
    return BROKEN if complaints else OK


async def _show(scene: Stage, console: Console, days: int) -> Story:
    story = Story(scene)
    zone = load(scene.folder / "community.toml").community.timezone
    with Screen(console, zone, days) as screen:
        scene.watch = lambda: screen.show(scene.towns.transcript())
        number = 0
        async for title in story.days(days):
            number += 1
            screen.day(number, title, scene.towns.transcript())
        screen.end(scene.towns.transcript())
    return story


async def _end(scene: Stage, console: Console, days: int) -> None:
    week = WEEK if days > 7 else ""  # noqa: PLR2004  the story's first week is over
    text, image = await report.written(scene.suite.app, week)
    console.rule("Le bilan de la semaine, comme les admins l’ont reçu")
    console.print(text, markup=False)
    if image is not None:
        report.keep(image, CHART)
        console.print(f"\nchart: {CHART}", markup=False)
