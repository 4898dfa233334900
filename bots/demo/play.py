"""`amicale demo`: the story on its stage, on a screen, and what remains of it."""

import logging
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console

from bots import logs, report
from bots.demo import transcript
from bots.demo.prompt import Prompt
from bots.demo.screen import Screen
from bots.demo.stage import Stage, stage
from bots.demo.story import PROGRAMME, START, Story, summed_up
from config.community import load

CHART = Path("data/demo/digest.png")
RECEIVED = "Le dernier bilan, comme les admins l’ont reçu"
SO_FAR = "La semaine jusqu’ici (les admins recevront le bilan lundi)"

PAPER = 132
"""Characters of a line where there is no terminal: three columns want room."""

OK, BROKEN = 0, 1


async def play(*, transcript_to: Path | None, days: int) -> int:
    """Play the story; 1 when a request of ours broke a platform's protocol.

    With a terminal, one may then be anyone in it. The transcript is written when the story is
    over, and once more at the end, even an untimely one.
    """
    logs.configure(level=logging.ERROR)
    console = Console() if sys.stdout.isatty() else Console(width=PAPER)
    say = partial(console.print, markup=False, emoji=False, highlight=False)
    with tempfile.TemporaryDirectory(prefix="amicale-demo-") as folder:
        async with stage(Path(folder), START, programme=PROGRAMME) as scene:
            with transcript.kept(transcript_to, scene.towns.transcript) as keep:
                _introduce(say, days)
                story = await _show(scene, console, days)
                await _end(scene, console, days)
                keep()
                if transcript_to is not None:
                    say(f"transcript: {transcript_to}")
                if sys.stdin.isatty() and console.is_terminal:
                    await Prompt(scene, story.cast, say).run()
            complaints = scene.towns.complaints()
    for complaint in complaints:
        say(f"protocol broken: {complaint}", style="red")
    return BROKEN if complaints else OK


def _introduce(say: Callable[[str], None], days: int) -> None:
    number = f"{days} jours" if days > 1 else "un jour"
    say(
        f"Douze personnes, treize comptes, {number} : de vraies bibliothèques clientes devant des "
        "plateformes locales."
    )
    say(
        "Rien n’est écrit d’avance : l’histoire fait agir les gens (en gris) et avancer l’heure ; "
        "Amicale répond.\n"
    )


async def _show(scene: Stage, console: Console, days: int) -> Story:
    story = Story(scene)
    zone = load(scene.folder / "community.toml").community.timezone
    told = scene.chronicle.entries
    with Screen(console, zone, days) as screen:
        scene.watch = lambda: screen.show(told())
        number = 0
        async for title in story.days(days):
            number += 1
            screen.day(number, title, told())
        screen.end(told())
    scene.watch = lambda: None
    return story


async def _end(scene: Stage, console: Console, days: int) -> None:
    week, received = summed_up(days)
    text, image = await report.written(scene.suite.app, week)
    console.rule(RECEIVED if received else SO_FAR)
    console.print(text, markup=False, emoji=False, highlight=False)
    if image is not None:
        report.keep(image, CHART)
        console.print(f"\nchart: {CHART}", markup=False, highlight=False)
