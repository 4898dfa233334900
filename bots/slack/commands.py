"""Understands what is typed after /amicale, and explains kindly when it cannot."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from difflib import get_close_matches

from bots.slack.incoming import Ourselves
from bots.slack.manifest import COMMAND
from bots.slack.written import plain as read_plain
from core.chat.adapter import Command, Menu, Option
from core.chat.identity import Account
from core.chat.markup import bullets, inert, join, plain
from core.chat.messages import Message, Text

_PERSON = re.compile(r"<@([^<>|]+)(?:\|[^<>]*)?>")
_NAMED = re.compile(r"(?<!\S)@\S+")
_WORD = re.compile(r'\s*(?:"([^"]*)"|“([^”]*)”|«\s*([^»]*?)\s*»|(\S+))')
_HELP = frozenset({"", "?", "aide", "help"})
_WORDS = 3  # the longest path somebody may type

Arguments = dict[str, str | Account]
Labels = Mapping[str, Mapping[str, str]]
"""By option: folded label -> the choice's value."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A command and its arguments; `rest` is all that followed its name."""

    command: Command
    arguments: Arguments = field(default_factory=dict)
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """Why a command cannot be run.

    `typed` alone: no such command (`command` is then the closest one, if any). With `missing`: a
    required option was not given. With `refused`: `typed` is none of that option's choices.
    """

    typed: str
    command: Command | None = None
    missing: Option | None = None
    refused: Option | None = None


