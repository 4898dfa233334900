"""What is owed, doubtful or lost, and when we were away: asked, noted and settled."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from pydantic import ValidationError
from tortoise.expressions import Q
from tortoise.functions import Count, Min
from tortoise.queryset import QuerySet

from core.chat.identity import Account, Destination, Platform
from core.engine.models import Community, Job, OutboxMessage, State
from core.engine.outbox import Owed as Payload
from core.engine.scene import Scene
from core.engine.schedule import at_local
from core.members import service as members
from core.watch.models import Absence, Awake, Missed
from core.watch.rules import SHOWN, STALE, WATCH, Away, Owed, absent, room_of

NOWHERE = "channel is configured for"
"""How a platform says that it was given no channel for a purpose: a choice, not a failure."""


# -- what is owed ------------------------------------------------------------------------------


def waiting(now: datetime) -> Q:
    """What is owed at this moment: due, in hand, or failing and to be tried again."""
    failing = Q(state=State.DUE, failing_since__isnull=False)
    return Q(state=State.DUE, due_at__lte=now) | failing | Q(state=State.CLAIMED)


def failed(community: Community, since: datetime) -> QuerySet[OutboxMessage]:
    """What was given up since a moment, save where no channel was configured for it."""
    rows = OutboxMessage.filter(community=community, state=State.FAILED, due_at__gte=since)
    return rows.exclude(problem__contains=NOWHERE)


async def owed(community: Community, now: datetime) -> list[Owed]:
    """What each platform's outbox holds, those that hold nothing left out."""
    here = OutboxMessage.filter(community=community)
    counts: dict[str, dict[str, Any]] = {}
    due = here.filter(waiting(now)).annotate(n=Count("id"), due=Min("due_at"))
    grouped = due.annotate(failing=Min("failing_since")).group_by("platform")
    for platform, n, *moments in await grouped.values_list("platform", "n", "due", "failing"):
        oldest = min(moment(m) for m in moments if m is not None)
        age = max((now - oldest).total_seconds(), 0.0)
        counts[platform] = {"waiting": int(n), "oldest": age}
    for name, rows in (
        ("parked", here.filter(state=State.PARKED)),
        ("doubtful", here.filter(state=State.DOUBTFUL)),
        ("failed", failed(community, now - STALE)),
    ):
        by = rows.annotate(n=Count("id")).group_by("platform")
        for platform, n in await by.values_list("platform", "n"):
            counts.setdefault(platform, {})[name] = int(n)
    return [Owed(p, **counts[p]) for p in Platform if p in counts]


