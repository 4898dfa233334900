"""Nine days of twelve people: what they do, and when; everything else is the suite's own doing."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bots.demo.stage import Actor, Stage

START = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
"""A Monday, 09:00 in Paris."""

PEOPLE = {
    "Alice": "discord",
    "Bruno": "discord",
    "Chloé": "discord",
    "Malik": "discord",
    "Inès": "slack",
    "Jean": "slack",
    "Fatou": "slack",
    "Alice M.": "slack",
    "Karim": "telegram",
    "Léa": "telegram",
    "Omar": "telegram",
    "Zoé": "telegram",
}

TIP = (
    "Dans Excel, Ctrl + T transforme une liste en tableau : les formules suivent quand on ajoute "
    "des lignes, et les filtres sont déjà là."
)


@dataclass(slots=True)
class Story:
    """The people on the stage, and what they need to remember from one day to the next."""

    stage: Stage
    cast: dict[str, Actor] = field(default_factory=dict)
    shown: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.cast = {name: self.stage.actor(name, where) for name, where in PEOPLE.items()}

    async def days(self) -> AsyncIterator[tuple[int, str]]:
        """Play one day after the other; each is announced before it is played."""
        for number, (title, play) in enumerate(self._programme(), 1):
            day = START.replace(hour=0) + timedelta(days=number - 1)
            yield number, f"{day:%d/%m} · {title}"
            await play()

    def _programme(self) -> list[tuple[str, Callable[[], object]]]:
        return []

    async def arrive(self, name: str, *, accepts: bool = True) -> Actor:
        """Somebody joins and, unless they wait, accepts the charter."""
        actor = self.cast[name]
        await actor.joins()
        await actor.presses("charter.accept" if accepts else "charter.later")
        self.shown()
        return actor
