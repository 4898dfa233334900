from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.gatherings import rules
from core.gatherings.rules import (
    About,
    Change,
    Entry,
    Participation,
    Phase,
    Standing,
    Tally,
)

NOW = datetime(2026, 12, 3, 17, 30, tzinfo=UTC)
ABOUT = About(title="Café", starts=NOW, ends=NOW + timedelta(hours=1), place="Lyon")
COMING, WAITING, MAYBE, NO = Standing

# -- seats -------------------------------------------------------------------------------------

People = st.integers(1, 8)
Acts = st.lists(
    st.tuples(People, st.sampled_from([COMING, MAYBE, NO])) | st.integers(1, 6), max_size=40
)


class Hall:
    """A list of people as the room keeps it, with nothing but the rules to move it."""

    def __init__(self, capacity: int | None) -> None:
        self.capacity = capacity
        self.entries: dict[int, Entry] = {}
        self.turns = 0

    def answers(self, person: int, wanted: Standing) -> tuple[int, ...]:
        now = self.entries.get(person, Entry(person, NO, 0))
        if rules.rejoins(now.standing, wanted):
            self.turns += 1
            self.entries[person] = Entry(person, WAITING, self.turns)
        elif wanted is not COMING:
            self.entries[person] = Entry(person, wanted, now.turn)
        return self.moves_up()

    def moves_up(self) -> tuple[int, ...]:
        up = rules.promoted(self.entries.values(), self.capacity)
        for person in up:
            self.entries[person] = Entry(person, COMING, self.entries[person].turn)
        return up

    def those(self, standing: Standing) -> list[Entry]:
        found = [entry for entry in self.entries.values() if entry.standing is standing]
        return sorted(found, key=lambda entry: entry.turn)


@given(st.integers(1, 4), Acts)
def test_seats_are_never_too_many_and_nobody_waits_before_an_empty_one(
    capacity: int, acts: Sequence[tuple[int, Standing] | int]
) -> None:
    hall = Hall(capacity)
    for act in acts:
        if isinstance(act, int):
            hall.capacity = max(act, len(hall.those(COMING)))
            hall.moves_up()
        else:
            hall.answers(*act)
        seated, waiting = hall.those(COMING), hall.those(WAITING)
        assert hall.capacity is not None
        assert len(seated) <= hall.capacity
        assert not waiting or len(seated) == hall.capacity


@given(st.integers(1, 4), Acts)
def test_first_come_is_first_served_and_nobody_is_lost(
    capacity: int, acts: Sequence[tuple[int, Standing] | int]
) -> None:
    hall, wanted = Hall(capacity), dict[int, Standing]()
    for act in acts:
        if isinstance(act, int):
            continue
        person, said = act
        before = [entry.id for entry in hall.those(WAITING)]
        up = hall.answers(person, said)
        wanted[person] = said
        left = [one for one in before if one != person or said is COMING]
        assert list(up) == [one for one in [*left, person] if one in up][: len(up)]
        assert not any(one in up for one in left[len(up) :])
    for person, said in wanted.items():
        there = {COMING, WAITING} if said is COMING else {said}
        assert hall.entries[person].standing in there


@given(Acts)
def test_without_a_limit_nobody_waits(acts: Sequence[tuple[int, Standing] | int]) -> None:
    hall = Hall(None)
    for act in acts:
        if not isinstance(act, int):
            hall.answers(*act)
    assert hall.those(WAITING) == []


def test_saying_twice_that_one_comes_keeps_the_place() -> None:
    hall = Hall(1)
    for person in (1, 2, 3):
        hall.answers(person, COMING)
    hall.answers(2, COMING)
    assert [rules.place_of(hall.entries.values(), one) for one in (1, 2, 3)] == [0, 1, 2]
    hall.answers(2, NO)
    hall.answers(2, COMING)
    assert [rules.place_of(hall.entries.values(), one) for one in (1, 2, 3)] == [0, 2, 1]


def test_the_card_counts_seats_nobody_has_or_waits_for() -> None:
    assert rules.tally([COMING, COMING, WAITING, MAYBE, NO], 3) == Tally(2, 1, 1, 3)
    assert [rules.tally([COMING] * 2, most).free for most in (3, 2, 1, None)] == [1, 0, 0, None]


