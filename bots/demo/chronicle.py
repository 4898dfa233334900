"""What was done and what was seen, in the order in which it happened on each platform."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bots.sandbox.people import Seen
from bots.sandbox.towns import Towns
from core.chat.identity import Platform


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did, `Alice ▸ /lier`: not a message, so it is in no transcript."""

    at: datetime
    platform: str
    text: str


class Chronicle:
    """Grows only: what the stand-ins showed since it was last read, and acts where they belong.

    An edit is told at the time it was made; the stand-ins keep the message's own.
    """

    def __init__(self, towns: Towns, now: Callable[[], datetime]) -> None:
        self._towns = towns
        self._now = now
        self._read: Counter[Platform] = Counter()
        self._entries: list[Seen | Act] = []

    def entries(self) -> Sequence[Seen | Act]:
        """Everything so far."""
        for platform, sandbox in self._towns.all.items():
            fresh = sandbox.transcript()[self._read[platform] :]
            self._read[platform] += len(fresh)
            self._entries += self._dated(fresh)
        return self._entries

    def _dated(self, fresh: Iterable[Seen]) -> list[Seen]:
        return [replace(seen, at=self._now()) if seen.edited else seen for seen in fresh]

    def here(self) -> int:
        """The place of an act that is about to be done."""
        return len(self.entries())

    def note(self, place: int, platform: str, text: str) -> None:
        """Write down an act that was done, before what came of it."""
        self._entries.insert(place, Act(self._now(), platform, text))
