from core.charter import service
from core.charter.models import CharterAcceptance, CharterVersion
from core.charter.rules import digest
from core.chat.actions import Action
from core.chat.identity import Platform
from core.engine.models import Job
from core.members.models import Member
from tests.core.charter.acting import accepts, gate
from tests.core.charter.conftest import ENGLISH, FRENCH
from tests.village import Village, latest, seen


async def test_accepting_opens_the_gate_and_keeps_the_proof(place: Village) -> None:
    alice = place.person("Alice", "slack")
    await accepts(alice)
    assert "Merci Alice, c’est noté." in latest(alice).text
    assert latest(alice).edited
    assert latest(alice).buttons == ()
    assert gate(alice) is True
    (row,) = await service.proof(place.app.scene())
    assert (row.name, row.version, row.language, row.platform) == ("Alice", 1, "fr", "slack")
    assert row.sha256 == digest(FRENCH.strip())
    assert row.at == place.clock.now()
    assert row.genuine


async def test_the_whole_text_is_read_in_ones_own_language(place: Village) -> None:
    bob = place.person("Bob", "telegram", "en")
    await bob.runs("/charter read")
    assert "We speak kindly." in latest(bob).text
    await bob.presses("I accept the charter")
    assert "Thank you Bob" in latest(bob).text
    (row,) = await service.proof(place.app.scene())
    assert row.text == ENGLISH.strip()


async def test_who_says_tu_reads_the_french_text(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/langue fr@tu")
    await accepts(alice)
    assert "tu peux lire et écrire partout" in latest(alice).text
    await alice.runs("/charte lire")
    assert "On se parle bien." in latest(alice).text
    assert "Tu as accepté cette version le lundi 16 novembre" in latest(alice).text
    assert latest(alice).buttons == ()


async def test_pressing_twice_counts_once_and_is_answered_kindly(place: Village) -> None:
    alice = place.person("Alice")
    await accepts(alice)
    await alice.does(Action("charter.accept", "1"))
    assert "C’était déjà fait" in latest(alice).text
    assert await CharterAcceptance.all().count() == 1
    assert await Job.filter(kind="charter.accepted").count() == 1


async def test_a_button_that_never_was_shows_the_charter_in_force(place: Village) -> None:
    alice = place.person("Alice")
    for argument in ("7", "", "x"):
        await alice.does(Action("charter.accept", argument))
        assert "la version en vigueur, la version 1" in latest(alice).text
        assert latest(alice).buttons == ("J’accepte la charte", "Lire d’abord", "Plus tard")
    assert gate(alice) is None


async def test_reading_first_and_later_press_nobody(place: Village) -> None:
    alice = place.person("Alice")
    await alice.does(Action("charter.accept", "0"))
    invitation = latest(alice)
    await alice.presses("Lire d’abord")
    assert "Pas de démarchage." in latest(alice).text
    await alice.presses("Plus tard", on=invitation)
    assert "Rien ne presse" in latest(alice).text
    await alice.presses("J’accepte la charte", on=invitation)
    assert gate(alice) is True


async def test_the_first_version_is_published_once(place: Village) -> None:
    for name in ("Alice", "Bob"):
        await place.person(name).runs("/charte lire")
    assert await CharterVersion.all().count() == 1
    again = await service._first(place.app.scene())  # as when two events come first at once
    assert again.number == 1
    assert await CharterVersion.all().count() == 1


async def test_who_accepted_and_comes_back_finds_the_gate_open(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await accepts(alice)
    await alice.leaves()
    alice.town.gates.clear()
    await alice.joins()
    await bob.joins()
    assert gate(alice) is True
    assert gate(bob) is None


async def test_what_was_accepted_is_named_by_the_job_that_tells_it(place: Village) -> None:
    alice = place.person("Alice", "telegram")
    await accepts(alice)
    job = await Job.get(kind="charter.accepted")
    member = await Member.get(name="Alice")
    found = await service.acceptance(job.key)
    assert found == service.Accepted(member.id, Platform.TELEGRAM, first=True)
    await CharterAcceptance.all().delete()
    assert await service.acceptance(job.key) is None


async def test_a_person_is_reminded_of_nothing_they_did_not_see(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await accepts(alice)
    assert not seen(bob, "Merci")
    assert gate(bob) is None