@pytest.mark.parametrize(
    ("written", "seats"),
    [("12", 12), (" 12 places", 12), ("1 personne", 1), ("", None), ("0", None), ("Aucune", None)],
)
def test_seats_as_people_write_them(written: str, seats: int | None) -> None:
    assert rules.capacity_of(written) == seats


@pytest.mark.parametrize("written", ["beaucoup", "-3", "00000", "10001", "12.5", "12 chaises"])
def test_what_is_no_number_of_seats(written: str) -> None:
    with pytest.raises(ValueError, match="not a number of seats"):
        rules.capacity_of(written)


# -- moments -----------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 200), max_size=6), st.integers(0, 300))
def test_reminders_are_before_it_and_still_to_come(hours: list[int], ahead: int) -> None:
    starts = NOW + timedelta(hours=ahead)
    found = rules.reminders(starts, hours, NOW)
    assert {before for before, _ in found} == {before for before in hours if before < ahead}
    assert all(NOW < at == starts - timedelta(hours=before) for before, at in found)


def test_it_is_ahead_then_on_then_over() -> None:
    ends, tick = ABOUT.ends, timedelta(seconds=1)
    moments = (NOW - tick, NOW, ends - tick, ends)
    found = [rules.phase(NOW, ends, at) for at in moments]
    assert found == [Phase.AHEAD, Phase.ON, Phase.ON, Phase.OVER]


def test_the_code_counts_from_a_little_before_until_a_day_after() -> None:
    ends, tick = ABOUT.ends, timedelta(seconds=1)
    opens, closes = NOW - rules.EARLY, ends + timedelta(hours=24)
    moments = (opens - tick, opens, closes - tick, closes)
    assert [rules.may_attend(NOW, ends, at, 24) for at in moments] == [False, True, True, False]


# -- what changed, and who came ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, ()),
        ({"title": "Thé"}, (Change.TITLE,)),
        ({"place": "Brest"}, (Change.PLACE,)),
        ({"starts": NOW - timedelta(hours=1)}, (Change.WHEN,)),
        ({"ends": NOW + timedelta(hours=2), "title": "Thé"}, (Change.TITLE, Change.WHEN)),
    ],
)
def test_what_is_told_is_what_is_different(
    changed: dict[str, object], told: tuple[Change, ...]
) -> None:
    assert rules.changes(ABOUT, ABOUT.model_copy(update=changed)) == told


@given(st.sets(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_everybody_is_counted_once(registered: set[int], came: set[int]) -> None:
    found = rules.participation(registered, came)
    assert found.came + found.besides == len(came)
    assert found.rate is None if not registered else 0 <= (found.rate or 0) <= 100


def test_the_rate_is_of_who_signed_up() -> None:
    assert rules.participation([1, 2, 3, 4], [1, 2, 3, 9]) == Participation(4, 3, 1)
    assert Participation(4, 3, 1).rate == 75


# -- what people write -------------------------------------------------------------------------

TITLES = {7: "Café des pratiques", 9: "Café philo", 12: "2026"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", (7,)),
        ("9", (9,)),
        ("#12", (12,)),
        ("cafe  PHILO", (9,)),
        ("pratique", (7,)),
        ("café", (7, 9)),
        ("2026", (12,)),
        ("yoga", ()),
    ],
)
def test_an_event_is_meant_by_number_title_or_part_of_it(
    written: str, meant: tuple[int, ...]
) -> None:
    assert rules.meant(TITLES, written) == meant


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("https://video.example/a?b=1", "https://video.example/a?b=1"),
        (" video.example/a ", "https://video.example/a"),
        ("HTTP://video.example", "http://video.example/"),
        ("pas une adresse", None),
        ("vidéo", None),
        ("https://moi:secret@video.example/", None),
        ("javascript:alert(1)", None),
        ("https://video.example/<b>", None),
        ("https://", None),
        (f"https://video.example/{'a' * 500}", None),
    ],
)
def test_an_address_is_one_or_none(written: str, link: str | None) -> None:
    assert rules.link_of(written) == link
