from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rituals import catalog
from rituals.catalog.lundi_astuce import LundiAstuce
from rituals.kinds import kind
from rituals.rules import (
    Edit,
    RitualSettings,
    RitualsSettings,
    address,
    carries,
    effective,
    found_in,
    kind_of,
)
from tests.rituals import LUNDI_ASTUCE

PARIS = ZoneInfo("Europe/Paris")
MONDAYS = st.integers(0, 4000).map(lambda week: date(2020, 1, 6) + timedelta(weeks=week))


@given(MONDAYS, st.sampled_from(["Europe/Paris", "America/New_York", "UTC"]))
def test_every_moment_is_on_its_own_day_there_whatever_the_clocks_do(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    steps = LUNDI_ASTUCE.steps(day, zone)
    local = [at.astimezone(zone) for at in (steps["notice"], steps["substitute"], steps.opens)]
    assert [(at.strftime("%a"), at.hour) for at in local] == [("Thu", 10), ("Sat", 10), ("Mon", 9)]
    assert local[0].date() == day - timedelta(days=4)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  Hypothesis adds the zone
def test_coming_dates_are_weekly_and_after_now(moment: datetime) -> None:
    found = list(islice(LUNDI_ASTUCE.coming(moment, PARIS), 3))
    assert moment < found[0].opens <= moment + timedelta(days=7, hours=1)
    assert [b.day - a.day for a, b in pairwise(found)] == [timedelta(7)] * 2


def test_a_notice_on_the_same_weekday_comes_a_week_before() -> None:
    ritual = LundiAstuce(
        slug="essai",
        title="Essai",
        hashtag="#Essai",
        notice_weekday="monday",
        notice_at=time(9),
    )
    steps = ritual.steps(date(2026, 11, 23), PARIS)
    assert steps["notice"] == datetime(2026, 11, 16, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"notice_weekday": "sunday"}, "the notice comes first"),
        ({"kind": "chorale"}, "no kind of ritual"),
        ({"slug": "Lundi Astuce"}, "pattern"),
        ({"hashtag": "LundiAstuce"}, "pattern"),
        ({"weekday": "lundi"}, "monday"),
        ({"delay": 3}, "not permitted"),
    ],
)
def test_a_mistake_in_the_programme_is_named(wrong: dict[str, object], said: str) -> None:
    whole = {"slug": "essai", "title": "Essai", "hashtag": "#Essai", **wrong}
    with pytest.raises(ValidationError, match=said):
        RitualSettings.model_validate(whole)


def test_two_rituals_may_not_share_a_name_or_a_hashtag() -> None:
    twin = LUNDI_ASTUCE.model_copy(update={"slug": "autre", "hashtag": "#lundiastuce"})
    with pytest.raises(ValidationError, match="same hashtag"):
        RitualsSettings(programme=(LUNDI_ASTUCE, twin))


@pytest.mark.parametrize("named", ["", "lundi-astuce", " Lundi Astuce ", "#lundiastuce"])
def test_a_ritual_is_found_by_any_of_its_names(named: str) -> None:
    programme = RitualsSettings().programme
    assert found_in(programme, named) == LUNDI_ASTUCE
    assert found_in(programme, "café") is None


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("#LundiAstuce ma touche", True),
        ("ma touche (#lundiastuce)", True),
        ("#LundiAstuces", False),
        ("a#LundiAstuce", False),
        ("LundiAstuce", False),
    ],
)
def test_a_hashtag_is_a_word_of_its_own(text: str, *, held: bool) -> None:
    assert carries(text, "#LundiAstuce") is held


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://exemple.fr/page?a=1#b", "https://exemple.fr/page?a=1#b"),
        (" exemple.fr/page ", "https://exemple.fr/page"),
        ("exemple.fr:8080/page", "https://exemple.fr:8080/page"),
        ("javascript:alert(1)", None),
        ("https://user@exemple.fr", None),
        ("https://exemple", None),
        ("https://exemple.fr/<b>", None),
        ("https://exemple.fr/a b", None),
        ("https://[exemple.fr", None),
        ("account:slack/T/U", None),
        ("https://exemple.fr/\u202egnp", None),
    ],
)
def test_only_a_plain_web_address_is_one(written: str, read: str | None) -> None:
    assert address(written) == read


@given(st.text(max_size=60))
def test_whatever_is_written_an_address_is_inert_or_none(written: str) -> None:
    found = address(written)
    assert found is None or (found.isascii() and " " not in found and found[:4].lower() == "http")


def test_every_file_of_the_catalog_is_a_kind() -> None:
    for name in catalog.names():
        found = kind_of({"kind": name})
        assert found is kind(name).settings
        assert found.model_fields["kind"].default == name


OTHER = {"kind": "open_question", "slug": "q", "title": "Q", "hashtag": "#Question"}


def test_edits_lie_on_top_of_the_file_in_their_order() -> None:
    edits = [
        Edit("lundi-astuce", {"title": "Un", "at": "10:00"}),
        Edit("q", OTHER, creates=True),
        Edit("lundi-astuce", {"title": "Deux", "slug": "autre", "kind": "open_question"}),
        Edit("q", {"text": "Bonjour"}),
    ]
    first, second = effective((LUNDI_ASTUCE,), edits)
    assert first == LUNDI_ASTUCE.model_copy(update={"title": "Deux", "at": time(10)})
    assert (second.slug, second.text) == ("q", "Bonjour")


@pytest.mark.parametrize(
    "edit",
    [
        Edit("disparu", {"title": "Un"}),
        Edit("lundi-astuce", {"at": "tôt"}),
        Edit("lundi-astuce", OTHER, creates=True),
        Edit("q", {"kind": "chorale"}, creates=True),
    ],
)
def test_an_edit_that_is_no_longer_right_is_left_out(edit: Edit) -> None:
    assert effective((LUNDI_ASTUCE,), [edit]) == (LUNDI_ASTUCE,)
