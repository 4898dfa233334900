"""A process that has imported everything and forks each life of the suite, so that one is cheap.

Run as `python -m tests.torture.nursery`; it reads orders on its input, one a line: `born <json>`
forks a life and answers its pid, `bury <pid>` waits for its end and answers how it ended.
"""

import asyncio
import gc
import importlib
import os
import sys
import traceback
from collections.abc import Callable, Coroutine

from tests.torture.birth import Birth

LAZY = (
    "bots.discord.adapter",
    "bots.slack.adapter",
    "bots.telegram.adapter",
    "aiosqlite",
    "asyncpg",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "tortoise.backends.sqlite",
    "tortoise.backends.asyncpg",
)
"""What the suite imports only when it needs it."""


def main() -> None:
    """Fork when asked to, until there is nobody to ask."""
    for name in LAZY:
        importlib.import_module(name)
    from tests.torture import life  # noqa: PLC0415  after the libraries, which it finds imported

    gc.collect()
    gc.freeze()
    _answer("ready")
    for line in sys.stdin:
        order, _, rest = line.strip().partition(" ")
        if order == "bury":
            _, status = os.waitpid(int(rest), 0)
            _answer(os.waitstatus_to_exitcode(status))
            continue
        pid = os.fork()
        if pid == 0:
            _live(Birth.model_validate_json(rest), life.live)
        _answer(pid)


def _live(birth: Birth, live: Callable[[Birth], Coroutine[None, None, None]]) -> None:
    """Be a life of the suite, and nothing after it."""
    code = 1
    try:
        os.close(0)
        asyncio.run(live(birth))
        code = 0
    except BaseException:  # noqa: BLE001  the last word of a life, in its log
        traceback.print_exc()
    finally:
        os._exit(code)


def _answer(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