def folded(text: str) -> str:
    """Text as compared: lower case, no accents, single spaces."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def understand(text: str, menu: Menu, language: str, us: Ourselves) -> Understood | Misunderstood:
    """What somebody typed after the command, in any of our languages, accents or not."""
    commands = {command.path: command for command in menu.commands(language)}
    names = {
        folded(name): command.path
        for other in menu.languages
        for command in menu.commands(other)
        for name in (command.path, command.name)
    }
    words = text.split()
    for count in range(min(_WORDS, len(words)), 0, -1):
        path = names.get(folded(" ".join(words[:count])))
        if path in commands:
            following = text.split(maxsplit=count)
            rest = following[count] if len(following) > count else ""
            return _fill(commands[path], rest, us, _labels(commands[path], menu))
    typed = " ".join(words[:2])
    close = [] if folded(typed) in _HELP else get_close_matches(folded(typed), names, 1, 0.5)
    if not close and words:
        close = get_close_matches(folded(words[0]), names, 1, 0.6)
    return Misunderstood(read_plain(typed), commands.get(names[close[0]]) if close else None)


def _labels(command: Command, menu: Menu) -> Labels:
    """What the choices of a command are called, in its own language before the others."""
    said = (c for other in menu.languages for c in menu.commands(other) if c.path == command.path)
    labels: dict[str, dict[str, str]] = {}
    for option in (option for version in (command, *said) for option in version.options):
        named = labels.setdefault(option.name, {})
        for choice in option.choices:
            named.setdefault(folded(choice.value), choice.value)
            named.setdefault(folded(choice.label), choice.value)
    return labels


def _fill(command: Command, rest: str, us: Ourselves, labels: Labels) -> Understood | Misunderstood:
    arguments: Arguments = {}
    left = rest
    textual = [option for option in command.options if not (option.person or option.file)]
    for option in command.options:
        if option.person:
            choices = {word for other in textual for word in labels[other.name]}
            left = _person(option, left, us, arguments, choices)
    for option in textual:
        given, after = (left.strip(), "") if option is textual[-1] else _word(left)
        value = read_plain(given)
        if option.choices and value:
            chosen = labels[option.name].get(folded(value))
            if chosen is None and option.required:
                return Misunderstood(value, command, refused=option)
            if chosen is None:
                continue  # an optional choice left out: the words belong to the next option
            value = chosen
        if value:
            arguments[option.name] = value
            left = after
    asked = (option for option in command.options if option.required and not option.file)
    missing = next((option for option in asked if option.name not in arguments), None)
    if missing and not command.opens:
        return Misunderstood(rest, command, missing=missing)
    return Understood(command, arguments, read_plain(rest))


def _person(
    option: Option, text: str, us: Ourselves, arguments: Arguments, choices: AbstractSet[str]
) -> str:
    """Take the first person named out of the text, resolved by Slack where it could.

    Without any mention it is the first word that is none of the other options' `choices`, or
    what stands between quotes: a bare name, which the core looks up.
    """
    found = _PERSON.search(text) or _NAMED.search(text)
    if found is None:
        words = ((word, read_plain(_within(word))) for word in _WORD.finditer(text))
        bare = next(((w, name) for w, name in words if name and folded(name) not in choices), None)
        if bare is None:
            return text
        found, arguments[option.name] = bare
    elif found.re is _PERSON:
        arguments[option.name] = us.account(found[1])
    else:
        arguments[option.name] = found[0].removeprefix("@")
    return f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip()


def _word(text: str) -> tuple[str, str]:
    """The first word, or what stands between quotes, and what follows it."""
    found = _WORD.match(text)
    if found is None:
        return "", ""
    return _within(found), text[found.end() :]


def _within(word: re.Match[str]) -> str:
    """A word without the quotes around it."""
    return next(group for group in word.groups() if group is not None)


def wants_help(text: str) -> bool:
    """Whether somebody asked for the list of commands."""
    return folded(text) in _HELP


def explain(problem: Misunderstood, menu: Menu, language: str) -> Message:
    """What to write instead, with an example; the whole help when no command was meant."""
    command = problem.command
    if command is None or not (problem.missing or problem.refused):
        said = plain(menu.say("adapter_slack.unknown", language, typed=_short(problem.typed)))
        if command:
            meant = plain(menu.say("adapter_slack.closest", language))
            said = Text(f"{said} {meant} {_code(_usage(command))}")
        return Message(join([said, help_text(menu, language)]))
    if problem.refused:
        choices = ", ".join(choice.label for choice in problem.refused.choices)
        values = {"given": _short(problem.typed), "option": problem.refused.name}
        said = plain(menu.say("adapter_slack.not_among", language, choices=choices, **values))
    else:
        missing = problem.missing or command.options[0]
        values = {"option": missing.name, "description": missing.description}
        said = plain(menu.say("adapter_slack.missing", language, **values))
    usage = Text(f"{plain(menu.say('adapter_slack.usage', language))} {_code(_usage(command))}")
    sample = _code(_sample(command, menu, language))
    example = Text(f"{plain(menu.say('adapter_slack.example', language))} {sample}")
    return Message(join([said, bullets([usage, example])]))


def help_text(menu: Menu, language: str) -> Text:
    """Every command with what it does, those of the team apart."""
    commands = menu.commands(language)
    title = plain(menu.say("adapter_slack.help_title", language))
    staff = plain(menu.say("adapter_slack.help_staff", language))
    parts = [Text(f"**{title}**"), _list([c for c in commands if not c.staff])]
    if any(command.staff for command in commands):
        parts += [Text(f"**{staff}**"), _list([c for c in commands if c.staff])]
    return join(parts)


def _list(commands: Sequence[Command]) -> Text:
    return bullets([Text(f"{_code(_usage(c))} – {plain(c.description)}") for c in commands])


def _usage(command: Command) -> str:
    """`/amicale rôle <personne> [rôle]`."""
    if command.opens:
        return f"{COMMAND} {command.name}"
    marks = [f"<{o.name}>" if o.required else f"[{o.name}]" for o in command.options]
    return " ".join([COMMAND, command.name, *marks])


def _sample(command: Command, menu: Menu, language: str) -> str:
    values = [
        menu.say("adapter_slack.sample_person", language)
        if option.person
        else option.choices[0].label
        if option.choices
        else menu.say("adapter_slack.sample_text", language)
        for option in command.options
        if option.required and not option.file
    ]
    return " ".join([COMMAND, command.name, *values])


def _code(text: str) -> Text:
    return Text(f"`{text.replace('`', '')}`")


def _short(typed: str) -> str:
    kept = inert(typed)
    return kept if len(kept) <= 60 else f"{kept[:59]}…"  # noqa: PLR2004  enough to recognise it
