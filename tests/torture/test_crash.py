"""A few days of a few people, the suite killed again and again: nothing lost, nothing twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.torture.judge import compare
from tests.torture.lives import Nursery
from tests.torture.month import SHORT, Size
from tests.torture.run import Fire, run

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="module"),
]

SEED = 5
TINY = Size(days=2, people=3, talk=2)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nursery() -> AsyncIterator[Nursery]:
    nursery = await Nursery.open()
    yield nursery
    await nursery.close()


async def test_killed_twenty_times_in_three_days_nothing_is_lost_and_nothing_comes_twice(
    nursery: Nursery, tmp_path: Path
) -> None:
    calm = await run(tmp_path / "calm", nursery, SEED, SHORT)
    fire = await run(tmp_path / "fire", nursery, SEED, SHORT, fire=Fire(kills=20))
    assert fire.counts["kills"] == 20
    assert fire.complaints == ()
    verdict = compare(calm.account, fire.account)
    assert (verdict.lost, verdict.twice) == ((), ())


async def test_on_bad_days_nothing_is_lost_and_nothing_comes_twice(
    nursery: Nursery, tmp_path: Path
) -> None:
    calm = await run(tmp_path / "calm", nursery, SEED, TINY)
    fire = await run(tmp_path / "fire", nursery, SEED, TINY, fire=Fire(kills=3, faults=True))
    assert fire.counts["again"] > 0
    verdict = compare(calm.account, fire.account)
    assert (verdict.lost, verdict.twice) == ((), ())
