"""What a Slack workspace holds, found by name or id, and read as people read it."""

import itertools
import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from bots.sandbox.people import Seen, World

from . import emoji, payloads, reading
from .state import (
    BOT_NAME,
    BOT_USER,
    SLACKBOT,
    Conversation,
    Json,
    Kind,
    Post,
    ResponseHook,
    StoredFile,
    Trigger,
    User,
    View,
    readable_id,
)


class Records:
    """Everybody, every channel and every message of one Slack workspace."""

    def __init__(self, world: World, scopes: Collection[str], events: Collection[str]) -> None:
        self.world = world
        self.scopes = frozenset(scopes)
        self.events = frozenset(events)
        self.outlet: Callable[[Json, str, int], None] = lambda _event, _id, _at: None
        self.address = ""
        self.join_messages = False
        self.messages_tab = True
        self.users: dict[str, User] = {}
        self.channels: dict[str, Conversation] = {}
        self.posts: dict[str, Post] = {}
        self.below: dict[str, list[Post]] = {}  # the replies under each message
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.groups: dict[str, list[str]] = {}  # user groups: handle -> user ids
        self.files: dict[str, StoredFile] = {}
        self.triggers: dict[str, Trigger] = {}
        self.hooks: dict[str, ResponseHook] = {}
        self.tickets: set[str] = set()
        self.record: list[Seen] = []
        self.mass_mentions: list[str] = []
        self.complaints: list[str] = []
        self._shown: dict[str, Seen] = {}
        self._last = 0
        self._count = itertools.count(1)
        for ident, name, is_bot in ((BOT_USER, BOT_NAME, True), (SLACKBOT, "Slackbot", False)):
            self.users[ident] = User(ident, name, name.lower(), is_bot=is_bot, here=True)

    # Ids and time

    def fresh(self, prefix: str) -> str:
        """A new id of Slack's look, in order of creation."""
        return f"{prefix}{next(self._count):08X}"

    def stamp(self) -> tuple[str, datetime]:
        """A unique message timestamp, and the wall clock's time it stands for."""
        now = self.world.now().astimezone(UTC)
        self._last = max(self._last + 1, int(now.timestamp() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}", now

    def seconds(self) -> int:
        """The wall clock in Unix seconds."""
        return int(self.world.now().timestamp())

    def complain(self, what: str) -> None:
        """Note one violation of the documented protocol."""
        self.complaints.append(what)
        self.world.touch()

    # Finding

    def user_named(self, name: str) -> User:
        """The account of that name, made when new (not yet in the workspace)."""
        for user in self.users.values():
            if user.name == name and not payloads.is_system(user.id):
                return user
        ident = readable_id("U", name, self.users)
        handle = re.sub(r"\W+", ".", name.lower())
        self.users[ident] = User(ident, name, handle, updated=self.seconds())
        return self.users[ident]

    def channel_named(self, name: str) -> Conversation | None:
        """The public or private channel of that name."""
        bare = name.removeprefix("#")
        found = (c for c in self.channels.values() if c.name == bare and c.kind != "im")
        return next(found, None)

    def name(self, what: str, ident: str) -> str:
        """How people call a user or a channel."""
        if what == "user":
            return self.users[ident].name if ident in self.users else ident
        return self.channels[ident].name if ident in self.channels else ident

    def create(self, name: str, kind: Kind, creator: str) -> Conversation:
        """A new channel; nobody is in it."""
        ident = readable_id("C", name, self.channels)
        self.channels[ident] = Conversation(ident, name, kind, self.seconds(), creator)
        return self.channels[ident]

    def direct(self, user_id: str) -> Conversation:
        """The direct messages between the bot and this person."""
        ident = "D" + user_id[1:]
        if ident not in self.channels:
            members = [user_id, BOT_USER]
            self.channels[ident] = Conversation(
                ident, "privé", "im", self.seconds(), user_id, members, peer=user_id
            )
        return self.channels[ident]

    def replies(self, ts: str) -> list[Post]:
        """The live replies under a message, oldest first."""
        return [p for p in self.below.get(ts, ()) if self.is_public(p)]

    @staticmethod
    def is_public(post: Post) -> bool:
        """Whether everybody in the channel can see it."""
        return not post.deleted and post.ephemeral_to is None

    def can_see(self, user_id: str, post: Post) -> bool:
        """Whether this person has the message on their screen."""
        return (
            not post.deleted
            and user_id in self.channels[post.channel].members
            and post.ephemeral_to in (None, user_id)
        )

    # What people read

    def reading(self, post: Post) -> reading.Reading:
        """A message as read: its blocks, else its text, then attachments and files."""
        if post.blocks:
            seen = reading.read(post.blocks, self.name)
        else:
            seen = reading.Reading([reading.mrkdwn(post.text, self.name)])
        for attachment in post.attachments:
            inner = reading.read(attachment.get("blocks", []), self.name)
            words = str(attachment.get("text") or attachment.get("fallback") or "")
            seen.lines += [reading.mrkdwn(words, self.name), *inner.lines]
            seen.buttons += inner.buttons
            seen.images += inner.images
        seen.images += [
            file["alt_txt"] or file["title"] for file in post.files if _is_picture(file)
        ]
        return seen

    def seen(self, post: Post) -> Seen:
        """A message in the words every platform shares; read once per change."""
        if post.ts not in self._shown:
            self._shown[post.ts] = self._see(post)
        return self._shown[post.ts]

    def _see(self, post: Post) -> Seen:
        channel = self.channels[post.channel]
        read = self.reading(post)
        private = post.ephemeral_to or channel.peer
        parent = self.posts.get(post.thread_ts or "")
        title = self.reading(parent).text.split("\n", 1)[0][:60] if parent else None
        return Seen(
            id=post.ts,
            at=post.at,
            platform="slack",
            channel=channel.name,
            author=post.username or self.name("user", post.user),
            text=read.text,
            thread=title,
            private_to=self.name("user", private) if private else None,
            buttons=tuple(button.label for button in read.buttons),
            reactions=tuple(
                (emoji.sign_of(name) or name, len(users)) for name, users in post.reactions.items()
            ),
            images=tuple(read.images),
            edited=post.changed,
            files=tuple(file["name"] for file in post.files if not _is_picture(file)),
        )

    def _record(self, post: Post) -> None:
        self.record.append(self.seen(post))
        self.world.touch()


def _is_picture(file: Json) -> bool:
    return str(file["name"]).rpartition(".")[2].lower() in {"png", "jpg", "jpeg", "gif", "webp"}
