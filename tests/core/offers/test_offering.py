import pytest

from core.chat.actions import Action
from core.chat.events import CommandInvoked
from core.engine.database import transaction
from core.members.linking import export, forget, link
from core.members.models import MemberAccount
from core.offers.models import Offer
from core.offers.rules import State
from tests.core.offers.acting import jumps, looks, proposes, publishes, writes
from tests.village import Village, latest, seen


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_an_offer_is_written_read_by_the_team_and_shown(
    place: Village, platform: str
) -> None:
    mona, alice = place.moderator("Mona", platform), place.person("Alice", platform)
    bob = place.person("Bob", platform)
    await proposes(alice)
    assert "L’équipe relit" in latest(alice).text
    assert "Pas d’offre" in await looks(bob)
    (card,) = seen(mona, "Une offre à relire")
    assert all(part in card.text for part in ("Conseillère", "Metz", "Alice", "coaching"))
    await mona.presses("Publier")
    assert "en ligne jusqu’au mercredi 16 décembre" in seen(alice, "Votre offre")[0].text
    said = await looks(bob)
    assert "Conseillère en bilan de compétences (emploi, Metz)" in said
    await bob.presses("Voir : Conseillère en bilan de…")
    assert "https://exemple.fr/poste" in latest(bob).text
    assert "Offre de Alice" in latest(bob).text


async def test_a_refusal_says_why_to_its_author_alone(place: Village) -> None:
    mona, alice, bob = place.moderator("Mona"), place.person("Alice"), place.person("Bob")
    await proposes(alice)
    await mona.presses("Refuser")
    await mona.fills({"La raison": "La rémunération manque."})
    assert "La rémunération manque." in seen(alice, "n’a pas retenu")[0].text
    assert not seen(bob, "rémunération manque")
    assert "Pas d’offre" in await looks(bob)


async def test_one_of_the_team_is_enough(place: Village) -> None:
    mona, other = place.moderator("Mona"), place.moderator("Mo", "slack")
    await proposes(place.person("Alice"))
    await mona.presses("Publier")
    await other.presses("Publier")
    assert "s’en est déjà occupé" in latest(other).text


async def test_what_waits_is_found_in_the_list_by_the_team_only(place: Village) -> None:
    mona, bob = place.moderator("Mona"), place.person("Bob")
    await proposes(place.person("Alice"))
    await looks(bob)
    assert "Relire une offre" not in latest(bob).buttons
    await looks(mona)
    await mona.presses("Relire une offre")
    assert "Offre de Alice" in latest(mona).text
    await mona.presses("Publier", on=latest(mona))
    await mona.does(Action("offers.review"))
    assert "Aucune offre n’attend" in latest(mona).text


async def test_what_was_begun_can_be_dropped_and_is_forgotten_by_itself(place: Village) -> None:
    alice = place.person("Alice")
    await writes(alice)
    await alice.presses("Abandonner")
    assert "oubliée" in latest(alice).text
    await writes(alice)
    await writes(alice)
    assert await Offer.all().count() == 1
    await jumps(place, days=2)
    await alice.presses("Dernière étape")
    await alice.fills({"Le sujet": "coaching", "Payable avec": "non"})
    assert "n’existe plus" in latest(alice).text


async def test_nobody_touches_the_offer_of_somebody_else(place: Village) -> None:
    alice, eve = place.person("Alice"), place.person("Eve")
    offer = await publishes(place, alice)
    for name in ("drop", "change", "renew", "withdraw", "filled", "accept"):
        await eve.does(Action(f"offers.{name}", str(offer.id)))
    await eve.does(Action("offers.filled_by", f"{offer.id}:here"))
    await eve.does(Action("offers.change", "é²"))
    assert "n’est pas la vôtre" in latest(eve).text
    await offer.refresh_from_db()
    assert offer.state is State.PUBLISHED


