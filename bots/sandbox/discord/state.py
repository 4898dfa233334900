"""What exists on this Discord: people, roles, channels and messages, and who may see what."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bots.sandbox.discord.permissions import (
    BOT,
    EVERYTHING,
    MODERATORS,
    NOBODY,
    PEOPLE,
    Permission,
)

Json = dict[str, Any]

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)  # docs: Reference, "Snowflakes"
GUILD_ID = "900000000000000001"  # also the id of @everyone (docs: Topics / Permissions)
APPLICATION_ID = "900000000000000002"
BOT_ROLE = "900000000000000102"
FOUNDED = timedelta(days=365)
"""How long the guild and its owner were there before the bot came."""
TEXT, DM, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 11, 12
EPHEMERAL, COMPONENTS_V2, HAS_THREAD, LOADING = 1 << 6, 1 << 15, 1 << 5, 1 << 7


@dataclass(slots=True, eq=False)
class User:
    """An account; `locale` is the language of its client, `refuses` closes direct messages."""

    id: str
    name: str
    bot: bool = False
    locale: str = "fr"
    refuses: bool = False


@dataclass(slots=True, eq=False)
class Role:
    """A role of the guild; a higher position outranks a lower one."""

    id: str
    name: str
    position: int
    permissions: Permission
    managed: bool = False


@dataclass(slots=True, eq=False)
class Member:
    """A user's presence in the guild."""

    user: User
    joined_at: datetime
    roles: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows and denies to one role."""

    allow: Permission = NOBODY
    deny: Permission = NOBODY


@dataclass(slots=True, eq=False)
class Channel:
    """A text channel, a thread (`parent` set) or a direct message (`recipient` set)."""

    id: str
    type: int
    name: str
    created_at: datetime
    position: int = 0
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    parent: "Channel | None" = None
    recipient: User | None = None
    owner_id: str = APPLICATION_ID
    members: set[str] = field(default_factory=set)
    archived: bool = False
    archived_at: datetime | None = None
    locked: bool = False
    invitable: bool = True
    auto_archive: int = 1440
    topic: str | None = None
    last_message_id: str | None = None

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread, public or private."""
        return self.parent is not None


@dataclass(slots=True, eq=False)
class Message:
    """A message; `only_for` is the one user who sees it when it is ephemeral."""

    id: str
    channel: Channel
    author: User
    at: datetime
    content: str = ""
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    flags: int = 0
    type: int = 0
    mentions: list[str] = field(default_factory=list)
    mention_roles: list[str] = field(default_factory=list)
    mention_everyone: bool = False
    reference: "Message | None" = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited_at: datetime | None = None
    only_for: str | None = None
    nonce: str | int | None = None
    webhook: bool = False
    interaction: Json | None = None
    poll: Json | None = None
    votes: dict[int, list[str]] = field(default_factory=dict)  # answer id -> users


@dataclass(slots=True, eq=False)
class Event:
    """A scheduled event that takes place outside of Discord (docs: "Entity Types", EXTERNAL)."""

    id: str
    creator: User
    name: str
    starts: datetime
    ends: datetime
    location: str
    description: str = ""


