import pytest

from core.chat.actions import Action
from core.engine.database import transaction
from core.library import service as library
from core.library.models import Entry
from core.library.rules import EntryState, Kind
from core.questions.rules import QuestionState
from tests.core.questions.acting import ASKED, asks, only, state
from tests.village import Village, latest, seen

CLOSE = "#ConseilCPF Qui connaît un financement pour mon bilan de competences ?"
TITLE = "Comment financer un bilan de compétences ?"


async def known(place: Village, title: str = TITLE, text: str = "Par l’OPCO.") -> None:
    """An entry of the library, published by a moderator."""
    async with transaction():
        await library.propose(
            place.app.scene(), Kind.SHEET, title, text, authors=(), source=f"essai:{title}"
        )
    mona = place.moderator("Mona")
    await mona.runs("/bibliothèque curer")
    await mona.presses("Garder")


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_a_new_question_is_answered_at_once_and_privately_with_what_is_close(
    place: Village, platform: str
) -> None:
    await known(place)
    alice, bob = place.person("Alice", platform), place.person("Bob", platform)
    await asks(alice, CLOSE)
    (told,) = seen(alice, "Cela répond ?")
    assert TITLE in told.text
    assert told.private_to == "Alice"
    assert not seen(bob, "Cela répond ?")


async def test_so_is_one_asked_by_form(place: Village) -> None:
    await known(place)
    alice = place.person("Alice")
    await alice.runs("/question")
    await alice.fills({"Votre question": "Comment financer mon bilan de compétences ?"})
    assert seen(alice, "Cela répond ?")


async def test_yes_closes_the_question_and_the_entry_counts_it(place: Village) -> None:
    await known(place)
    alice = place.person("Alice")
    await asks(alice, CLOSE)
    await alice.presses("Oui, cela répond")
    assert seen(alice, "la bibliothèque a servi")
    assert await state() is QuestionState.SOLVED
    assert (await Entry.get()).helped == 1
    await alice.does(Action("questions.helped", f"{(await only()).id}:1"))
    assert "déjà close" in latest(alice).text
    assert (await Entry.get()).helped == 1


async def test_no_lets_it_go_on(place: Village) -> None:
    await known(place)
    alice = place.person("Alice")
    await asks(alice, CLOSE)
    await alice.presses("Non")
    assert seen(alice, "suit son cours")
    assert await state() is QuestionState.OPEN


async def test_somebody_else_does_not_close_it(place: Village) -> None:
    await known(place)
    alice, bob = place.person("Alice"), place.person("Bob")
    await asks(alice, CLOSE)
    await bob.does(Action("questions.helped", f"{(await only()).id}:1"))
    assert "Seule la personne qui a posé la question" in latest(bob).text
    assert await state() is QuestionState.OPEN


async def test_nothing_close_nothing_said(place: Village) -> None:
    await known(place, "Trier un tableau dans Excel")
    alice = place.person("Alice")
    await asks(alice, CLOSE)
    assert not seen(alice, "Cela répond ?")


async def test_at_most_three_are_shown(place: Village) -> None:
    for number in range(5):
        await known(place, f"{TITLE} {number}")
    alice = place.person("Alice")
    await asks(alice, CLOSE)
    (told,) = seen(alice, "Cela répond ?")
    assert sum(label.startswith("Voir") for label in told.buttons) == 3


async def test_a_solved_question_may_be_kept_once_it_has_stood_for_an_hour(
    place: Village,
) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    asked = await asks(alice)
    await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    await alice.presses("C’est résolu")
    await place.passes(minutes=50)
    assert not seen(bob, "Votre réponse a résolu")
    await place.passes(minutes=20)
    (told,) = seen(bob, "Votre réponse a résolu")
    assert TITLE in told.text
    entry = await Entry.get()
    assert (entry.topic, entry.text, entry.state) == ("cpf", "", EntryState.PROPOSED)
    assert TITLE in ASKED


async def test_one_that_was_reopened_is_not(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    asked = await asks(alice)
    await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    await alice.presses("C’est résolu")
    await alice.presses("Rouvrir")
    await place.passes(hours=3)
    assert await Entry.all() == []


async def test_one_that_was_solved_again_is_asked_about_an_hour_later(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    asked = await asks(alice)
    answer = await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    for pause in (50, 90):
        await alice.reacts(answer, "✅")
        await place.passes(minutes=30)
        await alice.unreacts(answer, "✅")
        await place.passes(minutes=pause)
    await alice.reacts(answer, "✅")
    await place.passes(minutes=50)
    assert not seen(bob, "Votre réponse a résolu")
    await place.passes(minutes=20)
    assert len(seen(bob, "Votre réponse a résolu")) == 1


async def test_of_one_that_is_deleted_nothing_is_kept_that_was_not_agreed_to(
    place: Village,
) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    asked = await asks(alice)
    await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    await alice.presses("C’est résolu")
    await place.passes(minutes=70)
    await alice.deletes(asked)
    entry = await Entry.get()
    assert (entry.title, entry.state) == ("", EntryState.WITHDRAWN)


async def test_nor_one_that_its_asker_solved_alone(place: Village) -> None:
    alice = place.person("Alice")
    await asks(alice)
    await alice.presses("C’est résolu")
    await place.passes(hours=3)
    assert await Entry.all() == []
