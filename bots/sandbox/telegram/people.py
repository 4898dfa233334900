"""A person in a Telegram application: every verb does what the application lets one do."""

import asyncio
import re
from collections.abc import Mapping
from mimetypes import guess_type
from typing import TYPE_CHECKING
from urllib.parse import urlparse

from bots.sandbox.people import CannotDo, Seen, SeenForm
from bots.sandbox.telegram import screen
from bots.sandbox.telegram.drafts import CAPTION_LIMIT, TEXT_LIMIT
from bots.sandbox.telegram.entities import clean, detect, units
from bots.sandbox.telegram.posting import DELETABLE, plain_emoji, reply, start_parameter
from bots.sandbox.telegram.refusals import Json
from bots.sandbox.telegram.shapes import Upload
from bots.sandbox.telegram.state import MEMBER, Chat, Media, Membership, Post, Query, User
from bots.sandbox.telegram.vocabulary import REACTIONS

if TYPE_CHECKING:
    from bots.sandbox.telegram.sandbox import TelegramSandbox

CONTACT_SECONDS = 300.0  # https://core.telegram.org/bots/api#chatjoinrequest
SKIP = ("passer", "skip")
ANSWER_SECONDS, AFTER_SECONDS = 5.0, 0.3


class TelegramPerson:
    """Somebody with a Telegram account; ids are the account's."""

    def __init__(self, sandbox: "TelegramSandbox", user: User) -> None:
        self.sandbox = sandbox
        self.state = sandbox.state
        self.user = user
        self.name = user.name
        self.id = str(user.id)
        self.visited: list[str] = []  # addresses opened in a browser

    @property
    def form(self) -> SeenForm | None:
        """Telegram has no forms."""
        return None

    @property
    def waiting(self) -> tuple[str, ...]:
        """Labels of pressed buttons that still spin because the bot has not answered."""
        return tuple(
            query.label
            for query in self.state.queries.values()
            if query.user is self.user
            and not query.answered
            and not self.sandbox.posting.expired(query)
        )

    # --- coming and going

    async def joins(self) -> None:
        """Follow the main group's invite link: come in, or ask to when requests are approved."""
        links = [link.url for link in self.sandbox.main.links if link.primary]
        self.open(links[0])

    async def leaves(self) -> None:
        """Leave every group of the community."""
        chats = [c for c in self._groups() if c.standing(self.user).present]
        if not chats:
            raise CannotDo(f"{self.name} is in no group")
        for chat in chats:
            self.sandbox.groups.change(chat, self.user, Membership(), by=self.user)
            self.sandbox.groups.announce(chat, self.user, "left_chat_member")

    async def starts(self, parameter: str = "") -> None:
        """Open the bot's chat and press Start: sends `/start parameter`."""
        self._start(parameter)

    async def follows(self, url: str) -> None:
        """Open a t.me link: the bot's chat (then press Start), or an invitation."""
        self.open(url)

    def open(self, url: str) -> None:
        """What a click on `url` does; addresses outside Telegram go to the browser."""
        parameter = start_parameter(url, self.state.bot.username)
        if parameter is not None:
            self._start(parameter)
        elif urlparse(url).netloc == "t.me":
            self._accept_invitation(url)
        else:
            self.visited.append(url)

    def _start(self, parameter: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", parameter):
            raise CannotDo(f"a deep link carries 1 to 64 of A-Za-z0-9_-, not {parameter!r}")
        if self.user.blocked:
            self._block(blocked=False)
        self.user.started = True
        self._write(self.state.private(self.user), f"/start {parameter}".strip())

    def _accept_invitation(self, url: str) -> None:
        chat, link = next(
            ((c, k) for c in self._groups() for k in c.links if k.url == url), (None, None)
        )
        if chat is None or link is None:
            raise CannotDo(f"{url} leads nowhere")
        standing = self.sandbox.groups.lift(chat, self.user)
        if standing.present or standing.status == "kicked":
            raise CannotDo(f"{self.name} is {standing.status} in {chat.title}")
        full = link.limit and link.used >= link.limit
        late = link.expires and link.expires <= self.state.world.now().timestamp()
        if full or late:
            raise CannotDo("the invite link has expired")
        if link.asks:
            if self.user.id in chat.requests:
                raise CannotDo(f"{self.name} already asked to join {chat.title}")
            chat.requests[self.user.id] = link
            if self.sandbox.events.asked_to_join(chat, self.user, link):
                self.user.contact_until = asyncio.get_running_loop().time() + CONTACT_SECONDS
            return
        link.used += 1
        chat.requests.pop(self.user.id, None)
        muted = standing.status == "restricted"
        new = Membership("restricted", permissions=standing.permissions, present=True)
        groups = self.sandbox.groups
        groups.change(chat, self.user, new if muted else MEMBER, by=self.user, link=link)
        groups.announce(chat, self.user, "new_chat_members")

    async def refuses_direct_messages(self, *, refuses: bool = True) -> None:
        """Block or unblock the bot."""
        if refuses != self.user.blocked:
            self._block(blocked=refuses)

    def _block(self, *, blocked: bool) -> None:
        self.user.blocked = blocked
        if self.user.started:
            self.sandbox.events.blocked(self.user)

    # --- writing

    async def says(
        self, text: str, *, channel: str | None = None, reply_to: Seen | None = None
    ) -> Seen:
        """Write; a first word to the bot presses Start before, as the application asks for."""
        if reply_to is not None:
            answered = self._post(reply_to)
            return self._write(answered.chat, text, answered.topic, answered)
        if channel is not None:
            chat, topic = self._channel(channel)
            return self._write(chat, text, topic)
        return self._write(self._opened(), text)

    async def sends(
        self, name: str, content: bytes, *, caption: str = "", channel: str | None = None
    ) -> Seen:
        """Send a document with its caption, privately unless `channel` is named."""
        chat, topic = self._channel(channel) if channel else (self._opened(), None)
        upload = Upload(name, guess_type(name)[0] or "application/octet-stream", content)
        media = self.sandbox.posting.drafts.keep("document", upload)
        return self._write(chat, caption, topic, media=media)

    def _opened(self) -> Chat:
        private = self.state.private(self.user)
        if self.user.blocked:
            raise CannotDo("the bot is blocked: the application only offers to restart it")
        if not private.posts:
            self._start("")
        return private

    def _write(
        self,
        chat: Chat,
        text: str,
        topic: int | None = None,
        answered: Post | None = None,
        media: Media | None = None,
    ) -> Seen:
        text = clean(text).strip()
        most = CAPTION_LIMIT if media else TEXT_LIMIT
        if not (text or media) or units(text) > most:
            raise CannotDo(f"a message has 1 to {most} characters, not {units(text)}")
        self._may_write(chat, topic)
        if chat.kind == "private":
            self.user.started = True
        state = self.state
        number, order, at = state.next_id(chat), state.next_order(), state.world.now()
        post = Post(chat, number, order, at, self.user, text, detect(text, []), topic, media=media)
        reply(post, answered)
        chat.posts[number] = post
        screen.show(post, state)
        self.sandbox.events.posted(post)
        return screen.seen(post, state)

    def _may_write(self, chat: Chat, topic: int | None) -> None:
        standing = self.sandbox.groups.lift(chat, self.user)
        if not standing.present:
            raise CannotDo(f"{self.name} is not in {chat.title}")
        if standing.status == "restricted" and "can_send_messages" not in standing.permissions:
            raise CannotDo(f"{self.name} may not write in {chat.title}")
        if topic in chat.topics and chat.topics[topic].closed and not standing.is_admin:
            raise CannotDo(f"the topic {chat.topics[topic].name} is closed")

    async def edits(self, message: Seen, text: str) -> None:
        """Change one's own message, within 48 hours."""
        post, text = self._own(message), clean(text).strip()
        if self.state.world.now() - post.at > DELETABLE:
            raise CannotDo("a message can be changed for 48 hours")
        if not text or text == post.text or units(text) > TEXT_LIMIT:
            raise CannotDo("nothing to change, or too long")
        post.text, post.entities = text, detect(text, [])
        post.edited_at, post.revised = self.state.world.now(), self.state.next_order()
        screen.show(post, self.state)
        self.sandbox.events.posted(post, edited=True)

    async def deletes(self, message: Seen) -> None:
        """Delete one's own message; Telegram tells no bot about it."""
        post = self._own(message)
        del post.chat.posts[post.id]
        self.state.world.touch()

    def _own(self, message: Seen) -> Post:
        post = self._post(message)
        if post.sender is not self.user or post.service:
            raise CannotDo(f"this message is {post.sender.name}'s")
        return post

    # --- reacting, pressing, running

    async def reacts(self, message: Seen, emoji: str) -> None:
        """React; only Telegram's own list is offered, and a second reaction replaces the first."""
        wanted = plain_emoji(emoji)
        if wanted not in REACTIONS:
            raise CannotDo(f"Telegram does not offer {emoji}, only {' '.join(REACTIONS)}")
        self._react(message, wanted)

    async def unreacts(self, message: Seen, emoji: str) -> None:
        """Take one's reaction back."""
        if self._post(message).reactions.get(self.user.id) != plain_emoji(emoji):
            raise CannotDo(f"{self.name} did not react with {emoji}")
        self._react(message, "")

    def _react(self, message: Seen, emoji: str) -> None:
        post = self._post(message)
        standing = post.chat.standing(self.user)
        if standing.status == "restricted" and "can_react_to_messages" not in standing.permissions:
            raise CannotDo(f"{self.name} may not react in {post.chat.title}")
        old = post.reactions.pop(self.user.id, "")
        if emoji:
            post.reactions[self.user.id] = emoji
        if old != emoji:
            self.sandbox.events.reacted(post, self.user, old, emoji)
            self.state.world.touch()

    async def presses(self, label: str, *, on: Seen | None = None) -> None:
        """Press a button of an inline keyboard; it spins until the bot answers (`waiting`)."""
        posts = [self._post(on)] if on else [*self.state.visible(self.user)][::-1]
        for shape in (str, str.lower):
            for post in posts:
                for button in (b for row in post.keyboard for b in row):
                    if shape(button["text"]) == shape(label):
                        self._press(post, button)
                        return
        offered = sorted({b["text"] for p in posts for row in p.keyboard for b in row})
        raise CannotDo(f"{self.name} sees no button {label!r}, only {offered}")

    async def votes(self, choice: str, *, on: Seen | None = None) -> None:
        """Choose an option of a poll; once more retracts the vote."""
        for post in [self._post(on)] if on else [*self.state.visible(self.user)][::-1]:
            poll = post.poll
            if poll is None or poll.closed or choice not in poll.options:
                continue
            number, held = poll.options.index(choice), poll.votes.pop(self.user.id, ())
            if held and not poll.revoting:
                raise CannotDo("a vote in this poll is final")
            kept = tuple(each for each in held if each != number) if poll.several else ()
            chosen = kept if number in held else tuple(sorted((*kept, number)))
            if chosen:
                poll.votes[self.user.id] = chosen
            self.sandbox.events.voted(poll, self.user, chosen)
            self.state.world.touch()
            return
        raise CannotDo(f"{self.name} sees no open poll with the option {choice!r}")

    def _press(self, post: Post, button: Json) -> None:
        if "url" in button:
            self.open(button["url"])
            return
        if "callback_data" not in button:
            raise CannotDo(f"{button['text']} does something that this stand-in has not")
        at = asyncio.get_running_loop().time()
        number = str(4_382_000_000_000_000_000 + len(self.state.queries))
        query = Query(number, self.user, post, button["text"], at)
        self.state.queries[number] = query
        self.sandbox.events.pressed(query, button["callback_data"])
        self.state.world.touch()

    async def runs(self, command: str, *, channel: str | None = None) -> None:
        """Send `/command …`, privately unless `channel` is named; it must be in a menu."""
        name = command.split(maxsplit=1)[0].removeprefix("/").partition("@")[0]
        published = self.sandbox.profile.published()
        if name not in published | {"start"}:
            raise CannotDo(f"no command /{name}, only {sorted(published)}")
        if name == "start" and channel is None:
            self._start(command.partition(" ")[2])
            return
        await self.says(command, channel=channel)

    # --- answering questions one by one

    async def fills(self, answers: Mapping[str, str]) -> None:
        """Answer the bot's questions in the private chat until all `answers` are given.

        A question is the newest message of the bot there when it holds a label of `answers`, or
        a button "Passer" / "Skip", which is pressed when none of the labels is in it.
        """
        left, done = dict(answers), 0
        while True:
            patience = ANSWER_SECONDS if left else AFTER_SECONDS
            if not await self.state.world.until(
                lambda: self._question(left, done) is not None,  # noqa: B023  read at once
                seconds=patience,
            ):
                break
            post = self._question(left, done)
            if post is None:
                continue
            done = max(post.order, post.revised)
            await self._answer(post, left)
        if left:
            last = self._asked()
            shown = last.text if last else "nothing"
            raise CannotDo(f"nobody asked {self.name} for {sorted(left)}; last shown: {shown!r}")

    def _asked(self) -> Post | None:
        posts = [p for p in self.state.private(self.user).posts.values() if p.sender.is_bot]
        return max(posts, key=lambda p: max(p.order, p.revised), default=None)

    def _question(self, left: Mapping[str, str], done: int) -> Post | None:
        post = self._asked()
        if post is None or max(post.order, post.revised) <= done:
            return None
        return post if _label(post, left) or _skip(post) else None

    async def _answer(self, post: Post, left: dict[str, str]) -> None:
        label = _label(post, left)
        if label is None:
            self._press(post, _skip(post))
            return
        answer = left.pop(label)
        for button in (b for row in post.keyboard for b in row):
            if button["text"] == answer:
                self._press(post, button)
                return
        await self.says(answer)

    # --- looking

    def sees(self) -> tuple[Seen, ...]:
        """All that can be read now, and the notifications that popped up, oldest first."""
        shown = [
            (post.order, screen.seen(post, self.state)) for post in self.state.visible(self.user)
        ]
        mine = [toast for toast in self.state.toasts if toast[1].private_to == self.name]
        return tuple(seen for _, seen in sorted([*shown, *mine], key=lambda pair: pair[0]))

    def links(self, message: Seen) -> tuple[str, ...]:
        """The addresses behind a message's words and buttons, in reading order."""
        post = self._post(message)
        worded = [e["url"] for e in post.entities if e["type"] == "text_link"]
        return (*worded, *(b["url"] for row in post.keyboard for b in row if "url" in b))

    def _groups(self) -> list[Chat]:
        return [c for c in self.state.chats.values() if c.kind != "private" and not c.upgraded_to]

    def _channel(self, name: str) -> tuple[Chat, int | None]:
        main, known = self.sandbox.main, self.sandbox.channel_ids
        for chat in self._groups():
            topic = chat.topic_named(name)
            if topic is not None:
                return chat, topic.id
            if chat.channel == name:
                return chat, None
        if known.get(name) == str(main.id):
            return main, None
        raise CannotDo(f"no channel {name!r}, only {sorted(known)}")

    def _post(self, message: Seen) -> Post:
        for post in self.state.visible(self.user):
            if str(post.id) == message.id and screen.channel_name(post) == message.channel:
                return post
        raise CannotDo(f"{self.name} cannot see that message: {message.text[:60]!r}")


def _label(post: Post, left: Mapping[str, str]) -> str | None:
    """The label a line of this message begins with: elsewhere it is only a word of a sentence."""
    lines = [line.strip().lower() for line in post.text.splitlines()]
    found = (label for label in left if any(line.startswith(label.lower()) for line in lines))
    return max(found, key=len, default=None)


def _skip(post: Post) -> Json:
    return next((b for row in post.keyboard for b in row if b["text"].lower() in SKIP), {})
