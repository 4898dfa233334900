"""A year of two hundred people on three platforms: what must hold, counted from what they saw."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays

from bots import schema
from bots.rooms import ROOMS
from bots.sandbox.memory_people import Shown
from config.community import load_year
from config.settings import FOLDER
from core.engine.models import Job, State
from rituals.calendar import PLACES, WEEKDAYS, Pause
from rituals.rules import RitualSettings, RitualsSettings
from rituals.year import Year
from tests.community.conftest import SETTINGS
from tests.community.year_acts import ACTS, ANSWERS
from tests.community.year_story import (
    FOUNDERS,
    NEWCOMERS_A_WEEK,
    Neighbour,
    Temper,
    Town,
    on_one_thread,
)
from tests.village import START, village

PARIS = ZoneInfo("Europe/Paris")
SEED, WEEKS, AGAIN, PER_SITTING = 7, 52, 4, 3
SITTINGS = (time(12, 47), time(18, 43))
AT_THE_CAFE = time(13, 10)
DAY, WEEK, BUDGET = timedelta(days=1), timedelta(days=7), 3
FIRST, LAST = date(2026, 11, 23), (START + WEEKS * WEEK - DAY).date()
REST = (date(2026, 12, 21), date(2027, 1, 3))
WORKS = country_holidays("FR", years=(2026, 2027))
FRIDAY = 4
YEAR = load_year(FOLDER)

OPENINGS = {
    "lundi_astuce": ("{}, par ", "{} : la place est libre"),
    "open_question": ("{}\n",),
    "meeting": ("{} commence.",),
    "guest": ("{} commence.",),
    "reminder": ("{} : c’est le moment.",),
    "vote": ("{} : le vote est ouvert",),
    "portrait": ("{} : ",),
}
"""How what opens a date begins; of the other kinds, everything that begins with their title."""
WITH_PEOPLE = {"portrait", "regulatory_watch", "vote"}
"""Nothing is published where nobody gave anything, or stands."""


@asynccontextmanager
async def lived(weeks: int) -> AsyncIterator[Town]:
    """So many weeks of the story, the ready programme adopted on the first day."""
    rest = Pause.model_validate({"title": "Fêtes", "from": REST[0], "to": REST[1]})
    calm = RitualsSettings(programme=(), pauses=(rest,))
    settings = {**SETTINGS, Year: YEAR, RitualsSettings: calm}
    with on_one_thread():
        async with village(schema.MODULES, ROOMS, settings) as place:
            town = Town(place, SEED, ACTS, ANSWERS)
            await town.mona.runs("/programme adopter")
            await town.mona.presses("Adopter ce programme")
            for _ in range(FOUNDERS):
                await town.comes()
            await town.sits(0)
            for week in range(weeks):
                await lives(town, START.astimezone(PARIS).date() + week * WEEK)
            yield town


async def lives(town: Town, monday: date) -> None:
    """A week: everybody sits down twice a day, and for the café; then some newcomers arrive."""
    for day in (monday + number * DAY for number in range(7)):
        at = {*SITTINGS, AT_THE_CAFE} if day.weekday() == FRIDAY else SITTINGS
        for hour in sorted(at):
            await town.reaches(datetime.combine(day, hour, PARIS))
            await town.sits(PER_SITTING)
    for _ in town.to_come[:NEWCOMERS_A_WEEK]:
        await town.comes()
    await town.sits(0)
    town.ends_chapter()


@pytest.mark.timeout(300)
async def test_in_a_year_of_two_hundred_people_these_hold() -> None:
    async with lived(WEEKS) as town:
        assert not await Job.filter(state=State.FAILED).exists()
        every_ritual_came_at_its_time(town)
        nothing_was_said_twice(town)
        nobody_was_asked_too_often(town)
        turns_were_fair(town)
    async with lived(AGAIN) as again:
        assert again.chapters == town.chapters[:AGAIN]


# -- rituals at their time -------------------------------------------------------------------


def every_ritual_came_at_its_time(town: Town) -> None:
    """Each date of the programme opened on every platform, at its local hour, and none besides."""
    offsets = set()
    for ritual in YEAR.programme:
        expected = set(moments(ritual))
        offsets |= {at.utcoffset() for at in expected}
        for platform in town.place.adapters:
            seen = openings(town, platform, ritual)
            assert set(seen) <= allowed(ritual, expected), ritual.slug
            assert max(seen.values(), default=1) == 1, ritual.slug
            if ritual.kind not in WITH_PEOPLE:
                assert expected <= set(seen), ritual.slug
            elif ritual.kind == "portrait":
                assert seen
    assert len(offsets) == 2, "winter and summer time"


def moments(ritual: RitualSettings) -> Iterator[datetime]:
    """When it falls, told day by day as somebody with a calendar on the wall would."""
    day = FIRST
    while day <= LAST:
        found = moved(ritual, day)
        if wanted(ritual, day) and found and not REST[0] <= found <= REST[1] and found <= LAST:
            yield datetime.combine(found, ritual.at, PARIS)
        day += DAY


def wanted(ritual: RitualSettings, day: date) -> bool:
    """Whether the programme names that day."""
    of_the_month = (day.day + 6) // 7
    return (
        WEEKDAYS[day.weekday()] == ritual.weekday
        and (not ritual.months or day.month in ritual.months)
        and (not ritual.which or of_the_month in {PLACES[which] for which in ritual.which})
    )


def moved(ritual: RitualSettings, day: date) -> date | None:
    """Where a holiday sends it: to the next working day, or nowhere."""
    if day not in WORKS or ritual.on_holiday == "keep":
        return day
    while ritual.on_holiday == "next" and (day in WORKS or day.weekday() > FRIDAY):
        day += DAY
    return None if day in WORKS else day


def allowed(ritual: RitualSettings, expected: set[datetime]) -> set[datetime]:
    """When what opens it may stand there; what is collected is called for a week before as well."""
    if ritual.kind in OPENINGS:
        return expected
    called = {at.date() - WEEK for at in expected}
    called |= {LAST - number * DAY for number in range(7)}  # for dates beyond the end
    return expected | {START} | {datetime.combine(day, ritual.at, PARIS) for day in called}


def openings(town: Town, platform: str, ritual: RitualSettings) -> Counter[datetime]:
    """When something that opens that ritual stood in the channel it belongs to."""
    forms = OPENINGS.get(ritual.kind, ("{} : ", "{}\n", "{}, par "))
    begins = tuple(form.format(ritual.title) for form in forms)
    channel = "administration" if ritual.kind == "reminder" else "rituels"
    return Counter(
        shown.at.astimezone(PARIS)
        for shown in ours(town, platform)
        if shown.channel.id == channel
        and any(f"\n{b}" in f"\n{shown.text}" for b in begins)
        and shown.private_to is None
    )


def ours(town: Town, platform: str) -> list[Shown]:
    """What the suite wrote there."""
    return [m for m in town.place.adapters[platform].messages if m.user is None]  # type: ignore[index]  # a platform is its name


# -- nothing twice ---------------------------------------------------------------------------


def nothing_was_said_twice(town: Town) -> None:
    """No post stands twice in the same conversation on the same day."""
    for platform in town.place.adapters:
        told = Counter(
            (m.channel, m.text, m.at.astimezone(PARIS).date(), m.poll is None)
            for m in ours(town, platform)
            if m.private_to is None and m.channel.id in {"rituels", "administration"}
        )
        assert told
        assert [post for post, times in told.items() if times > 1] == []


# -- attention -------------------------------------------------------------------------------


def nobody_was_asked_too_often(town: Town) -> None:
    """Three in any seven days, one a day, by day, and nothing on leave: by what each of them read.

    What was asked in private can be refused for good; to be named under a question counts as well.
    """
    assert sum(len(one.asked) for one in town.people) > len(town.people)
    for one in town.people:
        times = asked_of(one)
        local = [at.astimezone(PARIS) for at in times]
        assert all(d - a >= WEEK for a, d in zip(times, times[BUDGET:], strict=False)), one
        assert max(Counter(at.date() for at in local).values(), default=0) <= 1, one
        assert all(time(8) <= at.time() < time(20) for at in local), one
        assert not [at for at in one.asked for start, end in one.away if start < at < end], one


def asked_of(one: Neighbour) -> list[datetime]:
    """What one person was asked, on both platforms since their accounts were linked."""
    if one.linked is None or one.linked_at is None:
        return one.asked
    return sorted(at for at in one.asked + one.linked.asked if at > one.linked_at)


# -- turns -----------------------------------------------------------------------------------


def turns_were_fair(town: Town) -> None:
    """Nobody served twice more than another, among those who were simply always there.

    They accepted the charter on the first day and say yes when asked; they never left, took
    leave, linked accounts, passed, swapped or let a turn lapse, for whoever did let others go
    first, nor took over a turn that was not theirs. Counted by the names under the tips that
    everybody reads.
    """
    by = Counter(
        found[1]
        for shown in ours(town, "discord")
        if (found := re.search(r"Lundi Astuce, par @?(P\d+)", shown.text))
    )
    always = [n.person.name for n in town.people if n.steady and n.temper is Temper.KEEN]
    served = [by[name] for name in always]
    assert len(always) > 3, "enough people to compare"
    assert max(served) > 1, "somebody's turn came again"
    assert max(served) - min(served) <= 1
