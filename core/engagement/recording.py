"""Counting what people do and taking it back, a group of events at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from core.chat.events import MessagePosted, ReactionAdded, ReactionRemoved
from core.chat.identity import Account, MessageRef
from core.engagement.models import Activity
from core.engagement.rules import Kind
from core.engine.database import insert_new, select
from core.engine.scene import Scene, Speaker
from core.members import service as members

SPOKEN = (Kind.MESSAGE, Kind.REPLY)

Done = MessagePosted | ReactionAdded | ReactionRemoved
Reaction = tuple[int, str, str]
"""Member, message key and emoji: what is given once."""

COLUMNS = ("community_id", "member_id", "platform", "kind", "key", "emoji", "subject", "at")


@dataclass(frozen=True, slots=True)
class _Given:
    """A reaction that counts, and whose message it is about, where that is known."""

    reaction: Reaction
    platform: str
    wrote: int | None
    at: datetime


@dataclass(slots=True)
class _Outcome:
    """What a group of events comes to: rows of words, reactions given, reactions taken back."""

    words: list[tuple[object, ...]] = field(default_factory=list)
    given: dict[Reaction, _Given] = field(default_factory=dict)
    taken_back: set[Reaction] = field(default_factory=set)


async def record(scene: Scene, said: Sequence[tuple[Speaker, Done]]) -> None:
    """Count words and reactions once each, as if one by one in this order.

    A reaction counts for who gives it and, when its author is another person we know, for who
    receives it: the author is the one the platform names, else whoever was recorded as having
    written the message. One's own message counts for nothing. One taken back was never given.
    """
    accounts = await _members(scene, said)
    authors = await _authors(scene, said)
    outcome = _Outcome()
    for who, event in said:
        key = event.message.key
        if isinstance(event, MessagePosted):
            outcome.words.append(_word(scene, who.member, event, key))
            authors.setdefault(key, who.member)
            continue
        reaction = (who.member, key, event.emoji[:120])
        if isinstance(event, ReactionRemoved):
            outcome.given.pop(reaction, None)
            outcome.taken_back.add(reaction)
            continue
        wrote = accounts.get(event.author) if event.author else authors.get(key)
        if wrote != who.member:
            platform = event.message.channel.platform.value
            given = _Given(reaction, platform, wrote, event.at)
            outcome.given.setdefault(reaction, given)
    await _keep(scene, outcome)


async def forget(scene: Scene, refs: Iterable[MessageRef]) -> None:
    """Messages are gone: so is all that was counted on them, reactions and participation too."""
    await Activity.filter(community=scene.community, key__in=[ref.key for ref in refs]).delete()


def _word(scene: Scene, member: int, event: MessagePosted, key: str) -> tuple[object, ...]:
    kind = Kind.REPLY if event.reply_to is not None else Kind.MESSAGE
    platform = event.message.channel.platform.value
    at = event.at.astimezone(UTC)
    return (scene.community.id, member, platform, kind.value, key, "", "", at)


async def _keep(scene: Scene, outcome: _Outcome) -> None:
    await _take_back(scene, outcome.taken_back)
    givens = list(outcome.given.values())
    rows = [*outcome.words, *(_row(scene, Kind.REACTION_GIVEN, given) for given in givens)]
    if not rows:
        return
    told = ("id", "member_id", "key", "emoji") if givens else ("id",)
    found = await insert_new("activity", COLUMNS, rows, *told)
    if not givens:
        return
    # Words have no emoji: what is found here was just given, for the first time.
    ids = {(row["member_id"], row["key"], row["emoji"]): row["id"] for row in found}
    received = [
        _row(scene, Kind.REACTION_RECEIVED, given, str(ids[given.reaction]))
        for given in givens
        if given.wrote is not None and given.reaction in ids
    ]
    if received:
        await insert_new("activity", COLUMNS, received, "id")


def _row(scene: Scene, kind: Kind, given: _Given, subject: str = "") -> tuple[object, ...]:
    member, key, emoji = given.reaction
    whose = given.wrote if kind is Kind.REACTION_RECEIVED else member
    at = given.at.astimezone(UTC)
    return (scene.community.id, whose, given.platform, kind.value, key, emoji, subject, at)


async def _take_back(scene: Scene, reactions: set[Reaction]) -> None:
    """A reaction taken back was neither given nor received."""
    if not reactions:
        return
    about = Activity.filter(community=scene.community, key__in=list({k for _, k, _ in reactions}))
    rows = await about.filter(kind=Kind.REACTION_GIVEN).values_list(
        "id", "member_id", "key", "emoji"
    )
    given = [row[0] for row in rows if row[1:] in reactions]
    subjects = [str(row) for row in given]
    await about.filter(kind=Kind.REACTION_RECEIVED, subject__in=subjects).delete()
    await about.filter(id__in=given).delete()


async def _members(scene: Scene, said: Sequence[tuple[Speaker, Done]]) -> dict[Account, int]:
    """The members behind the authors whom the platforms name."""
    named = {e.author for _, e in said if isinstance(e, ReactionAdded) and e.author}
    return await members.behind(scene, named) if named else {}


async def _authors(scene: Scene, said: Sequence[tuple[Speaker, Done]]) -> dict[str, int]:
    """Who wrote the messages whose author the platforms do not name, as far as recorded."""
    keys = {e.message.key for _, e in said if isinstance(e, ReactionAdded) and not e.author}
    if not keys:
        return {}
    rows = await select(
        "SELECT key, member_id FROM activity WHERE community_id = ? AND key IN ? AND kind IN ?"
        " ORDER BY id DESC",
        scene.community.id,
        list(keys),
        [kind.value for kind in SPOKEN],
    )
    return {row["key"]: row["member_id"] for row in rows}
