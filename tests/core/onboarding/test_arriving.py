import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.chat.events import MemberJoined
from core.members.models import Member
from core.onboarding.models import Journey
from tests.core.onboarding.acting import arrives, jumps, links
from tests.village import Village, latest, seen


async def asks_to_join(person: MemoryPerson) -> None:
    await person.town.hand_over(MemberJoined(waiting=True, **person._about()))  # type: ignore[arg-type]  # the common fields of every event


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_a_newcomer_is_welcomed_in_private_with_the_charter(
    place: Village, platform: str
) -> None:
    alice, bob = place.person("Alice", platform), place.person("Bob", platform)
    await alice.joins()
    welcome = latest(alice)
    assert welcome.private_to == "Alice"
    assert "Bienvenue Alice !" in welcome.text
    assert "dans notre communauté, Essai" in welcome.text
    assert welcome.buttons == ("J’accepte la charte", "Lire d’abord", "Plus tard")
    assert bob.sees() == ()


async def test_an_english_speaker_is_welcomed_in_english(place: Village) -> None:
    bob = place.person("Bob", "slack", "en-GB")
    await bob.joins()
    assert "Welcome Bob!" in latest(bob).text
    assert "our charter" in latest(bob).text


async def test_a_hostile_name_is_shown_as_it_is(place: Village) -> None:
    eve = place.person("**@everyone** [x](https://x.example)")
    await eve.joins()
    assert "Bienvenue **@everyone** [x](https://x.example) !" in latest(eve).text


async def test_somebody_at_the_gate_is_welcomed_once_then_let_in_in_silence(
    place: Village,
) -> None:
    alice = place.person("Alice", "telegram")
    await asks_to_join(alice)
    assert "Bienvenue Alice" in latest(alice).text
    await alice.presses("J’accepte la charte")
    assert alice.town.gates[alice.id] is True
    count = len(alice.sees())
    await alice.joins()
    assert len(alice.sees()) == count


async def test_who_asks_to_join_again_is_shown_the_charter_and_not_greeted_twice(
    place: Village,
) -> None:
    alice = place.person("Alice", "telegram")
    await asks_to_join(alice)
    await asks_to_join(alice)
    assert len(seen(alice, "Bienvenue")) == 1
    assert latest(alice).buttons == ("J’accepte la charte", "Lire d’abord", "Plus tard")
    await alice.presses("J’accepte la charte")
    count = len(alice.sees())
    await asks_to_join(alice)
    assert len(alice.sees()) == count


async def test_the_same_arrival_told_twice_greets_once(place: Village) -> None:
    alice = place.person("Alice")
    await alice.joins()
    await alice.joins()
    event = MemberJoined(**alice._about())  # type: ignore[arg-type]  # same
    await place.app.handle(event)
    await place.app.handle(event)
    await place.app.settle()
    assert len(alice.sees()) == 1
    assert await Journey.all().count() == 1


async def test_who_comes_back_gets_a_short_word(place: Village) -> None:
    alice = place.person("Alice")
    await arrives(alice)
    await alice.leaves()
    await alice.joins()
    assert "Quel plaisir de vous revoir, Alice" in latest(alice).text
    assert latest(alice).buttons == ()
    count = len(alice.sees())
    await alice.joins()
    assert len(alice.sees()) == count


async def test_who_comes_back_before_accepting_finds_the_charter_again(place: Village) -> None:
    alice = place.person("Alice")
    await alice.joins()
    await alice.leaves()
    await alice.joins()
    assert "Quel plaisir de vous revoir" in latest(alice).text
    assert "J’accepte la charte" in latest(alice).buttons
    assert len(seen(alice, "Bienvenue")) == 1


async def test_a_linked_account_that_joins_is_not_greeted_again(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice T", "telegram")
    await arrives(alice)
    await links(alice, other)
    count = len(other.sees())
    await other.joins()
    assert len(other.sees()) == count
    assert other.town.gates[other.id] is True


async def test_who_only_speaks_is_not_greeted_but_has_a_journey(place: Village) -> None:
    bob = place.person("Bob")
    await bob.says("Bonjour !", channel="entraide")
    assert len(bob.sees()) == 1
    await bob.runs("/parcours")
    assert "À faire : la charte" in latest(bob).text
    await bob.presses("J’accepte la charte")
    assert "Votre profil." in latest(bob).text
    await bob.joins()
    assert "Bienvenue Bob" in latest(bob).text
    assert "Remplir mon profil" in latest(bob).buttons


async def test_reminders_come_on_the_second_and_the_seventh_day_then_silence(
    place: Village,
) -> None:
    alice = place.person("Alice", "slack")
    await alice.joins()
    await jumps(place, days=2)
    assert not seen(alice, "un petit rappel")
    await place.passes(hours=1)
    assert "un petit rappel" in latest(alice).text
    assert latest(alice).at.hour == 9  # 10:00 in Paris
    assert "J’accepte la charte" in latest(alice).buttons
    await alice.runs("/charte lire")
    await alice.presses("J’accepte la charte")
    await jumps(place, days=5)
    first, second = seen(alice, "un petit rappel")
    assert first.buttons[0] == "J’accepte la charte"
    offered = ("Remplir mon profil", "Passer cette étape", "Plus tard", "Ne plus me le proposer")
    assert second.buttons == offered
    await jumps(place, days=60)
    assert len(seen(alice, "un petit rappel")) == 2


async def test_nobody_is_reminded_of_what_is_done_or_passed_over(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob", "slack")
    for person in (alice, bob):
        await arrives(person)
    await alice.presses("Remplir mon profil")
    await alice.fills({"Votre formation": "Formateur"})
    await bob.presses("Passer cette étape")
    for _ in range(4):
        await jumps(place, days=2)
    assert not seen(alice, "un petit rappel")
    assert not seen(bob, "un petit rappel")


async def test_who_left_is_not_reminded(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob", "slack")
    for person in (alice, bob):
        await person.joins()
    await alice.leaves()
    await Member.filter(name="Bob").delete()
    await place.passes(days=2, hours=2)
    assert not seen(alice, "un petit rappel")
    assert not seen(bob, "un petit rappel")


async def test_a_reminder_that_is_days_late_is_not_sent(place: Village) -> None:
    alice = place.person("Alice")
    await alice.joins()
    await jumps(place, days=5)
    assert not seen(alice, "un petit rappel")
