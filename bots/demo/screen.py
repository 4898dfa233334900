"""Three columns of conversation and a line for the days, on a terminal or on paper."""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bots.sandbox.people import Seen
from core.chat.identity import Platform

COLOURS = {Platform.DISCORD: "blue", Platform.SLACK: "magenta", Platform.TELEGRAM: "cyan"}
LONGEST = 280
"""Characters of one message shown in a column; the transcript has it whole."""


class Screen:
    """Shows a story as it goes: live on a terminal, day after day on paper.

    Use as a context. `show` is given everything seen so far each time.
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

    def day(self, number: int, title: str, shown: Sequence[Seen]) -> None:
        """A day begins; on paper, the one before it is printed."""
        self._page(shown)
        self._day, self._title = number, title
        if self._live is None:
            self._console.print(self._line())
        self.show(shown)

    def show(self, shown: Sequence[Seen]) -> None:
        """Draw what is on the screens now."""
        if self._live is not None:
            tall = max(self._console.height - 6, 10)
            self._live.update(Group(self._line(), self._columns(shown, tall)))

    def end(self, shown: Sequence[Seen]) -> None:
        """The last day is over."""
        self._page(shown)

    def _page(self, shown: Sequence[Seen]) -> None:
        if self._live is None and len(shown) > self._printed:
            self._console.print(self._columns(shown[self._printed :], None))
        self._printed = len(shown)

    def _line(self) -> RenderableType:
        line = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=self._days, completed=self._day, width=24)
        line.add_row(bar, Text(f"{self._day}/{self._days}", "bold"), Text(self._title, "bold"))
        return line

    def _columns(self, shown: Sequence[Seen], tall: int | None) -> Table:
        columns = Table.grid(expand=True)
        panels = []
        for platform, colour in COLOURS.items():
            columns.add_column(ratio=1)
            mine = [self._message(s) for s in shown if s.platform == platform]
            body = Group(*(self._newest(mine, tall - 2) if tall else mine))
            panels.append(Panel(body, title=platform.title(), border_style=colour, height=tall))
        columns.add_row(*panels)
        return columns

    def _newest(self, messages: Sequence[Text], lines: int) -> list[Text]:
        """As many of the last messages as stand in that many lines of a column."""
        inside = self._console.width // len(COLOURS) - 4
        fitting: list[Text] = []
        for message in reversed(messages):
            lines -= len(message.wrap(self._console, inside))
            if lines < 0:
                break
            fitting.insert(0, message)
        return fitting

    def _message(self, seen: Seen) -> Text:
        where = f"{seen.channel} › {seen.thread[:18]}" if seen.thread else seen.channel
        to = f" → {seen.private_to}" if seen.private_to and seen.channel == "privé" else ""
        text = Text(f"{_clock(seen.at, self._zone)} [{where}] ", style="dim")
        text.append(f"{seen.author}{to}", style="bold")
        text.append(" (modifié) " if seen.edited else " ")
        body = seen.text if len(seen.text) <= LONGEST else f"{seen.text[:LONGEST]}…"
        text.append(body, style="default not bold")
        for alt in seen.images:
            text.append(f"\n[image : {alt[:120]}]", style="italic")
        if seen.buttons:
            text.append("\n" + "  ".join(f"[{label}]" for label in seen.buttons), style="green")
        return text


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%H:%M")
