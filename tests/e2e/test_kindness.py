"""When presses, platforms or the suite itself go astray, people are answered and lose nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bots.demo.stage import PATIENCE, Stage, stage
from bots.demo.story import START
from core.chat.actions import Action, OpenForm
from core.chat.identity import Platform
from core.chat.messages import Button, Message, Text
from tests.e2e.acting import (
    EVERYWHERE,
    INTRODUCTION,
    account,
    comes_in,
    posted,
    private,
    reaches_introduction,
    twice,
)

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

ASK = "questions.form.ask"
OUTDATED = "Ce bouton vient d’une ancienne version"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One community on the three platforms."""
    async with stage(tmp_path_factory.mktemp("kindness"), START) as opened:
        yield opened


@pytest.mark.parametrize("platform", EVERYWHERE)
async def test_a_button_of_an_older_version_says_where_to_go(
    scene: Stage, platform: Platform
) -> None:
    ana = await comes_in(scene, f"Ana {platform}", platform)
    adapter = scene.suite.app.adapters[platform]
    gone = (Button("Voter", Action("vote.yes", "3")), Button("Répondre", OpenForm("vote.why")))
    await adapter.send(Message(Text("D’avant"), gone), account(ana), key="old")
    for times, label in enumerate(("Voter", "Répondre"), 1):
        await ana.presses(label)
        await ana.sees(OUTDATED)
        async with asyncio.timeout(10):  # a second message in a second waits for its turn
            while len(private(ana, OUTDATED)) < times:  # noqa: ASYNC110  nobody announces it
                await asyncio.sleep(0.05)
        assert len(private(ana, OUTDATED)) == times
    assert scene.towns.complaints() == []


@pytest.mark.parametrize("platform", EVERYWHERE)
async def test_pressing_twice_does_it_once(scene: Stage, platform: Platform) -> None:
    ben = scene.actor(f"Ben {platform}", platform)
    await ben.joins()
    await ben.sees("notre charte")
    await twice(ben, "charter.accept")
    if platform is Platform.TELEGRAM:
        await ben.presses("adapter_telegram.continue_private")
    await reaches_introduction(ben)
    await ben.presses("onboarding.fill_introduction")
    await ben.fills({f"{INTRODUCTION}.story": f"Ben, de {platform}."})
    await ben.sees("exactement ce qui sera publié")
    await twice(ben, "onboarding.publish")
    assert len(posted(ben, "présentations", f"Ben, de {platform}.")) == 1
    assert private(ben, "Quelque chose s’est mal passé") == []
    assert scene.towns.complaints() == []


@pytest.mark.parametrize("platform", EVERYWHERE)
async def test_somebody_elses_buttons_are_refused_kindly(scene: Stage, platform: Platform) -> None:
    asker = await comes_in(scene, f"Cléo {platform}", platform)
    expert = await comes_in(scene, f"Dan {platform}", platform)
    other = await comes_in(scene, f"Eve {platform}", platform)
    topic = f"sujet{platform}"
    await expert.runs(f"/expertise {topic}")
    await asker.runs("/question")
    await asker.fills({f"{ASK}.title": f"Une question sur {topic} ?", f"{ASK}.topics": topic})
    await other.presses("questions.solved")
    await other.sees("Seule la personne qui a posé la question")
    await scene.until(scene.clock.now() + timedelta(minutes=45), step=timedelta(minutes=15))
    await expert.sees("pourriez-vous aider")
    await other.presses("questions.take")
    await other.sees("Ce message s’adresse à une autre personne")
    assert len(posted(asker, "entraide", "pourriez-vous aider")) == 1
    await twice(expert, "questions.take")
    assert len(posted(asker, "entraide", f"Dan {platform} s’en occupe")) == 1
    await asker.presses("questions.solved")
    assert scene.towns.complaints() == []


@pytest.mark.parametrize("platform", EVERYWHERE)
async def test_what_arrives_twice_or_out_of_order_counts_once(
    scene: Stage, platform: Platform
) -> None:
    fay = await comes_in(scene, f"Fay {platform}", platform)
    scene.towns.all[platform].deliver_twice(4)  # type: ignore[attr-defined]  # all three have it
    await fay.runs("/question")
    await fay.fills({f"{ASK}.title": f"Reçue deux fois sur {platform} ?"})
    assert len(posted(fay, "entraide", f"Reçue deux fois sur {platform}")) == 1
    said = await fay.says(
        f"Qui en a déjà fait, sur {platform} ? #QuestionTechnique", channel="entraide"
    )
    scene.towns.all[platform].shuffle(3)  # type: ignore[attr-defined]  # all three have it
    for word in ("un", "deux", "trois"):
        await fay.person.says(f"Précision {word}", channel="entraide")
    await scene.rest()
    await fay.runs("/moi")
    figures = await fay.sees("Vos chiffres")
    assert "Messages : 4 cette semaine" in figures.text
    assert said.id
    assert scene.towns.complaints() == []


def connected(scene: Stage, platform: Platform) -> bool:
    """Whether the suite hears that platform now."""
    match platform:
        case Platform.DISCORD:
            return bool(scene.towns.discord.connected)
        case Platform.SLACK:
            return bool(scene.towns.slack.connections)
        case Platform.TELEGRAM:
            return scene.towns.telegram.is_connected


# -- a platform goes down ------------------------------------------------


@pytest.mark.parametrize("platform", EVERYWHERE)
async def test_a_platform_that_is_down_holds_nobody_else(scene: Stage, platform: Platform) -> None:
    town, world = scene.towns.all[platform], scene.towns.world
    people = {p: await comes_in(scene, f"Gil {p} {platform}", p) for p in EVERYWHERE}
    caught = people.pop(platform)
    town.down()  # type: ignore[attr-defined]  # all three have it
    began = asyncio.get_running_loop().time()
    for one in (caught, *people.values()):
        said = Message(Text("Pendant la panne."))
        await scene.suite.app.scene().owe_in_private(said, account(one))
    scene.suite.wake()
    for other in people.values():
        await other.person.runs("/moi")
    assert await world.until(lambda: all(private(o, "Vos chiffres") for o in people.values()))
    assert await world.until(lambda: all(private(o, "la panne") for o in people.values()))
    assert asyncio.get_running_loop().time() - began < PATIENCE / 2
    assert private(caught, "la panne") == []
    town.up()  # type: ignore[attr-defined]  # all three have it
    assert await world.until(lambda: connected(scene, platform), seconds=PATIENCE)
    await scene.until(scene.clock.now() + timedelta(minutes=1))
    await caught.sees("Pendant la panne.")
    assert len(private(caught, "la panne")) == 1
    await caught.runs("/moi")
    await caught.sees("Vos chiffres")
    assert scene.towns.complaints() == []
