from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.gatherings.written import Span, Unclear, understood

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def read(written: str, zone: ZoneInfo = PARIS) -> tuple[str, str] | Unclear:
    found = understood(written, NOW, zone, HOUR)
    if isinstance(found, Unclear):
        return found
    starts, ends = (at.astimezone(zone) for at in (found.starts, found.ends))
    return starts.strftime("%a %Y-%m-%d %H:%M"), ends.strftime("%d %H:%M")


@pytest.mark.parametrize(
    "written",
    [
        "jeudi 3 décembre 18h30",
        "Jeudi 3 DÉCEMBRE 2026 à 18h30",
        "le 3 déc. à 18 h 30",
        "3/12 18h30",
        "03/12/2026 18:30",
        "3.12.26 18:30",
        "2026-12-03 18:30",
        "2026-12-03T18:30:00",
        "18h30 le jeudi 3 décembre",
        "Thursday 3 December 6:30pm",
        "Thu, Dec 3rd 2026 at 6:30 pm",
        "3 décembre de 18h30 à 19h30",
        "3 décembre 18h30-19h30",
        "3 décembre 18h30 – 19:30",
        "jeu. 3 décembre 18h30",
    ],
)
def test_one_moment_is_understood_however_it_is_written(written: str) -> None:
    assert read(written) == ("Thu 2026-12-03 18:30", "03 19:30")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("demain 18h", ("Tue 2026-11-17 18:00", "17 19:00")),
        ("après-demain à midi", ("Wed 2026-11-18 12:00", "18 13:00")),
        ("aujourd’hui 12h", ("Mon 2026-11-16 12:00", "16 13:00")),
        ("samedi 14h", ("Sat 2026-11-21 14:00", "21 15:00")),
        ("lundi 10h", ("Mon 2026-11-16 10:00", "16 11:00")),
        ("lundi 8h", ("Mon 2026-11-23 08:00", "23 09:00")),
        ("jeudi prochain 9h", ("Thu 2026-11-19 09:00", "19 10:00")),
        ("5 janvier 9h", ("Tue 2027-01-05 09:00", "05 10:00")),
        ("1er décembre 18h", ("Tue 2026-12-01 18:00", "01 19:00")),
        ("29 février 18h", ("Tue 2028-02-29 18:00", "29 19:00")),
        ("3 décembre 22h-1h", ("Thu 2026-12-03 22:00", "04 01:00")),
        ("3 décembre 23h30", ("Thu 2026-12-03 23:30", "04 00:30")),
        ("18h 13 décembre", ("Sun 2026-12-13 18:00", "13 19:00")),
        ("Dec 3 12am", ("Thu 2026-12-03 00:00", "03 01:00")),
        ("mar. 1 déc. 9h", ("Tue 2026-12-01 09:00", "01 10:00")),
    ],
)
def test_what_is_left_out_is_the_nearest(written: str, meant: tuple[str, str]) -> None:
    assert read(written) == meant


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("3 décembre", Unclear.HOUR),
        ("bientôt", Unclear.HOUR),
        ("demain 25h", Unclear.HOUR),
        ("demain 13pm", Unclear.HOUR),
        ("demain 18h75", Unclear.HOUR),
        ("3 décembre 18h 20h", Unclear.HOUR),
        ("demain 18h-26h", Unclear.HOUR),
        ("18h30", Unclear.DAY),
        ("le 3 à 18h", Unclear.DAY),
        ("32/13/2026 18:30", Unclear.DAY),
        ("30/02/2027 18h", Unclear.DAY),
        ("03/12/1926 18h", Unclear.DAY),
        ("demain 3 décembre 18h", Unclear.DAY),
        ("jeudi 3 décembre 18h chez Paul", Unclear.DAY),
        ("3 décembre 18h, heure de Tokyo", Unclear.DAY),
        ("mercredi 3 décembre 18h30", Unclear.WEEKDAY),
        ("lundi 5 janvier 9h", Unclear.WEEKDAY),
        ("demain jeudi 18h", Unclear.WEEKDAY),
        ("12/03/2026 18:30", Unclear.PAST),
        ("aujourd’hui 8h", Unclear.PAST),
    ],
)
def test_what_cannot_be_meant_is_said_never_guessed(written: str, why: Unclear) -> None:
    assert read(written) is why


def test_hours_are_those_of_the_writer() -> None:
    assert read("3 décembre 18h30", ZoneInfo("America/Montreal"))[0] == "Thu 2026-12-03 18:30"
    found = understood("3 décembre 18h30", NOW, ZoneInfo("America/Montreal"), HOUR)
    assert isinstance(found, Span)
    assert found.starts == datetime(2026, 12, 3, 23, 30, tzinfo=UTC)


SOON = st.datetimes(datetime(2026, 11, 17), datetime(2027, 10, 30))  # noqa: DTZ001  the wall clock's


@given(
    SOON, st.sampled_from(["%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M", "%Hh%M le %d/%m", "%d/%m/%y %Hh%M"])
)
def test_every_date_written_in_figures_is_read_back(moment: datetime, style: str) -> None:
    found = read(moment.strftime(style), ZoneInfo("UTC"))
    assert found[0] == moment.strftime("%a %Y-%m-%d %H:%M")


@given(st.text(max_size=60) | st.from_regex(r"[0-9a-zéû :/h.-]{0,40}", fullmatch=True))
@example("9999-12-31 23h59")
@example("0001-01-01 0h")
def test_whatever_is_written_is_a_coming_moment_or_a_reason(written: str) -> None:
    found = understood(written, NOW, PARIS, HOUR)
    assert isinstance(found, Unclear) or NOW < found.starts < found.ends
