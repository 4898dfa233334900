"""After the story, being one of the people: what is typed becomes an act on the stage."""

from collections.abc import Callable

from bots.demo import keyboard
from bots.demo.chronicle import Act
from bots.demo.stage import Actor, Stage
from bots.demo.typed import (
    HELP,
    Typed,
    answers,
    duration,
    in_words,
    meant,
    meant_fields,
    understand,
)
from bots.demo.wording import date_and_time, day_and_time, quoted, whole
from bots.sandbox.people import CannotDo, Seen, SeenForm

LATEST = 8
"""Messages that `screen` shows."""


class Prompt:
    """One person at the keyboard, being anyone on the stage."""

    def __init__(self, stage: Stage, cast: dict[str, Actor], write: Callable[[str], None]) -> None:
        self._stage = stage
        self._cast = cast
        self._write = write
        self._me = next(iter(cast.values()))
        self._zone = stage.suite.app.community.zone
        self._announced: SeenForm | None = None

    async def run(self) -> None:
        """Read lines until `quit`, Ctrl-C or the end of the input."""
        self._write(f"{self._who_i_am()}\n{HELP}")
        while True:
            line = await keyboard.line(self.line_start())
            if line is None or (line.strip() and not await self.obey(line)):
                return

    def line_start(self) -> str:
        """Who one is, and the day and time there: `Alice, lun. 16 nov. 09:00> `."""
        return f"{self._me.name}, {day_and_time(self._stage.clock.now(), self._zone)}> "

    async def obey(self, line: str) -> bool:
        """Do what a line says and write what is seen; False when it says to quit."""
        try:
            typed = understand(line)
            if typed.verb == "quit":
                return False
            place = self._stage.chronicle.here()
            before = {_face(seen) for seen in self._me.person.sees()}
            await self._act(typed)
        except (ValueError, CannotDo) as problem:
            self._write(in_words(str(problem)))
            return True
        if typed.verb not in {"as", "who", "help", "screen"}:
            self._tell(place, before)
        self._announce()
        return True

    def _tell(self, place: int, before: set[tuple[object, ...]]) -> None:
        """Write what was done since, and what is new on the screen."""
        for entry in self._stage.chronicle.entries()[place:]:
            if isinstance(entry, Act):
                self._write(entry.text)
        for seen in self._me.person.sees():
            if _face(seen) not in before:
                self._write(whole(seen))

    def _announce(self) -> None:
        """Say that a form is open, once."""
        form = self._me.person.form
        if form is not None and form != self._announced:
            self._write(f"A form is open, {quoted(form.title)}: {'; '.join(form.labels)}")
            for label, error in form.errors.items():
                self._write(f"  {label}: {error}" if label else f"  {error}")
            self._write("Type fill FIELD=ANSWER; FIELD=ANSWER, or close to leave it.")
        self._announced = form

    async def _act(self, typed: Typed) -> None:
        match typed.verb:
            case "as":
                self._be(typed.words)
            case "join":
                await self._me.joins()
            case "say":
                await self._me.says(typed.words, channel=typed.channel)
            case "press":
                await self._press(typed.words)
            case "fill":
                await self._fill(answers(typed.words))
            case "close":
                await self._me.closes()
            case "run":
                await self._me.runs(typed.words)
            case "react" | "vote":
                await self._respond(typed)
            case "wait":
                await self._stage.until(self._stage.clock.now() + duration(typed.words))
                self._write(f"Il est {date_and_time(self._stage.clock.now(), self._zone)}.")
            case _:
                self._say(typed.verb)

    def _say(self, verb: str) -> None:
        match verb:
            case "screen":
                shown = [whole(seen) for seen in self._me.person.sees()[-LATEST:]]
                self._write("\n".join(shown) or "(an empty screen)")
            case "who":
                self._write("\n".join(f"  {_presence(actor)}" for actor in self._cast.values()))
            case _:
                self._write(HELP)

    async def _press(self, words: str) -> None:
        """Press a button that a message offers."""
        offered = [label for seen in self._me.person.sees() for label in seen.buttons]
        label = meant(words, reversed(offered))
        if label not in offered:
            there_are = "  ".join(f"[{label}]" for label in dict.fromkeys(offered)) or "none"
            raise CannotDo(f"{self._me.name} sees no button [{words}]; there are: {there_are}")
        await self._me.presses(label)

    async def _respond(self, typed: Typed) -> None:
        """React to what was said, or vote where it is asked."""
        if typed.verb == "vote":
            await self._me.votes(meant(typed.words, self._choices()))
        else:
            await self._me.reacts(self._newest(), typed.words)

    def _choices(self) -> list[str]:
        """The answers of the polls on the screen, which are buttons where there are no polls."""
        shown = self._me.person.sees()
        return [c for s in shown for c in (*(choice for choice, _ in s.choices), *s.buttons)]

    async def _fill(self, given: dict[str, str]) -> None:
        """Fill the form now in front of this person, or answer the questions being asked."""
        form = self._me.person.form
        if form is None and self._stage.suite.app.adapters[self._me.platform].capabilities.forms:
            raise CannotDo(f"no form is open in front of {self._me.name}")
        await self._me.fills(given if form is None else meant_fields(given, form.labels))

    def _newest(self) -> Seen:
        """The newest message that can be reacted to: an answer for oneself only cannot."""
        for seen in reversed(self._me.person.sees()):
            if not seen.private_to or seen.channel == "privé":
                return seen
        raise CannotDo(f"{self._me.name} sees no message to react to")

    def _be(self, name: str) -> None:
        found = meant(name, self._cast)
        if found not in self._cast:
            raise ValueError(f"nobody is called {name}; there are {', '.join(self._cast)}")
        self._me = self._cast[found]
        self._announced = None
        self._write(self._who_i_am())

    def _who_i_am(self) -> str:
        still_out = "" if self._me.arrived else " Not arrived yet: type join."
        return f"You are {self._me.name}, on {self._me.platform.title()}.{still_out}"


def _presence(actor: Actor) -> str:
    return f"{actor.name} ({actor.platform}{'' if actor.arrived else ', not arrived yet'})"


def _face(seen: Seen) -> tuple[object, ...]:
    """What makes a message worth reading again: not a reaction added to it."""
    return seen.id, seen.channel, seen.text, seen.buttons
