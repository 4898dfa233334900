"""Whatever somebody types is shown as they typed it, or answered kindly, and calls nobody."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bots.demo.stage import Actor, Stage, stage
from bots.demo.story import START
from bots.sandbox.people import CannotDo
from core.chat.identity import Platform
from tests.e2e.acting import EVERYWHERE, INTRODUCTION, comes_in, posted, reaches_introduction, read

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

MARKUP = (
    "**gras** _penché_ ~~barré~~ `code` ||caché|| [ici](https://exemple.fr) "
    "<b>html</b> <script>alert(1)</script> &amp; # titre {name} %s"
)
CALLS = "@everyone @here @channel <!channel> <!here> <!everyone> <@&1> <@1> <#1> <@U1|moi>"
HIDDEN = "fin\u202ereversée\u202c, in\u200bvi\u2060si\ufeffble"
"""A right-to-left override, a zero-width space, a joiner and a byte-order mark."""
READ = "finreversée, invisible"

ASK = "questions.form.ask"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One community on the three platforms, with a bystander on each."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    async with stage(folder, START) as opened:
        for platform in EVERYWHERE:
            await comes_in(opened, f"Témoin {platform}", platform)
        yield opened


def bystander(scene: Stage, platform: Platform) -> Actor:
    return scene.actor(f"Témoin {platform}", platform)


def nobody_was_called(scene: Stage) -> None:
    assert scene.towns.slack.mass_mentions == ()
    assert scene.towns.discord.person(f"Témoin {Platform.DISCORD}").notifications() == ()
    # Telegram brings to life by itself what looks like a mention, a link or a hashtag
    chats = scene.towns.telegram.state.chats.values()
    ours = [post for chat in chats for post in chat.posts.values() if post.sender.is_bot]
    alive = {entity["type"] for post in ours for entity in post.entities}
    assert alive & {"mention", "hashtag", "cashtag", "url", "email", "phone_number"} == set()
    assert scene.towns.complaints() == []


@pytest.mark.parametrize("platform", EVERYWHERE)
async def test_an_introduction_is_published_as_it_was_written(
    scene: Stage, platform: Platform
) -> None:
    mallory = await comes_in(scene, "<!here> **Mallory** @everyone", platform)
    await reaches_introduction(mallory)
    await mallory.presses("onboarding.fill_introduction")
    await mallory.fills(
        {
            f"{INTRODUCTION}.story": f"{MARKUP}\n> {CALLS}",
            f"{INTRODUCTION}.today": HIDDEN,
            f"{INTRODUCTION}.likes": "🎉" * 60,
        }
    )
    await mallory.presses("onboarding.publish")
    (seen,) = posted(bystander(scene, platform), "présentations", "se présente")
    for line in (MARKUP, f"> {CALLS}", READ, "🎉" * 60):
        assert line in read(seen)
    assert "<!here> **Mallory** @everyone se présente" in read(seen)
    nobody_was_called(scene)


@pytest.mark.parametrize("platform", EVERYWHERE)
async def test_a_question_is_posted_as_it_was_written(scene: Stage, platform: Platform) -> None:
    nora = await comes_in(scene, f"Nora {platform}", platform)
    await nora.runs("/question")
    await nora.fills({f"{ASK}.title": f"Que faire ? {CALLS}", f"{ASK}.details": MARKUP})
    (seen,) = posted(bystander(scene, platform), "entraide", "Que faire")
    assert f"Que faire ? {CALLS}" in read(seen)
    assert MARKUP in read(seen)
    nobody_was_called(scene)


@pytest.mark.parametrize("platform", EVERYWHERE)
async def test_what_is_empty_or_endless_is_answered_and_nothing_is_lost(
    scene: Stage, platform: Platform
) -> None:
    omar = await comes_in(scene, f"Omar {platform}", platform)
    await omar.runs("/question")
    title = scene.label(f"{ASK}.title", "fr")
    if platform is Platform.TELEGRAM:
        await omar.sees(title)
        # nothing but an invisible sign, then what Telegram sends as several messages
        await omar.says("\u2060\u200b\u2060")
        assert "Cette réponse est nécessaire" in (await omar.sees(title)).text
        await omar.says("😀" * 2000)
        assert "C’est un peu long : 2000 caractères" in (await omar.sees(title)).text
        await omar.says("Ouf")
        assert "C’est un peu court : 3 caractères" in (await omar.sees(title)).text
    else:
        # the application itself refuses what is empty, or longer than the form allows
        for answer in ("", "😀" * 10_000, "Ouf"):
            with pytest.raises(CannotDo):
                await omar.fills({f"{ASK}.title": answer})
            assert omar.person.form is not None
        # but not what only looks like an answer
        await omar.fills({f"{ASK}.title": "\u200b" * 12, f"{ASK}.details": "Gardé."})
        if platform is Platform.DISCORD:
            await omar.presses("adapter_discord.correct")
            assert omar.person.form is not None
            assert "Gardé." in omar.person.form.values.values()
        else:
            assert omar.person.form is not None
            assert omar.person.form.errors == {title: "Cette réponse est nécessaire."}
    await omar.fills({f"{ASK}.title": f"Une vraie question, sur {platform} ?"})
    (seen,) = posted(bystander(scene, platform), "entraide", f"vraie question, sur {platform}")
    if platform is not Platform.TELEGRAM:
        assert "Gardé." in seen.text
    nobody_was_called(scene)


@pytest.mark.parametrize("platform", EVERYWHERE)
async def test_hostile_words_after_a_command_are_answered_in_plain_words(
    scene: Stage, platform: Platform
) -> None:
    paul = await comes_in(scene, f"Paul {platform}", platform)
    await paul.runs(f"/lier {CALLS}")
    await paul.sees("Ce code n’est pas (ou plus) valable")
    await paul.runs(f"/expertise {MARKUP}")
    await paul.runs("/experts <!channel> **tous**")
    # Slack itself reads what its own signs mean before the command reaches us
    asked = "@channel **tous**" if platform is Platform.SLACK else "<!channel> **tous**"
    assert asked in read(await paul.sees("Personne n’a encore proposé son aide"))
    await paul.says(f"{CALLS} {HIDDEN}")
    await paul.sees("Je lis surtout les boutons et les commandes")
    nobody_was_called(scene)
