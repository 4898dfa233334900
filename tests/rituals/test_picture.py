"""The picture of a month: it is the one that was looked at, and it has words."""

import io
import os
import struct
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from structlog.testing import capture_logs

from core.chat.messages import Image
from core.engine.texts import Texts
from rituals import picture
from rituals.picture import Month, read
from tests.village import LOCALES

TEXTS = Texts(LOCALES)
GOLDEN = Path(__file__).parents[1] / "rendered" / "programme" / "2027-05.png"
MAY = Month(
    date(2027, 5, 1),
    {
        3: ("09:00 Lundi Astuce",),
        4: ("12:30 Le webinaire de l’expert",),
        5: ("10:00 La question de la semaine",),
        7: ("13:00 Le café virtuel",),
        11: ("09:30 La revue des données personnelles", "17:30 La séance de codéveloppement"),
        18: ("09:30 L’audit interne", "12:00 La fiche outil du mois", "18:00 Le cercle"),
        31: ("09:00 Lundi Astuce",),
    },
    {1: "Fête du Travail", 6: "Ascension", 8: "Fête de la Victoire", 17: "Lundi de Pentecôte"},
)
TOLD = (
    '{"first": "2027-05-01", "entries": {"3": ["09:00 Lundi Astuce"]},'
    ' "off": {"6": "Ascension"}, "language": "fr"}'
)


def test_the_month_looks_as_it_was_reviewed() -> None:
    """`AMICALE_TEST_REDRAW=1` draws it anew: look at it before it is kept."""
    drawn = picture.picture(MAY, TEXTS, "fr")
    if os.environ.get("AMICALE_TEST_REDRAW"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_bytes(drawn)
    assert struct.unpack(">II", drawn[16:24]) == (1120, 960)
    assert len(drawn) < 150_000
    difference = np.abs(imread(io.BytesIO(drawn)) - imread(GOLDEN))
    # Another version of the font library may shade the edge of a letter otherwise.
    assert float((difference > 0.3).mean()) < 0.002


async def test_what_is_drawn_later_is_the_same_picture_with_the_same_words() -> None:
    image = Image("programme-2027-05.png", b"", "Calendrier", picture.ARTIST, TOLD)
    month, language = read(TOLD)
    drawn = await picture.drawn(image, TEXTS)
    assert drawn == Image(image.name, picture.picture(month, TEXTS, language), image.alt)


def test_what_has_no_room_on_a_day_is_said_to_be_more() -> None:
    busy = tuple(f"{hour}:00 Le rendez-vous du matin" for hour in range(10, 15))
    lines = [line for line, _ in picture._lines("Ascension", busy, "et d’autres…")]
    assert lines[:2] == ["Ascension", "10:00"]
    assert lines[-1] == "et d’autres…"
    assert len(lines) <= picture.LINES
    assert picture._lines("", busy[:1], "") == [
        ("10:00", picture.MARK),
        ("Le rendez-vous du", picture.INK),
        ("matin", picture.INK),
    ]


async def test_without_the_drawing_library_the_text_goes_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("matplotlib", "matplotlib.figure", "matplotlib.backends.backend_agg"):
        monkeypatch.setitem(sys.modules, name, None)
    image = Image("programme-2027-05.png", b"", "Calendrier", picture.ARTIST, TOLD)
    with capture_logs() as logs:
        assert await picture.drawn(image, TEXTS) is None
    assert [line["event"] for line in logs] == ["month without its picture"]


def test_nothing_is_drawn_before_it_is_asked_for() -> None:
    source = Path(picture.__file__).read_text(encoding="utf-8")
    assert "\nfrom matplotlib" not in source
    assert "\nimport matplotlib" not in source
