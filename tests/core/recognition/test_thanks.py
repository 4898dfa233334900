import pytest

from core.recognition.models import Thanks, ThanksGiven
from tests.core.recognition.acting import linked, member, points, public, thanks
from tests.village import Village, latest, seen


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_thanks_are_read_by_all_with_their_reason(place: Village, platform: str) -> None:
    alice, bob = await member(place, "Alice", platform), await member(place, "Bob", platform)
    zoe = place.person("Zoé", platform)
    await thanks(alice, "Bob", "pour la relecture de mon CV")
    (said,) = public(zoe, "Alice remercie Bob : pour la relecture de mon CV")
    assert said.channel == "entraide"
    assert seen(bob, "Alice vous remercie : pour la relecture de mon CV")


async def test_who_prefers_to_be_discreet_is_thanked_in_private(place: Village) -> None:
    alice, bob = await member(place, "Alice"), await member(place, "Bob")
    await thanks(alice, "Bob")
    await bob.presses("Rester discret·e")
    assert "plus de mention publique" in latest(bob).text
    await thanks(alice, "Bob", "pour le deuxième conseil")
    assert not public(alice, "deuxième conseil")
    assert seen(bob, "Alice vous remercie : pour le deuxième conseil")
    assert "Bob préfère la discrétion" in latest(alice).text
    await bob.runs("/moi visible")
    await thanks(alice, "Bob", "pour le troisième conseil")
    assert public(alice, "troisième conseil")


async def test_thanks_wake_nobody(place: Village) -> None:
    alice, bob = await member(place, "Alice"), await member(place, "Bob")
    place.clock.advance(hours=14)  # 23:00 in Paris
    await thanks(alice, "Bob")
    assert not seen(bob, "Alice vous remercie")
    await place.passes(hours=11)
    assert seen(bob, "Alice vous remercie")


async def test_who_is_discreet_and_out_of_reach_is_thanked_all_the_same(place: Village) -> None:
    alice, bob = await member(place, "Alice"), await member(place, "Bob")
    await bob.runs("/moi discret")
    await bob.leaves()
    await thanks(alice, "Bob")
    assert "Le merci est compté" in latest(alice).text


async def test_five_thanks_a_day_and_more_tomorrow(place: Village) -> None:
    alice, bob = await member(place, "Alice"), await member(place, "Bob")
    for n in range(6):
        await thanks(alice, "Bob", f"raison numéro {n}")
    assert "déjà remercié 5 fois" in latest(alice).text
    assert len(seen(bob, "vous remercie")) == 5
    place.clock.advance(days=1)
    await thanks(alice, "Bob", "un jour nouveau")
    assert seen(bob, "un jour nouveau")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/merci @Alice pour tout", "on ne se remercie pas soi-même"),
        ("/merci @Personne pour tout", "Je ne connais personne"),
        ("/merci @Bob oui", "Dites pourquoi, de 5 à 200 caractères"),
    ],
)
async def test_thanks_that_cannot_be_are_explained_and_not_counted(
    place: Village, typed: str, answer: str
) -> None:
    alice, _ = await member(place, "Alice"), await member(place, "Bob")
    await alice.runs(typed, channel="entraide")
    assert answer in latest(alice).text
    assert not await ThanksGiven.exists()


async def test_whom_we_have_not_met_is_not_thanked_yet(place: Village) -> None:
    alice, _ = await member(place, "Alice"), place.person("Zoé")
    await thanks(alice, "Zoé")
    assert "pas encore rencontré cette personne" in latest(alice).text
    assert not await ThanksGiven.exists()


async def test_thanks_are_said_in_a_channel(place: Village) -> None:
    alice, _ = await member(place, "Alice"), await member(place, "Bob")
    await alice.runs("/merci @Bob pour la relecture")
    assert "reprenez /merci dans un salon" in latest(alice).text.replace("`", "")
    assert not await Thanks.exists()


async def test_who_waits_before_the_gate_accepts_the_charter_first(place: Village) -> None:
    alice, _ = place.person("Alice"), await member(place, "Bob")
    await thanks(alice, "Bob")
    assert not await Thanks.exists()
    assert "J’accepte la charte" in latest(alice).buttons


async def test_the_reason_is_not_kept(place: Village) -> None:
    alice, _ = await member(place, "Alice"), await member(place, "Bob")
    await thanks(alice, "Bob", "un secret entre nous")
    assert "secret" not in str([*await Thanks.all().values(), *await ThanksGiven.all().values()])


async def test_thanks_follow_a_link_and_never_count_for_oneself(place: Village) -> None:
    alice, bob = await member(place, "Alice"), await member(place, "Bob")
    other = await member(place, "Alice B", "slack")
    await thanks(alice, "Bob")
    await other.says("Bonjour", channel="entraide")
    await thanks(bob, "Alice")
    await linked(alice, other)
    assert "Mercis reçus : 4 points" in await points(other)
    await alice.presses("Revenir en arrière")
    assert "Mercis reçus : 0 point" in await points(other)
    assert "Mercis reçus : 4 points" in await points(alice)
