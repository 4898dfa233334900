"""Finding people, knowing how to reach them, and what changes about them."""

from collections.abc import Iterable, Sequence

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from core.chat.identity import Account, Platform, Role
from core.engine.database import select
from core.engine.models import Community
from core.engine.scene import Scene, Speaker
from core.members.models import Member, MemberAccount, MemberProfile, MemberRole


def known_as(community: Community, account: Account) -> QuerySet[MemberAccount]:
    """The row of an account, if it was met."""
    return MemberAccount.filter(
        community=community,
        platform=account.platform,
        workspace=account.workspace,
        user=account.user,
    )


async def people_changed(community: int) -> None:
    """Who is who changed: what is kept of members in memory is worth nothing any more."""
    await Community.filter(id=community).update(people=F("people") + 1)


async def speaker(scene: Scene, row: MemberAccount) -> Speaker:
    """That account's member, as one who speaks; `row.member` must be loaded."""
    member = row.member
    assert isinstance(member, Member)  # noqa: S101  loaded by the caller
    roles = await MemberRole.filter(member_id=member.id)
    language = member.language or scene.texts.language(row.locale or None)
    held = frozenset(r.role for r in roles)
    gone = row.left_at is not None
    return Speaker(member.id, member.name, language, held, row.account, gone)


async def speak(scene: Scene, member: int, language: str) -> None:
    """Remember the language a member chose (`fr`, `fr@tu`, `en`)."""
    await Member.filter(id=member).update(language=language)
    await people_changed(scene.community.id)


async def accounts_of(member: int) -> list[MemberAccount]:
    """Every account of a member that is still there, `member` loaded, the last active first."""
    rows = MemberAccount.filter(member_id=member, left_at=None).select_related("member")
    return await rows.order_by("-active_at", "id")


async def reach(scene: Scene, member: int) -> Speaker | None:
    """How to write to a member in private: where they were last active on a served platform."""
    served = {(w.platform, w.id) for w in scene.workspaces}
    rows = await MemberAccount.filter(member_id=member, left_at=None).select_related("member")
    here = [row for row in rows if (row.platform, row.workspace) in served]
    if not here:
        return None
    return await speaker(scene, max(here, key=lambda row: (row.active_at, -row.id)))


async def find(scene: Scene, who: str | Account) -> Member | None:
    """The member meant by an account, or by a handle or name as people type it (`@bob`).

    A handle counts before a name, which anybody may give themselves. None when nobody, or more
    than one person, is called so.
    """
    if isinstance(who, Account):
        row = await known_as(scene.community, who).select_related("member").first()
        return row.member if row else None
    wanted = who.strip().removeprefix("@")
    here = MemberAccount.filter(community=scene.community, left_at=None).select_related("member")
    rows = await here.filter(handle__iexact=wanted) or await here.filter(name__iexact=wanted)
    people = {row.member_id: row.member for row in rows}
    return next(iter(people.values())) if len(people) == 1 else None


async def behind(scene: Scene, accounts: Iterable[Account]) -> dict[Account, int]:
    """The members behind these accounts, those we met."""
    homes: dict[tuple[Platform, str], list[str]] = {}
    for account in accounts:
        homes.setdefault((account.platform, account.workspace), []).append(account.user)
    query = (
        "SELECT a.user, a.member_id FROM member_account a"
        " WHERE a.community_id = ? AND a.platform = ? AND a.workspace = ? AND a.user IN ?"
    )
    return {
        Account(platform, workspace, row["user"]): row["member_id"]
        for (platform, workspace), users in homes.items()
        for row in await select(query, scene.community.id, platform.value, workspace, users)
    }


async def holding(community: Community, roles: Sequence[Role]) -> list[Member]:
    """Members who hold one of these roles, by id."""
    held = await MemberRole.filter(role__in=roles).values_list("member_id", flat=True)
    return await Member.filter(
        community=community, id__in=list(held), left_at=None, absorbed_by=None
    ).order_by("id")


async def grant(scene: Scene, member: int, role: Role) -> bool:
    """Give a role by command; False when it was held already."""
    _, made = await MemberRole.get_or_create(
        {"at": scene.now}, member_id=member, role=role, source="command"
    )
    await people_changed(scene.community.id)
    return made


async def withdraw(scene: Scene, member: int, role: Role) -> bool:
    """Take back a role given by command; False when there was none."""
    await people_changed(scene.community.id)
    return bool(await MemberRole.filter(member_id=member, role=role, source="command").delete())


async def left(scene: Scene, account: Account) -> None:
    """Somebody left a workspace; one who left everywhere has left the community."""
    await known_as(scene.community, account).update(left_at=scene.now)
    row = await known_as(scene.community, account).first()
    if row and not await MemberAccount.exists(member_id=row.member_id, left_at=None):
        await Member.filter(id=row.member_id).update(left_at=scene.now)
    await people_changed(scene.community.id)


async def came_back(scene: Scene, account: Account) -> bool:
    """Somebody is here (again); True when they had left the workspace."""
    row = await known_as(scene.community, account).first()
    if row is None or row.left_at is None:
        return False
    await MemberAccount.filter(id=row.id).update(left_at=None)
    await Member.filter(id=row.member_id).update(left_at=None)
    await people_changed(scene.community.id)
    return True


async def profile_of(member: int) -> MemberProfile:
    """What a member says of themselves; an empty one, not saved, when they said nothing."""
    return await MemberProfile.get_or_none(member_id=member) or MemberProfile(member_id=member)


async def save_profile(profile: MemberProfile) -> None:
    """Keep what a member says of themselves."""
    await profile.save()


async def experts(community: Community) -> list[MemberProfile]:
    """Profiles of those here who named a topic and are available, `member` loaded, by id."""
    rows = MemberProfile.filter(
        member__community=community,
        member__left_at=None,
        member__absorbed_by=None,
        available=True,
    ).select_related("member")
    return [row for row in await rows.order_by("member_id") if row.topics]
