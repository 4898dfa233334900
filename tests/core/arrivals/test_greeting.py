import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.arrivals.models import GuideCall
from core.chat.actions import Action
from tests.core.arrivals.acting import accepts, comes
from tests.village import Village, latest, seen

ASKED = "vient d’arriver"
GUIDED = "fait partie des guides"


async def guides(place: Village, *names: str, often: str = "") -> list[MemoryPerson]:
    """Volunteers, in the order in which they offered themselves."""
    people = [place.person(name) for name in names]
    for person in people:
        await person.runs(f"/guide {often}".strip())
    return people


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_a_guide_and_a_newcomer_are_introduced_to_each_other(
    place: Village, platform: str
) -> None:
    gaelle, nina = place.person("Gaëlle", platform), place.person("Nina", platform)
    await gaelle.runs("/guide")
    await comes(nina)
    await place.passes(hours=4)
    (asked,) = seen(gaelle, ASKED)
    assert "Nina" in asked.text
    assert not seen(nina, GUIDED)
    await gaelle.presses("Je m’en occupe")
    (told,) = seen(nina, GUIDED)
    assert "Gaëlle" in told.text
    question = told.text.splitlines()[-1]
    assert question.endswith("?")
    assert question.strip("> ") in latest(gaelle).text


async def test_nothing_is_promised_while_nobody_is_free(place: Village) -> None:
    nina = place.person("Nina")
    await comes(nina)
    before = len(nina.sees())
    await place.passes(hours=30)
    assert len(nina.sees()) == before
    (gaelle,) = await guides(place, "Gaëlle")
    await place.passes(hours=24)
    assert seen(gaelle, ASKED)


async def test_guides_are_asked_in_turn(place: Village) -> None:
    gaelle, hugo = await guides(place, "Gaëlle", "Hugo")
    for name in ("Nina", "Omar"):
        await comes(place.person(name))
        await place.passes(hours=24)
    assert [len(seen(guide, ASKED)) for guide in (gaelle, hugo)] == [1, 1]


async def test_whoever_passes_is_followed_by_the_next(place: Village) -> None:
    gaelle, hugo = await guides(place, "Gaëlle", "Hugo")
    await comes(place.person("Nina"))
    await place.passes(hours=4)
    await gaelle.presses("Passer")
    assert "je demande à quelqu’un d’autre" in latest(gaelle).text
    first = await GuideCall.all().order_by("id")
    await gaelle.does(Action("arrivals.pass", str(first[0].id)))
    assert len(seen(hugo, ASKED)) == 1


async def test_whoever_says_nothing_is_followed_two_days_later(place: Village) -> None:
    gaelle, hugo = await guides(place, "Gaëlle", "Hugo")
    nina = place.person("Nina")
    await comes(nina)
    await place.passes(days=2, hours=5)
    await hugo.presses("Je m’en occupe")
    assert len(seen(nina, GUIDED)) == 1
    await gaelle.presses("Je m’en occupe")
    assert "quelqu’un s’en occupe déjà" in latest(gaelle).text
    calls = await GuideCall.all().order_by("id")
    await hugo.does(Action("arrivals.greet", str(calls[-1].id)))
    assert len(seen(nina, GUIDED)) == 1
    await place.passes(days=3)
    assert len(seen(gaelle, ASKED)) == 1


async def test_a_guide_greets_no_more_than_they_said(place: Village) -> None:
    (gaelle,) = await guides(place, "Gaëlle", often="1")
    for name in ("Nina", "Omar"):
        await comes(place.person(name))
    await place.passes(days=5)
    assert len(seen(gaelle, ASKED)) == 1


async def test_who_has_not_accepted_the_charter_is_not_introduced(place: Village) -> None:
    (gaelle,) = await guides(place, "Gaëlle")
    nina = place.person("Nina")
    await nina.joins()
    await place.passes(hours=24)
    assert not seen(gaelle, ASKED)
    await accepts(nina)
    await place.passes(hours=24)
    assert seen(gaelle, ASKED)


