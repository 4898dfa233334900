"""What Discord's refusals mean for a delivery: try again, wait, or give up and why."""

import asyncio
import re

import aiohttp
import discord

from core.chat.adapter import (
    DeliveryError,
    Doubtful,
    Permanent,
    RateLimited,
    Transient,
    Unauthorised,
    Unreachable,
)

REFUSED_TO_PERSON = {
    20009: "this person's filter refuses what would be sent",
    50007: "this person refuses direct messages from the server's members",
    50033: "this person cannot be written to",
    50278: "this person shares no server with the bot any more",
}
PASSING = {
    20016: "the channel is in slow mode",
    20022: "an announcement was edited too often",
    20028: "the channel's write limit is reached",
    20029: "the server's write limit is reached",
    30046: "a message older than an hour was edited too often",
    40003: "direct messages are opened too fast",
    40004: "sending messages is switched off for a time",
    40006: "this feature is switched off for a time",
    40062: "a service of Discord's is limited",
    110001: "Discord is not yet available",
    130000: "Discord is overloaded",
}
REFUSED = {
    10003: "unknown channel",
    10004: "unknown server",
    10007: "this person is not a member of the server",
    10008: "unknown message",
    10011: "unknown role",
    10013: "unknown user",
    10014: "unknown emoji",
    10015: "the interaction is unknown or older than 15 minutes",
    10062: "the interaction is unknown or too old (3 s to answer, 15 min to add)",
    10070: "the event is gone",
    20001: "bots may not do this",
    30033: "the thread has too many members",
    30038: "the server has its 100 events",
    40001: "unauthorised",
    40002: "the bot's account must be verified",
    40005: "too large",
    40007: "this person is banned from the server",
    40058: "a forum takes no messages, only posts",
    40060: "the interaction was already answered",
    40094: "the interaction has too many follow-ups",
    40333: "Cloudflare blocks the bot",
    50001: "the bot has no access",
    50003: "not possible in a direct message",
    50005: "the message is somebody else's",
    50006: "an empty message",
    50008: "not a text channel",
    50009: "the channel's verification level is too high",
    50013: "the bot lacks a permission",
    50014: "the token is wrong",
    50021: "not possible with a system message",
    50024: "this kind of channel does not allow it",
    50026: "a scope was not granted",
    50027: "the interaction's token is wrong or older than 15 minutes",
    50028: "invalid role",
    50035: "the body is malformed",
    50045: "the file is too large",
    50046: "the file is invalid",
    50083: "the thread is archived",
    50109: "the body is not JSON",
    60003: "the bot's owner must switch on two-factor authentication",
    90001: "the reaction was blocked",
    160002: "answering needs Read Message History",
    160004: "this message already has a thread",
    160005: "the thread is locked",
    160006: "the server has too many active threads",
    200000: "the server's automatic moderation blocked it",
    200001: "the server's automatic moderation blocked a title",
    240000: "Discord's filter of harmful links blocked it",
    400001: "the server may upload no files for now",
    520000: "polls are blocked",
    520001: "the poll is over",
    520002: "this kind of channel takes no polls",
    520003: "a poll cannot be changed",
    520006: "the message holds no poll",
}
"""https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes"""

UNDECIDED = frozenset({502, 504, 520, 524})
"""HTTP statuses of a proxy before Discord, which cannot know whether it was done.
https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/"""

REFUSES_US = "the token is wrong: Developer Portal, Bot, Reset Token"
_QUOTED = re.compile(r"([\"'“]).*?([\"'”])", re.DOTALL)
_DEFAULT_WAIT = 5.0


def meaning(error: Exception) -> DeliveryError:
    """The core's word for what went wrong. Never holds a member's text or a secret."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, discord.RateLimited):
        return RateLimited(error.retry_after)
    if isinstance(error, discord.LoginFailure):
        return Unauthorised("401", REFUSES_US)
    if isinstance(error, discord.HTTPException):
        return _refusal(error)
    if isinstance(
        error, aiohttp.ClientConnectorError | aiohttp.InvalidURL | ConnectionRefusedError
    ):
        return Transient(f"Discord cannot be reached: {type(error).__name__}")
    if isinstance(error, aiohttp.ClientError | OSError | asyncio.TimeoutError):
        return Doubtful(f"Discord did not answer: {type(error).__name__}")
    if isinstance(error, RuntimeError):  # aiohttp's word for a session closed under our feet
        return Transient("the connection was closed")
    return Permanent("unexpected", type(error).__name__)


def _refusal(error: discord.HTTPException) -> DeliveryError:
    if error.status == 429:  # noqa: PLR2004  HTTP's number
        return RateLimited(_wait(error))
    if error.status in UNDECIDED:
        return Doubtful(f"Discord answered {error.status}")
    if error.status >= 500 or error.status == 408:  # noqa: PLR2004  HTTP's numbers
        return Transient(f"Discord answered {error.status}")
    if error.status == 401:  # noqa: PLR2004  HTTP's number
        return Unauthorised("401", REFUSES_US)
    if error.code in PASSING:
        return Transient(f"{error.code}: {PASSING[error.code]}")
    if error.code in REFUSED_TO_PERSON:
        return Unreachable(str(error.code), REFUSED_TO_PERSON[error.code])
    reason = REFUSED.get(error.code, f"refused with HTTP status {error.status}")
    if error.code == 50035:  # noqa: PLR2004  the one whose details name our fields, not texts
        reason = f"{reason}: {_QUOTED.sub('…', ' '.join(error.text.split()))[:200]}"
    return Permanent(str(error.code or error.status), reason)


def _wait(error: discord.HTTPException) -> float:
    """The seconds asked for; a block by Cloudflare says none that can be read."""
    try:
        return max(0.0, float(error.response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return _DEFAULT_WAIT
