"""What members give to a ritual: kept, corrected, agreed to, shown once, and theirs alone."""

from dataclasses import fields

import pytest

from core.chat.identity import Platform
from core.engagement import service as engagement
from core.engine.errors import Refused
from core.engine.scene import Dialogue, Scene, Speaker
from core.members import service as members
from core.members.models import Member
from rituals import contributions, dates
from rituals.contributions import Given
from rituals.models import Contribution, ContributionState
from tests.rituals import enters
from tests.rituals.test_catalog import QUESTION
from tests.village import Village

pytestmark = pytest.mark.parametrize("place", [(QUESTION,)], indirect=True)
WORDS = Given("Un tableau partagé.", "https://exemple.fr", {"why": "Pour s’y retrouver"})


@pytest.fixture
async def alice(place: Village) -> int:
    await enters(place, "Alice")
    return (await Member.get(name="Alice")).id


async def acting(place: Village, member: int) -> Dialogue:
    """A scene in which that member acts."""
    scene = place.app.scene()
    who = await members.reach(scene, member)
    assert isinstance(who, Speaker)
    whole = {field.name: getattr(scene, field.name) for field in fields(Scene)}
    return Dialogue(**whole, who=who)


async def test_what_is_consented_for_the_date_comes_before_the_reserve(
    place: Village, alice: int
) -> None:
    scene = place.app.scene()
    found = await dates.coming(scene, QUESTION)
    consented = ContributionState.CONSENTED
    reserve = await contributions.give(scene, found.ritual, alice, WORDS, consented)
    draft = await contributions.give(scene, found.ritual, alice, WORDS, found=found)
    assert await contributions.ready(found) == reserve
    assert await contributions.moves(draft, ContributionState.DRAFT, to=consented)
    assert not await contributions.moves(draft, ContributionState.DRAFT, to=consented)
    assert await contributions.ready(found) == draft
    assert await contributions.given_for(found) == [draft]
    assert await contributions.given_for(found, ContributionState.CHECKED) == []


async def test_what_is_shown_is_shown_once_and_its_giver_took_part(
    place: Village, alice: int
) -> None:
    dialogue = await acting(place, alice)
    found = await dates.coming(dialogue, QUESTION)
    row = await contributions.give(dialogue, found.ritual, alice, WORDS, ContributionState.CHECKED)
    assert (await contributions.mine(dialogue, str(row.id))).answers == WORDS.answers
    await contributions.show(dialogue, found, row)
    assert await contributions.ready(found) is None
    about = (place.app.community, "question", found.key)
    assert (await engagement.participation_in(*about)).people == 1
    assert not await contributions.correct(dialogue, row, Given("Autre"), ContributionState.DRAFT)
    assert (await Contribution.get(id=row.id)).text == WORDS.text
    with pytest.raises(Refused, match="published_already"):
        await contributions.mine(dialogue, str(row.id))


async def test_only_who_gave_it_may_touch_it(place: Village, alice: int) -> None:
    await enters(place, "Bob", "slack")
    bob = await acting(place, (await Member.get(name="Bob")).id)
    ritual = await dates.ritual_of(bob, QUESTION)
    row = await contributions.give(bob, ritual, alice, WORDS)
    with pytest.raises(Refused, match="not_yours"):
        await contributions.mine(bob, str(row.id))
    with pytest.raises(Refused, match="gone"):
        await contributions.mine(bob, "999")


async def test_a_correction_replaces_the_words(place: Village, alice: int) -> None:
    scene = place.app.scene()
    ritual = await dates.ritual_of(scene, QUESTION)
    row = await contributions.give(scene, ritual, alice, WORDS)
    better = Given("Un tableau, mieux dit.")
    assert await contributions.correct(scene, row, better, ContributionState.CONSENTED)
    assert (row.text, row.link, row.state) == (better.text, "", ContributionState.CONSENTED)


async def test_somebody_is_named_everywhere_and_mentioned_where_they_are(
    place: Village, alice: int
) -> None:
    scene = place.app.scene()
    ritual = await dates.ritual_of(scene, QUESTION)
    row = await contributions.give(scene, ritual, alice, WORDS)
    named = [await contributions.giver(row, home) for home in scene.workspaces]
    assert {name for name, _ in named} == {"Alice"}
    assert [a.platform for _, a in named if a] == [Platform.DISCORD]
    nobody = await contributions.give(scene, ritual, None, WORDS)
    assert await contributions.giver(nobody, scene.workspaces[0]) == ("", None)
    await contributions.show(scene, await dates.coming(scene, QUESTION), nobody)
    assert (await Contribution.get(id=nobody.id)).state is ContributionState.SHOWN


async def test_a_kind_keeps_small_values_of_a_date_beside_those_it_has(place: Village) -> None:
    scene = place.app.scene()
    found = await dates.coming(scene, QUESTION)
    await dates.keep(found, poll="p1")
    await dates.keep(found, theme="outils")
    assert (await dates.coming(scene, QUESTION)).row.data == {"poll": "p1", "theme": "outils"}
