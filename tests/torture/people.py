"""How people do what the month says: as a person would, who tries again when nothing came."""

import re
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bots.sandbox.discord.people import DiscordPerson
from bots.sandbox.people import CannotDo, Person, Seen
from bots.sandbox.slack.people import SlackPerson
from core.chat.identity import Platform
from tests.torture import screens
from tests.torture.month import Doing, platform_of
from tests.torture.place import Place
from tests.torture.screens import Words, bare

FORM = 3.0
"""Seconds of real time in which a form opens, or the person tries again."""

STEPS = {
    "profile": "onboarding.offer_preferences",
    "preferences": "onboarding.offer_goal",
    "goal": "onboarding.offer_introduction",
}
"""Step passed over -> what is offered next."""

TIP = "Ctrl + Maj + L pose des filtres sur un tableau, d’un seul geste. Signé {}."


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to do, and how the person sees that it was done (None: it is, at once)."""

    act: Callable[[], Awaitable[None]]
    done: Callable[[], bool] | None = None
    name: str = ""


@dataclass(slots=True)
class Folk:
    """Everybody, and where the messages they know stand."""

    place: Place
    words: Words
    known: dict[str, Seen] = field(default_factory=dict)
    tended: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)

    def person(self, name: str) -> Person:
        """Somebody."""
        return self.place.towns.person(name, platform_of(name))

    def deeds(self, doing: Doing) -> tuple[Deed, ...]:
        """What is to be done, one after the other."""
        if not doing.who:
            found = self._turns() if doing.verb == "answers turns" else self._tags()
            return tuple(found)
        person, about = self.person(doing.who), doing.about
        return self._verbs()[doing.verb](person, *about)

    def _verbs(self) -> dict[str, Callable[..., tuple[Deed, ...]]]:
        return {
            "joins": self._joins,
            "accepts": self._accepts,
            "skips": lambda who, step: (self._skips(who, step),),
            "passes to introduction": lambda who: tuple(self._skips(who, s) for s in STEPS),
            "tells profile": lambda who, topic: (self._profile(who, topic),),
            "introduces": self._introduces,
            "says": lambda who, *what: (Deed(self._says(who, *what)),),
            "replies": lambda who, *what: (Deed(self._replies(who, *what)),),
            "reacts": lambda who, to, emoji: (Deed(lambda: who.reacts(self.known[to], emoji)),),
            "unreacts": lambda who, to, emoji: (Deed(lambda: who.unreacts(self.known[to], emoji)),),
            "solves": lambda who, to: (Deed(lambda: who.reacts(self.known[to], _solved(who))),),
            "asks for figures": lambda who: (self._runs(who, "/moi", "engagement.title"),),
            "reads": lambda who: (self._runs(who, "/parcours", "onboarding.checklist"),),
            "asks by form": lambda who, *what: (self._asks(who, *what),),
        }

    # -- looking

    def _count(self, person: Person, *keys: str) -> int:
        texts = [bare(seen.text) for seen in screens.private(person)]
        marks = [self.words.mark(key) for key in keys]
        return sum(text.count(mark) for text in texts for mark in marks)

    def _sees(self, person: Person, *keys: str) -> Callable[[], bool]:
        return lambda: self._count(person, *keys) > 0

    def _sees_more(self, person: Person, *keys: str) -> Callable[[], bool]:
        before = self._count(person, *keys)
        return lambda: self._count(person, *keys) > before

    def _offered(self, person: Person, key: str) -> list[Seen]:
        label = self.words.label(key)
        return [seen for seen in screens.private(person) if label in seen.buttons]

    # -- arriving

    def _joins(self, person: Person) -> tuple[Deed, ...]:
        self.names.append(person.name)
        return (Deed(person.joins),)

    def _presses(self, person: Person, key: str, *, done: Callable[[], bool]) -> Deed:
        return Deed(lambda: person.presses(self.words.label(key)), done, f"{person.name} {key}")

    def _accepts(self, person: Person) -> tuple[Deed, ...]:
        said = self._sees(person, "charter.thanks", "charter.already")
        deeds = [self._presses(person, "charter.accept", done=said)]
        if platform_of(person.name) is Platform.TELEGRAM:
            goes_on = self._sees(person, "onboarding.offer_profile")
            deeds.append(self._presses(person, "adapter_telegram.continue_private", done=goes_on))
        return tuple(deeds)

    def _skips(self, person: Person, step: str) -> Deed:
        return self._presses(person, "onboarding.skip", done=self._sees(person, STEPS[step]))

    def _profile(self, person: Person, topic: str) -> Deed:
        form = "onboarding.form.profile"
        answers = {f"{form}.training": "Bureautique", f"{form}.topics": topic}
        done = self._sees(person, "onboarding.profile_saved")
        return self._fills(person, "onboarding.fill_profile", answers, done)

    def _introduces(self, person: Person) -> tuple[Deed, ...]:
        form = "onboarding.form.introduction"
        answers = {f"{form}.story": f"Bonjour, c’est {person.name}."}
        shown = self._sees(person, "onboarding.preview")
        told = self._sees(person, "onboarding.introduced", "onboarding.introduced_already")
        fills = self._fills(person, "onboarding.fill_introduction", answers, shown)
        return fills, self._presses(person, "onboarding.publish", done=told)

    # -- forms

    def _fills(
        self, person: Person, opener: str, answers: Mapping[str, str], done: Callable[[], bool]
    ) -> Deed:
        named = {self.words.label(key): value for key, value in answers.items()}

        async def act() -> None:
            await _closes(person)
            if opener.startswith("/"):
                await person.runs(opener)
            else:
                await person.presses(self.words.label(opener))
            if platform_of(person.name) is not Platform.TELEGRAM:
                opened = lambda: person.form is not None  # noqa: E731  a condition, awaited
                if not await self.place.world.until(opened, seconds=FORM):
                    raise CannotDo(f"no form opened in front of {person.name}")
            await person.fills(named)

        return Deed(act, done, f"{person.name} {opener}")

    def _asks(self, person: Person, title: str, topic: str) -> Deed:
        form = "questions.form.ask"
        answers = {f"{form}.title": title, f"{form}.topics": topic}

        def stands() -> bool:
            seen = reversed(person.sees())
            return any(title in s.text and s.channel == "entraide" for s in seen)

        return self._fills(person, "/question", answers, stands)

    def _runs(self, person: Person, command: str, key: str) -> Deed:
        answered = self._sees_more(person, key)
        return Deed(lambda: person.runs(command), answered, f"{person.name} {command}")

    # -- speaking

    def _says(
        self, person: Person, handle: str, room: str, text: str
    ) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            self.known[handle] = await person.says(text, channel=room)

        return act

    def _replies(
        self, person: Person, to: str, handle: str, text: str
    ) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            self.known[handle] = await person.says(text, reply_to=self.known[to])

        return act

    # -- being asked

    def _turns(self) -> list[Deed]:
        """Whoever is offered the turn gives a tip, passes, or is silent: each in their own way."""
        found = []
        for name in self.names:
            person = self.person(name)
            for seen in self._offered(person, "rituals.gladly"):
                if f"{name} {seen.id}" in self.tended:
                    continue
                self.tended.add(f"{name} {seen.id}")
                match zlib.crc32(name.encode()) % 4:
                    case 0:
                        done = self._sees_more(person, "rituals.passed")
                        found.append(self._presses(person, "rituals.pass", done=done))
                    case 1:
                        pass
                    case _:
                        tip = {"rituals.form.tip.tip": TIP.format(name)}
                        done = self._sees_more(person, "rituals.thanks")
                        found.append(self._fills(person, "rituals.gladly", tip, done))
        return found

    def _tags(self) -> list[Deed]:
        """Whoever is asked to help says that they will."""
        found: list[Deed] = []
        label = self.words.label("questions.take")
        for platform, town in self.place.towns.all.items():
            for seen in screens.public(self.place.towns, platform):
                asked = re.search(r"@?([A-Zé]\w+ \d+),", seen.text)
                key = f"{platform} {seen.channel} {seen.id}"
                if label not in seen.buttons or asked is None or key in self.tended:
                    continue
                self.tended.add(key)
                person = town.person(asked[1])
                done = self._taken(person, seen)
                found.append(Deed(_press(person, label, seen), done, f"{asked[1]} takes"))
        return found

    def _taken(self, person: Person, tag: Seen) -> Callable[[], bool]:
        """They read that they took it, or that it is not needed any more."""
        over = ("no_longer", "said_so", "over", "not_asked", "gone")
        told = self._sees_more(person, *(f"questions.{key}" for key in over))
        taken = self.words.mark("questions.taken")

        def done() -> bool:
            shown = (s for s in person.sees() if (s.id, s.channel) == (tag.id, tag.channel))
            return told() or any(taken in bare(s.text) for s in shown)

        return done


async def _closes(person: Person) -> None:
    """Put away a form that a killed process left open, whatever became of its answers."""
    if person.form is None:
        return
    if isinstance(person, DiscordPerson):
        await person.dismisses()
    elif isinstance(person, SlackPerson):
        await person.closes_form()


def _press(person: Person, label: str, on: Seen) -> Callable[[], Awaitable[None]]:
    return lambda: person.presses(label, on=on)


def _solved(person: Person) -> str:
    return "👌" if platform_of(person.name) is Platform.TELEGRAM else "✅"
