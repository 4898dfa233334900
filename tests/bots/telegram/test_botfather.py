"""The steps printed for the operator, and how little it costs to print them."""

import subprocess
import sys

from bots.telegram.botfather import RIGHTS, instructions


def test_the_steps_name_every_right_the_check_asks_for() -> None:
    steps = instructions()
    assert "/setprivacy" in steps
    assert "-1001234567890/5" in steps
    assert all(switch in steps for switch, _ in RIGHTS.values())


def test_settings_and_steps_are_read_without_the_chat_library() -> None:
    code = (
        "import sys, bots.telegram, bots.telegram.settings, bots.telegram.botfather;"
        "sys.exit('telegram' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603  our own words
