from datetime import timedelta

import pytest

from core.chat.actions import Action
from core.engagement import service as engagement
from core.members.models import Member
from rituals.models import Tip, Turn, TurnState
from tests.rituals import (
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
from tests.rituals.conftest import starts
from tests.village import Village, latest


async def holder(name: str) -> Turn:
    return await Turn.get(member__name=name)


async def test_whoever_waits_longest_is_asked_on_thursday_at_ten(place: Village) -> None:
    alice, bob, chloe = await trio(place)
    await reaches(place, THURSDAY)
    (notice,) = private(alice, "C’est votre tour pour #LundiAstuce")
    assert "lundi 23 novembre, 09:00" in notice.text
    assert "samedi 21 novembre, 10:00" in notice.text
    assert notice.buttons == (
        "Avec plaisir",
        "Échanger",
        "Passer cette fois",
        "Ne plus me proposer",
        "Pourquoi moi ?",
        "Plus tard",
    )
    assert not private(bob, "LundiAstuce")
    assert not private(chloe, "LundiAstuce")


async def test_a_tip_is_published_everywhere_credited_and_added_up(place: Village) -> None:
    alice, bob, chloe = await trio(place)
    await reaches(place, THURSDAY)
    await gives(alice, link="exemple.fr/raccourcis")
    thanks = latest(alice)
    assert "sera publiée lundi 23 novembre, 09:00" in thanks.text
    assert TIP in thanks.text
    await reaches(place, MONDAY)
    for person in (alice, bob, chloe):
        (tip,) = public(person, "Lundi Astuce, par Alice #LundiAstuce")
        assert TIP in tip.text
        assert "https://exemple.fr/raccourcis" in tip.text
        assert "Réagissez ou répondez ici" in tip.text
    assert [m.mentions for m in alice.town.messages if TIP in m.text][-1] == (alice.account,)
    assert [m.mentions for m in bob.town.messages if TIP in m.text] == [()]
    await bob.reacts(public(bob, TIP)[0], "👍")
    await bob.reacts(public(bob, TIP)[0], "🎉")
    said = await chloe.says("Moi aussi !", channel="rituels", reply_to=public(chloe, TIP)[0])
    await place.person("Dan", "telegram").says("Ici aussi", channel="rituels", reply_to=said)
    date = (place.app.community, "lundi-astuce", "2026-11-23")
    found = await engagement.participation_in(*date)
    assert {p.value: n for p, n in found.by.items()} == {"discord": 1, "slack": 1, "telegram": 2}
    await bob.unreacts(public(bob, TIP)[0], "👍")
    assert (await engagement.participation_in(*date)).people == 4
    await bob.unreacts(public(bob, TIP)[0], "🎉")
    await chloe.deletes(said)
    assert (await engagement.participation_in(*date)).people == 2


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_the_form_says_what_is_wrong_and_can_be_corrected_until_monday(
    place: Village, platform: str
) -> None:
    alice = await enters(place, "Alice", platform)
    await reaches(place, THURSDAY)
    await alice.presses("Avec plaisir")
    if alice.form:
        await alice.fills({"tip": "court", "link": "pas un lien"})
        assert "il en faut au moins 20" in str(alice.errors)
        await alice.fills({"tip": TIP, "link": "pas un lien"})
        assert "pas l’air complet" in str(alice.errors)
        await alice.fills({"tip": TIP, "link": "exemple.fr/coller"})
    else:
        await alice.fills({"L’astuce": TIP})
    await alice.presses("Corriger")
    new = "Ctrl+K ouvre la recherche partout, essayez."
    await alice.fills({"tip": new} if alice.form else {"L’astuce": new})
    await reaches(place, MONDAY)
    assert public(alice, new)
    assert not public(alice, TIP)
    assert await Tip.all().count() == 1
    await alice.presses("Corriger")
    await alice.fills({"tip": TIP} if alice.form else {"L’astuce": TIP})
    assert "déjà publiée" in latest(alice).text
    assert TIP in latest(alice).text


async def test_a_form_left_open_until_after_monday_says_so_and_gives_the_words_back(
    place: Village,
) -> None:
    chloe = await enters(place, "Chloé", "telegram")
    await reaches(place, THURSDAY)
    await gives(chloe)
    await reaches(place, MONDAY)
    await chloe.presses("Avec plaisir")
    await chloe.fills({"L’astuce": "Une précision, un peu tard."})
    assert "déjà publiée" in latest(chloe).text
    assert "Une précision, un peu tard." in latest(chloe).text


async def test_hostile_words_are_inert(place: Village) -> None:
    alice = await enters(place, "Alice")
    await reaches(place, THURSDAY)
    hostile = "@everyone <!channel> <b>**gras**</b> [x](https://mal.example) \u202eetort"
    await gives(alice, hostile)
    await reaches(place, MONDAY)
    shown = public(alice, "@everyone")[0]
    assert "<!channel> <b>**gras**</b> [x](https://mal.example) etort" in shown.text
    assert [m.mentions for m in alice.town.messages][-1] == (alice.account,)


async def test_passing_asks_the_next_at_once_and_keeps_the_place(place: Village) -> None:
    alice, bob, chloe = await trio(place)
    await reaches(place, THURSDAY)
    await alice.presses("Passer cette fois")
    assert "Vous gardez votre place" in latest(alice).text
    assert private(bob, "C’est votre tour")
    await gives(bob)
    await reaches(place, THURSDAY.replace(day=26))
    assert private(alice, "C’est votre tour")
    assert not private(chloe, "C’est votre tour")


async def test_whoever_served_goes_behind_and_a_newcomer_behind_those_who_wait(
    place: Village,
) -> None:
    alice, bob, _ = await trio(place)
    await reaches(place, THURSDAY)
    dora = await enters(place, "Dora")
    await gives(alice)
    await reaches(place, THURSDAY.replace(day=26))
    assert private(bob, "C’est votre tour")
    assert not private(dora, "C’est votre tour")


async def test_no_answer_by_saturday_and_a_substitute_is_asked(place: Village) -> None:
    alice, bob, chloe = await trio(place)
    await reaches(place, SATURDAY)
    assert private(alice, "j’ai demandé à quelqu’un d’autre")
    assert private(bob, "La place est libre pour #LundiAstuce")
    await gives(bob)
    await reaches(place, THURSDAY.replace(day=26))
    assert private(chloe, "C’est votre tour")  # no answer: behind Chloé now


async def test_a_late_tip_is_kept_and_used_when_nobody_gave_one(place: Village) -> None:
    alice, bob, _ = await trio(place)
    await reaches(place, THURSDAY)
    await alice.presses("Avec plaisir")
    await reaches(place, SATURDAY)
    await alice.fills({"tip": TIP})
    assert private(alice, "rien n’est perdu")
    await reaches(place, MONDAY)
    assert public(bob, TIP)


async def test_whoever_passed_may_take_it_back_while_nobody_has_it(place: Village) -> None:
    alice = await enters(place, "Alice")
    await reaches(place, THURSDAY)
    await alice.presses("Avec plaisir")
    await alice.presses("Passer cette fois")
    await alice.fills({"tip": TIP})
    assert "sera publiée lundi 23 novembre" in latest(alice).text


async def test_swap_goes_to_the_first_who_accepts(place: Village) -> None:
    alice, bob, chloe = await trio(place)
    dora = await enters(place, "Dora", "slack")
    await reaches(place, THURSDAY)
    await alice.presses("Échanger")
    assert "aux 2 personnes suivantes" in latest(alice).text
    assert not private(dora, "LundiAstuce")
    await alice.presses("Échanger")
    assert "déjà proposé" in latest(alice).text
    await chloe.presses("Je prends ce tour")
    assert "le tour est à vous" in latest(chloe).text
    assert "Chloé prend votre tour" in latest(alice).text
    await bob.presses("Je prends ce tour")
    assert "n’est plus à prendre" in latest(bob).text
    await bob.presses("Non merci")
    await bob.does(Action("rituals.refuse", str((await holder("Bob")).id)))
    assert "déjà réglé" in latest(bob).text
    await reaches(place, SATURDAY)
    assert private(chloe, "Il ne manque que votre astuce")
    await chloe.presses("Écrire mon astuce")
    await chloe.fills({"L’astuce": TIP})
    await reaches(place, MONDAY)
    assert public(alice, "Lundi Astuce, par Chloé")
    await reaches(place, THURSDAY.replace(day=26))
    assert private(alice, "C’est votre tour")


async def test_a_swap_nobody_takes_leaves_the_turn_where_it_is(place: Village) -> None:
    alice, bob, chloe = await trio(place)
    await reaches(place, THURSDAY)
    await alice.presses("Échanger")
    await bob.presses("Non merci")
    await gives(alice)
    await chloe.presses("Je prends ce tour")
    assert "n’est plus à prendre" in latest(chloe).text
    await reaches(place, SATURDAY)
    assert not private(alice, "Il ne manque que")
    await reaches(place, MONDAY)
    assert public(chloe, "Lundi Astuce, par Alice")


async def test_somebody_alone_has_nobody_to_swap_with(place: Village) -> None:
    alice = await enters(place, "Alice")
    await reaches(place, THURSDAY)
    await alice.presses("Échanger")
    assert "personne d’autre" in latest(alice).text


async def test_those_who_left_or_cannot_be_written_to_are_not_asked(place: Village) -> None:
    alice, bob, chloe = await trio(place)
    await alice.leaves()
    del place.app.adapters[bob.town.platform]
    await reaches(place, THURSDAY)
    assert private(chloe, "C’est votre tour")
    await chloe.presses("Échanger")
    assert "personne d’autre" in latest(chloe).text


async def test_never_again_and_yes_again(place: Village) -> None:
    alice, bob, _ = await trio(place)
    await reaches(place, THURSDAY)
    await alice.presses("Ne plus me proposer")
    assert private(bob, "C’est votre tour")
    await gives(bob)
    await reaches(place, THURSDAY.replace(day=26))
    assert not private(alice, "C’est votre tour")
    await alice.presses("Me proposer à nouveau")
    assert private(alice, "de nouveau dans la file")
    await alice.does(Action("rituals.again", "1"))
    await alice.does(Action("rituals.again", "x"))
    assert "ne mène plus nulle part" in latest(alice).text


async def test_why_me_is_explained_with_ones_own_dates(place: Village) -> None:
    alice, bob, chloe = await trio(place)
    await reaches(place, THURSDAY)
    await alice.presses("Pourquoi moi ?")
    said = latest(alice).text
    assert "Vous attendez depuis le lundi 16 novembre, 09:00" in said
    assert "Ce serait votre première astuce" in said
    assert "place 1 sur 3" in said
    assert "SHA-256" in said
    await alice.presses("Passer cette fois")
    await bob.presses("Pourquoi moi ?")
    assert "1 personne devant vous" in latest(bob).text
    await gives(bob)
    await bob.runs("/langue fr@tu")
    await reaches(place, THURSDAY.replace(day=26))
    await alice.presses("Passer cette fois")
    await chloe.presses("Passer cette fois")
    await bob.presses("Pourquoi moi ?")
    assert "Ta dernière astuce date du lundi 23 novembre" in latest(bob).text
    assert "2 personnes devant toi" in latest(bob).text


async def test_ties_are_said(place: Village) -> None:
    for name in ("Alice", "Bob"):
        person = place.person(name)
        await person.runs("/charte lire")
        await person.presses("J’accepte la charte")
    await reaches(place, THURSDAY)
    turn = await Turn.get().select_related("member")
    person = place.person(turn.member.name)
    await person.presses("Pourquoi moi ?")
    assert "1 autre personne attend depuis le même moment" in latest(person).text


async def test_why_for_somebody_no_longer_in_line(place: Village) -> None:
    alice = await enters(place, "Alice")
    await reaches(place, THURSDAY)
    turn = str((await holder("Alice")).id)
    await alice.presses("Ne plus me proposer")
    await alice.does(Action("rituals.why", turn))
    assert "plus dans la file" in latest(alice).text


async def test_somebody_elses_button_double_presses_and_old_ones_answer_kindly(
    place: Village,
) -> None:
    alice, bob, _ = await trio(place)
    await reaches(place, THURSDAY)
    turn = str((await holder("Alice")).id)
    for name in ("pass", "never", "swap", "why", "take", "refuse"):
        await bob.does(Action(f"rituals.{name}", turn))
        assert "proposé à quelqu’un d’autre" in latest(bob).text
        await bob.does(Action(f"rituals.{name}", "999"))
        assert "ne mène plus nulle part" in latest(bob).text
        await bob.does(Action(f"rituals.{name}", "abc"))
        assert "ne mène plus nulle part" in latest(bob).text
    await alice.does(Action("rituals.take", turn))
    assert "déjà réglé" in latest(alice).text
    await alice.does(Action("rituals.pass", turn))
    for name in ("pass", "swap", "take"):
        await alice.does(Action(f"rituals.{name}", turn))
        assert "déjà réglé" in latest(alice).text
    assert len(private(bob, "C’est votre tour")) == 1
    await reaches(place, MONDAY)
    await alice.does(Action("rituals.pass", turn))
    assert "est passé ou annulé" in latest(alice).text


async def test_a_ready_tip_is_not_passed_or_swapped_but_withdrawn(place: Village) -> None:
    alice, bob, _ = await trio(place)
    await reaches(place, THURSDAY)
    turn = await holder("Alice")
    await gives(alice)
    for name in ("pass", "swap"):
        await alice.does(Action(f"rituals.{name}", str(turn.id)))
        assert "Votre astuce pour le lundi 23 novembre est prête" in latest(alice).text
    await alice.does(Action("rituals.never", str(turn.id)))
    assert (await holder("Alice")).state is TurnState.ACCEPTED
    tip = str((await Tip.get()).id)
    await bob.does(Action("rituals.withdraw", tip))
    assert "proposé à quelqu’un d’autre" in latest(bob).text
    await alice.presses("Retirer mon astuce")
    assert private(alice, "C’est retiré")
    assert private(bob, "C’est votre tour")
    await alice.does(Action("rituals.withdraw", tip))
    assert "ne mène plus nulle part" in latest(alice).text


async def test_a_published_tip_is_not_withdrawn(place: Village) -> None:
    alice = await enters(place, "Alice")
    await reaches(place, THURSDAY)
    await gives(alice)
    await reaches(place, MONDAY)
    await alice.presses("Retirer mon astuce")
    assert "déjà publiée" in latest(alice).text


async def test_a_second_start_and_a_second_night_change_nothing(place: Village) -> None:
    alice, bob, _ = await trio(place)
    await starts(place)
    await reaches(place, THURSDAY)
    await starts(place)
    await reaches(place, place.clock.now() + timedelta(hours=1))
    assert len(private(alice, "C’est votre tour")) == 1
    await gives(alice)
    await reaches(place, MONDAY)
    await starts(place)
    await reaches(place, place.clock.now() + timedelta(hours=1))
    assert len(public(bob, TIP)) == 1


async def test_one_linked_member_is_mentioned_on_both_platforms_and_counted_once(
    place: Village,
) -> None:
    alice, bob, _ = await trio(place)
    twin = place.person("Alice B", "slack")
    await alice.runs("/lier")
    await twin.runs(f"/lier {latest(alice).text.split(' : ')[1][:8]}")
    assert await Member.filter(absorbed_by=None).count() == 3
    await reaches(place, THURSDAY)
    asked = alice if private(alice, "C’est votre tour") else twin
    await gives(asked)
    await reaches(place, MONDAY)
    for person in (alice, twin):
        posts = [m for m in person.town.messages if m.channel.id == "rituels" and TIP in m.text]
        assert [m.mentions for m in posts] == [(person.account,)]
        await person.reacts(public(person, TIP)[0], "🎉")
    date = (place.app.community, "lundi-astuce", "2026-11-23")
    assert (await engagement.participation_in(*date)).people == 1
    await reaches(place, NEXT_MONDAY)
    assert public(bob, "la place est libre aujourd’hui")
