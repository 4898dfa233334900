"""The people of the double: what one can do and see where no platform is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bots.sandbox.people import CannotDo, Seen, SeenForm, SeenGathering
from core.chat.actions import Action, Field, Form, OpenForm
from core.chat.events import (
    ButtonPressed,
    CommandInvoked,
    FormOpened,
    FormSubmitted,
    HomeOpened,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PollVoted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.identity import (
    Account,
    Channel,
    MessageRef,
    Profile,
)
from core.chat.markup import plain, words
from core.chat.messages import Button, File, Invalid, Message, Poll, Reply

if TYPE_CHECKING:
    from bots.sandbox.memory import MemoryAdapter


STAFF_ONLY = {"modération", "administration"}


@dataclass(slots=True)
class Shown:
    """A message in the double: what stands on the screen, and who may see it."""

    id: str
    at: datetime
    channel: Channel
    author: str
    user: str | None
    text: str
    private_to: str | None = None
    buttons: tuple[Button, ...] = ()
    image: str | None = None
    reactions: dict[str, set[str]] = field(default_factory=dict)
    edited: bool = False
    gone: bool = False
    key: str = ""
    mentions: tuple[Account, ...] = ()
    files: tuple[File, ...] = ()
    poll: Poll | None = None
    votes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def ref(self) -> MessageRef:
        """Where it stands."""
        return MessageRef(self.channel, self.id, self.id if self.poll else "")

    @property
    def tally(self) -> tuple[tuple[str, int], ...]:
        """The answers of its poll, each with how many chose it here."""
        given = [number for chosen in self.votes.values() for number in chosen]
        choices = self.poll.choices if self.poll else ()
        return tuple((choice, given.count(number)) for number, choice in enumerate(choices))


class MemoryPerson:
    """Somebody on the double: implements `bots.sandbox.people.Person`."""

    def __init__(self, town: "MemoryAdapter", name: str, locale: str | None) -> None:
        self.town = town
        self.name = name
        self.id = f"{name.lower()}-{town.platform}"
        self.locale = locale
        self.roles: frozenset[str] = frozenset({"member"})
        self.refuses = False
        self.errors: dict[str, str] = {}
        self._typed: dict[str, str] = {}
        self._open: tuple[Form, str, Shown | None] | None = None

    @property
    def account(self) -> Account:
        """Who this is."""
        return Account(self.town.platform, self.town.workspace.id, self.id)

    @property
    def profile(self) -> Profile:
        """What the platform tells about this person."""
        return Profile(self.account, self.name, self.name.lower(), self.locale, self.roles)

    @property
    def private(self) -> Channel:
        """The conversation between this person and the bot."""
        return Channel(self.town.platform, self.town.workspace.id, f"@{self.id}", private=True)

    @property
    def form(self) -> SeenForm | None:
        """The form open in front of this person."""
        if self._open is None:
            return None
        form = self._open[0]
        labels = {f.name: f.label for f in form.fields}
        errors = {labels[name]: what for name, what in self.errors.items()}
        values = {labels[name]: typed for name, typed in self._typed.items() if typed}
        return SeenForm(form.title, tuple(labels.values()), values, errors)

    def _about(self) -> dict[str, object]:
        return {
            "delivery_id": self.town.next_id(),
            "at": self.town.world.now(),
            "workspace": self.town.workspace,
            "account": self.account,
            "profile": self.profile,
        }

    async def joins(self) -> None:
        """Arrive."""
        await self.town.hand_over(MemberJoined(**self._about()))  # type: ignore[arg-type]  # the common fields of every event

    async def leaves(self) -> None:
        """Go."""
        await self.town.hand_over(MemberLeft(**self._about()))  # type: ignore[arg-type]  # same

    async def says(
        self, text: str, *, channel: str | None = None, reply_to: Seen | None = None
    ) -> Seen:
        """Write in a channel, under a message, or privately to the bot."""
        parent = self.town.shown(reply_to.id) if reply_to else None
        if parent is not None:
            c = parent.channel
            where = Channel(c.platform, c.workspace, c.id, c.thread or parent.id, private=c.private)
        else:
            where = self.town.channel(channel) if channel else self.private
        shown = Shown(self.town.next_id(), self.town.world.now(), where, self.name, self.id, text)
        shown.private_to = self.name if where.private else None
        self.town.messages.append(shown)
        about = MessageRef(parent.channel, parent.id) if parent else None
        event = MessagePosted(
            message=MessageRef(where, shown.id),
            text=text,
            reply_to=about,
            **self._about(),  # type: ignore[arg-type]  # same
        )
        await self.town.hand_over(event)
        return self.seen(shown)

    async def edits(self, message: Seen, text: str) -> None:
        """Change one's own message."""
        shown = self.town.shown(message.id)
        shown.text, shown.edited = text, True
        ref = MessageRef(shown.channel, shown.id)
        await self.town.hand_over(MessageEdited(message=ref, text=text, **self._about()))  # type: ignore[arg-type]  # same

    async def deletes(self, message: Seen) -> None:
        """Delete one's own message."""
        shown = self.town.shown(message.id)
        shown.gone = True
        ref = MessageRef(shown.channel, shown.id)
        await self.town.hand_over(MessageDeleted(message=ref, **self._about()))  # type: ignore[arg-type]  # same

    async def reacts(self, message: Seen, emoji: str) -> None:
        """Add a reaction."""
        await self._reaction(message, emoji, ReactionAdded)

    async def unreacts(self, message: Seen, emoji: str) -> None:
        """Take a reaction back."""
        await self._reaction(message, emoji, ReactionRemoved)

    async def _reaction(
        self, message: Seen, emoji: str, kind: type[ReactionAdded] | type[ReactionRemoved]
    ) -> None:
        shown = self.town.shown(message.id)
        people = shown.reactions.setdefault(emoji, set())
        if kind is ReactionAdded:
            people.add(self.name)
        else:
            people.discard(self.name)
        author = self.town.by_id(shown.user).account if shown.user else None
        ref = MessageRef(shown.channel, shown.id)
        await self.town.hand_over(kind(message=ref, emoji=emoji, author=author, **self._about()))  # type: ignore[arg-type]  # same

    async def presses(self, label: str, *, on: Seen | None = None) -> None:
        """Press a button."""
        for shown in reversed(self.town.messages):
            if not self._can_see(shown) or (on is not None and shown.id != on.id):
                continue
            for button in shown.buttons:
                if button.label == label:
                    await self._do(button, shown)
                    return
        offered = [b.label for m in self.town.messages if self._can_see(m) for b in m.buttons]
        raise CannotDo(f"{self.name} sees no button {label!r}, only {offered}")

    async def votes(self, choice: str, *, on: Seen | None = None) -> None:
        """Choose an answer of a poll; once more takes it back, where it is no button."""
        if not self.town.capabilities.polls:
            await self.presses(choice, on=on)
            return
        for shown in reversed(self.town.messages):
            poll, wanted = shown.poll, on is None or shown.id == on.id
            if poll is None or poll.closed or not wanted or not self._can_see(shown):
                continue
            if choice in poll.choices:
                await self._vote(shown, poll, poll.choices.index(choice))
                return
        raise CannotDo(f"{self.name} sees no open poll with the answer {choice!r}")

    async def _vote(self, shown: Shown, poll: Poll, number: int) -> None:
        held = shown.votes.get(self.name, ())
        chosen = () if number in held else (number,)
        dropped = tuple(n for n in held if n == number or not poll.several)
        shown.votes[self.name] = (*(n for n in held if n not in dropped), *chosen)
        event = PollVoted(poll=shown.id, chosen=chosen, dropped=dropped, **self._about())  # type: ignore[arg-type]  # same
        await self.town.hand_over(event)

    async def does(self, action: Action) -> None:
        """Send a button's action although no such button is there (an old or forged one)."""
        event = ButtonPressed(channel=self.private, action=action, **self._about())  # type: ignore[arg-type]  # same
        await self.town.hand_over(event)

    async def opens(self, form: str) -> None:
        """Ask for a form although no such button is there."""
        await self._open_form(OpenForm(form), self.private, None)

    async def _do(self, button: Button, shown: Shown) -> None:
        if isinstance(button.does, OpenForm):
            await self._open_form(button.does, shown.channel, shown)
        elif isinstance(button.does, Action):
            ref = MessageRef(shown.channel, shown.id)
            event = ButtonPressed(
                channel=shown.channel,
                action=button.does,
                message=ref,
                **self._about(),  # type: ignore[arg-type]  # same
            )
            await self.town.hand_over(event, on=shown)

    async def _open_form(self, opens: OpenForm, channel: Channel, on: Shown | None) -> None:
        if not self.town.capabilities.forms:
            event = FormOpened(
                channel=channel,
                form=opens.form,
                argument=opens.argument,
                **self._about(),  # type: ignore[arg-type]  # same
            )
            # Without forms the questions are asked in private.
            await self.town.hand_over(_privately(event, self.private))
            return
        language = self.town.menu.language(self.locale, self.account)
        try:
            form = self.town.menu.form(opens.form, language)
        except KeyError:
            outdated = plain(self.town.menu.say("error.outdated", language))
            self.town.show(self.private, Message(outdated), self.name)
            return
        self._open = (form, opens.argument, on)
        self.errors, self._typed = {}, {}

    async def fills(self, answers: Mapping[str, str]) -> None:
        """Fill the open form and submit it, or answer the questions one by one."""
        if not self.town.capabilities.forms:
            await self._answers_one_by_one(answers)
            return
        if self._open is None:
            raise CannotDo(f"{self.name} has no form open")
        form, argument, on = self._open
        given = {f.name: _given(f, answers) or self._typed.get(f.name, "") for f in form.fields}
        event = FormSubmitted(
            channel=on.channel if on else self.private,
            form=form.name,
            argument=argument,
            answers=given,
            message=MessageRef(on.channel, on.id) if on else None,
            **self._about(),  # type: ignore[arg-type]  # same
        )
        answer = await self.town.hand_over(event, on=on)
        if isinstance(answer, Invalid):
            self.errors, self._typed = dict(answer.errors), given
        else:
            self._open = None

    async def _answers_one_by_one(self, answers: Mapping[str, str]) -> None:
        left = dict(answers)
        for _ in range(12):
            asked = next(m for m in reversed(self.town.messages) if m.private_to == self.name)
            label = next((a for a in left if a.casefold() in asked.text.casefold()), None)
            buttons = {b.label for b in asked.buttons}
            if label is not None:
                answer = left.pop(label)
                if answer in buttons:
                    await self.presses(answer)
                else:
                    await self.says(answer)
            elif skip := buttons & {"Passer", "Skip"}:
                await self.presses(skip.pop())
            else:
                break
        if left:
            raise CannotDo(f"{self.name} was never asked {sorted(left)}")

    def agenda(self) -> tuple[SeenGathering, ...]:
        """What the agenda shows, the next one first."""
        told = sorted(self.town.gatherings.values(), key=lambda g: g.starts)
        return tuple(SeenGathering(g.title, g.starts, g.ends, g.where, g.text) for g in told)

    async def runs(
        self, command: str, *, channel: str | None = None, file: tuple[str, bytes] | None = None
    ) -> None:
        """Run a command as people type it; with a `file`, its name and bytes."""
        language = self.town.menu.language(self.locale, self.account)
        line = command.removeprefix("/")
        known = sorted(self.town.menu.commands(language), key=lambda c: -len(c.path))
        found = next(
            (c for c in known if f"{line} ".startswith((f"{c.path} ", f"{c.name} "))), None
        )
        if found is None:
            raise CannotDo(f"no command {command!r}, only {[c.path for c in known]}")
        where = self.town.channel(channel) if channel else self.private
        if found.opens:
            await self._open_form(OpenForm(found.opens), where, None)
            return
        start = found.path if _begins(line, found.path) else found.name
        rest = line.removeprefix(start).split(maxsplit=max(len(found.options) - 1, 0))
        arguments: dict[str, str | Account] = {}
        worded = [option for option in found.options if not option.file]
        for option, typed in zip(worded, rest, strict=False):
            someone = self.town.people.get(typed.removeprefix("@")) if option.person else None
            choice = next((c.value for c in option.choices if typed in {c.label, c.value}), typed)
            arguments[option.name] = someone.account if someone else choice
        event = CommandInvoked(
            channel=where,
            path=found.path,
            arguments=arguments,
            file=self.town.keeps(*file) if file and found.wants_file else None,
            **self._about(),  # type: ignore[arg-type]  # same
        )
        await self.town.hand_over(event)

    async def opens_home(self) -> str:
        """Open the bot's home page, and say what it shows."""
        answer = await self.town.hand_over(HomeOpened(**self._about()))  # type: ignore[arg-type]  # same
        return words(answer.message.text) if isinstance(answer, Reply) else ""

    async def refuses_direct_messages(self, *, refuses: bool = True) -> None:
        """Close or open the door to direct messages."""
        self.refuses = refuses

    def sees(self) -> tuple[Seen, ...]:
        """Everything this person can see now."""
        return tuple(self.seen(m) for m in self.town.messages if self._can_see(m))

    def _can_see(self, shown: Shown) -> bool:
        if shown.gone or (shown.private_to is not None and shown.private_to != self.name):
            return False
        staff = bool(self.roles & {"owner", "administrator"})
        return staff or shown.channel.id not in STAFF_ONLY

    def seen(self, shown: Shown) -> Seen:
        """A message as this person sees it."""
        private = shown.channel.private
        return Seen(
            shown.id,
            shown.at,
            self.town.platform,
            "privé" if private else shown.channel.id,
            shown.author,
            shown.text,
            thread=shown.channel.thread,
            private_to=shown.private_to,
            buttons=tuple(b.label for b in shown.buttons),
            reactions=tuple((e, len(who)) for e, who in shown.reactions.items() if who),
            images=(shown.image,) if shown.image else (),
            edited=shown.edited,
            files=tuple(file.name for file in shown.files),
            choices=shown.tally,
        )


def _privately(event: FormOpened, private: Channel) -> FormOpened:
    return FormOpened(
        delivery_id=event.delivery_id,
        at=event.at,
        workspace=event.workspace,
        account=event.account,
        profile=event.profile,
        channel=private,
        form=event.form,
        argument=event.argument,
    )


def _begins(line: str, command: str) -> bool:
    return f"{line} ".startswith(f"{command} ")


def _given(field: Field, answers: Mapping[str, str]) -> str:
    for asked, answer in answers.items():
        if field.name == asked or field.label.casefold().startswith(asked.casefold()):
            return next((c.value for c in field.choices if c.label == answer), answer)
    return ""
