"""Digests as examples are made of."""

from core.chat.identity import Platform
from core.onboarding.rules import Step
from core.reports.rules import (
    Digest,
    Gathering,
    Newcomers,
    Questions,
    Share,
    Total,
    Week,
    week_of,
)

WEEK = week_of("2026-W47")
SERIES = (None, None, 4, 6, 5, 9, 9, 12)


def series(*people: int | None) -> tuple[tuple[Week, int | None], ...]:
    """Active members of the weeks that end with week 47."""
    last = len(people) - 1
    return tuple((WEEK.ago(last - place), count) for place, count in enumerate(people))


def quiet(*people: int | None) -> Digest:
    """A week with nothing but active members; the last number is this week's."""
    return Digest(week=WEEK, over=True, series=series(*people))


FULL = Digest(
    week=WEEK,
    over=True,
    series=series(*SERIES),
    several=1,
    newcomers=Newcomers(4, {Step.CHARTER: 1, Step.GOAL: 2}),
    gate=2,
    questions=Questions(
        asked=5,
        answered=4,
        waiting=2,
        median_minutes=200,
        unanswered=(
            "Où trouver **le** modèle ? <@1> " + "x" * 100,
            "Qui vient\u202e ?",
            "Et moi ?",
        ),
        helped=(1, 1, 3),
    ),
    gatherings=(
        Gathering(
            "lundi-astuce",
            Total(
                7, (Share((Platform.DISCORD,), 3), Share((Platform.SLACK, Platform.TELEGRAM), 4))
            ),
            usual=11,
        ),
    ),
    messages=Total(120),
    reactions=Total(45),
    few=(Platform.TELEGRAM,),
    failed={Platform.SLACK: 2},
    missed=1,
)
