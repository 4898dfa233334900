from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bots.demo.prompt import Prompt, Typed, answers, duration, understand
from bots.demo.stage import stage
from bots.demo.story import START, Story


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("say #entraide bonjour à tous", Typed("say", "bonjour à tous", "entraide")),
        ("say bonjour", Typed("say", "bonjour")),
        ("  press J’accepte la charte ", Typed("press", "J’accepte la charte")),
        ("run /rituel aperçu", Typed("run", "/rituel aperçu")),
        ("screen", Typed("screen")),
    ],
)
def test_a_line_is_a_verb_and_its_words(line: str, typed: Typed) -> None:
    assert understand(line) == typed


@pytest.mark.parametrize("line", ["", "danse", "say", "press "])
def test_a_line_that_means_nothing_says_what_to_type(line: str) -> None:
    with pytest.raises(ValueError, match=r"type one of|Type help"):
        understand(line)


def test_time_is_written_in_minutes_hours_or_days() -> None:
    assert duration("30m") == timedelta(minutes=30)
    assert duration("2 h") == timedelta(hours=2)
    assert duration("3d") == timedelta(days=3)
    with pytest.raises(ValueError, match="30m"):
        duration("bientôt")


def test_a_form_is_filled_by_pairs() -> None:
    assert answers("Titre=Bonjour ; Détails=a=b") == {"Titre": "Bonjour", "Détails": "a=b"}
    for nothing in ("", "Titre"):
        with pytest.raises(ValueError, match="field=answer"):
            answers(nothing)


@pytest.fixture
async def typed(tmp_path: Path) -> AsyncIterator[tuple[Prompt, list[str]]]:
    """A keyboard on a stage where Alice is in, and everything it wrote."""
    written: list[str] = []
    async with stage(tmp_path, START) as scene:
        story = Story(scene)
        await story.arrive("Alice")
        yield Prompt(scene, story.cast, written.append), written


@pytest.mark.e2e
async def test_one_may_be_anyone_and_do_what_people_do(typed: tuple[Prompt, list[str]]) -> None:
    prompt, written = typed
    for line in (
        "who",
        "as alice",
        "say #entraide Une idée ? #QuestionTechnique",
        "press Remplir mon profil",
        "fill Votre formation=Bureautique",
        "react 👍",
        "wait 1h",
        "run /moi",
        "screen",
        "help",
    ):
        assert await prompt.obey(line)
    shown = "\n".join(written)
    for expected in (
        "Alice (discord)",
        "You are Alice, on Discord.",
        "A form is open: Votre formation",
        "Vos chiffres",
        "as NAME",
    ):
        assert expected in shown


@pytest.mark.e2e
async def test_what_cannot_be_done_is_said_and_the_prompt_goes_on(
    typed: tuple[Prompt, list[str]],
) -> None:
    prompt, written = typed
    for line in ("as Personne", "press Rien de tel", "danse"):
        assert await prompt.obey(line)
    assert [line.split(" ", 2)[0] for line in written] == ["nobody", "Alice", "type"]
    assert not await prompt.obey("quit")
