"""One person, several accounts: joining two members into one, and taking it back."""

import secrets
from collections.abc import Iterator
from typing import Any

from tortoise import Tortoise
from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from core.chat.identity import Workspace
from core.engine.database import APP, transaction
from core.engine.forms import key_of
from core.engine.models import Community, FormDraft, OutboxMessage
from core.engine.outbox import lane
from core.engine.scene import Scene
from core.members.models import Link, LinkAttempt, LinkCode, Member, MemberAccount, MemberRole
from core.members.rules import ALPHABET, CODE_LENGTH, CODE_LIFE, UNDO, written_code
from core.members.service import people_changed


async def show_code(scene: Scene, member: int) -> LinkCode:
    """A fresh code for ten minutes; the one before it no longer counts."""
    await LinkCode.filter(member_id=member).delete()
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return await LinkCode.create(member_id=member, code=code, expires_at=scene.now + CODE_LIFE)


async def owner_of(scene: Scene, typed: str, member: int) -> Member | None:
    """Whose living code that is; a wrong one is counted against `member`."""
    code = written_code(typed)
    living = LinkCode.filter(expires_at__gt=scene.now, member__community=scene.community)
    row = (
        await living.get_or_none(code=code).select_related("member")
        if len(code) == CODE_LENGTH
        else None
    )
    if row is None:
        await LinkAttempt.create(member_id=member, at=scene.now)
        return None
    return row.member


async def link(scene: Scene, one: int, other: int) -> Link:
    """Make two members one: whoever came first stays, what belongs to the other moves over.

    Where both hold the same thing (a charter accepted twice, two profiles) the first keeps
    theirs and the other's waits for an undo. Tells the other rooms by the job `members.linked`.
    """
    await _alone(scene)
    first, second = await Member.filter(id__in=[one, other]).order_by("joined_at", "id")
    await LinkCode.filter(member_id__in=[one, other]).delete()
    moved = {table(model): await _move(model, second.id, first.id) for model in personal()}
    await Member.filter(id=second.id).update(absorbed_by=first.id)
    await _presence(scene, first.id)
    await people_changed(scene.community.id)
    made = await Link.create(member=first, absorbed=second.id, moved=moved, at=scene.now)
    await scene.later("members.linked", str(made.id), scene.now)
    return made


async def undo(scene: Scene, link_id: int, member: int) -> Link | None:
    """Part what was linked less than 24 h ago, each with what was theirs; None when too late."""
    await _alone(scene)
    made = await Link.get_or_none(id=link_id, member_id=member, undone_at=None)
    if made is None or scene.now - made.at >= UNDO:
        return None
    for model in personal():
        rows = made.moved.get(table(model), [])
        await model.filter(id__in=rows).update(member_id=made.absorbed)
    await Member.filter(id=made.absorbed).update(absorbed_by=None)
    for parted in (made.member_id, made.absorbed):
        await _only_own_roles(parted)
        await _presence(scene, parted)
    await people_changed(scene.community.id)
    made.undone_at = scene.now
    await made.save(update_fields=["undone_at"])
    await scene.later("members.unlinked", str(made.id), scene.now)
    return made


def personal() -> Iterator[type[Model]]:
    """Every table, in every room, that belongs to a member by a column `member`."""
    for model in Tortoise.apps[APP].values():
        about = model.describe()
        relations = {field["name"] for field in (*about["fk_fields"], *about["o2o_fields"])}
        if model is not Link and "member" in relations:
            yield model


def table(model: type[Model]) -> str:
    """The name of a model's table."""
    return str(model.describe()["table"])


async def _alone(scene: Scene) -> None:
    """Wait for what is being written in the community, and let nothing begin before we end.

    What is recorded of somebody by one process while another one moves what is theirs would
    stay behind. Whatever is written holds a key of the community's row (PostgreSQL's FOR KEY
    SHARE); SQLite has one transaction at a time.
    """
    await Community.filter(id=scene.community.id).select_for_update().first()


