"""The workspace's life: every act changes the records, tells the app, and is seen by people."""

import uuid
from collections.abc import Iterable
from typing import Any

from . import payloads, reading
from .records import Records
from .state import (
    BOT_USER,
    SLACKBOT,
    Conversation,
    Json,
    Post,
    User,
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


class Workspace(Records):
    """What can happen in the workspace, whoever does it."""

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
        if post.thread_ts:
            self.below.setdefault(post.thread_ts, []).append(post)
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
        """Note when the app (not a person, who means it) notifies everybody."""
        if not post.by_app:
            return
        for who in reading.notifying(post.text, [*post.blocks, *post.attachments]):
            name = self.channels[post.channel].name
            self.mass_mentions.append(f"@{who} in {name}: {post.text[:80]}")

    def edit(self, post: Post, **changes: Any) -> None:  # noqa: ANN401  fields of Post
        """Change a message; the app hears message_changed."""
        before = payloads.message_object(post, self.replies(post.ts), metadata=True)
        for name, value in changes.items():
            setattr(post, name, value)
        post.changed = True
        for stale in (post, *self.replies(post.ts)):
            self._shown.pop(stale.ts, None)
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
            self._shown.pop(post.ts, None)
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
