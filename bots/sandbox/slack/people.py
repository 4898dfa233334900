"""Somebody in Slack's own client: what they see, and what it lets them do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bots.sandbox.people import CannotDo, Seen, SeenForm

from . import emoji, forms, payloads, reading
from .state import BOT_USER, Conversation, Json, Post, StoredFile, User, View

if TYPE_CHECKING:
    from .server import SlackSandbox

_ADDRESS = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?)]")
TEXT_MAX = 40_000
COMMAND_MAX = 4_000


class SlackPerson:
    """One person of the workspace (`bots.sandbox.people.Person`), with Slack's Home tab.

    `answered` says whether the app acknowledged the last press, command or form within its three
    seconds: None while that is open.
    """

    def __init__(self, sandbox: SlackSandbox, user: User) -> None:
        self.name = user.name
        self.id = user.id
        self.user = user
        self.answered: bool | None = None
        self._sandbox = sandbox
        self._ws = sandbox.workspace
        self._home_in_front = False

    # Seeing

    @property
    def form(self) -> SeenForm | None:
        """The modal open in front of this person."""
        return forms.shown(self._stack[-1]) if self._stack else None

    @property
    def _stack(self) -> list[View]:
        return self._ws.stacks.get(self.id, [])

    @property
    def home(self) -> tuple[str, ...]:
        """The Home tab: its texts top to bottom, then its buttons' labels; () before it is set."""
        read = self._home_reading()
        return (*read.lines, *(b.label for b in read.buttons)) if read else ()

    def _home_reading(self) -> reading.Reading | None:
        view = self._ws.homes.get(self.id)
        return reading.read(view.payload["blocks"], self._ws.name) if view else None

    def _posts(self) -> list[Post]:
        if not self.user.here:
            return []
        return [post for post in self._ws.posts.values() if self._ws.can_see(self.id, post)]

    def sees(self) -> tuple[Seen, ...]:
        """Everything this person can read now, oldest first."""
        return tuple(self._ws.seen(post) for post in self._posts())

    # Coming and going

    async def joins(self) -> None:
        """Join the workspace and its default channels."""
        if self.user.here:
            raise CannotDo(f"{self.name} is in the workspace already")
        rooms = [self._ws.channel_named(name) for name in self._sandbox.rooms_of(self.user)]
        self._ws.arrive(self.user, [room for room in rooms if room])

    async def leaves(self) -> None:
        """Have one's account deactivated."""
        self._present()
        self._ws.depart(self.user)

    async def joins_channel(self, name: str) -> None:
        """Enter a public channel."""
        self._present()
        channel = self._ws.channel_named(name)
        if channel is None or channel.kind != "channel":
            public = [c.name for c in self._ws.channels.values() if c.kind == "channel"]
            raise CannotDo(f"no public channel {name!r}, only {public}")
        self._ws.enter(channel, self.id)

    async def leaves_channel(self, name: str) -> None:
        """Leave a channel."""
        self._ws.exit(self._channel(name), self.id)

    async def refuses_direct_messages(self, *, refuses: bool = True) -> None:
        """Slack lets nobody close their door to an app of the workspace."""
        if refuses:
            raise CannotDo(
                "Slack has no such setting for a person; "
                "the app's own is SlackSandbox(messages_tab=False)"
            )

    def _present(self) -> None:
        if not self.user.here:
            raise CannotDo(f"{self.name} is not in the workspace")

    def _channel(self, name: str | None) -> Conversation:
        self._present()
        if name is None or name == "privé":
            return self._ws.direct(self.id)
        channel = self._ws.channel_named(name)
        if channel is None or self.id not in channel.members:
            mine = [c.name for c in self._ws.channels.values() if self.id in c.members]
            raise CannotDo(f"{self.name} is not in {name!r}, only in {mine}")
        return channel

    def _post(self, message: Seen) -> Post:
        post = self._ws.posts.get(message.id)
        if post is None or not self._ws.can_see(self.id, post):
            raise CannotDo(f"{self.name} does not see {message.text[:60]!r}")
        return post

    # Writing

    async def says(
        self, text: str, *, channel: str | None = None, reply_to: Seen | None = None
    ) -> Seen:
        """Write in a channel, under a message, or privately to the bot."""
        if reply_to is not None:
            under = self._post(reply_to)
            if under.ephemeral_to:
                raise CannotDo("an ephemeral message has no thread")
            thread, where = under.thread_ts or under.ts, self._ws.channels[under.channel]
            self._present()
        else:
            thread, where = None, self._channel(channel)
        if not text.strip() or len(text) > TEXT_MAX:
            raise CannotDo(f"Slack sends 1 to {TEXT_MAX} characters, not {len(text)}")
        self._home_in_front = False
        words = self._typed(text)
        post = self._ws.post(where, self.id, words, thread_ts=thread, **self._by_hand(words))
        return self._ws.seen(post)

    def _by_hand(self, words: str) -> Json:
        blocks = payloads.rich_text(words, self._ws.fresh("b"))
        return {"blocks": blocks, "client_msg_id": self._ws.client_id()}

    async def shares(
        self, filename: str, content: bytes = b"?", *, channel: str | None = None, text: str = ""
    ) -> Seen:
        """Share a picture or document (a message of subtype file_share)."""
        where = self._channel(channel)
        file = StoredFile(self._ws.fresh("F"), filename, len(content), content=content)
        file.complete = True
        self._ws.files[file.id] = file
        shape = payloads.file_object(file, self.id, self._ws.address)
        words = self._typed(text)
        post = self._ws.post(where, self.id, words, files=[shape], subtype="file_share")
        return self._ws.seen(post)

    def _typed(self, text: str) -> str:
        """What Slack's client makes of typed text: escapes, mentions, links, emoji names."""
        words = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        words = _ADDRESS.sub(lambda m: f"<{m[0]}>", words)
        words = re.sub(r"(?<![\w<])@(channel|here|everyone)\b", r"<!\1>", words)
        for user in sorted(self._ws.users.values(), key=lambda u: -len(u.name)):
            if user.here:
                words = re.sub(rf"(?<![\w<])@{re.escape(user.name)}\b", f"<@{user.id}>", words)
        for channel in self._ws.channels.values():
            if channel.kind == "channel":
                pattern = rf"(?<![\w<&])#{re.escape(channel.name)}\b"
                words = re.sub(pattern, f"<#{channel.id}|{channel.name}>", words)
        return emoji.typed(words)

    async def edits(self, message: Seen, text: str) -> None:
        """Change one's own message."""
        post = self._own(message)
        words = self._typed(text)
        self._ws.edit(post, text=words, blocks=payloads.rich_text(words, self._ws.fresh("b")))

    async def deletes(self, message: Seen) -> None:
        """Delete one's own message."""
        self._ws.delete(self._own(message))

    def _own(self, message: Seen) -> Post:
        post = self._post(message)
        if post.user != self.id:
            raise CannotDo(f"this message is {message.author}'s, not {self.name}'s")
        return post

    async def reacts(self, message: Seen, emoji: str) -> None:
        """Add a reaction."""
        self._react(message, emoji, added=True)

    async def unreacts(self, message: Seen, emoji: str) -> None:
        """Take a reaction back."""
        self._react(message, emoji, added=False)

    def _react(self, message: Seen, sign: str, *, added: bool) -> None:
        post = self._post(message)
        if post.ephemeral_to:
            raise CannotDo("nobody can react to an ephemeral message")
        try:
            name = emoji.name_of(sign)
        except ValueError as fault:
            raise CannotDo(str(fault)) from fault
        if not self._ws.react(post, self.id, name, added=added):
            raise CannotDo(f"{self.name} has {'already' if added else 'not'} reacted with {sign}")

    # Acting

    async def opens_home(self) -> None:
        """Open the app's Home tab."""
        self._present()
        self._home_in_front = True
        event: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self._ws.direct(self.id).id,
            "tab": "home",
            "event_ts": self._ws.stamp()[0],
        }
        view = self._ws.homes.get(self.id)
        self._ws.emit(event | ({"view": payloads.view_object(view)} if view else {}))

    async def closes_form(self) -> None:
        """Close the modal without sending it."""
        if not self._stack:
            raise CannotDo(f"{self.name} has no form open")
        self._sandbox.interactions.closed(self._stack.pop())
        self._ws.world.touch()

    async def presses(self, label: str, *, on: Seen | None = None) -> None:
        """Press a button of a message, of the open modal, or of the Home tab."""
        self._present()
        labels: list[str] = []
        for place, read in self._surfaces(on):
            for button in read.buttons:
                if button.label == label:
                    self._press(place, button)
                    return
                labels.append(button.label)
        shown = list(dict.fromkeys(labels))[:20]
        raise CannotDo(f"{self.name} sees no button {label!r}, only {shown}")

    def _surfaces(self, on: Seen | None) -> list[tuple[Post | View, reading.Reading]]:
        """Where a button could be, nearest first."""
        if on is not None:
            post = self._post(on)
            return [(post, self._ws.reading(post))]
        found: list[tuple[Post | View, reading.Reading]] = []
        if self._stack:
            view = self._stack[-1]
            found.append((view, reading.read(view.payload["blocks"], self._ws.name)))
        found += [(post, self._ws.reading(post)) for post in reversed(self._posts())]
        home, view_at_home = self._home_reading(), self._ws.homes.get(self.id)
        if home and view_at_home:
            found.insert(0 if self._home_in_front else len(found), (view_at_home, home))
        return found

    def _press(self, place: Post | View, button: reading.Pressable) -> None:
        element = button.element
        action: Json = {
            "action_id": element["action_id"],
            "block_id": button.block_id,
            "text": element["text"],
            "type": "button",
            "action_ts": self._ws.stamp()[0],
        }
        action |= {name: element[name] for name in ("value", "style", "url") if name in element}
        shape = payloads.interaction("block_actions", self.user) | {"actions": [action]}
        interactions = self._sandbox.interactions
        if isinstance(place, View):
            where = self._ws.direct(self.id)
            shape |= {
                "container": {"type": "view", "view_id": place.id},
                "view": payloads.view_object(place),
                "trigger_id": interactions.trigger(self.id, place.id),
            }
        else:
            where = self._ws.channels[place.channel]
            shape |= self._message_of(place, where)
        self.answered = None
        interactions.press(shape, self.id, where, self._done)

    def _message_of(self, post: Post, where: Conversation) -> Json:
        """What block_actions says of the message pressed; an ephemeral one is not included."""
        interactions = self._sandbox.interactions
        container = {
            "type": "message",
            "message_ts": post.ts,
            "channel_id": where.id,
            "is_ephemeral": post.ephemeral_to is not None,
        }
        shape: Json = {
            "container": container | ({"thread_ts": post.thread_ts} if post.thread_ts else {}),
            "channel": {"id": where.id, "name": payloads.channel_name(where)},
            "state": {"values": {}},
            "trigger_id": interactions.trigger(self.id),
            "response_url": interactions.response_url(self.id, where, post.ts, post.thread_ts),
        }
        if post.ephemeral_to is None:
            shape["message"] = payloads.message_object(post, self._ws.replies(post.ts))
        return shape

    def _done(self, answered: bool) -> None:  # noqa: FBT001  a callback of one fact
        self.answered = answered
        self._ws.world.touch()

    async def votes(self, choice: str, *, on: Seen | None = None) -> None:
        """Slack has no polls: press the button that bears the answer."""
        await self.presses(choice, on=on)

    async def fills(self, answers: Mapping[str, str]) -> None:
        """Fill the open modal and submit it."""
        if not self._stack:
            raise CannotDo(f"{self.name} has no form open")
        view = self._stack[-1]
        if view.payload.get("submit") is None:
            raise CannotDo(f"the form {view.payload['title']['text']!r} cannot be sent")
        forms.fill(view, answers)
        view.errors.clear()
        self.answered = None
        self._sandbox.interactions.submission(view, self._ws.direct(self.id), self._done)

    async def runs(self, command: str, *, channel: str | None = None) -> None:
        """Run a slash command; `/parcours` becomes `/amicale parcours` where only that exists."""
        word, _, text = command.strip().partition(" ")
        known = self._sandbox.commands if "commands" in self._ws.scopes else ()
        if word not in known and "/amicale" in known and word.startswith("/"):
            word, text = "/amicale", f"{word[1:]} {text}".strip()
        if word not in known:
            raise CannotDo(f"{word} is not a valid command; there is {list(known)}")
        if len(command) > COMMAND_MAX:
            raise CannotDo(f"Slack sends at most {COMMAND_MAX} characters")
        where = self._channel(channel)
        self._home_in_front = False
        self.answered = None
        words = self._escaped(text) if self._sandbox.should_escape else text
        fields = payloads.slash(self.user, where, word, words.strip())
        self._sandbox.interactions.command(fields, where, self._done)

    def _escaped(self, text: str) -> str:
        """`@Bob` becomes `<@U…|bob>`, `#entraide` `<#C…|entraide>` (should_escape)."""
        for user in sorted(self._ws.users.values(), key=lambda u: -len(u.name)):
            if user.here and user.id != BOT_USER:
                mention = f"<@{user.id}|{user.handle}>"
                text = re.sub(rf"(?<![\w<])@{re.escape(user.name)}\b", mention, text)
        for channel in self._ws.channels.values():
            if channel.kind == "channel":
                mention = f"<#{channel.id}|{channel.name}>"
                text = re.sub(rf"(?<![\w<])#{re.escape(channel.name)}\b", mention, text)
        return text
