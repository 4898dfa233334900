"""The workspace's life: every act changes the records, tells the app, and is seen by people."""

import itertools
import re
import uuid
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from typing import Any

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

# What each event needs: its subscription's name and one of these scopes
# (https://docs.slack.dev/reference/events).
MESSAGE_SCOPES = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}
EVENT_SCOPES = {
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "app_mention": ("app_mentions:read",),
    "app_home_opened": (),
}
_MESSAGE_EVENTS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Workspace:
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
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, StoredFile] = {}
        self.triggers: dict[str, Trigger] = {}
        self.hooks: dict[str, ResponseHook] = {}
        self.tickets: set[str] = set()
        self.record: list[Seen] = []
        self.mass_mentions: list[str] = []
        self.complaints: list[str] = []
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
        return [p for p in self.posts.values() if p.thread_ts == ts and self.is_public(p)]

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
        seen.images += [file["alt_txt"] or file["title"] for file in post.files]
        return seen

    def seen(self, post: Post) -> Seen:
        """A message in the words every platform shares."""
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
        )

    def _record(self, post: Post) -> None:
        self.record.append(self.seen(post))
        self.world.touch()

    # Telling the app

    def emit(self, event: Json, channel: Conversation | None = None) -> None:
        """Send an event if the app subscribed to it, may have it, and is in the channel."""
        kind = event["type"]
        name, scopes = kind, EVENT_SCOPES.get(kind, ())
        if kind == "message":
            name = _MESSAGE_EVENTS[event["channel_type"]]
            scopes = (MESSAGE_SCOPES[event["channel_type"]],)
        allowed = not scopes or any(scope in self.scopes for scope in scopes)
        inside = channel is None or BOT_USER in channel.members
        if name in self.events and allowed and inside:
            self.outlet(event, self.fresh("Ev"), self.seconds())

    def message_event(self, post: Post, **extra: Any) -> None:  # noqa: ANN401  JSON values
        """The message event of a post, or one of its subtypes."""
        channel = self.channels[post.channel]
        shape = extra or payloads.message_object(post, [], metadata=True)
        if post.thread_ts and not extra:
            parent = self.posts.get(post.thread_ts)
            shape["parent_user_id"] = parent.user if parent else ""
        stamp = self.stamp()[0] if extra else post.ts
        event = {"type": "message", **shape, "channel": post.channel, "event_ts": stamp}
        if extra:
            event["ts"] = stamp
        event["channel_type"] = channel.channel_type
        self.emit(event, channel)

    # Messages

    def post(self, channel: Conversation, author: str, text: str, **more: Any) -> Post:  # noqa: ANN401  fields of Post
        """A new message, seen by whoever may and told to the app."""
        ts, at = self.stamp()
        post = Post(ts, at, channel.id, author, text, **more)
        self.posts[ts] = post
        if post.ephemeral_to is None:
            self._count_mentions(post)
        self._record(post)
        if post.ephemeral_to is None:
            self.message_event(post)
            if f"<@{BOT_USER}>" in text and author != BOT_USER and channel.kind != "im":
                shape = payloads.message_object(post, [])
                mention = shape | {"type": "app_mention", "channel": channel.id, "event_ts": ts}
                self.emit(mention, channel)
        return post

    def _count_mentions(self, post: Post) -> None:
        for who in reading.notifying(post.text, [*post.blocks, *post.attachments]):
            name = self.channels[post.channel].name
            self.mass_mentions.append(f"@{who} in {name}: {post.text[:80]}")

    def edit(self, post: Post, **changes: Any) -> None:  # noqa: ANN401  fields of Post
        """Change a message; the app hears message_changed."""
        before = payloads.message_object(post, self.replies(post.ts), metadata=True)
        for name, value in changes.items():
            setattr(post, name, value)
        post.changed = True
        if not post.blocks or not post.by_app:
            post.edited_ts = self.stamp()[0]
        self._record(post)
        if post.ephemeral_to is None:
            self._count_mentions(post)
            after = payloads.message_object(post, self.replies(post.ts), metadata=True)
            self.message_event(
                post, subtype="message_changed", hidden=True, message=after, previous_message=before
            )

    def delete(self, post: Post) -> None:
        """Remove a message; one with replies leaves a tombstone, as Slack's does."""
        replies = self.replies(post.ts)
        before = payloads.message_object(post, replies)
        post.deleted = True
        self.world.touch()
        if post.ephemeral_to is not None:
            return
        if replies:
            tombstone = before | {
                "subtype": "tombstone",
                "text": "This message was deleted.",
                "user": SLACKBOT,
                "hidden": True,
            }
            self.message_event(
                post,
                subtype="message_changed",
                hidden=True,
                message=tombstone,
                previous_message=before,
            )
        else:
            self.message_event(
                post,
                subtype="message_deleted",
                hidden=True,
                deleted_ts=post.ts,
                previous_message=before,
            )

    def react(self, post: Post, user_id: str, name: str, *, added: bool = True) -> bool:
        """Add or take back a reaction; False when it was so already."""
        users = post.reactions.setdefault(name, [])
        changed = (user_id in users) != added
        if changed:
            (users.append if added else users.remove)(user_id)
        if not users:
            del post.reactions[name]
        if changed:
            event = {
                "type": "reaction_added" if added else "reaction_removed",
                "user": user_id,
                "reaction": name,
                "item": {"type": "message", "channel": post.channel, "ts": post.ts},
                "item_user": post.user,
                "event_ts": self.stamp()[0],
            }
            self.emit(event, self.channels[post.channel])
            self.world.touch()
        return changed

    def notice(self, user_id: str, channel: Conversation, text: str) -> None:
        """Words of Slack's own client to one person."""
        self.post(channel, SLACKBOT, text, username="Slack", ephemeral_to=user_id)

    # People coming and going

    def enter(self, channel: Conversation, user_id: str, inviter: str | None = None) -> None:
        """Become a member of a channel."""
        if user_id in channel.members:
            return
        channel.members.append(user_id)
        event = self._membership("member_joined_channel", channel, user_id)
        self.emit(event | ({"inviter": inviter} if inviter else {}), channel)
        self._membership_message(channel, user_id, "channel_join", "a rejoint le canal.")

    def exit(self, channel: Conversation, user_id: str) -> None:
        """Stop being a member of a channel."""
        if user_id in channel.members:
            channel.members.remove(user_id)
            self.emit(self._membership("member_left_channel", channel, user_id), channel)
            self._membership_message(channel, user_id, "channel_leave", "a quitté le canal.")

    def _membership(self, kind: str, channel: Conversation, user_id: str) -> Json:
        return {
            "type": kind,
            "user": user_id,
            "channel": channel.id,
            "channel_type": channel.letter,
            "team": "T0AMICALE",
            "event_ts": self.stamp()[0],
        }

    def _membership_message(
        self, channel: Conversation, user_id: str, subtype: str, words: str
    ) -> None:
        if self.join_messages:
            self.post(channel, user_id, f"<@{user_id}> {words}", subtype=subtype)

    def arrive(self, user: User, channels: Iterable[Conversation]) -> None:
        """Join the workspace (or come back), then its default channels."""
        first = not user.deleted
        user.here, user.deleted, user.updated = True, False, self.seconds()
        self._user_event("team_join" if first else "user_change", user)
        for channel in channels:
            self.enter(channel, user.id)

    def depart(self, user: User) -> None:
        """Be deactivated: out of every channel; the app hears user_change."""
        user.here, user.deleted, user.updated = False, True, self.seconds()
        for channel in self.channels.values():
            if user.id in channel.members and channel.kind != "im":
                channel.members.remove(user.id)
        self.stacks.pop(user.id, None)
        self._user_event("user_change", user)

    def promote(self, user: User, *, owner: bool) -> None:
        """Make somebody an administrator or owner of the workspace."""
        user.is_admin, user.is_owner = True, owner or user.is_owner
        user.updated = self.seconds()
        if user.here:
            self._user_event("user_change", user)

    def _user_event(self, kind: str, user: User) -> None:
        event: Json = {
            "type": kind,
            "user": payloads.user_object(user, locale=True),
            "event_ts": self.stamp()[0],
        }
        if kind == "user_change":
            event["cache_ts"] = user.updated
        self.emit(event)
        self.world.touch()

    def client_id(self) -> str:
        """A client_msg_id, as Slack's clients give every message people write."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, self.fresh("")))
