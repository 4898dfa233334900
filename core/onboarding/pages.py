"""What is shown at each step of the first days, in the words of who reads it."""

from core.charter import pages as charter
from core.chat.actions import Action, OpenForm
from core.chat.identity import Account
from core.chat.markup import bullets, join, mention, plain, quote
from core.chat.messages import Button, Message, Style, Text
from core.engine.scene import Dialogue, Scene, Speaker
from core.members import service as members
from core.onboarding import service
from core.onboarding.models import Introduction, MicroGoal
from core.onboarding.rules import Facts, Mark, Step, mark, next_step, passed_over

NAMES = {
    Step.CHARTER: "onboarding.step_charter",
    Step.PROFILE: "onboarding.step_profile",
    Step.PREFERENCES: "onboarding.step_preferences",
    Step.GOAL: "onboarding.step_goal",
    Step.INTRODUCTION: "onboarding.step_introduction",
}
LINES = {
    Mark.DONE: "onboarding.line_done",
    Mark.TODO: "onboarding.line_todo",
    Mark.SKIPPED: "onboarding.line_skipped",
}
OFFERS = {
    Step.PROFILE: "onboarding.offer_profile",
    Step.PREFERENCES: "onboarding.offer_preferences",
    Step.GOAL: "onboarding.offer_goal",
    Step.INTRODUCTION: "onboarding.offer_introduction",
}
FILLS = {
    Step.PROFILE: ("onboarding.fill_profile", "onboarding.profile"),
    Step.PREFERENCES: ("onboarding.fill_preferences", "onboarding.preferences"),
    Step.GOAL: ("onboarding.fill_goal", "onboarding.goal"),
    Step.INTRODUCTION: ("onboarding.fill_introduction", "onboarding.introduction"),
}


async def welcome(scene: Scene, who: Speaker) -> Message:
    """The first message: what this place is for, and the first step."""
    said = scene.texts.say(
        "onboarding.welcome", who.language, name=who.name, community=scene.community.name
    )
    return await onward(scene, who, said)


async def back(scene: Scene, who: Speaker) -> Message:
    """A short word to who comes back; the charter with it when it still waits."""
    said = scene.texts.say("onboarding.back", who.language, name=who.name)
    facts = await service.facts_of(scene, who.member)
    if mark(facts, Step.CHARTER) is Mark.TODO:
        return await onward(scene, who, said)
    return Message(said)


async def onward(scene: Scene, who: Speaker, said: Text | None = None) -> Message:
    """What was said, then the next step with its buttons, or that all is done."""
    facts = await service.facts_of(scene, who.member)
    page = await offer(scene, who, next_step(facts))
    return Message(join([said, page.text]), page.buttons) if said else page


async def offer(scene: Scene, who: Speaker, step: Step | None) -> Message:
    """One step: what it is for, and the buttons that take it or pass it over."""
    if step is None:
        return Message(scene.texts.say("onboarding.finished", who.language))
    if step is Step.CHARTER:
        return await charter.invitation(scene, who)
    written = await Introduction.exists(member_id=who.member, fresh=True)
    buttons = [_fill(scene, who, step, Style.PRIMARY)]
    if step is Step.INTRODUCTION and written:
        label = scene.texts.label("onboarding.reread", who.language)
        buttons.insert(0, Button(label, Action("onboarding.reread"), Style.PRIMARY))
    skip = scene.texts.label("onboarding.skip", who.language)
    buttons.append(Button(skip, Action("onboarding.skip", step.value)))
    return Message(scene.texts.say(OFFERS[step], who.language), tuple(buttons))


def _fill(scene: Scene, who: Speaker, step: Step, style: Style = Style.SECONDARY) -> Button:
    key, form = FILLS[step]
    return Button(scene.texts.label(key, who.language), OpenForm(form), style)


