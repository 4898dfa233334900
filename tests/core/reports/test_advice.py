from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.identity import Platform
from core.onboarding.rules import Step
from core.reports.advice import ADVICE, Suggestion, Thing, suggestions
from core.reports.rules import Digest, Gathering, Newcomers, Questions, Total
from tests.core.reports.weeks import FULL, quiet


def things(figures: Digest) -> list[Thing]:
    return [one.thing for one in suggestions(figures)]


def test_the_most_pressing_comes_first() -> None:
    assert suggestions(FULL) == (
        Suggestion(Thing.ANSWER, 2),
        Suggestion(Thing.REPAIR, 2),
        Suggestion(Thing.GATE, 2),
    )


def test_when_all_is_well_the_community_is_thanked() -> None:
    well = replace(quiet(9, 10), questions=Questions(asked=2, answered=2))
    assert things(well) == [Thing.THANK_HELPERS, Thing.THANK, Thing.INVITE]


def test_a_silent_week_still_has_three_ideas_and_thanks_nobody_for_nothing() -> None:
    assert things(quiet(0, 0)) == [Thing.OPEN_QUESTION, Thing.INVITE, Thing.TELL]


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (
            replace(quiet(9, 9), newcomers=Newcomers(2, {Step.GOAL: 2})),
            Suggestion(Thing.ACCOMPANY, 2),
        ),
        (
            replace(quiet(9, 9), newcomers=Newcomers(3, {None: 2})),
            Suggestion(Thing.WELCOME, 2),
        ),
        (
            replace(quiet(9, 9), gatherings=[Gathering("astuce", Total(7), usual=10)]),
            Suggestion(Thing.RITUAL, 7, {"ritual": "astuce", "usual": 10}),
        ),
        (
            replace(quiet(9, 9), questions=Questions(5, 5, helped=(1, 1, 3))),
            Suggestion(Thing.RELIEVE, values={"number": 3, "answers": 5}),
        ),
        (
            replace(quiet(9, 9), questions=Questions(5, 5, median_minutes=1441)),
            Suggestion(Thing.HASTEN, values={"number": 5}),
        ),
        (quiet(10, 7), Suggestion(Thing.REVIVE, 7, {"before": 10})),
        (replace(quiet(9, 9), failed={Platform.SLACK: 1}), Suggestion(Thing.REPAIR, 1)),
    ],
)
def test_each_idea_follows_from_a_figure(figures: Digest, expected: Suggestion) -> None:
    assert suggestions(figures)[0] == expected


@pytest.mark.parametrize(
    "figures",
    [
        replace(quiet(9, 9), gatherings=[Gathering("astuce", Total(8), usual=10)]),
        replace(quiet(9, 9), gatherings=[Gathering("astuce", Total(0), usual=4)]),
        replace(quiet(9, 9), gatherings=[Gathering("astuce", Total(1))]),
        replace(quiet(9, 9), over=False, gatherings=[Gathering("astuce", Total(1), usual=10)]),
        replace(quiet(9, 9), questions=Questions(4, 4, helped=(4,))),
        replace(quiet(9, 9), questions=Questions(5, 5, helped=(2, 2, 1))),
        replace(quiet(9, 9), questions=Questions(4, 4, median_minutes=5000)),
        replace(quiet(9, 9), questions=Questions(5, 5, median_minutes=1440)),
        quiet(4, 1),
        quiet(10, 8),
        quiet(None, 1),
        replace(quiet(9, 9), newcomers=Newcomers(1, {})),
    ],
)
def test_a_small_or_usual_figure_raises_no_alarm(figures: Digest) -> None:
    joys = {Thing.THANK, Thing.THANK_HELPERS, Thing.OPEN_QUESTION, Thing.INVITE, Thing.TELL}
    assert set(things(figures)) <= joys


@given(
    st.builds(
        replace,
        st.builds(quiet, st.none() | st.integers(0, 20), st.integers(0, 20)),
        over=st.booleans(),
        gate=st.integers(0, 3),
        questions=st.builds(
            Questions,
            asked=st.integers(0, 9),
            answered=st.integers(0, 9),
            waiting=st.integers(0, 2),
            median_minutes=st.none() | st.floats(0, 9000),
            helped=st.lists(st.integers(1, 5), max_size=4),
        ),
        newcomers=st.builds(lambda n: Newcomers(n, {Step.GOAL: n}), st.integers(0, 2)),
        missed=st.integers(0, 1),
    )
)
def test_there_are_always_three_different_ideas(figures: Digest) -> None:
    assert len(set(things(figures))) == ADVICE
