"""One run of a month: everybody does what is planned, undisturbed or under fire."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bots.demo.story import START
from bots.sandbox import people
from bots.sandbox.people import CannotDo
from config.settings import FOLDER
from core.chat.identity import Platform
from tests.postgres import emptied
from tests.torture import screens
from tests.torture.judge import Account, Seen
from tests.torture.lives import Nursery
from tests.torture.moderator import Moderator
from tests.torture.month import Month, Size, Step, platform_of
from tests.torture.people import Deed, Folk
from tests.torture.place import Place, place
from tests.torture.screens import Words
from tests.torture.weather import Weather
from tests.torture.wires import Doom

TRIES = 6
"""How often somebody tries what brings no answer, before they give up and say so."""

PATIENT = 3.0
"""Seconds of real time in which an answer comes, or they try again."""

DRAWN = ("questions.no_longer", "questions.said_so", "questions.not_asked")
"""What only somebody is told who was drawn among equals to help."""

BOT = "Amicale"
STAFF = ("modération", "administration")
MOST_PIECES = 45
"""Pieces that pass in an eventful moment: where in it we kill is drawn from so many."""

Say = Callable[[str], None]


@dataclass(slots=True)
class Killer:
    """Kills so many times in a month, at moments drawn from the seed."""

    place: Place
    draw: random.Random
    kills: int = 0
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.kills

    def aims(self, steps: int) -> None:
        """Before a step, of which so many are left: kill in it, or let it pass."""
        if self.place.wires.doom is None and self.draw.random() < self.left / max(1, steps):
            self.shoots()

    def shoots(self) -> None:
        """Choose the piece at which it happens, and on which side of it."""
        if self.left > 0:
            self.left -= 1
            late = self.draw.choice((0.0, 0.0, 0.001, 0.004, 0.02))
            doom = Doom(self.draw.randint(1, MOST_PIECES), self.draw.random() < 0.4, late)
            self.place.wires.arm(doom)

    def born(self) -> None:
        """A new life: one in four is killed while it starts or catches up."""
        if self.draw.random() < 0.25 and self.place.counts["lives"] > 1:
            self.shoots()


@dataclass(slots=True)
class Run:
    """A month being lived."""

    place: Place
    folk: Folk
    killer: Killer
    weather: Weather | None
    say: Say
    could_not: dict[str, str] = field(default_factory=dict)

    async def lives(self, month: Month) -> None:
        """All of it."""
        steps = list(month.steps())
        day = -1
        for number, step in enumerate(steps):
            if (step.at - START).days != day:
                day = (step.at - START).days
                self._says_day(day)
            follows = steps[number + 1].at if number + 1 < len(steps) else step.at
            until = max(step.at + timedelta(minutes=5), follows - timedelta(minutes=1))
            await self.place.passes(step.at)
            if step.calm:
                await self._calmly(step)
            else:
                self.killer.aims(len(steps) - number)
                await self._does(step, until)
        self.place.wires.arm(None)
        self.killer.left = 0
        while self.place.counts["kills"] < self.killer.kills:
            self.place.kill()
            await self.place.rest(self.place.wall.now() + timedelta(minutes=30))
        await self.place.passes(steps[-1].at + timedelta(hours=14))
        await self.place.rest(self.place.wall.now() + timedelta(hours=1))

    def _says_day(self, day: int) -> None:
        told = ", ".join(f"{name} {number}" for name, number in self.place.told().items())
        self.say(f"day {day + 1}: {told}")

    async def _calmly(self, step: Step) -> None:
        doom = self.place.wires.doom
        self.place.wires.arm(None)
        await self.place.rest(step.at + timedelta(minutes=1))
        await self._does(step, step.at + timedelta(minutes=20))
        self.place.wires.arm(doom)

    async def _does(self, step: Step, until: datetime) -> None:
        """Everybody at once; who sees that it did not work tries again."""
        queues = [deque(self.folk.deeds(doing)) for doing in step.doings]
        tried: set[int] = set()
        tries = 0
        while any(queues) and tries < TRIES:
            heads = [queue[0] for queue in queues if queue]
            if self.weather is not None and not step.calm and not tried:
                await self.weather.breaks()
            await asyncio.gather(*(self._tries(deed, again=id(deed) in tried) for deed in heads))
            tried |= {id(deed) for deed in heads}
            if self.weather is not None:
                await self.weather.clears()
            kills = self.place.counts["kills"]
            await self.place.rest(until)
            if self.place.counts["kills"] == kills:
                await self._answered(heads, until)
            done = [queue for queue in queues if queue and _done(queue[0])]
            for queue in done:
                queue.popleft()
            tries = 0 if done else tries + 1
        for queue in queues:
            for deed in queue:
                self.could_not.setdefault(f"{step.at:%d %H:%M} {deed.name}", "nothing came of it")
        if not step.doings:
            await self.place.rest(until)

    async def _answered(self, heads: Sequence[Deed], until: datetime) -> None:
        """Have the patience of a person, while what answers them is alive."""

        def seen() -> bool:
            return all(map(_done, heads))

        if not seen() and await self.place.world.until(seen, seconds=PATIENT):
            await self.place.rest(until)

    async def _tries(self, deed: Deed, *, again: bool) -> None:
        if again and deed.done is not None and deed.done():
            return
        try:
            await deed.act()
        except CannotDo as error:
            if deed.done is None:
                self.could_not[deed.name or str(error)[:60]] = str(error)[:300]

    async def account(self) -> Account:
        """What came of it."""
        figures = await self.place.figures()
        figures |= {f"could not: {name}": why for name, why in self.could_not.items()}
        figures |= self._doors()
        return Account(tuple(self._seen()), figures)

    def _seen(self) -> Iterator[Seen]:
        """Our messages as they stand; a private one as it first came: a press changes it.

        Telegram counts its messages by conversation, so that there it is told too.
        """
        ids = {name: self.folk.person(name).id for name in self.folk.names}
        first: dict[tuple[str, str, str | None, str], str] = {}
        for shown in self.place.towns.transcript():
            first.setdefault(_place_of(shown), shown.text)
        for shown in screens.everything(self.place.towns):
            if shown.author != BOT or self._is_aside(shown):
                continue
            if shown.private_to is None:
                text = " / ".join((shown.text, *shown.buttons, *shown.images))
                where = f"{shown.channel} {shown.thread or ''}".strip()
                yield Seen(shown.platform, where, text)
                continue
            mine = f"{ids.get(shown.private_to, '')}:{shown.id}"
            key = mine if shown.platform == Platform.TELEGRAM else shown.id
            owed = (shown.platform, key) in self.place.sent
            text = first.get(_place_of(shown), shown.text)
            yield Seen(shown.platform, shown.private_to, text, private=True, owed=owed)

    def _is_aside(self, shown: people.Seen) -> bool:
        """Whether calm days need not know it: what the watch tells, an answer to who was drawn."""
        if shown.private_to is not None:
            return any(self.folk.words.says(key, shown.text) for key in DRAWN)
        words, text = self.folk.words, screens.bare(shown.text)
        return shown.channel in STAFF and any(mark in text for mark in words.room("watch"))

    def _doors(self) -> dict[str, str]:
        """Who stands inside."""
        towns, found = self.place.towns, {}
        inside = towns.slack.workspace.channel_named("membres")
        for name in self.folk.names:
            match platform_of(name):
                case Platform.DISCORD:
                    found[f"{name} / door"] = " ".join(towns.discord.roles(name))
                case Platform.SLACK:
                    here = inside is not None and self.folk.person(name).id in inside.members
                    found[f"{name} / door"] = str(here)
                case _:
                    standing = towns.telegram.main.standing(towns.telegram.state.user(name))
                    found[f"{name} / door"] = standing.status
        return found


def _place_of(shown: people.Seen) -> tuple[str, str, str | None, str]:
    return shown.platform, shown.channel, shown.private_to, shown.id


def _done(deed: Deed) -> bool:
    return deed.done is None or deed.done()


@dataclass(frozen=True, slots=True)
class Fire:
    """How a run is disturbed."""

    kills: int = 0
    faults: bool = False


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of one run."""

    account: Account
    counts: Mapping[str, int]
    complaints: tuple[str, ...]


async def run(
    folder: Path,
    nursery: Nursery,
    seed: int,
    size: Size,
    *,
    fire: Fire = Fire(),
    say: Say = lambda _: None,
    database: str = "",
) -> Lived:
    """Live that month once; what the suite says is written below `folder`.

    A PostgreSQL `database` is emptied before; without one, a SQLite file in `folder` is made.
    """
    if database:
        await emptied(database)
    async with place(folder, START, nursery, database) as here:
        folk = Folk(here, Words(FOLDER / "locales"))
        draw = random.Random(seed + 1)  # noqa: S311  a story, not a secret
        killer = Killer(here, draw, fire.kills)
        weather = Weather(here, draw) if fire.faults else None
        living = Run(here, folk, killer, weather, say)
        here.on_birth = killer.born
        here.duties = Moderator(here, folk.words).looks
        await living.lives(Month(seed, size))
        return Lived(await living.account(), here.told(), tuple(here.towns.complaints()))
