"""What people do reaches the core, the same on every platform."""

import pytest

from core.chat.events import (
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from tests.contract.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
capability = pytest.mark.capability


@capability("message_posted")
async def test_a_message_arrives_as_it_was_written(stage: Stage) -> None:
    lea = await stage.member()
    text = stage.word("Bonjour *à* tous, <b> & @everyone")
    said = await lea.says(text, channel="entraide")
    posted = await stage.hears(MessagePosted, lea)
    assert (posted.text, posted.message.id) == (text, said.id)
    assert posted.workspace == stage.adapter.workspace
    assert not posted.message.channel.private
    assert posted.reply_to is None
    assert posted.delivery_id
    age = (stage.world.now() - posted.at).total_seconds()
    assert -1 < age < 10
    other = await lea.says(stage.word("Encore"), channel="entraide")
    again = await stage.hears(MessagePosted, lea, count=2)
    assert again.message.id == other.id
    assert again.delivery_id != posted.delivery_id
    assert again.message.channel == posted.message.channel


@capability("private_message")
async def test_what_is_written_to_the_bot_is_private(stage: Stage) -> None:
    lea = await stage.member()
    text = stage.word("Rien que pour vous")
    await lea.says(text)
    posted = await stage.hears(MessagePosted, lea)
    assert posted.text == text
    assert posted.message.channel.private


@capability("mention_read", stands="done")
async def test_who_is_mentioned_is_known(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    await lea.says(stage.word(f"{stage.called(bob)} une idée ?"), channel="entraide")
    assert (await stage.hears(MessagePosted, lea)).mentions == (stage.account(bob),)


@capability("mention_read", stands="fallback")
async def test_who_is_mentioned_can_be_found_by_the_handle(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    await lea.says(stage.word(f"{stage.called(bob)} une idée ?"), channel="entraide")
    handle = (await stage.adapter.profile(stage.account(bob))).handle
    assert handle
    assert f"@{handle} " in (await stage.hears(MessagePosted, lea)).text


@capability("ourselves_dropped")
async def test_what_we_say_does_not_come_back(stage: Stage) -> None:
    lea = await stage.member()
    ours = stage.word("C’est nous")
    await stage.adapter.send(stage.says(ours), stage.place(), key=ours)
    await lea.says(stage.word("Ensuite"), channel="entraide")
    await stage.hears(MessagePosted, lea)
    posted = [e.text for e in stage.core.events if isinstance(e, MessagePosted)]
    assert ours not in posted


@capability("bots_dropped")
async def test_other_bots_are_not_heard(stage: Stage) -> None:
    lea = await stage.member()
    theirs = stage.word("Bip")
    await stage.another_bot_says(theirs)
    await lea.says(stage.word("Ensuite"), channel="entraide")
    await stage.hears(MessagePosted, lea)
    posted = [e.text for e in stage.core.events if isinstance(e, MessagePosted)]
    assert theirs not in posted


@capability("reply")
async def test_a_reply_names_the_message_it_answers(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    asked = await lea.says(stage.word("Comment trier ?"), channel="entraide")
    posted = await stage.hears(MessagePosted, lea)
    await bob.says(stage.word("Avec sorted"), reply_to=asked)
    reply = await stage.hears(MessagePosted, bob)
    assert reply.reply_to is not None
    assert reply.reply_to.key == posted.message.key


@capability("thread", stands="fallback")
async def test_an_answer_hangs_below_its_question(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    asked = await lea.says(stage.word("Comment grouper ?"), channel="entraide")
    posted = await stage.hears(MessagePosted, lea)
    noted = stage.word("Question notée")
    ref = await stage.adapter.send(stage.says(noted), posted.message, key=noted)
    shown = await stage.shows(bob, noted)
    assert shown.channel == asked.channel
    assert stage.hangs_below(shown, asked)
    await bob.says(stage.word("Avec groupby"), reply_to=shown)
    reply = await stage.hears(MessagePosted, bob)
    assert reply.reply_to is not None
    assert reply.reply_to.key == ref.key


@capability("thread", stands="done")
async def test_a_question_has_its_thread(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    asked = await lea.says(stage.word("Comment grouper ?"), channel="entraide")
    posted = await stage.hears(MessagePosted, lea)
    noted = stage.word("Question notée")
    ref = await stage.adapter.send(stage.says(noted), posted.message, key=noted)
    shown = await stage.shows(bob, noted)
    assert shown.thread is not None
    assert ref.channel.thread is not None
    await bob.says(stage.word("Avec groupby"), reply_to=asked)
    reply = await stage.hears(MessagePosted, bob)
    assert reply.reply_to is not None
    assert reply.reply_to.key == posted.message.key
    assert reply.message.channel.thread == ref.channel.thread
    below = stage.word("Merci")
    again = await stage.adapter.send(stage.says(below), reply.message, key=below)
    assert again.channel.thread == ref.channel.thread
    assert (await stage.shows(lea, below)).thread == shown.thread


@capability("topic")
async def test_a_place_can_be_a_topic_inside_a_channel(stage: Stage) -> None:
    lea = await stage.member()
    text = stage.word("Dans son sujet")
    ref = await stage.adapter.send(stage.says(text), stage.place(), key=text)
    assert ref.channel.thread is not None
    assert (await stage.shows(lea, text)).channel == "entraide"


@capability("message_edited")
async def test_an_edit_arrives_with_the_new_text(stage: Stage) -> None:
    lea = await stage.member()
    said = await lea.says(stage.word("Bonjour"), channel="entraide")
    posted = await stage.hears(MessagePosted, lea)
    text = stage.word("Bonsoir")
    await lea.edits(said, text)
    edited = await stage.hears(MessageEdited, lea)
    assert (edited.text, edited.message.key) == (text, posted.message.key)
    assert edited.delivery_id != posted.delivery_id


@capability("message_deleted")
async def test_a_deletion_arrives(stage: Stage) -> None:
    lea = await stage.member()
    said = await lea.says(stage.word("Oups"), channel="entraide")
    posted = await stage.hears(MessagePosted, lea)
    await lea.deletes(said)
    gone = [posted.message.key]
    await stage.until(
        lambda: [e.message.key for e in stage.core.events if isinstance(e, MessageDeleted)] == gone
    )


@capability("reactions")
async def test_reactions_come_and_go(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    said = await lea.says(stage.word("Résolu ?"), channel="entraide")
    posted = await stage.hears(MessagePosted, lea)
    await bob.reacts(said, "👍")
    added = await stage.hears(ReactionAdded, bob)
    await bob.unreacts(said, "👍")
    removed = await stage.hears(ReactionRemoved, bob)
    assert added.emoji == removed.emoji == "👍"
    assert added.message.key == removed.message.key == posted.message.key
    assert added.delivery_id != removed.delivery_id


@capability("reaction_author")
async def test_a_reaction_says_who_wrote_the_message(stage: Stage) -> None:
    lea, bob = await stage.member(), await stage.member("Bob")
    said = await lea.says(stage.word("Résolu ?"), channel="entraide")
    await bob.reacts(said, "👍")
    assert (await stage.hears(ReactionAdded, bob)).author == stage.account(lea)


@capability("reaction_tick")
async def test_a_tick_can_mark_an_answer(stage: Stage) -> None:
    lea = await stage.member()
    said = await lea.says(stage.word("Résolu ?"), channel="entraide")
    await lea.reacts(said, "✅")
    assert (await stage.hears(ReactionAdded, lea)).emoji == "✅"


@capability("member_joined")
async def test_an_arrival_says_who(stage: Stage) -> None:
    lea = await stage.member()
    joined = await stage.hears(MemberJoined, lea, where=lambda e: not e.waiting)
    assert joined.profile is not None
    assert joined.profile.name == lea.name


@capability("member_waiting")
async def test_somebody_who_asks_to_join_is_announced_before(stage: Stage) -> None:
    lea = stage.newcomer()
    await lea.joins()
    await stage.hears(MemberJoined, lea, where=lambda e: e.waiting)


@capability("member_left")
async def test_a_departure_says_who(stage: Stage) -> None:
    lea = await stage.member()
    await stage.hears(MemberJoined, lea)
    await lea.leaves()
    await stage.hears(MemberLeft, lea)


@capability("order")
async def test_what_one_person_does_stays_in_order(stage: Stage) -> None:
    lea = await stage.member()
    stage.core.on(MessagePosted, lea, None, after=0.01)
    texts = [stage.word("Suite") for _ in range(6)]
    for text in texts:
        await lea.says(text, channel="entraide")
    await stage.hears(MessagePosted, lea, count=6)
    await stage.settles()
    assert [e.text for e in stage.core.events if isinstance(e, MessagePosted)] == texts
