"""Which event somebody means, and whether it is theirs to look after."""

from collections.abc import Sequence
from datetime import timedelta

from core.chat.actions import row_named
from core.chat.identity import Role
from core.engine.errors import Refused
from core.engine.scene import Dialogue, Scene
from core.gatherings import rules, seats
from core.gatherings.models import Gathering, GatheringHost
from core.gatherings.rules import GatheringsSettings, State

RECENT = timedelta(days=30)
"""How long what is over can still be named by who looks after it."""


def may_create(dialogue: Dialogue) -> None:
    """Raises Refused for who may not call an event."""
    if not any(map(dialogue.who.may, dialogue.settings(GatheringsSettings).creators)):
        raise Refused("gatherings.not_allowed")


async def looks_after(dialogue: Dialogue, row: Gathering) -> bool:
    """Whether whoever acts may change it: its hosts, and the team's community builders."""
    if dialogue.who.may(Role.BUILDER):
        return True
    return await GatheringHost.exists(gathering_id=row.id, member_id=dialogue.who.member)


async def mine(dialogue: Dialogue, number: str) -> Gathering:
    """An event whoever acts looks after, locked. Raises Refused when it is not so."""
    row = await seats.locked(dialogue, row_named(number))
    if not await looks_after(dialogue, row):
        raise Refused("gatherings.not_yours")
    return row


async def shown(dialogue: Dialogue, number: str) -> Gathering:
    """An event everybody may see. Raises Refused when there is none."""
    rows = Gathering.filter(id=row_named(number), community=dialogue.community)
    row = await rows.exclude(state=State.DRAFT).first()
    if row is None:
        raise Refused("gatherings.gone")
    return row


async def coming(scene: Scene) -> list[Gathering]:
    """What is to come or on, the nearest first."""
    rows = Gathering.filter(community=scene.community, state=State.ANNOUNCED)
    return await rows.filter(ends__gt=scene.now).order_by("starts", "id")


async def manageable(dialogue: Dialogue) -> list[Gathering]:
    """What whoever acts looks after: to come first, then what was, the newest first."""
    since = dialogue.now - RECENT
    rows = Gathering.filter(community=dialogue.community, state=State.ANNOUNCED, ends__gt=since)
    if not dialogue.who.may(Role.BUILDER):
        hosted = await GatheringHost.filter(member_id=dialogue.who.member)
        rows = rows.filter(id__in=[host.gathering_id for host in hosted])
    found = await rows.order_by("starts", "id")
    over = [row for row in found if row.ends <= dialogue.now]
    return [row for row in found if row.ends > dialogue.now] + over[::-1]


async def begun(dialogue: Dialogue) -> list[Gathering]:
    """What whoever acts looks after and has begun, the newest first."""
    found = [row for row in await manageable(dialogue) if row.starts <= dialogue.now]
    return sorted(found, key=lambda row: row.starts, reverse=True)


def named(rows: Sequence[Gathering], typed: str) -> Gathering:
    """The one somebody means among these. Raises Refused when none, or several, may be meant."""
    found = rules.meant({row.id: row.title for row in rows}, typed)
    if not rows:
        raise Refused("gatherings.nothing")
    if not found:
        raise Refused("gatherings.not_found", title=typed)
    if len(found) > 1:
        raise Refused("gatherings.several", title=typed)
    return next(row for row in rows if row.id == found[0])
