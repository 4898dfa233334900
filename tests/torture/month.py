"""What a hundred people do in a month, drawn from a seed: data only, the same for every run."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bots.demo.story import START
from core.chat.identity import Platform

FIRST = tuple(
    "Ana Bao Célia Dinh Elsa Farid Gaby Hugo Inès Jean Karim Léa Malik Nora Omar Paul Rita Sami "  # noqa: SIM905  names, not code
    "Tess Ugo Vera Wafa Xena Yann Zoé".split()
)
ROOMS = ("accueil", "entraide", "rituels")
EMOJIS = ("👍", "🎉", "🔥", "👏")
TAGS = {"#QuestionTechnique": "technique", "#ConseilCPF": "cpf"}
APART = timedelta(minutes=15)
"""Two questions never fall due at once, so that nobody depends on which of them is first."""

RECENT = timedelta(hours=20)
"""People answer and react to what is new; Discord's history is read back no further."""

PAST = timedelta(hours=2)
"""Nothing is undone, and nothing is changed, before others had time to see it."""


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing somebody does: a verb of `tests.torture.people`, who, and about what."""

    verb: str
    who: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What is done at one moment, all at once; `calm`: by no means to be disturbed.

    Some things cannot be recovered by anybody: no platform keeps in its history that somebody
    left, or what they took back. What is lost of them while nobody listens is no fault of ours.
    """

    at: datetime
    doings: tuple[Doing, ...]
    calm: bool = False


@dataclass(frozen=True, slots=True)
class Size:
    """How long, how many people, and how much they say each day."""

    days: int = 30
    people: int = 100
    talk: int = 6


LONG = Size()
SHORT = Size(days=3, people=6, talk=4)


@dataclass(slots=True)
class Said:
    """A message that is known to all, and by whom."""

    handle: str
    who: str
    at: datetime
    room: str
    question: bool = False
    solved: bool = False


