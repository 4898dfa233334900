"""The watch: written by those who know, never without a secure source and its date."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.identity import Role
from core.engine.database import transaction
from core.members import service as members
from core.members.models import Member
from rituals.catalog.regulatory_watch import RegulatoryWatch, dated, source
from rituals.models import Contribution, Occurrence, OccurrenceState
from tests.rituals import public, reaches
from tests.rituals.catalog.conftest import Three
from tests.village import Village, latest

WATCH = RegulatoryWatch(
    slug="veille", title="La veille", hashtag="#Veille", weekday="thursday", which=("first",)
)
DAY = datetime(2026, 12, 3, 8, tzinfo=UTC)
TODAY = date(2026, 11, 16)
NOTE = {
    "topic": "rgpd",
    "what": "Le registre des traitements change de modèle.",
    "so": "Reprendre le nôtre avant l’été.",
    "link": "https://www.cnil.fr/fr/registre",
    "day": "12/11/2026",
}
of_watch = pytest.mark.parametrize("place", [(WATCH,)], indirect=True)


async def is_expert(place: Village, name: str) -> None:
    async with transaction():
        member = await Member.get(name=name)
        await members.grant(place.app.scene(), member.id, Role.EXPERT)


@of_watch
async def test_a_note_with_its_source_and_date_is_read_by_all(place: Village, three: Three) -> None:
    alice, bob, chloe = three
    await is_expert(place, "Alice")
    await alice.runs("/veille")
    await alice.presses("Écrire la note")
    await alice.fills(NOTE)
    preview = latest(alice).text
    await alice.presses("D’accord, publier ainsi")
    await reaches(place, DAY)
    assert preview.endswith(public(alice, "La veille : RGPD, par Alice")[0].text)
    for person in (bob, chloe):
        (shown,) = public(person, "La veille : RGPD, par Alice")
        assert "Source officielle du jeudi 12 novembre" in shown.text
        assert "https://www.cnil.fr/fr/registre" in shown.text


@of_watch
async def test_a_note_without_a_secure_source_or_a_date_is_refused(
    place: Village, three: Three
) -> None:
    alice, _, _ = three
    await is_expert(place, "Alice")
    await alice.runs("/veille")
    await alice.presses("Écrire la note")
    await alice.fills({**NOTE, "link": "http://exemple.fr", "day": "demain"})
    assert alice.form is not None
    assert len(alice.form.errors) == 2
    assert not await Contribution.exists()
    await alice.fills({**NOTE, "link": "exemple.fr/article"})
    assert "qui n’est pas officielle" in latest(alice).text


@of_watch
async def test_only_who_knows_the_field_writes_one(place: Village, three: Three) -> None:
    _, bob, _ = three
    await bob.runs("/veille")
    assert "écrites par les experts" in latest(bob).text
    await bob.opens("regulatory_watch.give")
    await bob.fills(NOTE)
    assert "écrites par les experts" in latest(bob).text
    assert not await Contribution.exists()
    admin = place.admin("Ada", "slack")
    await admin.runs("/veille")
    assert "la source et sa date" in latest(admin).text


@of_watch
async def test_the_team_is_reminded_where_nothing_is_ready(place: Village, three: Three) -> None:
    alice, _, _ = three
    mona = place.admin("Mona")
    await reaches(place, DAY - timedelta(days=7))
    assert [m.channel for m in mona.sees() if "rien n’est prêt" in m.text] == ["modération"]
    await reaches(place, DAY + timedelta(hours=1))
    assert not public(alice, "La veille")
    assert (await Occurrence.get(date="2026-12-03")).state is OccurrenceState.SKIPPED
    await mona.runs("/rituel aperçu")
    assert "Rien ne sera publié" in latest(mona).text


@of_watch
async def test_the_team_is_left_alone_where_a_note_is_ready(place: Village, three: Three) -> None:
    alice, _, _ = three
    mona = place.admin("Mona")
    await is_expert(place, "Alice")
    await alice.opens("regulatory_watch.give")
    await alice.fills(NOTE)
    await alice.presses("D’accord, publier ainsi")
    await reaches(place, DAY - timedelta(days=7))
    assert not [m for m in mona.sees() if "rien n’est prêt" in m.text]


@pytest.mark.parametrize(
    "written", ["", "http://cnil.fr", "ftp://cnil.fr/x", "bonjour", "https://"]
)
def test_what_is_no_secure_address_is_no_source(written: str) -> None:
    assert source(written) is None


@given(st.dates(min_value=date(1900, 1, 1), max_value=TODAY))
def test_a_past_day_is_read_as_it_is_written(day: date) -> None:
    assert dated(day.isoformat(), TODAY) == day
    assert dated(f"{day:%d/%m/%Y}", TODAY) == day


@pytest.mark.parametrize("written", ["17/11/2026", "31/02/2026", "12 novembre", "2026", ""])
def test_a_day_to_come_or_none_at_all_is_no_date(written: str) -> None:
    assert dated(written, TODAY) is None


@pytest.mark.parametrize(
    ("url", "official"),
    [
        ("https://www.cnil.fr/fr", True),
        ("https://travail-emploi.gouv.fr/x", True),
        ("https://faux-gouv.fr/x", False),
        ("https://gouv.fr.exemple.com", False),
    ],
)
def test_an_official_word_comes_from_an_official_domain(url: str, *, official: bool) -> None:
    assert WATCH.is_official(url) is official
