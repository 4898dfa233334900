import io
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console

from bots.demo.chronicle import Act
from bots.demo.screen import LONGEST, Screen
from bots.sandbox.people import Seen


def said(number: int, text: str = "", platform: str = "slack") -> Seen:
    at = datetime(2026, 11, 16, 8, number % 60, tzinfo=UTC)
    return Seen(str(number), at, platform, "entraide", "Inès", text or f"message {number}")


def drawn(*, terminal: bool, shown: Sequence[Seen | Act]) -> str:
    console = Console(
        file=io.StringIO(), width=132, height=30, force_terminal=terminal, color_system=None
    )
    with Screen(console, "Europe/Paris", 9) as screen:
        screen.day(1, "lundi", [])
        screen.show(shown)
        screen.day(2, "mardi", shown)
        screen.end(shown)
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue()


def test_on_paper_each_day_is_printed_once_whole() -> None:
    paper = drawn(terminal=False, shown=[said(n) for n in range(60)])
    assert all(paper.count(f"message {n} ") == 1 for n in range(10, 60))
    assert "1/9" in paper
    assert "2/9" in paper
    assert "09:05 [entraide] Inès message 5" in paper


def test_on_a_terminal_the_newest_messages_are_those_that_fit() -> None:
    live = drawn(terminal=True, shown=[said(n) for n in range(60)])
    assert "message 59" in live
    assert "message 10 " not in live


def test_a_long_message_is_cut_and_a_picture_is_said_in_words() -> None:
    long = Seen(
        "1",
        datetime(2026, 11, 16, tzinfo=UTC),
        "discord",
        "privé",
        "Amicale",
        "a" * (LONGEST + 50),
        private_to="Bob",
        buttons=("Oui",),
        images=("un diagramme",),
        edited=True,
    )
    paper = drawn(terminal=False, shown=[long])
    assert paper.count("a" * 38) < (LONGEST + 50) / 38
    for expected in ("→ Bob", "(modifié)", "[image : un diagramme]", "[Oui]", "…"):
        assert expected in paper


def test_an_act_is_a_line_of_its_own_in_its_column() -> None:
    act = Act(datetime(2026, 11, 16, 8, 5, tzinfo=UTC), "slack", "Inès ▸ /amicale moi")
    paper = drawn(terminal=False, shown=[act, said(6)])
    assert "09:05 Inès ▸ /amicale moi" in paper
    assert paper.index("▸") < paper.index("message 6")


def test_it_shows_who_alone_can_read_what() -> None:
    at = datetime(2026, 11, 16, tzinfo=UTC)
    paper = drawn(
        terminal=False,
        shown=[
            Seen("1", at, "slack", "accueil", "Amicale", "un", private_to="Inès"),
            Seen("2", at, "slack", "privé", "Amicale", "deux", private_to="Inès"),
            Seen("3", at, "slack", "privé", "Inès", "trois", private_to="Inès"),
        ],
    )
    words = " ".join(paper.replace("│", " ").split())
    assert "[accueil, pour Inès seulement]" in words
    assert "Amicale un" in words
    assert "[privé] Amicale → Inès deux" in words
    assert "[privé] Inès → Amicale trois" in words


def test_the_end_of_a_message_longer_than_the_panel_is_shown() -> None:
    tall = said(1, "\n".join(f"ligne {n}" for n in range(30)))
    live = drawn(terminal=True, shown=[said(0, "avant"), tall])
    assert "ligne 29" in live
    assert "ligne 2 " not in live
