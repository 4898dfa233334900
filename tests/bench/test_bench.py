import pytest

from core.chat.identity import Platform
from tests.bench import flow
from tests.bench.pace import least
from tests.bench.rows import Row, p99


def test_a_row_says_its_median_its_mark_and_whether_it_is_met() -> None:
    fast = Row("slack-client", [0.9, 1.3, 1.1], 1.0, said="2,000 messages/s")
    assert fast.line == "bench: slack-client: 1.10 (mark 1) ok"
    assert fast.detail == "  2,000 messages/s; runs 0.90 to 1.30"
    slow = Row("start", [1.5], 1.3, most=True)
    assert slow.line == "bench: start: 1.50 (mark 1.3) short"


def test_one_time_in_a_hundred_is_left_out() -> None:
    assert p99([float(n) for n in range(1, 101)]) == 99.0
    assert p99([7.0]) == 7.0


@pytest.mark.parametrize(
    ("platform", "channels", "each", "seconds"),
    [
        (Platform.SLACK, 40, 50, 49),
        (Platform.DISCORD, 40, 50, 45),
        (Platform.DISCORD, 1, 5, 0),
        (Platform.TELEGRAM, 1, 21, 60),
        (Platform.TELEGRAM, 40, 3, 3),
    ],
)
def test_the_least_time_follows_from_the_published_limits(
    platform: Platform, channels: int, each: int, seconds: float
) -> None:
    assert least(platform, channels, each) == seconds


@pytest.mark.e2e
@pytest.mark.timeout(240)
async def test_the_bench_runs() -> None:
    size = flow.Size(rounds=1, messages=60, by_hand=20)
    wanted = {"slack-client", "slack-byhand"}
    rows = [row async for row in flow.rows(Platform.SLACK, size, wanted)]
    assert {row.name for row in rows} == wanted
    assert all(row.figure > 0 for row in rows)
