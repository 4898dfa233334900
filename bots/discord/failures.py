"""What Discord's refusals mean for a delivery: try again, wait, or give up and why."""

import asyncio
import re

import aiohttp
import discord

from core.chat.adapter import DeliveryError, Permanent, RateLimited, Transient, Unreachable

REFUSED_TO_PERSON = {
    50007: "this person refuses direct messages from the server's members",
    50278: "this person shares no server with the bot any more",
}
PASSING = {
    40003: "direct messages are opened too fast",
    30046: "a message older than an hour was edited too often",
    130000: "Discord is overloaded",
    20016: "the channel is in slow mode",
    20028: "the channel's write limit is reached",
    20029: "the server's write limit is reached",
}
REFUSED = {
    10003: "unknown channel",
    10004: "unknown server",
    10007: "this person is not a member of the server",
    10008: "unknown message",
    10011: "unknown role",
    10013: "unknown user",
    10062: "the interaction is unknown or too old (3 s to answer, 15 min to add)",
    30033: "the thread has too many members",
    40001: "unauthorised",
    40002: "the bot's account must be verified",
    40060: "the interaction was already answered",
    50001: "the bot has no access",
    50006: "an empty message",
    50013: "the bot lacks a permission",
    50014: "the token is wrong",
    50024: "this kind of channel does not allow it",
    50027: "the interaction's token is wrong or older than 15 minutes",
    50035: "the body is malformed",
    50083: "the thread is archived",
    160002: "answering needs Read Message History",
    160004: "this message already has a thread",
    160005: "the thread is locked",
    160006: "the server has too many active threads",
    200000: "the server's automatic moderation blocked it",
}
"""https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes"""

_QUOTED = re.compile(r"([\"'“]).*?([\"'”])", re.DOTALL)
_DEFAULT_WAIT = 5.0


def meaning(error: Exception) -> DeliveryError:
    """The core's word for what went wrong. Never holds a member's text or a secret."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, discord.RateLimited):
        return RateLimited(error.retry_after)
    if isinstance(error, discord.LoginFailure):
        return Permanent("401", "the token is wrong: Developer Portal, Bot, Reset Token")
    if isinstance(error, discord.HTTPException):
        return _refusal(error)
    if isinstance(error, aiohttp.ClientError | OSError | asyncio.TimeoutError):
        return Transient(f"Discord cannot be reached: {type(error).__name__}")
    if isinstance(error, RuntimeError):  # aiohttp's word for a session closed under our feet
        return Transient("the connection was closed")
    return Permanent("unexpected", type(error).__name__)


def _refusal(error: discord.HTTPException) -> DeliveryError:
    if error.status == 429:  # noqa: PLR2004  HTTP's number
        return RateLimited(float(error.response.headers.get("Retry-After", _DEFAULT_WAIT)))
    if error.status >= 500 or error.status == 408:  # noqa: PLR2004  HTTP's numbers
        return Transient(f"Discord answered {error.status}")
    if error.code in PASSING:
        return Transient(f"{error.code}: {PASSING[error.code]}")
    if error.code in REFUSED_TO_PERSON:
        return Unreachable(str(error.code), REFUSED_TO_PERSON[error.code])
    reason = REFUSED.get(error.code, f"refused with HTTP status {error.status}")
    if error.code == 50035:  # noqa: PLR2004  the one whose details name our fields, not texts
        reason = f"{reason}: {_QUOTED.sub('…', ' '.join(error.text.split()))[:200]}"
    return Permanent(str(error.code or error.status), reason)
