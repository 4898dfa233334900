from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bots.__main__ import cli
from bots.demo.stage import hour_after, stage
from bots.demo.story import DAYS, PROGRAMME, START, Story, summed_up
from bots.sandbox.people import CannotDo


@pytest.mark.parametrize(
    ("days", "week", "received"),
    [
        (1, "2026-W47", False),
        (7, "2026-W47", False),
        (8, "2026-W47", True),
        (14, "2026-W47", True),
        (15, "2026-W48", True),
        (29, "2026-W50", True),
    ],
)
def test_the_end_shows_the_last_digest_or_the_first_week_so_far(
    days: int, week: str, *, received: bool
) -> None:
    assert summed_up(days) == (week, received)


def test_the_story_is_four_weeks_and_a_monday_and_no_longer() -> None:
    assert len(DAYS) == 4 * 7 + 1
    refused = CliRunner().invoke(cli, ["demo", "--days", str(len(DAYS) + 1)])
    assert refused.exit_code == 2
    assert "--days" in refused.output


@pytest.mark.e2e
async def test_what_nobody_is_asked_or_shown_stops_the_story(tmp_path: Path) -> None:
    async with stage(tmp_path, START, programme=PROGRAMME) as scene:
        story = Story(scene)
        await story.arrive("Alice")
        alice, karim = story.cast["Alice"], story.cast["Karim"]
        with pytest.raises(CannotDo, match="nobody was offered 'Avec plaisir'"):
            await story.whose_turn(10.5)
        with pytest.raises(CannotDo, match="nobody was called today with 'aider'"):
            await story.called("aider", seconds=0.1)
        with pytest.raises(CannotDo, match="no open poll with the answer 'Jamais'"):
            await alice.votes("Jamais")
        for refused in (karim.sends("/import", "a.csv", b""), karim.opens("a.csv")):
            with pytest.raises(CannotDo, match="on Discord"):
                await refused


@pytest.mark.parametrize(
    ("at", "following"),
    [
        ("2026-11-16T09:00", "2026-11-16T10:00"),
        ("2026-11-16T12:30", "2026-11-16T13:00"),
        ("2026-11-16T19:59", "2026-11-16T20:00"),
        ("2026-11-16T20:00", "2026-11-17T08:00"),
        ("2026-11-16T23:30", "2026-11-17T08:00"),
        ("2026-11-17T03:40", "2026-11-17T08:00"),
        ("2026-11-30T22:15", "2026-12-01T08:00"),
    ],
)
def test_a_day_goes_by_hour_by_hour_and_a_night_at_once(at: str, following: str) -> None:
    assert hour_after(datetime.fromisoformat(at)) == datetime.fromisoformat(following)
