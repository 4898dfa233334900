"""Champions of the month: listed by points, confirmed by a human, accepted by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.attention.service import Priority, Wish, solicit, tell
from core.chat.actions import Action, row_named
from core.chat.identity import Role
from core.chat.messages import Message
from core.engagement import service as engagement
from core.engine.scene import Dialogue, Scene, Speaker
from core.members import service as members
from core.members.models import Member
from core.recognition import celebrating, pages, reading, service
from core.recognition.honours import Badge, Candidate, places, shortlist
from core.recognition.models import Champion, Seat, Thanks
from core.recognition.rules import RecognitionSettings, Score, score

HELPED_LATELY = timedelta(days=84)
"""Who is a candidate: a champion is somebody who helped, or was thanked, since then."""
READ_CLOSELY = 4
"""How many candidates a place are looked at with their rings and platforms."""
ANSWERS_WITHIN = timedelta(days=14)
READERS = (Role.BUILDER, Role.ADMIN)
"""Who is shown the shortlist and the list of the silent."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on the shortlist, and why."""

    row: Champion
    name: str
    score: Score


def month_of(day: date) -> str:
    """The month of a day, as rows name it: `2026-11`."""
    return f"{day:%Y-%m}"


async def propose(scene: Scene, day: date) -> None:
    """Show the builders whom they might ask this month; once a month."""
    month = month_of(day)
    if await Champion.exists(community=scene.community, month=month):
        return
    scores = await _scores(scene, month_of(day.replace(day=1) - timedelta(days=1)))
    names = {row.id: row.name for row in await Member.filter(id__in=list(scores))}
    listed: list[Listed] = []
    for member, points in scores.items():
        row = await Champion.create(
            community=scene.community,
            member_id=member,
            month=month,
            points=round(points.total),
            at=scene.now,
        )
        listed.append(Listed(row, names[member], points))
    if listed:
        for reader in await members.holding(scene.community, READERS):
            await tell(
                scene, reader.id, lambda to: pages.shortlist(scene, to, listed), patient=True
            )


async def _scores(scene: Scene, last_month: str) -> dict[int, Score]:
    """Who stands on the list, the best first, and their points."""
    month = scene.now - timedelta(days=28)
    active = await engagement.active_members(scene.community, month, scene.now)
    count = places(len(active), scene.settings(RecognitionSettings).champions)
    held = Champion.filter(community=scene.community, month=last_month, state=Seat.HELD)
    held_last = {int(member) for (member,) in await held.values_list("member_id")}
    discreet = await service.discreet(scene.community)
    closely = await _closely(scene, READ_CLOSELY * count + len(held_last), discreet)
    ranked = [Candidate(member, points.total) for member, points in closely.items()]
    return {
        one.member: closely[one.member]
        for one in shortlist(ranked, held_last, count, discreet=discreet)
    }


async def _closely(scene: Scene, most: int, discreet: set[int]) -> dict[int, Score]:
    """The exact points of those who have most before rings and platforms are looked at."""
    facts = await reading.facts(scene, [m for m in await _helpers(scene) if m not in discreet])
    today = scene.local(scene.now).date()
    roughly = {member: score(known, today, member=member) for member, known in facts.items()}
    best = sorted(roughly, key=lambda member: (-roughly[member].total, member))[:most]
    return {member: await reading.score_of(scene, member, facts[member]) for member in best}


async def _helpers(scene: Scene) -> Sequence[int]:
    since = scene.now - HELPED_LATELY
    found = {one.member for one in await reading.helps(scene.community, since)}
    rows = Thanks.filter(community=scene.community, at__gte=since)
    found |= {int(member) for (member,) in await rows.values_list("member_id")}
    here = Member.filter(community=scene.community, left_at=None, absorbed_by=None)
    return sorted(m.id for m in await here.only("id") if m.id in found)


async def listed_as(scene: Scene, argument: str) -> Champion | None:
    """The row a button names; None when there is no such one here."""
    number = row_named(argument)
    rows = Champion.filter(id=number, community=scene.community)
    return await rows.select_related("member").first()


async def is_past(row: Champion) -> bool:
    """Whether a later month has its list: nobody becomes champion of a month long gone."""
    return await Champion.exists(community_id=row.community_id, month__gt=row.month)


async def confirm(dialogue: Dialogue, row: Champion) -> Speaker | None:
    """A human agrees: the person is asked. None when they cannot be, or want to be discreet."""
    if await service.is_discreet(row.member_id):
        return None
    number = str(row.id)

    def say(to: Speaker) -> Message:
        return pages.place_offered(dialogue, to, row)

    wish = Wish(
        kind="recognition.accept",
        key=number,
        say=say,
        priority=Priority.HIGH,
        guard=Action("recognition.accept", number),
        until=dialogue.now + ANSWERS_WITHIN,
        skip=Action("recognition.decline", number),
    )
    asked = await solicit(dialogue, row.member_id, wish)
    if asked is not None:
        await Champion.filter(id=row.id, state=Seat.LISTED).update(state=Seat.CONFIRMED)
    return asked


async def still_offered(scene: Scene, argument: str) -> bool:
    """Whether a person may still be asked to be a champion."""
    row = await listed_as(scene, argument)
    if row is None or row.state is not Seat.CONFIRMED or await is_past(row):
        return False
    return not await service.is_discreet(row.member_id)


async def accept(dialogue: Dialogue, row: Champion) -> bool:
    """They would like to: everybody learns it, unless they are discreet; False when too late."""
    confirmed = Champion.filter(id=row.id, state=Seat.CONFIRMED)
    if not await confirmed.update(state=Seat.HELD):
        return False
    held = await Champion.filter(member_id=row.member_id, state=Seat.HELD).count()
    await celebrating.keep_badge(dialogue, row.member_id, Badge.CHAMPION, held)
    if not await service.is_discreet(row.member_id):
        announced = pages.new_champion(dialogue, dialogue.who.name)
        await celebrating.to_all(dialogue, announced, member=row.member_id)
    return True


async def decline(row: Champion) -> bool:
    """They would rather not; False when they had not been asked."""
    asked = Champion.filter(id=row.id, state=Seat.CONFIRMED)
    return bool(await asked.update(state=Seat.DECLINED))
