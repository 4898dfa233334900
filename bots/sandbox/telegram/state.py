"""What exists on the pretend Telegram: people, chats, topics, messages, files; no wire shapes."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bots.sandbox.people import Seen, World
from bots.sandbox.telegram.refusals import Json
from bots.sandbox.telegram.vocabulary import MEMBER_MAY, RIGHTS


@dataclass(slots=True, eq=False)
class User:
    """Somebody with an account, or the bot; `contact_until` is on the event loop's clock."""

    id: int
    name: str
    username: str
    language_code: str = "fr"
    is_bot: bool = False
    known: bool = False  # the bot has met them
    started: bool = False  # they pressed Start or wrote: the bot may write
    blocked: bool = False
    contact_until: float = 0.0  # a join request lets the bot write first until then


@dataclass(frozen=True, slots=True)
class Membership:
    """How one user stands in one chat; `status` is the Bot API's word, `title` shows beside."""

    status: str = "left"
    rights: frozenset[str] = frozenset()
    permissions: frozenset[str] = MEMBER_MAY
    present: bool = False
    until: int = 0
    title: str = ""

    @property
    def is_admin(self) -> bool:
        """Creator or administrator."""
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Whether an administrator right is held; the creator holds all."""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)


MEMBER = Membership("member", present=True)
CREATOR = Membership("creator", RIGHTS, present=True)


@dataclass(slots=True, eq=False)
class Topic:
    """A forum topic; `id` is the message that created it, as on the platform."""

    id: int
    name: str
    closed: bool = False
    icon_color: int = 7322096
    given: bool = False  # there from the start: a channel by its own name


@dataclass(slots=True, eq=False)
class Link:
    """An invite link of a group."""

    url: str
    creator: User
    asks: bool
    name: str = ""
    primary: bool = False
    limit: int = 0
    expires: int = 0
    used: int = 0


@dataclass(frozen=True, slots=True)
class Media:
    """A photo or document; sizes in bytes and pixels."""

    kind: str
    file_id: str
    name: str
    mime: str
    content: bytes
    width: int = 0
    height: int = 0


@dataclass(slots=True, eq=False)
class Poll:
    """A regular poll; `votes` maps a user's id to the options they chose, counted from 0."""

    id: str
    question: str
    options: tuple[str, ...]
    anonymous: bool
    several: bool
    revoting: bool
    closed: bool = False
    votes: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def count(self, option: int) -> int:
        """How many chose that option."""
        return sum(option in chosen for chosen in self.votes.values())


@dataclass(slots=True, eq=False)
class Post:
    """One message; `order` grows over all chats, `revised` each time it changes.

    What was there before the start has the order 0 and is not shown.
    """

    chat: "Chat"
    id: int
    order: int
    at: datetime
    sender: User
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    topic: int | None = None
    root: int | None = None
    reply_to: int | None = None
    keyboard: list[list[Json]] = field(default_factory=list)
    media: Media | None = None
    poll: Poll | None = None
    service: Json = field(default_factory=dict)
    edited_at: datetime | None = None
    revised: int = 0
    reactions: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Chat:
    """A private chat (its id is the person's), a basic group or a supergroup."""

    id: int
    kind: str
    title: str
    channel: str
    is_forum: bool = False
    asks_to_join: bool = False
    members: dict[int, Membership] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    requests: dict[int, Link] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    upgraded_to: int = 0
    last_id: int = 0

    def standing(self, user: User) -> Membership:
        """The membership of `user`, `left` when there never was one."""
        return self.members.get(user.id, Membership())

    def topic_named(self, name: str) -> Topic | None:
        """The topic of that name, the newest first."""
        return next((t for t in reversed(self.topics.values()) if t.name == name), None)


@dataclass(slots=True, eq=False)
class Query:
    """A pressed button that waits for answerCallbackQuery; `at` on the event loop's clock."""

    id: str
    user: User
    post: Post
    label: str
    at: float
    answered: bool = False


@dataclass(slots=True)
class State:
    """Everything that exists, and the transcript of what was shown."""

    world: World
    bot: User
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, Media] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    toasts: list[tuple[int, Seen]] = field(default_factory=list)
    transcript: list[Seen] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    order: int = 0
    account_messages: int = 0

    def user(self, name: str) -> User:
        """The person of that name, made when new; ids depend on the name only."""
        for known in self.users.values():
            if known.name == name:
                return known
        number = 700_000_000 + zlib.crc32(name.encode()) % 100_000_000
        while number in self.users:
            number += 1
        handle = "".join(c for c in name.lower() if c.isascii() and c.isalnum())
        made = User(number, name, f"{handle}_{number % 1000:03d}")
        self.users[number] = made
        self.chats[number] = Chat(number, "private", name, "privé", members={number: MEMBER})
        return made

    def private(self, user: User) -> Chat:
        """The private chat between `user` and the bot."""
        return self.chats[user.id]

    def next_order(self) -> int:
        """The next place in the order of all things shown."""
        self.order += 1
        return self.order

    def next_id(self, chat: Chat) -> int:
        """The next message id: per supergroup, else counted over the bot's whole account."""
        if chat.kind == "supergroup":
            chat.last_id += 1
            return chat.last_id
        self.account_messages += 1
        return self.account_messages

    def visible(self, user: User) -> Iterator[Post]:
        """The messages that `user` can read now, oldest first."""
        chats = [
            c
            for c in self.chats.values()
            if (c.kind == "private") == (c.id == user.id) and c.standing(user).present
        ]
        posts = (post for chat in chats for post in chat.posts.values() if post.order)
        yield from sorted(posts, key=lambda post: post.order)

    def complain(self, line: str) -> None:
        """Note a request that broke the documented protocol."""
        self.complaints.append(line)
