"""A community of any size and age, on disk: `python -m tests.bench.seeded FILE MEMBERS …`."""

import asyncio
import random
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bots import schema
from bots.sandbox.discord.state import GUILD_ID
from bots.sandbox.slack.state import TEAM
from core.chat.identity import Platform
from core.engagement.rules import Kind, subject, week_of
from tests.bench.wires import user_id

GROUP = "-1001000000001"
WORKSPACES = {Platform.DISCORD: GUILD_ID, Platform.SLACK: TEAM, Platform.TELEGRAM: GROUP}
SLUG, ZONE = "demo", "Europe/Paris"
"""The community of the stand-ins' own configuration."""

DAY_ONE = datetime(2020, 1, 1, tzinfo=UTC)
BATCH = 50_000

PLATFORMS = tuple(Platform)
REACTIONS, RITUALS, MESSAGES = 0.13, 0.16, 0.8
"""The chance that what somebody does is this or what stands before; what is left are replies."""

Row = tuple[object, ...]


def stamp(moment: datetime) -> str:
    """As Tortoise writes it on SQLite."""
    return moment.astimezone(UTC).isoformat(" ")


def people(file: Path, members: int, platforms: tuple[Platform, ...]) -> None:
    """Members with one account each, taking turns between the platforms; all greeted long ago."""
    begun = stamp(DAY_ONE)
    with _open(file) as base:
        base.execute(
            "INSERT INTO community (id, slug, name, timezone, language) VALUES (1, ?, ?, ?, 'fr')",
            (SLUG, "Les anciens", ZONE),
        )
        numbers = range(1, members + 1)
        _fill(
            base,
            "member (id, community_id, name, language, joined_at)",
            ((n, 1, f"P{n}", "", begun) for n in numbers),
        )
        _fill(base, "journey (member_id, greeted_at)", ((n, begun) for n in numbers))
        _fill(
            base,
            "member_account (community_id, member_id, platform, workspace, user, name, handle,"
            " locale, active_at)",
            (
                (1, n, on, WORKSPACES[on], user_id(on, n), f"P{n}", "", "fr", stamp(_now()))
                for n in numbers
                for on in [platforms[n % len(platforms)]]
            ),
        )


def history(file: Path, members: int, youngest: int, oldest: int, a_week: int) -> None:
    """What these members did in whole weeks, so many to so many weeks ago."""
    draw = random.Random(f"{members} {a_week}")  # noqa: S311  to be the same again
    with _open(file) as base:
        ((row,),) = base.execute("SELECT coalesce(max(id), 0) FROM activity")
        _fill(
            base,
            "activity (id, community_id, member_id, platform, kind, key, emoji, subject, at)",
            _lives(draw, members, range(oldest, youngest - 1, -1), a_week, row),
        )


def _lives(
    draw: random.Random, members: int, ages: Iterable[int], a_week: int, row: int
) -> Iterator[Row]:
    """Few people do most; every seventh thing is a reaction, which somebody receives."""
    for age in ages:
        start, end = _week(age)
        step = (end - start) / a_week
        about = subject("lundi-astuce", f"{start.date() + timedelta(days=1)}")
        done = 0
        while done < a_week:
            row, done = row + 1, done + 1
            at = stamp(start + step * done - step / 2)
            who, on = _somebody(draw, members), draw.choice(PLATFORMS)
            chance = draw.random()
            if chance < REACTIONS:
                given, other = row, _somebody(draw, members)
                other = other if other != who else who % members + 1  # one's own counts for nothing
                yield (row, 1, who, on, Kind.REACTION_GIVEN, f"k{row}", "👍", "", at)
                row, done = row + 1, done + 1
                received = Kind.REACTION_RECEIVED
                yield (row, 1, other, on, received, f"k{given}", "👍", str(given), at)
            elif chance < RITUALS:
                yield (row, 1, who, on, Kind.RITUAL, f"k{row}", "", about, at)
            else:
                kind = Kind.MESSAGE if chance < MESSAGES else Kind.REPLY
                yield (row, 1, who, on, kind, f"k{row}", "", "", at)


def _somebody(draw: random.Random, members: int) -> int:
    return 1 + int(members * draw.random() ** 2)


def _week(age: int) -> tuple[datetime, datetime]:
    zone = ZoneInfo(ZONE)
    return week_of(_now().astimezone(zone).date() - timedelta(weeks=age), zone)


def _now() -> datetime:
    return datetime.now(UTC)


def _open(file: Path) -> sqlite3.Connection:
    base = sqlite3.connect(file)
    base.execute("PRAGMA synchronous = OFF")
    base.execute("PRAGMA cache_size = -2000000")
    return base


def _fill(base: sqlite3.Connection, into: str, rows: Iterable[Row]) -> None:
    marks = ", ".join("?" * (into.count(",") + 1))
    base.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)  # noqa: S608  our own words


def main() -> None:
    """FILE MEMBERS PLATFORM,… [YOUNGEST OLDEST EVENTS_A_WEEK]; a file that is there is aged."""
    file, members, platforms, *past = sys.argv[1:]
    place = Path(file)
    if not place.exists():
        asyncio.run(schema.migrate(f"sqlite://{file}"))
        people(place, int(members), tuple(Platform(p) for p in platforms.split(",")))
    if past:
        youngest, oldest, a_week = (int(given) for given in past)
        history(place, int(members), youngest, oldest, a_week)


if __name__ == "__main__":
    main()