class State:
    """The guild "Amicale", its bot, and everything said in it."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        bot_permissions: Permission = BOT,
        bot_role_position: int = 2,
        absent_channels: tuple[str, ...] = (),
        commands_scope: bool = True,
    ) -> None:
        self.now = now
        self.commands_scope = commands_scope
        self._last = 0
        self.bot = User(APPLICATION_ID, "Amicale", bot=True)
        self.system = User("900000000000000003", "Discord", bot=True)
        self.users = {self.bot.id: self.bot, self.system.id: self.system}
        self.roles: dict[str, Role] = {}
        self.members: dict[str, Member] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, Message] = {}
        self.commands: dict[str | None, dict[str, Json]] = {}  # guild or None -> id -> command
        self.events: dict[str, Event] = {}
        self.files: dict[str, tuple[bytes, str]] = {}  # attachment id -> content, type
        self.owner = self.user("Nadia")
        self._furnish(bot_permissions, bot_role_position, absent_channels)
        self.members[self.bot.id] = Member(self.bot, self.now(), {BOT_ROLE})
        administration = self.role_named("Administration")
        founded = self.now() - FOUNDED
        self.members[self.owner.id] = Member(self.owner, founded, {administration.id})

    def _furnish(self, permissions: Permission, position: int, absent: tuple[str, ...]) -> None:
        ranks = {"Membre": 1, "Modération": 3, "Administration": 4}
        self.roles[GUILD_ID] = Role(GUILD_ID, "@everyone", 0, PEOPLE)
        self.roles[BOT_ROLE] = Role(BOT_ROLE, "Amicale", position, permissions, managed=True)
        grants = {"Modération": MODERATORS, "Administration": Permission.ADMINISTRATOR}
        for name, rank in ranks.items():
            role = Role(f"90000000000000010{3 + rank}", name, rank, grants.get(name, NOBODY))
            self.roles[role.id] = role
        staff = ("Modération", "Administration", "Amicale")
        openings: dict[str, tuple[str, ...]] = {
            "accueil": (),
            "présentations": ("Membre", *staff),
            "entraide": ("Membre", *staff),
            "rituels": ("Membre", *staff),
            "modération": staff,
            "administration": ("Administration", "Amicale"),
        }
        for index, (name, readers) in enumerate(openings.items()):
            if name in absent:
                continue
            channel = Channel(f"90000000000000020{index}", TEXT, name, self.now(), index)
            view = Permission.VIEW_CHANNEL
            if readers:
                channel.overwrites[GUILD_ID] = Overwrite(deny=view)
                for reader in readers:
                    channel.overwrites[self.role_named(reader).id] = Overwrite(allow=view)
            if withheld := BOT & ~permissions:  # @everyone would grant them all the same
                channel.overwrites[BOT_ROLE] = Overwrite(view & ~withheld, withheld)
            self.channels[channel.id] = channel

    def snowflake(self) -> str:
        """A new id, later than every other, carrying the wall clock as Discord's do."""
        milliseconds = int((self.now() - EPOCH).total_seconds() * 1000)
        self._last = max(self._last + 1, milliseconds << 22)
        return str(self._last)

    def user(self, name: str) -> User:
        """The account of that name, created when new, with an id drawn from the name alone."""
        found = next((u for u in self.users.values() if u.name == name and not u.bot), None)
        if found is None:
            number = 800_000_000_000_000_000 + zlib.crc32(name.encode()) * 1000
            while str(number) in self.users:
                number += 1
            found = User(str(number), name)
            self.users[found.id] = found
        return found

    def role_named(self, name: str) -> Role:
        """The role people call by that name; raises KeyError."""
        for role in self.roles.values():
            if role.name == name:
                return role
        raise KeyError(name)

    def direct(self, user: User) -> Channel:
        """The direct-message channel between the bot and this user."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.snowflake(), DM, "privé", self.now(), recipient=user)
        self.channels[channel.id] = channel
        return channel

    def permissions(self, user_id: str, channel: Channel | None = None) -> Permission:
        """What a user may do, in the guild or a channel (docs: "Permission Overwrites")."""
        if channel is not None and channel.recipient is not None:
            party = user_id in {self.bot.id, channel.recipient.id}
            return PEOPLE if party else NOBODY
        member = self.members.get(user_id)
        if member is None:
            return NOBODY
        granted = self.roles[GUILD_ID].permissions
        for role in member.roles:
            granted |= self.roles[role].permissions
        if Permission.ADMINISTRATOR in granted or user_id == self.owner.id:
            return EVERYTHING
        place = channel.parent if channel and channel.parent else channel
        if place is not None:
            granted = self._overwritten(granted, place, member)
            if Permission.VIEW_CHANNEL not in granted:
                return NOBODY
        return granted

    @staticmethod
    def _overwritten(granted: Permission, place: Channel, member: Member) -> Permission:
        everyone = place.overwrites.get(GUILD_ID, Overwrite())
        granted = (granted & ~everyone.deny) | everyone.allow
        own = [place.overwrites[role] for role in member.roles if role in place.overwrites]
        for overwrite in own:
            granted &= ~overwrite.deny
        for overwrite in own:
            granted |= overwrite.allow
        return granted

    def can_see(self, user_id: str, channel: Channel) -> bool:
        """Whether the channel exists for this user."""
        granted = self.permissions(user_id, channel)
        if Permission.VIEW_CHANNEL not in granted:
            return False
        if channel.type == PRIVATE_THREAD:
            return user_id in channel.members or Permission.MANAGE_THREADS in granted
        return True

    def can_read(self, user_id: str, message: Message) -> bool:
        """Whether the message is on this user's screen when they look at its channel."""
        if message.only_for is not None:
            return message.only_for == user_id
        return self.can_see(user_id, message.channel)

    def coming(self) -> list[Event]:
        """The scheduled events that are not over, the next one first."""
        now = self.now()
        return sorted((e for e in self.events.values() if e.ends > now), key=lambda e: e.starts)

    def rank(self, user_id: str) -> int:
        """The position of a member's highest role; the owner outranks everybody."""
        if user_id == self.owner.id:
            return 1 << 16
        member = self.members.get(user_id)
        roles = member.roles if member else set()
        return max((self.roles[role].position for role in roles), default=0)
