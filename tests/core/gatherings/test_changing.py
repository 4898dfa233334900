from core.chat.actions import Action
from core.chat.events import WorkspaceMoved
from core.chat.identity import Platform, Workspace
from core.engine.database import transaction
from core.gatherings import cards
from core.gatherings.models import GatheringPost
from core.gatherings.rules import State
from tests.core.gatherings.acting import CAFE, announces, card, edits, only, presses, told
from tests.village import Village, latest, seen


async def test_a_change_is_told_once_to_who_signed_up_with_what_is_different(
    place: Village,
) -> None:
    host = await announces(place)
    alice, bob, chloe = (
        place.person("Alice"),
        place.person("Bob", "slack"),
        place.person("Chloé", "telegram"),
    )
    await presses(alice, "Je viens")
    await presses(bob, "Me rappeler")
    await presses(chloe, "Je ne viens plus")
    await place.passes(minutes=1)
    await edits(host, when="vendredi 4 décembre 18h")
    assert "l’apprendront dans 5 min" in latest(host).text
    await place.passes(minutes=2)
    await edits(host, place="Salle 3", title="Café du soir")
    await place.passes(minutes=30)
    for person in (alice, bob):
        (said,) = told(person, f"{CAFE} change :")
        assert "Nouvelle date : vendredi 4 décembre de 18:00 à 19:30" in said.text
        assert "(avant : jeudi 3 décembre de 18:30 à 20:00" in said.text
        assert "Nouveau lieu : Salle 3" in said.text
        assert "Nouveau titre : Café du soir" in said.text
        assert said.buttons == ("Voir l’événement", "Je ne viens plus")
    assert not told(chloe, "change :")
    assert "Où : Salle 3" in card(alice, "Café du soir").text


async def test_a_change_taken_back_in_time_is_told_to_nobody(place: Village) -> None:
    host = await announces(place)
    alice = place.person("Alice")
    await presses(alice, "Je viens")
    await edits(host, when="vendredi 4 décembre 18h30")
    await edits(host, when="jeudi 3 décembre 18h30")
    await place.passes(hours=1)
    assert not told(alice, "change :")


async def test_who_signs_up_after_the_change_knows_it(place: Village) -> None:
    host = await announces(place)
    alice = place.person("Alice")
    await edits(host, place="Salle 3")
    await place.passes(minutes=1)
    await presses(alice, "Je viens")
    await place.passes(hours=1)
    assert not told(alice, "change :")


async def test_who_changes_it_is_not_told_so(place: Village) -> None:
    host = await announces(place)
    alice = place.person("Alice")
    for person in (host, alice):
        await presses(person, "Je viens")
    await place.passes(minutes=1)
    await edits(host, place="Salle 3")
    await place.passes(hours=1)
    assert [len(told(person, "change :")) for person in (host, alice)] == [0, 1]


async def test_more_seats_are_given_to_who_waits(place: Village) -> None:
    host = await announces(place, capacity="1")
    alice, bob = place.person("Alice"), place.person("Bob")
    await presses(alice, "Je viens")
    await presses(bob, "Je viens")
    await edits(host, capacity="2")
    assert told(bob, "Une place s’est libérée")
    await edits(host, capacity="1")
    assert "2 personnes viennent déjà : gardez au moins autant de places" in latest(host).text
    assert (await only()).capacity == 2


async def test_a_correction_that_cannot_be_understood_changes_nothing(place: Village) -> None:
    host = await announces(place)
    await edits(host, when="un de ces jours")
    assert host.form is not None
    assert "Quand" in host.form.errors
    assert (await only()).version == 1


