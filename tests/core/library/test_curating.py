import asyncio

import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.chat.actions import Action
from core.chat.events import CommandInvoked
from core.engine.database import transaction
from core.library import service
from core.library.models import Entry
from core.library.rules import EntryState
from tests.core.library.acting import ANSWER, FINANCE, acting, looks_up, proposed, solved, writes
from tests.village import Village, latest, seen


async def test_the_team_keeps_what_waits_one_after_the_other(place: Village) -> None:
    mona, bob = place.moderator("Mona"), place.person("Bob")
    await proposed(place, "Un raccourci", ANSWER)
    await proposed(place, "Un autre", ANSWER)
    await mona.runs("/bibliothèque")
    assert "2 entrées attendent" in latest(mona).text
    await mona.presses("Regarder ce qui attend")
    assert "Un raccourci" in latest(mona).text
    assert "Une autre attend" in latest(mona).text
    await mona.presses("Garder")
    assert "« Un raccourci » est dans la bibliothèque." in latest(mona).text
    assert "Un autre" in latest(mona).text
    assert "Un raccourci" in await looks_up(bob, "raccourci")
    assert "Rien dans la bibliothèque" in await looks_up(bob, "autre chose")


async def test_the_teams_home_page_tells_of_what_waits(place: Village) -> None:
    mona, bob = place.moderator("Mona", "slack"), place.person("Bob", "slack")
    assert "attend" not in await mona.opens_home()
    await proposed(place, "Un raccourci", ANSWER)
    assert "Une entrée attend le regard de l’équipe" in await mona.opens_home()
    assert "attend" not in await bob.opens_home()


async def test_a_title_is_made_better_before_it_is_kept(place: Village) -> None:
    mona, bob = place.moderator("Mona"), place.person("Bob")
    await proposed(place, "Aidez-moi svp", ANSWER, bob)
    await bob.presses("D’accord")
    await mona.runs("/bibliothèque curer")
    await mona.presses("Changer le titre")
    await mona.fills({"Le titre": "Faire payer un bilan"})
    await mona.presses("Garder")
    assert seen(bob, "« Faire payer un bilan » est dans la bibliothèque : merci !")
    assert "Faire payer un bilan" in await looks_up(bob, "payer")


async def test_what_is_set_aside_leaves_nothing_and_its_author_knows(place: Village) -> None:
    mona, bob = place.moderator("Mona"), place.person("Bob")
    await proposed(place, "Un raccourci", ANSWER, bob)
    await bob.presses("D’accord")
    await mona.runs("/bibliothèque curer")
    await mona.presses("Écarter")
    assert "« Un raccourci » est écartée" in latest(mona).text
    assert "Rien n’attend plus" in latest(mona).text
    assert seen(bob, "n’a pas retenu « Un raccourci »")
    entry = await Entry.get()
    assert (entry.title, entry.text, entry.state) == ("", "", EntryState.REFUSED)


async def test_what_is_kept_can_be_taken_out_by_the_team(place: Village) -> None:
    mona, bob = place.moderator("Mona"), place.person("Bob")
    await proposed(place, "Un raccourci", ANSWER, bob)
    await bob.presses("D’accord")
    await mona.runs("/bibliothèque curer")
    await mona.presses("Garder")
    await bob.runs("/bibliothèque raccourci")
    await bob.presses("Voir : Un raccourci")
    assert latest(bob).buttons == ()
    await looks_up(mona, "raccourci")
    await mona.presses("Voir : Un raccourci")
    await mona.presses("Retirer de la bibliothèque")
    await mona.does(Action("library.remove", "1"))
    assert "Je ne retrouve pas cette entrée" in latest(mona).text
    assert seen(bob, "L’équipe a retiré « Un raccourci »")
    assert "Rien dans la bibliothèque" in await looks_up(bob, "raccourci")


async def test_what_not_everybody_agreed_to_is_not_shown_to_the_team(place: Village) -> None:
    alice, bob, mona = place.person("Alice"), place.person("Bob"), place.moderator("Mona")
    entry = await solved(place, bob, alice)
    await writes(bob)
    await mona.runs("/bibliothèque curer")
    assert "Rien n’attend" in latest(mona).text
    await mona.does(Action("library.publish", str(entry.id)))
    assert "pas encore donné leur accord" in latest(mona).text
    assert FINANCE not in await looks_up(bob, "financer")


async def test_two_moderators_decide_once(place: Village) -> None:
    mona, max_ = place.moderator("Mona"), place.moderator("Max", "slack")
    await proposed(place, "Un raccourci", ANSWER)
    await mona.runs("/bibliothèque curer")
    await max_.runs("/bibliothèque curer")
    await mona.presses("Écarter")
    await max_.presses("Garder")
    assert "n’attend plus" in latest(max_).text
    assert "Rien dans la bibliothèque" in await looks_up(mona, "raccourci")


async def test_what_is_taken_back_while_the_team_keeps_it_is_taken_back(place: Village) -> None:
    mona, bob = place.moderator("Mona"), place.person("Bob")
    entry = await proposed(place, "Un raccourci", ANSWER, bob)
    assert entry is not None
    await bob.presses("D’accord")
    team, author = await acting(place, mona), await acting(place, bob)

    async def keeps() -> None:
        async with transaction():
            waiting = await service.waiting_one(team, str(entry.id))
            await asyncio.sleep(0.1)  # the other process is not kept waiting by us, but by a lock
            await service.publish(team, waiting)

    async def takes_back() -> None:
        await asyncio.sleep(0.01)
        async with transaction():
            await service.withdraw(await service.my_entry(author, str(entry.id)))

    await asyncio.gather(keeps(), takes_back())
    await entry.refresh_from_db()
    assert (entry.state, entry.text) == (EntryState.WITHDRAWN, "")


@pytest.mark.parametrize("name", ["curate", "publish", "refuse", "remove"])
async def test_only_the_team_decides(place: Village, name: str) -> None:
    bob = place.person("Bob")
    entry = await proposed(place, "Un raccourci", ANSWER)
    assert entry is not None
    await bob.does(Action(f"library.{name}", str(entry.id)))
    await entry.refresh_from_db()
    assert entry.state is EntryState.PROPOSED
    await bob.runs("/bibliothèque curer")
    assert "C’est l’équipe de modération" in latest(bob).text


async def test_what_can_be_typed_is_suggested_to_who_may(place: Village) -> None:
    bob, mona = place.person("Bob"), place.moderator("Mona")

    async def suggested(person: MemoryPerson, typed: str) -> list[str]:
        event = CommandInvoked(
            delivery_id="",
            at=place.clock.now(),
            workspace=person.town.workspace,
            account=person.account,
            profile=person.profile,
            channel=person.private,
            path="bibliothèque",
        )
        return [c.value for c in await place.app.complete(event, "mots", typed)]

    assert await suggested(bob, "") == ["retirer"]
    assert await suggested(mona, "") == ["retirer", "curer"]
    assert await suggested(mona, "cur") == ["curer"]
