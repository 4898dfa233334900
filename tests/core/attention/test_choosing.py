import re

from bots.sandbox.memory_people import MemoryPerson
from core.attention.models import AttentionChoice, Nudge, Refusal
from core.members.linking import export, forget
from tests.core.attention.room import asks, id_of, tells
from tests.village import Village, latest, seen

AGAIN = "Reprendre : nouvelles de votre objectif"


async def links(one: MemoryPerson, other: MemoryPerson) -> None:
    """Become one person."""
    await one.runs("/lier")
    code = re.search(r"Votre code : (\w{8})", latest(one).text)
    assert code
    await other.runs(f"/lier {code.group(1)}")


# -- later, pass, never ------------------------------------------------------------------------


async def test_later_is_tomorrow(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    await bob.presses("Plus tard")
    assert latest(bob).text == "Entendu, je vous le repropose demain."
    await place.passes(days=1)
    assert "Un ?" in latest(bob).text


async def test_later_is_never_when_it_makes_no_sense_tomorrow(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?", days=0.3)
    await bob.presses("Plus tard")
    assert "plus d’actualité" in latest(bob).text


async def test_who_passes_is_left_alone(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    await bob.presses("Passer")
    assert latest(bob).text == "C’est noté, pas cette fois."
    await place.passes(days=3)
    assert not seen(bob, "Un ?")


async def test_never_ends_the_kind_until_they_say_otherwise(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    await bob.presses("Ne plus me le proposer")
    assert not await asks(place, bob, "Deux ?")
    assert await asks(place, bob, "Autre ?", kind="rituals.turn")
    await bob.runs("/rappels")
    await bob.presses(AGAIN)
    assert await asks(place, bob, "Trois ?")


async def test_taking_back_what_was_not_refused_changes_nothing(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    await bob.presses("Ne plus me le proposer")
    shown = latest(bob)
    await bob.presses(AGAIN, on=shown)
    await bob.presses(AGAIN, on=shown)
    assert "rien ne change" in latest(bob).text


async def test_somebody_elses_button_does_nothing(place: Village) -> None:
    bob, eve = place.person("Bob"), place.person("Eve")
    for person in (bob, eve):
        await person.runs("/aide")
    await asks(place, bob, "Un ?")
    member = await id_of(place, eve)
    nudge = await Nudge.get()
    await Nudge.all().update(member_id=member)
    await bob.presses("Passer")
    assert "quelqu’un d’autre" in latest(bob).text
    assert (await Nudge.get()).reason == nudge.reason


# -- leave -------------------------------------------------------------------------------------


async def test_nobody_is_asked_on_leave_and_everything_waits_for_their_return(
    place: Village,
) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await bob.runs("/pause 1 semaine")
    assert "avant le lundi 23 novembre" in latest(bob).text
    await asks(place, bob, "Un ?")
    await tells(place, bob, "À savoir")
    await place.passes(days=6)
    assert not seen(bob, "Un ?")
    assert not seen(bob, "À savoir")
    await place.passes(days=1)
    assert seen(bob, "Un ?")
    assert seen(bob, "À savoir")


async def test_a_leave_can_be_asked_for_by_a_button_and_ended(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await bob.runs("/pause")
    await bob.presses("Deux semaines")
    await asks(place, bob, "Un ?")
    await bob.runs("/pause")
    assert "Vous êtes en pause" in latest(bob).text
    await bob.presses("Reprendre maintenant")
    assert seen(bob, "Un ?")


async def test_a_leave_ends_by_a_word(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/pause un mois")
    await bob.runs("/pause fin")
    assert "la pause est finie" in latest(bob).text


async def test_what_is_no_leave_is_said_kindly(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/pause longtemps")
    assert "« longtemps »" in latest(bob).text


async def test_a_leave_begun_while_it_was_on_its_way_holds_it_back(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    bob.refuses = True
    await asks(place, bob, "Un ?")
    bob.refuses = False
    await bob.runs("/pause 3 jours")
    await bob.says("Me voici")
    assert not seen(bob, "Un ?")
    await place.passes(days=3)
    assert len(seen(bob, "Un ?")) == 1


# -- rhythm ------------------------------------------------------------------------------------


async def sets(person: MemoryPerson, often: str, **more: str) -> None:
    """Fill the form of one's choices."""
    await person.runs("/rappels")
    await person.presses("Changer le rythme")
    labels = {"start": "Pas avant", "end": "Pas après", "zone": "Fuseau horaire"}
    answers = {labels[name]: value for name, value in more.items()}
    await person.fills({"Combien par semaine, au plus": often, **answers})


async def test_who_wants_nothing_is_asked_nothing(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await sets(bob, "aucune")
    assert "aucune sollicitation" in latest(bob).text
    assert not await asks(place, bob, "Un ?")


async def test_who_wants_one_a_week_is_asked_once(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await sets(bob, "1 par semaine")
    await asks(place, bob, "Un ?")
    await asks(place, bob, "Deux ?")
    await place.passes(days=6)
    assert not seen(bob, "Deux ?")


async def test_hours_and_zone_are_ones_own(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await sets(bob, "3 par semaine", start="10 h", end="18 h", zone="Réunion")
    assert "entre 10:00 et 18:00 (Indian/Reunion)" in latest(bob).text
    await place.passes(hours=7)
    await asks(place, bob, "Un ?")
    assert not seen(bob, "Un ?")


async def test_a_zone_nobody_knows_is_asked_again(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await sets(bob, "3 par semaine", zone="Nulle part")
    assert bob.form
    assert "Je ne connais pas ce fuseau" in str(bob.form.errors)


async def test_nothing_happened_is_said_so(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/rappels")
    assert "rien n’attend" in latest(bob).text


async def test_everything_is_shown_with_its_reason(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    await asks(place, bob, "Deux ?", kind="rituals.turn")
    await asks(place, bob, "Trois ?", kind="onboarding.reminder", days=0.1)
    await bob.runs("/rappels")
    shown = latest(bob).text
    assert "jamais deux le même jour" in shown
    assert "nouvelles de votre objectif : lundi 16 novembre, 09:00" in shown
    assert "votre tour dans un rituel : une seule sollicitation par jour, jusqu’au" in shown
    assert "les étapes de votre arrivée : une seule sollicitation par jour" in shown


async def test_who_is_on_leave_sees_it_and_can_end_it_there(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/pause 2 jours")
    await bob.runs("/rappels")
    assert latest(bob).buttons == ("Changer le rythme", "Reprendre maintenant")
    await bob.presses("Reprendre maintenant")
    await bob.runs("/rappels")
    await bob.presses("Faire une pause")
    assert "Pendant combien de temps" in latest(bob).text


# -- one person, several accounts --------------------------------------------------------------


async def test_linked_accounts_share_what_was_spent_and_refused(place: Village) -> None:
    bob, bob_b = place.person("Bob"), place.person("Bob B", "slack")
    for person in (bob, bob_b):
        await person.runs("/aide")
    for n in range(3):
        await asks(place, bob_b, f"{n} ?", key=f"b{n}")
        await place.passes(days=1)
    await links(bob, bob_b)
    await asks(place, bob, "De trop ?")
    assert not seen(bob, "De trop ?")
    assert not seen(bob_b, "De trop ?")
    await bob.presses("Revenir en arrière")
    await asks(place, bob, "Encore ?")
    assert seen(bob, "De trop ?")


async def test_what_is_held_about_somebody_is_shown_and_forgotten(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/aide")
    await asks(place, bob, "Un ?")
    await bob.presses("Ne plus me le proposer")
    await bob.runs("/pause 2 jours")
    member = await id_of(place, bob)
    held = {name for name, rows in (await export(member)).items() if rows}
    assert {"attention_nudge", "attention_choice", "attention_refusal"} <= held
    await forget(member)
    counts = [await model.all().count() for model in (Nudge, AttentionChoice, Refusal)]
    assert counts == [0, 0, 0]
