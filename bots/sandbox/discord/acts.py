"""What can happen in the guild: each act changes the state, tells the bot and is shown."""

import re
from dataclasses import dataclass, field

from bots.sandbox.discord.components import flat
from bots.sandbox.discord.gateway import Gateway
from bots.sandbox.discord.permissions import Intent, Permission
from bots.sandbox.discord.reading import seen
from bots.sandbox.discord.refusals import Refused
from bots.sandbox.discord.state import (
    GUILD_ID,
    LOADING,
    PRIVATE_THREAD,
    TEXT,
    Channel,
    Json,
    Member,
    Message,
    State,
    User,
)
from bots.sandbox.discord.wire import (
    channel_json,
    member_json,
    message_event,
    thread_member_json,
    user_json,
)
from bots.sandbox.people import Seen, World

_USERS = re.compile(r"<@!?(\d+)>")
_ROLES = re.compile(r"<@&(\d+)>")
_CODE = re.compile(r"```.+?```|`[^`\n]+`", re.DOTALL)  # nobody is called from inside code
_EVERYBODY = re.compile(r"@(?:everyone|here)\b")
MOST_REACTIONS = 20


@dataclass(slots=True)
class Draft:
    """A message about to be written."""

    content: str = ""
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    flags: int = 0
    allowed_mentions: Json | None = None
    reference: Message | None = None
    only_for: str | None = None
    nonce: str | int | None = None
    webhook: bool = False
    interaction: Json | None = None
    poll: Json | None = None


