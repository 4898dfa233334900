"""What is owed to someone: written with its cause, in the transaction of what it follows from."""

from datetime import datetime
from hashlib import sha256

from pydantic import BaseModel, ConfigDict

from core.chat.actions import Action
from core.chat.identity import (
    Account,
    Channel,
    Destination,
    MessageRef,
    Place,
    Platform,
    Workspace,
)
from core.chat.messages import Gathering, Message
from core.engine.models import Community, OutboxMessage, State

LANE = 200
"""Characters the column holds."""

CAUSE = 200
"""Same."""


class Owed(BaseModel):
    """What a row holds: a message to send or to replace, a gathering to announce, a gate to move.

    `agenda` is where a gathering is put, `regathers` the one that it replaces: by nothing, it is
    taken off. `harmless`: shown twice it does no harm, so that nobody is asked whether it arrived.
    """

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", frozen=True)

    message: Message | None = None
    to: Destination | None = None
    edits: MessageRef | None = None
    gathering: Gathering | None = None
    agenda: Channel | None = None
    regathers: MessageRef | None = None
    gate: Account | None = None
    is_open: bool = True
    harmless: bool = False

    @property
    def person(self) -> Account | None:
        """Whom it is for, when it is for one person."""
        return self.gate or (self.to if isinstance(self.to, Account) else None)

    @property
    def repeats(self) -> bool:
        """Whether a second delivery would be seen: an edit or a gate is the same twice."""
        return self.to is not None and not self.harmless

    @property
    def platform(self) -> Platform:
        """Which adapter delivers it."""
        target = self._target
        return target.channel.platform if isinstance(target, MessageRef) else target.platform

    @property
    def lane(self) -> str:
        """What must stay in order among itself: one channel, one person."""
        return lane(self._target)

    @property
    def _target(self) -> Destination:
        changed = self.edits or self.regathers
        target = self.gate or (changed.channel if changed else self.agenda or self.to)
        assert target is not None  # noqa: S101  one of them is set by its maker
        return target


async def owe(
    community: Community,
    owed: Owed,
    at: datetime,
    *,
    then: Action | None = None,
    member: int | None = None,
    guard: Action | None = None,
    until: datetime | None = None,
    cause: str = "",
) -> None:
    """Write down what is owed, in the transaction of its cause."""
    await OutboxMessage.create(
        community=community,
        platform=owed.platform,
        lane=owed.lane,
        payload=owed.model_dump_json(),
        then=then.name if then else "",
        argument=then.argument if then else "",
        guard=guard.name if guard else "",
        guarded=guard.argument if guard else "",
        due_at=at,
        until=until,
        member=member,
        cause=cause[:CAUSE],
    )


async def reachable(community: Community, account: Account, now: datetime) -> None:
    """Somebody wrote to us in private: what was parked for them is due."""
    waiting = OutboxMessage.filter(community=community, state=State.PARKED, lane=lane(account))
    await waiting.update(state=State.DUE, due_at=now)


async def said(community: Community, owed: Owed) -> None:
    """An answer says the very same just now: what still waits to say it is settled."""
    waiting = OutboxMessage.filter(
        community=community,
        state__in=(State.DUE, State.PARKED),
        lane=owed.lane,
        then="",
        payload=owed.model_dump_json(),
    )
    await waiting.update(state=State.DONE, payload="")


async def moved(community: Community, workspace: Workspace, to: Workspace) -> None:
    """A workspace changed its id: what is owed there goes on in the same order."""
    old, new = (f"{w.platform}:{w.id}:" for w in (workspace, to))
    owed = OutboxMessage.filter(community=community, lane__startswith=old)
    for row in await owed.exclude(state=State.DONE):
        row.lane = f"{new}{row.lane.removeprefix(old)}"[:LANE]
        await row.save(update_fields=["lane"])


def lane(target: Destination) -> str:
    """What must stay in order among itself: one channel, one person."""
    match target:
        case Account():
            where = (target.platform, target.workspace, "@", target.user)
        case Place():
            where = (target.platform, target.workspace, "for", target.purpose)
        case MessageRef(channel=channel):
            where = (channel.platform, channel.workspace, channel.id, target.id)
        case Channel():
            where = (target.platform, target.workspace, target.id, target.thread or "")
    written = ":".join(where)
    return written if len(written) <= LANE else sha256(written.encode()).hexdigest()
