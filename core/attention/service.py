"""The one way to write first to somebody: what we owe them, and what we ask of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from core.chat.actions import Action
from core.chat.messages import Message
from core.engine.scene import Scene, Speaker
from core.members import service as members

Say = Callable[[Speaker], Message]
"""What is said to somebody, in their language."""


class Priority(IntEnum):
    """What goes first when there is room for one thing only."""

    LOW = 0
    NORMAL = 1
    HIGH = 2


@dataclass(frozen=True, slots=True)
class Wish:
    """Something we would like of somebody.

    `kind` (`rituals.turn`, its words are `attention.kind.rituals_turn`) is what they may refuse
    for good, `key` what makes it one of its kind. `guard` is asked whether it still makes sense,
    after `until` it does not. `skip` and `never` are what the room does when they press "passer"
    or "ne plus me le proposer"; without them attention answers alone.
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


async def tell(
    scene: Scene,
    member: int,
    say: Say,
    *,
    then: Action | None = None,
    guard: Action | None = None,
    until: datetime | None = None,
) -> Speaker | None:
    """Tell somebody what follows from what they did or asked for; it costs them no budget.

    None when they cannot be written to.
    """
    to = await members.reach(scene, member)
    if to is None:
        return None
    await scene.owe(say(to), to.account, member=member, then=then, guard=guard, until=until)
    return to


async def solicit(scene: Scene, member: int, wish: Wish) -> Speaker | None:
    """Ask something of somebody: once for each (member, kind, key), within their budget.

    None when they cannot be written to, or refused this kind.
    """
    return await tell(scene, member, wish.say, then=wish.then, guard=wish.guard, until=wish.until)
