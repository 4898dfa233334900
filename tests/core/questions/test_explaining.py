import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.members import service as members
from core.members.models import Member
from core.questions.models import Solicitation
from tests.core.questions.acting import asks, can_help, linked, only, tagged
from tests.village import Village, latest, seen


async def called(place: Village) -> tuple[MemoryPerson, MemoryPerson]:
    """Alice asked, and Eva was tagged."""
    alice, eva = place.person("Alice"), await can_help(place, "Eva")
    for number in range(3):
        asked = await asks(alice, f"#ConseilCPF Ancienne question {number} ?")
        await eva.says("Par l’OPCO", channel="entraide", reply_to=asked)
        await alice.presses("C’est résolu")
    await asks(alice)
    await place.passes(minutes=30)
    assert tagged(eva)
    return alice, eva


async def test_the_asker_reads_why_and_neither_who_nor_what_they_said(place: Village) -> None:
    alice, eva = await called(place)
    await eva.presses("Pas mon sujet")
    await alice.runs("/pourquoi")
    shown = latest(alice).text
    assert "propose son aide sur ce thème (cpf)" in shown
    assert "a déjà répondu à 3 questions sur ce thème (cpf)" in shown
    assert "Eva" not in shown
    assert "répond quand" not in shown
    assert latest(alice).private_to == "Alice"


async def test_the_asked_person_reads_every_point(place: Village) -> None:
    _, eva = await called(place)
    await eva.runs("/pourquoi")
    shown = latest(eva).text
    assert "propose son aide sur ce thème (cpf) : +10" in shown
    assert "a déjà répondu à 3 questions sur ce thème (cpf) : +6" in shown
    assert "a été peu sollicitée ces quatre dernières semaines : +6" in shown
    assert "répond quand on lui demande : +2" in shown
    assert "Total : 24 points" in shown


async def test_what_speaks_against_somebody_is_told_to_them_alone(place: Village) -> None:
    alice, eva = place.person("Alice"), await can_help(place, "Eva")
    await asks(alice)
    await place.passes(minutes=30)
    await eva.presses("Pas mon sujet")
    place.clock.advance(days=120)
    await asks(alice)
    await place.passes(minutes=30)
    assert tagged(eva)
    await eva.runs("/pourquoi")
    assert "a dit que ce thème n’est pas le sien (cpf)" in latest(eva).text
    await alice.runs("/pourquoi")
    assert "n’est pas le sien" not in latest(alice).text


async def test_training_counts_and_is_told(place: Village) -> None:
    alice, eva = place.person("Alice"), await can_help(place, "Eva", "bilan de compétences")
    await alice.runs("/expertise couture")
    for name in ("Alice", "Eva"):
        profile = await members.profile_of((await Member.get(name=name)).id)
        profile.training = "CPF et financement"
        await members.save_profile(profile)
    await asks(alice)
    await place.passes(minutes=30)
    await eva.runs("/pourquoi 1")
    for reason in (
        "nommé dans la question (bilan de",
        "sur ce thème (cpf) : +5",
        "la même formation",
    ):
        assert reason in latest(eva).text


async def test_in_a_thread_it_is_about_that_question(place: Village) -> None:
    alice, _ = await called(place)
    other = await asks(alice, "#QuestionTechnique Et ceci ?")
    await alice.runs("/pourquoi", channel=other.id)
    assert "Pour « Et ceci ? », personne" in latest(alice).text


async def test_somebody_else_does_not_learn_it(place: Village) -> None:
    await called(place)
    bob = place.moderator("Bob")
    number = (await Solicitation.get()).question_id
    await bob.runs(f"/pourquoi {number}")
    assert "Seules la personne qui a posé cette question" in latest(bob).text


@pytest.mark.parametrize("written", ["", "999", "abc"])
async def test_where_there_is_nothing_to_explain_the_way_is_told(
    place: Village, written: str
) -> None:
    alice = place.person("Alice")
    await alice.runs(f"/pourquoi {written}".strip())
    assert "Donnez son numéro" in latest(alice).text


async def test_a_question_nobody_was_called_to_says_so(place: Village) -> None:
    alice = place.person("Alice")
    await asks(alice)
    await alice.runs(f"/pourquoi n° {(await only()).id}")
    assert "personne n’a encore été sollicité" in latest(alice).text


async def test_who_was_asked_may_want_no_more_of_it(place: Village) -> None:
    _, eva = await called(place)
    await eva.runs("/pourquoi")
    await eva.presses("Ne plus me solliciter")
    assert seen(eva, "personne ne vous sollicitera")


async def test_answering_oneself_from_another_account_solves_nothing(place: Village) -> None:
    alice, eva, other = place.person("Alice"), await can_help(place, "Eva"), place.person("Eva B")
    asked = await asks(eva)
    await other.says("Par l’OPCO", channel="entraide", reply_to=asked)
    await eva.presses("C’est résolu")
    await linked(eva, other)
    await asks(alice)
    await place.passes(minutes=30)
    await eva.runs("/pourquoi")
    assert "propose son aide" in latest(eva).text
    assert "déjà répondu" not in latest(eva).text
