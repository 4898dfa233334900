"""The tool sheet of the month: called for, written, agreed to, read, thanked for, kept."""

from datetime import UTC, datetime, timedelta

import pytest

from core.chat.actions import Action
from core.library.models import EntryAuthor
from rituals.catalog.sheet import Sheet
from rituals.models import Contribution, ContributionState, Occurrence, OccurrenceState
from tests.rituals import enters, private, public, reaches
from tests.rituals.catalog.conftest import Three
from tests.village import Village, latest

SHEET = Sheet(
    slug="fiche",
    title="La fiche outil",
    hashtag="#FicheOutil",
    weekday="tuesday",
    which=("first",),
    text="Le mois dernier : un minuteur.",
)
FIRST = datetime(2026, 12, 1, 8, tzinfo=UTC)
WORDS = {
    "tool": "Framapad",
    "use": "Écrire à plusieurs en même temps.",
    "how": "Ouvrir un pad, partager l’adresse.",
    "limits": "Pas de mise en page.",
    "link": "framapad.org",
}
LABELS = {
    "L’outil": WORDS["tool"],
    "À quoi il sert": WORDS["use"],
    "Comment s’en servir": WORDS["how"],
    "Ses limites": WORDS["limits"],
    "Un lien utile": WORDS["link"],
}
pytestmark = pytest.mark.parametrize("place", [(SHEET,)], indirect=True)


async def test_a_sheet_from_the_call_to_the_library(place: Village, three: Three) -> None:
    alice, bob, chloe = three
    await reaches(place, FIRST - timedelta(days=7))
    assert public(bob, "quel outil mérite d’être connu")
    await chloe.presses("Écrire une fiche")
    await chloe.fills(LABELS)
    preview = latest(chloe).text
    await chloe.presses("D’accord, publier ainsi")
    assert "mardi 1 décembre, 09:00" in latest(chloe).text
    await reaches(place, FIRST)
    (shown,) = public(chloe, "Framapad")
    assert preview.endswith(shown.text)
    assert len(public(alice, "La fiche outil : Framapad, par Chloé")) == 1
    await alice.reacts(public(alice, "Framapad")[0], "👍")
    await reaches(place, FIRST + timedelta(days=7))
    assert private(chloe, "1 autre personne y a pris part")
    waits = await EntryAuthor.get(entry__title="Framapad", member__name="Chloé")
    assert waits.agreed_at is None


async def test_nothing_was_given_and_the_call_is_published_and_answered(
    place: Village, three: Three
) -> None:
    alice, bob, _ = three
    await reaches(place, FIRST)
    assert len(public(bob, "quel outil mérite d’être connu")) == 2
    await bob.presses("Écrire une fiche")
    await bob.fills(WORDS)
    await bob.presses("D’accord, publier ainsi")
    assert private(bob, "publié dès maintenant")
    assert public(alice, "Framapad, par Bob")
    await alice.runs("/fiche")
    await alice.fills({**WORDS, "tool": "Étherpad"})
    await alice.presses("D’accord, publier ainsi")
    assert "au plus tôt" in latest(alice).text
    assert not public(bob, "Étherpad")


async def test_a_sheet_may_be_corrected_and_taken_back_by_its_author_alone(
    place: Village, three: Three
) -> None:
    alice, bob, _ = three
    await alice.runs("/fiche")
    await alice.fills({**WORDS, "link": "pas une adresse"})
    assert alice.form is not None
    await alice.fills(WORDS)
    await alice.presses("Corriger")
    await alice.fills({**WORDS, "tool": "Étherpad"})
    assert "Étherpad" in latest(alice).text
    row = await Contribution.get()
    for action in ("rituals.consent", "rituals.take_back"):
        await bob.does(Action(action, str(row.id)))
        assert "proposé à quelqu’un d’autre" in latest(bob).text
    await alice.presses("D’accord, publier ainsi")
    await alice.does(Action("rituals.consent", str(row.id)))
    assert "déjà réglé" in latest(alice).text
    await alice.does(Action("rituals.take_back", str(row.id)))
    await row.refresh_from_db()
    assert (row.state, row.answers) == (ContributionState.WITHDRAWN, {})
    await alice.does(Action("rituals.take_back", str(row.id)))
    assert "déjà réglé" in latest(alice).text
    await reaches(place, FIRST)
    assert not public(bob, "Étherpad")


async def test_a_preview_shows_the_call_then_the_sheet_that_is_ready(
    place: Village, three: Three
) -> None:
    alice, _, _ = three
    lea = place.admin("Léa")
    await lea.runs("/rituel aperçu")
    assert "quel outil mérite d’être connu" in latest(lea).text
    await alice.runs("/fiche")
    await alice.fills(WORDS)
    await alice.presses("D’accord, publier ainsi")
    await lea.runs("/rituel aperçu")
    assert "Framapad, par" in latest(lea).text
    assert "quel outil mérite" not in latest(lea).text


async def test_what_was_taken_back_is_not_corrected(three: Three) -> None:
    alice, _, _ = three
    await alice.runs("/fiche")
    await alice.fills(WORDS)
    await alice.presses("Corriger")
    await alice.does(Action("rituals.take_back", str((await Contribution.get()).id)))
    await alice.fills(WORDS)
    assert "déjà réglé" in latest(alice).text
    assert (await Contribution.get()).answers == {}


async def test_a_sheet_given_for_a_date_that_is_skipped_waits_for_the_next(
    place: Village, three: Three
) -> None:
    alice, bob, _ = three
    await alice.runs("/fiche")
    await alice.fills(WORDS)
    await alice.presses("D’accord, publier ainsi")
    row = await Occurrence.get(date="2026-12-01")
    await Contribution.all().update(occurrence_id=row.id)
    mona = place.admin("Mona")
    await mona.runs("/rituel passer")
    await reaches(place, FIRST + timedelta(days=1))
    assert not public(bob, "Framapad")
    await reaches(place, datetime(2027, 1, 5, 8, tzinfo=UTC))
    assert public(bob, "Framapad")


async def test_a_sheet_of_another_ritual_is_not_taken(place: Village) -> None:
    mona = place.admin("Mona")
    alice = await enters(place, "Alice")
    await alice.runs("/cas")
    await alice.fills(
        {"situation": "Un groupe arrive en retard.", "tried": "On attend.", "named": "no"}
    )
    assert "Je ne connais pas de rituel" in latest(alice).text
    await mona.runs("/rituel aperçu")
    assert "quel outil mérite d’être connu" in latest(mona).text
    await reaches(place, FIRST + timedelta(days=8))
    assert (await Occurrence.get(date="2026-12-01")).state is OccurrenceState.CLOSED
