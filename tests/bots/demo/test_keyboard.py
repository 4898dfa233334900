import asyncio
import io
import os
import signal
import sys

import pytest

from bots.demo import keyboard


async def test_lines_are_read_until_the_input_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("screen\n"))
    assert await keyboard.line("> ") == "screen"
    assert await keyboard.line("> ") is None


async def test_ctrl_c_ends_the_wait_and_gives_the_signal_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = signal.getsignal(signal.SIGINT)
    reading, writing = os.pipe()
    with os.fdopen(reading) as silent, os.fdopen(writing, "w"):
        monkeypatch.setattr(sys, "stdin", silent)
        asyncio.get_running_loop().call_later(0.1, os.kill, os.getpid(), signal.SIGINT)
        assert await keyboard.line("Alice> ") is None
    assert signal.getsignal(signal.SIGINT) is before
