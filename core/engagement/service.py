"""Counting what people do, taking it back, and adding it up."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from tortoise.expressions import Q
from tortoise.functions import Count

from core.chat.identity import Platform
from core.engagement.models import Activity
from core.engagement.rules import (
    DONE,
    Evidence,
    Figures,
    Kind,
    Participation,
    participation,
    subject,
    times_taken_part,
)
from core.engine.models import Community
from core.engine.scene import Scene

SPOKEN = (Kind.MESSAGE, Kind.REPLY)
REACTIONS = (Kind.REACTION_GIVEN, Kind.REACTION_RECEIVED)


async def record_ritual(
    scene: Scene,
    member_id: int,
    platform: Platform,
    ritual_slug: str,
    occurrence_key: str,
    key: str,
    *,
    emoji: str = "",
) -> None:
    """Keep one proof that somebody took part in a dated ritual (`occurrence_key`: local date).

    `key` and `emoji` name the proof, so that it can be taken back alone: a person with several
    proofs counts once, and still counts when one of them goes.
    """
    about = subject(ritual_slug, occurrence_key)
    await _add(scene, member_id, platform, Kind.RITUAL, key, emoji=emoji, about=about)


async def take_back(
    scene: Scene,
    member_id: int,
    ritual_slug: str,
    occurrence_key: str,
    key: str,
    *,
    emoji: str = "",
) -> None:
    """Take one proof of participation back."""
    await Activity.filter(
        community=scene.community,
        member_id=member_id,
        kind=Kind.RITUAL,
        key=key,
        emoji=emoji[:120],
        subject=subject(ritual_slug, occurrence_key),
    ).delete()


async def figures(community: Community, member: int, since: datetime | None = None) -> Figures:
    """What one member did and was given, since a moment or ever."""
    mine = Q(community=community, member_id=member)
    return await _figures(mine & Q(at__gte=since) if since else mine)


async def counts(community: Community, start: datetime, end: datetime) -> Figures:
    """What everybody did from `start` to just before `end`; `participation` details rituals."""
    return await _figures(_between(community, start, end))


async def participations(
    community: Community, start: datetime, end: datetime
) -> tuple[Participation, ...]:
    """How many people took part in each dated ritual, by platform, in that time."""
    return participation(await _evidence(_between(community, start, end)))


async def participation_in(community: Community, ritual: str, occurrence: str) -> Participation:
    """How many people took part in one dated ritual so far, by platform."""
    about = subject(ritual, occurrence)
    evidence = await _evidence(Q(community=community, subject=about, member__absorbed_by=None))
    return next(iter(participation(evidence)), Participation(ritual, occurrence, {}))


async def active_members(community: Community, start: datetime, end: datetime) -> set[int]:
    """Ids of the members who did something from `start` to just before `end`."""
    rows = Activity.filter(_between(community, start, end), kind__in=DONE).distinct()
    return {int(member) for (member,) in await rows.values_list("member_id")}


def _between(community: Community, start: datetime, end: datetime) -> Q:
    # A row that could not follow its member into a link is one that the other held already.
    return Q(community=community, at__gte=start, at__lt=end, member__absorbed_by=None)


async def _figures(which: Q) -> Figures:
    rows = Activity.filter(which).exclude(kind=Kind.RITUAL).annotate(count=Count("id"))
    grouped = await rows.group_by("kind", "platform").values_list("kind", "platform", "count")
    by = Counter({(Kind(kind), Platform(platform)): int(n) for kind, platform, n in grouped})
    by.subtract(await _no_more(which))
    by.update(times_taken_part(await _evidence(which)))
    return Figures({what: n for what, n in by.items() if n > 0})


async def _no_more(which: Q) -> Counter[tuple[Kind, Platform]]:
    """What a link of two accounts made void: reactions to oneself, and the same one twice."""
    received = await Activity.filter(which, kind=Kind.REACTION_RECEIVED).values_list(
        "member_id", "subject", "platform"
    )
    givers = await _givers(int(about) for _, about, _ in received)
    found: Counter[tuple[Kind, Platform]] = Counter()
    for member, about, name in received:
        giver, absorbed = givers.get(int(about), (None, None))
        platform = Platform(name)
        if giver == member:
            found.update((kind, platform) for kind in REACTIONS)
        elif absorbed is not None:
            found[Kind.REACTION_RECEIVED, platform] += 1
    return found


async def _givers(rows: Iterable[int]) -> dict[int, tuple[int, int | None]]:
    """Who gave each of these reactions, and whom they were linked into since."""
    wanted = list(rows)
    found: dict[int, tuple[int, int | None]] = {}
    for start in range(0, len(wanted), 500):  # SQLite takes a limited number of parameters
        given = Activity.filter(id__in=wanted[start : start + 500])
        for row, member, absorbed in await given.values_list(
            "id", "member_id", "member__absorbed_by"
        ):
            found[int(row)] = (int(member), absorbed)
    return found


async def _evidence(which: Q) -> list[Evidence]:
    rows = await Activity.filter(which, kind=Kind.RITUAL).values_list(
        "member_id", "platform", "subject", "at"
    )
    return [(int(m), Platform(p), str(about), at) for m, p, about, at in rows]


async def _add(
    scene: Scene,
    member: int,
    platform: Platform,
    kind: Kind,
    key: str,
    *,
    emoji: str = "",
    about: str = "",
    at: datetime | None = None,
) -> Activity | None:
    """The new row; None when the same was counted before."""
    row, made = await Activity.get_or_create(
        {"community": scene.community, "platform": platform, "at": at or scene.now},
        member_id=member,
        kind=kind,
        key=key,
        emoji=emoji[:120],
        subject=about,
    )
    return row if made else None
