"""Who is behind an account, as the machinery asks: from memory where nothing changed."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.chat.identity import Account, Platform, Profile, Role
from core.engine.database import select
from core.engine.models import Community
from core.engine.scene import Scene, Speaker
from core.members.models import Member, MemberAccount, MemberRole
from core.members.rules import MembersSettings, roles_from
from core.members.service import known_as, people_changed, speaker

ACTIVE_EVERY = timedelta(minutes=10)
"""How precisely we remember when an account was last active: it is not worth a write an event."""

KEPT = 20_000
"""Accounts kept in memory, those active last: some 20 MB."""


@dataclass(slots=True)
class _Kept:
    """An account as it stands in its row.

    `known` are its name, handle and locale, `granted` the roles its platform gave; `profile` is
    the last one that changed nothing.
    """

    row: int
    who: Speaker
    known: tuple[str, str, str]
    granted: frozenset[Role]
    active_at: datetime
    profile: Profile | None = None


class MemberDirectory:
    """The members' room as the engine knows it (`core.engine.directory.Directory`), one an App.

    What it keeps is worth as long as `Community.people` is what it was when it was read.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Account, _Kept] = OrderedDict()
        self._as_of: tuple[int, int] | None = None

    async def knows(self, community: Community, account: Account) -> bool:
        """Whether that account was met before, and its name is known."""
        return bool(await known_as(community, account).exclude(name=account.user).exists())

    async def met(self, community: Community, account: Account) -> bool:
        """Whether that account was met before."""
        return bool(await known_as(community, account).exists())

    async def speaks(self, community: Community, account: Account) -> str | None:
        """The language chosen behind an account, else its platform's tag; None when unknown."""
        row = await known_as(community, account).select_related("member").first()
        return (row.member.language or row.locale or None) if row else None

    async def tongues(self, community: Community, most: int) -> dict[Account, str]:
        """The languages chosen, by account, at most so many: those last active, last."""
        chose = MemberAccount.filter(community=community, left_at=None).exclude(member__language="")
        rows = await chose.select_related("member").order_by("-active_at").limit(most)
        return {row.account: row.member.language for row in reversed(rows)}

    async def recognise(self, scene: Scene, account: Account, profile: Profile | None) -> Speaker:
        """The member behind an account, made when new, brought up to date by `profile`."""
        row = await known_as(scene.community, account).select_related("member").first()
        if row is None:
            row = await _welcome(scene, account, profile)
        else:
            await _refresh(scene, row, profile)
        if profile is not None and profile.roles:
            await _sync_roles(scene, row, profile.roles)
        return await speaker(scene, row)

    async def present(self, community: Community, account: Account) -> bool:
        """Whether that account has not left its workspace; who is unknown has not."""
        return not await known_as(community, account).exclude(left_at=None).exists()

    async def strangers(self, scene: Scene, accounts: Iterable[Account]) -> set[Account]:
        """Those never met, or whose name is not known; the others are kept in mind."""
        unseen = [account for account in accounts if account not in self._kept]
        if unseen:
            await self._up_to_date(scene.community)
            await self._read(scene, unseen)
        return {account for account in unseen if account not in self._kept}

    async def recognise_many(
        self, scene: Scene, whom: Sequence[tuple[Account, Profile | None]]
    ) -> dict[Account, Speaker]:
        """The members behind many accounts at once, as `recognise` would one by one."""
        await self._up_to_date(scene.community)
        found: dict[Account, Speaker] = {}
        seen: list[_Kept] = []
        others: list[tuple[Account, Profile | None]] = []
        for account, profile in whom:
            kept = self._kept.get(account)
            if kept is None or (profile is not None and not _same(scene, kept, profile)):
                others.append((account, profile))
                continue
            found[account] = kept.who
            if scene.now - kept.active_at >= ACTIVE_EVERY:
                kept.active_at = scene.now
                self._kept.move_to_end(account)
                seen.append(kept)
        if seen:
            await MemberAccount.filter(id__in=[k.row for k in seen]).update(active_at=scene.now)
        if others:
            found |= await self._recognise_others(scene, others)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    async def _recognise_others(
        self, scene: Scene, whom: Sequence[tuple[Account, Profile | None]]
    ) -> dict[Account, Speaker]:
        """Those whom we do not have in mind, or of whom something new is said."""
        unseen = {account for account, _ in whom if account not in self._kept}
        if unseen:
            await self._read(scene, list(unseen))
        found: dict[Account, Speaker] = {}
        told: dict[Account, Profile | None] = {}
        for account, profile in whom:
            kept = self._kept.get(account)
            if kept is not None and (profile is None or _same(scene, kept, profile)):
                found[account] = kept.who
            elif account not in found or (profile is not None and profile != told[account]):
                self._kept.pop(account, None)
                found[account] = await self.recognise(scene, account, profile)
                told[account] = profile
        return found

    def forget(self) -> None:
        """What was learnt came to nothing: its transaction was undone."""
        self._kept.clear()

    async def _up_to_date(self, community: Community) -> None:
        (row,) = await select("SELECT people FROM community WHERE id = ?", community.id)
        if self._as_of != (community.id, row["people"]):
            self._kept.clear()
            self._as_of = (community.id, row["people"])

    async def _read(self, scene: Scene, accounts: Sequence[Account]) -> None:
        """Keep in mind those accounts that were met and have a name."""
        rows = [row for some in _by_home(accounts) for row in await _rows(scene.community, *some)]
        roles = await _roles([row["member"] for row in rows])
        for row in rows:
            if row["name"] == row["user"]:
                continue
            account = Account(Platform(row["platform"]), row["workspace"], row["user"])
            language = row["language"] or scene.texts.language(row["locale"] or None)
            sources = roles.get(row["member"], {})
            held = frozenset(role for given in sources.values() for role in given)
            gone = row["left_at"] is not None
            self._kept[account] = _Kept(
                row["id"],
                Speaker(row["member"], row["called"], language, held, account, gone),
                (row["name"], row["handle"], row["locale"]),
                frozenset(sources.get(account.platform, ())),
                _moment(row["active_at"]),
            )


