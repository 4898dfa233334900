"""What is shown of points, thanks, celebrations and champions, and to whom."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from babel.numbers import format_decimal

from core.chat.actions import Action
from core.chat.markup import bullets, join
from core.chat.messages import Button, Message, Style, Text
from core.engagement import pages as engagement
from core.engine.scene import Dialogue, Scene, Speaker
from core.recognition.festivities import Joy, Milestone
from core.recognition.honours import LEVELS, Badge, level
from core.recognition.models import Celebration, Champion
from core.recognition.rules import FORMULA, Line, Merit, Score

if TYPE_CHECKING:
    from core.recognition.champions import Listed

MERITS = {
    Merit.HELP: "recognition.merit_help",
    Merit.ACCEPTED: "recognition.merit_accepted",
    Merit.RITUAL: "recognition.merit_ritual",
    Merit.THANKS: "recognition.merit_thanks",
    Merit.REACTION: "recognition.merit_reaction",
}
LEVEL_NAMES = dict(
    zip(
        LEVELS,
        ("recognition.curious", "recognition.companion", "recognition.pillar"),
        strict=True,
    )
)
BADGES = {
    Badge.MENTOR: "recognition.badge_mentor",
    Badge.EXPERT: "recognition.badge_expert",
    Badge.REGULAR: "recognition.badge_regular",
    Badge.CHAMPION: "recognition.badge_champion",
}
JOYS = {
    Joy.CERTIFICATION: "recognition.joy_certification",
    Joy.ANNIVERSARY: "recognition.joy_anniversary",
    Joy.BADGE: "recognition.joy_badge",
}
COMMON = {
    Milestone.PEOPLE: "recognition.common_people",
    Milestone.CONTRIBUTIONS: "recognition.common_contributions",
    Milestone.BIRTHDAY: "recognition.common_birthday",
}


def _label(scene: Scene, to: Speaker, key: str, does: Action, style: Style) -> Button:
    return Button(scene.texts.label(key, to.language), does, style)


# -- one's own points -------------------------------------------------------------------------


async def mine(
    dialogue: Dialogue, score: Score, badges: Sequence[tuple[Badge, int]], *, discreet: bool
) -> Message:
    """One's own figures and points, in private."""
    points = dialogue.say("recognition.points", points=round(score.total))
    stands = [points, *_stands(dialogue, score, discreet=discreet)]
    held = bullets([dialogue.say(BADGES[badge], count=count) for badge, count in badges])
    title = dialogue.say("recognition.badges") if badges else Text()
    parts = [await engagement.mine(dialogue), join(stands, " "), title, held]
    return Message(join([*parts, engagement.promise(dialogue)]), _choices(dialogue, discreet))


def _stands(dialogue: Dialogue, score: Score, *, discreet: bool) -> list[Text]:
    if discreet:
        return [dialogue.say("recognition.is_discreet")]
    reached = level(score.total)
    if reached is None:
        return []
    name = dialogue.say(LEVEL_NAMES[reached])
    return [dialogue.say("recognition.level", level=name, least=LEVELS[reached])]


def _choices(dialogue: Dialogue, discreet: bool) -> tuple[Button, ...]:  # noqa: FBT001  one of two buttons
    seen = (
        dialogue.button("recognition.show_me", Action("recognition.visible"))
        if discreet
        else dialogue.button("recognition.hide_me", Action("recognition.discreet"))
    )
    explain = dialogue.button("recognition.explain", Action("recognition.points"))
    return (explain, seen, dialogue.button("recognition.joys", Action("recognition.joys")))


def explained(dialogue: Dialogue, score: Score) -> Message:
    """Where each point comes from."""
    lines = [_explained(dialogue, score.of(merit)) for merit in Merit]
    total = dialogue.say("recognition.points", points=round(score.total))
    fades = dialogue.say(
        "recognition.formula", weeks=FORMULA.half_life // 7, version=FORMULA.version
    )
    return Message(join([total, bullets(lines), _paced(dialogue, score), fades]))


def _explained(dialogue: Dialogue, line: Line) -> Text:
    worth = FORMULA.worth[line.merit]
    parts = [
        dialogue.say(
            MERITS[line.merit], count=round(line.points), worth=worth.points, a_day=worth.a_day
        )
    ]
    if line.counted:
        said = dialogue.say(
            "recognition.counted", times=line.counted, worth=worth.points, raw=line.raw
        )
        parts.append(said)
    left_out = {
        "recognition.over": line.over,
        "recognition.repeated": line.repeated,
        "recognition.ringed": line.ringed,
    }
    parts += [dialogue.say(key, count=count) for key, count in left_out.items() if count]
    return join(parts, " ")


def _paced(dialogue: Dialogue, score: Score) -> Text:
    """On which platforms points count more, because less goes on there."""
    raised = [
        f"{platform.title()} × {_decimal(factor, dialogue.who.language)}"
        for platform, factor in score.paces.items()
        if round(factor, 1) > 1
    ]
    return dialogue.say("recognition.paced", where=", ".join(raised)) if raised else Text()


def _decimal(value: float, language: str) -> str:
    return format_decimal(value, "0.#", locale=language.partition("@")[0])


def joys(dialogue: Dialogue, muted: Iterable[Joy]) -> Message:
    """What is celebrated of oneself, and the way to change it."""
    quiet = frozenset(muted)
    names = {joy: dialogue.label(key) for joy, key in JOYS.items()}
    lines = [
        dialogue.say("recognition.muted" if joy in quiet else "recognition.kept", joy=names[joy])
        for joy in Joy
    ]
    buttons = tuple(_switch(dialogue, joy, names[joy], off=joy in quiet) for joy in Joy)
    return Message(join([dialogue.say("recognition.your_joys"), bullets(lines)]), buttons)


