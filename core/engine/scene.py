"""What a handler is given: where it stands, what time it is, and how to owe something."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from core.chat.actions import Action, Link, OpenForm
from core.chat.identity import (
    Account,
    Destination,
    MessageRef,
    Place,
    Public,
    Purpose,
    Role,
    Workspace,
    agenda,
    allows,
)
from core.chat.messages import Button, Gathering, Message, Reply, Style, Text
from core.engine import jobs, outbox
from core.engine.feeds import Feeds
from core.engine.models import Community
from core.engine.texts import Texts

Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True)
class Scene:
    """One piece of work in one community, inside one transaction.

    `workspaces` are those now served, in a fixed order. `settings_by_kind` holds each room's
    typed settings, read once at start. `cause` is the event (`<platform>:<delivery id>`) or the
    job (`job:<kind>:<key>`) it comes from. `guards` are the rooms' own, by their names.
    """

    community: Community
    now: datetime
    texts: Texts
    workspaces: tuple[Workspace, ...]
    settings_by_kind: Mapping[type, object] = field(default_factory=dict)
    cause: str = ""
    guards: Mapping[str, Callable[["Scene", str], Awaitable[bool]]] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The community's time zone."""
        return self.community.zone

    def settings(self, kind: type[Settings]) -> Settings:
        """The settings of that type. Raises KeyError when the suite was given none."""
        found = self.settings_by_kind[kind]
        assert isinstance(found, kind)  # noqa: S101  the suite keys them by their type
        return found

    def local(self, moment: datetime) -> datetime:
        """That moment on the community's wall clock."""
        return moment.astimezone(self.zone)

    async def owe(
        self,
        message: Message,
        to: Public,
        *,
        then: Action | None = None,
        member: int | None = None,
        at: datetime | None = None,
        guard: Action | None = None,
        until: datetime | None = None,
        harmless: bool = False,
    ) -> None:
        """Owe a message: delivered after this transaction, at `at` or as soon as possible.

        Once it stands, the `delivered` route named by `then` is called with its MessageRef;
        `member` is whose message it is, so that it can be forgotten with them. Just before it is
        sent the `guard` route is asked whether it is still wanted, and after `until` it is not
        sent any more. `harmless`: it may be shown twice rather than ask whether it arrived.
        Raises TypeError for a person's own place: `core.attention` is the way to write there.
        """
        there: object = to  # whatever somebody who does not ask mypy gives
        if isinstance(there, Account) or getattr(getattr(to, "channel", to), "private", False):
            raise TypeError("who is written to in private is written to by core.attention")
        owed = outbox.Owed(message=message, to=to, harmless=harmless)
        await self._owe(owed, then, member, at, guard, until)

    async def owe_in_private(
        self,
        message: Message,
        to: Account,
        *,
        member: int | None = None,
        then: Action | None = None,
        at: datetime | None = None,
        guard: Action | None = None,
        until: datetime | None = None,
    ) -> None:
        """Owe somebody a message, with the same options: the door that `core.attention` keeps."""
        await self._owe(outbox.Owed(message=message, to=to), then, member, at, guard, until)

    async def _owe(
        self,
        owed: outbox.Owed,
        then: Action | None,
        member: int | None,
        at: datetime | None,
        guard: Action | None,
        until: datetime | None,
    ) -> None:
        await outbox.owe(
            self.community,
            owed,
            at or self.now,
            then=then,
            member=member,
            guard=guard,
            until=until,
            cause=self.cause,
        )

    async def wanted(self, guard: Action) -> bool:
        """Whether what a room would like to say is still wanted, as its guard sees it now."""
        asks = self.guards.get(guard.name)
        return asks is None or await asks(self, guard.argument)

    async def said(self, message: Message, to: Destination) -> None:
        """An answer says it just now: the same message, if it still waits there, is not sent."""
        await outbox.said(self.community, outbox.Owed(message=message, to=to))

    async def owe_edit(self, ref: MessageRef, message: Message) -> None:
        """Owe the replacement of a message of ours."""
        owed = outbox.Owed(message=message, edits=ref)
        await outbox.owe(self.community, owed, self.now, cause=self.cause)

    async def owe_gathering(
        self, gathering: Gathering, workspace: Workspace, *, then: Action | None = None
    ) -> None:
        """Owe a gathering to a workspace's own agenda, until it starts; nothing where it has none.

        Once it stands, the `delivered` route named by `then` is called with the MessageRef that
        names it there.
        """
        owed = outbox.Owed(gathering=gathering, agenda=agenda(workspace))
        until = gathering.starts
        await outbox.owe(self.community, owed, self.now, then=then, until=until, cause=self.cause)

    async def owe_gathering_change(self, ref: MessageRef, gathering: Gathering | None) -> None:
        """Owe the change of a gathering of ours, or that it is taken off (None)."""
        owed = outbox.Owed(gathering=gathering, regathers=ref)
        await outbox.owe(self.community, owed, self.now, cause=self.cause)

    async def owe_gate(self, account: Account, *, is_open: bool) -> None:
        """Owe an open (or closed) gate to somebody on one platform."""
        owed = outbox.Owed(gate=account, is_open=is_open)
        await outbox.owe(self.community, owed, self.now, cause=self.cause)

    async def later(self, kind: str, key: str, at: datetime) -> None:
        """Schedule the job `kind` for `key`; one that exists keeps its time."""
        await jobs.schedule(self.community, kind, key, at)

    async def no_longer(self, kind: str, key: str) -> None:
        """Take a job that is still due back."""
        await jobs.cancel(self.community, kind, key)

    def feed_address(self, name: str, token: str) -> str | None:
        """Where calendar programs read the feed `name`; None when the operator serves none."""
        served = self.settings_by_kind.get(Feeds, Feeds())
        assert isinstance(served, Feeds)  # noqa: S101  the suite keys them by their type
        return served.address(name, token)

    def places(self, purpose: Purpose) -> tuple[Place, ...]:
        """The channel for that purpose on every platform now served."""
        return tuple(Place(w.platform, w.id, purpose) for w in self.workspaces)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who acts: a member as the machinery needs to know them.

    `language` is one of `fr`, `fr@tu`, `en`. `gone`: they were last known to have left.
    """

    member: int
    name: str
    language: str
    roles: frozenset[Role]
    account: Account
    gone: bool = False

    def may(self, required: Role | None) -> bool:
        """Whether this person holds that role, or one above it."""
        return allows(self.roles, required)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue(Scene):
    """A scene in which somebody acts and is answered."""

    who: Speaker

    def say(self, key: str, *, count: int | None = None, **values: object) -> Text:
        """A text in the language of who acts."""
        return self.texts.say(key, self.who.language, count=count, **values)

    def label(self, key: str, *, count: int | None = None, **values: object) -> str:
        """A plain text in the language of who acts."""
        return self.texts.label(key, self.who.language, count=count, **values)

    def button(
        self, key: str, does: Action | OpenForm | Link, style: Style = Style.SECONDARY
    ) -> Button:
        """A button labelled in the language of who acts."""
        return Button(self.label(key), does, style)

    def reply(
        self,
        key: str,
        *buttons: Button,
        edits: bool = False,
        private: bool = True,
        count: int | None = None,
        **values: object,
    ) -> Reply:
        """A reply of one text."""
        text = self.say(key, count=count, **values)
        return Reply(Message(text, buttons), private=private, edits=edits)
