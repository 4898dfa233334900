"""What is shown of the charter: the invitation, what changed, the whole text, the status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.charter import service
from core.charter.models import CharterAcceptance, CharterDraft, CharterVersion
from core.charter.rules import SHOWN_LINES, Changes, changes, language_of
from core.charter.service import SHOWN_NAMES, Status, Waiting
from core.chat.actions import Action, OpenForm
from core.chat.markup import bullets, join, plain, quote
from core.chat.messages import Button, Message, Style, Text
from core.engine.scene import Dialogue, Scene, Speaker

PREVIEWED = {"fr": "charter.preview_fr", "en": "charter.preview_en"}


async def invitation(scene: Scene, who: Speaker) -> Message:
    """The charter in force with its buttons; what changed, to who accepted an earlier one."""
    version = await service.current(scene)
    known = await service.accepted(who.member)
    if known and version.number not in known:
        text = await _changed_since(scene, who, version, max(known))
    else:
        text = scene.texts.say("charter.invite", who.language)
    return Message(text, buttons(scene, who, version))


async def closed(scene: Scene, who: Speaker) -> Message:
    """The grace is over: why the gate closed, and how it opens again."""
    version = await service.current(scene)
    text = scene.texts.say("charter.closed", who.language, number=version.number)
    return Message(text, buttons(scene, who, version))


def buttons(scene: Scene, who: Speaker, version: CharterVersion) -> tuple[Button, ...]:
    """Accept, read first, later."""

    def label(key: str) -> str:
        return scene.texts.label(key, who.language)

    return (
        accept_button(scene, who, version),
        Button(label("charter.read"), Action("charter.read", str(version.number))),
        Button(label("charter.later"), Action("charter.later", str(version.number))),
    )


def accept_button(scene: Scene, who: Speaker, version: CharterVersion) -> Button:
    """The one that counts."""
    label = scene.texts.label("charter.accept", who.language)
    return Button(label, Action("charter.accept", str(version.number)), Style.PRIMARY)


async def whole(dialogue: Dialogue) -> Message:
    """The whole text in force, with the button that accepts it, or when that was done."""
    version = await service.current(dialogue)
    text = await service.text_for(version, dialogue.who.language)
    day = dialogue.local(version.published_at).date()
    head = dialogue.say("charter.head", number=version.number, day=day)
    done = (await service.accepted(dialogue.who.member)).get(version.number)
    parts = [head, Text(text.text)]
    if done is None:
        return Message(join(parts), (accept_button(dialogue, dialogue.who, version),))
    day = dialogue.local(done.at).date()
    return Message(join([*parts, dialogue.say("charter.accepted_on", day=day)]))


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What there is to know of a version that asks again; `grace_ends` is an aware moment."""

    number: int
    summary: str
    changes: Changes
    grace_ends: datetime


async def _changed_since(
    scene: Scene, who: Speaker, version: CharterVersion, accepted: int
) -> Text:
    """What changed since the version this member accepted, both in the same language."""
    earlier = await CharterVersion.get(community=scene.community, number=accepted)
    before, after = await service.texts_of(earlier), await service.texts_of(version)
    tongue = language_of(who.language, before.keys() & after.keys())
    shown = after[language_of(who.language, after)]
    what = changes(before[tongue].text, after[tongue].text)
    new = NewVersion(version.number, shown.summary, what, version.grace_ends_at)
    return changed(scene, who.language, new)


def changed(scene: Scene, language: str, new: NewVersion) -> Text:
    """What a new version changes: in a few words, then line by line, then until when."""
    say = scene.texts.say
    parts = [say("charter.changed", language, number=new.number), quote(new.summary)]
    if new.changes.added:
        parts += [say("charter.added", language), _lines(scene, language, new.changes.added)]
    if new.changes.removed:
        parts += [say("charter.removed", language), _lines(scene, language, new.changes.removed)]
    if new.changes == Changes():
        parts.append(say("charter.form_only", language))
    if scene.now < new.grace_ends:
        day = scene.local(new.grace_ends)
        parts.append(say("charter.until", language, day=day))
    else:
        parts.append(say("charter.grace_over", language))
    return join(parts)


def _lines(scene: Scene, language: str, lines: Sequence[str]) -> Text:
    shown = [plain(line) for line in lines[:SHOWN_LINES]]
    more = len(lines) - SHOWN_LINES
    if more > 0:
        shown.append(scene.texts.say("charter.more_lines", language, count=more))
    return bullets(shown)


async def preview(
    dialogue: Dialogue, draft: CharterDraft, texts: dict[str, tuple[str, str]], grace_ends: datetime
) -> Message:
    """Exactly what will be shown, in each language, with the buttons that publish or drop it."""
    known = await service.texts_of(await service.current(dialogue))
    parts = [dialogue.say("charter.preview", number=draft.base + 1)]
    for language, (text, summary) in texts.items():
        before = known[language_of(language, known)].text
        new = NewVersion(draft.base + 1, summary, changes(before, text), grace_ends)
        shown = dialogue.say(PREVIEWED[language])
        whole = dialogue.say("charter.preview_text")
        parts += [shown, changed(dialogue, language, new), whole, Text(text)]
    if "en" not in texts:
        parts.append(dialogue.say("charter.preview_no_en"))
    return Message(
        join(parts),
        (
            dialogue.button(
                "charter.publish", Action("charter.confirm", str(draft.id)), Style.PRIMARY
            ),
            dialogue.button("charter.correct", OpenForm("charter.publish")),
            dialogue.button(
                "charter.discard", Action("charter.discard", str(draft.id)), Style.DANGER
            ),
        ),
    )


def status(dialogue: Dialogue, found: Status) -> Text:
    """Who accepted what and who waits, for moderators."""
    day = dialogue.local(found.version.published_at).date()
    parts = [
        dialogue.say("charter.status", number=found.version.number, day=day),
        bullets(
            [
                dialogue.say("charter.status_accepted", count=found.accepted),
                dialogue.say("charter.status_grace", count=len(found.grace)),
                dialogue.say("charter.status_waiting", count=len(found.waiting)),
            ]
        ),
    ]
    if found.counts:
        counted = [
            dialogue.say(
                "charter.status_count", number=number, platform=platform.title(), count=count
            )
            for number, platform, count in found.counts
        ]
        latest = [proof_line(dialogue, row, row.member.name) for row in found.latest]
        parts += [dialogue.say("charter.status_counts"), bullets(counted)]
        parts += [dialogue.say("charter.status_latest"), bullets(latest)]
    if found.grace:
        parts += [dialogue.say("charter.status_in_grace"), _names(dialogue, found.grace)]
    if found.waiting:
        parts += [dialogue.say("charter.status_who_waits"), _names(dialogue, found.waiting)]
    return join(parts)


def proof_line(dialogue: Dialogue, row: CharterAcceptance, name: str) -> Text:
    """One acceptance in one line: who, which version, when, where, in which language."""
    return dialogue.say(
        "charter.proof",
        name=name,
        number=row.version.number,
        at=dialogue.local(row.at),
        platform=row.platform.title(),
        text=row.language,
        sha256=row.sha256[:12],
    )


def _names(dialogue: Dialogue, people: Sequence[Waiting]) -> Text:
    shown = [
        dialogue.say("charter.waits", name=w.name, day=dialogue.local(w.since).date())
        for w in people[:SHOWN_NAMES]
    ]
    more = len(people) - SHOWN_NAMES
    if more > 0:
        shown.append(dialogue.say("charter.more_names", count=more))
    return bullets(shown)
