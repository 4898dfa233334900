"""Where calendar programs read what the rooms give them (`Routes.feed`)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Feeds:
    """`base` is the public address they are served below, empty when nothing is served."""

    base: str = ""

    def address(self, name: str, token: str) -> str | None:
        """The address of one feed; None when nothing is served."""
        return f"{self.base}/{name}/{token}.ics" if self.base else None
