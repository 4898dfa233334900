from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.demo.prompt import Prompt
from bots.demo.stage import stage
from bots.demo.story import START, Story


@pytest.fixture
async def typed(tmp_path: Path) -> AsyncIterator[tuple[Prompt, list[str]]]:
    """A keyboard on a stage where Alice is in, and everything it wrote."""
    written: list[str] = []
    async with stage(tmp_path, START) as scene:
        story = Story(scene)
        await story.arrive("Alice")
        yield Prompt(scene, story.cast, written.append), written


async def typing(prompt: Prompt, written: list[str], *lines: str) -> str:
    """What is written after these lines, and only after these."""
    written.clear()
    for line in lines:
        assert await prompt.obey(line)
    return "\n".join(written)


@pytest.mark.e2e
async def test_one_may_be_anyone_and_do_what_people_do(typed: tuple[Prompt, list[str]]) -> None:
    prompt, written = typed
    shown = await typing(
        prompt, written, "who", "as alice", "run /moi", "press passer cette étape", "help"
    )
    for expected in (
        "Alice (discord)\n",
        "Bruno (discord, not arrived yet)",
        "You are Alice, on Discord.\n",
        "Alice ▸ /moi",
        "[accueil, pour Alice seulement] Amicale : Vos chiffres",
        "Alice ▸ [Passer cette étape]",
        "as NAME",
    ):
        assert expected in shown
    came = await typing(prompt, written, "as Bruno", "join")
    assert came.startswith("You are Bruno, on Discord. Not arrived yet: type join.\nBruno arrive\n")
    assert "[privé] Amicale → Bruno : Bienvenue Bruno !" in came


@pytest.mark.e2e
async def test_a_form_is_announced_once_and_can_be_left_or_filled(
    typed: tuple[Prompt, list[str]],
) -> None:
    prompt, written = typed
    opened = await typing(prompt, written, "as Alice", "press remplir mon profil")
    assert opened.count("A form is open, «\u00a0Votre profil\u00a0»: Votre formation; ") == 1
    assert "A form is open" not in await typing(prompt, written, "who", "react 👍")
    assert "▸ ferme le formulaire" in await typing(prompt, written, "close")
    assert "no form is open in front of Alice" in await typing(prompt, written, "close", "fill a=b")
    filled = await typing(
        prompt, written, "press Remplir mon profil", "fill votre formation=Bureautique"
    )
    assert "Alice ▸ formulaire «\u00a0Votre profil\u00a0» : Bureautique" in filled
    assert "(modifié) : Merci, votre profil est noté" in filled


@pytest.mark.e2e
async def test_reacting_is_confirmed_and_time_is_told(typed: tuple[Prompt, list[str]]) -> None:
    prompt, written = typed
    reacted = await typing(prompt, written, "as Alice", "react 👍")
    assert reacted.endswith("Alice ▸ 👍 sur le message d’Amicale")
    assert prompt.line_start() == "Alice, lun. 16 nov. 09:00> "
    assert "Il est lundi 16 novembre 2026, 10:00." in await typing(prompt, written, "wait 1h")
    assert prompt.line_start() == "Alice, lun. 16 nov. 10:00> "


@pytest.mark.e2e
async def test_the_screen_shows_whole_messages(typed: tuple[Prompt, list[str]]) -> None:
    prompt, written = typed
    long = "mot " * 100
    said = await typing(prompt, written, "as Alice", f"say #entraide {long}", "screen")
    assert said.count(long.strip()) == 2


@pytest.mark.e2e
async def test_what_cannot_be_done_is_said_and_the_prompt_goes_on(
    typed: tuple[Prompt, list[str]],
) -> None:
    prompt, written = typed
    refused = await typing(
        prompt,
        written,
        "as Personne",
        "press Rien de tel",
        "as Karim",
        "run /danse",
        "danse",
        "react 👍",
    )
    assert "nobody is called Personne; there are Alice, Bruno" in refused
    assert "Alice sees no button [Rien de tel]; there are: [" in refused
    assert "Karim sees no message to react to" in refused
    assert "type one of: as, say" in refused
    assert "['" not in refused
    assert not await prompt.obey("quit")
