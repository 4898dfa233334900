"""Arriving, each step of the journey, and what falls due in the first days."""

from dataclasses import replace
from datetime import timedelta

from core.attention import service as attention
from core.attention.service import Wish
from core.charter import handlers as charter_gate
from core.charter import pages as charter_pages
from core.charter import service as charter
from core.chat.actions import Action, Kind, row_named
from core.chat.adapter import Answer
from core.chat.events import (
    ButtonPressed,
    CommandInvoked,
    FormSubmitted,
    MemberJoined,
    MemberLeft,
)
from core.chat.identity import MessageRef
from core.chat.markup import join
from core.chat.messages import Message, Reply, Text
from core.engine.routes import Ask, Routes
from core.engine.scene import Dialogue, Scene
from core.members import service as members
from core.onboarding import introducing, pages, service
from core.onboarding.models import GoalState, Journey, MicroGoal
from core.onboarding.rules import Mark, Step, asks_again, essential, mark
from core.onboarding.service import Arrival

routes = Routes("onboarding")

LATE = timedelta(days=1)
"""After which a reminder is no reminder."""


@routes.on(MemberJoined)
async def came(dialogue: Dialogue, event: MemberJoined) -> Answer:
    """Greet who comes for the first time, say a word to who comes back, once each."""
    arrival = await service.arrive(dialogue)
    if arrival is Arrival.NEW:
        page = await pages.welcome(dialogue, dialogue.who)
    elif arrival is Arrival.BACK:
        page = await pages.back(dialogue, dialogue.who)
    elif event.waiting and await _charter_waits(dialogue):
        page = await charter_pages.invitation(dialogue, dialogue.who)
    else:
        return None
    await attention.tell(dialogue, dialogue.who.member, lambda _: page, to=dialogue.who)
    return None


async def _charter_waits(dialogue: Dialogue) -> bool:
    facts = await service.facts_of(dialogue, dialogue.who.member)
    return mark(facts, Step.CHARTER) is Mark.TODO


@routes.on(MemberLeft)
async def went(dialogue: Dialogue, event: MemberLeft) -> Answer:
    """Remember who left, to know them when they come back."""
    await service.leave(dialogue)
    return None


@routes.job("charter.accepted")
async def accepted(scene: Scene, key: str) -> None:
    """The first charter accepted: the next step follows, where it was accepted."""
    told = await charter.acceptance(key)
    if told is None or not told.first:
        return
    who = await service.on_platform(scene, told.member, told.platform)
    if who is not None:
        page = await pages.onward(scene, who)
        await attention.tell(scene, who.member, lambda _: page, to=who)


@routes.job("onboarding.remind", max_delay=LATE)
async def remind(scene: Scene, key: str) -> None:
    """Recall what is essential and undone, to who is still here."""
    journey = await Journey.get_or_none(id=int(key.split(":", maxsplit=1)[0]))
    who = await members.reach(scene, journey.member_id) if journey else None
    if who is None:
        return
    step = essential(await service.facts_of(scene, who.member))
    if step is not None:
        page = await pages.offer(scene, who, step)
        said = scene.texts.say("onboarding.reminder", who.language, name=who.name)
        message = Message(join([said, page.text]), page.buttons)
        guard = Action("onboarding.undone", f"{who.member}:{step}")
        skip = None if step is Step.CHARTER else Action("onboarding.skip", step)
        until = scene.now + LATE
        wish = Wish(
            "onboarding.reminder", key, lambda _: message, guard=guard, until=until, skip=skip
        )
        await attention.solicit(scene, who.member, wish)


@routes.guard("onboarding.undone")
async def still_undone(scene: Scene, argument: str) -> bool:
    """Whether the step somebody is reminded of is still the one that is essential."""
    member, _, step = argument.partition(":")
    return essential(await service.facts_of(scene, row_named(member))) == step


