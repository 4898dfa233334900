"""A member's portrait: asked in turn, answered in private, read by all once they agree."""

from datetime import UTC, datetime, timedelta

import pytest

from core.chat.actions import Action
from core.members.models import Member
from rituals.catalog.portrait import Portrait
from rituals.models import Contribution, Occurrence, OccurrenceState, TurnPreference
from tests.rituals import private, public, reaches
from tests.rituals.catalog.conftest import Three
from tests.village import Village, latest

PORTRAIT = Portrait(
    slug="portrait",
    title="Le portrait",
    hashtag="#Portrait",
    weekday="wednesday",
    which=("second",),
    text="Une fois par mois, quelqu’un d’entre nous.",
)
DAY = datetime(2026, 12, 9, 8, tzinfo=UTC)
ASKED = DAY - timedelta(days=14)
AGAIN = DAY - timedelta(days=7)
ANSWERS = {
    "path": "Dix ans de commerce, puis une formation.",
    "now": "Je forme des équipes à distance.",
    "proud": "",
    "advice": "Demander, toujours.",
    "ask": "La pédagogie active",
}
LABELS = {
    "D’où venez-vous ?": ANSWERS["path"],
    "Que faites-vous aujourd’hui ?": ANSWERS["now"],
    "De quoi venir vous parler ?": ANSWERS["ask"],
}
pytestmark = pytest.mark.parametrize("place", [(PORTRAIT,)], indirect=True)


async def test_a_portrait_from_the_question_to_the_thanks(place: Village, three: Three) -> None:
    alice, bob, chloe = three
    await reaches(place, ASKED + timedelta(hours=8))
    assert private(alice, "Et si le prochain portrait était le vôtre ?")
    assert not private(bob, "Et si le prochain portrait")
    await alice.presses("Répondre aux questions")
    await alice.fills(ANSWERS)
    preview = latest(alice).text
    assert not public(bob, "Dix ans de commerce")
    await alice.presses("D’accord, publier ainsi")
    await reaches(place, DAY)
    for person in (alice, bob, chloe):
        (shown,) = public(person, "Le portrait : Alice")
        assert "Une fierté" not in shown.text
    assert preview.endswith(public(alice, "Le portrait : Alice")[0].text)
    await bob.says("Bravo !", reply_to=public(bob, "Le portrait : Alice")[0])
    await reaches(place, DAY + timedelta(days=8))
    assert private(alice, "1 autre personne y a pris part")
    served = await TurnPreference.get(member=await Member.get(name="Alice"))
    assert served.last_served_at == DAY


async def test_who_passes_keeps_their_place_and_the_next_is_asked(
    place: Village, three: Three
) -> None:
    alice, bob, chloe = three
    await reaches(place, ASKED + timedelta(hours=8))
    row = str((await Contribution.get()).id)
    await alice.presses("Passer cette fois")
    assert "Vous gardez votre place" in latest(alice).text
    await alice.does(Action("portrait.pass", row))
    assert "déjà réglé" in latest(alice).text
    assert private(bob, "Et si le prochain portrait")
    await alice.does(Action("portrait.pass", str((await Contribution.get(member__name="Bob")).id)))
    assert "proposé à quelqu’un d’autre" in latest(alice).text
    await reaches(place, AGAIN + timedelta(hours=8))
    assert private(chloe, "Et si le prochain portrait")
    assert not await TurnPreference.exists(member=await Member.get(name="Alice"))
    assert await TurnPreference.exists(member=await Member.get(name="Bob"))


async def test_a_draft_is_recalled_and_nothing_is_published_without_consent(
    place: Village, three: Three
) -> None:
    alice, bob, chloe = three
    await alice.leaves()
    await bob.leaves()
    await reaches(place, ASKED + timedelta(hours=8))
    await chloe.presses("Répondre aux questions")
    await chloe.fills(LABELS)
    await reaches(place, AGAIN + timedelta(hours=8))
    assert private(chloe, "Rien ne presse, et rien n’est publié sans vous")
    await reaches(place, DAY)
    assert not public(chloe, "Le portrait")
    assert (await Occurrence.get(date="2026-12-09")).state is OccurrenceState.SKIPPED


async def test_a_portrait_that_is_ready_asks_nobody(place: Village, three: Three) -> None:
    alice, bob, _ = three
    await reaches(place, ASKED + timedelta(hours=8))
    await alice.presses("Répondre aux questions")
    await alice.fills(ANSWERS)
    await alice.presses("D’accord, publier ainsi")
    await Contribution.all().update(occurrence_id=None)
    await reaches(place, DAY - timedelta(hours=1))
    assert not private(bob, "Et si le prochain portrait")
    await alice.presses("Retirer")
    await reaches(place, DAY + timedelta(hours=1))
    assert not public(bob, "Le portrait")


async def test_nobody_is_asked_once_the_hour_is_past(place: Village, three: Three) -> None:
    alice, bob, _ = three
    await reaches(place, AGAIN + timedelta(hours=8))
    asked = [person for person in three if private(person, "Et si le prochain portrait")]
    assert asked == [alice, bob]
    await reaches(place, DAY + timedelta(hours=1))
    await bob.presses("Passer cette fois")
    assert not private(three[2], "Et si le prochain portrait")
