"""An adapter without a network: the double on which most tests and rehearsals run."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from mimetypes import guess_type

from bots.documents import reading
from bots.sandbox.memory_people import MemoryPerson, Shown
from bots.sandbox.people import World
from core.chat.adapter import (
    Answer,
    Capabilities,
    DeliveryError,
    Handle,
    Menu,
    Problem,
    Unreachable,
    calling,
    nothing_missed,
)
from core.chat.events import Attachment, Event
from core.chat.identity import (
    Account,
    Channel,
    Destination,
    MessageRef,
    Place,
    Platform,
    Profile,
    Purpose,
    Workspace,
    agenda,
)
from core.chat.markup import words
from core.chat.messages import Button, Gathering, Message, Reply, Text

CHANNELS = {
    Purpose.WELCOME: "accueil",
    Purpose.INTRODUCTIONS: "présentations",
    Purpose.HELP: "entraide",
    Purpose.RITUALS: "rituels",
    Purpose.MODERATORS: "modération",
    Purpose.ADMINS: "administration",
}
MODAL = Capabilities(
    forms=True,
    private_replies=True,
    home=True,
    writes_first=True,
    threads=True,
    gatherings=True,
    polls=True,
)
BUTTONED = replace(MODAL, polls=False, gatherings=False)
ONE_BY_ONE = Capabilities(
    forms=False,
    private_replies=False,
    home=False,
    writes_first=True,
    threads=True,
    polls=True,
)


class MemoryAdapter:
    """One platform in memory: implements `core.chat.adapter.Adapter`, and drives its people.

    After every act of a person `after` is awaited, so that a test sees what follows from it.
    """

    def __init__(
        self, platform: Platform, menu: Menu, world: World, capabilities: Capabilities = MODAL
    ) -> None:
        self.platform = platform
        self.workspace = Workspace(platform, f"{platform}-1")
        self.capabilities = capabilities
        self.menu = menu
        self.world = world
        self.messages: list[Shown] = []
        self.people: dict[str, MemoryPerson] = {}
        self.gates: dict[str, bool] = {}
        self.failures: list[DeliveryError] = []
        self.missed: list[Event] = []
        self.ailing = ""
        self.tell_of_a_gap: Callable[[], None] = nothing_missed
        self.after: Callable[[], Awaitable[None]] | None = None
        self._handle: Handle | None = None
        self.files: dict[str, bytes] = {}
        self.gatherings: dict[str, Gathering] = {}
        self._count = 0
        self._sent: dict[str, Shown] = {}

    # -- the port -------------------------------------------------------------------------

    async def start(self, handle: Handle, *, missed: Callable[[], None] = nothing_missed) -> None:
        """Begin to hand over events."""
        self._handle, self.tell_of_a_gap = reading(handle, self.fetch), missed

    @property
    def trouble(self) -> str:
        """Nothing but what a test says."""
        return self.ailing

    async def stop(self) -> None:
        """Stop handing over events."""
        self._handle = None

    async def check(self) -> list[Problem]:
        """Nothing can be wrong in memory."""
        return []

    async def history(self, since: datetime) -> AsyncIterator[Event]:
        """Nothing is ever missed in memory, but what a test put in `missed`."""
        for event in sorted(self.missed, key=lambda event: event.at):
            if event.at >= since:
                yield event

    async def send(self, message: Message, to: Destination, *, key: str) -> MessageRef:
        """Show a message; `failures` are raised first, one a call, where a test put some."""
        await calling()
        if self.failures:
            raise self.failures.pop(0)
        if key in self._sent:
            return self._sent[key].ref
        private_to = None
        if isinstance(to, Account):
            private_to = self._reachable(to)
        for part in _parts(message):
            shown = self.show(self._channel(to), part, private_to)
        shown.key = key
        if key:
            self._sent[key] = shown
        return shown.ref

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Replace a message of ours."""
        self._replace(self.shown(ref.id), message)

    async def gather(self, gathering: Gathering) -> MessageRef:
        """Put a gathering on the double's agenda; `failures` are raised first, as for `send`."""
        await calling()
        if self.failures:
            raise self.failures.pop(0)
        self.gatherings.setdefault(gathering.key, gathering)
        self.world.touch()
        return MessageRef(agenda(self.workspace), gathering.key)

    async def regather(self, ref: MessageRef, gathering: Gathering | None) -> None:
        """Change a gathering on the agenda, or take it off."""
        if gathering is None:
            self.gatherings.pop(ref.id, None)
        else:
            self.gatherings[ref.id] = gathering
        self.world.touch()

    async def fetch(self, attachment: Attachment) -> bytes:
        """What a person attached."""
        return self.files[attachment.address]

    async def gate(self, account: Account, *, is_open: bool) -> None:
        """Remember who was let in."""
        self.gates[account.user] = is_open

    async def profile(self, account: Account) -> Profile:
        """What the double knows of a person."""
        return self.by_id(account.user).profile

    async def link(self, ref: MessageRef) -> str | None:
        """An address of that message."""
        return f"https://{self.platform}.example/{ref.channel.id}/{ref.id}"

    # -- the world ------------------------------------------------------------------------

    def person(self, name: str, locale: str | None = "fr") -> "MemoryPerson":
        """The person of that name, made when new."""
        return self.people.setdefault(name, MemoryPerson(self, name, locale))

    def by_id(self, user: str) -> "MemoryPerson":
        """The person with that id."""
        return next(p for p in self.people.values() if p.id == user)

    def keeps(self, name: str, content: bytes) -> Attachment:
        """A file as it is sent: its bytes are for `fetch`."""
        address = f"memory:{self.next_id()}"
        self.files[address] = content
        kind = guess_type(name)[0] or "application/octet-stream"
        return Attachment(name, len(content), kind, address)

    def next_id(self) -> str:
        """A fresh id for a message or a delivery."""
        self._count += 1
        return str(self._count)

    def shown(self, message_id: str) -> Shown:
        """The message with that id: mostly a new one."""
        return next(m for m in reversed(self.messages) if m.id == message_id)

    def channel(self, name: str) -> Channel:
        """The channel people know by that name."""
        return Channel(self.platform, self.workspace.id, name)

    async def hand_over(self, event: Event, on: Shown | None = None) -> Answer:
        """Give an event to the core and show what it answers to the person."""
        if self._handle is None:
            return None
        answer = await self._handle(event)
        if isinstance(answer, Reply) and event.account is not None:
            person = self.by_id(event.account.user)
            if answer.edits and on is not None:
                self._replace(on, answer.message)
            else:
                channel = getattr(event, "channel", None) or getattr(event, "message", None)
                where = channel.channel if isinstance(channel, MessageRef) else channel
                private = answer.private or (where is not None and where.private)
                to = person.name if private else None
                self.show(where or person.private, answer.message, to)
        if self.after is not None:
            await self.after()
        return answer

    def _reachable(self, account: Account) -> str:
        person = self.by_id(account.user)
        if person.refuses:
            raise Unreachable("refused", "direct messages are refused")
        return person.name

    def _channel(self, to: Destination) -> Channel:
        match to:
            case Account():
                return self.by_id(to.user).private
            case Place():
                return self.channel(CHANNELS[to.purpose])
            case MessageRef(channel=channel, id=parent):
                thread = channel.thread or parent
                return Channel(channel.platform, channel.workspace, channel.id, thread)
        return to

    def show(self, channel: Channel, message: Message, private_to: str | None) -> Shown:
        """Put a message on the screens, or on that of one person."""
        shown = Shown(self.next_id(), self.world.now(), channel, "Amicale", None, "", private_to)
        self.messages.append(shown)
        self._fill(shown, message)
        return shown

    def _replace(self, shown: Shown, message: Message) -> None:
        shown.edited = True
        self._fill(shown, message)

    def _fill(self, shown: Shown, message: Message) -> None:
        poll = message.poll
        if poll is not None and poll.closed and shown.poll is not None:
            shown.poll = poll  # it says what it said, and takes no vote any more
            return
        asked = poll is not None and not poll.closed
        shown.text = poll.question if poll and asked else words(message.text)
        shown.buttons = message.buttons
        shown.poll = poll if asked and self.capabilities.polls else None
        if poll and asked and shown.poll is None:
            shown.buttons = tuple(Button(c, poll.vote(n)) for n, c in enumerate(poll.choices))
        shown.files = message.files
        shown.image = message.image.alt if message.image else None
        shown.mentions = message.mentions
        self.world.touch()


def _parts(message: Message) -> tuple[Message, ...]:
    """A poll is a message of its own, as on every platform."""
    alone = not (message.text or message.buttons or message.image or message.files)
    if message.poll is None or message.poll.closed or alone:
        return (message,)
    return replace(message, poll=None), Message(Text(""), poll=message.poll)
