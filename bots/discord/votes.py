"""Who voted in a poll of ours while nobody listened: Discord keeps it, and when it was not."""

from collections.abc import Awaitable, Callable
from typing import Any

from bots.discord.guild import Json

PAGE, PAGES = 100, 10
"""Voters asked for at once, and pages of them for one answer.
https://docs.discord.com/developers/resources/poll#get-answer-voters"""

Ask = Callable[..., Awaitable[Any]]


async def votes(message: Json, guild: str, ask: Ask) -> list[Json]:
    """Each vote in that message's poll, as the gateway would have told it; none without one."""
    results = (message.get("poll") or {}).get("results") or {}
    found: list[Json] = []
    for answer in results.get("answer_counts", ()):
        if answer["count"]:
            found += await _voters(message, int(answer["id"]), guild, ask)
    return found


async def _voters(message: Json, answer: int, guild: str, ask: Ask) -> list[Json]:
    found: list[Json] = []
    after = "0"
    for _ in range(PAGES):
        page = await ask(
            "/channels/{channel_id}/polls/{message_id}/answers/{answer_id}",
            {"limit": str(PAGE), "after": after},
            channel_id=message["channel_id"],
            message_id=message["id"],
            answer_id=str(answer),
        )
        people = page["users"] if page else []
        found += [_vote(message, answer, guild, person["id"]) for person in people]
        if len(people) < PAGE:
            break
        after = people[-1]["id"]
    return found


def _vote(message: Json, answer: int, guild: str, user: str) -> Json:
    return {
        "user_id": user,
        "channel_id": message["channel_id"],
        "message_id": message["id"],
        "guild_id": guild,
        "answer_id": answer,
    }
