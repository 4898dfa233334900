"""What is known of somebody's first days, and what changes when they take a step."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from tortoise.expressions import Subquery
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from core.charter import service as charter
from core.charter.rules import Standing
from core.chat.actions import Answers, row_named
from core.chat.identity import Platform
from core.engine.scene import Dialogue, Scene, Speaker
from core.members import service as members
from core.members.models import MemberProfile
from core.members.rules import topics_in
from core.onboarding.models import (
    GoalState,
    Introduction,
    Journey,
    JourneyStep,
    MicroGoal,
)
from core.onboarding.rules import (
    Facts,
    Mark,
    OnboardingSettings,
    Step,
    days_later,
    next_step,
    reminders,
)

NEW_FOR = timedelta(days=7)
"""How long somebody counts as a newcomer in the digest."""


async def facts_of(scene: Scene, member: int) -> Facts:
    """What a member did and passed over, read from the rows of every room concerned."""
    return (await facts_of_each(scene, [member]))[member]


async def facts_of_each(scene: Scene, people: Sequence[int]) -> dict[int, Facts]:
    """What each of these members did and passed over, in a few queries for 500 of them."""
    found: dict[int, Facts] = {}
    for start in range(0, len(people), 500):  # SQLite takes a limited number of parameters
        found |= await _facts(scene, people[start : start + 500])
    return found


async def _facts(scene: Scene, people: Sequence[int]) -> dict[int, Facts]:
    marked: dict[Mark, dict[int, set[Step]]] = {kind: {m: set() for m in people} for kind in Mark}
    for row in await JourneyStep.filter(member_id__in=people):
        marked[row.mark][row.member_id].add(row.step)
    done = marked[Mark.DONE]
    for member, stands in (await charter.standings(scene, people)).items():
        if stands is Standing.ACCEPTED:
            done[member].add(Step.CHARTER)
    told: dict[Step, QuerySet[Any]] = {
        Step.PROFILE: MemberProfile.filter(member_id__in=people).exclude(training=""),
        Step.GOAL: MicroGoal.filter(member_id__in=people),
        Step.INTRODUCTION: Introduction.filter(member_id__in=people).exclude(published_at=None),
    }
    for step, rows in told.items():
        for (member,) in await rows.values_list("member_id"):
            done[int(member)].add(step)
    skipped = marked[Mark.SKIPPED]
    return {m: Facts(frozenset(done[m]), frozenset(skipped[m])) for m in people}


class Arrival(StrEnum):
    """How somebody arrives: for the first time, again, or somewhere else as well."""

    NEW = "new"
    BACK = "back"
    KNOWN = "known"


async def arrive(dialogue: Dialogue) -> Arrival:
    """Note that somebody arrived; the reminders are planned the first time."""
    journey, made = await Journey.get_or_create(
        {"greeted_at": dialogue.now}, member_id=dialogue.who.member
    )
    if made:
        settings = dialogue.settings(OnboardingSettings)
        for days, at in reminders(dialogue.now, dialogue.zone, settings):
            await dialogue.later("onboarding.remind", f"{journey.id}:{days}", at)
        return Arrival.NEW
    gone = Journey.filter(id=journey.id, left_at__isnull=False)
    return Arrival.BACK if await gone.update(left_at=None) else Arrival.KNOWN


async def leave(dialogue: Dialogue) -> None:
    """Note that somebody left."""
    await Journey.filter(member_id=dialogue.who.member).update(left_at=dialogue.now)


async def on_platform(scene: Scene, member: int, platform: Platform) -> Speaker | None:
    """A member where they just acted, else wherever they can be reached."""
    for row in await members.accounts_of(member):
        if row.platform is platform and row.account.home in scene.workspaces:
            return await members.speaker(scene, row)
    return await members.reach(scene, member)


async def skip(dialogue: Dialogue, step: Step) -> None:
    """Pass a step over; one that was done stays done."""
    await JourneyStep.get_or_create(
        {"mark": Mark.SKIPPED, "at": dialogue.now}, member_id=dialogue.who.member, step=step
    )


async def save_profile(dialogue: Dialogue, answers: Answers) -> list[str]:
    """Keep what a member says of themselves; says the topics that were understood."""
    profile = await members.profile_of(dialogue.who.member)
    profile.training = answers["training"].strip()
    profile.cohort = answers.get("cohort", "").strip()
    profile.topics = topics_in(answers.get("topics", ""))
    profile.hopes = answers.get("hopes", "").strip()
    await members.save_profile(profile)
    return profile.topics


async def save_preferences(dialogue: Dialogue, answers: Answers) -> None:
    """Keep the language, and whether questions may be put to this member as an expert."""
    await members.speak(dialogue, dialogue.who.member, answers["language"])
    profile = await members.profile_of(dialogue.who.member)
    profile.available = answers["available"] == "yes"
    await members.save_profile(profile)
    await JourneyStep.update_or_create(
        {"mark": Mark.DONE, "at": dialogue.now},
        member_id=dialogue.who.member,
        step=Step.PREFERENCES,
    )


# -- the first goal -----------------------------------------------------------------------


async def open_goal(member: int) -> MicroGoal | None:
    """The goal a member is working at."""
    return await MicroGoal.filter(member_id=member, state=GoalState.OPEN).order_by("-id").first()


async def set_goal(dialogue: Dialogue, action: str) -> MicroGoal:
    """Keep a goal, to be asked about later; one still open is reworded and keeps its time."""
    goal = await open_goal(dialogue.who.member)
    if goal is not None:
        goal.action = action.strip()
        await goal.save(update_fields=["action"])
        return goal
    goal = await MicroGoal.create(
        member_id=dialogue.who.member, action=action.strip(), made_at=dialogue.now
    )
    await ask_later(dialogue, goal)
    return goal


async def ask_later(scene: Scene, goal: MicroGoal) -> None:
    """Ask about a goal in some days; once planned it keeps its time."""
    settings = scene.settings(OnboardingSettings)
    at = days_later(scene.now, settings.goal_days, scene.zone, settings)
    await scene.later("onboarding.ask_goal", f"{goal.id}:{goal.asked + 1}", at)


async def goal_of(member: int, goal: str) -> MicroGoal | None:
    """The goal a button names, when it is this member's."""
    return await MicroGoal.get_or_none(id=row_named(goal), member_id=member)


