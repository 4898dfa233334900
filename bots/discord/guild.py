"""What the bot knows of its server, kept from the gateway's own frames: names, threads, roles."""

from dataclasses import dataclass, field
from typing import Any

from core.chat.identity import Channel, Platform

Json = dict[str, Any]
"""One JSON object as Discord sends or takes it."""

LEVELS = frozenset({"owner", "administrator"})
"""What we say of somebody's standing; a role's mere name never grants it."""

COMBINATIONS = 1_000
"""Sets of roles held together whose names are kept, so that a message costs one look."""

ADMINISTRATOR = 1 << 3
"""https://docs.discord.com/developers/topics/permissions"""

DIRECT, GROUP_DIRECT = 1, 3
PUBLIC_THREAD, PRIVATE_THREAD = 11, 12
THREADS = (10, PUBLIC_THREAD, PRIVATE_THREAD)
WRITABLE = (0, 5)
"""Channel types: https://docs.discord.com/developers/resources/channel#channel-object-channel-types"""


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread: the channel it hangs below, its name, and whether it stands in for a DM."""

    parent: str
    name: str
    aside: bool = False


@dataclass(frozen=True, slots=True)
class RoleInfo:
    """A role as the server defines it."""

    name: str
    permissions: int = 0


@dataclass(slots=True)
class Guild:
    """One server, updated by `apply`; `known` once its GUILD_CREATE was seen."""

    id: str
    me: str = ""
    owner: str = ""
    known: bool = False
    roles: dict[str, RoleInfo] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    direct: set[str] = field(default_factory=set)
    _places: dict[str, Channel] = field(default_factory=dict)
    _held: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)

    def apply(self, kind: str, data: Json) -> None:
        """Learn from a gateway event of that name.

        Raises KeyError, TypeError or ValueError on a malformed one, having learnt nothing.
        """
        if str(data.get("guild_id") or data.get("id")) != self.id:
            return
        if kind in {"GUILD_CREATE", "GUILD_UPDATE"}:
            self._whole(data)
        elif kind in {"CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE", "THREAD_UPDATE"}:
            self.learn(data)
        elif kind == "THREAD_LIST_SYNC":
            for thread in data["threads"]:
                self.learn(thread)
        elif kind in {"CHANNEL_DELETE", "THREAD_DELETE"}:
            self.forget(data["id"])
        elif kind in {"GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE"}:
            self._role(data["role"])
        elif kind == "GUILD_ROLE_DELETE":
            self._held.clear()
            self.roles.pop(data["role_id"], None)

    def _whole(self, data: Json) -> None:
        self.owner = str(data.get("owner_id") or self.owner)
        for role in data.get("roles", ()):
            self._role(role)
        for channel in (*data.get("channels", ()), *data.get("threads", ())):
            self.learn(channel)
        self.known = self.known or "channels" in data

    def _role(self, role: Json) -> None:
        self._held.clear()
        self.roles[role["id"]] = RoleInfo(role["name"], int(role.get("permissions", 0)))

    def learn(self, channel: Json) -> None:
        """Remember a channel or thread object."""
        kind, id_ = channel["type"], channel["id"]
        self._places.pop(id_, None)
        if kind in THREADS:
            before = self.threads.get(id_)
            aside = kind == PRIVATE_THREAD and channel.get("owner_id") == self.me
            if before is not None and "owner_id" not in channel:
                aside = before.aside
            self.threads[id_] = Thread(channel["parent_id"], channel.get("name") or "", aside)
        elif kind in {DIRECT, GROUP_DIRECT}:
            self.direct.add(id_)
        else:
            self.channels[id_] = channel.get("name") or ""

    def forget(self, channel_id: str) -> None:
        """A channel or thread is gone."""
        self.channels.pop(channel_id, None)
        self.threads.pop(channel_id, None)
        self._places.pop(channel_id, None)

    def knows(self, channel_id: str) -> bool:
        """Whether `place` can say where that channel is."""
        return channel_id in self.channels or channel_id in self.threads

    def place(self, channel_id: str, *, direct: bool = False) -> Channel:
        """Where that channel is; an unknown one counts as a channel of its own."""
        if direct or channel_id in self.direct:
            return Channel(Platform.DISCORD, self.id, channel_id, private=True)
        known = self._places.get(channel_id)
        if known is None:
            known = self._place(channel_id)
            if self.knows(channel_id):
                self._places[channel_id] = known
        return known

    def _place(self, channel_id: str) -> Channel:
        platform, thread = Platform.DISCORD, self.threads.get(channel_id)
        if thread is None:
            return Channel(platform, self.id, channel_id)
        return Channel(platform, self.id, thread.parent, channel_id, thread.aside)

    def channel_id(self, wanted: str) -> str | None:
        """The channel that has this id or this name (`#` and case do not matter)."""
        if wanted in self.channels:
            return wanted
        name = wanted.removeprefix("#").casefold()
        return next((i for i, n in self.channels.items() if n.casefold() == name), None)

    def role_id(self, wanted: str) -> str | None:
        """The role that has this id or this name (case does not matter)."""
        if wanted in self.roles:
            return wanted
        name = wanted.removeprefix("@").casefold()
        return next((i for i, r in self.roles.items() if r.name.casefold() == name), None)

    def held(self, user: str, role_ids: list[str]) -> frozenset[str]:
        """Names and ids of somebody's roles in lower case, with `member` and the levels above."""
        together = tuple(role_ids)
        words = self._held.get(together)
        if words is None:
            if len(self._held) >= COMBINATIONS:
                self._held.clear()
            words = self._held[together] = self._words(role_ids)
        return words | LEVELS if user == self.owner else words

    def _words(self, role_ids: list[str]) -> frozenset[str]:
        words = {"member"} | {role_id.lower() for role_id in role_ids}
        for role in (self.roles[i] for i in role_ids if i in self.roles):
            if role.name.lower() not in LEVELS:  # anybody may call a decorative role "Owner"
                words.add(role.name.lower())
            if role.permissions & ADMINISTRATOR:
                words.add("administrator")
        return frozenset(words)
