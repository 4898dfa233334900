"""The suite is stopped in the middle of a story and started again: the story goes on."""

from datetime import timedelta
from pathlib import Path

import pytest

from bots.demo.stage import Actor, Stage, stage
from bots.demo.story import START
from bots.sandbox.people import World
from bots.sandbox.towns import Towns
from core.chat.identity import Platform
from tests.e2e.acting import (
    EVERYWHERE,
    INTRODUCTION,
    comes_in,
    posted,
    private,
    reaches_introduction,
    twice,
)

pytestmark = pytest.mark.e2e

THURSDAY = START + timedelta(days=3, hours=2)
"""Somebody was just asked for Monday's tip."""


def offered(scene: Stage) -> list[Actor]:
    """Who is offered the turn."""
    everybody = [scene.actor(f"Hal {platform}", platform) for platform in EVERYWHERE]
    label = scene.label("rituals.gladly", "fr")
    return [one for one in everybody if any(label in m.buttons for m in one.person.sees())]


async def test_the_suite_starts_again_in_the_middle_of_a_story(tmp_path: Path) -> None:
    moment = START
    world = World(lambda: moment)
    towns = Towns.build(world)
    await towns.start()
    try:
        async with stage(tmp_path, START, towns) as before:
            for platform in EVERYWHERE:
                hal = await comes_in(before, f"Hal {platform}", platform)
                await reaches_introduction(hal)
                await hal.presses("onboarding.fill_introduction")
            late = before.actor("Ida", Platform.DISCORD)
            await late.joins()
            await late.sees("notre charte")
            # on Telegram one answer of the form is already given
            told = before.actor(f"Hal {Platform.TELEGRAM}", Platform.TELEGRAM)
            await told.sees(before.label(f"{INTRODUCTION}.story", "fr"))
            await told.says("Une première réponse, avant l’arrêt.")
            await told.sees(before.label(f"{INTRODUCTION}.today", "fr"))
            await before.until(THURSDAY, step=timedelta(hours=6))
            assert len(offered(before)) == 1
            moment = before.clock.now() + timedelta(hours=1)
        # what is written while nobody listens is not lost where the platform keeps it
        missed = towns.person(f"Hal {Platform.TELEGRAM}", Platform.TELEGRAM)
        await missed.says("Écrit pendant l’arrêt.")
        async with stage(tmp_path, moment, towns) as after:
            await goes_on(after)
        assert towns.complaints() == []
    finally:
        await towns.stop()


async def goes_on(after: Stage) -> None:
    """Old buttons work, the form goes on where it was, and nobody is greeted a second time."""
    await after.until(after.clock.now() + timedelta(hours=2))
    (first,) = offered(after)
    await twice(first, "rituals.pass")
    assert len(private(first, "je demande à la personne suivante")) == 1
    assert len(offered(after)) == 1
    assert offered(after) != [first]
    told = after.actor(f"Hal {Platform.TELEGRAM}", Platform.TELEGRAM)
    await told.fills({f"{INTRODUCTION}.likes": "la suite"})
    await told.presses("onboarding.publish")
    (shown,) = posted(told, "présentations", "Une première réponse, avant l’arrêt.")
    assert "Écrit pendant l’arrêt." in shown.text
    for platform in (Platform.DISCORD, Platform.SLACK):
        hal = after.actor(f"Hal {platform}", platform)
        await hal.presses("onboarding.fill_introduction")
        await hal.fills({f"{INTRODUCTION}.story": f"De retour sur {platform}."})
        await hal.presses("onboarding.publish")
        assert len(posted(hal, "présentations", f"De retour sur {platform}.")) == 1
    ida = after.actor("Ida", Platform.DISCORD)
    await ida.presses("charter.accept")
    await ida.sees("La porte est ouverte")
    greeted = [
        line.private_to
        for line in after.towns.transcript()
        if line.text.startswith("Bienvenue ") and not line.edited
    ]
    assert sorted(greeted, key=str) == ["Hal discord", "Hal slack", "Hal telegram", "Ida"]
