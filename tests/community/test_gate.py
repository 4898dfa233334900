"""Nobody speaks through the bot before they accepted the charter, or after the grace is over."""

from datetime import timedelta

import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.chat.actions import Action
from core.onboarding.models import Introduction
from core.questions.models import Question
from rituals.models import Tip
from tests.rituals import TIP, enters, reaches
from tests.village import Village, latest, seen


async def asks(person: MemoryPerson, command: str, title: str, tip: str) -> None:
    await person.runs(command)
    if person.form:
        field = "title" if command == "/question" else "tip"
        await person.fills({field: title if command == "/question" else tip})


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_before_the_charter_the_bot_lends_nobody_its_voice(
    place: Village, platform: str
) -> None:
    newcomer = place.person("Nadia", platform)
    await newcomer.joins()
    for command in ("/question", "/astuce"):
        await asks(newcomer, command, "Comment écrire un CV ?", TIP)
        assert "charte" in latest(newcomer).text
        assert "J’accepte la charte" in latest(newcomer).buttons
    if newcomer.town.capabilities.forms:
        assert TIP in latest(newcomer).text
        await newcomer.opens("onboarding.introduction")
        await newcomer.fills({"story": "Je viens de nulle part."})
    assert not await Question.exists()
    assert not await Tip.exists()
    assert not await Introduction.exists()
    await newcomer.presses("J’accepte la charte")
    await newcomer.runs("/question")
    await newcomer.fills(
        {"title": "Comment écrire un CV ?"} if newcomer.form else {"Votre question": "Comment ?!"}
    )
    assert await Question.exists()


async def test_an_introduction_kept_in_hand_is_not_posted_once_the_grace_is_over(
    place: Village,
) -> None:
    nadia = await enters(place, "Nadia")
    await nadia.opens("onboarding.introduction")
    await nadia.fills({"story": "Je viens de Lyon."})
    builder = place.admin("Boris")
    await builder.runs("/charte publier")
    await builder.presses("Ouvrir le formulaire")
    await builder.fills(
        {"fr": "# Charte\n\n1. On se parle bien, toujours.", "summary": "Toujours."}
    )
    await builder.presses("Publier")
    await reaches(place, place.clock.now() + timedelta(days=15))
    await nadia.does(Action("onboarding.introduce"))
    assert not seen(nadia, "se présente")[1:]
    assert "J’accepte la charte" in latest(nadia).buttons
