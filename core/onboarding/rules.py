"""What decides about the first days: which step comes next, and when to remind. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.engine.schedule import at_local


class OnboardingSettings(BaseModel):
    """When a newcomer is reminded, and when their first goal is asked about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reminder_days: tuple[int, ...] = Field(
        default=(2, 7),
        description="Days after joining on which something essential still undone is recalled.",
    )
    reminder_at: time = Field(default=time(10), description="The local time of these reminders.")
    goal_days: int = Field(
        default=7, ge=1, le=60, description="Days after which a goal is asked about."
    )

    @field_validator("reminder_days")
    @classmethod
    def _ahead(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if any(day < 1 for day in days) or len(set(days)) != len(days):
            raise ValueError("reminder_days are different numbers of days, from 1")
        return days


class Step(StrEnum):
    """The steps of the journey, in their order."""

    CHARTER = "charter"
    PROFILE = "profile"
    PREFERENCES = "preferences"
    GOAL = "goal"
    INTRODUCTION = "introduction"


class Mark(StrEnum):
    """Where a step stands."""

    DONE = "done"
    TODO = "todo"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of somebody's journey; what was done counts even when once passed over."""

    done: frozenset[Step] = field(default_factory=frozenset)
    skipped: frozenset[Step] = field(default_factory=frozenset)


def mark(facts: Facts, step: Step) -> Mark:
    """Where that step stands. The charter is never passed over: it can only wait."""
    if step in facts.done:
        return Mark.DONE
    if step in facts.skipped and step is not Step.CHARTER:
        return Mark.SKIPPED
    return Mark.TODO


def next_step(facts: Facts) -> Step | None:
    """The first step that is neither done nor passed over; None when there is none."""
    return next((step for step in Step if mark(facts, step) is Mark.TODO), None)


def passed_over(facts: Facts) -> tuple[Step, ...]:
    """The steps passed over, that can be taken up again."""
    return tuple(step for step in Step if mark(facts, step) is Mark.SKIPPED)


def essential(facts: Facts) -> Step | None:
    """What is worth a reminder: the charter, else the profile, else nothing."""
    for step in (Step.CHARTER, Step.PROFILE):
        if mark(facts, step) is Mark.TODO:
            return step
    return None


def reminders(
    joined: datetime, zone: ZoneInfo, settings: OnboardingSettings
) -> tuple[tuple[int, datetime], ...]:
    """Days after joining, and the UTC moment of the reminder on that local day."""
    return tuple(
        (days, days_later(joined, days, zone, settings)) for days in settings.reminder_days
    )


def days_later(
    moment: datetime, days: int, zone: ZoneInfo, settings: OnboardingSettings
) -> datetime:
    """That many local days after an aware moment, at the hour of the reminders, as UTC."""
    day = moment.astimezone(zone).date() + timedelta(days=days)
    return at_local(day, settings.reminder_at, zone)


GOAL_ASKED = 2
"""How often a goal is asked about before we leave it to its owner."""


def asks_again(asked: int) -> bool:
    """Whether a goal still in progress, asked about so many times, is asked about once more."""
    return asked < GOAL_ASKED
