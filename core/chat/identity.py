"""Who and where, as the platforms know them."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum


class Platform(StrEnum):
    """A place where members already are."""

    DISCORD = "discord"
    SLACK = "slack"
    TELEGRAM = "telegram"


class Role(StrEnum):
    """What a member is in the community, whatever the platform."""

    LEARNER = "learner"
    ALUMNUS = "alumnus"
    TRAINER = "trainer"
    EXPERT = "expert"
    MENTOR = "mentor"
    AMBASSADOR = "ambassador"
    MODERATOR = "moderator"
    BUILDER = "community_builder"
    ADMIN = "admin"
    DPO = "dpo"


STAFF = (Role.MODERATOR, Role.BUILDER, Role.ADMIN)
"""From least to most: each may do what those before it may."""


def allows(held: AbstractSet[Role], required: Role | None) -> bool:
    """Whether somebody holding `held` may do what asks for `required` (None: anyone)."""
    if required is None or required in held:
        return True
    if required not in STAFF:
        return False
    return any(role in held for role in STAFF[STAFF.index(required) :])


class Purpose(StrEnum):
    """What a channel is for; the configuration says which channel that is on each platform."""

    WELCOME = "welcome"
    INTRODUCTIONS = "introductions"
    HELP = "help"
    RITUALS = "rituals"
    MODERATORS = "moderators"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class Workspace:
    """One Discord guild, Slack workspace or Telegram group."""

    platform: Platform
    id: str


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody as one platform knows them."""

    platform: Platform
    workspace: str
    user: str

    @property
    def home(self) -> Workspace:
        """The workspace this account belongs to."""
        return Workspace(self.platform, self.workspace)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a platform says about an account when asked.

    `handle` is what others type to name the person (`@bob` without the @), empty when there is
    none. `locale` is the platform's own tag (`fr`, `en-US`), None when unknown. `roles` are the
    platform's role names and ids, lower case, to be mapped by the configuration; workspace
    owners and administrators carry `owner` and `administrator`. Empty means that nothing was
    said about roles; a full answer always holds at least `member`.
    """

    account: Account
    name: str
    handle: str = ""
    locale: str | None = None
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a message stands; `thread` is the thread, topic or parent message inside `id`.

    `private` marks a conversation between the bot and one person.
    """

    platform: Platform
    workspace: str
    id: str
    thread: str | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class MessageRef:
    """One message; as a destination it means «in the thread of this message».

    `poll` is what the platform calls the native poll it holds, empty when it holds none.
    """

    channel: Channel
    id: str
    poll: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """A stable text key: platform, channel and message, without the thread."""
        return f"{self.channel.platform}:{self.channel.id}:{self.id}"


def agenda(workspace: Workspace) -> Channel:
    """Where a workspace's own gatherings stand: nothing can be written there, and order is kept."""
    return Channel(workspace.platform, workspace.id, "agenda")


@dataclass(frozen=True, slots=True)
class Place:
    """A configured channel named by its purpose, resolved by the adapter when it sends."""

    platform: Platform
    workspace: str
    purpose: Purpose


Public = Channel | MessageRef | Place
"""Where a message is read by several: a channel, under a message, or a purpose."""

Destination = Account | Public
"""Where a message can be sent: somebody in private, or where several read it."""
