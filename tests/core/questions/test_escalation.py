from datetime import UTC, datetime, timedelta

import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.attention import choices
from core.attention.rules import hours_between
from core.chat.actions import Action
from core.chat.adapter import Transient
from core.members import service as members
from core.members.models import Member
from core.questions.models import Solicitation
from core.questions.rules import Outcome, QuestionsSettings, QuestionState, Stage
from tests.core.questions.acting import asks, can_help, linked, only, state, tagged
from tests.core.questions.conftest import MODULES, ROOMS, SETTINGS
from tests.village import Village, latest, seen, village


async def outcomes() -> list[tuple[str, Outcome]]:
    rows = await Solicitation.all().order_by("id").select_related("member")
    return [(row.member.name, row.outcome) for row in rows]


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_one_expert_then_another_then_the_team(place: Village, platform: str) -> None:
    alice, mona = place.person("Alice", platform), place.moderator("Mona")
    helpers = [await can_help(place, name, on=platform) for name in ("Eva", "Fil", "Gus")]
    asked = await asks(alice)
    await place.passes(minutes=29)
    assert not any(tagged(h) for h in helpers)
    (bump,) = seen(alice, "attend encore une réponse")
    assert bump.thread == asked.id
    await place.passes(minutes=1)
    (first,) = [h for h in helpers if tagged(h)]
    (call,) = tagged(first)
    assert call.thread == asked.id
    assert "Vous connaissez ce thème : cpf" in call.text
    assert call.buttons == ("Je m’en occupe", "Je passe", "Pas mon sujet")
    assert await state() is QuestionState.ASKED_EXPERT
    await place.passes(minutes=30)
    assert len([h for h in helpers if tagged(h)]) == 2
    assert not seen(mona, "attend toujours une réponse")
    await place.passes(minutes=30)
    assert len([h for h in helpers if tagged(h)]) == 2
    (told,) = seen(mona, "attend toujours une réponse")
    assert told.channel == "modération"
    assert "Comment financer un bilan" in told.text
    assert f"sur {platform.title()}" in told.text
    assert "lundi 16 novembre, 09:00" in told.text
    assert seen(alice, "l’équipe d’animation est prévenue")
    assert [o for _, o in await outcomes()] == [Outcome.EXPIRED] * 2
    await place.passes(days=3)
    assert len(seen(mona, "attend toujours une réponse")) == 1


