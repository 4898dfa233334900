import pytest

from core.chat.actions import Action
from core.gatherings.models import Rsvp
from core.gatherings.rules import Standing
from tests.core.gatherings.acting import (
    CAFE,
    announces,
    card,
    only,
    presses,
    reads_in,
    told,
    writes,
)
from tests.village import Village, latest, seen

EVERYWHERE = pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])


@EVERYWHERE
async def test_a_card_stands_on_each_platform_with_what_one_can_do(
    place: Village, platform: str
) -> None:
    await announces(place, text="Venez avec une question.")
    alice = place.person("Alice", platform)
    shown = card(alice)
    assert shown.buttons == ("Je viens", "Peut-être", "Je ne viens plus", "Me rappeler")
    for words in (
        CAFE,
        "jeudi 3 décembre de 18:30 à 20:00 (heure de Paris)",
        "https://visio.example/cafe",
        "Avec : Hélène",
        "Venez avec une question.",
        "0 personne vient",
    ):
        assert words in shown.text


@EVERYWHERE
async def test_who_comes_is_told_so_in_private(place: Village, platform: str) -> None:
    await announces(place)
    alice = place.person("Alice", platform)
    await presses(alice, "Je viens")
    said = latest(alice)
    assert said.private_to == "Alice"
    assert "C’est noté : vous venez." in said.text
    assert "Où : https://visio.example/cafe" in said.text
    assert said.buttons == ("Me rappeler", "Pour mon agenda", "Je ne viens plus")


async def test_one_list_and_one_waiting_list_over_three_platforms(place: Village) -> None:
    await announces(place, capacity="2")
    people = [
        place.person(name, on)
        for name, on in (("Alice", "discord"), ("Bob", "slack"), ("Chloé", "telegram"))
    ]
    for person in people:
        await presses(person, "Je viens")
    assert "à la place 1 de la liste d’attente" in latest(people[2]).text
    await place.passes(minutes=1)
    for person in people:
        assert "2 personnes viennent · complet · 1 en liste d’attente" in card(person).text
        assert card(person).buttons[0] == "Je rejoins la liste d’attente"


async def test_whoever_waits_longest_gets_the_seat_and_hears_of_it_at_once(place: Village) -> None:
    await announces(place, capacity="1")
    alice, bob, chloe = (
        place.person("Alice"),
        place.person("Bob", "slack"),
        place.person("Chloé", "telegram"),
    )
    for person in (alice, bob, chloe):
        await presses(person, "Je viens")
    await presses(alice, "Je ne viens plus")
    assert told(bob, f"Une place s’est libérée : vous venez à « {CAFE} »")
    assert not told(chloe, "Une place s’est libérée")
    await presses(chloe, "Je viens")
    assert "à la place 1 de la liste d’attente" in latest(chloe).text


async def test_maybe_takes_no_seat_and_gives_one_back(place: Village) -> None:
    await announces(place, capacity="1")
    alice, bob = place.person("Alice"), place.person("Bob")
    await presses(alice, "Je viens")
    await presses(bob, "Je viens")
    await presses(alice, "Peut-être")
    assert "vous viendrez peut-être" in latest(alice).text
    assert told(bob, "Une place s’est libérée")


async def test_many_presses_make_one_edit_of_the_card(place: Village) -> None:
    await announces(place)
    row = await only()
    before = row.round
    for number in range(20):
        await presses(place.person(f"Personne{number}"), "Je viens")
    assert (await only()).round == before
    await place.passes(minutes=1)
    assert (await only()).round == before + 1
    assert "20 personnes viennent" in card(place.person("Zoé")).text


async def test_nobody_signs_up_once_it_has_begun_or_is_unknown(place: Village) -> None:
    await announces(place)
    alice = place.person("Alice")
    number = str((await only()).id)
    await place.until((await only()).starts)
    await alice.does(Action("gatherings.come", number))
    assert f"{CAFE} a déjà commencé" in latest(alice).text
    for argument in ("999", "moi", ""):
        await alice.does(Action("gatherings.come", argument))
        assert "Je ne retrouve pas cet événement" in latest(alice).text
    assert not await Rsvp.exists()


