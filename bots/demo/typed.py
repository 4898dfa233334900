"""What is typed at the keyboard, read: a verb, its words, a duration, a form's answers."""

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bots.demo.wording import folded, quoted

HELP = """\
  as NAME                 be that person (who: lists them)
  join                    arrive, for somebody who has not yet
  say #channel TEXT       write in a channel; say TEXT: privately to Amicale
  press LABEL             press the newest button with that label
  fill FIELD=ANSWER; …    fill the form in front of you (close: leave it)
  run /COMMAND            run a command, like run /parcours
  react EMOJI             react to the newest message you see
  vote ANSWER             vote in the newest poll that offers it
  wait 30m | 2h | 3d      let time pass
  screen                  what you see; help; quit"""

_TELLING = ("as", "say", "press", "fill", "run", "react", "vote", "wait")
_ALONE = ("join", "close", "screen", "who", "help", "quit")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}

_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_LIST = re.compile(rf"\[(?:(?:{_QUOTED})(?:, (?:{_QUOTED}))*)?\]")
_WORDS = re.compile(rf"(?<!\w)(?:{_QUOTED})(?!\w)")


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
    if verb not in (*_TELLING, *_ALONE):
        raise ValueError(f"type one of: {', '.join((*_TELLING, *_ALONE))}")
    if verb in _TELLING and not words:
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


def meant(words: str, labels: Iterable[str]) -> str:
    """The label that was typed, whatever its case or apostrophes; else the words themselves."""
    labels = list(labels)
    if words in labels:
        return words
    return next((label for label in labels if folded(label) == folded(words)), words)


def meant_fields(typed: Mapping[str, str], labels: Iterable[str]) -> dict[str, str]:
    """The same answers under the labels of the form."""
    labels = list(labels)
    return {meant(field, labels): answer for field, answer in typed.items()}


def in_words(refusal: str) -> str:
    """A stand-in's refusal without the marks of a program: `['a', 'b']` reads `a, b`."""
    text = _LIST.sub(lambda m: ", ".join(ast.literal_eval(m[0])) or "nothing", refusal)
    return _WORDS.sub(lambda m: quoted(" ".join(str(ast.literal_eval(m[0])).split())), text)