@dataclass(slots=True)
class Month:
    """The plan of it."""

    seed: int
    size: Size
    draw: random.Random = field(init=False)
    here: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    given: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    _number: int = 0
    _last_question: datetime = START

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)  # noqa: S311  a story, not a secret

    def steps(self) -> Iterator[Step]:
        """One after the other, in the order of the clock."""
        names = people(self.size)
        coming = arrivals(names, self.size.days)
        for day in range(self.size.days):
            yield from self._day(START + timedelta(days=day), coming.get(day, []))

    def _day(self, morning: datetime, coming: list[str]) -> Iterator[Step]:
        """From nine to seven in Paris; nobody shares a moment with who must be first."""
        moments = self._moments(morning, 4 * len(coming) + self.size.talk)
        for name in coming:
            for doing, at in zip(self._journey(name), moments, strict=False):
                yield Step(at, (doing, *self._aside(at, 1, but=name)))
            self.here.append(name)
        for at in moments:
            yield self._talk(at)
        # Who takes a question has a day for it: no two evenings in a row at the same minute.
        evening = morning + timedelta(hours=10, minutes=10 + 12 * (morning.day % 3))
        yield Step(evening, (Doing("answers turns"), Doing("tends tags")))
        undone = self._undone(morning + timedelta(hours=11))
        if undone:
            yield Step(morning + timedelta(hours=11), undone, calm=True)

    def _moments(self, morning: datetime, number: int) -> Iterator[datetime]:
        apart = timedelta(hours=10) / (number + 1)
        return (well_before(morning + apart * place) for place in range(number))

    # -- arriving

    def _journey(self, name: str) -> tuple[Doing, ...]:
        """They come, accept, and take one or two steps of their journey."""
        goes_on = self.draw.choice(("profile", "skip", "introduce", "nothing"))
        steps = {
            "profile": (Doing("tells profile", name, (self.draw.choice(tuple(TAGS.values())),)),),
            "skip": (Doing("skips", name, ("profile",)), Doing("skips", name, ("preferences",))),
            "introduce": (Doing("passes to introduction", name), Doing("introduces", name)),
            "nothing": (Doing("reads", name),),
        }[goes_on]
        return (Doing("joins", name), Doing("accepts", name), *steps)

    # -- speaking

    def _talk(self, at: datetime) -> Step:
        if len(self.here) < 3:
            return Step(at, ())
        return Step(at, self._aside(at, 3))

    def _aside(self, at: datetime, most: int, but: str = "") -> tuple[Doing, ...]:
        """Up to so many things by as many people, on messages that are known by now."""
        self.touched.clear()
        others = [name for name in self.here if name != but]
        chosen = self.draw.sample(others, min(most, len(others)))
        return tuple(filter(None, (self._something(name, at) for name in chosen)))

    def _something(self, who: str, at: datetime) -> Doing | None:
        kind = self.draw.choices(
            ("says", "reacts", "replies", "asks", "answers", "solves", "figures", "form"),
            (5, 6, 3, 2, 4, 2, 2, 1),
        )[0]
        match kind:
            case "says":
                return self._says(who, at, self.draw.choice(ROOMS))
            case "asks" | "form" if self._last_question + APART > at:
                return self._says(who, at, self.draw.choice(ROOMS))
            case "asks":
                self._last_question = at
                return self._says(who, at, "entraide", tag=self.draw.choice(tuple(TAGS)))
            case "figures":
                return Doing("asks for figures", who)
            case "form":
                self._last_question = at
                self._number += 1
                title = f"Comment faire {self._number} pas à pas ?"
                return Doing("asks by form", who, (title, self.draw.choice(tuple(TAGS.values()))))
            case "reacts":
                return self._reacts(who, at)
            case "replies" | "answers":
                return self._replies(who, at, question=kind == "answers")
            case _:
                return self._solves(who, at)

    def _says(self, who: str, at: datetime, room: str, tag: str = "") -> Doing:
        self._number += 1
        handle = f"m{self._number}"
        self.said.append(Said(handle, who, at, room, question=bool(tag)))
        text = f"Message {self._number} de {who}. {tag}".strip()
        return Doing("says", who, (handle, room, text))

    def _around(self, who: str, at: datetime) -> list[Said]:
        """What was said there before this very moment, not long ago, and is left alone just now.

        Two things done to one message at the same moment may be seen in either order.
        """
        mine = platform_of(who)
        last = [s for s in self.said if platform_of(s.who) is mine and at - RECENT < s.at < at]
        return [s for s in last if s.handle not in self.touched]

    def _touches(self, message: Said) -> Said:
        self.touched.add(message.handle)
        return message

    def _reacts(self, who: str, at: datetime) -> Doing | None:
        others = [s for s in self._around(who, at) if s.who != who]
        about = [s for s in others if (who, s.handle) not in self.given]
        if not about:
            return None
        message, emoji = self._touches(self.draw.choice(about)), self.draw.choice(EMOJIS)
        self.given[who, message.handle] = emoji, at
        return Doing("reacts", who, (message.handle, emoji))

    def _replies(self, who: str, at: datetime, *, question: bool) -> Doing | None:
        about = [s for s in self._around(who, at) if s.question == question and s.who != who]
        if not about:
            return None
        message = self._touches(self.draw.choice(about))
        self._number += 1
        handle = f"m{self._number}"
        return Doing("replies", who, (message.handle, handle, f"Réponse {self._number} de {who}."))

    def _solves(self, who: str, at: datetime) -> Doing | None:
        mine = [s for s in self._around(who, at) if s.question and s.who == who and not s.solved]
        if not mine:
            return None
        self._touches(mine[-1]).solved = True
        return Doing("solves", who, (mine[-1].handle,))

    # -- taking back

    def _undone(self, at: datetime) -> tuple[Doing, ...]:
        """Somebody takes a reaction back, somebody a message: by then all have settled."""
        old = [k for k, (_, when) in self.given.items() if at - when > PAST]
        found: list[Doing] = []
        if old:
            key = self.draw.choice(old)
            emoji, _ = self.given[key]
            self.given[key] = emoji, datetime.max.replace(tzinfo=at.tzinfo)
            found.append(Doing("unreacts", key[0], (key[1], emoji)))
        return tuple(found)


def well_before(moment: datetime) -> datetime:
    """Not just before a full or half hour, at which the suite itself has things to do."""
    minute = min(max(moment.minute % 30, 1), 12)
    return moment.replace(minute=moment.minute // 30 * 30 + minute, second=0, microsecond=0)


def people(size: Size) -> list[str]:
    """Their names; the last figure says on which platform somebody is."""
    return [f"{FIRST[n % len(FIRST)]} {n}" for n in range(size.people)]


def platform_of(name: str) -> Platform:
    """Where somebody is."""
    return tuple(Platform)[int(name.rpartition(" ")[2]) % 3]


def arrivals(names: list[str], days: int) -> dict[int, list[str]]:
    """Day -> who comes: over the first three quarters, as evenly as possible."""
    over = max(1, days * 3 // 4)
    found: dict[int, list[str]] = {}
    for place, name in enumerate(names):
        found.setdefault(place * over // len(names), []).append(name)
    return found
