"""A community adopts its year, sees it, keeps it in a calendar, and lets it be read."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from core.chat.actions import Action
from core.chat.events import CommandInvoked
from core.engine.feeds import Feeds
from rituals.catalog.reminder import Reminder
from rituals.models import RitualChange
from rituals.year import Year
from tests.rituals import LUNDI_ASTUCE, MONDAY, enters, public, reaches
from tests.rituals.conftest import plays
from tests.rituals.test_catalog import QUESTION
from tests.rituals.test_meeting import COFFEE
from tests.village import Village, latest, seen

AUDIT = Reminder(
    slug="audit",
    title="L’audit",
    hashtag="#Audit",
    weekday="tuesday",
    which=("first",),
    text="À deux.",
    checklist=("Relire les bilans.",),
)
YEAR = Year(programme=(LUNDI_ASTUCE, QUESTION, COFFEE, AUDIT))
ADDRESS = "https://amicale.example"


@pytest.fixture
async def place() -> AsyncIterator[Village]:
    async with plays((LUNDI_ASTUCE,), year=YEAR, feeds=Feeds(ADDRESS)) as made:
        yield made


async def adopts(place: Village, start: str = "") -> None:
    lea = place.admin("Léa")
    await lea.runs(f"/programme adopter {start}")
    await lea.presses("Adopter ce programme")


async def test_the_year_is_shown_then_adopted_once(place: Village) -> None:
    lea = place.admin("Léa")
    await lea.runs("/programme adopter")
    offered = latest(lea).text
    assert "à partir du lundi 23 novembre. 3 rituels s’ajouteraient" in offered
    assert f"{COFFEE.title} : chaque vendredi, 12:30" in offered
    assert "laissé tel quel : Lundi Astuce" in offered
    assert not await RitualChange.exists()
    await lea.presses("Adopter ce programme")
    assert "C’est adopté : 3 rituels de plus" in latest(lea).text
    assert f"Premier rendez-vous : {QUESTION.title}" in latest(lea).text
    assert await RitualChange.all().count() == 3
    await lea.runs("/programme adopter")
    assert "déjà adopté" in latest(lea).text
    await lea.does(Action("programme.adopt", "2026-11-23"))
    assert "déjà adopté" in latest(lea).text
    assert await RitualChange.all().count() == 3


async def test_it_begins_on_the_day_that_was_chosen(place: Village) -> None:
    alice, lea = await enters(place, "Alice"), place.admin("Léa")
    await lea.runs("/programme adopter bientôt")
    assert "pas compris le jour « bientôt »" in latest(lea).text
    await lea.runs("/programme adopter")
    await lea.presses("Choisir un autre jour")
    await lea.fills({"day": "un de ces jours"})
    assert lea.form is not None
    assert lea.form.errors
    await lea.fills({"day": "lundi 30 novembre"})
    assert "à partir du lundi 30 novembre" in latest(lea).text
    await lea.presses("Adopter ce programme")
    await reaches(place, MONDAY + timedelta(days=6))
    assert not public(alice, QUESTION.title)
    await reaches(place, MONDAY + timedelta(days=14))
    assert public(alice, QUESTION.title)


async def test_members_do_not_adopt_nor_share_the_address(place: Village) -> None:
    bob = await enters(place, "Bob")
    for command in ("adopter", "flux"):
        await bob.runs(f"/programme {command}")
        assert "réservée à l’équipe" in latest(bob).text
    for name in ("adopt", "renew"):
        await bob.does(Action(f"programme.{name}", "2026-11-23"))
        assert "réservée à l’équipe" in latest(bob).text
    mona = place.moderator("Mona")
    await mona.does(Action("programme.adopt", "2026-11-23"))
    assert "réservée à l’équipe" in latest(mona).text
    lea = place.admin("Léa")
    await lea.does(Action("programme.adopt", "demain"))
    assert "ne mène plus nulle part" in latest(lea).text
    assert not await RitualChange.exists()


async def test_a_year_that_begins_too_late_to_be_seen_is_not_adopted() -> None:
    async with plays((), year=YEAR) as place:
        lea = place.admin("Léa")
        await lea.does(Action("programme.adopt", "2035-01-01"))
        assert LUNDI_ASTUCE.title in latest(lea).text
        assert not await RitualChange.exists()


async def test_the_months_are_offered_in_the_language_of_who_types(place: Village) -> None:
    ann = place.person("Ann", locale="en")
    await ann.says("hello")
    about = {**ann._about(), "path": "programme mois", "arguments": {}}
    event = CommandInvoked(channel=ann.private, **about)  # type: ignore[arg-type]  # the common fields
    assert [one.label for one in await place.app.complete(event, "mois", "nov")] == [
        "November 2026"
    ]


async def test_the_team_is_reminded_in_its_own_channel(place: Village) -> None:
    alice = await enters(place, "Alice")
    await adopts(place)
    lea = place.admin("Léa")
    await lea.runs("/rituel aperçu audit")
    assert "Relire les bilans." in latest(lea).text
    await reaches(place, datetime(2026, 12, 1, 9, tzinfo=UTC))
    [told] = [m for m in seen(lea, "c’est le moment") if m.channel == "administration"]
    assert told.text == "L’audit : c’est le moment.\nÀ deux.\n• Relire les bilans."
    assert not seen(alice, "c’est le moment")


async def test_the_year_is_read_month_by_month(place: Village) -> None:
    alice, lea = await enters(place, "Alice"), place.admin("Léa")
    await adopts(place)
    await alice.runs("/programme voir")
    shown = latest(alice).text
    assert "Chaque semaine\n• Lundi Astuce : chaque lundi, 09:00" in shown
    assert "audit" not in shown
    await lea.runs("/programme voir")
    assert "décembre 2026 : 1 L’audit" in latest(lea).text
    assert "novembre 2027 : 2 L’audit" in latest(lea).text


async def test_what_is_skipped_moved_or_rests_is_shown_so(place: Village) -> None:
    alice, lea = await enters(place, "Alice"), place.admin("Léa")
    await adopts(place)
    await lea.runs("/rituel passer")
    await lea.runs(f"/rituel déplacer {COFFEE.slug} samedi 28 novembre 15h")
    await lea.runs(f"/rituel pause {QUESTION.slug}")
    await alice.runs("/programme mois")
    shown = latest(alice).text
    assert "lundi 23 novembre" not in shown
    assert "lundi 30 novembre, 09:00 : Lundi Astuce" in shown
    assert "samedi 28 novembre, 15:00" in shown
    assert "vendredi 27" not in shown
    assert QUESTION.title not in shown


async def test_a_month_is_shown_with_a_picture_that_has_words(place: Village) -> None:
    alice = await enters(place, "Alice")
    await adopts(place)
    await alice.runs("/programme mois décembre")
    shown = latest(alice)
    assert shown.text.startswith("Le programme : décembre 2026\n• ")
    [words] = shown.images
    assert words.startswith("Calendrier de décembre 2026 : ")
    assert "Lundi Astuce 7, 14, 21, 28 (09:00)" in words
    assert "audit" not in words
    await alice.runs("/programme mois un jour")
    assert "pas compris le mois « un jour »" in latest(alice).text
    about = alice._about()
    event = CommandInvoked(channel=alice.private, path="programme mois", arguments={}, **about)  # type: ignore[arg-type]  # what every event has
    suggested = await place.app.complete(event, "mois", "mars")
    assert [(one.value, one.label) for one in suggested] == [("2027-03", "mars 2027")]


async def test_a_month_without_anything_says_so() -> None:
    async with plays((AUDIT,), year=YEAR) as place:
        alice = await enters(place, "Alice")
        await alice.runs("/programme mois")
        assert latest(alice).text == "Rien n’est prévu pour novembre 2026."
        await alice.runs("/programme voir")
        assert "Chaque semaine" not in latest(alice).text


async def test_the_programme_goes_into_ones_own_calendar(place: Village) -> None:
    alice = await enters(place, "Alice")
    await adopts(place)
    await alice.runs("/programme voir")
    await alice.presses("Ajouter à mon agenda (.ics)")
    assert latest(alice).files == ("programme-essai.ics",)


async def test_a_calendar_program_reads_the_programme_at_a_secret_address(place: Village) -> None:
    lea = place.admin("Léa")
    await adopts(place)
    await lea.runs("/programme flux")
    first = _token(latest(lea).text)
    calendar = Calendar.from_ical(await place.app.feed("calendrier", first) or b"")
    assert isinstance(calendar, Calendar)
    titles = {str(event["summary"]) for event in calendar.events}
    assert titles == {"Lundi Astuce", QUESTION.title, COFFEE.title}
    coffee = [e for e in calendar.events if str(e["summary"]) == COFFEE.title]
    assert coffee[0].start == datetime(2026, 11, 27, 11, 30, tzinfo=UTC)
    assert coffee[0].end == datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert len({str(e["uid"]) for e in coffee}) == len(coffee) > 40
    await lea.runs("/programme flux")
    assert _token(latest(lea).text) == first
    await lea.presses("Changer l’adresse")
    assert _token(latest(lea).text) != first
    assert await place.app.feed("calendrier", first) is None


async def test_where_no_calendar_is_served_it_is_said() -> None:
    async with plays((LUNDI_ASTUCE,), year=YEAR) as place:
        lea = place.admin("Léa")
        await lea.runs("/programme flux")
        assert "Aucun agenda n’est servi ici" in latest(lea).text


def _token(text: str) -> str:
    address = next(word for word in text.split() if word.startswith(ADDRESS))
    return address.removeprefix(f"{ADDRESS}/calendrier/").removesuffix(".ics")