async def test_an_answer_stops_the_escalation(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    eva = await can_help(place, "Eva")
    asked = await asks(alice)
    await bob.says("Par l’OPCO", channel="entraide", reply_to=asked)
    await place.passes(days=1)
    assert not tagged(eva)


async def test_nobody_is_tagged_at_night_or_with_nothing_in_common(place: Village) -> None:
    alice = place.person("Alice")
    eva = await can_help(place, "Eva")
    await can_help(place, "Fil", "jardinage")
    await place.until(datetime(2026, 11, 16, 18, 50, tzinfo=UTC))
    await asks(alice)
    await place.until(datetime(2026, 11, 17, 7, 19, tzinfo=UTC))
    assert not tagged(eva)
    await place.until(datetime(2026, 11, 17, 7, 20, tzinfo=UTC))
    assert tagged(eva)
    await place.passes(hours=1)
    assert await outcomes() == [("Eva", Outcome.EXPIRED)]


async def test_after_a_stop_in_the_day_nobody_is_woken_in_the_night(place: Village) -> None:
    alice = place.person("Alice")
    eva = await can_help(place, "Eva")
    await asks(alice)
    place.clock.move_to(datetime(2026, 11, 16, 23, 0, tzinfo=UTC))
    await place.app.settle()
    assert not tagged(eva)
    await place.until(datetime(2026, 11, 17, 7, 0, tzinfo=UTC))
    assert tagged(eva)


async def _called(place: Village) -> tuple[MemoryPerson, MemoryPerson, MemoryPerson]:
    """Alice asked; the tagged expert and the other one."""
    alice = place.person("Alice")
    helpers = [await can_help(place, name) for name in ("Eva", "Fil")]
    await asks(alice)
    await place.passes(minutes=30)
    first, second = sorted(helpers, key=lambda h: not tagged(h))
    return alice, first, second


async def test_passing_hands_it_to_the_next_at_once(place: Village) -> None:
    alice, first, second = await _called(place)
    await alice.presses("Je passe")
    assert "s’adresse à une autre personne" in latest(alice).text
    await first.presses("Je passe")
    assert seen(alice, "je demande à quelqu’un d’autre")
    assert tagged(second)
    assert [o for _, o in await outcomes()] == [Outcome.PASSED, Outcome.TAGGED]
    row = await Solicitation.all().order_by("id").first()
    assert row
    for name in ("pass", "take"):
        await first.does(Action(f"questions.{name}", str(row.id)))
        assert "déjà noté" in latest(first).text
    assert await Solicitation.all().count() == 2


async def test_passing_at_night_waits_for_the_morning(place: Village) -> None:
    alice, first, second = await _called(place)
    await first.presses("Je m’en occupe")
    await place.until(datetime(2026, 11, 16, 22, 0, tzinfo=UTC))
    await first.presses("Je passe")
    assert not tagged(second)
    await place.until(datetime(2026, 11, 17, 7, 0, tzinfo=UTC))
    assert tagged(second)
    assert seen(alice, "je demande à quelqu’un d’autre")


async def test_taking_it_gives_a_day_then_it_goes_on(place: Village) -> None:
    alice, first, second = await _called(place)
    await first.presses("Je m’en occupe")
    assert seen(alice, f"{first.name} s’en occupe")
    await place.passes(hours=23)
    assert not tagged(second)
    await place.passes(hours=1)
    assert tagged(second)
    assert (first.name, Outcome.TOOK) in await outcomes()


async def test_who_takes_it_and_answers_is_left_in_peace(place: Village) -> None:
    alice, first, second = await _called(place)
    (call,) = tagged(first)
    await first.presses("Je m’en occupe")
    await first.says("Par l’OPCO", channel="entraide", reply_to=call)
    await place.passes(days=2)
    assert not tagged(second)
    await first.presses("Je passe")
    assert "ce n’est plus nécessaire" in latest(first).text
    await alice.presses("C’est résolu")
    assert seen(alice, f"Merci à {first.name}")


async def test_answering_without_a_press_counts_as_taking(place: Village) -> None:
    _, first, _ = await _called(place)
    await first.says("Par l’OPCO", channel="entraide", reply_to=tagged(first)[0])
    assert await outcomes() == [(first.name, Outcome.TOOK)]


async def test_late_but_willing_is_still_welcome(place: Village) -> None:
    alice, first, _ = await _called(place)
    await place.passes(minutes=30)
    row = await Solicitation.all().order_by("id").first()
    assert row
    await first.does(Action("questions.pass", str(row.id)))
    assert "déjà noté" in latest(first).text
    await first.does(Action("questions.take", str(row.id)))
    assert seen(first, f"{first.name} s’en occupe")
    await place.passes(hours=12)
    assert not seen(alice, "l’équipe d’animation est prévenue")


async def test_not_my_topic_is_remembered_however_late_and_hurries_nobody(
    place: Village,
) -> None:
    _, first, _ = await _called(place)
    await can_help(place, "Gus")
    await place.passes(minutes=30)
    row = await Solicitation.all().order_by("id").first()
    assert row
    for said in ("je demande à quelqu’un d’autre", "déjà noté"):
        await first.does(Action("questions.not_mine", str(row.id)))
        assert said in latest(first).text
    assert await Solicitation.all().count() == 2
    assert (first.name, Outcome.NOT_MINE) in await outcomes()


async def test_a_call_that_was_held_up_wakes_nobody(place: Village) -> None:
    alice = place.person("Alice")
    eva = await can_help(place, "Eva")
    await place.until(datetime(2026, 11, 16, 18, 20, tzinfo=UTC))
    await asks(alice)
    await place.passes(minutes=29)
    alice.town.failures = [Transient("503")]
    await place.passes(minutes=1)
    place.clock.move_to(datetime(2026, 11, 16, 23, 0, tzinfo=UTC))
    await place.app.settle()
    assert [name for name, _ in await outcomes()] == ["Eva"]
    assert not tagged(eva)


async def test_three_times_a_week_at_most(place: Village) -> None:
    alice, mona = place.person("Alice"), place.moderator("Mona")
    eva = await can_help(place, "Eva")
    for number in range(4):
        await asks(alice, f"#ConseilCPF Question numéro {number} ?")
        await place.passes(days=1)
    assert len(tagged(eva)) == 3
    assert seen(mona, "Question numéro 3")
    await place.passes(days=7)
    await asks(alice, "#ConseilCPF Une de plus ?")
    await place.passes(minutes=30)
    assert len(tagged(eva)) == 4


async def test_only_who_is_there_available_and_not_the_asker(place: Village) -> None:
    alice = await can_help(place, "Alice")
    on_break = await can_help(place, "Pia")
    await on_break.runs("/expertise pause")
    gone = await can_help(place, "Gus")
    await gone.leaves()
    elsewhere = await can_help(place, "Sam", on="slack")
    await asks(alice)
    await place.passes(minutes=30)
    assert not any(tagged(p) for p in (alice, on_break, gone, elsewhere))
    assert seen(alice, "l’équipe d’animation est prévenue")


async def test_a_linked_expert_is_tagged_where_the_question_is(place: Village) -> None:
    sam = await can_help(place, "Sam", on="slack")
    sam_d = place.person("Sam D")
    await linked(sam, sam_d)
    alice = place.person("Alice")
    await asks(alice)
    await place.passes(minutes=30)
    assert tagged(sam_d)
    assert not tagged(sam)
    await sam_d.presses("Je m’en occupe")
    assert seen(alice, "Sam s’en occupe")


async def test_the_same_training_goes_first(place: Village) -> None:
    helpers = {name: await can_help(place, name) for name in ("Eva", "Fil", "Gus")}
    alice = place.person("Alice")
    await alice.runs("/expertise couture")
    for name in ("Alice", "Gus"):
        profile = await members.profile_of((await Member.get(name=name)).id)
        profile.training = "Développeuse web"
        await members.save_profile(profile)
    await asks(alice)
    await place.passes(minutes=30)
    assert tagged(helpers["Gus"])


async def test_an_asker_who_left_is_not_answered_for(place: Village) -> None:
    alice = place.person("Alice")
    eva = await can_help(place, "Eva")
    await asks(alice)
    await alice.leaves()
    await place.passes(minutes=30)
    assert not tagged(eva)
    assert await state() is QuestionState.WITHDRAWN


async def test_nobody_is_called_twice_the_same_day(place: Village) -> None:
    alice = place.person("Alice")
    eva, fil = await can_help(place, "Eva"), await can_help(place, "Fil")
    for number in range(2):
        await asks(alice, f"#ConseilCPF Question numéro {number} ?")
        await place.passes(minutes=30)
    assert [len(tagged(helper)) for helper in (eva, fil)] == [1, 1]


async def test_nobody_is_called_outside_the_hours_they_chose(place: Village) -> None:
    alice = place.person("Alice")
    eva, fil = await can_help(place, "Eva"), await can_help(place, "Fil", "excel")
    row = await Member.get(name="Eva")
    await choices.choose(row.id, 3, hours_between(11, 18), "")
    await asks(alice, "#ConseilCPF Un tableau Excel pour mon compte ?")
    await place.passes(minutes=30)
    assert not tagged(eva)
    assert tagged(fil)


async def test_not_my_topic_hands_it_on_and_is_remembered(place: Village) -> None:
    alice, first, second = await _called(place)
    await first.presses("Pas mon sujet")
    assert seen(alice, "je demande à quelqu’un d’autre")
    assert tagged(second)
    await place.passes(days=2)
    await asks(alice, "#ConseilCPF Et pour un permis ?")
    await place.passes(days=1)
    assert len(tagged(first)) == 0
    assert (first.name, Outcome.NOT_MINE) in await outcomes()


async def test_who_solved_such_questions_before_goes_first(place: Village) -> None:
    alice = place.person("Alice")
    for name in ("Eva", "Fil", "Gus"):
        await can_help(place, name)
    gus = place.person("Gus")
    for number in range(2):
        asked = await asks(alice, f"#ConseilCPF Ancienne question {number} ?")
        await gus.says("Par l’OPCO", channel="entraide", reply_to=asked)
        await alice.presses("C’est résolu")
    await asks(alice)
    await place.passes(minutes=30)
    assert tagged(gus)


@pytest.mark.parametrize("stages", [{"substitute": 0}, {"bump": 0, "expert": 10, "team": 20}])
async def test_the_stages_are_those_of_the_settings(stages: dict[str, int]) -> None:
    settings = QuestionsSettings.model_validate({"stages": stages})
    async with village(MODULES, ROOMS, {**SETTINGS, QuestionsSettings: settings}) as place:
        alice, mona = place.person("Alice"), place.moderator("Mona")
        helpers = [await can_help(place, name) for name in ("Eva", "Fil")]
        await asks(alice)
        for stage, wait in settings.waits.items():
            await place.passes(minutes=wait.total_seconds() / 60)
            assert await reached(place, stage, helpers, mona)


async def reached(
    place: Village, stage: Stage, helpers: list[MemoryPerson], mona: MemoryPerson
) -> bool:
    """Whether that stage shows, and not yet the next one."""
    bumped = bool(seen(mona, "attend encore une réponse"))
    called = sum(bool(tagged(helper)) for helper in helpers)
    told = bool(seen(mona, "attend toujours une réponse"))
    stages = place.app.scene().settings(QuestionsSettings).waits
    upto = list(stages)[: list(stages).index(stage) + 1]
    experts = sum(one in upto for one in (Stage.EXPERT, Stage.SUBSTITUTE))
    return (bumped, called, told) == (Stage.BUMP in upto, experts, Stage.TEAM in upto)


async def test_without_a_team_to_tell_it_ends_with_nobody_to_call() -> None:
    settings = QuestionsSettings.model_validate({"stages": {"substitute": 0, "team": 0}})
    async with village(MODULES, ROOMS, {**SETTINGS, QuestionsSettings: settings}) as place:
        alice, mona = place.person("Alice"), place.moderator("Mona")
        await asks(alice)
        await place.passes(days=1)
        assert not seen(mona, "attend toujours une réponse")
        assert await state() is QuestionState.OPEN


async def test_without_stages_nothing_is_promised_and_nobody_called() -> None:
    none = dict.fromkeys(Stage, 0)
    settings = QuestionsSettings.model_validate({"stages": none})
    async with village(MODULES, ROOMS, {**SETTINGS, QuestionsSettings: settings}) as place:
        alice = place.person("Alice")
        eva = await can_help(place, "Eva")
        await asks(alice)
        assert latest(alice).text.endswith("Répondez ici même.")
        await place.passes(days=1)
        assert not tagged(eva)
        assert await state() is QuestionState.OPEN


async def test_an_older_round_does_nothing(place: Village) -> None:
    alice = place.person("Alice")
    eva = await can_help(place, "Eva")
    await asks(alice)
    question = await only()
    scene = place.app.scene()
    for key in (f"{question.id}:0", f"{question.id}:", "999:1", "", "x:1"):
        await scene.later("questions.escalate", key, place.clock.now() + timedelta(minutes=1))
    await place.passes(minutes=5)
    assert not tagged(eva)
