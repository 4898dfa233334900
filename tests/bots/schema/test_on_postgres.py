import os
import subprocess
import sys

import pytest

LINKING = "tests/core/members/test_linking.py"
ATTENTION = "tests/core/attention/test_asking.py"
POLLS = "tests/core/polls/test_voting.py"
STORIES = [
    "tests/core/engine/test_races.py",
    "tests/core/engine/test_intake.py",
    "tests/core/engine/test_hearing.py",
    "tests/core/engagement/test_counting.py",
    "tests/core/members/test_directory.py",
    "tests/core/engine/test_owed_and_due.py",
    "tests/core/engagement/test_weeks.py",
    "tests/core/library/test_searching.py",
    "tests/core/gatherings/test_races.py",
    "tests/rituals/test_at_once.py",
    f"{ATTENTION}::test_rooms_that_ask_at_the_same_moment_are_in_turn",
    f"{POLLS}::test_somebody_on_two_platforms_counts_once_and_twice_again_once_parted",
    f"{LINKING}::test_two_accounts_become_one_person_and_both_are_told",
    f"{LINKING}::test_either_side_can_go_back_within_a_day",
    f"{LINKING}::test_what_both_held_is_held_once_and_parted_again",
    f"{LINKING}::test_whoever_is_forgotten_leaves_nothing_of_any_account",
    f"{LINKING}::test_somebody_met_again_before_the_group_moved_is_one_person",
    "tests/core/engine/test_app.py::test_a_refusal_is_said_kindly_and_rolled_back",
]


@pytest.mark.timeout(300)
def test_the_machinery_and_the_members_live_on_postgres_too(postgres: str) -> None:
    """In a process of its own: one process keeps to one database's dialect."""
    environment = {**os.environ, "AMICALE_TEST_VILLAGE": postgres}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *STORIES]
    ended = subprocess.run(  # noqa: S603  our own interpreter
        [*command, "-o", "addopts=", "-p", "no:xdist"],
        env={k: v for k, v in environment.items() if not k.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-4000:]
