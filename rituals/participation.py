"""Taking part: reactions to what was published and replies under it, on every platform."""

from collections.abc import Sequence
from datetime import datetime

from core.chat.events import MessagePosted, ReactionAdded, ReactionRemoved
from core.chat.identity import MessageRef, Platform
from core.engagement import service as engagement
from core.engine.database import select
from core.engine.scene import Dialogue, Scene, Speaker
from rituals import dates, service
from rituals.kinds import Appointment, By, kind
from rituals.models import Occurrence, OccurrenceState, RitualPost
from rituals.rules import carries

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
    spoken = any(isinstance(event, MessagePosted) and "#" in event.text for _, event in said)
    tags = [ritual.hashtag for ritual in await dates.programme(scene)] if spoken else []
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


async def took_part(scene: Scene, found: Appointment, member: int, on: Platform, key: str) -> None:
    """Somebody took part in a date in a way of its kind; `key` names the proof, once."""
    await engagement.record_ritual(scene, member, on, found.settings.slug, found.key, key)


async def _dates(scene: Scene, by: By | None, keys: Sequence[str]) -> list[Occurrence]:
    """The dates to which messages belong, where that counts; `by` None: whatever counts."""
    posts = RitualPost.filter(
        key__in=keys, occurrence__ritual__community=scene.community
    ).select_related("occurrence__ritual")
    rows = {post.occurrence_id: post.occurrence for post in await posts}.values()
    if by is None or not rows:
        return list(rows)
    without = {
        ritual.slug
        for ritual in await dates.programme(scene)
        if by not in kind(ritual.kind).takes_part
    }
    return [
        row
        for row in rows
        if row.state is not OccurrenceState.CLOSED and row.ritual.slug not in without
    ]


async def reacted(dialogue: Dialogue, ref: MessageRef, emoji: str) -> None:
    """A reaction to a message of a date."""
    for row in await _dates(dialogue, By.REACTION, [ref.key]):
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
    for row in await _dates(dialogue, None, [ref.key]):
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
    answered = await _dates(dialogue, By.REPLY, above) if above else []
    opened = await _opened(dialogue, event.text, event.at)
    turns = {ritual.slug for ritual in await dates.in_turn(dialogue)} if opened else set()
    for row in opened:
        await stands(dialogue, row.id, ref)
        if row.ritual.slug in turns:
            member = dialogue.who.member
            await service.to_the_back(dialogue, row.ritual, member, served=True)
    for row in {row.id: row for row in (*answered, *opened)}.values():
        await engagement.record_ritual(
            dialogue,
            dialogue.who.member,
            ref.channel.platform,
            row.ritual.slug,
            row.date.isoformat(),
            ref.key,
        )


async def _opened(scene: Scene, text: str, at: datetime) -> list[Occurrence]:
    """The dates that a message answers: their hashtag, on the day all were called."""
    if "#" not in text:
        return []
    slugs = [
        ritual.slug
        for ritual in await dates.programme(scene)
        if carries(text, ritual.hashtag) and By.HASHTAG in kind(ritual.kind).takes_part
    ]
    rows = Occurrence.filter(
        ritual__community=scene.community,
        ritual__slug__in=slugs,
        state=OccurrenceState.OPEN,
        opened_at__lte=at,
    ).select_related("ritual")
    today = scene.local(at).date()
    return [row for row in await rows if scene.local(row.opened_at).date() == today]
