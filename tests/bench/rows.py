"""What a measurement says: a figure beside its mark, and how far single runs lay apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


class Wrong(Exception):
    """A run that cannot be believed: something was missing or refused."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `runs` are the figures its median is taken of.

    `most` says that the mark is not to be exceeded, else it is to be reached. `said` are the
    plain figures behind it.
    """

    name: str
    runs: Sequence[float]
    mark: float
    most: bool = False
    said: str = ""

    @property
    def figure(self) -> float:
        """The median."""
        return median(self.runs)

    @property
    def ok(self) -> bool:
        """Whether the mark is met."""
        return self.figure <= self.mark if self.most else self.figure >= self.mark

    @property
    def line(self) -> str:
        """As it is printed; the mark with its sense in docs/performance.md."""
        verdict = "ok" if self.ok else "short"
        return f"bench: {self.name}: {self.figure:.2f} (mark {self.mark:g}) {verdict}"

    @property
    def detail(self) -> str:
        """The plain figures, and the spread of the single runs."""
        return f"  {self.said}; runs {min(self.runs):.2f} to {max(self.runs):.2f}"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Each run of ours over the run of theirs beside it."""
    return [one / other for one, other in zip(ours, theirs, strict=True)]


def p99(times: Sequence[float]) -> float:
    """What one in a hundred exceeds."""
    return sorted(times)[max(0, int(len(times) * 0.99) - 1)]