class Acts:
    """The one door through which the state changes once people live here."""

    def __init__(self, state: State, gateway: Gateway, world: World) -> None:
        self.state = state
        self.gateway = gateway
        self.world = world
        self.transcript: list[Seen] = []

    def _record(self, message: Message, *, edited: bool) -> None:
        if not message.flags & LOADING:
            self.transcript.append(seen(self.state, message, edited=edited))
        self.world.touch()

    def _dispatch(
        self, event: str, data: Json, channel: Channel, *, reactions: bool = False
    ) -> None:
        """Emit an event of one channel, if the bot can see it."""
        if not self.state.can_see(self.state.bot.id, channel):
            return
        if channel.recipient is not None:
            needs = Intent.DIRECT_MESSAGE_REACTIONS if reactions else Intent.DIRECT_MESSAGES
        else:
            needs = Intent.GUILD_MESSAGE_REACTIONS if reactions else Intent.GUILD_MESSAGES
        self.gateway.dispatch(event, data, needs)

    # -- messages

    def post(self, author: User, channel: Channel, draft: Draft) -> Message:
        """Write a message; an archived thread wakes up, as Discord's do."""
        message = Message(
            self.state.snowflake(),
            channel,
            author,
            self.state.now(),
            content=draft.content,
            components=draft.components,
            embeds=draft.embeds,
            attachments=draft.attachments,
            flags=draft.flags,
            type=_kind(draft),
            reference=draft.reference,
            only_for=draft.only_for,
            nonce=draft.nonce,
            webhook=draft.webhook,
            interaction=draft.interaction,
            poll=draft.poll,
        )
        self.mention(message, draft.allowed_mentions)
        self.state.messages[message.id] = message
        if channel.archived:
            self.change_thread(channel, archived=False)
        if message.only_for is None:
            channel.last_message_id = message.id
            self._invite_mentioned(message)
            self._dispatch("MESSAGE_CREATE", message_event(self.state, message), channel)
        self._record(message, edited=False)
        return message

    def mention(self, message: Message, allowed: Json | None) -> None:
        """Work out who is notified (docs: Resources / Message, "Allowed Mentions Object")."""
        parts = [message.content]
        parts += [c["content"] for c in flat(message.components) if c["type"] == 10]
        written = _CODE.sub("", "\n".join(parts))
        rule = {"parse": ["users", "roles", "everyone"]} if allowed is None else allowed
        parse = rule.get("parse") or []
        users = [u for u in _USERS.findall(written) if u in self.state.users]
        roles = [r for r in _ROLES.findall(written) if r in self.state.roles]
        named_users = {str(u) for u in rule.get("users") or []}
        named_roles = {str(r) for r in rule.get("roles") or []}
        notified = [u for u in users if "users" in parse or u in named_users]
        if message.reference is not None and rule.get("replied_user", allowed is None):
            notified.append(message.reference.author.id)
        everyone = self._may_call_everyone(message)
        roles = [r for r in roles if everyone and ("roles" in parse or r in named_roles)]
        message.mentions = list(dict.fromkeys(notified))
        message.mention_roles = list(dict.fromkeys(roles))
        calls = "everyone" in parse and _EVERYBODY.search(written) is not None
        message.mention_everyone = calls and everyone

    def _may_call_everyone(self, message: Message) -> bool:
        granted = self.state.permissions(message.author.id, message.channel)
        return Permission.MENTION_EVERYONE in granted

    def _invite_mentioned(self, message: Message) -> None:
        """A mention in a private thread adds the person, if they see the parent channel."""
        channel = message.channel
        if channel.type != PRIVATE_THREAD or channel.parent is None:
            return
        for user_id in message.mentions:
            if user_id not in channel.members and self.state.can_see(user_id, channel.parent):
                self.add_to_thread(channel, user_id)

    def edit(self, message: Message, draft: Draft) -> None:
        """Replace what a message says; an ephemeral one is edited without an event."""
        was_loading = bool(message.flags & LOADING)
        message.content = draft.content
        message.components = draft.components
        message.embeds = draft.embeds
        message.attachments = draft.attachments
        message.flags = draft.flags
        if not was_loading:
            message.edited_at = self.state.now()
        self.mention(message, draft.allowed_mentions)
        if message.only_for is None:
            event = message_event(self.state, message)
            self._dispatch("MESSAGE_UPDATE", event, message.channel)
        self._record(message, edited=not was_loading)

    def delete(self, message: Message) -> None:
        """Remove a message from every screen."""
        del self.state.messages[message.id]
        if message.only_for is None:
            told = {"id": message.id, "channel_id": message.channel.id} | _guild(message.channel)
            self._dispatch("MESSAGE_DELETE", told, message.channel)
        self.world.touch()

    # -- reactions

    def react(self, user: User, message: Message, emoji: str) -> None:
        """Add a reaction; doing it twice changes nothing. Raises Refused 30010 past 20 kinds."""
        if emoji not in message.reactions and len(message.reactions) >= MOST_REACTIONS:
            raise Refused(30010)
        users = message.reactions.setdefault(emoji, [])
        if user.id in users:
            return
        users.append(user.id)
        told = self._reaction(user, message, emoji)
        member = self.state.members.get(user.id)
        if member is not None and message.channel.recipient is None:
            told["member"] = member_json(member)
        told["message_author_id"] = message.author.id
        self._dispatch("MESSAGE_REACTION_ADD", told, message.channel, reactions=True)
        self.world.touch()

    def unreact(self, user: User, message: Message, emoji: str) -> bool:
        """Take a reaction back; False when there was none."""
        users = message.reactions.get(emoji, [])
        if user.id not in users:
            return False
        users.remove(user.id)
        if not users:
            del message.reactions[emoji]
        told = self._reaction(user, message, emoji)
        self._dispatch("MESSAGE_REACTION_REMOVE", told, message.channel, reactions=True)
        self.world.touch()
        return True

    def clear_reactions(self, message: Message) -> None:
        """Remove every reaction at once."""
        message.reactions.clear()
        told = {"channel_id": message.channel.id, "message_id": message.id}
        told |= _guild(message.channel)
        self._dispatch("MESSAGE_REACTION_REMOVE_ALL", told, message.channel, reactions=True)
        self.world.touch()

    def _reaction(self, user: User, message: Message, emoji: str) -> Json:
        return {
            "user_id": user.id,
            "channel_id": message.channel.id,
            "message_id": message.id,
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        } | _guild(message.channel)

    # -- polls

    def vote(self, user: User, message: Message, answer: int, *, added: bool) -> None:
        """Give one's vote to an answer, or take it back (docs: "Message Poll Vote Add")."""
        users = message.votes.setdefault(answer, [])
        (users.append if added else users.remove)(user.id)
        told = {
            "user_id": user.id,
            "channel_id": message.channel.id,
            "message_id": message.id,
            "answer_id": answer,
        } | _guild(message.channel)
        direct = message.channel.recipient is not None
        needs = Intent.DIRECT_MESSAGE_POLLS if direct else Intent.GUILD_MESSAGE_POLLS
        if self.state.can_see(self.state.bot.id, message.channel):
            word = "ADD" if added else "REMOVE"
            self.gateway.dispatch(f"MESSAGE_POLL_VOTE_{word}", told, needs)
        self.world.touch()

    def end_poll(self, message: Message) -> None:
        """Take no vote any more."""
        assert message.poll is not None  # noqa: S101  the caller's
        message.poll["ended"] = True
        self._dispatch("MESSAGE_UPDATE", message_event(self.state, message), message.channel)
        self._record(message, edited=False)

    # -- members and roles

    def join(self, user: User) -> None:
        """Enter the guild, without any role."""
        member = Member(user, self.state.now())
        self.state.members[user.id] = member
        told = member_json(member) | {"guild_id": GUILD_ID}
        self.gateway.dispatch("GUILD_MEMBER_ADD", told, Intent.GUILD_MEMBERS)
        self.world.touch()

    def leave(self, user: User) -> None:
        """Leave the guild; roles and thread memberships are gone."""
        self.state.members.pop(user.id, None)
        for channel in self.state.channels.values():
            channel.members.discard(user.id)
        told = {"guild_id": GUILD_ID, "user": user_json(user)}
        self.gateway.dispatch("GUILD_MEMBER_REMOVE", told, Intent.GUILD_MEMBERS)
        self.world.touch()

    def set_roles(self, member: Member, roles: set[str]) -> None:
        """Give a member exactly these roles."""
        if roles == member.roles:
            return
        member.roles = roles
        told = member_json(member) | {"guild_id": GUILD_ID}
        self.gateway.dispatch("GUILD_MEMBER_UPDATE", told, Intent.GUILD_MEMBERS)
        self.world.touch()

    # -- channels and threads

    def open_channel(self, name: str) -> Channel:
        """Make a text channel that everybody sees."""
        here = [c for c in self.state.channels.values() if c.type == TEXT]
        channel = Channel(self.state.snowflake(), TEXT, name, self.state.now(), len(here))
        self.state.channels[channel.id] = channel
        self.gateway.dispatch("CHANNEL_CREATE", channel_json(channel), Intent.GUILDS)
        self.world.touch()
        return channel

    def open_thread(self, channel: Channel, creator: User) -> None:
        """Make a thread known."""
        self.state.channels[channel.id] = channel
        channel.members.add(creator.id)
        if self.state.can_see(self.state.bot.id, channel):
            told = channel_json(channel) | {"newly_created": True}
            if self.state.bot.id in channel.members:
                told["member"] = thread_member_json(self.state, channel, self.state.bot.id)
            self.gateway.dispatch("THREAD_CREATE", told, Intent.GUILDS)
        self.world.touch()

    def add_to_thread(self, channel: Channel, user_id: str) -> None:
        """Add a member to a thread."""
        channel.members.add(user_id)
        self._thread_members(channel, added=[user_id])

    def remove_from_thread(self, channel: Channel, user_id: str) -> None:
        """Take a member out of a thread."""
        channel.members.discard(user_id)
        self._thread_members(channel, removed=[user_id])

    def _thread_members(
        self, channel: Channel, added: list[str] | None = None, removed: list[str] | None = None
    ) -> None:
        told: Json = {
            "id": channel.id,
            "guild_id": GUILD_ID,
            "member_count": len(channel.members),
            "added_members": [
                thread_member_json(self.state, channel, user_id)
                | {"member": member_json(self.state.members[user_id]), "presence": None}
                for user_id in added or []
            ],
            "removed_member_ids": removed or [],
        }
        if self.state.can_see(self.state.bot.id, channel):
            self.gateway.dispatch("THREAD_MEMBERS_UPDATE", told, Intent.GUILD_MEMBERS)
        self.world.touch()

    def change_thread(self, channel: Channel, **changes: object) -> None:
        """Change a thread's own settings: name, archived, locked, invitable."""
        if changes.get("archived", channel.archived) is not channel.archived:
            channel.archived_at = self.state.now()
        for name, value in changes.items():
            setattr(channel, name, value)
        if self.state.can_see(self.state.bot.id, channel):
            self.gateway.dispatch("THREAD_UPDATE", channel_json(channel), Intent.GUILDS)
        self.world.touch()

    def delete_thread(self, channel: Channel) -> None:
        """Remove a thread and everything in it."""
        del self.state.channels[channel.id]
        for message in [m for m in self.state.messages.values() if m.channel is channel]:
            del self.state.messages[message.id]
        told = {
            "id": channel.id,
            "guild_id": GUILD_ID,
            "parent_id": channel.parent.id if channel.parent else None,
            "type": channel.type,
        }
        self.gateway.dispatch("THREAD_DELETE", told, Intent.GUILDS)
        self.world.touch()


def _kind(draft: Draft) -> int:
    """Docs: Resources / Message, "Message Types": a reply, a command's answer, or neither."""
    if draft.reference is not None:
        return 19
    return 20 if draft.interaction is not None and draft.interaction["type"] == 2 else 0


def _guild(channel: Channel) -> Json:
    return {} if channel.recipient is not None else {"guild_id": GUILD_ID}
