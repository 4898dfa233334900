"""The builder's weekly list: names, and words that are theirs to copy, change and send."""

from core.chat.markup import bullets, join, quote
from core.chat.messages import Message, Text
from core.engine.scene import Scene, Speaker
from core.recognition.care import Concern, Group

NAMED = 10
"""How many people are named in a group; a week is short."""

WHO = {
    Group.STALLED: "recognition.stalled",
    Group.NEVER_POSTED: "recognition.never_posted",
    Group.FADING: "recognition.fading",
}
WORDS = {
    Group.STALLED: "recognition.words_stalled",
    Group.NEVER_POSTED: "recognition.words_never_posted",
    Group.FADING: "recognition.words_fading",
}


def silent(scene: Scene, to: Speaker, found: Concern) -> Message:
    """Whom a word would do good, with the words; and who carries too much."""
    say = scene.texts.say
    groups = [_group(scene, to, group, list(found.groups.get(group, ()))) for group in Group]
    warnings = [
        say("recognition.host_alone", to.language, ritual=ritual, name=name)
        for ritual, name in found.alone.items()
    ]
    if found.carrying is not None:
        name, burden = found.carrying
        carries = say(
            "recognition.carries",
            to.language,
            name=name,
            percent=burden.percent,
            answers=burden.answers,
        )
        warnings.insert(0, carries)
    title = say("recognition.silent", to.language)
    return Message(join([title, *groups, bullets(warnings)]))


def _group(scene: Scene, to: Speaker, group: Group, names: list[str]) -> Text:
    if not names:
        return Text()
    shown, more = ", ".join(names[:NAMED]), len(names) - NAMED
    who = scene.texts.say(WHO[group], to.language, count=len(names), names=shown)
    if more > 0:
        who = join([who, scene.texts.say("recognition.and_more", to.language, count=more)], " ")
    words = scene.texts.label(WORDS[group], to.language)
    return join([who, quote(words)])
