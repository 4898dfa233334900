import pytest

from core.chat.actions import Action
from core.members.models import Member
from core.questions import service
from core.questions.rules import QuestionState
from tests.core.questions.acting import asks, linked, only, state
from tests.village import Village, latest, seen


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_the_asker_says_it_is_solved_and_the_helper_is_thanked_in_public(
    place: Village, platform: str
) -> None:
    alice, bob = place.person("Alice", platform), place.person("Bob", platform)
    asked = await asks(alice)
    await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    await alice.presses("C’est résolu")
    (thanks,) = seen(bob, "Merci à Bob")
    assert thanks.thread == asked.id
    assert thanks.private_to is None
    assert not place.adapters[alice.town.platform].shown(thanks.id).mentions
    (card,) = seen(bob, "Cette question est résolue")
    assert card.buttons == ()
    assert await state() is QuestionState.SOLVED


async def test_without_a_helper_nobody_is_thanked(place: Village) -> None:
    alice = place.person("Alice")
    await asks(alice)
    await alice.presses("C’est résolu")
    assert seen(alice, "Question résolue.")
    assert not seen(alice, "Merci à")
    await place.passes(days=2)
    assert not seen(alice, "l’équipe d’animation est prévenue")


async def test_somebody_else_is_told_kindly_and_a_moderator_may(place: Village) -> None:
    alice, bob, mona = place.person("Alice"), place.person("Bob"), place.moderator("Mona")
    await asks(alice)
    await bob.presses("C’est résolu")
    assert "Seule la personne qui a posé la question (Alice)" in latest(bob).text
    assert latest(bob).private_to == "Bob"
    await bob.presses("Retirer ma question")
    assert await state() is QuestionState.OPEN
    await mona.presses("C’est résolu")
    assert await state() is QuestionState.SOLVED


async def test_pressing_twice_and_old_buttons_answer_kindly(place: Village) -> None:
    alice = place.person("Alice")
    await asks(alice)
    number = str((await only()).id)
    await alice.does(Action("questions.reopen", number))
    assert "toujours suivie" in latest(alice).text
    await alice.presses("C’est résolu")
    for name in ("questions.solved", "questions.withdraw"):
        await alice.does(Action(name, number))
        assert "déjà close" in latest(alice).text
    assert len(seen(alice, "Question résolue.")) == 1
    for name in ("solved", "withdraw", "reopen", "take", "pass", "not_mine"):
        for argument in ("", "999", "é²", "1;drop"):
            await alice.does(Action(f"questions.{name}", argument))
            assert "Je ne retrouve pas cette question" in latest(alice).text


async def test_withdrawing_ends_it(place: Village) -> None:
    alice, mona = place.person("Alice"), place.moderator("Mona")
    await asks(alice)
    await alice.presses("Retirer ma question")
    assert seen(alice, "n’attend plus de réponse")
    (card,) = seen(mona, "Cette question a été retirée")
    assert card.buttons == ()
    await place.passes(days=2)
    assert not seen(mona, "attend toujours")


@pytest.mark.parametrize("emoji", ["✅", "✔", "👌🏽", "💯"])
async def test_the_askers_reaction_solves_and_thanks_whose_message_it_is_on(
    place: Village, emoji: str
) -> None:
    alice, bob, carol = (place.person(name) for name in ("Alice", "Bob", "Carol"))
    asked = await asks(alice)
    await bob.says("Aucune idée", channel="entraide", reply_to=asked)
    good = await carol.says("Par l’OPCO", channel="entraide", reply_to=asked)
    await bob.reacts(good, emoji)
    await alice.reacts(good, "👍")
    assert await state() is QuestionState.ANSWERED
    await alice.reacts(good, emoji)
    assert seen(bob, "Merci à Carol")
    assert await state() is QuestionState.SOLVED


async def test_a_reaction_on_the_question_itself_or_on_our_words_solves_too(
    place: Village,
) -> None:
    alice = place.person("Alice", "telegram")
    asked = await asks(alice)
    await alice.reacts(asked, "👌")
    assert await state() is QuestionState.SOLVED
    await alice.unreacts(asked, "👌")
    assert await state() is QuestionState.OPEN
    (ack,) = seen(alice, "C’est noté, je suis")
    await alice.reacts(ack, "💯")
    assert await state() is QuestionState.SOLVED