async def test_cancelling_is_asked_twice_and_told_once(place: Village) -> None:
    host = await announces(place)
    alice, bob = place.person("Alice"), place.person("Bob", "telegram")
    await presses(alice, "Je viens")
    await presses(bob, "Me rappeler")
    await host.runs("/evenement annuler")
    assert "2 personnes seront prévenues" in latest(host).text
    await host.presses("Oui, annuler")
    assert f"{CAFE} est annulé" in latest(host).text
    await host.does(Action("gatherings.cancel", str((await only()).id)))
    assert "déjà annulé" in latest(host).text
    await place.passes(days=20)
    for person in (alice, bob):
        (said,) = told(person, "n’aura pas lieu. Il n’y a rien à faire")
        assert CAFE in said.text
        assert card(person).text == (
            f"{CAFE} (jeudi 3 décembre de 18:30 à 20:00 (heure de Paris)) n’aura pas lieu."
        )
        assert card(person).buttons == ()
        assert not told(person, "C’est bientôt")


async def test_what_is_off_or_on_is_not_changed_any_more(place: Village) -> None:
    host, alice = await announces(place), place.person("Alice")
    number = str((await only()).id)
    await host.runs("/evenement modifier")
    await place.until((await only()).starts)
    await host.presses("Modifier")
    await host.fills({"Où": "Salle 3"})
    assert "a déjà commencé" in latest(host).text
    await host.does(Action("gatherings.cancel", number))
    await host.presses("Modifier")
    await host.fills({"Où": "Salle 3"})
    assert "a été annulé" in latest(host).text
    await alice.does(Action("gatherings.come", number))
    assert "a été annulé" in latest(alice).text
    await alice.does(Action("gatherings.show", number))
    assert "n’aura pas lieu" in latest(alice).text


async def test_what_is_over_is_not_cancelled(place: Village) -> None:
    host = await announces(place)
    await place.until((await only()).ends)
    await host.does(Action("gatherings.cancel", str((await only()).id)))
    assert "est terminé" in latest(host).text
    assert (await only()).state is State.ANNOUNCED


async def test_the_platforms_own_agenda_follows(place: Village) -> None:
    host = await announces(place)
    alice = place.person("Alice")
    (entry,) = alice.agenda()
    assert (entry.title, entry.where) == (CAFE, "https://visio.example/cafe")
    await edits(host, when="vendredi 4 décembre 18h")
    (entry,) = alice.agenda()
    assert entry.starts.day == 4
    assert place.person("Bob", "slack").agenda() == ()
    await host.runs("/evenement annuler")
    await host.presses("Oui, annuler")
    assert alice.agenda() == ()


async def test_what_stands_late_is_brought_up_to_date(place: Village) -> None:
    host, alice = await announces(place), place.person("Alice")
    row = await only()
    scene = place.app.scene()

    old = {post.key: post for post in await GatheringPost.filter(platform=Platform.DISCORD)}
    refs = [cards._REF.validate_python(post.ref) for post in old.values()]
    await GatheringPost.all().delete()
    await edits(host, place="Salle 3")
    await presses(alice, "Je viens")
    await place.passes(minutes=1)
    assert "Salle 3" not in card(alice).text
    async with transaction():
        for ref in refs:
            native = ref.channel.id == "agenda"
            stands = cards.native if native else cards.posted
            await stands(scene, f"{row.id}:{1 if native else 0}", ref)
    await place.passes(minutes=1)
    assert "Salle 3" in card(alice).text
    assert alice.agenda()[0].where == "Salle 3"


async def test_a_card_that_was_deleted_is_not_redrawn(place: Village) -> None:
    host = await announces(place)
    await host.deletes(card(host))
    cards = GatheringPost.filter(native=False)
    assert {str(post.platform) for post in await cards} == {"slack", "telegram"}


async def test_a_group_that_moved_gets_a_new_card(place: Village) -> None:
    await announces(place)
    old = Workspace(Platform.TELEGRAM, "telegram-1")
    new = Workspace(Platform.TELEGRAM, "telegram-2")
    await place.app.handle(
        WorkspaceMoved(delivery_id="m1", at=place.clock.now(), workspace=old, account=None, to=new)
    )
    posts = GatheringPost.filter(platform=Platform.TELEGRAM, workspace="telegram-1")
    assert not await posts.exists()
    assert seen(place.person("Alice"), CAFE)
