import pytest

from core.chat.actions import Action
from core.chat.events import CommandInvoked
from core.gatherings.models import Gathering
from core.gatherings.rules import FORGOTTEN, State
from tests.core.gatherings.acting import CAFE, announces, card, only, writes
from tests.village import Village, latest, seen


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_what_was_understood_is_shown_before_anybody_else_sees_it(
    place: Village, platform: str
) -> None:
    host, bob = place.admin("Hélène", platform), place.person("Bob", platform)
    await writes(host, when="3/12/2026 18:30", capacity="12")
    shown = latest(host)
    assert "Voici ce que j’ai compris" in shown.text
    assert "jeudi 3 décembre de 18:30 à 19:30 (heure de Paris)" in shown.text
    assert "12 places, puis une liste d’attente" in shown.text
    assert shown.buttons == ("Annoncer", "Corriger", "Abandonner")
    assert not seen(bob, CAFE)
    await host.presses("Annoncer")
    assert seen(host, f"{CAFE} est annoncé.")
    assert card(bob)


async def test_another_year_is_named(place: Village) -> None:
    host = place.admin("Hélène")
    await writes(host, when="5 janvier 9h")
    assert "mardi 5 janvier 2027" in latest(host).text
    assert "Sans limite de places" in latest(host).text


async def test_what_cannot_be_understood_is_asked_again_with_the_reason(place: Village) -> None:
    host = place.admin("Hélène")
    await writes(host, when="mercredi 3 décembre 18h", capacity="beaucoup")
    assert host.form is not None
    assert host.form.errors == {
        "Quand": "Ce jour de la semaine ne tombe pas à cette date. Lequel des deux est juste ?",
        "Nombre de places": "Un nombre de places entre 1 et 10 000, ou rien.",
    }
    await host.fills({"Quand": "jeudi 3 décembre 18h", "Nombre de places": "20"})
    assert "20 places" in latest(host).text
    assert await Gathering.all().count() == 1


async def test_a_draft_is_corrected_dropped_or_forgotten(place: Village) -> None:
    host = place.admin("Hélène")
    await writes(host)
    await host.presses("Corriger")
    await host.fills({"Quand": "vendredi 4 décembre 18h", "Nombre de places": ""})
    assert "vendredi 4 décembre de 18:00 à 19:30" in latest(host).text
    assert CAFE in latest(host).text
    number = str((await only()).id)
    await host.presses("Abandonner")
    assert "Personne ne l’a vu" in latest(host).text
    assert not await Gathering.exists()
    await host.does(Action("gatherings.publish", number))
    assert "Je ne retrouve pas" in latest(host).text
    await writes(host)
    await place.passes(days=FORGOTTEN.days, minutes=30)
    assert not await Gathering.exists()


async def test_what_is_announced_is_neither_announced_again_nor_dropped(place: Village) -> None:
    host = await announces(place)
    number = str((await only()).id)
    for name in ("publish", "drop"):
        await host.does(Action(f"gatherings.{name}", number))
        assert "est déjà annoncé" in latest(host).text
    assert len([m for m in seen(host, CAFE) if m.channel == "rituels"]) == 1


async def test_a_draft_whose_moment_has_passed_is_not_announced(place: Village) -> None:
    host = place.admin("Hélène")
    await writes(host, when="demain 9h")
    await place.passes(days=2)
    await host.presses("Annoncer")
    assert "Cette date est passée" in latest(host).text
    assert (await only()).state is State.DRAFT


async def test_who_may_not_call_one_hears_so_before_filling_anything(place: Village) -> None:
    alice, zoe = place.person("Alice"), place.admin("Zoé")
    await alice.runs("/evenement créer")
    assert "proposés par l’équipe d’animation" in latest(alice).text
    assert latest(alice).buttons == ()
    await alice.opens("gatherings.create")
    await alice.fills({"Titre": CAFE, "Quand": "demain 18h", "Où": "Lyon"})
    assert not await Gathering.exists()
    await zoe.runs("/role Alice expert")
    await writes(alice)
    assert "Voici ce que j’ai compris" in latest(alice).text
    await zoe.runs("/role Alice expert retirer")
    await alice.presses("Annoncer")
    assert "proposés par l’équipe d’animation" in latest(alice).text
    assert (await only()).state is State.DRAFT


async def test_buttons_and_forms_of_a_host_are_refused_to_others(place: Village) -> None:
    await announces(place)
    alice = place.person("Alice")
    number = str((await only()).id)
    for name in ("publish", "drop", "cancel"):
        await alice.does(Action(f"gatherings.{name}", number))
        assert "Seules les personnes qui organisent" in latest(alice).text
    for command in ("modifier", "annuler", "code"):
        await alice.runs(f"/evenement {command}")
        assert "Il n’y a pas d’événement" in latest(alice).text
    assert (await only()).state is State.ANNOUNCED


async def test_a_second_host_may_do_what_the_first_may(place: Village) -> None:
    host, alice = await announces(place), place.person("Alice", "slack")
    await alice.says("bonjour")
    await host.runs("/evenement hôte Alice")
    assert f"Alice organise aussi {CAFE}" in latest(host).text
    await host.runs("/evenement hôte Alice")
    assert "Alice organise déjà" in latest(host).text
    await host.runs("/evenement hôte Personne")
    assert "Je ne trouve personne" in latest(host).text
    await place.passes(minutes=1)
    assert "Avec : Hélène, Alice" in card(alice).text
    await alice.runs("/evenement code")
    assert (await only()).code in latest(alice).text


async def test_titles_are_suggested_to_who_may_use_them(place: Village) -> None:
    host, alice = await announces(place), place.person("Alice")
    await alice.says("bonjour")

    async def suggested(person: object, path: str, typed: str) -> list[str]:

        about = {**person._about(), "channel": person.private, "path": path, "arguments": {}}  # type: ignore[attr-defined]  # as the double tells it
        event = CommandInvoked(**about)
        return [choice.label for choice in await place.app.complete(event, "événement", typed)]

    assert await suggested(alice, "evenement voir", "cafe") == [f"{CAFE} (03/12 18:30)"]
    assert await suggested(alice, "evenement voir", "yoga") == []
    assert await suggested(host, "evenement modifier", "") == [f"{CAFE} (03/12 18:30)"]
    assert await suggested(alice, "evenement modifier", "") == []
    assert await suggested(host, "evenement replay", "") == []
    await place.until((await only()).starts)
    assert await suggested(host, "evenement replay", "") == [f"{CAFE} (03/12 18:30)"]
