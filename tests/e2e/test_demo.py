import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bots.demo.play import play
from bots.sandbox.people import CannotDo

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

PLATFORMS = {"discord", "slack", "telegram"}
Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """What everybody could see in the four weeks, played once through the real clients."""
    import asyncio  # noqa: PLC0415  the story is played once for all these tests

    path = tmp_path_factory.mktemp("demo") / "story.jsonl"
    assert asyncio.run(play(transcript_to=path, days=29)) == 0
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


def test_experts_are_called_by_name_where_the_question_is_and_nobody_else(told: Lines) -> None:
    called = [s for s in told if "pourriez-vous aider" in s["text"] and not s["edited"]]
    assert called[0]["platform"] == "slack"
    assert called[0]["text"].startswith("@Fatou,")
    assert [s["platform"] for s in called[1:]] == ["discord", "discord"]
    assert len({s["text"].split(",")[0] for s in called[1:]}) == 2


def test_a_question_without_answer_goes_up_and_says_why_somebody_was_called(told: Lines) -> None:
    assert where(told, lambda s: "attend encore une réponse" in s["text"]) == {"discord", "slack"}
    assert any("propose son aide sur ce thème (excel)" in s["text"] for s in told)


def test_one_turn_is_passed_and_four_tips_are_given(told: Lines) -> None:
    assert any("je demande à la personne suivante" in s["text"] for s in told)
    tips = [s for s in told if s["text"].startswith("Lundi Astuce, par") and not s["edited"]]
    assert [s["at"][:10] for s in tips if s["platform"] == "discord"] == [
        "2026-11-23",
        "2026-11-30",
        "2026-12-07",
        "2026-12-14",
    ]


def test_a_year_is_adopted_with_one_command_and_lived(told: Lines) -> None:
    assert any("C’est adopté" in s["text"] for s in told)
    rituals = [s for s in told if s["channel"] == "rituels"]
    assert where(rituals, lambda s: "La question de la semaine" in s["text"]) == PLATFORMS
    assert where(rituals, lambda s: "Le café virtuel commence" in s["text"]) == PLATFORMS
    assert where(rituals, lambda s: "Le webinaire de l’expert" in s["text"]) == PLATFORMS


def test_five_votes_of_four_people_count_as_four(told: Lines) -> None:
    counted = "4 personnes ont voté, chacune comptée une seule fois"
    assert where(told, lambda s: counted in s["text"]) == PLATFORMS


def test_the_library_answers_who_asks_and_nobody_else(told: Lines) -> None:
    close = [s for s in told if "Cela répond" in s["text"] and not s["edited"]]
    assert [s["private_to"] for s in close] == ["Sonia"]


def test_a_seat_that_is_given_back_goes_to_who_waits(told: Lines) -> None:
    told_so = [s for s in told if "Une place s’est libérée" in s["text"]]
    assert [(s["private_to"], s["platform"]) for s in told_so] == [("Karim", "telegram")]
    assert where(told, lambda s: "2 sur 2 personnes inscrites" in s["text"]) == PLATFORMS


def test_each_week_has_its_digest_with_its_chart_in_words(told: Lines) -> None:
    for week in ("W47", "W48", "W49", "W50"):
        digests = [s for s in told if f"Bilan de la semaine 2026-{week}" in s["text"]]
        assert {s["platform"] for s in digests} == PLATFORMS
        assert {s["at"][11:16] for s in digests} == {"07:30"}
    assert where(told, lambda s: "Diagramme" in str(s["images"])) == PLATFORMS
    first = [s for s in told if "Bilan de la semaine 2026-W47" in s["text"]]
    assert all("1 a réuni plusieurs comptes et ne compte qu’une fois" in s["text"] for s in first)


def test_nobody_is_greeted_twice(told: Lines) -> None:
    greeted = [
        s["private_to"] for s in told if s["text"].startswith(f"Bienvenue {s['private_to']} !")
    ]
    assert len(greeted) == len(set(greeted)) == 13


async def test_paper_shows_what_people_do_and_who_alone_reads_what(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "story.jsonl"
    assert await play(transcript_to=path, days=2) == 0
    paper = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert paper.startswith("Douze personnes, treize comptes, 2 jours")
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