@routes.command("parcours")
async def journey(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Where one stands, and the button that goes on from there."""
    if event.channel.private:
        # The next step may have waited until they wrote to us, as on Telegram: the list has it.
        await dialogue.said(await pages.onward(dialogue, dialogue.who), dialogue.who.account)
    return Reply(await pages.checklist(dialogue))


@routes.command("profil")
async def about_me(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """What one said of oneself, and the buttons to change it."""
    return Reply(await pages.profile(dialogue))


@routes.home
async def home(dialogue: Dialogue) -> Message:
    """My checklist and my profile."""
    steps, about = await pages.checklist(dialogue), await pages.profile(dialogue)
    return Message(join([steps.text, about.text]), (*steps.buttons, *about.buttons))


@routes.button("onboarding.skip")
async def skip(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Pass a step over and go on."""
    step = next((s for s in pages.FILLS if s.value == event.action.argument), None)
    if step is None:
        return Reply(await pages.checklist(dialogue))
    await service.skip(dialogue, step)
    return await _onward(dialogue, dialogue.say("onboarding.skipped"))


@routes.form(
    "onboarding.profile",
    Ask("training", max_length=120),
    Ask("cohort", required=False, max_length=60),
    Ask("topics", required=False),
    Ask("hopes", Kind.PARAGRAPH, required=False, max_length=500),
)
async def fill_profile(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Keep the profile and go on."""
    topics = await service.save_profile(dialogue, event.answers)
    said = dialogue.say("onboarding.profile_saved")
    if topics:
        named = dialogue.say("onboarding.topics_understood", topics=", ".join(topics))
        said = join([said, named])
    return await _onward(dialogue, said)


@routes.form(
    "onboarding.preferences",
    Ask("language", Kind.CHOICE, choices=("fr", "fr@tu", "en")),
    Ask("available", Kind.CHOICE, choices=("yes", "no")),
)
async def fill_preferences(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Keep the preferences; the answer already speaks as was asked."""
    await service.save_preferences(dialogue, event.answers)
    who = replace(dialogue.who, language=event.answers["language"])
    dialogue = replace(dialogue, who=who)
    return await _onward(dialogue, dialogue.say("onboarding.preferences_saved"))


@routes.form("onboarding.goal", Ask("action", Kind.PARAGRAPH, max_length=300))
async def fill_goal(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Keep the goal and go on."""
    goal = await service.set_goal(dialogue, event.answers["action"])
    return await _onward(dialogue, dialogue.say("onboarding.goal_saved", action=goal.action))


@routes.job("onboarding.ask_goal")
async def ask_goal(scene: Scene, key: str) -> None:
    """Ask where somebody is with their goal, unless they said so already."""
    goal = await MicroGoal.get_or_none(id=int(key.split(":", maxsplit=1)[0]), state=GoalState.OPEN)
    who = await members.reach(scene, goal.member_id) if goal else None
    if goal is not None and who is not None:
        guard = Action("onboarding.goal_open", str(goal.id))
        page = pages.goal_question(scene, who, goal)
        wish = Wish("onboarding.goal", key, lambda _: page, guard=guard)
        if await attention.solicit(scene, who.member, wish):
            await MicroGoal.filter(id=goal.id).update(asked=goal.asked + 1)


@routes.guard("onboarding.goal_open")
async def still_open(_scene: Scene, argument: str) -> bool:
    """Whether they have not said so meanwhile."""
    return await MicroGoal.exists(id=row_named(argument), state=GoalState.OPEN)


@routes.button("onboarding.goal")
async def answer_goal(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Done, still in progress, or dropped: each is answered kindly."""
    goal_id, _, outcome = event.action.argument.partition(":")
    goal = await service.goal_of(dialogue.who.member, goal_id)
    if goal is None or outcome not in pages.GOAL_LABELS:
        return dialogue.reply("onboarding.goal_unknown")
    if goal.state is not GoalState.OPEN:
        return dialogue.reply("onboarding.goal_closed", edits=True)
    if outcome == "done":
        await service.close_goal(dialogue, goal, GoalState.DONE)
        return dialogue.reply("onboarding.goal_reached", edits=True)
    if outcome == "dropped":
        await service.close_goal(dialogue, goal, GoalState.DROPPED)
        return dialogue.reply("onboarding.goal_let_go", edits=True)
    if not asks_again(goal.asked):
        return dialogue.reply("onboarding.goal_your_pace", edits=True)
    await service.ask_later(dialogue, goal)
    return dialogue.reply("onboarding.goal_keep_going", edits=True)


@routes.form(
    "onboarding.introduction",
    Ask("story", Kind.PARAGRAPH, max_length=800),
    Ask("today", Kind.PARAGRAPH, required=False, max_length=400),
    Ask("likes", required=False, max_length=200),
    inside=True,
)
async def fill_introduction(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Keep the introduction and show it as it will stand."""
    row = await introducing.write(dialogue, event.answers)
    account = await introducing.signed_by(dialogue, row)
    return Reply(pages.preview(dialogue, row, account), edits=True)


@routes.button("onboarding.reread")
async def reread(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Show an introduction that was written and not yet published."""
    row = await introducing.of(dialogue.who.member)
    if row is None:
        return Reply(await pages.checklist(dialogue))
    account = await introducing.signed_by(dialogue, row)
    return Reply(pages.preview(dialogue, row, account), edits=True)


@routes.button("onboarding.introduce")
async def introduce(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Post the introduction and go on."""
    row = await introducing.of(dialogue.who.member)
    if row is None:
        return Reply(await pages.checklist(dialogue))
    if closed := await charter_gate.keep(dialogue, {}):
        return closed
    if not row.fresh:
        return await _onward(dialogue, dialogue.say("onboarding.introduced_already"))
    await introducing.publish(dialogue, row)
    return await _onward(dialogue, dialogue.say("onboarding.introduced"))


@routes.button("onboarding.introduce_later")
async def introduce_later(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Keep the introduction for another day."""
    return dialogue.reply("onboarding.introduction_kept", edits=True)


@routes.delivered("onboarding.introduced")
async def introduced(scene: Scene, argument: str, ref: MessageRef) -> None:
    """The introduction stands: remember where."""
    await introducing.posted(argument, ref)


async def _onward(dialogue: Dialogue, said: Text) -> Reply:
    return Reply(await pages.onward(dialogue, dialogue.who, said), edits=True)
