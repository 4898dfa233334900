"""After the story, being one of the people: what is typed becomes an act on the stage."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bots.demo.stage import Actor, Stage
from bots.sandbox.people import CannotDo

HELP = """\
  as NAME                 be that person (who: lists them)
  say #channel TEXT       write in a channel; say TEXT: privately to Amicale
  press LABEL             press the newest button with that label
  fill FIELD=ANSWER; …    fill the form in front of you
  run /COMMAND            run a command, like run /parcours
  react EMOJI             react to the newest message you see
  wait 30m | 2h | 3d      let time pass
  screen                  what you see; help; quit"""

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Typed:
    """A line as it was understood: a verb and its words."""

    verb: str
    words: str = ""
    channel: str | None = None


def understand(line: str) -> Typed:
    """Read a typed line. Raises ValueError, saying what to type, when it means nothing."""
    verb, _, words = line.strip().partition(" ")
    words = words.strip()
    known = {"as", "say", "press", "fill", "run", "react", "wait", "screen", "help", "quit", "who"}
    if verb not in known:
        raise ValueError("type one of: as, say, press, fill, run, react, wait, screen, help, quit")
    if verb in {"as", "say", "press", "fill", "run", "react", "wait"} and not words:
        raise ValueError(f"{verb} what? Type help for examples")
    if verb == "say" and (match := re.match(r"#(\S+)\s+(.+)", words)):
        return Typed(verb, match[2], match[1])
    return Typed(verb, words)


def duration(words: str) -> timedelta:
    """Read `30m`, `2h` or `3d`. Raises ValueError when it is something else."""
    match = re.fullmatch(r"(\d{1,3})\s*([mhd])", words.strip())
    if not match:
        raise ValueError("wait how long? Type 30m, 2h or 3d")
    return int(match[1]) * _UNITS[match[2]]


def answers(words: str) -> dict[str, str]:
    """Read `field=answer; field=answer`. Raises ValueError when there is no `=`."""
    pairs = [part.partition("=") for part in words.split(";") if part.strip()]
    if not pairs or not all(equals for _, equals, _ in pairs):
        raise ValueError("fill how? Type field=answer; field=answer")
    return {field.strip(): answer.strip() for field, _, answer in pairs}


class Prompt:
    """One person at the keyboard, being anyone on the stage."""

    def __init__(self, stage: Stage, cast: dict[str, Actor], write: Callable[[str], None]) -> None:
        self._stage = stage
        self._cast = cast
        self._write = write
        self._me = next(iter(cast.values()))

    async def run(self) -> None:
        """Read lines until `quit` or the end of the input."""
        self._write(f"You are {self._me.name}, on {self._me.platform.title()}.\n{HELP}")
        while True:
            try:
                line = await asyncio.to_thread(input, f"{self._me.name}> ")
            except EOFError:
                return
            if line.strip() and not await self.obey(line):
                return

    async def obey(self, line: str) -> bool:
        """Do what a line says and write what is seen; False when it says to quit."""
        try:
            typed = understand(line)
            if typed.verb == "quit":
                return False
            before = len(self._me.person.sees())
            await self._act(typed)
        except (ValueError, CannotDo) as problem:
            self._write(str(problem))
            return True
        if typed.verb not in {"as", "who", "help", "screen"}:
            fresh = self._me.person.sees()[before:]
            for seen in fresh:
                offered = "  ".join(f"[{label}]" for label in seen.buttons)
                self._write(f"[{seen.channel}] {seen.author}: {seen.text}\n{offered}".rstrip())
            if self._me.person.form is not None:
                self._write(f"A form is open: {', '.join(self._me.person.form.labels)}")
        return True

    async def _act(self, typed: Typed) -> None:
        match typed.verb:
            case "as":
                self._be(typed.words)
            case "say":
                await self._me.says(typed.words, channel=typed.channel)
            case "press":
                await self._me.person.presses(typed.words)
                await self._stage.rest()
            case "fill":
                await self._me.fills(answers(typed.words))
            case "run":
                await self._me.runs(typed.words)
            case "react":
                await self._me.reacts(self._me.person.sees()[-1], typed.words)
            case "wait":
                await self._stage.until(self._stage.clock.now() + duration(typed.words))
            case "screen":
                self._write(self._me.screen())
            case "who":
                self._write(", ".join(f"{a.name} ({a.platform})" for a in self._cast.values()))
            case _:
                self._write(HELP)

    def _be(self, name: str) -> None:
        found = next(
            (a for key, a in self._cast.items() if key.casefold() == name.casefold()), None
        )
        if found is None:
            raise ValueError(f"nobody is called {name}; there are {', '.join(self._cast)}")
        self._me = found
        self._write(f"You are {found.name}, on {found.platform.title()}.")
