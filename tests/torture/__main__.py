"""`make torture`: a month undisturbed, the same month under fire, and what became of it."""

import asyncio
import logging
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.torture.judge import Verdict, compare
from tests.torture.lives import Nursery
from tests.torture.month import LONG, SHORT
from tests.torture.run import Fire, run


def say(line: str) -> None:
    """At once, whoever listens."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main() -> int:
    """0 when nothing was lost and nothing came twice."""
    told = os.environ
    seed = int(told.get("SEED") or random.SystemRandom().randrange(1_000_000))
    fire = Fire(int(told.get("KILLS") or 200), faults=told.get("FAULTS") == "1")
    size = SHORT if told.get("SHORT") == "1" else LONG
    folder = Path(tempfile.mkdtemp(prefix="amicale-torture-"))
    say(f"seed {seed}, {fire}, {size}, files in {folder}")
    database = told.get("DATABASE") or ""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # whose clients are killed
    nursery = await Nursery.open()
    try:
        begin = time.monotonic()
        calm = await run(folder / "calm", nursery, seed, size, say=say, database=database)
        say(f"undisturbed: {time.monotonic() - begin:.0f} s; {calm.counts}")
        begin = time.monotonic()
        where = folder / "fire"
        burnt = await run(where, nursery, seed, size, fire=fire, say=say, database=database)
        say(f"under fire: {time.monotonic() - begin:.0f} s; {burnt.counts}")
    finally:
        await nursery.close()
    verdict = compare(calm.account, burnt.account)
    _tell(verdict, burnt.complaints, seed)
    kills = burnt.counts["kills"]
    say(f"kills {kills}, lost {len(verdict.lost)}, twice {len(verdict.twice)}")
    return 0 if verdict.good else 1


def _tell(verdict: Verdict, complaints: tuple[str, ...], seed: int) -> None:
    for complaint in complaints:
        say(f"protocol broken: {complaint}")
    for line in verdict.lost:
        say(f"lost: {line}")
    for line in verdict.twice:
        say(f"twice: {line}")
    if not verdict.good:
        say(f"again with: make torture SEED={seed}")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
