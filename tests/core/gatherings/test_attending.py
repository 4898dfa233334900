from bots.sandbox.memory_people import MemoryPerson
from core.chat.actions import Action, OpenForm
from core.gatherings.models import Attendance
from core.library.models import Entry
from tests.core.gatherings.acting import CAFE, announces, card, only, presses, told
from tests.village import Village, latest, seen


async def gives(person: object, code: str) -> None:
    await presses(person, "J’y suis : donner le code")  # type: ignore[arg-type]  # a person
    await person.fills({"Code": code})  # type: ignore[attr-defined]  # same


async def test_the_code_is_given_to_hosts_at_the_start_and_proves_that_one_was_there(
    place: Village,
) -> None:
    host = await announces(place)
    alice, bob, chloe = (
        place.person("Alice"),
        place.person("Bob", "slack"),
        place.person("Chloé", "telegram"),
    )
    await presses(alice, "Je viens")
    await presses(bob, "Je viens")
    row = await only()
    await place.until(row.starts)
    assert told(host, f"Code de « {CAFE} » : {row.code}")
    assert card(alice).buttons == ("J’y suis : donner le code",)
    await gives(alice, row.code.lower())
    assert f"votre présence à « {CAFE} » est notée" in latest(alice).text
    await gives(alice, row.code)
    await gives(chloe, f" {row.code[:2]} {row.code[2:]} ")
    await gives(bob, "AAAAA" if row.code != "AAAAA" else "BBBBB")
    assert bob.form is not None
    assert "Ce n’est pas le code" in str(bob.form.errors)
    assert await Attendance.all().count() == 2
    await place.until(row.ends)
    await place.passes(hours=24, minutes=30)
    (said,) = told(host, f"{CAFE} est terminé")
    assert "1 sur 2 personnes inscrites sont venues (50 %)." in said.text
    assert "1 autre est venue sans inscription." in said.text
    assert "/evenement replay" in said.text
    assert "(50 %)" in card(alice).text
    assert card(alice).buttons == ()


async def test_who_came_without_any_list_is_counted(place: Village) -> None:
    await announces(place)
    alice, row = place.person("Alice"), await only()
    await place.until(row.starts)
    await gives(alice, row.code)
    await place.until(row.ends)
    await place.passes(hours=25)
    assert "1 personne est venue." in card(alice).text


async def test_the_code_counts_neither_before_nor_long_after(place: Village) -> None:
    host, alice = await announces(place), place.person("Alice")
    row = await only()
    await host.runs("/evenement code")
    assert row.code in latest(host).text
    shown = place.adapters[alice.town.platform].shown(card(alice).id)
    opens = OpenForm("gatherings.attend", str(row.id))

    async def tries(number: str = opens.argument) -> str:
        await alice._open_form(OpenForm("gatherings.attend", number), shown.channel, None)
        await alice.fills({"Code": row.code})
        return latest(alice).text

    assert "à partir du début" in await tries()
    assert "Je ne retrouve pas" in await tries("99")
    await place.until(row.ends)
    await place.passes(hours=25)
    assert "depuis trop longtemps" in await tries()
    assert not await Attendance.exists()


async def test_what_is_cancelled_takes_no_code(place: Village) -> None:
    host = await announces(place)
    row = await only()
    await place.until(row.starts)
    await host.does(Action("gatherings.cancel", str(row.id)))
    await host._open_form(OpenForm("gatherings.attend", str(row.id)), host.private, None)
    await host.fills({"Code": row.code})
    assert "Je ne retrouve pas cet événement" in latest(host).text
    assert not await Attendance.exists()


async def test_the_replay_stands_under_the_card_and_reaches_who_came_or_would_have(
    place: Village,
) -> None:
    host = await announces(place)
    alice, bob, chloe = (
        place.person("Alice"),
        place.person("Bob", "slack"),
        place.person("Chloé", "telegram"),
    )
    await presses(alice, "Me rappeler")
    row = await only()
    await host.runs("/evenement replay video.example/cafe")
    assert "Il n’y a pas d’événement" in latest(host).text
    await place.until(row.starts)
    await gives(bob, row.code)
    await host.runs("/evenement replay pas une adresse")
    assert "Je ne reconnais pas cette adresse" in latest(host).text
    await host.runs("/evenement replay video.example/cafe")
    assert seen(host, f"sous l’annonce de « {CAFE} »")
    await place.passes(days=1)
    for person in (alice, bob):
        assert told(person, f"{CAFE} peut être revu : https://video.example/cafe")
    assert not told(chloe, "peut être revu")
    assert "À revoir ici : https://video.example/cafe" in card(chloe).text
    (under,) = [m for m in seen(chloe, "peut être revu") if m.thread]
    assert under.thread == card(chloe).id
    (entry,) = await Entry.all()
    assert (entry.title, entry.link) == (CAFE, "https://video.example/cafe")
    await host.runs("/evenement replay video.example/mieux")
    await place.passes(days=1)
    assert "https://video.example/mieux" in card(chloe).text
    assert len(told(alice, "peut être revu")) == 1


async def test_who_came_is_asked_to_the_next_one_unless_they_answered(place: Village) -> None:
    host = await announces(place)
    alice, bob = place.person("Alice"), place.person("Bob", "slack")
    row = await only()
    await place.until(row.starts)
    for person in (alice, host):
        await gives(person, row.code)
    await place.passes(days=3)
    await announces(place, title="Atelier CV", when="20/12 18h")
    await place.passes(days=2)
    (said,) = told(alice, "Le prochain vous intéresse peut-être")
    assert "Atelier CV" in said.text
    assert said.buttons[:2] == ("Je viens", "Peut-être")
    assert not told(bob, "Le prochain")
    assert not told(host, "Le prochain")


async def came_once(place: Village) -> tuple[MemoryPerson, MemoryPerson]:
    """A host, and Alice who came to an event: she is invited to the next ones, one a day."""
    host = await announces(place, when="aujourd’hui 9h30")
    alice, row = place.person("Alice"), await only()
    await place.until(row.starts)
    await gives(alice, row.code)
    await place.passes(days=2)
    await announces(place, title="Atelier CV", when="20/12 18h")
    await announces(place, title="Apéro", when="21/12 18h")
    assert len(told(alice, "Le prochain vous intéresse")) == 1
    return host, alice


async def test_who_answered_meanwhile_is_not_invited(place: Village) -> None:
    _, alice = await came_once(place)
    await presses(alice, "Je viens", "Apéro")
    await place.passes(days=2)
    assert len(told(alice, "Le prochain vous intéresse")) == 1


async def test_nobody_is_invited_in_words_that_are_no_longer_true(place: Village) -> None:
    host, alice = await came_once(place)
    await host.runs("/evenement modifier Apéro")
    await host.presses("Modifier")
    await host.fills({"Où": "Salle 3"})
    await place.passes(days=2)
    assert len(told(alice, "Le prochain vous intéresse")) == 1


async def test_a_late_replay_does_not_ask_for_codes_again(place: Village) -> None:
    host = await announces(place)
    await place.until((await only()).ends)
    await place.passes(days=2)
    await host.runs("/evenement replay video.example/cafe")
    assert "À revoir ici" in card(host).text
    assert card(host).buttons == ()
