"""Messages as the platforms really report them, where they differ from the stage in memory."""

from bots.sandbox.memory_people import MemoryPerson
from core.chat.events import MessagePosted, ReactionAdded
from core.chat.identity import Channel, MessageRef, Platform
from core.questions import asking, conversation
from core.questions.models import Question, QuestionMessage
from core.questions.rules import QuestionState
from tests.core.questions.acting import ASKED, asks, only, state
from tests.village import Village, seen

TOWN = Platform.DISCORD, "discord-1"
HELP = Channel(*TOWN, "entraide")


async def hears(
    place: Village,
    person: MemoryPerson,
    ref: MessageRef,
    text: str = "Voilà",
    reply_to: MessageRef | None = None,
) -> None:
    await place.app.handle(
        MessagePosted(
            delivery_id=ref.key,
            at=place.clock.now(),
            workspace=person.town.workspace,
            account=person.account,
            profile=person.profile,
            message=ref,
            text=text,
            reply_to=reply_to,
        )
    )


async def reacts(place: Village, person: MemoryPerson, ref: MessageRef) -> None:
    await place.app.handle(
        ReactionAdded(
            delivery_id=f"r{ref.key}",
            at=place.clock.now(),
            workspace=person.town.workspace,
            account=person.account,
            profile=person.profile,
            message=ref,
            emoji="✅",
        )
    )


async def test_a_word_in_the_thread_counts_whatever_it_answers(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    asked = await asks(alice)
    thread = Channel(*TOWN, "entraide", asked.id)
    await hears(place, bob, MessageRef(thread, "900"), reply_to=MessageRef(thread, "899"))
    assert await state() is QuestionState.ANSWERED
    await reacts(place, alice, MessageRef(thread, "898"))
    assert await state() is QuestionState.SOLVED


async def test_a_thread_reported_as_a_channel_of_its_own_counts_too(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    asked = await asks(alice)
    await hears(place, bob, MessageRef(Channel(*TOWN, asked.id), "900"))
    assert await state() is QuestionState.ANSWERED


async def test_a_topic_of_many_conversations_is_not_one_thread(place: Village) -> None:
    alice, bob = place.person("Alice", "telegram"), place.person("Bob", "telegram")
    topic = Channel(Platform.TELEGRAM, "telegram-1", "-100", "77")
    await hears(place, alice, MessageRef(topic, "901"), ASKED)
    await place.app.settle()
    await hears(place, bob, MessageRef(topic, "902"))
    assert await state() is QuestionState.OPEN
    await hears(place, bob, MessageRef(topic, "903"), reply_to=MessageRef(topic, "901"))
    assert await state() is QuestionState.ANSWERED
    (ack,) = seen(alice, "C’est noté, je suis")
    assert ack.thread == "77"


async def test_the_first_message_of_a_forum_post_is_a_question(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    post = Channel(*TOWN, "forum", "910")
    itself = MessageRef(Channel(*TOWN, "forum"), "910")
    await hears(place, alice, MessageRef(post, "910"), ASKED, reply_to=itself)
    await hears(place, bob, MessageRef(post, "911"), reply_to=itself)
    assert await state() is QuestionState.ANSWERED


async def test_below_something_else_questions_follow_one_another(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    tip = await bob.says("L’astuce de la semaine", channel="entraide")
    first = await alice.says(ASKED, channel="entraide", reply_to=tip)
    await bob.says("#ConseilCPF c’est par ici", channel="entraide", reply_to=tip)
    assert await state() is QuestionState.ANSWERED
    await alice.reacts(first, "✅")
    await bob.says("#ConseilCPF Et pour moi ?", channel="entraide", reply_to=tip)
    assert await Question.all().count() == 2
    newest = await Question.all().order_by("-id").first()
    assert newest
    await alice.says("Pareil", channel="entraide", reply_to=tip)
    await newest.refresh_from_db()
    assert newest.state is QuestionState.ANSWERED


async def test_our_thread_is_learnt_from_where_our_words_came_to_stand(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await asks(alice)
    question = await only()
    scene = place.app.scene()
    elsewhere = MessageRef(Channel(*TOWN, "entraide", "950"), "951")
    await asking.acknowledged(scene, str(question.id), elsewhere)
    assert (await only()).thread == "950"
    await hears(place, bob, MessageRef(Channel(*TOWN, "entraide", "950"), "952"))
    assert await state() is QuestionState.ANSWERED


async def test_where_no_thread_can_be_made_replies_are_enough(place: Village) -> None:
    alice = place.person("Alice")
    asked = await asks(alice)
    question = await only()
    await asking.acknowledged(place.app.scene(), str(question.id), MessageRef(HELP, "960"))
    assert (await only()).thread == asked.id


async def test_words_delivered_for_a_question_that_is_gone_change_nothing(place: Village) -> None:
    scene = place.app.scene()
    ref = MessageRef(HELP, "970")
    for late in (asking.posted, asking.acknowledged, asking.said):
        await late(scene, "404", ref)
    assert not await QuestionMessage.exists()


async def test_one_message_opens_one_question_even_when_told_twice_at_once(
    place: Village,
) -> None:
    alice = place.person("Alice")
    asked = await asks(alice)
    scene = place.app.scene()
    who = await place.app.directory.recognise(scene, alice.account, alice.profile)
    again = await asking.ask(scene, who, MessageRef(HELP, asked.id), scene.now, ASKED)
    assert again is None
    assert await Question.all().count() == 1


async def test_a_solved_question_whose_words_are_erased_keeps_none_and_stays_closed(
    place: Village,
) -> None:
    alice = place.person("Alice")
    asked = await asks(alice)
    await alice.reacts(asked, "✅")
    await alice.deletes(asked)
    question = await only()
    assert (question.state, question.title) == (QuestionState.WITHDRAWN, "")
    await alice.presses("Rouvrir")
    assert seen(alice, "déjà close")
    assert conversation.origin_of(question) == MessageRef(HELP, asked.id)
