import pytest

from core.arrivals import service
from core.arrivals.rules import Funnel
from core.members.models import MemberProfile
from tests.core.arrivals.acting import ALICE, BOB, accepts, codes, given, imports, member
from tests.village import Village, latest


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_a_passport_makes_a_member_of_who_was_trained(place: Village, platform: str) -> None:
    ada, alice = place.admin("Ada", platform), place.person("Alice", platform)
    await imports(ada, f"{ALICE}RS5555")
    await alice.runs(f"/passeport {(await codes(ada))['Alice Durand'].lower()}")
    shown = latest(alice).text
    for part in ("Alice Durand", "Bilan", "2025-A", "lundi 30 juin", "RS5555"):
        assert part in shown
    profile = await MemberProfile.get()
    assert (profile.training, profile.cohort) == ("Bilan", "2025-A")


async def test_a_code_serves_once_and_its_owner_may_show_it_again(place: Village) -> None:
    ada, alice, eve = place.admin("Ada"), place.person("Alice"), place.person("Eve")
    await imports(ada, ALICE)
    code = (await codes(ada))["Alice Durand"]
    for person in (alice, eve, alice):
        await person.runs(f"/passeport {code}")
    assert "déjà servi" in latest(eve).text
    assert "votre passeport est enregistré" in latest(alice).text


async def test_a_code_expires_and_is_replaced(place: Village) -> None:
    ada, alice = place.admin("Ada"), place.person("Alice")
    await imports(ada, ALICE)
    first = await codes(ada)
    assert await codes(ada) == first
    place.clock.advance(days=91)
    await alice.runs(f"/passeport {first['Alice Durand']}")
    assert "n’est plus valable" in latest(alice).text
    second = await codes(ada)
    await alice.runs(f"/passeport {second['Alice Durand']}")
    assert "votre passeport est enregistré" in latest(alice).text


async def test_guessing_codes_closes_the_door_for_an_hour(place: Village) -> None:
    ada, eve = place.admin("Ada"), place.person("Eve")
    await imports(ada, ALICE)
    for _ in range(5):
        await eve.runs("/passeport AAAAAAAAAA")
    code = (await codes(ada))["Alice Durand"]
    await eve.runs(f"/passeport {code}")
    assert "attendez une heure" in latest(eve).text
    place.clock.advance(hours=1)
    await eve.runs(f"/passeport {code}")
    assert "votre passeport est enregistré" in latest(eve).text


async def test_a_cohort_is_invited_alone_and_who_is_here_no_more(place: Village) -> None:
    ada, alice = place.admin("Ada"), place.person("Alice")
    await imports(ada, ALICE, BOB)
    assert set(await codes(ada, "2025-a")) == {"Alice Durand"}
    await alice.runs(f"/passeport {(await codes(ada))['Alice Durand']}")
    assert set(await codes(ada)) == {"Bob Martin"}
    await ada.runs("/passeports 2025-A")
    assert "Personne n’attend de passeport" in latest(ada).text


async def test_the_file_of_passports_leads_somewhere_and_holds_no_formula(
    sealed: Village,
) -> None:
    ada = sealed.admin("Ada")
    await imports(ada, "=HYPERLINK();a@exemple.fr;+Bilan;;;")
    await ada.runs("/passeports")
    (row,) = given(ada)
    assert (row["nom"], row["formation"], row["e-mail"]) == ("'=HYPERLINK()", "'+Bilan", "")
    assert row["lien"] == f"https://exemple.fr/rejoindre?passeport={row['code']}"
    assert row["valable avant le"] == "14/02/2027"


async def test_passports_are_for_admins(place: Village) -> None:
    mona = place.moderator("Mona")
    await mona.runs("/passeports")
    assert "passeport" not in latest(mona).text


async def test_admins_see_how_far_people_came(place: Village) -> None:
    ada, alice, bob = place.admin("Ada"), place.person("Alice"), place.person("Bob")
    await ada.runs("/import bilan")
    assert "Aucune personne formée" in latest(ada).text
    await imports(ada, ALICE, BOB, "Carol;carol@exemple.fr;;;;")
    given_codes = await codes(ada, "2025-A") | await codes(ada, "2025-B")
    for person, name in ((alice, "Alice Durand"), (bob, "Bob Martin")):
        await person.runs(f"/passeport {given_codes[name]}")
        await accepts(person)
    await alice.says("Bonjour !", channel="accueil")
    await ada.runs("/import bilan")
    said = latest(ada).text
    for part in (
        "3 personnes formées",
        "2 ont un passeport",
        "2 sont là (67 %)",
        "2 ont accepté la charte",
        "1 a écrit un premier message",
        "2025-B : 1 sur 1 (100 %)",
    ):
        assert part in said.replace("\u00a0", " ").replace("\u202f", " ")
    await bob.leaves()
    await ada.runs("/import bilan")
    assert "1 est là" in latest(ada).text
    assert await service.funnel(place.app.scene()) == Funnel(3, 2, 1, 1, 1)


async def test_who_says_tu_is_told_tu(place: Village) -> None:
    ada, alice = place.admin("Ada"), place.person("Alice")
    await imports(ada, ALICE)
    await alice.runs("/langue fr@tu")
    await alice.runs(f"/passeport {(await codes(ada))['Alice Durand']}")
    assert "ton passeport est enregistré" in latest(alice).text
    assert (await MemberProfile.get()).member_id == await member(alice)
