"""Which happenings the platform tells a bot about, and what has to be true for that."""

from bots.sandbox.telegram.feed import Feed
from bots.sandbox.telegram.refusals import Json
from bots.sandbox.telegram.state import Chat, Link, Membership, Poll, Post, Query, State, User
from bots.sandbox.telegram.wire import (
    chat_json,
    link_json,
    member_json,
    post_json,
    stamp,
    user_json,
)


class Events:
    """Turns happenings into updates. `reads_all` is off in privacy mode; `anonymous` hides who
    reacted.
    """  # noqa: D205  one thought

    def __init__(
        self, state: State, feed: Feed, *, reads_all: bool = True, anonymous: bool = False
    ) -> None:
        self.state = state
        self.feed = feed
        self.reads_all = reads_all
        self.anonymous = anonymous

    def posted(self, post: Post, *, edited: bool = False) -> None:
        """A message by a person; never the bot's own."""
        if post.sender.is_bot or not self._reads(post):
            return
        post.sender.known = True
        self.feed.push("edited_message" if edited else "message", post_json(post, self.state))

    def _reads(self, post: Post) -> bool:
        """Privacy mode: commands, replies to the bot and service messages, unless administrator.

        https://core.telegram.org/bots/features#privacy-mode
        """
        standing = post.chat.standing(self.state.bot)
        if post.chat.kind == "private" or (standing.present and self.reads_all):
            return True
        if not standing.present or standing.is_admin or post.service:
            return standing.present
        answered = post.chat.posts.get(post.reply_to or 0)
        return post.text.startswith("/") or (answered is not None and answered.sender.is_bot)

    def membership(
        self, chat: Chat, who: User, by: User, old: Membership, link: Link | None = None
    ) -> None:
        """Somebody's standing changed: the bot's own always, another's when it is administrator.

        https://core.telegram.org/bots/api#update
        """
        own = who is self.state.bot
        if not own and not chat.standing(self.state.bot).is_admin:
            return
        who.known = by.known = True
        body: Json = {
            "chat": chat_json(chat, self.state),
            "from": user_json(by),
            "date": stamp(self.state.world.now()),
            "old_chat_member": member_json(who, old),
            "new_chat_member": member_json(who, chat.standing(who)),
        }
        if link is not None:
            body |= {"invite_link": link_json(link), "via_join_request": link.asks}
        self.feed.push("my_chat_member" if own else "chat_member", body)

    def blocked(self, person: User) -> None:
        """A person blocked or unblocked the bot: its standing in their private chat changed."""
        old, new = (Membership(s) for s in ("member", "kicked"))
        if not person.blocked:
            old, new = new, old
        body = {
            "chat": chat_json(self.state.private(person), self.state),
            "from": user_json(person),
            "date": stamp(self.state.world.now()),
            "old_chat_member": member_json(self.state.bot, old),
            "new_chat_member": member_json(self.state.bot, new),
        }
        self.feed.push("my_chat_member", body)

    def asked_to_join(self, chat: Chat, who: User, link: Link) -> bool:
        """A join request; true when the bot has the right to hear of it (can_invite_users)."""
        if not chat.standing(self.state.bot).may("can_invite_users"):
            return False
        who.known = True
        body = {
            "chat": chat_json(chat, self.state),
            "from": user_json(who),
            "user_chat_id": who.id,
            "date": stamp(self.state.world.now()),
            "invite_link": link_json(link),
        }
        self.feed.push("chat_join_request", body)
        return True

    def reacted(self, post: Post, who: User, old: str, new: str) -> None:
        """A reaction changed; told to administrators only, and never a bot's.

        https://core.telegram.org/bots/api#messagereactionupdated
        """
        standing = post.chat.standing(self.state.bot)
        if who.is_bot or not (post.chat.kind == "private" or standing.is_admin):
            return
        body: Json = {
            "chat": chat_json(post.chat, self.state),
            "message_id": post.id,
            "date": stamp(self.state.world.now()),
        }
        if self.anonymous:
            given = list(post.reactions.values())
            counts = [
                {"type": _emoji(emoji), "total_count": given.count(emoji)}
                for emoji in sorted(set(given))
            ]
            self.feed.push("message_reaction_count", body | {"reactions": counts})
            return
        who.known = True
        body |= {
            "user": user_json(who),
            "old_reaction": [_emoji(old)] if old else [],
            "new_reaction": [_emoji(new)] if new else [],
        }
        self.feed.push("message_reaction", body)

    def voted(self, poll: Poll, who: User, chosen: tuple[int, ...]) -> None:
        """Somebody changed their vote; told of the bot's own polls where votes are public.

        https://core.telegram.org/bots/api#pollanswer
        """
        if poll.anonymous:
            return
        who.known = True
        body = {
            "poll_id": poll.id,
            "user": user_json(who),
            "option_ids": list(chosen),
            "option_persistent_ids": [str(at) for at in chosen],
        }
        self.feed.push("poll_answer", body)

    def pressed(self, query: Query, data: str) -> None:
        """A callback button was pressed."""
        query.user.known = True
        body = {
            "id": query.id,
            "from": user_json(query.user),
            "message": post_json(query.post, self.state),
            "chat_instance": str(abs(query.post.chat.id) * 7919),
            "data": data,
        }
        self.feed.push("callback_query", body)


def _emoji(emoji: str) -> Json:
    return {"type": "emoji", "emoji": emoji}
