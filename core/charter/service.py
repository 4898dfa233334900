"""The charter in force, who accepted it, and the gates that follow from it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.functions import Count
from tortoise.queryset import QuerySet

from core.charter.models import CharterAcceptance, CharterText, CharterVersion
from core.charter.rules import (
    CharterSettings,
    Standing,
    digest,
    language_of,
    standing,
    written,
)
from core.chat.identity import Platform
from core.engine.models import Community
from core.engine.scene import Dialogue, Scene
from core.members import service as members
from core.members.models import Link, Member

SHOWN_NAMES = 20
"""How many names a status shows."""


async def current(scene: Scene) -> CharterVersion:
    """The version in force; the first is published from the settings when there is none."""
    found = await CharterVersion.filter(community=scene.community).order_by("-number").first()
    return found or await _first(scene)


async def _first(scene: Scene) -> CharterVersion:
    version, made = await CharterVersion.get_or_create(
        {"published_at": scene.now}, community=scene.community, number=1
    )
    if made:
        texts = scene.settings(CharterSettings).texts
        await add_texts(version, {language: (text, "") for language, text in texts.items()})
    return version


async def add_texts(version: CharterVersion, texts: Mapping[str, tuple[str, str]]) -> None:
    """Keep what a version says: language to (text, summary of what changed)."""
    for language, (given, summary) in texts.items():
        text = written(given)
        await CharterText.create(
            version=version,
            language=language,
            text=text,
            summary=written(summary),
            sha256=digest(text),
        )


async def texts_of(version: CharterVersion) -> dict[str, CharterText]:
    """What a version says, by language."""
    return {text.language: text for text in await CharterText.filter(version=version)}


async def text_for(version: CharterVersion, language: str) -> CharterText:
    """The text shown to somebody who speaks `language` (`fr`, `fr@tu`, `en`)."""
    texts = await texts_of(version)
    return texts[language_of(language, texts)]


async def accepted(member: int) -> dict[int, CharterAcceptance]:
    """What a member accepted: version number to the proof, the oldest version first."""
    rows = CharterAcceptance.filter(member_id=member).select_related("version")
    return {row.version.number: row for row in await rows.order_by("version__number")}


def present(community: Community) -> QuerySet[Member]:
    """Those who are here, each person once."""
    return Member.filter(community=community, left_at=None, absorbed_by=None)


async def numbers_accepted(scene: Scene, people: Collection[int]) -> dict[int, set[int]]:
    """Member to the versions they accepted, for those of `people` who accepted any."""
    numbers: dict[int, set[int]] = {}
    if people:
        rows = CharterAcceptance.filter(
            member__community=scene.community, member_id__range=(min(people), max(people))
        )
        for member, number in await rows.values_list("member_id", "version__number"):
            if member in people:
                numbers.setdefault(member, set()).add(number)
    return numbers


async def standing_of(scene: Scene, member: int) -> Standing:
    """Where a member stands with the version in force."""
    return (await standings(scene, {member}))[member]


async def standings(scene: Scene, people: Collection[int]) -> dict[int, Standing]:
    """Where each of these members stands with the version in force."""
    version = await current(scene)
    numbers = await numbers_accepted(scene, people)
    ends = version.grace_ends_at
    return {
        member: standing(numbers.get(member, set()), version.number, ends, scene.now)
        for member in people
    }


async def accept(dialogue: Dialogue, version: CharterVersion) -> CharterAcceptance:
    """Keep the proof, once for each version; every gate of the member opens.

    Other rooms learn it by the job `charter.accepted`, whose key is the acceptance's id.
    """
    text = await text_for(version, dialogue.who.language)
    row, made = await CharterAcceptance.get_or_create(
        {
            "sha256": text.sha256,
            "at": dialogue.now,
            "language": text.language,
            "platform": dialogue.who.account.platform,
        },
        member_id=dialogue.who.member,
        version=version,
    )
    if made:
        await dialogue.later("charter.accepted", str(row.id), dialogue.now)
    await move_gates(dialogue, dialogue.who.member, is_open=True)
    return row


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the job `charter.accepted` is about; `first`: this member accepted none before."""

    member: int
    platform: Platform
    first: bool


async def acceptance(key: str) -> Accepted | None:
    """The acceptance a job `charter.accepted` names, as it is now; None when forgotten."""
    row = await CharterAcceptance.get_or_none(id=int(key))
    if row is None:
        return None
    earlier = await CharterAcceptance.filter(member_id=row.member_id, id__lt=row.id).exists()
    return Accepted(row.member_id, row.platform, first=not earlier)


