from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.gatherings.written import Unclear
from rituals import spoken
from rituals.calendar import WEEKDAYS
from rituals.rules import RitualSettings
from rituals.spoken import Lacks
from tests.rituals import LUNDI_ASTUCE

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)  # a Sunday, 10:00 in Paris
PLANNED = datetime(2026, 11, 25, 10, tzinfo=PARIS)


def weekly(weekday: str, at: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  settings
    return {"rrule": None, "which": [], "months": [], "weekday": weekday, "at": at, **more}


def by_rule(rule: str, at: str) -> dict[str, Any]:
    return {"rrule": rule, "which": [], "months": [], "at": at}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("chaque mardi 18:00", weekly("tuesday", "18:00:00")),
        ("Tous les mardis à 18h", weekly("tuesday", "18:00:00")),
        ("mardi 18h30", weekly("tuesday", "18:30:00")),
        ("every Tuesday 6pm", weekly("tuesday", "18:00:00")),
        ("premier mardi 12:30", weekly("tuesday", "12:30:00", which=["first"])),
        ("dernier vendredi du mois 17h", weekly("friday", "17:00:00", which=["last"])),
        ("1er et 3e jeudi, midi", weekly("thursday", "12:00:00", which=["first", "third"])),
        (
            "second Monday of March and September 9:00",
            weekly("monday", "09:00:00", which=["second"], months=[3, 9]),
        ),
        (
            "chaque trimestre le jeudi 12:30",
            weekly("thursday", "12:30:00", which=["first"], months=[1, 4, 7, 10]),
        ),
        ("chaque mois le lundi 9h", weekly("monday", "09:00:00", which=["first"])),
        ("un mardi sur deux 18h", by_rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "18:00:00")),
        (
            "toutes les deux semaines le jeudi 9h",
            by_rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "09:00:00"),
        ),
        ("every other Friday 9am", by_rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "09:00:00")),
        ("le 15 du mois 10:00", by_rule("FREQ=MONTHLY;BYMONTHDAY=15", "10:00:00")),
        ("le 1er de chaque mois 10:00", by_rule("FREQ=MONTHLY;BYMONTHDAY=1", "10:00:00")),
        (
            "le 15 mars et septembre 10:00",
            by_rule("FREQ=MONTHLY;BYMONTHDAY=15;BYMONTH=3,9", "10:00:00"),
        ),
    ],
)
def test_a_rhythm_is_understood_as_it_is_written(text: str, value: dict[str, Any]) -> None:
    found = spoken.rhythm(text)
    assert found.whole
    assert found.value == value


@pytest.mark.parametrize(
    ("text", "lacks", "unknown"),
    [
        ("", Lacks.DAY, ()),
        ("18:00", Lacks.DAY, ()),
        ("chaque mardi", Lacks.HOUR, ()),
        ("chaque mardi 18h et 19h", Lacks.HOUR, ()),
        ("chaque mardi 26h", Lacks.HOUR, ()),
        ("mardi et jeudi 18:00", Lacks.ONE_DAY, ()),
        ("premier mardi le 15 18:00", Lacks.ONE_DAY, ()),
        ("le 12 et le 15 du mois 18:00", Lacks.ONE_DAY, ()),
        ("le 45 du mois 18:00", Lacks.ONE_DAY, ()),
        ("mardi bleu 18:00", None, ("bleu",)),
    ],
)
def test_what_a_rhythm_lacks_is_named(text: str, lacks: Lacks | None, unknown: tuple[str]) -> None:
    found = spoken.rhythm(text)
    assert not found.whole
    assert (found.lacks, found.unknown) == (lacks, unknown)


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    found = spoken.rhythm(text)
    if found.whole:
        whole = {"slug": "x", "title": "x", "hashtag": "#xx", **found.value}
        assert whole["at"]
    spoken.repeats(text)
    spoken.moment(text, NOW, PARIS, PLANNED)
    spoken.month(text, NOW.date())
    made = {"slug": spoken.slug(text), "title": "x", "hashtag": spoken.hashtag(text)}
    assert RitualSettings.model_validate(made).slug == made["slug"]


@given(st.sampled_from(WEEKDAYS), st.times())
def test_every_weekday_and_hour_makes_a_ritual(weekday: str, at: Any) -> None:  # noqa: ANN401  a time
    found = spoken.rhythm(f"every {weekday} {at:%H:%M}")
    whole = {"slug": "x", "kind": "meeting", "title": "x", "hashtag": "#xx", **found.value}
    made = RitualSettings.model_validate(whole)
    assert (made.weekday, f"{made.at:%H:%M}") == (weekday, f"{at:%H:%M}")


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("chaque mardi 18:00", True),
        ("les mardis 18:00", True),
        ("premier mardi 12:30", True),
        ("un mardi sur deux 18h", True),
        ("le 15 du mois 10:00", True),
        ("mardi 18:00", False),
        ("mardi 1er décembre 18:00", False),
        ("3 décembre 12:30", False),
        ("18:00", False),
    ],
)
def test_a_rhythm_is_told_from_one_date(text: str, again: bool) -> None:  # noqa: FBT001  a case
    assert spoken.repeats(text) is again


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("jeudi 18:00", datetime(2026, 11, 26, 18, tzinfo=PARIS)),
        ("à 18h", datetime(2026, 11, 25, 18, tzinfo=PARIS)),
        ("3 décembre 12:30", datetime(2026, 12, 3, 12, 30, tzinfo=PARIS)),
        ("n’importe quand", Unclear.HOUR),
        ("20 novembre 2026 12:30", Unclear.PAST),
    ],
)
def test_one_moment_is_understood_or_named_unclear(text: str, moment: datetime | Unclear) -> None:
    assert spoken.moment(text, NOW, PARIS, PLANNED) == moment


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("lundi 30 novembre", date(2026, 11, 30)),
        ("aujourd’hui", date(2026, 11, 22)),
        ("7/12", date(2026, 12, 7)),
        ("bientôt", None),
    ],
)
def test_a_first_day_is_understood(text: str, day: date | None) -> None:
    assert spoken.day(text, NOW, PARIS) == day


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("", date(2026, 11, 1)),
        ("décembre", date(2026, 12, 1)),
        ("March", date(2027, 3, 1)),
        ("mars 2028", date(2028, 3, 1)),
        ("2027-02", date(2027, 2, 1)),
        ("10", date(2027, 10, 1)),
        ("13", None),
        ("un jour", None),
    ],
)
def test_a_month_is_understood(text: str, month: date | None) -> None:
    assert spoken.month(text, NOW.date()) == month


def test_a_title_makes_a_name_and_a_hashtag() -> None:
    title = "Le café des livres"
    assert spoken.slug(title) == "le-cafe-des-livres"
    assert spoken.slug(title, frozenset({"le-cafe-des-livres"})) == "le-cafe-des-livre-2"
    assert spoken.slug("!") == "rituel"
    assert spoken.hashtag(title) == "#LeCaféDesLivres"
    assert spoken.hashtag("!") == "#Rituel"


def test_the_other_days_of_a_ritual_follow_its_own() -> None:
    moved = spoken.following(LUNDI_ASTUCE, {"weekday": "sunday"})
    assert moved == {
        "weekday": "sunday",
        "notice_weekday": "wednesday",
        "substitute_weekday": "friday",
    }
    assert spoken.following(LUNDI_ASTUCE, {"rrule": "FREQ=DAILY"}) == {"rrule": "FREQ=DAILY"}
