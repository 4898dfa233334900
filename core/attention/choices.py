"""What somebody chose about being asked: how often, when, what no more; and their leave."""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from core.attention import rules
from core.attention.models import AttentionChoice, Nudge, Refusal
from core.attention.rules import WEEK, AttentionSettings, Person
from core.engine.scene import Scene
from core.engine.schedule import WakingHours


async def choice_of(member: int) -> AttentionChoice:
    """What somebody chose; an empty choice, not saved, when they chose nothing."""
    return await AttentionChoice.get_or_none(member_id=member) or AttentionChoice(member_id=member)


async def person_of(scene: Scene, member: int) -> Person:
    """Somebody's budget, hours, leave, refusals, and what they were sent these seven days."""
    settings, chosen = scene.settings(AttentionSettings), await choice_of(member)
    hours = settings.hours
    if chosen.start_hour is not None and chosen.end_hour is not None:
        hours = rules.hours_between(chosen.start_hour, chosen.end_hour)
    refused = await Refusal.filter(member_id=member).values_list("kind", flat=True)
    sent = await Nudge.filter(member_id=member, sent_at__gt=scene.now - WEEK)
    return Person(
        per_week=settings.per_week if chosen.per_week is None else chosen.per_week,
        hours=hours,
        zone=ZoneInfo(chosen.timezone) if chosen.timezone else scene.zone,
        away_until=chosen.away_until,
        refused=frozenset(map(str, refused)),
        sent={nudge.id: nudge.sent_at for nudge in sent if nudge.sent_at},
        called=any(nudge.calls for nudge in sent),
    )


async def zones(members: Collection[int]) -> dict[int, ZoneInfo]:
    """The clocks these members chose; the others live by the community's."""
    chosen = AttentionChoice.filter(member_id__in=list(members)).exclude(timezone="")
    rows = await chosen if members else []
    return {row.member_id: ZoneInfo(row.timezone) for row in rows}


async def choose(member: int, per_week: int, hours: WakingHours | None, timezone: str) -> None:
    """Keep how often and when somebody may be asked; no hours and no zone: the community's."""
    await AttentionChoice.update_or_create(
        {
            "per_week": per_week,
            "start_hour": hours.start.hour if hours else None,
            "end_hour": hours.end.hour if hours else None,
            "timezone": timezone,
        },
        member_id=member,
    )


async def leave(member: int, until: datetime | None) -> None:
    """Somebody is on leave before that moment; None: they are back."""
    await AttentionChoice.update_or_create({"away_until": until}, member_id=member)


async def refuse(scene: Scene, member: int, kind: str) -> None:
    """Somebody wants no more of a kind."""
    await Refusal.get_or_create({"at": scene.now}, member_id=member, kind=kind)


async def welcome_again(member: int, kind: str) -> bool:
    """Somebody wants to be asked again; False when they had not refused it."""
    return bool(await Refusal.filter(member_id=member, kind=kind).delete())


async def refusals(member: int) -> list[str]:
    """The kinds somebody wants no more of."""
    rows = await Refusal.filter(member_id=member).order_by("id")
    return [row.kind for row in rows]