async def test_a_draft_cannot_be_signed_up_for_or_seen(place: Village) -> None:
    host, alice = place.admin("Hélène"), place.person("Alice")

    await writes(host)
    number = str((await only()).id)
    for name in ("come", "show", "remind", "ics"):
        await alice.does(Action(f"gatherings.{name}", number))
        assert "Je ne retrouve pas cet événement" in latest(alice).text
    assert not seen(alice, CAFE)


async def test_an_answer_can_be_changed_and_is_shown(place: Village) -> None:
    await announces(place)
    alice = place.person("Alice")
    await alice.runs("/evenement voir")
    assert "C’est noté" not in latest(alice).text
    await presses(alice, "Je viens")
    await presses(alice, "Je ne viens plus")
    assert "vous ne venez pas" in latest(alice).text
    await alice.runs("/evenement voir café")
    assert "vous ne venez pas" in latest(alice).text
    assert [row.standing for row in await Rsvp.all()] == [Standing.NO]


async def test_only_who_looks_after_it_sees_names(place: Village) -> None:
    host = await announces(place, capacity="1")
    alice, bob = place.person("Alice"), place.person("Bob", "slack")
    await presses(alice, "Je viens")
    await presses(bob, "Je viens")
    await host.runs("/evenement voir")
    assert "Viennent : Alice" in latest(host).text
    assert "En liste d’attente : Bob" in latest(host).text
    await alice.runs("/evenement voir")
    assert "Bob" not in latest(alice).text


async def test_the_list_and_the_home_page_show_what_is_to_come(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/evenement liste")
    assert "Aucun événement prévu" in latest(alice).text
    assert await alice.opens_home() == ""
    for number in range(12):
        await announces(place, title=f"Atelier {number}", when=f"{number + 1}/12 18h")
    await alice.runs("/evenement liste")
    assert "Atelier 9" in latest(alice).text
    assert "et 2 autres." in latest(alice).text
    await alice.presses("Atelier 3")
    assert "vendredi 4 décembre" in latest(alice).text
    assert "Atelier 0" in await alice.opens_home()


async def test_an_event_is_meant_by_part_of_its_title(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/evenement voir")
    assert "Il n’y a pas d’événement" in latest(alice).text
    await announces(place, title="Café philo", when="4/12 18h")
    await announces(place, title="Café tricot", when="5/12 18h")
    await alice.runs("/evenement voir tricot")
    assert "Café tricot" in latest(alice).text
    await alice.runs("/evenement voir café")
    assert "Plusieurs événements contiennent « café »" in latest(alice).text
    await alice.runs("/evenement voir yoga")
    assert "Je ne trouve pas d’événement « yoga »" in latest(alice).text


async def test_a_file_for_ones_own_calendar(place: Village) -> None:
    await announces(place, text="Venez !")
    alice = place.person("Alice")
    await alice.runs("/evenement ics")
    number = (await only()).id
    assert latest(alice).files == (f"evenement-{number}.ics",)
    await presses(alice, "Je viens")
    await alice.presses("Pour mon agenda")
    shown = place.adapters[alice.town.platform].messages[-1]
    kept = shown.files[0].content.decode()
    for line in (
        f"UID:gathering-{number}@essai.amicale",
        f"SUMMARY:{CAFE}",
        "DTSTART:20261203T173000Z",
        "DTEND:20261203T190000Z",
        "LOCATION:https://visio.example/cafe",
        "DESCRIPTION:Venez !",
        "STATUS:CONFIRMED",
    ):
        assert line in kept


async def test_somebody_reads_on_their_own_clock(place: Village) -> None:
    await announces(place)
    alice = place.person("Alice")
    await reads_in(alice, "montréal")
    await alice.runs("/evenement voir")
    assert "jeudi 3 décembre de 12:30 à 14:00 (heure de Montreal)" in latest(alice).text
    await reads_in(alice, "réunion")
    await presses(alice, "Je viens")
    assert "de 21:30 à 23:00 (heure de Reunion)" in latest(alice).text
    assert "(heure de Paris)" in card(alice).text
