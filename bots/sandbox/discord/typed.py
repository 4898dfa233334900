"""From what a person types (`/rituel aperçu`) to the option tree a Discord client sends."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bots.sandbox.discord.permissions import Permission
from bots.sandbox.discord.state import GUILD_ID, Channel, Json, State, User
from bots.sandbox.discord.wire import channel_json, member_json, role_json, user_json
from bots.sandbox.people import CannotDo

ATTACHMENT = 11  # docs: Application Commands, "Application Command Option Type"
_WORDS = re.compile(r'(?:[^\s":]+:)?"[^"]*"|\S+')
_TRUE, _FALSE = {"true", "vrai", "oui", "yes"}, {"false", "faux", "non", "no"}


@dataclass(slots=True)
class Typed:
    """A command found in the menu: its definition, and where its values go."""

    command: Json
    path: list[Json]
    words: list[str]

    def data(self, options: list[Json], resolved: Json) -> Json:
        """Interaction data (docs: "Application Command Data Structure")."""
        nested = options
        for step in reversed(self.path):
            nested = [{"name": step["name"], "type": step["type"], "options": nested}]
        told = {"id": self.command["id"], "name": self.command["name"], "type": 1}
        own = {"guild_id": GUILD_ID} if self.command.get("guild_id") else {}
        found = {"resolved": resolved} if resolved else {}
        return told | own | found | ({"options": nested} if nested else {})


def called(thing: Json, locale: str) -> str:
    """The name a person sees in their language."""
    names = thing.get("name_localizations") or {}
    return str(names.get(locale) or thing["name"])


def menu(state: State, user: User, channel: Channel) -> list[Json]:
    """The commands this person's client offers in this channel."""
    in_guild = channel.recipient is None
    if in_guild and not state.commands_scope:
        return []
    granted = state.permissions(user.id, channel if in_guild else None)
    offered: dict[str, Json] = {}
    for scope in (None, GUILD_ID):
        for command in state.commands.get(scope, {}).values():
            if command["type"] != 1 or (scope and not in_guild):
                continue
            contexts = command.get("contexts")
            if contexts is not None and (0 if in_guild else 1) not in contexts:
                continue
            if contexts is None and not in_guild and not command.get("dm_permission", True):
                continue
            needed = Permission(int(command.get("default_member_permissions") or 0))
            if not in_guild or needed in granted:
                offered[command["name"]] = command
    return list(offered.values())


def find(commands: Iterable[Json], written: str, locale: str) -> Typed:
    """The command a line names, down to its sub-command; raises CannotDo with what exists."""
    words = _WORDS.findall(written.strip().removeprefix("/"))
    commands = list(commands)
    command = _named(commands, words[0] if words else "", locale)
    if command is None:
        raise CannotDo(f"no command {written!r}; there are: {_offer(commands, locale)}")
    path, rest, options = [], words[1:], command.get("options") or []
    while options and options[0]["type"] in {1, 2}:
        step = _named(options, rest[0] if rest else "", locale)
        if step is None:
            raise CannotDo(f"{written!r} goes on with one of: {_offer(options, locale)}")
        path.append(step)
        rest, options = rest[1:], step.get("options") or []
    return Typed(command, path, rest)


def _named(things: Iterable[Json], word: str, locale: str) -> Json | None:
    known = list(things)
    for thing in known:
        if called(thing, locale).lower() == word.lower():
            return thing
    return next((thing for thing in known if thing["name"] == word.lower()), None)


def _offer(things: Iterable[Json], locale: str) -> str:
    return ", ".join(sorted(f"/{called(thing, locale)}" for thing in things)) or "none"


def definitions(typed: Typed) -> list[Json]:
    """The options of the command or sub-command that was found."""
    return list((typed.path[-1] if typed.path else typed.command).get("options") or [])


