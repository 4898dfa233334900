"""What was owed and is no longer wanted when its turn comes: the world is asked again."""

from core.attention.models import Nudge, NudgeState
from core.attention.rules import Reason
from core.chat.adapter import Transient
from core.chat.identity import Platform
from core.engine.models import OutboxMessage, State
from core.members.models import Member
from rituals.models import Turn, TurnState
from tests.core.questions.acting import asks, can_help, tagged
from tests.rituals import MONDAY, THURSDAY, enters, gives, private, public, reaches
from tests.village import Village, seen


def breaks(place: Village, platform: str = "discord") -> None:
    place.adapters[Platform(platform)].failures = [Transient("down")] * 999


def mends(place: Village, platform: str = "discord") -> None:
    place.adapters[Platform(platform)].failures.clear()


async def why(guard: str) -> set[tuple[State, str]]:
    rows = await OutboxMessage.filter(guard=guard)
    return {(row.state, row.problem) for row in rows}


async def settled(guard: str) -> bool:
    """Whether what was asked of somebody was taken back because that guard no longer wants it."""
    asked = Nudge.filter(guard__startswith=guard, state=NudgeState.DROPPED)
    taken_back = (State.SKIPPED, "no longer wanted") in await why("attention.stands")
    return taken_back and await asked.filter(reason=Reason.SETTLED).exists()


async def test_nobody_is_tagged_once_somebody_answered(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    eva = await can_help(place, "Eva")
    asked = await asks(alice)
    await place.passes(minutes=29)
    breaks(place)
    await place.passes(minutes=1)
    await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    mends(place)
    await place.passes(hours=1)
    assert not tagged(eva)
    assert await why("questions.tagged") == {(State.SKIPPED, "no longer wanted")}


async def test_no_expert_is_tagged_who_left_meanwhile(place: Village) -> None:
    alice = place.person("Alice")
    eva = await can_help(place, "Eva")
    await asks(alice)
    await place.passes(minutes=29)
    breaks(place)
    await place.passes(minutes=1)
    await Member.filter(name="Eva").update(left_at=place.clock.now())
    mends(place)
    await place.passes(minutes=20)
    assert not tagged(eva)


async def test_the_team_is_not_called_for_a_question_that_was_answered(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    mona = place.moderator("Mona", "slack")
    asked = await asks(alice)
    breaks(place, "slack")
    await place.passes(hours=1)
    await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    mends(place, "slack")
    await place.passes(hours=2)
    assert not seen(mona, "attend toujours une réponse")


async def test_nobody_is_asked_for_a_turn_that_is_no_longer_theirs(place: Village) -> None:
    alice = await enters(place, "Alice")
    breaks(place)
    await reaches(place, THURSDAY)
    await Turn.all().update(state=TurnState.DECLINED)
    mends(place)
    await place.passes(hours=1)
    assert not private(alice, "LundiAstuce")
    assert await settled("rituals.turn")


async def test_a_ritual_that_could_not_appear_in_time_does_not_appear_late(place: Village) -> None:
    alice, bob = await enters(place, "Alice"), await enters(place, "Bob", "slack")
    await reaches(place, THURSDAY)
    await gives(alice)
    breaks(place, "slack")
    await reaches(place, MONDAY)
    await place.passes(hours=8)
    mends(place, "slack")
    await place.passes(hours=1)
    assert public(alice, "Ctrl+Maj+V")
    assert not public(bob, "Ctrl+Maj+V")


async def test_nobody_is_reminded_of_what_they_did_meanwhile(place: Village) -> None:
    alice = place.person("Alice", "slack")
    await alice.joins()
    breaks(place, "slack")
    await place.passes(days=2, hours=2)
    await alice.runs("/charte lire")
    await alice.presses("J’accepte la charte")
    mends(place, "slack")
    await place.passes(hours=1)
    assert not seen(alice, "un petit rappel")
    assert await settled("onboarding.undone")
