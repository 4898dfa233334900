"""Three columns of conversation and a line for the days, on a terminal or on paper."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bots.demo.chronicle import Act
from bots.demo.wording import author, buttons, clock, place
from bots.sandbox.people import Seen
from core.chat.identity import Platform

COLOURS = {Platform.DISCORD: "blue", Platform.SLACK: "magenta", Platform.TELEGRAM: "cyan"}
LONGEST = 280
"""Characters of one message shown in a column; the transcript has it whole."""

ABOVE = 7
"""Lines of a terminal left to the introduction and the line for the days."""


class Screen:
    """Shows a story as it goes: live on a terminal, day after day on paper.

    Use as a context. `show` is given everything done and seen so far each time, in order.
    """

    def __init__(self, console: Console, zone: str, days: int) -> None:
        self._console = console
        self._zone = ZoneInfo(zone)
        self._days = days
        self._day = 0
        self._title = ""
        self._printed = 0
        self._live = Live(console=console, refresh_per_second=8) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.__exit__(kind, error, trace)

    def day(self, number: int, title: str, shown: Sequence[Seen | Act]) -> None:
        """A day begins; on paper, the one before it is printed."""
        self._page(shown)
        self._day, self._title = number, title
        if self._live is None:
            self._console.print(self._line())
        self.show(shown)

    def show(self, shown: Sequence[Seen | Act]) -> None:
        """Draw what is on the screens now."""
        if self._live is not None:
            tall = max(self._console.height - ABOVE, 5)
            self._live.update(Group(self._line(), self._columns(shown, tall)))

    def end(self, shown: Sequence[Seen | Act]) -> None:
        """The last day is over."""
        self._page(shown)
        self.show(shown)

    def _page(self, shown: Sequence[Seen | Act]) -> None:
        if self._live is None and len(shown) > self._printed:
            self._console.print(self._columns(shown[self._printed :], None))
        self._printed = len(shown)

    def _line(self) -> RenderableType:
        line = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=self._days, completed=self._day, width=24)
        line.add_row(bar, Text(f"{self._day}/{self._days}", "bold"), Text(self._title, "bold"))
        return line

    def _columns(self, shown: Sequence[Seen | Act], tall: int | None) -> Table:
        columns = Table.grid(expand=True)
        panels = []
        for platform, colour in COLOURS.items():
            columns.add_column(ratio=1)
            mine = [s for s in shown if s.platform == platform]
            told = self._newest(mine, tall - 2) if tall else [self._told(s) for s in mine]
            body = Group(*told)
            panels.append(Panel(body, title=platform.title(), border_style=colour, height=tall))
        columns.add_row(*panels)
        return columns

    def _newest(self, entries: Sequence[Seen | Act], lines: int) -> list[Text]:
        """The last lines that stand in a column, whatever the length of what they tell."""
        inside = self._console.width // len(COLOURS) - 4
        fitting: list[Text] = []
        for entry in reversed(entries):
            wrapped = self._told(entry).wrap(self._console, inside)
            fitting[:0] = wrapped[-(lines - len(fitting)) :]
            if len(fitting) >= lines:
                break
        return fitting

    def _told(self, entry: Seen | Act) -> Text:
        if isinstance(entry, Act):
            return Text(f"{clock(entry.at, self._zone)} {entry.text}", style="dim")
        text = Text(f"{clock(entry.at, self._zone)} {place(entry)} ", style="dim")
        text.append(author(entry), style="bold")
        text.append(" (modifié) " if entry.edited else " ")
        body = entry.text if len(entry.text) <= LONGEST else f"{entry.text[:LONGEST]}…"
        text.append(body, style="default not bold")
        for alt in entry.images:
            text.append(f"\n[image : {alt[:120]}]", style="italic")
        if entry.buttons:
            text.append(f"\n{buttons(entry)}", style="green")
        return text
