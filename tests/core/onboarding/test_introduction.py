import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.chat.actions import Action
from core.onboarding.models import Introduction
from tests.core.onboarding.acting import STORY, arrives, links, opens, skips, told
from tests.village import Village, latest, seen


async def writes(place: Village, platform: str = "discord") -> MemoryPerson:
    alice = place.person("Alice", platform)
    await arrives(alice)
    await skips(alice, 3)
    await alice.runs("/parcours")  # its button stays, for a change of mind
    await opens(alice, "Écrire ma présentation", STORY)
    return alice


async def elsewhere(place: Village, alice: MemoryPerson) -> MemoryPerson:
    """The same person on Slack, the preview open there as well."""
    other = place.person("Alice S", "slack")
    await links(alice, other)
    await other.runs("/parcours")
    await other.presses("Relire et publier")
    return other


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_it_is_posted_exactly_as_it_was_previewed(place: Village, platform: str) -> None:
    alice = await writes(place, platform)
    preview = latest(alice)
    assert preview.buttons == ("Publier", "Corriger", "Plus tard")
    assert not [m for m in alice.sees() if m.channel == "présentations"]
    await alice.presses("Publier")
    (posted,) = [m for m in place.person("Bob", platform).sees() if m.channel == "présentations"]
    assert posted.text == (
        "Alice se présente\nJe viens de Lyon.\nJ’aime former.\nEn ce moment : Un projet"
    )
    assert preview.text.endswith(posted.text)
    assert preview.text.startswith("Voici exactement ce qui sera publié")
    assert "Votre présentation est publiée" in told(alice).text
    row = await Introduction.get()
    assert row.ref is not None
    assert row.ref.id == posted.id
    shown = alice.town.shown(posted.id)
    assert shown.mentions == (alice.account,)


async def test_what_is_posted_speaks_the_language_of_the_community(place: Village) -> None:
    bob = place.person("Bob", locale="en")
    await bob.runs("/journey")
    await bob.presses("I accept the charter")
    for _ in range(3):
        await bob.presses("Skip this step")
    await opens(bob, "Write my introduction", {"Who are you": "Hi.", "What can people": "Jazz"})
    await bob.presses("Post it")
    assert seen(bob, "Bob se présente\nHi.\nOn peut lui parler de : Jazz")


async def test_hostile_words_are_shown_as_they_are(place: Village) -> None:
    alice = place.person("Alice")
    await arrives(alice)
    await skips(alice, 3)
    await opens(alice, "Écrire ma présentation", {"Qui êtes-vous": "# @everyone <!channel> **x**"})
    await alice.presses("Publier")
    assert seen(alice, "Alice se présente\n# @everyone <!channel> **x**")


async def test_it_can_be_corrected_before(place: Village) -> None:
    alice = await writes(place)
    await opens(alice, "Corriger", {"Qui êtes-vous": "Je viens de Lille."})
    await alice.presses("Publier")
    (posted,) = [m for m in alice.sees() if m.channel == "présentations"]
    assert posted.text == "Alice se présente\nJe viens de Lille."


async def test_it_can_wait_and_be_taken_up_elsewhere(place: Village) -> None:
    alice = await writes(place)
    await alice.presses("Plus tard")
    assert "Votre présentation est gardée" in latest(alice).text
    other = place.person("Alice S", "slack")
    await links(alice, other)
    await other.runs("/parcours")
    await other.presses("Relire et publier")
    await other.presses("Publier")
    (posted,) = [m for m in other.sees() if m.channel == "présentations"]
    assert "Je viens de Lyon." in posted.text
    assert other.town.shown(posted.id).mentions == (other.account,)


async def test_pressing_twice_posts_once(place: Village) -> None:
    alice = await writes(place)
    await alice.presses("Publier")
    await alice.does(Action("onboarding.introduce"))
    assert "était déjà publiée" in latest(alice).text
    assert len([m for m in alice.sees() if m.channel == "présentations"]) == 1


async def test_it_can_be_corrected_after_and_changes_where_it_stands(place: Village) -> None:
    alice = await writes(place)
    other = await elsewhere(place, alice)
    await alice.presses("Publier")
    await opens(other, "Corriger", {"Qui êtes-vous": "Je viens de Nantes."})
    await other.presses("Publier")
    (posted,) = [m for m in alice.sees() if m.channel == "présentations"]
    assert posted.text == "Alice se présente\nJe viens de Nantes."
    assert posted.edited
    assert alice.town.shown(posted.id).mentions == (alice.account,)
    assert not [m for m in other.sees() if m.channel == "présentations"]


async def test_the_name_stands_alone_when_that_account_is_gone(place: Village) -> None:
    alice = await writes(place)
    other = await elsewhere(place, alice)
    await alice.presses("Publier")
    await alice.leaves()
    await opens(other, "Corriger", {"Qui êtes-vous": "Je viens de Nantes."})
    await other.presses("Publier")
    (posted,) = [m for m in alice.sees() if m.channel == "présentations"]
    assert posted.text == "Alice se présente\nJe viens de Nantes."
    assert alice.town.shown(posted.id).mentions == ()


async def test_while_it_is_on_its_way_a_change_waits(place: Village) -> None:
    alice = await writes(place)
    alice.town.after = None  # nothing is delivered for now
    await alice.presses("Publier")
    await opens(alice, "Écrire ma présentation", {"Qui êtes-vous": "Je viens de Nantes."})
    await alice.presses("Publier")
    assert "en train d’être publiée" in latest(alice).text
    await place.app.settle()
    await alice.does(Action("onboarding.introduce"))
    await place.app.settle()
    (posted,) = [m for m in alice.sees() if m.channel == "présentations"]
    assert "Nantes" in posted.text


@pytest.mark.parametrize("action", ["onboarding.introduce", "onboarding.reread"])
async def test_a_button_without_an_introduction_shows_the_checklist(
    place: Village, action: str
) -> None:
    alice = place.person("Alice")
    await alice.does(Action(action))
    assert "Votre parcours" in latest(alice).text