def values(typed: Typed, locale: str) -> dict[str, str]:
    """What was typed for each option: `name:value`, else by order, the last taking the rest."""
    known = definitions(typed)
    given: dict[str, str] = {}
    loose: list[str] = []
    for word in typed.words:
        name, colon, value = word.partition(":")
        option = _named(known, name, locale) if colon else None
        if option is None:
            loose.append(word)
        else:
            given[option["name"]] = value.strip('"')
    free = [o for o in known if o["name"] not in given and o["type"] != ATTACHMENT]
    for index, option in enumerate(free):
        if not loose:
            break
        if index == len(free) - 1:
            given[option["name"]] = " ".join(loose) if len(loose) > 1 else loose[0].strip('"')
            loose = []
        else:
            given[option["name"]] = loose.pop(0).strip('"')
    if loose:
        raise CannotDo(f"nothing takes {' '.join(loose)!r}")
    return given


def options(
    state: State, typed: Typed, given: dict[str, str], locale: str, sent: Json | None = None
) -> tuple[list[Json], Json]:
    """The checked options and the objects they refer to; raises CannotDo as the client would.

    `sent` is the attachment that was put into the option for files.
    """
    told: list[Json] = []
    resolved: Json = {}
    for option in definitions(typed):
        if option["type"] == ATTACHMENT and sent is not None:
            resolved["attachments"] = {sent["id"]: sent}
            told.append({"name": option["name"], "type": ATTACHMENT, "value": sent["id"]})
        elif option["name"] in given:
            value = _value(state, option, given[option["name"]], resolved, locale)
            told.append({"name": option["name"], "type": option["type"], "value": value})
        elif option.get("required"):
            raise CannotDo(f"« {called(option, locale)} » is required")
    if sent is not None and "attachments" not in resolved:
        raise CannotDo(f"nothing takes the file {sent['filename']!r}")
    return told, resolved


def _value(
    state: State, option: Json, written: str, resolved: Json, locale: str
) -> str | int | float | bool:
    kind, name = option["type"], called(option, locale)
    choices = option.get("choices") or []
    if choices:
        for choice in choices:
            if written.lower() in {called(choice, locale).lower(), str(choice["value"]).lower()}:
                return choice["value"]  # type: ignore[no-any-return]  # a checked JSON scalar
        offered = ", ".join(called(choice, locale) for choice in choices)
        raise CannotDo(f"« {name} » is one of: {offered}")
    if kind == 3:
        least, most = option.get("min_length") or 0, option.get("max_length") or 6000
        if not least <= len(written) <= most:
            raise CannotDo(f"« {name} » takes {least} to {most} characters")
        return written
    if kind in {4, 10}:
        return _number(option, written, name)
    if kind == 5 and written.lower() in _TRUE | _FALSE:
        return written.lower() in _TRUE
    if kind in {6, 7, 8, 9}:
        return _entity(state, kind, written, resolved)
    raise CannotDo(f"{written!r} does not fit « {name} »")


def _number(option: Json, written: str, name: str) -> int | float:
    try:
        value = int(written) if option["type"] == 4 else float(written)
    except ValueError:
        raise CannotDo(f"« {name} » takes a number, not {written!r}") from None
    least, most = option.get("min_value"), option.get("max_value")
    if (least is not None and value < least) or (most is not None and value > most):
        raise CannotDo(f"« {name} » is between {least} and {most}")
    return value


def _entity(state: State, kind: int, written: str, resolved: Json) -> str:
    """A user, channel or role named as people do, `@Nadia` or `#entraide`."""
    name = written.lstrip("@#")
    user = next((u for u in state.users.values() if u.name == name), None)
    if kind in {6, 9} and user is not None:
        resolved.setdefault("users", {})[user.id] = user_json(user)
        member = state.members.get(user.id)
        if member is not None:
            shown = member_json(member, with_user=False) | {"permissions": "0"}
            resolved.setdefault("members", {})[user.id] = shown
        return user.id
    role = next((r for r in state.roles.values() if r.name == name), None)
    if kind in {8, 9} and role is not None:
        resolved.setdefault("roles", {})[role.id] = role_json(role)
        return role.id
    rooms = (c for c in state.channels.values() if c.recipient is None)
    channel = next((c for c in rooms if c.name == name), None)
    if kind == 7 and channel is not None:
        shown = channel_json(channel) | {"permissions": "0"}
        resolved.setdefault("channels", {})[channel.id] = shown
        return channel.id
    raise CannotDo(f"nobody and nothing here is called {written!r}")
