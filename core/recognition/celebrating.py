"""Celebrating: asked of the person first, said to all once they agree, and never twice."""

from collections.abc import Sequence
from datetime import timedelta

from core.attention.service import Priority, Say, Wish, solicit, tell
from core.chat.actions import Action, row_named
from core.chat.identity import Purpose
from core.chat.messages import Message
from core.engagement import giving
from core.engine.scene import Dialogue, Scene, Speaker
from core.members.models import Member
from core.recognition import pages, reading, service
from core.recognition.festivities import STEPS, Joy, Milestone, reached, years
from core.recognition.honours import Badge, earned
from core.recognition.models import Celebration, CommonJoy

ASKED_FOR = timedelta(days=7)
"""How long a person may still be asked whether to celebrate with everybody."""
A_YEAR = timedelta(days=365.25)
AROUND = timedelta(days=9)
"""Around a moment some years ago, all that has its anniversary this week or so."""


async def to_all(scene: Scene, message: Message, *, member: int | None = None) -> None:
    """Owe a message to the channel of rituals on every platform."""
    for place in scene.places(Purpose.RITUALS):
        await scene.owe(message, place, member=member)


# -- one person -------------------------------------------------------------------------------


async def rejoice(scene: Scene, member: int, joy: Joy, key: str, count: int = 0) -> bool:
    """Celebrate something with somebody, once; False when it was, or they want none of it.

    A badge is told them, with the offer to say it to all; of the rest they are asked first.
    """
    row, made = await Celebration.get_or_create(
        {"at": scene.now, "count": count}, member_id=member, kind=joy, key=key[:120]
    )
    if not made or joy in await service.muted(member):
        return False
    alone = await service.is_discreet(member)

    def say(to: Speaker) -> Message:
        return pages.joy(scene, to, row, alone=alone)

    if joy is Joy.BADGE or alone:
        await tell(scene, member, say, patient=True)
    else:
        await solicit(scene, member, _wish(scene, row, say))
    return True


def _wish(scene: Scene, row: Celebration, say: Say) -> Wish:
    number = str(row.id)
    return Wish(
        kind="recognition.share",
        key=number,
        say=say,
        priority=Priority.LOW,
        guard=Action("recognition.share", number),
        until=scene.now + ASKED_FOR,
        skip=Action("recognition.keep", number),
        never=Action("recognition.mute", row.kind.value),
    )


async def certified(scene: Scene, key: str) -> None:
    """Somebody obtained a certification; `key` is `<member>:<what was certified>`."""
    number, _, what = key.partition(":")
    here = Member.filter(community=scene.community, left_at=None)
    member = await here.get_or_none(id=row_named(number))
    if member is not None:
        await rejoice(scene, member.absorbed_by or member.id, Joy.CERTIFICATION, what)


async def mine(dialogue: Dialogue, argument: str) -> Celebration | None:
    """The celebration a button names, when it is this person's."""
    number, member = row_named(argument), dialogue.who.member
    return await Celebration.get_or_none(id=number, member_id=member)


async def still_to_share(scene: Scene, argument: str) -> bool:
    """Whether a person may still be asked about a celebration."""
    rows = Celebration.filter(id=row_named(argument), member__community=scene.community)
    row = await rows.get_or_none(shared_at=None)
    if row is None or await service.is_discreet(row.member_id):
        return False
    return row.kind not in await service.muted(row.member_id)


async def share(dialogue: Dialogue, row: Celebration) -> bool:
    """Say it to everybody; False when that was done."""
    unshared = Celebration.filter(id=row.id, shared_at=None)
    if not await unshared.update(shared_at=dialogue.now):
        return False
    message = pages.shared(dialogue, dialogue.who.name, row)
    await to_all(dialogue, message, member=row.member_id)
    return True


# -- every day --------------------------------------------------------------------------------


async def today(scene: Scene) -> None:
    """Everything there is to celebrate today."""
    await _anniversaries(scene)
    await _badges(scene)
    await _people(scene)
    await _contributions(scene)
    await _birthday(scene)


async def _anniversaries(scene: Scene) -> None:
    day = scene.local(scene.now).date()
    first = await _first(scene)
    oldest = day.year - scene.local(first.joined_at).year if first else 0
    here = Member.filter(community=scene.community, left_at=None, absorbed_by=None)
    for n in range(1, oldest + 1):
        about = scene.now - n * A_YEAR
        near = here.filter(joined_at__gte=about - AROUND, joined_at__lte=about + AROUND)
        for member in await near.order_by("id"):
            if years(scene.local(member.joined_at).date(), day) == n:
                await rejoice(scene, member.id, Joy.ANNIVERSARY, str(n), n)


async def _first(scene: Scene) -> Member | None:
    return await Member.filter(community=scene.community).order_by("joined_at").first()


async def _badges(scene: Scene) -> None:
    for member, done in (await reading.deeds(scene)).items():
        for badge, count in earned(done).items():
            await rejoice(scene, member, Joy.BADGE, badge.value, count)


async def keep_badge(scene: Scene, member: int, badge: Badge, count: int) -> None:
    """Keep a badge that needs no word of its own, with the figure it has come to."""
    await Celebration.update_or_create(
        {"at": scene.now, "count": count},
        member_id=member,
        kind=Joy.BADGE,
        key=badge.value,
    )


async def badges(member: int) -> list[tuple[Badge, int]]:
    """The badges somebody has, each with the figure that is its reason, in the order earned."""
    rows = await Celebration.filter(member_id=member, kind=Joy.BADGE).order_by("at", "id")
    return [(Badge(row.key), row.count) for row in rows]


async def _people(scene: Scene) -> None:
    here = Member.filter(community=scene.community, left_at=None, absorbed_by=None)
    await _passed(scene, Milestone.PEOPLE, await here.count())


async def _contributions(scene: Scene) -> None:
    before = await _celebrated(scene, Milestone.CONTRIBUTIONS)
    if max(before, default=0) < STEPS[Milestone.CONTRIBUTIONS][-1]:
        await _passed(scene, Milestone.CONTRIBUTIONS, await giving.contributions(scene.community))


async def _birthday(scene: Scene) -> None:
    first = await _first(scene)
    today = scene.local(scene.now).date()
    age = years(scene.local(first.joined_at).date(), today) if first else None
    if age is not None:
        await _common(scene, Milestone.BIRTHDAY, age)


async def _passed(scene: Scene, milestone: Milestone, count: int) -> None:
    step = reached(milestone, count, await _celebrated(scene, milestone))
    if step is not None:
        await _common(scene, milestone, step)


async def _celebrated(scene: Scene, milestone: Milestone) -> Sequence[int]:
    rows = CommonJoy.filter(community=scene.community, kind=milestone)
    return [int(number) for (number,) in await rows.values_list("number")]


async def _common(scene: Scene, milestone: Milestone, number: int) -> None:
    _, made = await CommonJoy.get_or_create(
        {"at": scene.now}, community=scene.community, kind=milestone, number=number
    )
    if made:
        await to_all(scene, pages.common(scene, milestone, number))
