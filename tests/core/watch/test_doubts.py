"""A message that may have arrived: shown to a moderator, settled once, never guessed."""

from datetime import timedelta

import pytest

from core.chat.actions import Action
from core.chat.adapter import Doubtful
from core.chat.identity import Channel, Destination, MessageRef, Place, Platform, Purpose
from core.chat.messages import Message, Text
from core.engine.models import OutboxMessage, State
from tests.village import Village, latest, owe, seen

TELEGRAM = Platform.TELEGRAM


async def doubtful(place: Village, *texts: str, to: Destination | None = None) -> None:
    """Owe these to Bob on Telegram, where no answer comes."""
    bob = place.person("Bob", "telegram")
    await bob.runs("/aide")
    telegram = place.adapters[TELEGRAM]
    telegram.failures = [Doubtful("no answer")] * len(texts)
    for text in texts:
        await owe(place, Message(Text(text)), to or bob.account)
    await place.app.deliver(TELEGRAM)
    await place.passes(minutes=1)


async def test_a_moderator_of_that_platform_is_shown_it_without_its_words(place: Village) -> None:
    mona, dora = place.moderator("Mona", "telegram"), place.moderator("Dora", "discord")
    await doubtful(place, "secret de Bob")
    (asked,) = seen(mona, "Un message est-il arrivé")
    assert "pour Bob, en privé" in asked.text
    assert asked.buttons == ("Renvoyer", "C’est bien arrivé")
    assert "secret" not in asked.text
    assert not seen(dora, "Un message est-il arrivé")
    await place.passes(hours=2)
    assert len(seen(mona, "Un message est-il arrivé")) == 1


async def test_sent_again_when_it_is_not_there(place: Village) -> None:
    mona, bob = place.moderator("Mona", "telegram"), place.person("Bob", "telegram")
    await doubtful(place, "coucou")
    assert not seen(bob, "coucou")
    await mona.presses("Renvoyer")
    assert len(seen(bob, "coucou")) == 1
    assert "Mona a vu que ce message n’était pas arrivé" in latest(mona).text


async def test_settled_when_it_is_there(place: Village) -> None:
    mona = place.moderator("Mona", "telegram")
    await doubtful(place, "coucou")
    await mona.presses("C’est bien arrivé")
    row = await OutboxMessage.get(lane__contains="@", cause="")
    assert (row.state, row.payload) == (State.DONE, "")
    assert "c’est réglé" in latest(mona).text


async def test_two_moderators_who_press_settle_it_once(place: Village) -> None:
    mona = place.moderator("Mona", "telegram")
    await doubtful(place, "coucou")
    row = await OutboxMessage.get(state=State.DOUBTFUL)
    await mona.does(Action("watch.resend", str(row.id)))
    await mona.does(Action("watch.arrived", str(row.id)))
    await mona.does(Action("watch.resend", str(row.id)))
    bob = place.person("Bob", "telegram")
    assert [m.text for m in bob.sees()].count("coucou") == 1
    assert seen(mona, "déjà réglé")


async def test_only_a_moderator_settles(place: Village) -> None:
    await doubtful(place, "coucou")
    row = await OutboxMessage.get(state=State.DOUBTFUL)
    eve = place.person("Eve", "telegram")
    for name in ("watch.resend", "watch.arrived"):
        await eve.does(Action(name, str(row.id)))
    await eve.runs("/envois")
    assert (await OutboxMessage.get(id=row.id)).state is State.DOUBTFUL
    assert not seen(eve, "Les envois")


async def test_a_bad_hour_is_told_once_however_many_minutes_it_doubts(place: Village) -> None:
    mona = place.moderator("Mona", "telegram")
    for minute in range(20):
        await doubtful(place, f"{minute} a", f"{minute} b")
    one_by_one = seen(mona, "Un message est-il arrivé")
    lists = seen(mona, "sont peut-être arrivés")
    assert (len(one_by_one), len(lists)) == (4, 1)
    await place.passes(hours=1)
    assert "34 messages sont peut-être arrivés" in latest(mona).text
    assert not await OutboxMessage.filter(state=State.DOUBTFUL, told_at=None).exists()


async def test_many_at_once_are_a_list_with_its_own_buttons(place: Village) -> None:
    mona, bob = place.moderator("Mona", "telegram"), place.person("Bob", "telegram")
    await doubtful(place, *(f"numéro {n}" for n in range(7)))
    assert len(seen(mona, "7 messages sont peut-être arrivés")) == 1
    await mona.presses("Afficher")
    shown = latest(mona)
    assert "7 sont peut-être arrivés" in shown.text
    assert len(shown.buttons) == 10
    first = await OutboxMessage.filter(state=State.DOUBTFUL).order_by("id").first()
    assert first is not None
    await mona.presses(f"Renvoyer n° {first.id}")
    assert seen(bob, "numéro 0")
    assert seen(mona, "6 sont peut-être arrivés")


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (Place(TELEGRAM, "telegram-1", Purpose.HELP), "dans le salon d’entraide"),
        (Channel(TELEGRAM, "telegram-1", "entraide"), "dans un salon"),
        (Channel(TELEGRAM, "telegram-1", "entraide", "7"), "sous un message"),
        (MessageRef(Channel(TELEGRAM, "telegram-1", "entraide"), "7"), "sous un message"),
    ],
)
async def test_it_is_said_where_it_belongs(place: Village, to: Destination, said: str) -> None:
    mona = place.moderator("Mona", "telegram")
    await doubtful(place, "coucou", to=to)
    assert said in seen(mona, "Un message est-il arrivé")[0].text


async def test_a_doubt_about_the_question_itself_is_no_new_question(place: Village) -> None:
    mona = place.moderator("Mona", "telegram")
    bob = place.person("Bob", "telegram")
    await bob.runs("/aide")
    place.adapters[TELEGRAM].failures = [Doubtful("no answer")] * 2
    await place.app.scene().owe_in_private(Message(Text("un")), bob.account)
    await place.app.deliver(TELEGRAM)
    await place.passes(hours=1)
    assert len(seen(mona, "Un message est-il arrivé")) == 1
    assert await OutboxMessage.filter(state=State.DOUBTFUL).count() == 1


async def test_what_came_too_late_to_be_sent_again_is_skipped(place: Village) -> None:
    mona = place.moderator("Mona", "telegram")
    await doubtful(place, "coucou")
    soon = place.clock.now() + timedelta(minutes=1)
    await OutboxMessage.filter(state=State.DOUBTFUL).update(until=soon)
    await place.passes(hours=1)
    await mona.presses("Renvoyer")
    assert not seen(place.person("Bob", "telegram"), "coucou")