async def test_after_a_week_nobody_is_new(place: Village) -> None:
    nina = place.person("Nina")
    await nina.joins()
    await place.passes(days=8)
    await accepts(nina)
    (gaelle,) = await guides(place, "Gaëlle")
    await place.passes(days=2)
    assert not seen(gaelle, ASKED)


async def test_who_left_is_not_waited_for(place: Village) -> None:
    (gaelle,) = await guides(place, "Gaëlle")
    nina, omar = place.person("Nina"), place.person("Omar")
    await comes(nina)
    await nina.leaves()
    await place.passes(hours=4)
    assert not seen(gaelle, ASKED)
    await comes(omar)
    await place.passes(hours=4)
    await omar.leaves()
    await gaelle.presses("Je m’en occupe")
    assert "n’attend plus" in latest(gaelle).text


async def test_who_left_needs_no_other_guide(place: Village) -> None:
    gaelle, hugo = await guides(place, "Gaëlle", "Hugo")
    nina = place.person("Nina")
    await comes(nina)
    await place.passes(hours=4)
    await nina.leaves()
    await gaelle.presses("Passer")
    assert not seen(hugo, ASKED)


async def test_who_left_before_the_morning_is_not_spoken_of(place: Village) -> None:
    (gaelle,) = await guides(place, "Gaëlle")
    place.clock.advance(hours=10)
    nina = place.person("Nina")
    await comes(nina)
    await place.passes(hours=4)  # it waits for the morning
    await nina.leaves()
    await place.passes(hours=12)
    assert not seen(gaelle, ASKED)


async def test_a_guide_on_leave_is_not_asked_and_another_one_is(place: Village) -> None:
    gaelle, hugo = await guides(place, "Gaëlle", "Hugo")
    await gaelle.runs("/pause 2 semaines")
    await comes(place.person("Nina"))
    await place.passes(hours=4)
    assert (len(seen(gaelle, ASKED)), len(seen(hugo, ASKED))) == (0, 1)


async def test_nobody_answers_for_somebody_else(place: Village) -> None:
    (gaelle,) = await guides(place, "Gaëlle")
    eve = place.person("Eve")
    await comes(place.person("Nina"))
    await place.passes(hours=4)
    call = await GuideCall.get()
    for name in ("greet", "pass"):
        await eve.does(Action(f"arrivals.{name}", str(call.id)))
        assert "s’adresse à une autre personne" in latest(eve).text
    await gaelle.presses("Je m’en occupe")


@pytest.mark.parametrize("way", ["/guide", "/guide 0", "button"])
async def test_a_guide_stops_as_easily_as_they_began(place: Village, way: str) -> None:
    (gaelle,) = await guides(place, "Gaëlle")
    await (gaelle.presses("Ne plus accueillir") if way == "button" else gaelle.runs(way))
    assert "je ne vous proposerai plus" in latest(gaelle).text
    await comes(place.person("Nina"))
    await place.passes(hours=24)
    assert not seen(gaelle, ASKED)


async def test_a_newcomer_may_be_a_guide_but_not_their_own(place: Village) -> None:
    nina = place.person("Nina")
    await comes(nina)
    await nina.runs("/guide")
    await place.passes(days=2)
    assert not seen(nina, ASKED)


async def test_who_said_later_and_then_yes_is_not_asked_again(place: Village) -> None:
    (gaelle,) = await guides(place, "Gaëlle")
    await comes(place.person("Nina"))
    await place.passes(hours=4)
    (asked,) = seen(gaelle, ASKED)
    await gaelle.presses("Plus tard")
    call = await GuideCall.get()
    await gaelle.does(Action("arrivals.greet", str(call.id)))
    await place.passes(hours=30)
    assert [m.id for m in seen(gaelle, ASKED)] == [asked.id] * bool(seen(gaelle, ASKED))
