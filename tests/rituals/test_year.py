from collections import Counter
from datetime import UTC, date, datetime
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bots.tenants import read
from config.community import ConfigurationError, load, load_year
from config.settings import FOLDER, Settings
from rituals.calendar import Calendar
from rituals.catalog.open_question import OpenQuestion
from rituals.rules import RitualSettings
from rituals.year import Year, adoption, table, weekly
from tests.rituals import LUNDI_ASTUCE
from tests.rituals.test_catalog import QUESTION

PARIS = ZoneInfo("Europe/Paris")
COMMUNITY = (FOLDER / "community.toml").read_text(encoding="utf-8")


def year() -> Year:
    return load_year(FOLDER)


def test_the_year_that_is_shipped_holds_what_a_community_needs() -> None:
    calendar, counted = Calendar("FR"), Counter[str]()
    for ritual in year().programme:
        soon = ritual.coming(datetime(2026, 12, 31, tzinfo=UTC), PARIS, calendar)
        dates = list(takewhile(lambda one: one.day.year == 2027, soon))
        counted[ritual.slug] = len(dates)
        assert all(calendar.holiday(one.day) is None for one in dates), ritual.slug
        assert all(one.day.month != 8 for one in dates), ritual.slug
    often = {slug for slug, times in counted.items() if times > 30}
    assert often == {"lundi-astuce", "question-ouverte", "cafe-virtuel"}
    monthly = ("webinaire-expert", "cafe-pratiques", "fiche-outil", "portrait", "mini-cas")
    assert [counted[slug] for slug in monthly] == [11] * 5
    quarterly = ("webinaire-trimestre", "codeveloppement", "revue-indicateurs", "revue-donnees")
    assert [counted[slug] for slug in quarterly] == [4] * 4
    rare = ("enquete-a-froid", "audit-interne", "journee-alumni", "revision-charte")
    assert [counted[slug] for slug in (*rare, "vote-ambassadeurs")] == [2, 2, 1, 1, 1]


def test_what_is_there_already_keeps_its_place() -> None:
    same_hashtag = QUESTION.model_copy(update={"slug": "autre"})
    ready = Year(programme=(LUNDI_ASTUCE, QUESTION))
    assert adoption(ready, [LUNDI_ASTUCE]).new == (QUESTION,)
    assert adoption(ready, [LUNDI_ASTUCE]).kept == (LUNDI_ASTUCE,)
    assert adoption(ready, [LUNDI_ASTUCE, same_hashtag]).new == ()


def test_what_is_adopted_is_what_was_ready_from_a_day_on() -> None:
    for ritual in year().programme:
        adopted = RitualSettings.model_validate(table(ritual, date(2026, 11, 23)))
        assert adopted == ritual.model_copy(update={"starts": date(2026, 11, 23)})


def test_nothing_takes_place_before_it_starts() -> None:
    late = QUESTION.model_copy(update={"starts": date(2027, 1, 12)})
    first = next(late.coming(datetime(2026, 11, 22, tzinfo=UTC), PARIS))
    assert first.day == date(2027, 1, 18)


def test_what_comes_every_week_is_told_from_what_comes_now_and_then() -> None:
    assert weekly(QUESTION)
    assert weekly(QUESTION.model_copy(update={"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"}))
    assert not weekly(QUESTION.model_copy(update={"which": ("first",)}))
    assert not weekly(QUESTION.model_copy(update={"rrule": "FREQ=MONTHLY;BYMONTHDAY=15"}))


def test_a_year_beside_the_community_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "community.toml").write_text(COMMUNITY, encoding="utf-8")
    own = '[[programme]]\nslug = "a"\nkind = "open_question"\ntitle = "A"\nhashtag = "#Aa"\n'
    (tmp_path / "programme.toml").write_text(own, encoding="utf-8")
    config = load(tmp_path / "community.toml")
    assert config.year.programme == (OpenQuestion(slug="a", title="A", hashtag="#Aa"),)


@pytest.mark.parametrize(
    ("written", "line", "what"),
    [
        ('[[programme]]\nslug = "A A"\ntitle = "A"\nhashtag = "#Aa"\n', 2, "small letters"),
        ('[[programme]]\nslug = "a"\ntitle = "A"\nhashtag = "#Aa"\nat = 9\n', 5, "no hour"),
        ("[[programme]]\nslug = a\n", 2, "not TOML"),
    ],
)
def test_its_mistakes_are_named_with_their_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, line: int, what: str
) -> None:
    (tmp_path / "community.toml").write_text(COMMUNITY, encoding="utf-8")
    (tmp_path / "programme.toml").write_text(written, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        load(tmp_path / "community.toml")
    assert [fault.line for fault in error.value.faults] == [line]
    monkeypatch.setenv("AMICALE_CONFIG", str(tmp_path / "community.toml"))
    named = [p for p in read(serving=False).problems if f"programme.toml:{line}" in p.where]
    assert len(named) == 1
    assert what in named[0].what


def test_a_year_is_no_community(tmp_path: Path) -> None:
    for name in ("a.toml", "programme.toml"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert Settings(config=tmp_path).communities == (tmp_path / "a.toml",)
