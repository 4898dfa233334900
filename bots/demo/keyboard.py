"""Lines from a terminal while the stage goes on living, with arrow keys where there are any."""

import asyncio
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

with suppress(ImportError):
    import readline  # noqa: F401  input() edits and remembers lines once it is there


async def line(prompt: str) -> str | None:
    """What was typed; None at the end of the input and on Ctrl-C.

    The thread that reads keeps nobody waiting: on Ctrl-C it is left behind, and the terminal put
    back as it was.
    """
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str | None] = loop.create_future()

    def settle(text: str | None) -> None:
        if not typed.done():
            typed.set_result(text)

    def read() -> None:
        try:
            text = input(prompt)
        except (EOFError, ValueError):  # ValueError: the input was closed meanwhile
            text = None
        with suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(settle, text)

    before = signal.getsignal(signal.SIGINT)
    loop.add_signal_handler(signal.SIGINT, settle, None)
    try:
        with _terminal():
            Thread(target=read, daemon=True).start()
            return await typed
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)


@contextmanager
def _terminal() -> Iterator[None]:
    """Leave the terminal as it was found, whatever a line editor made of it."""
    if not sys.stdin.isatty():
        yield
        return
    found = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, found)
