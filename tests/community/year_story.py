"""Two hundred people on a driven clock: who they are, when they look, and what they read."""

import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from hashlib import sha256

import aiosqlite
import pytest

from bots.sandbox.memory_people import MemoryPerson, Shown
from bots.sandbox.people import Seen
from core.chat.identity import Account, Platform
from core.engine.database import select
from tests.village import Village

PEOPLE, FOUNDERS, NEWCOMERS_A_WEEK = 200, 120, 2
FIRST_DAYS = timedelta(days=3)
HELP = "entraide"
NEVER = {"Ne plus me le proposer", "Ne plus me proposer"}
"""What stands under everything that is asked of somebody in private."""
CHANNELS = ("accueil", HELP, "rituels")
DUE = """
SELECT min(due_at) AS at FROM job WHERE state = 'due' AND due_at > ?
UNION ALL SELECT min(due_at) FROM outbox_message WHERE state = 'due' AND due_at > ?
UNION ALL SELECT min(look_at) FROM attention_nudge WHERE state = 'waiting' AND look_at > ?
"""
"""When something is to be done next."""
NEW, ROUNDS = 30, 4
"""How far back people scroll, and how often in one sitting they look again."""
SECRET = re.compile(r"\b(?=\w*\d|[A-Z]{8})[A-Z0-9]{8}\b")
"""A code: drawn anew each time, it is not part of the story."""


@contextmanager
def on_one_thread() -> Iterator[None]:
    """SQLite is asked where the story is told, not by a thread of its own.

    In memory its answers take less time than handing a question over, and with one thread the
    order of what happens follows from the story alone.
    """

    async def execute(it: aiosqlite.Connection, do: Callable[..., object], *args: object) -> object:
        assert it._connection is not None
        return do(*args)

    async def connect(it: aiosqlite.Connection) -> aiosqlite.Connection:
        it._connection = it._connection or it._connector()
        return it

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aiosqlite.Connection, "_execute", execute)
        patch.setattr(aiosqlite.Connection, "_connect", connect)
        yield


class Temper(Enum):
    """What somebody does when something is asked of them."""

    KEEN = auto()
    BUSY = auto()
    SILENT = auto()
    SHY = auto()
    LURKING = auto()


def temper_of(number: int) -> Temper:
    """Founders of every temper; who comes later mostly reads."""
    if number >= FOUNDERS:
        return Temper.LURKING if number % 8 else Temper.SHY
    tempers = (Temper.KEEN, Temper.BUSY, Temper.SILENT, Temper.SHY)
    return tempers[number % 10] if number % 10 < len(tempers) else Temper.LURKING


@dataclass(eq=False)
class Neighbour:
    """Somebody, what was asked of them and when, and whether they were simply always there."""

    person: MemoryPerson
    temper: Temper
    steady: bool = True
    asked: list[datetime] = field(default_factory=list)
    away: list[tuple[datetime, datetime]] = field(default_factory=list)
    new: list[Shown] = field(default_factory=list)
    linked: "Neighbour | None" = None
    linked_at: datetime | None = None


