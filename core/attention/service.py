"""The one way to write first to somebody: what we owe them, and what we ask of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.attention import rules
from core.attention.choices import person_of
from core.attention.models import Nudge, NudgeState
from core.attention.rules import PATIENCE, Priority, Reason
from core.attention.waiting import Words, alone_with, look_at
from core.chat.actions import Action
from core.chat.messages import Message
from core.engine.scene import Scene, Speaker
from core.members import service as members

__all__ = ("Priority", "Say", "Wish", "solicit", "tell")

Say = Callable[[Speaker], Message]
"""What is said to somebody, in their language."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something we would like of somebody.

    `kind` (`rituals.turn`, its words are `attention.kind.rituals_turn`) is what they may refuse
    for good, `key` what makes it one of its kind. `guard` is asked whether it still makes sense,
    after `until` it does not (two weeks when nothing is said). `skip` and `never` are what the
    room does when they press "passer" or "ne plus me le proposer"; without them attention
    answers alone. `replaces` is the key of an earlier one that is dropped if it still waits.
    """

    kind: str
    key: str
    say: Say
    priority: Priority = Priority.NORMAL
    then: Action | None = None
    guard: Action | None = None
    until: datetime | None = None
    skip: Action | None = None
    never: Action | None = None
    replaces: str | None = None


# -- writing first -----------------------------------------------------------------------------


async def tell(
    scene: Scene,
    member: int,
    say: Say,
    *,
    then: Action | None = None,
    guard: Action | None = None,
    until: datetime | None = None,
    to: Speaker | None = None,
    patient: bool = False,
) -> Speaker | None:
    """Tell somebody what follows from what they did or asked for; it costs them no budget.

    They are written to where they were last active, or as `to`. What is `patient` waits for the
    end of their leave and of the night. None when they cannot be written to, or not before
    `until`.
    """
    to = to or await members.reach(scene, member)
    if to is None:
        return None
    at = rules.welcome(await person_of(scene, member), scene.now) if patient else scene.now
    if until is not None and at > until:
        return None
    await scene.owe_in_private(
        say(to), to.account, member=member, then=then, at=at, guard=guard, until=until
    )
    return to


async def solicit(scene: Scene, member: int, wish: Wish) -> Speaker | None:
    """Ask something of somebody: once for each (member, kind, key), within their budget.

    It is sent now or waits for its moment. None when it never will be: they cannot be written
    to, refused this kind, are away or have no room for it before `until`.
    """
    to = await members.reach(scene, member)
    if to is None:
        return None
    nudge, made = await Nudge.get_or_create(
        {
            "community": scene.community,
            "priority": wish.priority,
            "payload": Words(message=wish.say(to)).model_dump_json(),
            "guard": wish.guard.packed if wish.guard else "",
            "then": wish.then.packed if wish.then else "",
            "skip": wish.skip.packed if wish.skip else "",
            "never": wish.never.packed if wish.never else "",
            "since": scene.now,
            "look_at": scene.now,
            "until": wish.until or scene.now + PATIENCE,
        },
        member_id=member,
        kind=wish.kind,
        key=wish.key,
    )
    if made:
        await _replace(scene, member, wish)
        await look_at(scene, member, fresh=nudge.id)
        await nudge.refresh_from_db()
    return None if nudge.state is NudgeState.DROPPED else to


async def _replace(scene: Scene, member: int, wish: Wish) -> None:
    if wish.replaces is not None:
        old = Nudge.filter(member_id=member, kind=wish.kind, key=wish.replaces)
        await old.filter(state=NudgeState.WAITING).update(
            state=NudgeState.DROPPED, reason=Reason.REPLACED, settled_at=scene.now, payload=""
        )


async def disturbs(scene: Scene, member: int) -> bool:
    """Whether nothing should reach somebody now: they are on leave, or asleep."""
    return rules.disturbs(await person_of(scene, member), scene.now) is not None


async def may_call(scene: Scene, member: int, kind: str, key: str) -> bool:
    """Whether somebody may be named in public now, which is asked of them like anything else.

    If so it counts in their budget. What cannot be now is not: the room turns to somebody else.
    Decided once for each (member, kind, key).
    """
    await alone_with(member)
    person = await person_of(scene, member)
    found = rules.now_or_never(person, kind, scene.now)
    called = found is Reason.ROOM
    nudge, _ = await Nudge.get_or_create(
        {
            "community": scene.community,
            "priority": Priority.HIGH,
            "state": NudgeState.SENT if called else NudgeState.DROPPED,
            "reason": found,
            "payload": "",
            "since": scene.now,
            "look_at": scene.now,
            "until": scene.now,
            "sent_at": scene.now if called else None,
            "settled_at": scene.now,
        },
        member_id=member,
        kind=kind,
        key=key,
    )
    return nudge.state is NudgeState.SENT