async def close_goal(scene: Scene, goal: MicroGoal, state: GoalState) -> None:
    """A goal is reached or let go."""
    await MicroGoal.filter(id=goal.id).update(state=state, closed_at=scene.now)


async def goals(scene: Scene) -> dict[GoalState, int]:
    """How many goals are open, done and dropped in the community."""
    rows = MicroGoal.filter(member__community=scene.community).annotate(count=Count("id"))
    counted = dict(await rows.group_by("state").values_list("state", "count"))
    return {state: counted.get(state, 0) for state in GoalState}


# -- for the digest -----------------------------------------------------------------------


async def standing(scene: Scene) -> dict[str, int]:
    """Where those who arrived in the last seven days and are still here stand.

    Keys: `newcomers` (how many they are), then each step's value (how many have it before them)
    and `finished` (how many have no step left); the latter add up to `newcomers`.
    """
    rows = Journey.filter(
        member__community=scene.community,
        member__left_at=None,
        member__absorbed_by=None,
        greeted_at__gt=scene.now - NEW_FOR,
    )
    found = dict.fromkeys(("newcomers", *(step.value for step in Step), "finished"), 0)
    facts = await facts_of_each(scene, [journey.member_id for journey in await rows])
    for known in facts.values():
        step = next_step(known)
        found["newcomers"] += 1
        found[step.value if step else "finished"] += 1
    return found


async def waiting_at_gate(scene: Scene) -> int:
    """How many arrived and are here, and find the gate closed."""
    here = Journey.filter(
        member__community=scene.community, member__left_at=None, member__absorbed_by=None
    )
    inside = await charter.opening(scene)
    return await here.exclude(member_id__in=Subquery(inside.values("member_id"))).count()
