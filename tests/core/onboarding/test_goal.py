import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.chat.actions import Action
from core.onboarding import service
from core.onboarding.models import GoalState, MicroGoal
from tests.core.onboarding.acting import arrives, jumps, opens, skips
from tests.village import Village, latest, seen

QUESTION = "Où en êtes-vous ?"


async def sets_a_goal(place: Village, platform: str = "discord") -> MemoryPerson:
    alice = place.person("Alice", platform)
    await arrives(alice)
    await skips(alice, 2)
    await alice.runs("/parcours")
    await opens(alice, "Me fixer un objectif", {"Une action concrète": "Tester un quiz"})
    return alice


@pytest.mark.parametrize(
    ("answer", "said", "state"),
    [
        ("C’est fait", "Bravo", GoalState.DONE),
        ("Laisser tomber", "sans regret", GoalState.DROPPED),
    ],
)
async def test_after_a_week_every_answer_is_fine_and_counted(
    place: Village, answer: str, said: str, state: GoalState
) -> None:
    alice = await sets_a_goal(place, "telegram")
    await jumps(place, days=6.5)
    assert not seen(alice, QUESTION)
    await jumps(place, days=1.6)  # a reminder has the day before, and nobody is asked at night
    assert "« Tester un quiz ». Où en êtes-vous ?" in latest(alice).text
    assert latest(alice).buttons == (
        "C’est fait", "Encore en cours", "Laisser tomber",
        "Plus tard", "Passer", "Ne plus me le proposer",
    )  # fmt: skip
    await alice.presses(answer)
    assert said in latest(alice).text
    counts = {GoalState.OPEN: 0, GoalState.DONE: 0, GoalState.DROPPED: 0, state: 1}
    assert await service.goals(place.app.scene()) == counts
    goal = await MicroGoal.get()
    await alice.does(Action("onboarding.goal", f"{goal.id}:done"))
    assert "C’était déjà noté" in latest(alice).text


async def test_still_in_progress_is_asked_once_more_then_left_alone(place: Village) -> None:
    alice = await sets_a_goal(place)
    await jumps(place, days=8)
    await alice.presses("Encore en cours")
    assert "Je vous redemanderai une seule fois" in latest(alice).text
    await jumps(place, days=8)
    assert QUESTION in latest(alice).text
    await alice.presses("Encore en cours")
    assert "je vous laisse avancer" in latest(alice).text
    await jumps(place, days=60)
    assert not seen(alice, QUESTION)
    await alice.runs("/parcours")
    assert "Votre objectif en cours : « Tester un quiz »." in latest(alice).text
    await alice.presses("C’est fait")
    assert "Bravo" in latest(alice).text


async def test_a_goal_reached_before_is_not_asked_about(place: Village) -> None:
    alice = await sets_a_goal(place)
    await alice.runs("/parcours")
    await alice.presses("C’est fait")
    await jumps(place, days=8)
    assert not seen(alice, QUESTION)


async def test_a_goal_can_be_reworded_and_keeps_its_time(place: Village) -> None:
    alice = await sets_a_goal(place)
    await jumps(place, days=3)
    await opens(alice, "Me fixer un objectif", {"Une action concrète": "Tester deux quiz"})
    await jumps(place, days=5.1)
    assert "« Tester deux quiz »" in latest(alice).text
    assert await MicroGoal.all().count() == 1


async def test_who_left_is_not_asked(place: Village) -> None:
    alice = await sets_a_goal(place)
    await alice.leaves()
    await jumps(place, days=8)
    assert not seen(alice, QUESTION)


@pytest.mark.parametrize("argument", ["1:done", "x:done", "", "1:else"])
async def test_the_goal_of_somebody_else_is_nobodys_business(place: Village, argument: str) -> None:
    await sets_a_goal(place)
    bob = place.person("Bob")
    await bob.does(Action("onboarding.goal", argument))
    assert "Je ne retrouve pas cet objectif" in latest(bob).text
    assert (await MicroGoal.get()).state is GoalState.OPEN