def _same(scene: Scene, kept: _Kept, profile: Profile) -> bool:
    """Whether a profile says nothing new; it is looked into once, while it stays the same."""
    if kept.profile is profile or kept.profile == profile:
        return True
    told = (profile.name[:120], profile.handle[:120], (profile.locale or "")[:16])
    if any(new and new != old for new, old in zip(told, kept.known, strict=True)):
        return False
    if profile.roles and _told(scene, kept.who.account, profile.roles) != kept.granted:
        return False
    kept.profile = profile
    return True


def _by_home(accounts: Iterable[Account]) -> Iterable[tuple[Platform, str, list[str]]]:
    homes: dict[tuple[Platform, str], list[str]] = {}
    for account in accounts:
        homes.setdefault((account.platform, account.workspace), []).append(account.user)
    return [(*home, users) for home, users in homes.items()]


async def _rows(
    community: Community, platform: Platform, workspace: str, users: list[str]
) -> list[dict[str, Any]]:
    return await select(
        "SELECT a.id, a.platform, a.workspace, a.user, a.name, a.handle, a.locale, a.active_at,"
        " a.left_at, m.id AS member, m.name AS called, m.language"
        " FROM member_account a JOIN member m ON m.id = a.member_id"
        " WHERE a.community_id = ? AND a.platform = ? AND a.workspace = ? AND a.user IN ?",
        community.id,
        platform.value,
        workspace,
        users,
    )


async def _roles(members: list[int]) -> Mapping[int, Mapping[str, set[Role]]]:
    """The roles of these members, by who gave them."""
    held: dict[int, dict[str, set[Role]]] = {}
    query = "SELECT member_id, role, source FROM member_role WHERE member_id IN ?"
    for row in await select(query, members):
        given = held.setdefault(row["member_id"], {}).setdefault(row["source"], set())
        given.add(Role(row["role"]))
    return held


def _moment(value: datetime | str) -> datetime:
    """SQLite holds a moment as text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _told(scene: Scene, account: Account, names: frozenset[str]) -> frozenset[Role]:
    return roles_from(account.platform, names, scene.settings(MembersSettings))


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
    if changed.keys() & {"name", "locale"}:
        await people_changed(scene.community.id)


async def _sync_roles(scene: Scene, row: MemberAccount, names: frozenset[str]) -> None:
    told = _told(scene, row.account, names)
    held = await MemberRole.filter(member_id=row.member_id, source=row.platform)
    gone = [row_held.id for row_held in held if row_held.role not in told]
    new = told - {row_held.role for row_held in held}
    if gone:
        await MemberRole.filter(id__in=gone).delete()
    for role in new:
        await MemberRole.create(
            member_id=row.member_id, role=role, source=row.platform, at=scene.now
        )
    if gone or new:
        await people_changed(scene.community.id)
