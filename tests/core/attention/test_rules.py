from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.attention.rules import (
    WEEK,
    AttentionSettings,
    Decision,
    Fate,
    Person,
    Priority,
    Reason,
    Waiting,
    decide,
    disturbs,
    leave_until,
    tomorrow,
    welcome,
)
from core.attention.written import ends_leave, leave_of, zone_of
from core.engine.schedule import WakingHours

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
"""10:00 in Paris."""
DAY = timedelta(days=1)


def somebody(per_week: int = 3, **said: object) -> Person:
    return Person(per_week, WakingHours(), PARIS, **said)  # type: ignore[arg-type]  # the fields of Person


def a_wish(
    number: int = 1,
    priority: Priority = Priority.NORMAL,
    *,
    since: datetime = MONDAY,
    until: datetime = MONDAY + 30 * DAY,
    kind: str = "a.b",
) -> Waiting:
    return Waiting(number, kind, priority, since, until)


def fate(person: Person, wish: Waiting, now: datetime = MONDAY) -> Decision:
    return decide(person, [wish], now)[wish.id]


def test_what_nothing_stands_against_is_sent() -> None:
    assert fate(somebody(), a_wish()) == Decision(Fate.SEND, Reason.ROOM, MONDAY)


@pytest.mark.parametrize(
    ("person", "wish", "reason", "at"),
    [
        (somebody(sent={7: MONDAY - timedelta(hours=1)}), a_wish(), Reason.TODAY,
         datetime(2026, 11, 17, 7, 0, tzinfo=UTC)),
        (somebody(1, sent={7: MONDAY - 3 * DAY}), a_wish(), Reason.BUDGET, MONDAY + 4 * DAY),
        (somebody(away_until=MONDAY + 2 * DAY), a_wish(), Reason.AWAY, MONDAY + 2 * DAY),
        (somebody(), a_wish(since=MONDAY + DAY), Reason.LATER, MONDAY + DAY),
    ],
)  # fmt: skip
def test_what_stands_against_it_is_said(
    person: Person, wish: Waiting, reason: Reason, at: datetime
) -> None:
    assert fate(person, wish) == Decision(Fate.WAIT, reason, at)


@pytest.mark.parametrize(
    ("person", "wish", "reason"),
    [
        (somebody(refused=frozenset({"a.b"})), a_wish(), Reason.REFUSED),
        (somebody(), a_wish(until=MONDAY), Reason.EXPIRED),
        (somebody(0), a_wish(), Reason.NONE),
        (somebody(away_until=MONDAY + 9 * DAY), a_wish(until=MONDAY + DAY), Reason.AWAY),
        (somebody(), a_wish(since=MONDAY + 2 * DAY, until=MONDAY + DAY), Reason.LATER),
    ],
)
def test_what_can_never_be_sent_is_dropped_at_once(
    person: Person, wish: Waiting, reason: Reason
) -> None:
    assert fate(person, wish) == Decision(Fate.DROP, reason, MONDAY)


def test_nobody_is_asked_at_night_wherever_they_live() -> None:
    reunion = Person(3, WakingHours(), ZoneInfo("Indian/Reunion"))
    evening = datetime(2026, 11, 16, 17, 0, tzinfo=UTC)  # 18:00 in Paris, 21:00 there
    assert (fate(somebody(), a_wish(), evening).fate, fate(reunion, a_wish(), evening).reason) == (
        Fate.SEND,
        Reason.QUIET,
    )


def test_what_only_stands_behind_others_keeps_its_chance() -> None:
    soon = a_wish(1, Priority.LOW, until=MONDAY + timedelta(hours=3))
    decided = decide(somebody(), [soon, a_wish(2, Priority.HIGH)], MONDAY)
    assert (decided[1].fate, decided[2].fate, decided[1].at) == (Fate.WAIT, Fate.SEND, soon.until)


def test_who_asked_for_later_is_not_charged_twice() -> None:
    person = somebody(1, sent={1: MONDAY - DAY})
    assert fate(person, a_wish(1)).fate is Fate.SEND


EVENING = datetime(2026, 11, 16, 16, 0, tzinfo=UTC)
"""17:00 in Paris, three hours before the end of the day."""


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        (a_wish(1, Priority.LOW), Decision(Fate.WAIT, Reason.EVENING, EVENING)),
        (a_wish(1, Priority.LOW, until=EVENING), Decision(Fate.SEND, Reason.ROOM, MONDAY)),
        (a_wish(1), Decision(Fate.SEND, Reason.ROOM, MONDAY)),
    ],
)
def test_what_matters_little_leaves_the_day_to_calls(wish: Waiting, found: Decision) -> None:
    assert fate(somebody(called=True), wish) == found


