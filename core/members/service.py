"""Recognising people, finding them, and knowing how to reach them."""

from collections.abc import Sequence
from datetime import timedelta

from core.chat.identity import Account, Profile, Role
from core.engine.models import Community
from core.engine.scene import Scene, Speaker
from core.members.models import Member, MemberAccount, MemberProfile, MemberRole
from core.members.rules import MembersSettings, roles_from

ACTIVE_EVERY = timedelta(minutes=10)
"""How precisely we remember when an account was last active: it is not worth a write an event."""


class MemberDirectory:
    """The members' room as the engine knows it (`core.engine.app.Directory`)."""

    async def knows(self, community: Community, account: Account) -> bool:
        """Whether that account was met before, and its name is known."""
        return bool(await _accounts(community, account).exclude(name=account.user).exists())

    async def met(self, community: Community, account: Account) -> bool:
        """Whether that account was met before."""
        return bool(await _accounts(community, account).exists())

    async def speaks(self, community: Community, account: Account) -> str | None:
        """The language chosen behind an account, else its platform's tag; None when unknown."""
        row = await _accounts(community, account).select_related("member").first()
        return (row.member.language or row.locale or None) if row else None

    async def tongues(self, community: Community, most: int) -> dict[Account, str]:
        """The languages chosen, by account, at most so many: those last active, last."""
        chose = MemberAccount.filter(community=community, left_at=None).exclude(member__language="")
        rows = await chose.select_related("member").order_by("-active_at").limit(most)
        return {row.account: row.member.language for row in reversed(rows)}

    async def recognise(self, scene: Scene, account: Account, profile: Profile | None) -> Speaker:
        """The member behind an account, made when new, brought up to date by `profile`."""
        row = await _accounts(scene.community, account).select_related("member").first()
        if row is None:
            row = await _welcome(scene, account, profile)
        else:
            await _refresh(scene, row, profile)
        if profile is not None and profile.roles:
            await _sync_roles(scene, row, profile.roles)
        return await speaker(scene, row)


def _accounts(community: Community, account: Account):  # type: ignore[no-untyped-def]  # noqa: ANN202  Tortoise's query type has no public name
    return MemberAccount.filter(
        community=community,
        platform=account.platform,
        workspace=account.workspace,
        user=account.user,
    )


async def _welcome(scene: Scene, account: Account, profile: Profile | None) -> MemberAccount:
    name = (profile.name if profile else "") or account.user
    member = await Member.create(community=scene.community, name=name[:120], joined_at=scene.now)
    return await MemberAccount.create(
        community=scene.community,
        member=member,
        platform=account.platform,
        workspace=account.workspace,
        user=account.user,
        name=name[:120],
        handle=(profile.handle if profile else "")[:120],
        locale=((profile.locale if profile else None) or "")[:16],
        active_at=scene.now,
    )


async def _refresh(scene: Scene, row: MemberAccount, profile: Profile | None) -> None:
    changed: dict[str, object] = {}
    if scene.now - row.active_at >= ACTIVE_EVERY:
        changed["active_at"] = scene.now
    told = (
        {"name": profile.name, "handle": profile.handle, "locale": profile.locale}
        if profile
        else {}
    )
    for field, value in told.items():
        if value and getattr(row, field) != value:
            changed[field] = value[:120]
    if "name" in changed and row.member.name == row.name:
        row.member.name = str(changed["name"])
        await row.member.save(update_fields=["name"])
    if changed:
        await row.update_from_dict(changed).save(update_fields=list(changed))


async def _sync_roles(scene: Scene, row: MemberAccount, names: frozenset[str]) -> None:
    told = roles_from(row.platform, names, scene.settings(MembersSettings))
    held = await MemberRole.filter(member_id=row.member_id, source=row.platform)
    for row_held in held:
        if row_held.role not in told:
            await row_held.delete()
    for role in told - {r.role for r in held}:
        await MemberRole.create(
            member_id=row.member_id, role=role, source=row.platform, at=scene.now
        )


async def speaker(scene: Scene, row: MemberAccount) -> Speaker:
    """That account's member, as one who speaks; `row.member` must be loaded."""
    member = row.member
    assert isinstance(member, Member)  # noqa: S101  loaded by the caller
    roles = await MemberRole.filter(member_id=member.id)
    language = member.language or scene.texts.language(row.locale or None)
    held = frozenset(r.role for r in roles)
    gone = row.left_at is not None
    return Speaker(member.id, member.name, language, held, row.account, gone)


async def speak(member: int, language: str) -> None:
    """Remember the language a member chose (`fr`, `fr@tu`, `en`)."""
    await Member.filter(id=member).update(language=language)


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
        row = await _accounts(scene.community, who).select_related("member").first()
        return row.member if row else None
    wanted = who.strip().removeprefix("@")
    here = MemberAccount.filter(community=scene.community, left_at=None).select_related("member")
    rows = await here.filter(handle__iexact=wanted) or await here.filter(name__iexact=wanted)
    people = {row.member_id: row.member for row in rows}
    return next(iter(people.values())) if len(people) == 1 else None


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
    return made


async def withdraw(member: int, role: Role) -> bool:
    """Take back a role given by command; False when there was none."""
    return bool(await MemberRole.filter(member_id=member, role=role, source="command").delete())


async def left(scene: Scene, account: Account) -> None:
    """Somebody left a workspace; one who left everywhere has left the community."""
    await _accounts(scene.community, account).update(left_at=scene.now)
    row = await _accounts(scene.community, account).first()
    if row and not await MemberAccount.exists(member_id=row.member_id, left_at=None):
        await Member.filter(id=row.member_id).update(left_at=scene.now)


async def came_back(scene: Scene, account: Account) -> bool:
    """Somebody is here (again); True when they had left the workspace."""
    row = await _accounts(scene.community, account).first()
    if row is None or row.left_at is None:
        return False
    await MemberAccount.filter(id=row.id).update(left_at=None)
    await Member.filter(id=row.member_id).update(left_at=None)
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
