"""`make bench`: each row of docs/performance.md, printed as soon as it is measured."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial

from core.chat.identity import Platform
from tests.bench import flow, pace, size
from tests.bench.rows import Row, Wrong


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are measured together."""

    names: tuple[str, ...]
    rows: Callable[[set[str]], AsyncIterator[Row]]


def groups(*, quick: bool) -> list[Group]:
    """All of them, in the order in which they are printed."""
    crowd = flow.QUICK if quick else flow.Size()
    whole = size.QUICK if quick else size.Size()
    digest = ("digest", "digest-weight", "digest-flat")
    return [
        *(Group(tuple(flow.names(p, quick=quick)), partial(flow.rows, p, crowd)) for p in Platform),
        Group(digest, partial(size.digest, whole)),
        Group(tuple(pace.names()), partial(pace.rows, 4 if quick else 50)),
        Group(("memory", "start"), partial(size.connected, whole)),
        *([] if quick else [Group(("million",), partial(size.million, whole))]),
    ]


async def run(only: str, *, quick: bool) -> bool:
    """Measure and print what is wanted; says whether every run can be believed."""
    right = True
    for group in groups(quick=quick):
        wanted = {name for name in group.names if only in name}
        try:
            async for row in group.rows(wanted) if wanted else _nothing():
                if row.name in wanted:
                    sys.stdout.write(f"{row.line}\n{row.detail}\n")
                    sys.stdout.flush()
        except (Wrong, AssertionError) as error:
            right = False
            sys.stdout.write(f"bench: wrong: {error}\n")
    return right


async def _nothing() -> AsyncIterator[Row]:
    none: tuple[Row, ...] = ()
    for row in none:
        yield row


def main() -> None:
    """ONLY=name measures the rows whose name holds it; QUICK=1 less of everything."""
    began = time.monotonic()
    right = asyncio.run(run(os.environ.get("ONLY", ""), quick=bool(os.environ.get("QUICK"))))
    sys.stdout.write(f"bench: {time.monotonic() - began:.0f} s\n")
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
