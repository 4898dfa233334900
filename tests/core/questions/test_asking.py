import pytest

from core.questions.models import Question, QuestionMessage
from core.questions.rules import QuestionState
from tests.core.questions.acting import ASKED, asks, only, state
from tests.village import Village, latest, seen

EVERYWHERE = pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])


@EVERYWHERE
async def test_a_hashtag_opens_a_question_acknowledged_in_its_thread(
    place: Village, platform: str
) -> None:
    alice = place.person("Alice", platform)
    asked = await asks(alice)
    ack = latest(alice)
    assert ack.thread == asked.id
    assert ack.private_to is None
    assert "(cpf)" in ack.text
    assert "30 minutes" in ack.text
    assert ack.buttons == ("C’est résolu", "Retirer ma question")
    question = await only()
    assert question.title == "Comment financer un bilan de compétences ?"
    assert question.topics == ["cpf"]


async def test_only_the_title_is_kept_of_what_was_said(place: Village) -> None:
    alice = place.person("Alice")
    await asks(alice, f"#ConseilCPF {'mot ' * 60}secret")
    (row,) = await Question.all().values()
    assert "secret" not in str(row)
    assert len(row["title"]) <= 120


async def test_words_without_a_hashtag_private_words_and_replies_open_nothing(
    place: Village,
) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await asks(alice, "Quelqu’un pour le CPF ? (#autre)")
    await alice.says(ASKED)
    assert not await Question.exists()
    asked = await asks(alice)
    await bob.says("#ConseilCPF oui, par ici", channel="entraide", reply_to=asked)
    assert await Question.all().count() == 1


async def test_adding_a_hashtag_opens_once_and_later_edits_follow_the_words(place: Village) -> None:
    alice = place.person("Alice")
    said = await asks(alice, "Comment financer ?")
    await alice.edits(said, "Comment financer ? #ConseilCPF")
    assert (await only()).title == "Comment financer ?"
    await alice.edits(said, "#QuestionTechnique Comment financer mon bilan ?")
    question = await only()
    assert (question.title, question.topics) == ("Comment financer mon bilan ?", ["technique"])
    assert seen(alice, "(technique)")
    assert not seen(alice, "(cpf)")
    await alice.edits(said, "Comment financer un bilan ?")
    assert (await only()).topics == ["technique"]
    private = await alice.says("bonjour")
    await alice.edits(private, ASKED)
    assert await Question.all().count() == 1


async def test_an_edited_answer_opens_nothing_and_renames_nothing(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    asked = await asks(alice)
    answer = await bob.says("Par ici", channel="entraide", reply_to=asked)
    await bob.edits(answer, "#QuestionTechnique Par là")
    assert (await only()).title == "Comment financer un bilan de compétences ?"


@EVERYWHERE
async def test_asking_by_form_posts_it_in_the_help_channel(place: Village, platform: str) -> None:
    alice, bob = place.person("Alice", platform), place.person("Bob", platform)
    await alice.runs("/question")
    await alice.fills(
        {
            "Votre question": "Comment valider mes acquis ?",
            "Plus de détails": "J’ai dix ans de **métier**\n@everyone aidez-moi",
            "Thèmes": "CPF, Orientation",
        }
    )
    assert seen(alice, "Votre question part dans le salon d’entraide")
    (post,) = seen(bob, "Question posée par Alice")
    assert post.channel == "entraide"
    assert "Comment valider mes acquis ?" in post.text
    assert "**métier**" in post.text
    assert "Thèmes : cpf, orientation" in post.text
    shown = next(m for m in place.adapters[alice.town.platform].messages if m.id == post.id)
    assert shown.mentions == (alice.account,)
    assert seen(bob, "(cpf, orientation)")[0].thread == post.id
    await bob.says("Par la VAE", channel="entraide", reply_to=post)
    assert await state() is QuestionState.ANSWERED


async def test_a_form_without_topics_or_details_is_enough(place: Village) -> None:
    alice = place.person("Alice", "slack")
    await alice.runs("/question")
    await alice.fills({"Votre question": "court"})
    assert alice.form is not None
    assert alice.form.errors
    await alice.fills({"Votre question": "  Comment\u202e valider   ?  "})
    assert (await only()).title == "Comment valider ?"
    assert seen(alice, "C’est noté, je suis cette question jusqu’à")


async def test_a_question_not_yet_posted_is_not_shown_and_is_posted_once(place: Village) -> None:
    alice = place.person("Alice")
    place.adapters[alice.town.platform].after = None
    await alice.runs("/question")
    await alice.fills({"Votre question": "Comment valider mes acquis ?"})
    await alice.runs("/questions")
    assert "Aucune question en attente" in latest(alice).text
    place.adapters[alice.town.platform].after = place.app.settle
    await place.app.settle()
    await alice.runs("/questions")
    assert "Comment valider mes acquis ?" in latest(alice).text
    assert len(seen(alice, "Question posée par Alice")) == 1


@EVERYWHERE
async def test_an_answer_marks_it_answered_and_the_askers_own_words_do_not(
    place: Village, platform: str
) -> None:
    alice, bob = place.person("Alice", platform), place.person("Bob", platform)
    asked = await asks(alice)
    await alice.says("J’ajoute que je suis salariée", channel="entraide", reply_to=asked)
    assert await state() is QuestionState.OPEN
    await place.passes(minutes=10)
    await bob.says("Demandez à votre OPCO", channel="entraide", reply_to=latest(bob))
    question = await only()
    assert question.state is QuestionState.ANSWERED
    assert question.first_answer_at == place.clock.now()
    await place.passes(days=2)
    assert not seen(alice, "l’équipe d’animation est prévenue")


async def test_an_answer_to_an_answer_belongs_to_the_conversation(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    asked = await asks(alice)
    first = await alice.says("Je précise", channel="entraide", reply_to=asked)
    await bob.says("Voilà", channel="entraide", reply_to=first)
    assert await state() is QuestionState.ANSWERED
    assert await QuestionMessage.all().count() == 4


async def test_a_deleted_question_is_withdrawn_and_a_deleted_answer_no_longer_counts(
    place: Village,
) -> None:
    alice, bob, carol = (place.person(name) for name in ("Alice", "Bob", "Carol"))
    asked = await asks(alice)
    answer = await bob.says("Peut-être", channel="entraide", reply_to=asked)
    better = await carol.says("Par ici", channel="entraide", reply_to=asked)
    await bob.deletes(answer)
    assert await state() is QuestionState.ANSWERED
    await carol.deletes(better)
    question = await only()
    assert question.state is QuestionState.OPEN
    assert not question.first_answer_at
    await place.passes(minutes=30)
    assert seen(alice, "l’équipe d’animation est prévenue")
    await alice.deletes(asked)
    assert await state() is QuestionState.WITHDRAWN
    assert seen(alice, "Cette question a été retirée")
    await bob.says("Trop tard ?", channel="entraide", reply_to=latest(bob))
    assert await state() is QuestionState.WITHDRAWN


async def test_what_somebody_writes_cannot_become_markup_or_a_mention(place: Village) -> None:
    alice = place.person("Alice")
    mona = place.moderator("Mona")
    await asks(alice, "#ConseilCPF @everyone <!channel> **gras** [clic](https://mal.example)")
    await place.passes(minutes=30)
    (told,) = seen(mona, "attend toujours une réponse")
    assert "@everyone <!channel> **gras** [clic](https://mal.example)" in told.text
    assert all(not m.mentions for m in place.adapters[alice.town.platform].messages)
