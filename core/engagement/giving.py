"""Who gave what to whom, how busy each platform was, and who was last seen when."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tortoise.functions import Count
from tortoise.queryset import QuerySet

from core.chat.identity import Platform
from core.engagement.models import Activity
from core.engagement.rules import DONE, Evidence, Kind
from core.engagement.service import SPOKEN
from core.engine.database import select
from core.engine.models import Community

FED_BY_OTHERS = (Kind.REPLY, Kind.REACTION_RECEIVED)
"""What there is more of where more people are: it says how busy a platform is."""
SOME = 500
"""How many ids one query takes: SQLite takes a limited number of parameters."""


@dataclass(frozen=True, slots=True)
class Received:
    """A reaction that `member` received from `giver`."""

    member: int
    giver: int
    platform: Platform
    at: datetime


async def received(community: Community, people: Sequence[int], since: datetime) -> list[Received]:
    """The reactions these members received, those that a link made void left out."""
    found: list[Received] = []
    for some in batches(people):
        rows = Activity.filter(community=community, member_id__in=some, at__gte=since)
        told = await rows.filter(kind=Kind.REACTION_RECEIVED).values_list(
            "member_id", "subject", "platform", "at"
        )
        givers = await _givers(int(about) for _, about, _, _ in told)
        found += [
            Received(int(member), givers[int(about)], Platform(platform), at)
            for member, about, platform, at in told
            if givers.get(int(about), member) != member
        ]
    return found


async def _givers(wanted: Iterable[int]) -> dict[int, int]:
    """Who gave each of these reactions; whom they were linked into holds the same one."""
    found: dict[int, int] = {}
    for some in batches(list(wanted)):
        rows = Activity.filter(id__in=some, member__absorbed_by=None)
        found |= {int(row): int(m) for row, m in await rows.values_list("id", "member_id")}
    return found


async def ties(
    community: Community, givers: Sequence[int], since: datetime
) -> dict[int, dict[int, int]]:
    """Giver to receiver to how many reactions, for these givers."""
    found: dict[int, dict[int, int]] = {}
    query = (
        "SELECT g.member_id AS giver, r.member_id AS receiver, COUNT(*) AS n FROM activity g"
        " JOIN activity r ON r.community_id = g.community_id AND r.key = g.key"
        " AND r.kind = ? AND r.subject = CAST(g.id AS TEXT)"
        " WHERE g.member_id IN ? AND g.community_id = ? AND g.kind = ? AND g.at >= ?"
        " GROUP BY g.member_id, r.member_id"
    )
    given, got = Kind.REACTION_GIVEN.value, Kind.REACTION_RECEIVED.value
    for some in batches(givers):
        for row in await select(query, got, some, community.id, given, since.astimezone(UTC)):
            found.setdefault(row["giver"], {})[row["receiver"]] = row["n"]
    return found


async def dated(community: Community, people: Sequence[int], since: datetime) -> list[Evidence]:
    """What these members did in dated rituals."""
    found: list[Evidence] = []
    for some in batches(people):
        rows = Activity.filter(
            community=community, member_id__in=some, kind=Kind.RITUAL, at__gte=since
        )
        told = await rows.values_list("member_id", "platform", "subject", "at")
        found += [(int(m), Platform(p), str(about), at) for m, p, about, at in told]
    return found


async def taking_part(community: Community, since: datetime) -> dict[str, set[int]]:
    """Dated ritual (`<slug>:<local date>`) to who took part."""
    rows = Activity.filter(
        community=community, kind=Kind.RITUAL, at__gte=since, member__absorbed_by=None
    )
    found: dict[str, set[int]] = {}
    for about, member in await rows.distinct().values_list("subject", "member_id"):
        found.setdefault(str(about), set()).add(int(member))
    return found


async def busy(community: Community, since: datetime) -> dict[Platform, tuple[int, int]]:
    """Platform to its replies and reactions received, and how many people did something there."""
    rows = Activity.filter(community=community, at__gte=since, member__absorbed_by=None)
    amounts = await _by_platform(rows)
    people = await rows.filter(kind__in=DONE).distinct().values_list("platform", "member_id")
    active = Counter(Platform(platform) for platform, _ in people)
    return {p: (amounts[p], active[p]) for p in Platform if p in active}


async def own(community: Community, member: int, since: datetime) -> Mapping[Platform, int]:
    """A member's own part of these amounts."""
    return await _by_platform(Activity.filter(community=community, member_id=member, at__gte=since))


async def _by_platform(rows: QuerySet[Any]) -> Counter[Platform]:
    grouped = rows.filter(kind__in=FED_BY_OTHERS).annotate(n=Count("id")).group_by("platform")
    return Counter({Platform(p): int(n) for p, n in await grouped.values_list("platform", "n")})


async def contributions(community: Community) -> int:
    """How many messages and replies people have written in the channels, ever."""
    return await Activity.filter(
        community=community, kind__in=SPOKEN, member__absorbed_by=None
    ).count()


async def never_seen(community: Community, before: datetime) -> list[tuple[int, str]]:
    """Members (id, name) who arrived before and never did anything, the last to come first."""
    query = (
        "SELECT m.id, m.name FROM member m WHERE m.community_id = ? AND m.left_at IS NULL"
        " AND m.absorbed_by IS NULL AND m.joined_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM activity a WHERE a.member_id = m.id AND a.kind IN ?)"
        " ORDER BY m.joined_at DESC, m.id DESC"
    )
    kinds = [kind.value for kind in DONE]
    rows = await select(query, community.id, before.astimezone(UTC), kinds)
    return [(row["id"], row["name"]) for row in rows]


def batches(wanted: Sequence[int]) -> Iterator[list[int]]:
    """Ids in lists that one query takes."""
    for start in range(0, len(wanted), SOME):
        yield list(wanted[start : start + SOME])
