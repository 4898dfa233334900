"""With two rituals in the programme, what somebody gives goes to the one they mean."""

from datetime import UTC, datetime

import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.chat.actions import Action
from rituals.models import Tip
from tests.rituals import LUNDI_ASTUCE, THURSDAY, TIP, enters, gives, private, public, reaches, trio
from tests.rituals.conftest import FRIDAY
from tests.village import Village, latest

FRIDAY_CALL = datetime(2026, 11, 20, 8, tzinfo=UTC)
NEXT_FRIDAY = datetime(2026, 11, 27, 8, tzinfo=UTC)
BOTH = ["#LundiAstuce", "#Bilan"]

pytestmark = pytest.mark.parametrize("place", [(LUNDI_ASTUCE, FRIDAY)], indirect=True)
on_both = pytest.mark.parametrize("platform", ["discord", "telegram"])


async def writes(person: MemoryPerson, text: str = TIP) -> None:
    await person.fills({"tip": text} if person.form else {"L’astuce": text})


async def homes() -> dict[str, str]:
    """Text to the ritual in whose reserve it is, or that showed it."""
    return {tip.text: tip.ritual.slug for tip in await Tip.all().select_related("ritual")}


@on_both
async def test_the_button_of_a_call_gives_to_its_ritual(place: Village, platform: str) -> None:
    await trio(place)
    dan = await enters(place, "Dan", platform)
    await reaches(place, FRIDAY_CALL)
    (call,) = public(dan, "Le Bilan : la place est libre")
    for text in (TIP, "Une deuxième astuce, pour plus tard."):
        await dan.presses("Proposer une astuce")
        await writes(dan, text)
    assert public(dan, "Le Bilan, par Dan")
    assert private(dan, "est publiée dès maintenant")
    assert private(dan, "Votre astuce est en réserve")
    assert set((await homes()).values()) == {"bilan"}
    assert public(dan, "Le Bilan : la place est libre")[0].buttons == call.buttons
    await reaches(place, NEXT_FRIDAY)
    assert public(dan, "pour plus tard")


@on_both
async def test_the_command_asks_for_which_ritual_it_is(place: Village, platform: str) -> None:
    dan = await enters(place, "Dan", platform)
    await dan.runs("/astuce")
    await writes(dan)
    asked = latest(dan)
    assert "Pour quel rituel est-elle ?" in asked.text
    assert "en réserve pour Lundi Astuce" in asked.text
    assert list(asked.buttons) == [*BOTH, "Corriger", "Retirer mon astuce"]
    await dan.presses("#Bilan")
    assert "Le Bilan, par Dan" in latest(dan).text
    assert "Pour quel rituel" not in latest(dan).text
    assert await homes() == {TIP: "bilan"}
    await reaches(place, FRIDAY_CALL)
    assert public(dan, "Le Bilan, par Dan")


@on_both
async def test_nothing_unnamed_is_published_before_they_say_where(
    place: Village, platform: str
) -> None:
    dan = await enters(place, "Dan", platform)
    await trio(place)
    await reaches(place, FRIDAY_CALL)
    await dan.opens("rituals.tip")  # a call of an earlier version, whose button has no argument
    await writes(dan)
    assert not public(dan, TIP)
    assert "en réserve pour Le Bilan" in latest(dan).text
    await dan.presses("#Bilan")
    assert public(dan, "Le Bilan, par Dan")
    assert private(dan, "est publiée dès maintenant")


async def test_a_tip_can_still_be_placed_after_it_was_corrected(place: Village) -> None:
    alice = await enters(place, "Alice")
    await alice.runs("/astuce")
    await writes(alice)
    await alice.presses("Corriger")
    await writes(alice, "La même astuce, mieux dite.")
    await alice.presses("#Bilan")
    assert await homes() == {"La même astuce, mieux dite.": "bilan"}


async def test_only_what_is_in_reserve_and_ones_own_can_be_placed(place: Village) -> None:
    alice, bob, _ = await trio(place)
    await reaches(place, THURSDAY)
    await gives(alice)
    tip = await Tip.get(text=TIP)
    await alice.does(Action("rituals.for", f"{tip.id}:bilan"))
    assert "C’est déjà réglé" in latest(alice).text
    await bob.does(Action("rituals.for", f"{tip.id}:bilan"))
    assert "proposé à quelqu’un d’autre" in latest(bob).text
    await bob.runs("/astuce")
    await writes(bob, "Une astuce de Bob, pour voir.")
    other = await Tip.get(text="Une astuce de Bob, pour voir.")
    await bob.does(Action("rituals.for", f"{other.id}:café"))
    assert "Je ne connais pas de rituel « café »" in latest(bob).text
    assert set((await homes()).values()) == {"lundi-astuce"}


async def test_a_ritual_that_is_no_more_loses_no_words(place: Village) -> None:
    alice = await enters(place, "Alice")
    await alice.runs("/astuce")
    assert alice._open is not None
    alice._open = (alice._open[0], "@disparu", None)
    await writes(alice)
    assert "Pour quel rituel" in latest(alice).text
    assert await homes() == {TIP: "lundi-astuce"}
