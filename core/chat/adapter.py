"""The port: what a platform must do for the core, and how it says that it could not."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.chat.actions import Choice, Form
from core.chat.events import Attachment, CommandInvoked, Event
from core.chat.identity import Account, Destination, MessageRef, Platform, Profile, Workspace
from core.chat.messages import Gathering, Invalid, Message, Reply

Answer = Reply | Invalid | None
Handle = Callable[[Event], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Option:
    """One argument of a command, already in the reader's language.

    `name` is canonical (lower case, no space); `person`: the value is somebody; `choices` are
    the fixed answers; `completes`: suggestions are asked from the core while typing; `file`: it
    is a file, at most one a command, which comes as the event's `file`. The last textual option
    of a command takes the rest of the line where commands are one text.
    """

    name: str
    description: str
    required: bool = True
    person: bool = False
    choices: tuple[Choice, ...] = ()
    completes: bool = False
    file: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """One command as a platform publishes it.

    `path` is canonical (`rituel aperçu`, at most two words); `name` is the same path in the
    reader's language (`ritual preview`); `description` is at most 100 characters; `staff`: only
    moderators and up may use it (a platform may hide it); `opens`: the form it opens at once,
    instead of being sent to the core, which is asked first where not everybody may.
    """

    path: str
    name: str
    description: str
    options: tuple[Option, ...] = ()
    staff: bool = False
    opens: str | None = None

    @property
    def wants_file(self) -> bool:
        """Whether a file may come with it."""
        return any(option.file for option in self.options)


class Menu(Protocol):
    """What can be invoked, generated from the routes. Languages are `fr`, `en`."""

    languages: tuple[str, ...]

    def commands(self, language: str) -> Sequence[Command]:
        """Every command, in that language, in the order of the help."""

    def form(self, name: str, language: str) -> Form:
        """The form of that name. Raises KeyError when there is none (an older version's)."""

    def say(self, key: str, language: str, **values: object) -> str:
        """A plain text from the catalogues, for what an adapter itself must say."""

    def language(self, locale: str | None, account: Account | None = None) -> str:
        """The language we speak: what that person chose, else the platform's tag (`en-US`: en)."""

    async def complete(self, event: CommandInvoked, option: str, typed: str) -> Sequence[Choice]:
        """Suggestions for an option being typed: at most 25."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform offers natively; where it is False the core or renderer has a fallback.

    `settles`: a second `send` with the same key shows nothing twice, whatever became of the
    first. `remembers`: what happened while we were away can be read from its history.
    `gatherings`: it has an agenda of its own. `polls`: it has polls of its own.
    """

    forms: bool
    private_replies: bool
    home: bool
    writes_first: bool
    threads: bool
    settles: bool = True
    remembers: bool = True
    gatherings: bool = False
    polls: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an operator must mend: `where` (a token, a channel, a right), what, and how.

    All three are English, one line each; never a secret.
    """

    where: str
    what: str
    remedy: str
    fatal: bool = True


class DeliveryError(Exception):
    """A message could not be delivered; the subclass says what that means."""


class Transient(DeliveryError):
    """It may pass later: a timeout, a 5xx, a connection lost before an answer."""


class Doubtful(Transient):
    """It was sent and the answer was lost: it may stand or not.

    Only where the platform settles nothing (`Capabilities.settles` is False) does this differ
    from Transient: there a person is asked, instead of guessing.
    """


class RateLimited(Transient):
    """The platform asks to wait `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"rate limited for {retry_after:g} s")
        self.retry_after = retry_after


class Permanent(DeliveryError):
    """It will never pass: `code` is the platform's own, `reason` one English line without text."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class Unauthorised(Permanent):
    """The platform refuses us, whatever we say: a token revoked or wrong.

    It keeps us from starting; what is owed meanwhile waits for an operator to mend it.
    """


class Unreachable(Permanent):
    """The person cannot be written to in private: they must write first, or refuse it."""


class Untaken(Exception):
    """An event could not be committed (the database is away): it must not be acknowledged.

    `handle` raises it, and nothing else, and only for facts (a message, a reaction, somebody who
    comes or goes). The adapter hands the event over again, in its order, until it is taken; who
    asked something (a command, a button, a form) is answered that it did not work instead.
    """


_begins: ContextVar[Callable[[], Awaitable[None]] | None] = ContextVar("begins", default=None)


async def calling() -> None:
    """What an adapter says when its turn has come and the request of a `send` leaves now.

    `bots.pace.Pacer.turn` says it for whoever keeps a pace. Until then a message that is given up
    (a stop, a crash) was surely not sent; where the platform settles nothing, only what was begun
    is doubtful.
    """
    begins = _begins.get()
    if begins is not None:
        await begins()


@contextmanager
def told_when_calling(begins: Callable[[], Awaitable[None]]) -> Iterator[None]:
    """Be told, each time, when the requests made inside leave."""
    token = _begins.set(begins)
    try:
        yield
    finally:
        _begins.reset(token)


def nothing_missed() -> None:
    """What `start` calls when nobody listens."""


class Adapter(Protocol):
    """One platform, connected.

    An adapter turns what arrives into events for `handle` (drops bots and ourselves, and what
    comes from workspaces that are not configured), shows the returned answer, and acknowledges
    to the platform only what `handle` returned from. It touches no table and decides nothing.
    """

    @property
    def platform(self) -> Platform:
        """Which platform this is."""

    @property
    def workspace(self) -> Workspace:
        """The workspace it serves; its id may change (a Telegram group that is upgraded)."""

    @property
    def capabilities(self) -> Capabilities:
        """What is native here."""

    @property
    def trouble(self) -> str:
        """Why the connection does not stand just now, one English line; empty when it does."""

    async def start(self, handle: Handle, *, missed: Callable[[], None] = nothing_missed) -> None:
        """Connect, publish the menu, and begin to hand over events; returns when ready.

        `missed` is called at each later moment from which on events may have been missed (a new
        session after one that could not be resumed): the suite then reads `history`. Raises
        Transient when the platform is down (the suite tries again), Permanent on a
        refusal (wrong token, disallowed intents).
        """

    async def stop(self) -> None:
        """Finish what is in hand (at most a few seconds), close every connection."""

    async def check(self) -> list[Problem]:
        """Everything wrong with tokens, scopes, intents, rights and channels, all at once.

        Works before `start` and without it.
        """

    def history(self, since: datetime) -> AsyncIterator[Event]:
        """What happened since an aware moment, as far as the platform keeps it, oldest first.

        Each event carries the delivery id it would have had live, so that what was handled is
        recognised. Messages, and people who came where the platform says when; reactions where
        it names who gave them. Raises DeliveryError. Nothing where `remembers` is False.
        """

    async def send(self, message: Message, to: Destination, *, key: str) -> MessageRef:
        """Deliver a message and say where it stands (the last part when it had to be split).

        `key` is the outbox row's id: where the platform can refuse a duplicate, a second call
        with the same key must not show the message twice. A MessageRef destination means in the
        thread of that message, made when there is none. A native poll's name is in the ref's
        `poll`. `calling` is awaited just before the request leaves. Raises DeliveryError.
        """

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Replace a message of ours. Raises DeliveryError.

        A closed poll ends the one that stands there; where the platform has polls of its own,
        what they say cannot be changed and the rest of `message` is left out.
        """

    async def gather(self, gathering: Gathering) -> MessageRef:
        """Put a gathering on the platform's agenda, once for its key; says which it is there.

        Only asked where `Capabilities.gatherings`. Raises DeliveryError.
        """

    async def regather(self, ref: MessageRef, gathering: Gathering | None) -> None:
        """Change a gathering of ours, or take it off (None); one that is gone is off already.

        Only asked where `Capabilities.gatherings`. Raises DeliveryError.
        """

    async def fetch(self, attachment: Attachment) -> bytes:
        """Read a file somebody sent. Raises DeliveryError; Permanent when it is too large."""

    async def gate(self, account: Account, *, is_open: bool) -> None:
        """Let somebody in, or stand them before the gate again. Raises DeliveryError."""

    async def profile(self, account: Account) -> Profile:
        """What the platform says about somebody. Raises DeliveryError."""

    async def link(self, ref: MessageRef) -> str | None:
        """An address that opens that message, None where the platform has none."""