async def test_an_offer_that_is_filled_is_counted_with_how(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    for where in ("Grâce à la communauté", "Ailleurs"):
        await publishes(place, alice)
        await alice.presses("Pourvue")
        await alice.presses(where)
        assert "pourvue" in latest(alice).text
    assert "2 offres ont été pourvues, dont 1 grâce" in await looks(bob)
    place.clock.advance(days=366)
    assert "pourvue" not in await looks(bob)


async def test_an_offer_is_withdrawn_before_and_after_the_team_read_it(place: Village) -> None:
    alice, bob, mona = place.person("Alice"), place.person("Bob"), place.moderator("Mona")
    await proposes(alice)
    await looks(alice)
    await alice.presses("Mes offres")
    assert "relue par l’équipe" in latest(alice).text
    await alice.presses("Gérer : Conseillère en bilan de…")
    assert latest(alice).buttons == ("Retirer",)
    await alice.presses("Retirer")
    await mona.presses("Publier")
    assert "a été retirée" in latest(mona).text
    offer = await publishes(place, alice)
    await bob.runs("/offres")
    await alice.presses("Retirer")
    await alice.does(Action("offers.renew", str(offer.id)))
    assert "n’en est plus là" in latest(alice).text
    await bob.does(Action("offers.see", str(offer.id)))
    assert "n’est plus en ligne" in latest(bob).text
    await looks(alice)
    await alice.presses("Mes offres")
    assert "pas d’offre en cours" in latest(alice).text


async def test_an_offer_ends_unless_its_author_renews_it(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await publishes(place, alice)
    await jumps(place, days=27)
    (asked,) = seen(alice, "toujours d’actualité")
    await alice.presses("Renouveler", on=asked)
    assert "reste en ligne jusqu’au" in latest(alice).text
    place.clock.advance(days=25)
    assert "Conseillère" in await looks(bob)
    place.clock.advance(days=6)
    assert "Pas d’offre" in await looks(bob)
    await jumps(place, days=1)
    assert (await Offer.get()).state is State.EXPIRED
    await looks(alice)
    await alice.presses("Mes offres")
    assert "arrivée à son terme" in latest(alice).text
    await alice.presses("Gérer : Conseillère en bilan de…")
    await alice.presses("Renouveler", on=latest(alice))
    assert "Conseillère" in await looks(bob)


async def test_whoever_withdrew_at_night_is_not_asked_in_the_morning(place: Village) -> None:
    alice = place.person("Alice")
    await publishes(place, alice)
    await jumps(place, days=26)
    await jumps(place, days=1.83)  # at five in the morning it waits for eight
    await looks(alice)
    await alice.presses("Mes offres")
    await alice.presses("Gérer : Conseillère en bilan de…")
    await alice.presses("Retirer", on=latest(alice))
    await jumps(place, days=0.3)
    assert not seen(alice, "toujours d’actualité")


async def test_offers_are_listed_by_topic_and_found_by_it(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    assert "Pas d’offre en ce moment" in await looks(bob)
    for number in range(9):
        await publishes(place, alice, title=f"Poste numéro {number}")
    await publishes(place, alice, "excel", title="Formateur tableur", contact="Alice, au 06")
    await publishes(place, alice, "excel", title="Formatrice tableur")
    assert "Et une autre" in await looks(bob)
    said = await looks(bob, "excel")
    assert "Excel" in said
    assert "Poste numéro" not in said
    await bob.presses("Voir : Formateur tableur")
    assert "Alice, au 06" in latest(bob).text
    assert "Pas d’offre sur « poterie »" in await looks(bob, "poterie")


async def test_what_the_topics_are_is_suggested(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await publishes(place, alice, "Coaching")
    await publishes(place, alice, "Excel")
    await looks(bob)
    event = CommandInvoked(
        delivery_id="typing",
        at=place.clock.now(),
        workspace=bob.town.workspace,
        account=bob.account,
        channel=bob.private,
        path="offres",
    )
    found = await place.app.complete(event, "sujet", "Éx")
    assert [choice.value for choice in found] == ["excel"]


async def test_what_somebody_offers_is_theirs_to_take_and_to_erase(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice", "slack")
    offer = await publishes(place, alice)
    await looks(other)
    accounts = {a.platform: a.member_id for a in await MemberAccount.filter(name="Alice")}
    first, second = accounts.values()
    async with transaction():
        await link(place.app.scene(), first, second)
    await other.does(Action("offers.change", str(offer.id)))
    assert "Renouveler" in latest(other).buttons
    assert (await export(first))["offer"]
    async with transaction():
        await forget(first)
    assert not await Offer.exists()
