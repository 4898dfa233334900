"""A mini-case: told without a name, read by a moderator, published so that nobody is known."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.actions import Action
from core.library.models import Entry, EntryAuthor
from rituals.catalog.mini_case import MiniCase, telling
from rituals.contributions import as_read
from rituals.models import Contribution
from tests.rituals import private, public, reaches
from tests.rituals.catalog.conftest import Three
from tests.village import Village, latest

CASES = MiniCase(slug="cas", title="Le mini-cas", hashtag="#MiniCas", which=("first",))
FIRST = datetime(2026, 12, 7, 8, tzinfo=UTC)
CASE = {
    "situation": "Une personne du groupe ne parle jamais.",
    "tried": "Des tours de table plus courts.",
    "outcome": "Elle a pris la parole la troisième fois.",
    "named": "no",
}
of_cases = pytest.mark.parametrize("place", [(CASES,)], indirect=True)


@of_cases
async def test_a_case_is_read_by_a_moderator_and_bears_no_name(
    place: Village, three: Three
) -> None:
    alice, bob, chloe = three
    mona = place.moderator("Mona", "slack")
    await reaches(place, FIRST - timedelta(days=7))
    await alice.presses("Raconter un cas")
    await alice.fills(CASE)
    assert "équipe de modération relit" in latest(alice).text
    await alice.presses("D’accord, publier ainsi")
    asked = next(m for m in mona.sees() if "À relire avant publication" in m.text)
    assert (asked.channel, "Alice" in asked.text) == ("modération", False)
    await mona.presses("Bon à publier")
    assert "prochaine date libre" in latest(mona).text
    await mona.does(Action("rituals.send_back", as_read(await Contribution.get())))
    assert "déjà réglé" in latest(mona).text
    await reaches(place, FIRST)
    for person in (alice, bob, chloe):
        (shown,) = public(person, "ne parle jamais")
        assert "Alice" not in shown.text
    await reaches(place, FIRST + timedelta(days=2))
    assert not await Entry.exists()


@of_cases
async def test_what_is_sent_back_is_corrected_and_comes_again(place: Village, three: Three) -> None:
    _, bob, chloe = three
    mona = place.moderator("Mona")
    await reaches(place, FIRST)
    await bob.presses("Raconter un cas")
    await bob.fills({**CASE, "named": "yes"})
    await bob.presses("D’accord, publier ainsi")
    row = as_read(await Contribution.get())
    await bob.does(Action("rituals.let_pass", row))
    assert not public(chloe, "ne parle jamais")
    await mona.presses("À retoucher")
    assert private(bob, "Une petite reprise")
    await mona.does(Action("rituals.let_pass", row))
    assert "déjà réglé" in latest(mona).text
    await bob.presses("Corriger")
    await bob.fills({**CASE, "tried": "Un mot en tête à tête.", "named": "yes"})
    await bob.presses("D’accord, publier ainsi")
    await mona.presses("Bon à publier")
    assert private(mona, "publié dès maintenant")
    (shown,) = public(chloe, "Le mini-cas, par Bob")
    assert "Un mot en tête à tête." in shown.text
    await reaches(place, FIRST + timedelta(days=1))
    assert await EntryAuthor.exists(member__name="Bob", agreed_at=None)


@of_cases
async def test_a_moderator_lets_pass_only_what_they_read(place: Village, three: Three) -> None:
    alice, _, _ = three
    mona = place.moderator("Mona")
    await alice.runs("/cas")
    await alice.fills(CASE)
    await alice.presses("D’accord, publier ainsi")
    (first,) = (m for m in mona.sees() if "À relire avant publication" in m.text)
    await mona.presses("À retoucher", on=first)
    place.clock.advance(minutes=3)
    await alice.presses("Corriger")
    await alice.fills({**CASE, "tried": "Demander à Paul Durand."})
    await alice.presses("D’accord, publier ainsi")
    await mona.presses("Bon à publier", on=first)
    assert "repris depuis" in latest(mona).text
    await reaches(place, FIRST)
    assert not public(mona, "Paul Durand")


@of_cases
async def test_what_leads_to_somebody_is_not_taken(three: Three) -> None:
    alice, _, _ = three
    await alice.runs("/cas")
    await alice.fills({**CASE, "tried": "J’ai écrit à paul@exemple.fr, sans réponse."})
    assert alice.form is not None
    assert "paul@exemple.fr" in next(iter(alice.form.errors.values()))
    assert not await Contribution.exists()


@given(st.from_regex(r"0[1-9](( |\.|-)?[0-9]{2}){4}", fullmatch=True), st.text(alphabet="abc é,"))
def test_a_telephone_number_is_found_wherever_it_stands(number: str, around: str) -> None:
    assert telling(f"{around} {number} {around}") is not None


@pytest.mark.parametrize("text", ["Le 12/11/2026, 35 personnes.", "À 9 h 30, salle 2.", ""])
def test_ordinary_words_and_figures_lead_to_nobody(text: str) -> None:
    assert telling(text) is None