class Town:
    """The people, and everything that happens to them, in one order that follows from the seed."""

    def __init__(
        self,
        place: Village,
        seed: int,
        acts: "Mapping[Act, int]",
        answers: "Mapping[str, Answer]",
    ) -> None:
        self.place, self.likely, self.answered_by = place, acts, answers
        self.random = random.Random(seed)  # noqa: S311  a story, not a secret
        self.people = [self._born(place, number) for number in range(PEOPLE)]
        self.to_come = list(self.people)
        self.here: list[Neighbour] = []
        self.gone: list[Neighbour] = []
        self.by: dict[Account, Neighbour] = {n.person.account: n for n in self.people}
        self.named = {(n.person.town.platform, n.person.name): n for n in self.people}
        self.mona = place.admin("Mona")
        self.read: Counter[Platform] = Counter()
        self.chapters: list[str] = []
        self.did: Counter[str] = Counter()
        for adapter in place.adapters.values():
            adapter.after = None  # one looks once a sitting, not after every word

    @staticmethod
    def _born(place: Village, number: int) -> Neighbour:
        person = place.person(f"P{number:03}", tuple(Platform)[number % 3])
        person.id = f"u{number}"
        return Neighbour(person, temper_of(number))

    @property
    def now(self) -> datetime:
        """The time of the driven clock."""
        return self.place.clock.now()

    # -- time ------------------------------------------------------------------------------

    async def reaches(self, moment: datetime) -> None:
        """Time leaps from what is due to what is due next, until that moment."""
        while (due := await self._due(moment)) is not None:
            self.place.clock.move_to(due)
            await self._settles()
        self.place.clock.move_to(moment)

    async def _due(self, until: datetime) -> datetime | None:
        rows = await select(DUE, *[self.now] * 3)
        found = [datetime.fromisoformat(str(row["at"])) for row in rows if row["at"]]
        return min((at for at in found if at <= until), default=None)

    async def _settles(self) -> None:
        await self.place.app.settle()
        self._reads()

    def _reads(self) -> None:
        """Everybody reads what is new, before a press replaces it."""
        for platform, adapter in self.place.adapters.items():
            for shown in adapter.messages[self.read[platform] :]:
                if shown.user is None:
                    self._notes(platform, shown)
            self.read[platform] = len(adapter.messages)

    def _notes(self, platform: Platform, shown: Shown) -> None:
        if shown.channel.id == HELP:
            for account in shown.mentions:
                self.by[account].asked.append(shown.at)
        reader = self.named.get((platform, shown.private_to or ""))
        if reader is not None and shown.buttons:
            reader.new.append(shown)
            if NEVER & set(labels(shown)):
                reader.asked.append(shown.at)

    def ends_chapter(self) -> None:
        """Remember in a few letters everything that stands on every screen."""
        told = sorted(
            (
                shown.at.isoformat(),
                platform.value,
                shown.channel.id,
                shown.author,
                shown.private_to or "",
                SECRET.sub("…", shown.text),
                labels(shown),
                sorted((emoji, sorted(who)) for emoji, who in shown.reactions.items()),
                shown.gone,
            )
            for platform, adapter in self.place.adapters.items()
            for shown in adapter.messages
        )
        self.chapters.append(sha256(repr(told).encode()).hexdigest())

    # -- a sitting -------------------------------------------------------------------------

    async def sits(self, acts: int) -> None:
        """People take up their phones: they answer what was asked, and do what they like."""
        await self._settles()
        for _ in range(acts):
            await self.acts()
        for _ in range(ROUNDS):
            await self._settles()
            if not await self._answers():
                return
        await self._settles()

    async def _answers(self) -> bool:
        some = False
        for neighbour in self.here:
            fresh, neighbour.new = neighbour.new, []
            for shown in fresh:
                some |= await self._answer(neighbour, shown)
        return some

    async def _answer(self, neighbour: Neighbour, shown: Shown) -> bool:
        offered, person = labels(shown), neighbour.person
        for label, answer in self.answered_by.items():
            if label in offered:
                self.did[label] += 1
                return await answer(self, neighbour, person.seen(shown))
        return False

    # -- what people do by themselves ------------------------------------------------------

    async def acts(self) -> None:
        """Somebody does something by themselves."""
        (act,) = self.random.choices(list(self.likely), list(self.likely.values()))
        await act(self, self.random.choice(self.here))

    async def comes(self) -> None:
        """Somebody new arrives, and accepts the charter, unless they only read."""
        neighbour = self.to_come.pop(0)
        neighbour.steady = neighbour in self.people[:FOUNDERS]
        self.here.append(neighbour)
        await neighbour.person.joins()
        if neighbour.temper is not Temper.LURKING:
            await neighbour.person.runs("/charte lire")
            await neighbour.person.presses("J’accepte la charte")

    def recent(self, neighbour: Neighbour) -> list[Shown]:
        """What is new in the channels of their platform."""
        told = neighbour.person.town.messages[-NEW:]
        return [m for m in told if m.channel.id in CHANNELS and not (m.gone or m.private_to)]

    def offered(self, neighbour: Neighbour, label: str) -> Seen | None:
        """The newest message in their channels with that button."""
        found = [m for m in self.recent(neighbour) if label in labels(m)]
        return neighbour.person.seen(found[-1]) if found else None


def labels(shown: Shown) -> tuple[str, ...]:
    """What can be pressed there."""
    return tuple(button.label for button in shown.buttons)


Act = Callable[[Town, Neighbour], Awaitable[None]]
"""Something somebody does by themselves."""
Answer = Callable[[Town, Neighbour, Seen], Awaitable[bool]]
"""What somebody does about what was asked of them; whether they did anything."""
