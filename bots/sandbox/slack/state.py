"""What exists in a Slack workspace, as plain records the server and the people share."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "private", "im"]

TEAM, TEAM_NAME, DOMAIN = "T0AMICALE", "Amicale", "amicale"
APP, BOT, BOT_USER, BOT_NAME = "A0AMICALE", "B0AMICALE", "U0AMICALE", "Amicale"
SLACKBOT = "USLACKBOT"


def readable_id(prefix: str, name: str, taken: Mapping[str, object]) -> str:
    """A stable id people can recognise (`U000NADIA`), of the form Slack's ids have."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    stem = (re.sub(r"[^A-Z0-9]", "", plain) or "X")[:12]
    number, candidate = 1, prefix + stem.rjust(8, "0")
    while candidate in taken:
        number += 1
        candidate = prefix + f"{stem}{number}".rjust(8, "0")
    return candidate


@dataclass(slots=True)
class User:
    """One account; `here` is false until it joins, `deleted` once it left."""

    id: str
    name: str
    handle: str
    is_bot: bool = False
    here: bool = False
    deleted: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_primary_owner: bool = False
    locale: str = "fr-FR"
    updated: int = 0


@dataclass(slots=True)
class Conversation:
    """A public channel, a private one, or the direct messages between the bot and `peer`."""

    id: str
    name: str
    kind: Kind
    created: int
    creator: str
    members: list[str] = field(default_factory=list)
    archived: bool = False
    peer: str = ""

    @property
    def letter(self) -> str:
        """The `channel_type` letter of membership events: C public, G private."""
        return "C" if self.kind == "channel" else "G"

    @property
    def channel_type(self) -> str:
        """The `channel_type` of message events."""
        return {"channel": "channel", "private": "group", "im": "im"}[self.kind]


@dataclass(slots=True)
class Post:
    """One message. `ephemeral_to` is the only user who sees it, else None."""

    ts: str
    at: datetime
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    subtype: str | None = None
    username: str | None = None
    by_app: bool = False
    ephemeral_to: str | None = None
    client_msg_id: str | None = None
    edited_ts: str | None = None
    changed: bool = False
    deleted: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class View:
    """A modal or a Home tab in front of `user`; `typed` is (block, action) -> state value."""

    id: str
    user: str
    payload: Json
    hash: str
    root: str
    previous: str | None = None
    typed: dict[tuple[str, str], Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Trigger:
    """The right to open one modal, until `until` on the loop's clock."""

    user: str
    until: float
    view: str | None = None
    exchanged: bool = False


@dataclass(slots=True)
class ResponseHook:
    """What a `response_url` leads to, how often it was used, and until when it lives."""

    user: str
    channel: str
    original: str | None
    until: float
    thread_ts: str | None = None
    uses: int = 0


@dataclass(slots=True)
class StoredFile:
    """A file being uploaded, or uploaded and perhaps shared."""

    id: str
    name: str
    length: int
    alt: str = ""
    title: str = ""
    content: bytes | None = None
    complete: bool = False
