"""The methods about chats and who is in them: members, join requests, restrictions, links."""

from bots.sandbox.telegram import rules, screen
from bots.sandbox.telegram.events import Events
from bots.sandbox.telegram.refusals import Json, bad
from bots.sandbox.telegram.shapes import Call, malformed
from bots.sandbox.telegram.state import (
    MEMBER,
    Chat,
    Link,
    Membership,
    Post,
    State,
    User,
)
from bots.sandbox.telegram.vocabulary import PERMISSIONS
from bots.sandbox.telegram.wire import full_chat_json, link_json, member_json, user_json

MAY_RESTRICT = "not enough rights to restrict/unrestrict chat member"


class Groups:
    """Membership as the platform keeps it; every change is told through `events`."""

    def __init__(self, state: State, events: Events) -> None:
        self.state = state
        self.events = events

    # --- look

    def get_chat(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#getchat ."""
        return full_chat_json(rules.readable(self.state, call.text("chat_id")), self.state)

    def get_chat_member(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#getchatmember ."""
        chat = rules.readable(self.state, call.text("chat_id"))
        user = rules.person(self.state, call)
        return member_json(user, self.lift(chat, user))

    def get_chat_administrators(self, call: Call) -> list[Json]:
        """https://core.telegram.org/bots/api#getchatadministrators ; other bots left out."""
        chat = rules.group(self.state, call.text("chat_id"))
        return [
            member_json(self.state.users[number], standing)
            for number, standing in chat.members.items()
            if standing.is_admin and (number != self.state.bot.id or call.flag("return_bots"))
        ]

    def get_chat_member_count(self, call: Call) -> int:
        """https://core.telegram.org/bots/api#getchatmembercount ."""
        chat = rules.readable(self.state, call.text("chat_id"))
        if chat.kind == "private":
            return 2
        return sum(standing.present for standing in chat.members.values())

    def leave_chat(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#leavechat ."""
        chat = rules.group(self.state, call.text("chat_id"))
        self.change(chat, self.state.bot, Membership(), by=self.state.bot)
        return True

    # --- come in

    def approve_chat_join_request(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#approvechatjoinrequest ."""
        chat, user = self._requested(call)
        self.admit(chat, user, by=self.state.bot)
        return True

    def decline_chat_join_request(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#declinechatjoinrequest ."""
        chat, user = self._requested(call)
        del chat.requests[user.id]
        user.contact_until = 0.0
        return True

    def _requested(self, call: Call) -> tuple[Chat, User]:
        chat = rules.group(self.state, call.text("chat_id"))
        rules.need(self.state, chat, "can_invite_users", bad("not enough rights"))
        user = rules.person(self.state, call)
        if user.id not in chat.requests:
            present = chat.standing(user).present
            raise bad("USER_ALREADY_PARTICIPANT" if present else "HIDE_REQUESTER_MISSING")
        return chat, user

    def admit(self, chat: Chat, user: User, by: User) -> None:
        """Let somebody in who asked; the bot may no longer write to them first."""
        link = chat.requests.pop(user.id)
        user.contact_until = 0.0
        link.used += 1
        self.change(chat, user, MEMBER, by=by, link=link)
        self.announce(chat, user, "new_chat_members")

    def export_chat_invite_link(self, call: Call) -> str:
        """https://core.telegram.org/bots/api#exportchatinvitelink : a new primary link."""
        chat = self._inviting(call)
        chat.links = [link for link in chat.links if not link.primary]
        return self.link(chat, self.state.bot, primary=True).url

    def create_chat_invite_link(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#createchatinvitelink ."""
        chat, name, limit = self._inviting(call), call.text("name"), call.number("member_limit")
        if len(name) > 32:
            raise malformed("invite link name is too long")
        asks = call.flag("creates_join_request")
        if asks and limit:
            raise malformed(
                "member limit can't be specified for links requiring administrator approval"
            )
        link = self.link(chat, self.state.bot, asks=asks)
        link.name, link.limit, link.expires = name, limit, call.number("expire_date")
        return link_json(link)

    def _inviting(self, call: Call) -> Chat:
        chat = rules.group(self.state, call.text("chat_id"))
        refusal = bad("not enough rights to manage chat invite link")
        rules.need(self.state, chat, "can_invite_users", refusal)
        return chat

    def link(self, chat: Chat, by: User, *, asks: bool = False, primary: bool = False) -> Link:
        """A new invite link of `chat`; a primary one asks when the group approves requests."""
        number = sum(len(c.links) for c in self.state.chats.values()) + 1
        url = f"https://t.me/+Amicale{abs(chat.id) % 1000:03d}x{number:06d}"
        link = Link(url, by, asks or (primary and chat.asks_to_join), primary=primary)
        chat.links.append(link)
        return link

    # --- restrict

    def restrict_chat_member(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#restrictchatmember ; all permissions lift it."""
        chat = rules.supergroup(self.state, call.text("chat_id"))
        user, old = self._target(chat, call)
        given = call.values["permissions"]
        granted = frozenset(name for name in PERMISSIONS if given.get(name))
        if given.get("can_send_messages") and "can_react_to_messages" not in given:
            granted |= {"can_react_to_messages"}
        if granted >= frozenset(PERMISSIONS) - {"can_react_to_messages", "can_edit_tag"}:
            new = MEMBER if old.present else Membership()
        else:
            new = Membership(
                "restricted",
                permissions=granted,
                present=old.present,
                until=call.number("until_date"),
            )
        self.change(chat, user, new, by=self.state.bot)
        return True

    def ban_chat_member(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#banchatmember ."""
        chat = rules.group(self.state, call.text("chat_id"))
        user, old = self._target(chat, call)
        chat.requests.pop(user.id, None)
        banned = Membership("kicked", until=call.number("until_date"))
        self.change(chat, user, banned, by=self.state.bot)
        if old.present:
            self.announce(chat, user, "left_chat_member", by=self.state.bot)
        if call.flag("revoke_messages"):
            for post in [p for p in chat.posts.values() if p.sender is user]:
                del chat.posts[post.id]
        return True

    def unban_chat_member(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#unbanchatmember ; removes a member who is in."""
        chat = rules.supergroup(self.state, call.text("chat_id"))
        user, old = self._target(chat, call)
        if old.status == "kicked" or (old.present and not call.flag("only_if_banned")):
            self.change(chat, user, Membership(), by=self.state.bot)
        return True

    def _target(self, chat: Chat, call: Call) -> tuple[User, Membership]:
        rules.need(self.state, chat, "can_restrict_members", bad(MAY_RESTRICT))
        user = rules.person(self.state, call)
        standing = chat.standing(user)
        if user is self.state.bot:
            raise bad("can't restrict self")
        if standing.status == "creator":
            raise bad("can't remove chat owner")
        if standing.status == "administrator":
            raise bad("user is an administrator of the chat")
        return user, standing

    # --- shared with what people do themselves

    def change(
        self, chat: Chat, user: User, new: Membership, *, by: User, link: Link | None = None
    ) -> None:
        """Give `user` a new standing and tell whom it concerns."""
        old = chat.standing(user)
        if old == new:
            return
        chat.members[user.id] = new
        self.events.membership(chat, user, by, old, link)
        self.state.world.touch()

    def announce(self, chat: Chat, user: User, what: str, by: User | None = None) -> None:
        """The service message of an arrival or departure."""
        value: object = user_json(user)
        said = "a quitté le groupe"
        if what == "new_chat_members":
            value, said = [value], "a rejoint le groupe"
        elif by is not None and by is not user:
            said = "a été retiré du groupe"
        self.service(chat, by or user, {what: value}, f"{user.name} {said}")

    def service(
        self, chat: Chat, by: User, fields: Json, said: str, topic: int | None = None
    ) -> Post:
        """A message that the platform itself writes; `said` is what people read."""
        number = self.state.next_id(chat)
        order, at = self.state.next_order(), self.state.world.now()
        post = Post(chat, number, order, at, by, said, topic=topic, service=fields)
        chat.posts[number] = post
        screen.show(post, self.state)
        self.events.posted(post)
        return post

    def lift(self, chat: Chat, user: User) -> Membership:
        """The standing of `user`, a restriction or ban whose time is over taken away."""
        standing = chat.standing(user)
        over = 0 < standing.until <= self.state.world.now().timestamp()
        if over and standing.status in {"restricted", "kicked"}:
            chat.members[user.id] = MEMBER if standing.present else Membership()
        return chat.standing(user)
