"""The table of documented endpoints, and what a handler is given."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from bots.sandbox.discord.acts import Acts
from bots.sandbox.discord.drafts import Upload, Writer
from bots.sandbox.discord.interactions import Interactions
from bots.sandbox.discord.permissions import Permission
from bots.sandbox.discord.refusals import Refused, bare, wrong
from bots.sandbox.discord.shapes import Check
from bots.sandbox.discord.state import GUILD_ID, Channel, Json, Message, State

Answer = Json | list[Json] | None  # None is 204 No Content


@dataclass(slots=True)
class House:
    """What handlers work on."""

    state: State
    acts: Acts
    interactions: Interactions
    writer: Writer
    allowed_intents: int = 0
    gateway_url: str = ""
    nonces: dict[tuple[str, str], str] = field(default_factory=dict)

    def channel(self, number: str) -> Channel:
        """A channel the bot can see; raises Refused 10003 or 50001."""
        channel = self.state.channels.get(number)
        if channel is None:
            raise Refused(10003)
        if not self.state.can_see(self.state.bot.id, channel):
            raise Refused(50001)
        return channel

    def message(self, channel: Channel, number: str) -> Message:
        """A message of that channel the bot can fetch; raises Refused 10008."""
        message = self.state.messages.get(number)
        if message is None or message.channel is not channel or message.only_for is not None:
            raise Refused(10008)
        return message

    def need(self, permission: Permission, channel: Channel | None = None) -> None:
        """Raise Refused 50013 unless the bot has this permission there."""
        if permission not in self.state.permissions(self.state.bot.id, channel):
            raise Refused(50013)


@dataclass(slots=True)
class Call:
    """One checked request."""

    values: dict[str, str]
    query: dict[str, str]
    body: Any
    files: dict[int, Upload]

    def number(self, key: str, default: int, most: int = 1 << 63) -> int:
        """A whole number of the query; raises Refused 50035."""
        written = self.query.get(key, str(default))
        if not written.isdigit():
            raise wrong((key,), "NUMBER_TYPE_COERCE", f'Value "{written}" is not int.')
        if int(written) > most:
            said = f"int value should be less than or equal to {most}."
            raise wrong((key,), "NUMBER_TYPE_MAX", said)
        return int(written)


Handler = Callable[[House, Call], Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One documented method and path."""

    method: str
    template: str
    handler: Handler
    body: Check | None
    query: Collection[str]
    files: bool
    open: bool
    pattern: re.Pattern[str]


ENDPOINTS: list[Endpoint] = []


def endpoint(
    method: str,
    template: str,
    *,
    body: Check | None = None,
    query: Collection[str] = (),
    files: bool = False,
    open_to_all: bool = False,
) -> Callable[[Handler], Handler]:
    """Register a handler; `{name}` in the template is one path segment."""
    named = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template))

    def register(handler: Handler) -> Handler:
        pattern = re.compile(named)
        ENDPOINTS.append(
            Endpoint(method, template, handler, body, query, files, open_to_all, pattern)
        )
        return handler

    return register


def find(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    """The endpoint of a request; raises Refused with a bare 404 or 405."""
    elsewhere = False
    for candidate in ENDPOINTS:
        found = candidate.pattern.fullmatch(path)
        if found and candidate.method == method:
            return candidate, found.groupdict()
        elsewhere = elsewhere or found is not None
    raise bare(405, "Method Not Allowed") if elsewhere else bare(404, "Not Found")


def only_guild(number: str) -> None:
    """Raise Refused 10004 for any guild but ours."""
    if number != GUILD_ID:
        raise Refused(10004)
