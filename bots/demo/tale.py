"""The people of the story, and what they do again and again."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from bots.demo.stage import PATIENCE, Actor, Stage
from bots.sandbox.people import CannotDo, Seen
from core.chat.identity import Platform

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
    "Sonia": "slack",
    "Karim": "telegram",
    "Léa": "telegram",
    "Omar": "telegram",
    "Zoé": "telegram",
}
"""Twelve people with thirteen accounts: Alice has a second one on Slack, under another name."""

TOPICS = {
    "Alice": "excel, tableaux croisés",
    "Inès": "pédagogie",
    "Karim": "rgpd",
    "Fatou": "rgpd, cpf",
    "Chloé": "excel",
}

PROGRAMME = """
[[rituals.programme]]
slug = "lundi-astuce"
title = "Lundi Astuce"
hashtag = "#LundiAstuce"

[[rituals.programme]]
slug = "sondage"
kind = "poll"
title = "Le sondage du mois"
hashtag = "#Sondage"
weekday = "tuesday"
which = ["fourth"]
at = 12:00:00
closes_days = 2
[[rituals.programme.polls]]
question = "Quand nous retrouver pour l’atelier Excel ?"
choices = ["Mardi midi", "Jeudi soir", "Samedi matin"]
"""
"""What the community had before it adopted a year."""


@dataclass(slots=True)
class Tale:
    """The people on the stage, the day being told, and what is remembered of the days before."""

    stage: Stage
    cast: dict[str, Actor] = field(default_factory=dict)
    day: int = 1

    def __post_init__(self) -> None:
        self.cast = {name: self.stage.actor(name, where) for name, where in PEOPLE.items()}

    @property
    def date(self) -> date:
        """The day being told."""
        return START.date() + timedelta(days=self.day - 1)

    async def at(self, hour: float) -> None:
        """Let time pass until that hour (in Paris, in winter) of the day."""
        moment = self._moment(hour)
        if moment > self.stage.clock.now():
            await self.stage.until(moment)

    # -- arriving -------------------------------------------------------------------------

    async def arrive(self, name: str, *, accepts: bool = True) -> Actor:
        """Somebody joins and accepts the charter, or puts it off."""
        actor = self.cast[name]
        await actor.joins()
        await actor.presses("charter.accept" if accepts else "charter.later")
        if accepts and actor.platform is Platform.TELEGRAM:
            await actor.presses("adapter_telegram.continue_private")
        return actor

    async def tell_profile(self, name: str, training: str) -> Actor:
        """Fill the profile, then pass the other steps."""
        actor = self.cast[name]
        await actor.presses("onboarding.fill_profile")
        form = "onboarding.form.profile"
        answers = {f"{form}.training": training, f"{form}.cohort": "2026"}
        if name in TOPICS:
            answers[f"{form}.topics"] = TOPICS[name]
        await actor.fills(answers)
        return actor

    async def skip(self, actor: Actor, steps: int) -> None:
        """Pass over that many steps."""
        for _ in range(steps):
            await actor.presses("onboarding.skip")

    # -- who is asked ---------------------------------------------------------------------

    async def called(
        self, text: str, but: Actor | None = None, *, seconds: float = PATIENCE
    ) -> Actor:
        """Who was called by name today, `@Name` with that text.

        Raises CannotDo when nobody is within so many seconds.
        """
        await self.stage.towns.world.until(
            lambda: self._called(text, but) is not None, seconds=seconds
        )
        found = self._called(text, but)
        if found is None:
            raise CannotDo(f"nobody was called today with {text!r}")
        return found

    def _called(self, text: str, but: Actor | None) -> Actor | None:
        for actor in self.cast.values():
            named = (s for s in self._today(actor) if s.text.startswith(f"@{actor.name}"))
            if actor is not but and any(text in seen.text for seen in named):
                return actor
        return None

    async def whose_turn(self, until: float, but: Actor | None = None) -> Actor:
        """Who is offered the turn by that hour. Raises CannotDo when nobody is."""
        return await self.whoever_is_offered("rituals.gladly", until, but)

    async def whoever_is_offered(self, key: str, until: float, but: Actor | None = None) -> Actor:
        """Who is offered a button today, by that hour: people are asked when it suits them.

        Raises CannotDo when nobody is.
        """
        last = self._moment(until)
        while (found := self._offered(key, but)) is None:
            if self.stage.clock.now() >= last:
                raise CannotDo(f"nobody was offered {self.stage.label(key, 'fr')!r}")
            await self.stage.until(min(self.stage.clock.now() + timedelta(hours=1), last))
        return found

    def _offered(self, key: str, but: Actor | None) -> Actor | None:
        for actor in self.cast.values():
            label = self.stage.label(key, actor.language)
            if actor is not but and any(label in seen.buttons for seen in self._today(actor)):
                return actor
        return None

    def _today(self, actor: Actor) -> Iterator[Seen]:
        """What somebody sees that is of this day."""
        return (seen for seen in actor.person.sees() if seen.at >= self._moment(0))

    def _moment(self, hour: float) -> datetime:
        """That hour (in Paris, in winter) of the day."""
        midnight = START.replace(hour=0) - timedelta(hours=1)
        return midnight + timedelta(days=self.day - 1, hours=hour)

    # -- what happens every week ----------------------------------------------------------

    async def gives_tip(self, actor: Actor, tip: str) -> None:
        """Take the turn that is offered, and write the tip."""
        await actor.presses("rituals.gladly")
        await actor.fills({"rituals.form.tip.tip": tip})
        await actor.sees(tip)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the story: what it is about, and what people do in it from 09:00 on."""

    title: str
    play: Callable[[Tale], Awaitable[None]]


async def rest(_tale: Tale) -> None:
    """Nobody does anything; what falls due, falls due."""
