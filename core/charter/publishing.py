"""A new version: drafted, previewed, published, then asked of everyone until the grace is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.attention import service as attention
from core.charter import pages, service
from core.charter.models import CharterDraft, CharterVersion
from core.charter.rules import CharterSettings, Standing, names_somebody, written
from core.chat.actions import Action, Answers, row_named
from core.chat.messages import Message
from core.engine.scene import Dialogue, Scene, Speaker
from core.members import service as members
from core.members.models import Member

BATCH = 100
"""How many members one job looks at: a large community must not hold one transaction for long."""


async def wrong(dialogue: Dialogue, answers: Answers) -> dict[str, str]:
    """What cannot be published in these answers: field to words; empty when all is well."""
    found = {
        name: dialogue.label("charter.names_somebody")
        for name in ("fr", "en")
        if names_somebody(answers[name])
    }
    known = await service.texts_of(await service.current(dialogue))
    given = {name: written(answers[name]) for name in ("fr", "en") if answers[name].strip()}
    if not found and given == {language: text.text for language, text in known.items()}:
        found["fr"] = dialogue.label("charter.unchanged")
    return found


async def draft(dialogue: Dialogue, answers: Answers) -> CharterDraft:
    """Keep a version in hand; it takes the place of the one this person wrote before."""
    await CharterDraft.filter(member_id=dialogue.who.member).delete()
    return await CharterDraft.create(
        member_id=dialogue.who.member,
        base=(await service.current(dialogue)).number,
        french=written(answers["fr"]),
        summary=written(answers["summary"]),
        english=written(answers["en"]),
        english_summary=written(answers["summary_en"]),
        at=dialogue.now,
    )


async def draft_of(dialogue: Dialogue, argument: str) -> CharterDraft | None:
    """The draft a button names, when it is still this person's."""
    return await CharterDraft.get_or_none(id=row_named(argument), member_id=dialogue.who.member)


def texts_in(draft: CharterDraft) -> dict[str, tuple[str, str]]:
    """What a draft says: language to (text, summary of what changes)."""
    said = {"fr": (draft.french, draft.summary)}
    if draft.english:
        said["en"] = (draft.english, draft.english_summary or draft.summary)
    return said


def grace_of(scene: Scene) -> datetime:
    """When the grace of a version published now is over."""
    return scene.now + timedelta(days=scene.settings(CharterSettings).grace_days)


async def publish(dialogue: Dialogue, draft: CharterDraft) -> CharterVersion:
    """Put a draft in force; those who accepted an earlier version are asked by a job."""
    version = await CharterVersion.create(
        community=dialogue.community,
        number=draft.base + 1,
        published_at=dialogue.now,
        published_by_id=dialogue.who.member,
        grace_ends_at=grace_of(dialogue),
    )
    await service.add_texts(version, texts_in(draft))
    await draft.delete()
    await dialogue.later("charter.ask", f"{version.number}:0", dialogue.now)
    await dialogue.later("charter.grace_over", f"{version.number}:0", grace_of(dialogue))
    return version


async def to_ask(scene: Scene) -> int:
    """How many people here accepted an earlier version and not the one in force."""
    return len(await _behind(scene, await service.present(scene.community).order_by("id")))


async def ask_again(scene: Scene, key: str) -> None:
    """Job `charter.ask`: show what changed to the next members who accepted before."""
    for member in await _batch(scene, "charter.ask", key):
        await ask(scene, member)


async def close_after_grace(scene: Scene, key: str) -> None:
    """Job `charter.grace_over`: the gate closes for the next members who have not accepted."""
    for member in await _batch(scene, "charter.grace_over", key):
        await service.move_gates(scene, member, is_open=False)
        speaker = await members.reach(scene, member)
        if speaker is not None:
            await _tell(scene, speaker, await pages.closed(scene, speaker))


async def ask(scene: Scene, member: int) -> None:
    """Ask a member in private to accept the version in force, where they can be reached."""
    speaker = await members.reach(scene, member)
    if speaker is not None:
        await _tell(scene, speaker, await pages.invitation(scene, speaker))


async def _tell(scene: Scene, to: Speaker, page: Message) -> None:
    """What the law asks us to say costs nobody's budget, but it waits for the morning."""
    guard = Action("charter.unaccepted", str(to.member))
    await attention.tell(scene, to.member, lambda _: page, guard=guard, to=to, patient=True)


async def still_unaccepted(scene: Scene, member: str) -> bool:
    """Whether they have not accepted it meanwhile."""
    return await service.standing_of(scene, row_named(member)) is not Standing.ACCEPTED


async def _batch(scene: Scene, kind: str, key: str) -> list[int]:
    """The members a job is about; plans the next batch. A version no longer in force has none."""
    number, after = (int(part) for part in key.split(":"))
    if (await service.current(scene)).number != number:
        return []
    following = service.present(scene.community).filter(id__gt=after)
    people = await following.order_by("id").limit(BATCH)
    if len(people) == BATCH:
        await scene.later(kind, f"{number}:{people[-1].id}", scene.now)
    return await _behind(scene, people)


async def _behind(scene: Scene, people: Sequence[Member]) -> list[int]:
    version = await service.current(scene)
    accepted = await service.numbers_accepted(scene, {person.id for person in people})
    return [member for member, numbers in accepted.items() if version.number not in numbers]
