"""What people could see, one JSON object a line, for scripts and for the curious."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bots.sandbox.people import Seen


def line(seen: Seen) -> str:
    """One message as JSON: `at, platform, channel, author, text, private_to, buttons`, and more."""
    return json.dumps(
        {
            "at": seen.at.isoformat(),
            "platform": seen.platform,
            "channel": seen.channel,
            "thread": seen.thread,
            "author": seen.author,
            "text": seen.text,
            "private_to": seen.private_to,
            "buttons": list(seen.buttons),
            "images": list(seen.images),
            "edited": seen.edited,
        },
        ensure_ascii=False,
    )


def write(path: Path, shown: Iterable[Seen]) -> None:
    """Write them all, in order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line(seen)}\n" for seen in shown), encoding="utf-8")


@contextmanager
def kept(path: Path | None, shown: Callable[[], Iterable[Seen]]) -> Iterator[Callable[[], None]]:
    """Write what was shown when told to, and again at the end, however that comes.

    Without a path nothing is written.
    """

    def keep() -> None:
        if path is not None:
            write(path, shown())

    try:
        yield keep
    finally:
        keep()