def moment(value: datetime | str) -> datetime:
    """A smallest moment as the database says it: SQLite as text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


@dataclass(frozen=True, slots=True)
class Item:
    """A row as it is shown to a moderator: never its words, which may quote somebody."""

    id: int
    platform: Platform
    state: State
    room: str
    to: Destination | None
    due_at: datetime
    problem: str


def item(row: OutboxMessage) -> Item:
    """What may be shown of a row; its addressee is forgotten once it was given up."""
    to: Destination | None = None
    if row.payload:
        try:
            owed = Payload.model_validate_json(row.payload)
            to = owed.gate or owed.to or owed.edits or owed.agenda or owed.regathers
        except ValidationError:
            to = None
    room = room_of(row.cause, row.guard, row.then)
    return Item(row.id, Platform(row.platform), row.state, room, to, row.due_at, row.problem)


async def listed(scene: Scene) -> list[Item]:
    """What a moderator is shown: doubtful first, then late, then given up; the oldest of each."""
    here = OutboxMessage.filter(community=scene.community)
    late = here.filter(waiting(scene.now)).filter(
        Q(due_at__lt=scene.now - timedelta(minutes=1)) | Q(failing_since__isnull=False)
    )
    found: list[OutboxMessage] = []
    lists = (here.filter(state=State.DOUBTFUL), late, failed(scene.community, scene.now - STALE))
    for rows in lists:
        found += await rows.order_by("id").limit(SHOWN - len(found)) if len(found) < SHOWN else []
    return [item(row) for row in found]


# -- settling a doubt --------------------------------------------------------------------------


def _doubtful(scene: Scene, row: int) -> QuerySet[OutboxMessage]:
    return OutboxMessage.filter(community=scene.community, id=row, state=State.DOUBTFUL)


async def resend(scene: Scene, row: int) -> bool:
    """It did not arrive: send it again; False when somebody settled it before."""
    won = await _doubtful(scene, row).update(
        state=State.DUE,
        due_at=scene.now,
        tries=0,
        problem="",
        began_at=None,
        failing_since=None,
        told_at=None,
    )
    return bool(won)


async def arrived(scene: Scene, row: int) -> bool:
    """It arrived all the same; False when somebody settled it before."""
    return bool(await _doubtful(scene, row).update(state=State.DONE, payload=""))


# -- away --------------------------------------------------------------------------------------


async def opens(scene: Scene, forgetful: Collection[Platform] = ()) -> bool:
    """The suite starts: remember how long it was away; says whether it was.

    `forgetful` are the platforms without a history. Called before anything else is done.
    """
    mark = await Awake.get_or_none(community=scene.community)
    await awake(scene)
    if mark is None or not absent(mark.at, scene.now):
        return False
    await Absence.create(
        community=scene.community,
        start=mark.at,
        end=scene.now,
        forgetful=sorted(forgetful),
    )
    return True


async def awake(scene: Scene) -> None:
    """We are at work at this moment."""
    await Awake.update_or_create({"at": scene.now}, community=scene.community)


async def recovered(scene: Scene, platform: Platform, events: int) -> None:
    """So many events of the last absence were read from a platform's history."""
    rows = Absence.filter(community=scene.community, told_at=None)
    last = await rows.order_by("-id").first()
    if last is not None:
        last.recovered[platform] = last.recovered.get(platform, 0) + events
        await last.save(update_fields=["recovered"])


async def missed(scene: Scene, title: str, due_at: datetime) -> None:
    """Something that has a name did not take place, for its moment was past."""
    await Missed.create(community=scene.community, title=title[:120], due_at=due_at)


async def absences(community: Community, start: datetime, end: datetime) -> list[Absence]:
    """The absences that began in that time, the first first."""
    rows = Absence.filter(community=community, start__gte=start, start__lt=end)
    return await rows.order_by("start", "id")


async def told_of(scene: Scene, absence: Absence) -> Away:
    """An absence with what was skipped and read again because of it."""
    start, end = absence.start, absence.end
    dates = await Missed.filter(
        community=scene.community, told_at=None, due_at__gte=start, due_at__lt=end
    ).order_by("due_at", "id")
    return Away(
        start,
        end,
        [(row.title, row.due_at) for row in dates],
        dict(await skipped(scene, start, end)),
        {Platform(p): n for p, n in absence.recovered.items() if n},
        [Platform(p) for p in absence.forgetful],
    )


async def skipped(scene: Scene, start: datetime, end: datetime) -> Counter[str]:
    """By room, the work begun too late and the messages whose time was past."""
    found: Counter[str] = Counter()
    work = Job.filter(
        community=scene.community, state=State.SKIPPED, tries__gt=0, due_at__gte=start
    ).filter(due_at__lt=end)
    for (kind,) in await work.values_list("kind"):
        found[room_of("", kind)] += 1
    late = (
        OutboxMessage.filter(
            community=scene.community, state=State.SKIPPED, problem="too late", until__gte=start
        )
        .filter(until__lt=end)
        .exclude(cause=WATCH)
    )
    for row in await late.only("cause", "guard", "then"):
        found[room_of(row.cause, row.guard, row.then)] += 1
    return found


# -- /statut -----------------------------------------------------------------------------------


async def skipped_today(scene: Scene) -> int:
    """How much was skipped since midnight, local time."""
    midnight = at_local(scene.local(scene.now).date(), time(0), scene.zone)
    return (await skipped(scene, midnight, scene.now)).total()


async def last_digest(scene: Scene) -> datetime | None:
    """When the last weekly digest was due that went out, None before the first."""
    rows = Job.filter(community=scene.community, kind="reports.digest", state=State.DONE)
    last = await rows.order_by("-due_at").first()
    return last.due_at if last else None


async def person(scene: Scene, account: Account) -> str:
    """Whose account that is, by name."""
    member = await members.find(scene, account)
    return member.name if member else account.user
