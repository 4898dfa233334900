"""People on this Discord: they see and do what Discord's own application lets them."""

from collections.abc import Mapping

from bots.sandbox.discord import filling, typed
from bots.sandbox.discord.acts import Acts, Draft
from bots.sandbox.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL,
    MODAL_SUBMIT,
    Interaction,
    Interactions,
)
from bots.sandbox.discord.permissions import Permission
from bots.sandbox.discord.reading import pressable, seen
from bots.sandbox.discord.refusals import Refused
from bots.sandbox.discord.rest_messages import is_emoji
from bots.sandbox.discord.state import Channel, Json, Message, User
from bots.sandbox.people import CannotDo, Seen, SeenForm, SeenGathering

MOST_CHARACTERS = 2000  # docs: Resources / Message; more is for paying accounts
WRONG = "Une erreur s'est produite. Réessayez."


class DiscordPerson:
    """One account and its screen; see `bots.sandbox.people.Person` for the verbs."""

    def __init__(self, user: User, acts: Acts, interactions: Interactions) -> None:
        self._user = user
        self._acts = acts
        self._state = acts.state
        self._interactions = interactions
        self._last: Interaction | None = None
        self._submitted: Json | None = None
        self._closed: Interaction | None = None
        self.name = user.name
        self.id = user.id

    @property
    def locale(self) -> str:
        """The language of this person's application, "fr" unless changed."""
        return self._user.locale

    @locale.setter
    def locale(self, locale: str) -> None:
        self._user.locale = locale

    @property
    def answered(self) -> bool | None:
        """Whether the app answered the last press, command or form in time; None while open."""
        if self._last is None or not self._last.over.is_set():
            return None
        return not self._last.failed

    @property
    def form(self) -> SeenForm | None:
        """The modal open in front of this person."""
        modal, errors = self._modal()
        return None if modal is None else filling.shown(modal, errors)

    def _modal(self) -> tuple[Json | None, dict[str, str]]:
        """The open modal; one whose submission was not answered stays open, with an error."""
        last = self._last
        if last is None or last is self._closed:
            return None, {}
        if last.kind == MODAL_SUBMIT:
            return (self._submitted, {"": WRONG}) if last.failed else (None, {})
        return (last.modal, {}) if last.answered == MODAL else (None, {})

    def sees(self) -> tuple[Seen, ...]:
        """Everything on this screen, oldest first."""
        return tuple(seen(self._state, message) for message in self._readable())

    def agenda(self) -> tuple[SeenGathering, ...]:
        """The server's events that are not over, the next one first."""
        if self.id not in self._state.members:
            return ()
        return tuple(
            SeenGathering(e.name, e.starts, e.ends, e.location, e.description)
            for e in self._state.coming()
        )

    def notifications(self) -> tuple[Seen, ...]:
        """The messages that pinged this person: mentions that were allowed to notify."""
        member = self._state.members.get(self.id)
        roles = member.roles if member else set()
        return tuple(
            seen(self._state, message)
            for message in self._readable()
            if self.id in message.mentions
            or message.mention_everyone
            or roles & set(message.mention_roles)
        )

    def _readable(self) -> list[Message]:
        return [
            message
            for message in self._state.messages.values()
            if not message.flags & 1 << 7 and self._state.can_read(self.id, message)
        ]

    # -- coming and going

    async def joins(self) -> None:
        """Accept the invitation to the guild."""
        if self.id in self._state.members:
            raise CannotDo(f"{self.name} is already a member")
        self._acts.join(self._user)

    async def leaves(self) -> None:
        """Leave the guild."""
        if self.id not in self._state.members:
            raise CannotDo(f"{self.name} is not a member")
        self._acts.leave(self._user)

    async def refuses_direct_messages(self, *, refuses: bool = True) -> None:
        """Switch "direct messages from server members" off or on."""
        self._user.refuses = refuses

    # -- writing

    async def says(
        self, text: str, *, channel: str | None = None, reply_to: Seen | None = None
    ) -> Seen:
        """Write; under a message that has a thread, or in one, the answer goes to the thread."""
        if not text.strip() or len(text) > MOST_CHARACTERS:
            raise CannotDo(f"a message has 1 to {MOST_CHARACTERS} characters, not {len(text)}")
        target = self._message(reply_to) if reply_to is not None else None
        place = self._place(channel, target)
        self._may_write(place)
        reference = target if target is not None and target.channel is place else None
        message = self._acts.post(self._user, place, Draft(content=text, reference=reference))
        return seen(self._state, message)

    def _place(self, channel: str | None, target: Message | None) -> Channel:
        if target is not None:
            thread = self._state.channels.get(target.id)
            return thread or target.channel
        if channel is None or channel == "privé":
            return self._state.direct(self._user)
        return self._channel(channel)

    def _channel(self, name: str) -> Channel:
        wanted = name.lstrip("#")
        open_to_me = [
            c
            for c in self._state.channels.values()
            if c.recipient is None and self._state.can_see(self.id, c)
        ]
        found = [c for c in open_to_me if c.name == wanted]
        if not found:
            names = ", ".join(c.name for c in open_to_me) or "nothing"
            raise CannotDo(f"{self.name} sees no channel {name!r}, only: {names}")
        return found[-1]

    def _may_write(self, place: Channel) -> None:
        if place.recipient is not None:
            if self.id not in self._state.members:
                raise CannotDo(f"{self.name} shares no server with the bot")
            return
        threaded = Permission.SEND_MESSAGES_IN_THREADS
        needed = threaded if place.is_thread else Permission.SEND_MESSAGES
        granted = self._state.permissions(self.id, place)
        if needed not in granted or (place.locked and Permission.MANAGE_THREADS not in granted):
            raise CannotDo(f"{self.name} may not write in {place.name!r}")

    def _message(self, shown: Seen) -> Message:
        message = self._state.messages.get(shown.id)
        if message is None or not self._state.can_read(self.id, message):
            raise CannotDo(f"{self.name} does not see message {shown.id}: {shown.text[:60]!r}")
        return message

    def _own(self, shown: Seen) -> Message:
        message = self._message(shown)
        if message.author is not self._user:
            raise CannotDo(f"this message is {message.author.name}'s, not {self.name}'s")
        return message

    async def edits(self, message: Seen, text: str) -> None:
        """Change one's own message."""
        own = self._own(message)
        self._acts.edit(own, Draft(content=text, flags=own.flags))

    async def deletes(self, message: Seen) -> None:
        """Delete one's own message, or anybody's as a moderator."""
        target = self._message(message)
        granted = self._state.permissions(self.id, target.channel)
        if target.author is not self._user and target.only_for != self.id:
            in_guild = target.channel.recipient is None
            if not in_guild or Permission.MANAGE_MESSAGES not in granted:
                self._own(message)
        self._acts.delete(target)

    async def reacts(self, message: Seen, emoji: str) -> None:
        """Add a reaction."""
        target = self._message(message)
        if not is_emoji(emoji):
            raise CannotDo(f"{emoji!r} is not an emoji")
        if target.only_for is not None:
            raise CannotDo("an ephemeral message takes no reaction")
        granted = self._state.permissions(self.id, target.channel)
        if emoji not in target.reactions and Permission.ADD_REACTIONS not in granted:
            raise CannotDo(f"{self.name} may not react here")
        try:
            self._acts.react(self._user, target, emoji)
        except Refused as refused:
            raise CannotDo(str(refused)) from refused

    async def unreacts(self, message: Seen, emoji: str) -> None:
        """Take a reaction back."""
        if not self._acts.unreact(self._user, self._message(message), emoji):
            raise CannotDo(f"{self.name} had not reacted with {emoji}")

    # -- interactions

    async def presses(self, label: str, *, on: Seen | None = None) -> None:
        """Press a button, or choose an option of a menu, by its label."""
        candidates = [self._message(on)] if on is not None else self._readable()
        for message in reversed(candidates):
            for name, component, value in pressable(message):
                if name == label:
                    self._press(message, component, value)
                    return
        offered = [name for m in candidates for name, _, _ in pressable(m)]
        raise CannotDo(f"{self.name} sees no button {label!r}; there are: {offered}")

    def _press(self, message: Message, component: Json, value: str | None) -> None:
        if component.get("style") == 5:
            raise CannotDo(f"{component['label']!r} opens {component['url']} in a browser")
        data: Json = {
            "custom_id": component["custom_id"],
            "component_type": component["type"],
            "id": component["id"],
        }
        if value is not None:
            data["values"] = [value]
        self._emit(COMPONENT, message.channel, data, message)

    def _emit(
        self, kind: int, channel: Channel, data: Json, source: Message | None = None
    ) -> Interaction:
        self._last = self._interactions.emit(kind, self._user, channel, data, source)
        return self._last

    async def votes(self, choice: str, *, on: Seen | None = None) -> None:
        """Choose an answer of a poll; once more takes it back, another one replaces it."""
        for message in [self._message(on)] if on is not None else reversed(self._readable()):
            poll = message.poll
            if poll is None or poll.get("ended") or self._state.now() >= poll["ends"]:
                continue
            for answer in poll["answers"]:
                if answer["poll_media"]["text"] == choice:
                    self._vote(message, poll, answer["answer_id"])
                    return
        raise CannotDo(f"{self.name} sees no open poll with the answer {choice!r}")

    def _vote(self, message: Message, poll: Json, number: int) -> None:
        held = [answer for answer, users in message.votes.items() if self.id in users]
        for answer in held:
            if answer == number or not poll["allow_multiselect"]:
                self._acts.vote(self._user, message, answer, added=False)
        if number not in held:
            self._acts.vote(self._user, message, number, added=True)

    async def fills(self, answers: Mapping[str, str]) -> None:
        """Fill and submit the open modal."""
        modal, _ = self._modal()
        last = self._last
        if modal is None or last is None:
            raise CannotDo(f"no form is open in front of {self.name}")
        components = filling.submitted(modal, answers)
        self._submitted = modal
        data: Json = {"custom_id": modal["custom_id"], "components": components}
        self._emit(MODAL_SUBMIT, last.channel, data, last.source)

    async def dismisses(self) -> None:
        """Close the open modal without sending it; the app is not told."""
        if self.form is None:
            raise CannotDo(f"no form is open in front of {self.name}")
        self._closed = self._last

    async def runs(
        self, command: str, *, channel: str | None = None, file: tuple[str, bytes] | None = None
    ) -> None:
        """Run a slash command in a channel, else in the first one this person sees.

        Options are typed `name:value`, or in order; the last one takes the rest of the line.
        `file` is the name and the bytes of what is put into the option for files.
        """
        place = self._command_place(channel)
        found = typed.find(self._menu(place), command, self.locale)
        given = typed.values(found, self.locale)
        sent = self._interactions.upload(place, *file) if file else None
        options, resolved = typed.options(self._state, found, given, self.locale, sent)
        self._emit(COMMAND, place, found.data(options, resolved))

    def opens(self, name: str) -> bytes:
        """What is in the newest document of that name that this person sees."""
        for message in reversed(self._readable()):
            for attachment in message.attachments:
                if attachment["filename"] == name:
                    return self._state.files[attachment["id"]][0]
        raise CannotDo(f"{self.name} sees no file {name!r}")

    async def completes(self, command: str) -> tuple[str, ...]:
        """What the app suggests for the last option typed so far; waits for its answer."""
        place = self._command_place(None)
        found = typed.find(self._menu(place), command, self.locale)
        given = typed.values(found, self.locale)
        helped = [o for o in typed.definitions(found) if o.get("autocomplete")]
        if not helped:
            raise CannotDo(f"{command!r} has no option that completes itself")
        focused = next((o for o in reversed(helped) if o["name"] in given), helped[0])
        options: list[Json] = [
            {"name": o["name"], "type": o["type"], "value": given.get(o["name"], "")}
            | ({"focused": True} if o is focused else {})
            for o in typed.definitions(found)
            if o["name"] in given or o is focused
        ]
        data = found.data(options, {})
        interaction = self._interactions.emit(AUTOCOMPLETE, self._user, place, data)
        await interaction.over.wait()
        if interaction.failed:
            raise CannotDo("the options could not be loaded")
        return interaction.choices

    def _command_place(self, channel: str | None) -> Channel:
        if self.id not in self._state.members:
            raise CannotDo(f"{self.name} is not a member")
        if channel == "privé":
            return self._state.direct(self._user)
        if channel is not None:
            return self._channel(channel)
        rooms = (c for c in self._state.channels.values() if c.recipient is None)
        return next(c for c in rooms if self._state.can_see(self.id, c))

    def _menu(self, place: Channel) -> list[Json]:
        return typed.menu(self._state, self._user, place)