def test_an_evening_begins_no_earlier_than_the_day() -> None:
    short = Person(3, WakingHours(time(12), time(14)), PARIS, called=True)
    noon = datetime(2026, 11, 16, 11, 0, tzinfo=UTC)
    assert fate(short, a_wish(1, Priority.LOW)) == Decision(Fate.WAIT, Reason.EVENING, noon)


moments = st.integers(0, 60 * 24 * 20).map(lambda m: MONDAY + timedelta(minutes=m))
wishes = st.lists(
    st.tuples(
        moments, st.sampled_from(Priority), st.integers(1, 60 * 24 * 12), st.sampled_from("ab")
    ),
    max_size=6,
)
people = st.builds(
    Person,
    st.integers(0, 5),
    st.tuples(st.integers(0, 11), st.integers(12, 23)).map(
        lambda h: WakingHours(time(h[0]), time(h[1]))
    ),
    st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Montreal"]).map(ZoneInfo),
    st.none() | moments,
    st.sampled_from([frozenset(), frozenset("a")]),
    called=st.booleans(),
)


@given(people, wishes)
def test_what_is_promised_holds_whatever_is_asked(
    person: Person, asked: list[tuple[datetime, Priority, int, str]]
) -> None:
    """Play the weeks: ask when it is asked, look again when it was said to be looked at."""
    coming = sorted(
        (
            Waiting(n, kind, priority, at, at + timedelta(minutes=lasts))
            for n, (at, priority, lasts, kind) in enumerate(asked)
        ),
        key=lambda w: w.since,
    )
    waiting: dict[int, Waiting] = {}
    looks: dict[int, datetime] = {}
    sent: dict[int, datetime] = {}
    ended: dict[int, datetime] = {}
    while coming or waiting:
        now = min([*(w.since for w in coming[:1]), *looks.values()])
        while coming and coming[0].since <= now:
            arrived = coming.pop(0)
            waiting[arrived.id] = arrived
        here = Person(
            person.per_week,
            person.hours,
            person.zone,
            person.away_until,
            person.refused,
            sent,
            person.called,
        )
        decided = decide(here, waiting.values(), now)
        ready = [w for w in waiting.values() if decided[w.id].fate is not Fate.DROP]
        for number, found in decided.items():
            if found.fate is Fate.WAIT:
                assert now < found.at <= waiting[number].until
                looks[number] = found.at
                continue
            if found.fate is Fate.SEND:
                assert waiting[number].priority == max(w.priority for w in ready)
                assert now < waiting[number].until
                assert waiting[number].kind not in person.refused
                assert disturbs(person, now) is None
                sent = {**sent, number: now}
            ended[number] = now
        waiting = {n: w for n, w in waiting.items() if n not in ended}
        looks = {n: at for n, at in looks.items() if n not in ended}
    days = [at.astimezone(person.zone).date() for at in sent.values()]
    assert len(days) == len(set(days))
    for end in sent.values():
        assert sum(end - WEEK < at <= end for at in sent.values()) <= person.per_week


def test_what_costs_nothing_waits_for_the_morning_only() -> None:
    night = datetime(2026, 11, 16, 22, 0, tzinfo=UTC)
    full = somebody(1, sent={1: MONDAY})
    morning = datetime(2026, 11, 17, 7, 0, tzinfo=UTC)
    assert (welcome(full, MONDAY), welcome(full, night)) == (MONDAY, morning)


def test_later_is_the_next_morning() -> None:
    assert tomorrow(somebody(), MONDAY) == datetime(2026, 11, 17, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("2 semaines", 14), ("une semaine", 7), ("10 jours", 10), ("5", 5), ("un mois", 30),
        ("2 weeks", 14), ("a month", 30), ("3j", 3), (" 1 Semaine ", 7),
        ("", None), ("bientôt", None), ("0 jours", None), ("400 jours", None), ("2 ans", None),
    ],
)  # fmt: skip
def test_a_leave_is_understood_as_people_write_it(written: str, days: int | None) -> None:
    assert leave_of(written) == days


def test_a_leave_ends_as_people_write_it() -> None:
    assert [ends_leave(word) for word in ("fin", "End", "2 semaines")] == [True, True, False]


def test_a_leave_ends_in_the_morning_after_its_last_day() -> None:
    assert leave_until(7, MONDAY, PARIS) == datetime(2026, 11, 22, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("europe/paris", "Europe/Paris"), ("Réunion", "Indian/Reunion"),
        ("new york", "America/New_York"), ("Nulle part", None),
    ],
)  # fmt: skip
def test_a_zone_is_found_by_its_town(written: str, zone: str | None) -> None:
    assert zone_of(written, available_timezones()) == zone


def test_hours_that_end_before_they_start_are_a_mistake() -> None:
    with pytest.raises(ValidationError, match="earlier than end"):
        AttentionSettings(start=time(20), end=time(8))
