"""Many channels on each stand-in, and in which order, how fast and how often words came there."""

from collections.abc import Mapping, Sequence

from bots.sandbox.discord.state import TEXT
from bots.sandbox.discord.state import Channel as DiscordChannel
from bots.sandbox.people import Seen
from bots.sandbox.slack.state import BOT_USER
from bots.sandbox.towns import Towns
from core.chat.identity import Platform
from tests.bench.processes import Json


def open_squares(towns: Towns, count: int) -> Mapping[Platform, Sequence[str]]:
    """So many channels on each platform, before any bot is connected: their ids."""
    return {
        Platform.DISCORD: [_discord(towns, n) for n in range(count)],
        Platform.SLACK: [_slack(towns, n) for n in range(count)],
        Platform.TELEGRAM: [_telegram(towns, n) for n in range(count)],
    }


def _discord(towns: Towns, number: int) -> str:
    state = towns.discord.state
    ident = state.snowflake()
    state.channels[ident] = DiscordChannel(ident, TEXT, f"place{number}", state.now(), 50 + number)
    return ident


def _slack(towns: Towns, number: int) -> str:
    workspace = towns.slack.workspace
    channel = workspace.create(f"place{number}", "channel", BOT_USER)
    channel.members.append(BOT_USER)
    return channel.id


def _telegram(towns: Towns, number: int) -> str:
    name = f"place{number}"
    return str(towns.telegram._found(name, name, "supergroup").id)


def refused(towns: Towns) -> Mapping[Platform, int]:
    """How many calls exceeded each platform's limits."""
    return {
        Platform.DISCORD: towns.discord.refused,
        Platform.SLACK: towns.slack.refusals,
        Platform.TELEGRAM: towns.telegram.refusals,
    }


def words(towns: Towns) -> Mapping[Platform, list[Seen]]:
    """What was said in these channels, in the order of its coming."""
    return {
        platform: [s for s in sandbox.transcript() if s.channel.startswith("place")]
        for platform, sandbox in towns.all.items()
    }


def told(seen: Sequence[Seen]) -> Json:
    """How many words came, within which time, and whether each channel's came in order, once."""
    numbers: dict[str, list[int]] = {}
    for one in seen:
        numbers.setdefault(one.channel, []).append(int(one.text.rpartition(" ")[2].strip("\u2060")))
    right = all(found == list(range(len(found))) for found in numbers.values())
    seconds = (max(s.at for s in seen) - min(s.at for s in seen)).total_seconds()
    return {"count": len(seen), "right": right, "seconds": seconds}
