from collections.abc import Sequence
from datetime import timedelta

import pytest

from core.chat.actions import Action, Choice
from core.chat.events import CommandInvoked
from rituals.models import Tip, Turn, TurnState
from tests.rituals import (
    LUNDI_ASTUCE,
    MONDAY,
    NEXT_MONDAY,
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

COMMANDS = ("aperçu", "maintenant", "passer", "pause", "reprendre", "liste")


@pytest.mark.parametrize("command", COMMANDS)
async def test_members_may_not_direct_the_programme(place: Village, command: str) -> None:
    bob = await enters(place, "Bob")
    await bob.runs(f"/rituel {command}")
    assert "réservée à l’équipe" in latest(bob).text


async def test_the_preview_follows_the_turn_and_is_what_is_published(place: Village) -> None:
    alice, bob, _ = await trio(place)
    mona = place.admin("Mona")
    await mona.runs("/rituel aperçu")
    assert "prochaine date, lundi 23 novembre, 09:00" in latest(mona).text
    assert "file est Alice (sollicitation : jeudi 19 novembre, 10:00)" in latest(mona).text
    assert "l’appel à tous qui sera publié" in latest(mona).text
    await reaches(place, THURSDAY)
    await mona.runs("/rituel aperçu")
    assert "Le tour est à Alice, sans réponse" in latest(mona).text
    await bob.runs("/astuce")
    await bob.fills({"tip": "Une astuce de réserve, au cas où."})
    await mona.runs("/rituel aperçu")
    assert "tiré de la réserve" in latest(mona).text
    await gives(alice)
    await mona.runs("/rituel aperçu")
    shown = latest(mona).text
    assert "Le tour est à Alice, dont l’astuce est prête" in shown
    assert not latest(mona).buttons
    assert [m.mentions for m in mona.town.messages][-1] == ()
    await reaches(place, MONDAY)
    assert shown.endswith(public(mona, TIP)[-1].text)


async def test_the_preview_says_when_somebody_promised_or_nobody_is_left(place: Village) -> None:
    alice, bob, chloe = await trio(place)
    mona = place.admin("Mona")
    await reaches(place, THURSDAY)
    await alice.presses("Échanger")
    await bob.presses("Je prends ce tour")
    await mona.runs("/rituel aperçu")
    assert "Bob, qui a dit oui et n’a pas encore donné" in latest(mona).text
    await bob.presses("Passer cette fois")
    # Her notice waits: she was asked to take a turn over the same day.
    mine = await Turn.get(member__name="Chloé")
    await chloe.does(Action("rituals.pass", str(mine.id)))
    await mona.runs("/rituel aperçu")
    assert "plus personne à solliciter" in latest(mona).text


async def test_publishing_now_is_confirmed_and_happens_once(place: Village) -> None:
    alice, bob, _ = await trio(place)
    mona, max_ = place.admin("Mona"), place.admin("Max")
    await reaches(place, THURSDAY)
    await gives(alice)
    await mona.runs("/rituel maintenant")
    await max_.runs("/rituel maintenant")
    assert "tout de suite, sur toutes les plateformes" in latest(mona).text
    assert not public(bob, TIP)
    await mona.presses("Publier maintenant", on=seen(mona, "tout de suite")[-1])
    assert "Prochaine date : lundi 30 novembre, 09:00" in seen(mona, "C’est publié")[0].text
    await max_.presses("Publier maintenant")
    assert seen(max_, "rien n’est parti une seconde fois")
    await reaches(place, MONDAY)
    assert len(public(bob, TIP)) == 1
    await bob.does(Action("rituals.now", "1"))
    assert "réservée à l’équipe" in latest(bob).text
    for argument in ("abc", "999"):
        await mona.does(Action("rituals.now", argument))
        assert "ne mène plus nulle part" in latest(mona).text


async def test_an_open_call_now_ends_the_date(place: Village) -> None:
    alice, _, _ = await trio(place)
    mona = place.admin("Mona")
    await reaches(place, THURSDAY)
    await mona.runs("/rituel maintenant")
    await mona.presses("Publier maintenant")
    assert public(alice, "la place est libre aujourd’hui")
    assert (await Turn.get()).state is TurnState.EXPIRED
    await reaches(place, MONDAY)
    assert len(public(alice, "la place est libre")) == 1


async def test_skipping_a_date_keeps_the_tip_for_the_next(place: Village) -> None:
    alice, bob, _ = await trio(place)
    mona = place.admin("Mona")
    await reaches(place, THURSDAY)
    await gives(alice)
    await mona.runs("/rituel passer")
    assert "La date du lundi 23 novembre est sautée" in latest(mona).text
    assert "Prochaine date : lundi 30 novembre, 09:00" in latest(mona).text
    assert private(alice, "elle attend le suivant, le lundi 30 novembre")
    await reaches(place, MONDAY)
    assert not public(bob, "LundiAstuce")
    await reaches(place, NEXT_MONDAY)
    assert public(bob, TIP)
    assert not private(bob, "LundiAstuce")


async def test_a_skipped_date_can_be_restored_and_somebody_is_asked(place: Village) -> None:
    alice, bob, _ = await trio(place)
    mona = place.admin("Mona")
    await mona.runs("/rituel passer")
    await mona.presses("Rétablir cette date")
    assert "La date est rétablie : lundi 23 novembre, 09:00" in latest(mona).text
    await reaches(place, THURSDAY)
    assert private(alice, "C’est votre tour")
    await mona.runs("/rituel passer")
    assert private(alice, "vous n’avez rien à préparer")
    await mona.presses("Rétablir cette date")
    assert private(bob, "C’est votre tour")
    await mona.runs("/rituel passer")
    await reaches(place, MONDAY)
    await mona.presses("Rétablir cette date")
    assert seen(mona, "est passé ou annulé")


async def test_a_tip_whose_next_date_is_taken_goes_to_the_reserve(place: Village) -> None:
    alice, bob, _ = await trio(place)
    mona = place.admin("Mona")
    await reaches(place, THURSDAY)
    await gives(alice)
    await mona.runs("/rituel passer")
    restore = latest(mona)
    await mona.presses("Rétablir cette date", on=restore)
    await gives(bob, "L’astuce de Bob, pour cette date-ci.")
    await mona.runs("/rituel passer")
    assert (await Tip.get(member__name="Bob")).occurrence_id is None
    assert (await Tip.get(member__name="Alice")).occurrence_id is not None


async def test_a_pause_asks_nobody_and_publishes_nothing_until_resumed(place: Village) -> None:
    alice, bob, _ = await trio(place)
    mona = place.admin("Mona")
    await mona.runs("/rituel pause")
    assert "en pause dès maintenant" in latest(mona).text
    await mona.runs("/rituel pause")
    assert "déjà en pause" in latest(mona).text
    await mona.runs("/rituel aperçu")
    assert "En pause" in latest(mona).text
    await mona.runs("/rituel liste")
    assert "en pause ; s’il reprend, prochaine date, lundi 23 novembre" in latest(mona).text
    await reaches(place, MONDAY)
    assert not [m for m in (*alice.sees(), *bob.sees()) if "LundiAstuce" in m.text]
    await reaches(place, THURSDAY + timedelta(days=7, hours=3))
    await mona.runs("/rituel reprendre")
    assert "reprend. Prochaine date : lundi 30 novembre, 09:00" in latest(mona).text
    assert private(alice, "C’est votre tour")
    await mona.runs("/rituel reprendre")
    assert "n’était pas en pause" in latest(mona).text
    assert len(private(alice, "C’est votre tour")) == 1
    await mona.runs("/rituel liste")
    assert "chaque lundi, 09:00 ; prochaine date, lundi 30 novembre" in latest(mona).text


async def test_while_paused_a_pass_asks_nobody_else_and_a_restored_date_neither(
    place: Village,
) -> None:
    alice, bob, _ = await trio(place)
    mona = place.admin("Mona")
    await reaches(place, THURSDAY)
    await mona.runs("/rituel pause")
    await alice.presses("Passer cette fois")
    assert not private(bob, "LundiAstuce")
    await mona.runs("/rituel passer")
    await mona.presses("Rétablir cette date")
    assert not private(bob, "LundiAstuce")


@pytest.mark.parametrize("place", [(LUNDI_ASTUCE, FRIDAY)], indirect=True)
async def test_a_ritual_is_named_and_suggested_while_typing(place: Village) -> None:
    mona = place.admin("Mona")
    await mona.runs("/rituel aperçu bilan")
    assert "Le Bilan : prochaine date, vendredi 20 novembre" in latest(mona).text
    await mona.runs("/rituel pause café")
    assert "Au programme : lundi-astuce, bilan" in latest(mona).text
    await mona.runs("/rituel liste")
    assert "Lundi Astuce" in latest(mona).text
    assert "Le Bilan" in latest(mona).text

    async def suggested(typed: str) -> Sequence[Choice]:
        event = CommandInvoked(
            delivery_id=f"typing {typed}",
            at=place.clock.now(),
            workspace=mona.town.workspace,
            account=mona.account,
            channel=mona.private,
            path="rituel aperçu",
        )
        return await mona.town.menu.complete(event, "rituel", typed)

    assert await suggested("BIL") == [Choice("bilan", "Le Bilan")]
    assert len(await suggested("")) == 2
    assert await suggested("x") == []


async def test_everything_reads_in_english_for_who_speaks_it(place: Village) -> None:
    mona = place.admin("Mona", "slack")
    mona.locale = "en"
    eve = await enters(place, "Eve", "discord", locale="en")
    await reaches(place, THURSDAY)
    assert private(eve, "It is your turn for #LundiAstuce, if you like: Monday 23 November, 09:00")
    await eve.presses("Gladly")
    await eve.fills({"tip": "Ctrl+Shift+V pastes without formatting."})
    assert private(eve, "Your tip will be published")
    await mona.runs("/ritual preview")
    assert "This is exactly what will be published" in latest(mona).text
    await reaches(place, MONDAY)
    assert public(eve, "Lundi Astuce, par Eve")


async def test_dates_made_long_ahead_are_made_once(place: Village) -> None:
    await starts(place)
    mona = place.admin("Mona")
    for _ in range(4):
        await mona.runs("/rituel passer")
    assert "Prochaine date : lundi 21 décembre" in latest(mona).text
    await reaches(place, place.clock.now() + timedelta(days=20))
    assert not public(mona, "LundiAstuce")
