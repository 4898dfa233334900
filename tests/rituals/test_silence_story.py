from datetime import time, timedelta

import pytest

from core.chat.actions import Action
from core.chat.identity import Channel, MessageRef, Platform
from core.engagement import service as engagement
from core.engagement.rules import Kind
from core.members.models import Member
from rituals import dates, participation, runner
from rituals.models import Occurrence, OccurrenceState, RitualPost, Tip
from rituals.rules import RitualsSettings
from tests.rituals import (
    LUNDI_ASTUCE,
    MONDAY,
    NEXT_MONDAY,
    SATURDAY,
    THURSDAY,
    TIP,
    enters,
    gives,
    private,
    public,
    reaches,
    trio,
)
from tests.rituals.conftest import FRIDAY, starts
from tests.village import Village, latest, seen

DATE = ("lundi-astuce", "2026-11-23")


async def test_with_no_answer_all_are_called_on_every_platform(place: Village) -> None:
    people = await trio(place)
    await reaches(place, MONDAY - timedelta(minutes=30))
    assert not public(people[0], "la place est libre")
    await reaches(place, MONDAY)
    for person in people:
        (call,) = public(person, "la place est libre aujourd’hui")
        assert "#LundiAstuce" in call.text
        assert call.buttons == ("Proposer une astuce",)


async def test_tips_with_the_hashtag_and_replies_that_day_take_part(place: Village) -> None:
    alice, bob, chloe = await trio(place)
    await alice.says("#LundiAstuce trop tôt", channel="rituels")
    await reaches(place, MONDAY)
    tip = await alice.says("Ma touche préférée, #lundiastuce !", channel="entraide")
    await bob.says("Moi, Ctrl+K", channel="rituels", reply_to=public(bob, "la place est libre")[0])
    await chloe.says("Bonjour", channel="rituels")
    dan = await enters(place, "Dan")
    await dan.reacts(tip, "👍")
    community = place.app.community
    found = await engagement.participation_in(community, *DATE)
    assert {p.value: n for p, n in found.by.items()} == {"discord": 2, "slack": 1}
    await alice.deletes(tip)
    assert (await engagement.participation_in(community, *DATE)).people == 1
    await reaches(place, place.clock.now() + timedelta(days=1))
    await chloe.says("#LundiAstuce trop tard", channel="rituels")
    assert (await engagement.participation_in(community, *DATE)).people == 1


@pytest.mark.parametrize("platform", ["discord", "telegram"])
async def test_a_tip_written_from_the_call_is_published_at_once(
    place: Village, platform: str
) -> None:
    await trio(place)
    dan = await enters(place, "Dan", platform)
    await reaches(place, MONDAY)
    for text in (TIP, "Une deuxième astuce, pour plus tard."):
        await dan.presses("Proposer une astuce")
        await dan.fills({"tip": text} if dan.form else {"L’astuce": text})
    assert public(dan, "Lundi Astuce, par Dan")
    assert private(dan, "est publiée dès maintenant")
    assert private(dan, "en réserve")
    assert public(dan, "la place est libre")[0].buttons == ("Proposer une astuce",)
    member = await Member.get(name="Dan")
    figures = await engagement.figures(place.app.community, member.id)
    assert figures.of(Kind.RITUAL) == 1
    await reaches(place, NEXT_MONDAY)
    assert public(dan, "pour plus tard")


async def test_the_reserve_comes_before_the_call_oldest_first(place: Village) -> None:
    alice, bob, _ = await trio(place)
    for person, text in ((bob, "Première astuce en réserve."), (alice, "Deuxième en réserve, là.")):
        await person.runs("/astuce")
        await person.fills({"tip": text})
        assert "au plus tôt lundi 23 novembre" in latest(person).text
    await bob.presses("Corriger")
    await bob.fills({"tip": "Première astuce, corrigée."})
    await reaches(place, MONDAY)
    assert public(alice, "Première astuce, corrigée.")
    assert not public(alice, "Deuxième")
    await reaches(place, NEXT_MONDAY)
    assert public(bob, "Deuxième en réserve")
    assert not public(bob, "la place est libre")


async def test_a_tip_of_the_reserve_can_be_withdrawn(place: Village) -> None:
    alice = await enters(place, "Alice")
    await alice.runs("/astuce")
    await alice.fills({"tip": TIP})
    await alice.presses("Retirer mon astuce")
    assert not await Tip.exists()


@pytest.mark.parametrize("argument", ["t999", "tx", "999", "nothing"])
async def test_words_sent_from_an_unknown_form_are_kept(place: Village, argument: str) -> None:
    alice = await enters(place, "Alice")
    await alice.runs("/astuce")
    assert alice._open is not None
    alice._open = (alice._open[0], argument, None)
    await alice.fills({"tip": TIP})
    assert private(alice, "en réserve")
    assert await Tip.exists(text=TIP)