async def move_gates(scene: Scene, member: int, *, is_open: bool) -> None:
    """Open or close the gate for every account of a member on the workspaces now served."""
    for row in await members.accounts_of(member):
        if row.account.home in scene.workspaces:
            await scene.owe_gate(row.account, is_open=is_open)


async def linked(scene: Scene, link: Link) -> None:
    """Two members became one: a charter accepted by either counts on all accounts."""
    if await standing_of(scene, link.member_id) is not Standing.WAITING:
        await move_gates(scene, link.member_id, is_open=True)


async def unlinked(scene: Scene, link: Link) -> list[int]:
    """Two members were parted: the gate closes for the one who never accepted.

    Says whom to ask again: at most one of the two, for what neither accepted opened nothing.
    """
    stands = {m: await standing_of(scene, m) for m in (link.member_id, link.absorbed)}
    waiting = [m for m, stand in stands.items() if stand is Standing.WAITING]
    if len(waiting) == len(stands):
        return []
    for member in waiting:
        await move_gates(scene, member, is_open=False)
    return waiting


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who has not accepted the version in force; `since` is when they came."""

    member: int
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """Who accepted what and who waits, among those who are here.

    `counts` holds (version, platform, acceptances); `latest` the last twenty proofs, the newest
    first; `grace` those whom the grace period still lets in.
    """

    version: CharterVersion
    accepted: int
    grace: Sequence[Waiting]
    waiting: Sequence[Waiting]
    counts: Sequence[tuple[int, Platform, int]]
    latest: Sequence[CharterAcceptance]


async def status(scene: Scene) -> Status:
    """Who accepted what and who waits, the first to come first."""
    version = await current(scene)
    proofs = CharterAcceptance.filter(
        member__community=scene.community, member__left_at=None, member__absorbed_by=None
    )
    everyone = await present(scene.community).order_by("joined_at", "id")
    numbers = await numbers_accepted(scene, {person.id for person in everyone})
    stands: dict[Standing, list[Waiting]] = {stand: [] for stand in Standing}
    for person in everyone:
        accepts = numbers.get(person.id, set())
        stand = standing(accepts, version.number, version.grace_ends_at, scene.now)
        stands[stand].append(Waiting(person.id, person.name, person.joined_at))
    grouped = proofs.annotate(count=Count("id")).group_by("version__number", "platform")
    rows = await grouped.values_list("version__number", "platform", "count")
    latest = proofs.select_related("member", "version").order_by("-at", "-id")
    return Status(
        version=version,
        accepted=len(stands[Standing.ACCEPTED]),
        grace=stands[Standing.GRACE],
        waiting=stands[Standing.WAITING],
        counts=sorted((number, Platform(platform), count) for number, platform, count in rows),
        latest=await latest.limit(SHOWN_NAMES),
    )


async def opening(scene: Scene) -> QuerySet[CharterAcceptance]:
    """The acceptances that open the gate at this moment: `standing`, for a whole community."""
    version = await current(scene)
    proofs = CharterAcceptance.filter(member__community=scene.community)
    within_grace = version.grace_ends_at is not None and scene.now < version.grace_ends_at
    return proofs if within_grace else proofs.filter(version_id=version.id)


@dataclass(frozen=True, slots=True)
class Proof:
    """One acceptance, as it would be shown to somebody who doubts it.

    `text` is the text shown, found again by its hash; `genuine` says that it still has that
    hash. A member who was linked into another keeps their own proofs under their own id.
    """

    member: int
    name: str
    version: int
    at: datetime
    language: str
    platform: Platform
    sha256: str
    text: str

    @property
    def genuine(self) -> bool:
        """Whether the text kept is the text accepted."""
        return digest(self.text) == self.sha256


async def proof(scene: Scene) -> list[Proof]:
    """Every acceptance in the community, the oldest first, those of who left included."""
    texts = {
        (text.version_id, text.language): text.text
        for text in await CharterText.filter(version__community=scene.community)
    }
    rows = CharterAcceptance.filter(member__community=scene.community)
    return [
        Proof(
            member=row.member_id,
            name=row.member.name,
            version=row.version.number,
            at=row.at,
            language=row.language,
            platform=row.platform,
            sha256=row.sha256,
            text=texts[row.version_id, row.language],
        )
        for row in await rows.select_related("member", "version").order_by("at", "id")
    ]