async def checklist(dialogue: Dialogue) -> Message:
    """Every step with where it stands, the next one's buttons, and what was passed over."""
    facts = await service.facts_of(dialogue, dialogue.who.member)
    step = next_step(facts)
    page = await offer(dialogue, dialogue.who, step)
    goal = await service.open_goal(dialogue.who.member)
    parts = [dialogue.say("onboarding.checklist"), _lines(dialogue, facts)]
    buttons = list(page.buttons)
    if goal is not None:
        parts.append(dialogue.say("onboarding.goal_open", action=goal.action))
        buttons.append(goal_button(dialogue, dialogue.who, goal, "done"))
    again = passed_over(facts)
    if step is not None or not again:
        parts.append(page.text)
    if again:
        parts.append(dialogue.say("onboarding.passed_over"))
        buttons += [_fill(dialogue, dialogue.who, passed) for passed in again]
    return Message(join(parts), tuple(buttons))


def _lines(dialogue: Dialogue, facts: Facts) -> Text:
    return bullets(
        [dialogue.say(LINES[mark(facts, step)], step=dialogue.say(NAMES[step])) for step in Step]
    )


async def profile(dialogue: Dialogue) -> Message:
    """What a member said of themselves, with the buttons to change it."""
    about = await members.profile_of(dialogue.who.member)
    facts = {
        "onboarding.about_training": about.training,
        "onboarding.about_cohort": about.cohort,
        "onboarding.about_topics": ", ".join(about.topics),
        "onboarding.about_hopes": about.hopes,
    }
    known = [dialogue.say(key, value=value) for key, value in facts.items() if value]
    available = "onboarding.about_available" if about.available else "onboarding.about_busy"
    return Message(
        join([dialogue.say("onboarding.about"), bullets([*known, dialogue.say(available)])]),
        (
            dialogue.button("onboarding.change_profile", OpenForm("onboarding.profile")),
            dialogue.button("onboarding.change_preferences", OpenForm("onboarding.preferences")),
        ),
    )


GOAL_LABELS = {
    "done": "onboarding.goal_done",
    "ongoing": "onboarding.goal_ongoing",
    "dropped": "onboarding.goal_dropped",
}


def goal_button(scene: Scene, who: Speaker, goal: MicroGoal, outcome: str) -> Button:
    """One answer to «where are you with it?»."""
    label = scene.texts.label(GOAL_LABELS[outcome], who.language)
    return Button(label, Action("onboarding.goal", f"{goal.id}:{outcome}"))


def goal_question(scene: Scene, who: Speaker, goal: MicroGoal) -> Message:
    """«Where are you with it?», with three answers that are all fine."""
    said = scene.texts.say(
        "onboarding.goal_question", who.language, name=who.name, action=goal.action
    )
    return Message(said, tuple(goal_button(scene, who, goal, o) for o in GOAL_LABELS))


def introduction(scene: Scene, row: Introduction, name: str, account: Account | None) -> Message:
    """An introduction exactly as it stands in the channel, in the community's language."""
    say, language = scene.texts.say, scene.community.language
    who = mention(account, name) if account else plain(name)
    parts = [say("onboarding.introduces", language, who=who), quote(row.story)]
    if row.today:
        parts.append(say("onboarding.introduces_today", language, today=row.today))
    if row.likes:
        parts.append(say("onboarding.introduces_likes", language, likes=row.likes))
    return Message(join(parts), mentions=(account,) if account else ())


def preview(dialogue: Dialogue, row: Introduction, account: Account | None) -> Message:
    """The introduction as it will stand, with what can be done about it."""
    page = introduction(dialogue, row, dialogue.who.name, account)
    return Message(
        join([dialogue.say("onboarding.preview"), page.text]),
        (
            dialogue.button("onboarding.publish", Action("onboarding.introduce"), Style.PRIMARY),
            dialogue.button("onboarding.correct", OpenForm("onboarding.introduction")),
            dialogue.button("onboarding.later", Action("onboarding.introduce_later")),
        ),
    )