async def test_too_late_is_skipped_and_says_so(place: Village) -> None:
    alice, bob, _ = await trio(place)
    mona = place.admin("Mona")
    await mona.runs("/rituel liste")
    await reaches(place, THURSDAY)
    await gives(alice)
    place.clock.move_to(MONDAY + timedelta(hours=7))
    await place.app.settle()
    await place.passes(minutes=2)
    assert not public(bob, TIP)
    assert "« Lundi Astuce » du lundi 23 novembre" in seen(mona, "n’a pas eu lieu")[0].text
    assert private(alice, "elle attend le suivant, le lundi 30 novembre")
    await reaches(place, NEXT_MONDAY)
    assert public(bob, TIP)


async def test_an_hour_late_is_not_too_late(place: Village) -> None:
    alice, bob, _ = await trio(place)
    await reaches(place, THURSDAY)
    await gives(alice)
    place.clock.move_to(MONDAY + timedelta(hours=1))
    await place.app.settle()
    assert public(bob, TIP)


async def test_started_after_thursday_somebody_is_asked_at_once_and_not_given_up(
    place: Village,
) -> None:
    alice, bob, _ = await trio(place)
    place.clock.move_to(SATURDAY + timedelta(hours=2))
    await starts(place)
    await place.app.settle()
    assert private(alice, "La place est libre pour")
    assert not private(bob, "LundiAstuce")


async def test_with_nobody_there_all_are_called(place: Village) -> None:
    await reaches(place, MONDAY)
    row = await Occurrence.get(date=MONDAY.date())
    assert row.state is OccurrenceState.OPEN
    assert await RitualPost.filter(occurrence=row).count() == 3


async def test_what_was_already_published_is_corrected_nowhere(place: Village) -> None:
    alice = await enters(place, "Alice")
    await reaches(place, THURSDAY)
    await gives(alice)
    await reaches(place, MONDAY)
    await alice.does(Action("rituals.withdraw", "x"))
    assert "ne mène plus nulle part" in latest(alice).text
    await alice.says("Au fait, #LundiAstuce", channel="entraide")
    assert (await engagement.participation_in(place.app.community, *DATE)).people == 1


async def test_an_hour_moved_in_the_programme_holds_after_a_restart(place: Village) -> None:
    alice = await enters(place, "Alice")
    later = RitualsSettings(programme=(LUNDI_ASTUCE.model_copy(update={"at": time(11)}),))
    place.app.settings = {**place.app.settings, RitualsSettings: later}
    await starts(place)
    await reaches(place, MONDAY + timedelta(hours=1))
    assert len(public(alice, "la place est libre")) == 1  # on the 16th, which was still to come
    await reaches(place, MONDAY + timedelta(hours=2))
    assert len(public(alice, "la place est libre")) == 2


async def test_a_ritual_taken_out_of_the_programme_is_silent(place: Village) -> None:
    alice = await enters(place, "Alice")
    await reaches(place, THURSDAY)
    without = RitualsSettings(programme=(FRIDAY,))
    place.app.settings = {**place.app.settings, RitualsSettings: without}
    await alice.presses("Passer cette fois")
    assert "ne mène plus nulle part" in latest(alice).text
    await reaches(place, MONDAY)
    assert not public(alice, "Lundi Astuce")


@pytest.mark.parametrize("place", [()], indirect=True)
async def test_without_a_programme_a_tip_has_nowhere_to_go_and_is_told_so(place: Village) -> None:
    alice = await enters(place, "Alice")
    await alice.runs("/astuce")
    await alice.fills({"tip": TIP})
    assert "Je ne connais pas de rituel" in latest(alice).text


async def test_somebody_who_left_is_still_credited(place: Village) -> None:
    alice, bob, _ = await trio(place)
    await alice.runs("/astuce")
    await alice.fills({"tip": TIP})
    await alice.leaves()
    await reaches(place, MONDAY)
    assert public(bob, "Lundi Astuce, par Alice")
    assert (await engagement.participation_in(place.app.community, *DATE)).people == 0


async def test_a_date_is_let_go_once_and_what_belongs_to_none_is_ignored(place: Village) -> None:
    scene = place.app.scene()
    found = await dates.coming(scene, LUNDI_ASTUCE)
    assert await runner.skip(scene, found) is not None
    assert await runner.skip(scene, found) is None
    channel = Channel(Platform.SLACK, "slack-1", "rituels")
    await participation.stands(scene, 999, MessageRef(channel, "1"))
    assert not await RitualPost.exists()


async def test_with_one_platform_fewer_nobody_is_told_there(place: Village) -> None:
    alice, bob, chloe = await trio(place)
    await reaches(place, THURSDAY)
    await alice.presses("Échanger")
    await bob.presses("Je prends ce tour")
    adapter = place.app.adapters.pop(bob.town.platform)
    await reaches(place, SATURDAY)
    await reaches(place, MONDAY)
    place.app.adapters[bob.town.platform] = adapter
    assert not private(bob, "Il ne manque que votre astuce :")
    assert public(chloe, "la place est libre")
    assert not public(bob, "la place est libre")
