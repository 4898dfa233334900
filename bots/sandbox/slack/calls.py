"""How a Web API call is read, checked and refused (https://docs.slack.dev/apis/web-api)."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

from .shapes import check_blocks
from .state import BOT_USER, Conversation, Json, Post, User
from .workspace import Workspace


class Refused(Exception):
    """Slack's `ok: false`. `wrong` marks a breach of protocol, which is also a complaint."""

    def __init__(self, error: str, *, wrong: str = "", **more: Any) -> None:  # noqa: ANN401  JSON
        super().__init__(error)
        self.error = error
        self.wrong = wrong
        self.more = more


def invalid(error: str, faults: Iterable[str], wrong: str) -> Refused:
    """A refusal that lists its faults as Slack does, in `errors` and `response_metadata`."""
    faults = list(faults)
    messages = [f"[ERROR] {fault}" for fault in faults]
    return Refused(
        error,
        wrong=f"{wrong}: {error}: {'; '.join(faults[:3])}",
        errors=faults,
        response_metadata={"messages": messages},
    )


class Args:
    """The arguments of one call, whichever way they travelled."""

    def __init__(self, method: str, values: Json) -> None:
        self.method = method
        self._values = {name: value for name, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        """Whether the argument was given."""
        return name in self._values

    @property
    def names(self) -> set[str]:
        """What was given."""
        return set(self._values)

    def text(self, name: str, default: str = "") -> str:
        """A string argument."""
        value = self._values.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def flag(self, name: str) -> bool:
        """A boolean argument: true, "true", 1 or "1"."""
        return self._values.get(name) in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        try:
            return int(self._values.get(name, default))
        except (TypeError, ValueError) as fault:
            wrong = f"{name} is not a number"
            raise invalid("invalid_arguments", [wrong], self.method) from fault

    def structure(self, name: str, error: str) -> Any:  # noqa: ANN401  JSON
        """A JSON argument: native in a JSON body, else a string holding JSON."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as fault:
            raise Refused(error, wrong=f"{self.method}: {name} is not JSON") from fault

    def listed(self, name: str) -> list[str]:
        """A comma-separated list (or a JSON array of strings)."""
        value = self._values.get(name, "")
        parts = value if isinstance(value, list) else str(value).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]


Handler = Callable[[Workspace, Args], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """One Web API method: its arguments, the scopes of which one is needed, how it is sent."""

    name: str
    handler: Handler
    required: frozenset[str]
    optional: frozenset[str]
    scopes: tuple[str, ...]
    takes_json: bool
    token: Literal["bot", "app"]


METHODS: dict[str, Method] = {}


def method(
    name: str,
    *,
    required: str = "",
    optional: str = "",
    scopes: str = "",
    takes_json: bool = True,
    token: Literal["bot", "app"] = "bot",  # noqa: S107  a kind of token
) -> Callable[[Handler], Handler]:
    """Register a method as its page (https://docs.slack.dev/reference/methods) describes it."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(
            name,
            handler,
            frozenset(required.split()),
            frozenset(optional.split()) | {"team_id"},
            tuple(scopes.split()),
            takes_json,
            token,
        )
        return handler

    return register


def missing_scope(needed: str, provided: Iterable[str]) -> Refused:
    """`missing_scope`, saying which."""
    return Refused("missing_scope", needed=needed, provided=",".join(sorted(provided)))


def check_names(what: Method, args: Args) -> None:
    """Every required argument there, none unknown."""
    missing = sorted(what.required - args.names)
    if missing:
        faults = [f"missing required field: {name}" for name in missing]
        raise invalid("invalid_arguments", faults, what.name)
    unknown = sorted(args.names - what.required - what.optional)
    if unknown:
        wrong = f"{what.name}: unknown argument {', '.join(unknown)}"
        raise Refused("invalid_arg_name", wrong=wrong)


async def values_of(request: web.Request, what: Method) -> tuple[Json, str]:
    """The arguments of a request, and the token it came with.

    Query and form are always read; a JSON body only by the methods that document it, and it
    must carry the token in the Authorization header (https://docs.slack.dev/apis/web-api/#posting_json).
    """
    values: Json = dict(request.query)
    kind = request.content_type
    if request.method == "POST" and request.can_read_body:
        if kind == "application/json":
            body = await json_body(request, what.name)
            if not what.takes_json:
                wrong = f"{what.name}: does not take a JSON body"
                raise Refused("invalid_post_type", wrong=wrong)
            values |= body
        elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            values |= {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
        else:
            raise Refused("invalid_post_type", wrong=f"{what.name}: content type {kind}")
    token = str(values.pop("token", ""))
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer").strip()
    return values, bearer or token


async def json_body(request: web.Request, where: str) -> Json:
    """The JSON object of a body."""
    try:
        body = json.loads(await request.read())
    except ValueError as fault:
        raise Refused("invalid_json", wrong=f"{where}: the body is not JSON") from fault
    if not isinstance(body, dict):
        raise Refused("json_not_object", wrong=f"{where}: the body is not an object")
    return body


# What several methods look for in the same way


def known_channel(ws: Workspace, ident: str, *, error: str = "channel_not_found") -> Conversation:
    """The conversation of that id if the bot may know of it."""
    channel = ws.channels.get(ident)
    if channel is None or (channel.kind == "private" and BOT_USER not in channel.members):
        raise Refused(error)
    return channel


def channel_inside(ws: Workspace, ident: str) -> Conversation:
    """A conversation the bot is a member of."""
    channel = known_channel(ws, ident)
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel


def known_user(ws: Workspace, ident: str) -> User:
    """An account of this workspace, deactivated ones included."""
    user = ws.users.get(ident)
    if user is None or not (user.here or user.deleted):
        raise Refused("user_not_found")
    return user


def public_post(
    ws: Workspace, channel: Conversation, ts: str, error: str = "message_not_found"
) -> Post:
    """A message of that channel which is no ephemeral and not deleted."""
    post = ws.posts.get(ts)
    if post is None or post.channel != channel.id or not ws.is_public(post):
        raise Refused(error)
    return post


def page(items: list[Any], args: Args, default: int, most: int) -> tuple[list[Any], str]:
    """One page of a cursored collection, and the next cursor ("" at the end)."""
    limit = min(args.number("limit", default) or default, most)
    cursor = args.text("cursor")
    start = 0
    if cursor:
        if not cursor.removeprefix("next:").isdigit():
            raise Refused("invalid_cursor", wrong=f"{args.method}: cursor {cursor!r}")
        start = int(cursor.removeprefix("next:"))
    following = f"next:{start + limit}" if start + limit < len(items) else ""
    return items[start : start + limit], following


def checked_blocks(ws: Workspace, args: Args) -> list[Json]:
    """The call's blocks, refused as Slack refuses them."""
    blocks = args.structure("blocks", "invalid_blocks_format")
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format", wrong=f"{args.method}: blocks is no array")
    faults = check_blocks(blocks, lambda ident: ident in ws.files and ws.files[ident].complete)
    if faults:
        raise invalid("invalid_blocks", faults, args.method)
    return blocks