async def test_a_reaction_taken_back_reopens_only_if_it_was_what_solved_it(
    place: Village,
) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    asked = await asks(alice)
    answer = await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    await alice.reacts(answer, "✅")
    await alice.reacts(asked, "💯")
    await alice.unreacts(asked, "💯")
    assert await state() is QuestionState.SOLVED
    await alice.unreacts(answer, "✅")
    question = await only()
    assert question.state is QuestionState.ANSWERED
    assert not question.solved_at
    assert seen(alice, "C’est noté, je suis")[0].buttons


async def test_a_reaction_elsewhere_or_in_private_means_nothing(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await asks(alice)
    other = await bob.says("Bonjour", channel="entraide")
    await alice.reacts(other, "✅")
    private = await alice.says("Bonjour")
    await alice.reacts(private, "✅")
    assert await state() is QuestionState.OPEN


async def test_reopening_looks_for_help_again(place: Village) -> None:
    alice, bob, mona = place.person("Alice"), place.person("Bob"), place.moderator("Mona")
    asked = await asks(alice)
    await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    await alice.presses("C’est résolu")
    await bob.presses("Rouvrir")
    assert "Seule la personne" in latest(bob).text
    await alice.presses("Rouvrir")
    assert seen(bob, "Question rouverte")
    assert (await only()).state is QuestionState.OPEN
    await place.passes(minutes=30)
    assert seen(mona, "attend toujours une réponse")
    await bob.says("Ou par la région", channel="entraide", reply_to=asked)
    assert await state() is QuestionState.ANSWERED


async def test_solved_before_our_words_stand_they_say_so_when_they_do(place: Village) -> None:
    alice = place.person("Alice")
    town = place.adapters[alice.town.platform]
    town.after = None
    asked = await asks(alice)
    await alice.reacts(asked, "✅")
    await place.app.settle()
    assert seen(alice, "Cette question est résolue")
    assert not seen(alice, "C’est noté, je suis")


async def test_linking_two_accounts_keeps_the_question_and_the_helper(place: Village) -> None:
    alice, alice_b = place.person("Alice"), place.person("Alice B", "slack")
    bob, bob_b = place.person("Bob"), place.person("Bob B", "telegram")
    await bob_b.runs("/questions")
    await alice_b.runs("/questions")
    asked = await asks(alice)
    await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    await linked(alice_b, alice)
    await linked(bob_b, bob)
    await alice.presses("C’est résolu")
    assert seen(alice, "Merci à Bob B")
    assert await state() is QuestionState.SOLVED


async def test_one_does_not_thank_oneself_for_an_answer_from_another_account(
    place: Village,
) -> None:
    alice, other = place.person("Alice"), place.person("Alice B")
    asked = await asks(alice)
    await other.says("Par l’OPCO", channel="entraide", reply_to=asked)
    await linked(alice, other)
    assert await service.helper(await only()) is None
    await other.presses("C’est résolu")
    assert not seen(alice, "Merci à")
    assert await state() is QuestionState.SOLVED


async def test_a_solved_question_is_known_by_who_asked_who_helped_and_where(
    place: Village,
) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    asked = await asks(alice)
    answer = await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    scene = place.app.scene()
    assert await service.solved(scene, await only()) is None
    await alice.reacts(answer, "✅")
    found = await service.solved(scene, await only())
    assert found
    names = {m.id: m.name for m in await Member.all()}
    assert (names[found.asker], names[found.helper]) == ("Alice", "Bob")
    assert (found.title, found.topics) == ("Comment financer un bilan de compétences ?", ("cpf",))
    assert found.asked
    assert found.answer
    assert (found.asked.id, found.answer.id) == (asked.id, answer.id)
    await alice.unreacts(answer, "✅")
    assert await service.solved(scene, await only()) is None


async def test_solved_by_a_button_the_answer_is_known_by_its_author_alone(
    place: Village,
) -> None:
    alice, bob = place.person("Alice"), place.person("Bob", "discord")
    asked = await asks(alice)
    await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    await alice.presses("C’est résolu")
    found = await service.solved(place.app.scene(), await only())
    assert found
    assert found.answer is None
    await linked(alice, bob)
    assert await service.solved(place.app.scene(), await only()) is None