def _switch(dialogue: Dialogue, joy: Joy, name: str, *, off: bool) -> Button:
    key, does = ("recognition.on", "unmute") if off else ("recognition.off", "mute")
    return Button(dialogue.label(key, joy=name), Action(f"recognition.{does}", joy.value))


# -- thanks -----------------------------------------------------------------------------------


def thanks(scene: Scene, giver: str, name: str, reason: str) -> Message:
    """Thanks that everybody reads."""
    language = scene.community.language
    said = scene.texts.say("recognition.thanks", language, giver=giver, name=name, reason=reason)
    return Message(said)


def thanked(scene: Scene, to: Speaker, giver: str, reason: str, *, in_public: bool) -> Message:
    """The same for who is thanked; named in public, they may say that they would rather not."""
    language = to.language
    said = scene.texts.say("recognition.thanked", language, giver=giver, reason=reason)
    if not in_public:
        return Message(said)
    hide = Action("recognition.discreet")
    return Message(said, (_label(scene, to, "recognition.hide_me", hide, Style.SECONDARY),))


# -- celebrations -----------------------------------------------------------------------------


def joy(scene: Scene, to: Speaker, row: Celebration, *, alone: bool) -> Message:
    """Something celebrated with one person; not `alone`, they may say it to all."""
    said = _about(scene, to.language, row, name="")
    if alone:
        return Message(said)
    number = str(row.id)
    buttons = (
        _label(scene, to, "recognition.share", Action("recognition.share", number), Style.PRIMARY),
        _label(scene, to, "recognition.keep", Action("recognition.keep", number), Style.SECONDARY),
        _label(
            scene, to, "recognition.mute", Action("recognition.mute", row.kind), Style.SECONDARY
        ),
    )
    return Message(join([said, scene.texts.say("recognition.with_all", to.language)]), buttons)


PRIVATELY = {
    Joy.CERTIFICATION: "recognition.your_certification",
    Joy.ANNIVERSARY: "recognition.your_anniversary",
    Joy.BADGE: "recognition.your_badge",
}
PUBLICLY = {
    Joy.CERTIFICATION: "recognition.their_certification",
    Joy.ANNIVERSARY: "recognition.their_anniversary",
    Joy.BADGE: "recognition.their_badge",
}


def shared(scene: Scene, name: str, row: Celebration) -> Message:
    """The same for everybody, once the person agreed."""
    return Message(_about(scene, scene.community.language, row, name=name))


def _about(scene: Scene, language: str, row: Celebration, *, name: str) -> Text:
    keys: Mapping[Joy, str] = PUBLICLY if name else PRIVATELY
    say = scene.texts.say
    if row.kind is Joy.BADGE:
        badge = say(BADGES[Badge(row.key)], language, count=row.count)
        return say(keys[row.kind], language, name=name, badge=badge)
    if row.kind is Joy.ANNIVERSARY:
        return say(keys[row.kind], language, count=row.count, name=name)
    return say(keys[row.kind], language, name=name, what=row.key)


def common(scene: Scene, milestone: Milestone, number: int) -> Message:
    """Something the whole community reached, about nobody in particular."""
    return Message(scene.texts.say(COMMON[milestone], scene.community.language, count=number))


# -- champions --------------------------------------------------------------------------------


def shortlist(scene: Scene, to: Speaker, listed: "Sequence[Listed]") -> Message:
    """Whom the builders might ask, and why."""
    say = scene.texts.say
    lines = [
        say(
            "recognition.listed",
            to.language,
            count=one.row.points,
            name=one.name,
            why=_why(scene, to.language, one.score),
        )
        for one in listed
    ]
    title = say("recognition.shortlist", to.language)
    rule = say("recognition.rotation", to.language)
    buttons = tuple(
        Button(
            scene.texts.label("recognition.propose", to.language, name=one.name)[:40],
            Action("recognition.confirm", str(one.row.id)),
        )
        for one in listed
    )
    return Message(join([title, bullets(lines), rule]), buttons)


WHY = {
    Merit.HELP: "recognition.why_help",
    Merit.ACCEPTED: "recognition.why_accepted",
    Merit.RITUAL: "recognition.why_ritual",
    Merit.THANKS: "recognition.why_thanks",
    Merit.REACTION: "recognition.why_reaction",
}


def _why(scene: Scene, language: str, score: Score) -> Text:
    lines = sorted(score.lines, key=lambda line: -line.points)
    counted = [line for line in lines if line.counted]
    said = [scene.texts.say(WHY[one.merit], language, count=one.counted) for one in counted]
    return join(said, ", ")


def place_offered(scene: Scene, to: Speaker, row: Champion) -> Message:
    """Would they like to be a champion?"""
    said = scene.texts.say("recognition.would_you", to.language)
    number = str(row.id)
    accept = Action("recognition.accept", number)
    return Message(
        said,
        (
            _label(scene, to, "recognition.accept", accept, Style.PRIMARY),
            _label(
                scene,
                to,
                "recognition.decline",
                Action("recognition.decline", number),
                Style.SECONDARY,
            ),
        ),
    )


def new_champion(scene: Scene, name: str) -> Message:
    """Somebody agreed to be a champion of the month."""
    return Message(scene.texts.say("recognition.new_champion", scene.community.language, name=name))
