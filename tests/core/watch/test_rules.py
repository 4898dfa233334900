from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.identity import Place, Platform, Purpose
from core.watch.rules import (
    AWAY,
    KEPT,
    LONG,
    OTHER,
    Away,
    Pulse,
    Pulses,
    Step,
    Trouble,
    Why,
    absent,
    course,
    listeners,
    room_of,
    why,
)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SLACK, DISCORD, TELEGRAM = Platform.SLACK, Platform.DISCORD, Platform.TELEGRAM
PLATFORMS = st.sets(st.sampled_from(list(Platform)))


def test_a_first_start_and_a_restart_are_no_absence() -> None:
    assert not absent(None, NOW)
    assert not absent(NOW - AWAY + timedelta(seconds=1), NOW)
    assert absent(NOW - AWAY, NOW)


@pytest.mark.parametrize(
    ("away", "told"),
    [
        (Away(NOW, NOW + AWAY), False),
        (Away(NOW, NOW + AWAY, skipped={"onboarding": 1}), True),
        (Away(NOW, NOW + AWAY, dates=[("Lundi", NOW)]), True),
        (Away(NOW, NOW + AWAY, recovered={SLACK: 3}), False),
        (Away(NOW, NOW + LONG), True),
        (Away(NOW, NOW + LONG - AWAY, forgetful=[TELEGRAM]), False),
    ],
)
def test_an_absence_is_told_when_something_is_lost_or_it_was_long(away: Away, told: bool) -> None:  # noqa: FBT001  a parameter of the test
    assert away.worth_telling is told


def test_a_platform_without_history_forgets_after_a_day() -> None:
    assert Away(NOW, NOW + KEPT, forgetful=[TELEGRAM]).forgotten == ()
    more = NOW + KEPT + timedelta(minutes=1)
    assert Away(NOW, more, forgetful=[TELEGRAM]).forgotten == (TELEGRAM,)


@given(st.lists(PLATFORMS, max_size=12))
def test_each_incident_is_told_once_and_ended_once(looks: list[set[Platform]]) -> None:
    told: dict[Platform, bool] = {}
    heard: list[tuple[Platform, Step]] = []
    for late in looks:
        steps = course(told, late)
        assert steps.keys() == (set(told) ^ late) | {p for p in late if not told.get(p, True)}
        for platform, step in steps.items():
            heard.append((platform, step))
            match step:
                case Step.NOTE | Step.TELL:
                    told[platform] = step is Step.TELL
                case Step.END | Step.FORGET:
                    del told[platform]
    for platform in Platform:
        said = [step for p, step in heard if p is platform and step in {Step.TELL, Step.END}]
        assert said == [Step.TELL, Step.END] * (len(said) // 2) + [Step.TELL] * (len(said) % 2)


@given(PLATFORMS, PLATFORMS)
def test_an_alert_is_heard_only_where_things_work(late: set[Platform], down: set[Platform]) -> None:
    places = [Place(p, "1", Purpose.ADMINS) for p in Platform]
    assert {p.platform for p in listeners(places, late, down)} == set(Platform) - late - down


def test_a_pulse_says_who_is_down() -> None:
    pulses = Pulses({p: Pulse(p, p is SLACK, NOW) for p in (SLACK, DISCORD)})
    assert pulses.down() == {DISCORD}


@pytest.mark.parametrize(
    ("cause", "names", "room"),
    [
        ("job:rituals.publish:3:20261123T0800", (), "rituals"),
        ("discord:1234.5", (), OTHER),
        ("slack:rituals", (), OTHER),
        ("slack:Ev1", ("", "questions.posted"), "questions"),
        ("", ("engine.sweep",), OTHER),
        ("job:onboarding.remind:1", ("charter.open",), "charter"),
        ("", (), OTHER),
    ],
)
def test_a_message_comes_from_the_room_that_owes_it(
    cause: str, names: tuple[str, ...], room: str
) -> None:
    assert room_of(cause, *names) == room


def test_why_something_was_given_up() -> None:
    assert why("given up: rate limited for 3 s") is Why.TIME
    assert why("unreadable") is Why.DAMAGED
    assert why("is_archived: the channel is archived") is Why.REFUSED


def test_what_is_alike_is_told_together() -> None:
    archived, gone = "is_archived: archived", "gone: no such channel"
    messages = [(SLACK, Why.REFUSED, said) for said in (gone, archived, archived)]
    trouble = Trouble.of([*messages, (DISCORD, Why.TIME, "given up: down")], ["rituals"] * 2, [])
    assert trouble.messages == {(SLACK, Why.REFUSED): 3, (DISCORD, Why.TIME): 1}
    assert trouble.reasons[SLACK, Why.REFUSED] == archived
    assert trouble.work == {"rituals": 2}
    assert trouble
    assert not Trouble.of([], [], [])
    assert Trouble.of([], [], [("Lundi", NOW)])
