import pytest

from core.chat.actions import Action
from core.engine.models import FormDraft
from tests.village import Village, latest, seen


async def test_the_same_form_is_filled_natively_and_one_by_one(place: Village) -> None:
    answers = {"Votre nom": "Alice", "Votre humeur": "Mieux que bien", "Un mot": "merci"}
    for platform in ("discord", "telegram"):
        alice = place.person("Alice", platform)
        await alice.runs("/fiche")
        await alice.fills(answers)
        assert latest(alice).text == "On a dit : humeur=mieux, mot=merci, nom=Alice"


async def test_questions_are_asked_one_by_one_with_their_hint_and_way_out(place: Village) -> None:
    bob = place.person("Bob", "telegram")
    await bob.runs("/fiche")
    assert latest(bob).text == "Fiche (1 sur 3)\nVotre nom\nComme sur une enveloppe"
    assert latest(bob).buttons == ("Annuler",)
    await bob.says("Bob")
    assert latest(bob).buttons == ("Bien", "Mieux que bien", "Annuler")
    await bob.says("mieux que BIEN")
    assert latest(bob).buttons == ("Passer", "Annuler")
    await bob.presses("Passer")
    assert latest(bob).text == "On a dit : humeur=mieux, mot=, nom=Bob"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [("B", "un peu court"), ("B" * 11, "un peu long"), ("\u200b ", "nécessaire")],
)
async def test_an_answer_that_cannot_be_taken_is_asked_again(
    place: Village, answer: str, problem: str
) -> None:
    bob = place.person("Bob", "telegram")
    await bob.runs("/fiche")
    await bob.says(answer)
    assert problem in latest(bob).text
    assert "Votre nom" in latest(bob).text


async def test_what_the_room_refuses_is_asked_again_and_nothing_is_lost(place: Village) -> None:
    bob = place.person("Bob", "telegram")
    await bob.runs("/fiche")
    await bob.fills({"Votre nom": "refusé", "Votre humeur": "Bien"})
    assert "Un autre nom" in latest(bob).text
    await bob.says("Bob")
    await bob.fills({"Votre humeur": "Bien"})
    assert latest(bob).text == "On a dit : humeur=bien, mot=, nom=Bob"


async def test_a_form_is_left_and_begun_anew(place: Village) -> None:
    bob = place.person("Bob", "telegram")
    await bob.runs("/fiche")
    await bob.says("Bob")
    await bob.presses("Annuler")
    assert seen(bob, "rien n’a été envoyé")
    assert not await FormDraft.exists()
    await bob.runs("/fiche")
    await bob.runs("/fiche")
    assert await FormDraft.all().count() == 1


async def test_a_button_of_a_form_that_is_over_answers_kindly(place: Village) -> None:
    bob = place.person("Bob", "telegram")
    await bob.runs("/fiche")
    asked = latest(bob)
    await bob.presses("Annuler")
    await bob.does(Action("form.pick", "bien"))
    assert asked.buttons
    assert "pas de formulaire en cours" in latest(bob).text


async def test_a_choice_pressed_twice_answers_one_question_only(place: Village) -> None:
    bob = place.person("Bob", "telegram")
    await bob.runs("/fiche")
    await bob.says("Bob")
    asked = bob.sees()[-1]
    await bob.presses("Bien", on=asked)
    await bob.presses("Mieux que bien", on=asked)
    assert "Un mot" in latest(bob).text
    asked = bob.sees()[-1]
    await bob.says("merci")
    assert latest(bob).text == "On a dit : humeur=bien, mot=merci, nom=Bob"
    await bob.runs("/fiche")
    await bob.presses("Passer", on=asked)
    assert "Votre nom" in latest(bob).text


async def test_a_form_that_is_refused_is_over(place: Village) -> None:
    bob = place.person("Bob", "telegram")
    await bob.runs("/fiche")
    await bob.fills({"Votre nom": "trop tard", "Votre humeur": "Bien"})
    assert latest(bob).text == "Cela ne se fait pas."
    assert not await FormDraft.exists()


async def test_on_a_platform_with_forms_errors_stand_beside_the_fields(place: Village) -> None:
    alice = place.person("Alice", "slack")
    await alice.runs("/fiche")
    await alice.fills({"Votre nom": "A", "Votre humeur": "Bien"})
    assert alice.form is not None
    assert "un peu court" in alice.form.errors["Votre nom"]


async def test_a_reserved_form_is_asked_of_staff_only(place: Village) -> None:
    mona = place.moderator("Mona", "telegram")
    await mona.opens("essai.réservé")
    await mona.says("Mona")
    assert latest(mona).text == "Cela ne se fait pas."


async def test_a_draft_of_a_form_that_no_longer_exists_is_put_away(place: Village) -> None:
    bob = place.person("Bob", "telegram")
    await bob.runs("/fiche")
    await FormDraft.all().update(form="essai.disparu")
    await bob.says("Bob")
    assert "C’est annulé" in latest(bob).text
