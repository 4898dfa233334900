import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bots.demo.play import play
from bots.sandbox.people import CannotDo

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

PLATFORMS = {"discord", "slack", "telegram"}
Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """What everybody could see in the nine days, played once through the real clients."""
    import asyncio  # noqa: PLC0415  the story is played once for all these tests

    path = tmp_path_factory.mktemp("demo") / "story.jsonl"
    assert asyncio.run(play(transcript_to=path, days=9)) == 0
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def where(lines: Lines, matches: Callable[[dict[str, Any]], bool]) -> set[str]:
    return {line["platform"] for line in lines if matches(line)}


def test_every_line_says_what_scripts_read(told: Lines) -> None:
    wanted = {"at", "platform", "channel", "author", "text", "private_to", "buttons"}
    assert all(wanted <= line.keys() for line in told)
    assert {line["platform"] for line in told} == PLATFORMS


def test_the_charter_is_accepted_natively_everywhere(told: Lines) -> None:
    assert where(told, lambda s: "J’accepte la charte" in s["buttons"]) == PLATFORMS
    accepted = where(told, lambda s: s["edited"] and "La porte est ouverte" in s["text"])
    assert accepted == PLATFORMS


def test_the_tip_stands_everywhere_at_nine_on_monday(told: Lines) -> None:
    tips = [s for s in told if "Ctrl + T" in s["text"] and s["channel"] == "rituels"]
    assert {s["platform"] for s in tips} == PLATFORMS
    assert {s["at"] for s in tips} == {"2026-11-23T08:00:00+00:00"}


def test_a_question_is_followed_in_its_thread_everywhere(told: Lines) -> None:
    assert where(told, lambda s: "C’est résolu" in s["buttons"]) == PLATFORMS
    assert where(told, lambda s: "Question résolue" in s["text"]) == PLATFORMS


def test_the_expert_is_tagged_once_and_nobody_else(told: Lines) -> None:
    tagged = [s for s in told if "pourriez-vous aider" in s["text"] and not s["edited"]]
    assert [(s["platform"], s["text"].split(",")[0]) for s in tagged] == [("slack", "@Fatou")]


def test_one_turn_is_passed_and_one_accepted(told: Lines) -> None:
    assert len([s for s in told if "Avec plaisir" in s["buttons"] and not s["edited"]]) == 2
    assert any("je demande à la personne suivante" in s["text"] for s in told)
    assert any("Votre astuce sera publiée" in s["text"] for s in told)


def test_the_digest_reaches_the_admins_everywhere_with_its_chart_in_words(told: Lines) -> None:
    digests = [s for s in told if "Bilan de la semaine 2026-W47" in s["text"]]
    assert {s["platform"] for s in digests} == PLATFORMS
    assert where(told, lambda s: bool(s["images"])) == PLATFORMS
    assert all("1 a réuni plusieurs comptes et ne compte qu’une fois" in s["text"] for s in digests)


def test_nobody_is_greeted_twice(told: Lines) -> None:
    greeted = [s["private_to"] for s in told if s["text"].startswith("Bienvenue ")]
    assert len(greeted) == len(set(greeted)) == 12


async def test_paper_shows_what_people_do_and_who_alone_reads_what(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "story.jsonl"
    assert await play(transcript_to=path, days=2) == 0
    paper = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert paper.startswith("Onze personnes, douze comptes, 2 jours")
    for expected in (
        "09:00 Alice arrive",
        "11:00 Léa demande à entrer",
        "Alice ▸ [J’accepte la charte]",
        "Inès ▸ formulaire",
        "09:00 Alice ▸ /lier",
        "[accueil, pour Alice seulement]",
        "Karim → Amicale",
        "Bruno ▸ ✅ sur le message de Bruno",
        "La semaine jusqu’ici",
    ):
        assert expected in paper
    assert "comme les admins l’ont reçu" not in paper
    assert "▸" not in path.read_text(encoding="utf-8")


async def test_a_story_that_goes_wrong_says_what_the_person_saw(tmp_path: Path) -> None:
    from bots.demo.stage import stage  # noqa: PLC0415  starts three clients
    from bots.demo.story import START  # noqa: PLC0415  with it

    async with stage(tmp_path, START) as scene:
        alice = scene.actor("Alice", "discord")
        with pytest.raises(CannotDo, match="Alice"):
            await alice.person.presses("Rien de tel")