async def _move(model: type[Model], source: int, target: int) -> list[int]:
    moved: list[int] = []
    for (row,) in await model.filter(member_id=source).order_by("id").values_list("id"):
        try:
            async with transaction():
                await model.filter(id=row).update(member_id=target)
        except IntegrityError:
            continue  # the first member holds the same: theirs counts
        moved.append(row)
    return moved


async def _presence(scene: Scene, member: int) -> None:
    """Somebody is here as long as one of their accounts is."""
    rows = Member.filter(id=member)
    if await MemberAccount.exists(member_id=member, left_at=None):
        await rows.update(left_at=None)
    else:
        await rows.filter(left_at=None).update(left_at=scene.now)


async def _only_own_roles(member: int) -> None:
    """What a platform granted while the accounts were linked goes with the account."""
    platforms = await MemberAccount.filter(member_id=member).values_list("platform", flat=True)
    theirs = MemberRole.filter(member_id=member)
    await theirs.exclude(source__in=["command", *map(str, platforms)]).delete()


async def moved(scene: Scene, workspace: Workspace, to: Workspace) -> None:
    """A workspace changed its id: its accounts follow.

    Whoever was met under the new id before we knew was taken for somebody new, and is not.
    """
    await people_changed(scene.community.id)
    here = MemberAccount.filter(community=scene.community, platform=workspace.platform)
    for row in await here.filter(workspace=workspace.id).order_by("id"):
        twin = await here.filter(workspace=to.id, user=row.user).first()
        if twin is None:
            await MemberAccount.filter(id=row.id).update(workspace=to.id)
            continue
        await row.delete()
        if twin.member_id != row.member_id:
            await link(scene, row.member_id, twin.member_id)


async def export(member: int) -> dict[str, list[dict[str, object]]]:
    """Everything every room and the machinery hold about a member: table -> rows."""
    held = {**_signed(await _people(member)), **await _held(member)}
    return {name: await rows.values() for name, rows in held.items()}


async def forget(member: int) -> None:
    """Remove a member and everything every room and the machinery hold about them."""
    for row in await Member.filter(id=member):
        await people_changed(row.community_id)
    for rows in (await _held(member)).values():
        await rows.delete()


async def _people(member: int) -> list[int]:
    """A member, and those they were linked from."""
    people = [member]
    for one in people:
        people += [row.id for row in await Member.filter(absorbed_by=one)]
    return people


def _signed(people: list[int]) -> dict[str, QuerySet[Any]]:
    """What somebody did to what is everybody's: named by the attribute `BY` of a model.

    It stays when they are forgotten, without their name.
    """
    return {
        table(model): model.filter(**{f"{by}_id__in": people})
        for model in Tortoise.apps[APP].values()
        if (by := getattr(model, "BY", ""))
    }


async def _shared(people: list[int]) -> dict[str, QuerySet[Any]]:
    """What holds somebody's words beside others': named by the attribute `HOLDS` of a model."""
    shared: dict[str, QuerySet[Any]] = {}
    for model in personal():
        if holds := getattr(model, "HOLDS", ""):
            rows = model.filter(member_id__in=people)
            found = await rows.values_list(f"{holds}_id", flat=True)
            whole = model._meta.fields_map[holds].related_model  # type: ignore[attr-defined]  # noqa: SLF001  a relation's
            shared[table(whole)] = whole.filter(id__in=list(found))
    return shared


async def _held(member: int) -> dict[str, QuerySet[Any]]:
    """Table -> its rows about a member, those they were linked from included; members last."""
    people = await _people(member)
    accounts = [row.account for row in await MemberAccount.filter(member_id__in=people)]
    lanes, drafts = [lane(a) for a in accounts], [key_of(a) for a in accounts]
    tenants = await Member.filter(id__in=people).values_list("community_id", flat=True)
    here = Q(community_id__in=list(tenants))
    held = {table(model): model.filter(member_id__in=people) for model in personal()}
    return {
        **await _shared(people),
        **held,
        table(OutboxMessage): OutboxMessage.filter(here, Q(lane__in=lanes) | Q(member__in=people)),
        table(FormDraft): FormDraft.filter(here, account__in=drafts),
        table(Link): Link.filter(Q(member_id__in=people) | Q(absorbed__in=people)),
        table(Member): Member.filter(id__in=people),
    }
