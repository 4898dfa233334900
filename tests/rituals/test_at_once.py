"""What is taken back, corrected and published at one instant: one of the two counts, once."""

import asyncio

import pytest

from core.chat.actions import Action
from core.chat.events import ButtonPressed, Event, FormSubmitted
from core.engine.app import App
from core.engine.errors import Refused
from core.members.directory import MemberDirectory
from rituals import asking, contributions, dates, giving, responses, service
from rituals.catalog.sheet import Sheet
from rituals.contributions import Given
from rituals.models import Contribution, ContributionState, Ritual, RitualChange, Tip
from rituals.year import Year
from tests.rituals import LUNDI_ASTUCE, MONDAY, TIP, enters, public, reaches
from tests.rituals.conftest import plays
from tests.rituals.test_catalog import QUESTION
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


async def together(place: Village, first: Event, second: Event) -> None:
    """Two processes take an event each, at once: truly so on PostgreSQL."""
    app = place.app
    twin = App(
        community=app.community,
        routes=app.routes,
        texts=app.texts,
        clock=app.clock,
        directory=MemberDirectory(),
        settings=app.settings,
        adapters=dict(app.adapters),
    )
    await asyncio.gather(app.handle(first), twin.handle(second))
    await app.settle()


async def test_two_builders_adopt_the_year_once() -> None:
    async with plays((LUNDI_ASTUCE,), year=Year(programme=(QUESTION, SHEET))) as place:
        for slug in ("fiche", "question"):  # of a former year, so that no new row decides
            await Ritual.create(community=place.app.community, slug=slug)
        lea, mona = place.admin("Léa"), place.admin("Mona", "slack")
        for builder in (lea, mona):
            await builder.runs("/programme adopter")
        adopt = Action("programme.adopt", "2026-11-23")
        await together(
            place,
            ButtonPressed(channel=lea.private, action=adopt, **lea._about()),  # type: ignore[arg-type]  # the common fields
            ButtonPressed(channel=mona.private, action=adopt, **mona._about()),  # type: ignore[arg-type]  # same
        )
        slugs = await RitualChange.all().values_list("ritual__slug", flat=True)
        assert sorted(map(str, slugs)) == ["fiche", "question"]


async def test_one_tip_answers_a_call_the_others_wait(place: Village) -> None:
    alice, bob = await enters(place, "Alice"), await enters(place, "Bob", "slack")
    await reaches(place, MONDAY)
    first, second = (
        FormSubmitted(
            channel=person.private,
            form="rituals.tip",
            argument="@lundi-astuce",
            answers={"tip": TIP, "link": ""},
            message=None,
            **person._about(),  # type: ignore[arg-type]  # the common fields
        )
        for person in (alice, bob)
    )
    await together(place, first, second)
    assert await Tip.filter(shown_at=None).count() == 1
    assert len(public(alice, TIP)) == 1
