"""What is taken back, corrected and published at one instant: one of the two counts, once."""

import pytest

from core.engine.errors import Refused
from rituals import asking, contributions, dates, giving, responses, service
from rituals.catalog.sheet import Sheet
from rituals.contributions import Given
from rituals.models import Contribution, ContributionState, Tip
from tests.rituals import LUNDI_ASTUCE, TIP, enters, public
from tests.rituals.test_contributions import acting
from tests.village import Village

SHEET = Sheet(slug="fiche", title="La fiche", hashtag="#Fiche")
WORDS = Given(answers={"tool": "Pad", "use": "Écrire à plusieurs.", "how": "Un lien suffit."})


async def test_a_tip_taken_back_meanwhile_is_published_nowhere(place: Village) -> None:
    alice = await enters(place, "Alice")
    dialogue = await acting(place, 1)
    found = await dates.coming(dialogue, LUNDI_ASTUCE)
    read = await service.keep(dialogue, found.ritual, 1, TIP, "", None)
    await responses.withdraw(dialogue, await Tip.get())
    assert not await asking.show(dialogue, found, read)
    await place.app.settle()
    assert not public(alice, TIP)


async def test_what_is_given_twice_for_a_date_is_given_once(place: Village) -> None:
    await enters(place, "Alice")
    dialogue = await acting(place, 1)
    found = await dates.coming(dialogue, LUNDI_ASTUCE)
    await service.keep(dialogue, found.ritual, 1, "Une première idée, vite dite.", "", found)
    kept = await service.keep(dialogue, found.ritual, 1, TIP, "https://exemple.fr", found)
    assert await Tip.all().values_list("text", "link") == [(kept.text, "https://exemple.fr")]
    assert kept.text == TIP


async def test_a_tip_published_meanwhile_is_neither_corrected_nor_taken_back(
    place: Village,
) -> None:
    await enters(place, "Alice")
    dialogue = await acting(place, 1)
    found = await dates.coming(dialogue, LUNDI_ASTUCE)
    read = await service.keep(dialogue, found.ritual, 1, TIP, "", found)
    assert await service.now_shown(dialogue, found, await Tip.get())
    assert not await service.reword(read, "Une autre astuce, mieux dite.", "")
    assert (read.text, (await Tip.get()).text) == (TIP, TIP)
    with pytest.raises(Refused, match="answered"):
        await responses.name_ritual(dialogue, read, "lundi-astuce")
    with pytest.raises(Refused, match="published_already"):
        await responses.withdraw(dialogue, read)
    assert await Tip.all().count() == 1


@pytest.mark.parametrize("place", [(SHEET,)], indirect=True)
async def test_what_is_taken_back_meanwhile_is_not_shown(place: Village) -> None:
    await enters(place, "Alice")
    dialogue = await acting(place, 1)
    found = await dates.coming(dialogue, SHEET)
    consented = ContributionState.CONSENTED
    await contributions.give(dialogue, found.ritual, 1, WORDS, consented)
    read = await giving.ready(found)
    assert read is not None
    await giving.takes_back(await contributions.mine(dialogue, str(read.id)))
    assert not await contributions.show(dialogue, found, read)
    assert (await Contribution.get()).state is ContributionState.WITHDRAWN
