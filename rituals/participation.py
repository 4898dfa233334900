"""Taking part: reactions to what was published and replies under it, on every platform."""

from collections.abc import Sequence
from datetime import datetime

from core.chat.events import MessagePosted, ReactionAdded, ReactionRemoved
from core.chat.identity import MessageRef
from core.engagement import service as engagement
from core.engine.database import select
from core.engine.scene import Dialogue, Scene, Speaker
from rituals import service
from rituals.models import Occurrence, OccurrenceState, RitualPost
from rituals.rules import RitualsSettings, carries

Done = MessagePosted | ReactionAdded | ReactionRemoved


async def stands(scene: Scene, occurrence: int, ref: MessageRef) -> None:
    """A message of that date stands: what people do with it is taking part."""
    if await Occurrence.exists(id=occurrence, ritual__community=scene.community):
        await RitualPost.get_or_create(
            {"platform": ref.channel.platform}, occurrence_id=occurrence, key=ref.key
        )


async def gone(scene: Scene, refs: Sequence[MessageRef]) -> None:
    """Messages are gone; they belong to no date any more."""
    keys = [ref.key for ref in refs]
    rows = RitualPost.filter(key__in=keys, occurrence__ritual__community=scene.community)
    await RitualPost.filter(id__in=[post.id for post in await rows]).delete()


async def concerned(scene: Scene, said: Sequence[tuple[Speaker, Done]]) -> set[int]:
    """The places of what may be part of a date, in one query for all of it.

    A reaction to one of its messages, a word under it, a ritual's hashtag; also what is under
    such a word in the same group.
    """
    tags = [ritual.hashtag for ritual in scene.settings(RitualsSettings).programme]
    above = [_above(event) for _, event in said]
    keys = list({key for some in above for key in some})
    rows = await select("SELECT key FROM ritual_post WHERE key IN ?", keys) if keys else []
    known = {row["key"] for row in rows}
    found: set[int] = set()
    for at, (_, event) in enumerate(said):
        words = event.text if isinstance(event, MessagePosted) else ""
        if "#" in words and any(carries(words, tag) for tag in tags):
            known.add(event.message.key)
            found.add(at)
        elif not known.isdisjoint(above[at]):
            found.add(at)
    return found


def _above(event: Done) -> list[str]:
    """The messages under which something is done."""
    if not isinstance(event, MessagePosted):
        return [event.message.key]
    channel = event.message.channel
    found = [event.reply_to.key] if event.reply_to else []
    if channel.thread:
        found.append(MessageRef(channel, channel.thread).key)
    return found


async def _dates(scene: Scene, *keys: str) -> list[Occurrence]:
    posts = RitualPost.filter(
        key__in=keys, occurrence__ritual__community=scene.community
    ).select_related("occurrence__ritual")
    return list({post.occurrence_id: post.occurrence for post in await posts}.values())


async def reacted(dialogue: Dialogue, ref: MessageRef, emoji: str) -> None:
    """A reaction to a message of a date."""
    for row in await _dates(dialogue, ref.key):
        await engagement.record_ritual(
            dialogue,
            dialogue.who.member,
            ref.channel.platform,
            row.ritual.slug,
            row.date.isoformat(),
            ref.key,
            emoji=emoji,
        )


async def unreacted(dialogue: Dialogue, ref: MessageRef, emoji: str) -> None:
    """A reaction was taken back."""
    for row in await _dates(dialogue, ref.key):
        await engagement.take_back(
            dialogue,
            dialogue.who.member,
            row.ritual.slug,
            row.date.isoformat(),
            ref.key,
            emoji=emoji,
        )


async def wrote(dialogue: Dialogue, event: MessagePosted) -> None:
    """A reply under a message of a date, or a tip that answers an open call."""
    ref, above = event.message, _above(event)
    dates = await _dates(dialogue, *above) if above else []
    opened = await _opened(dialogue, event.text, event.at)
    for row in opened:
        await stands(dialogue, row.id, ref)
        await service.to_the_back(dialogue, row.ritual, dialogue.who.member, served=True)
    for row in {row.id: row for row in (*dates, *opened)}.values():
        await engagement.record_ritual(
            dialogue,
            dialogue.who.member,
            ref.channel.platform,
            row.ritual.slug,
            row.date.isoformat(),
            ref.key,
        )


async def _opened(scene: Scene, text: str, at: datetime) -> list[Occurrence]:
    """The dates that a message answers: its hashtag, on the day all were called."""
    programme = scene.settings(RitualsSettings).programme
    slugs = [s.slug for s in programme if carries(text, s.hashtag)]
    if not slugs:
        return []
    rows = Occurrence.filter(
        ritual__community=scene.community,
        ritual__slug__in=slugs,
        state=OccurrenceState.OPEN,
        opened_at__lte=at,
    ).select_related("ritual")
    today = scene.local(at).date()
    return [row for row in await rows if scene.local(row.opened_at).date() == today]
