"""How near we come to the fastest that the platforms let a bot speak."""

from collections.abc import AsyncIterator, Iterator

from core.chat.identity import Platform
from tests.bench.flow import seeded
from tests.bench.processes import folder, subject, towns
from tests.bench.rows import Row, Wrong

CHANNELS = 40
MARKS = {Platform.DISCORD: 1.20, Platform.SLACK: 1.05, Platform.TELEGRAM: 1.05}

Limit = tuple[int, float]
"""So many within so many seconds."""

OVERALL: dict[Platform, tuple[Limit, ...]] = {
    Platform.DISCORD: ((50, 1.0),),
    Platform.SLACK: (),
    Platform.TELEGRAM: ((30, 1.0),),
}
"""https://docs.discord.com/developers/topics/rate-limits and
https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this"""

IN_A_CHANNEL: dict[Platform, tuple[Limit, ...]] = {
    Platform.DISCORD: ((5, 5.0),),
    Platform.SLACK: ((1, 1.0),),
    Platform.TELEGRAM: ((1, 1.0), (20, 60.0)),
}
"""Discord publishes none, its headers say this one; for Slack
https://docs.slack.dev/apis/web-api/rate-limits"""


def least(platform: Platform, channels: int, each: int) -> float:
    """Seconds from the first message to the last that no bot can go below."""
    in_a_channel = _alone(IN_A_CHANNEL[platform], each)
    return max(in_a_channel, _alone(OVERALL[platform], channels * each))


def _alone(limits: tuple[Limit, ...], count: int) -> float:
    sent: list[float] = []
    for number in range(count):
        free = [sent[-calls] + seconds for calls, seconds in limits if number >= calls]
        sent.append(max([sent[-1] if sent else 0.0, *free]))
    return sent[-1]


def names() -> Iterator[str]:
    """What is measured."""
    for platform in Platform:
        yield f"{platform}-pace"


async def rows(each: int, wanted: set[str]) -> AsyncIterator[Row]:
    """All platforms at once, from the outbox; their limits are enforced, in their own time."""
    platforms = tuple(p for p in Platform if f"{p}-pace" in wanted)
    longest = max(least(p, CHANNELS, each) for p in platforms)
    async with seeded("10", ",".join(platforms)) as members, towns(1, CHANNELS) as (town,):
        with folder() as place:
            database = place / "suite.sqlite3"
            database.write_bytes(members.read_bytes())
            pace = {"AMICALE_TELEGRAM_GROUP_PER_MINUTE": "20"}
            async with subject("suite", platforms, town, database, **pace) as bot:
                await bot.asked("owe", places=town.places, each=each)
                came = await town.asked("shown", each=each, seconds=longest * 2 + 20)
    for platform in platforms:
        found = came[platform]
        if (found["count"], found["right"]) != (CHANNELS * each, True):
            raise Wrong(f"{platform}: {found}, of {CHANNELS * each}")
        minimum = least(platform, CHANNELS, each)
        said = (
            f"{found['count']} messages in {found['seconds']:.1f} s, at least {minimum:.0f} s;"
            f" refused {found['refused']}"
        )
        if found["refused"]:
            raise Wrong(f"{platform}: {said}")
        yield Row(
            f"{platform}-pace", [found["seconds"] / minimum], MARKS[platform], most=True, said=said
        )
