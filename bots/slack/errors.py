"""Says what Slack's refusals mean for a delivery: later, never, or not to this person."""

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from core.chat.adapter import DeliveryError, Permanent, RateLimited, Transient, Unreachable

DEFAULT_WAIT = 30.0
"""Seconds to wait when Slack limits us without saying how long
(https://docs.slack.dev/apis/web-api/rate-limits)."""

# Codes of chat.postMessage, conversations.open, conversations.invite and the common ones of every
# method: https://docs.slack.dev/reference/methods/chat.postMessage#errors
LATER = frozenset(
    {"fatal_error", "internal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)
LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
UNREACHABLE = {
    "cannot_dm_bot": "this account is a bot",
    "cannot_dm_user": "this person does not take direct messages",
    "user_disabled": "this account is deactivated",
    "user_not_found": "there is no such person in the workspace",
    "user_not_visible": "this person is not visible to the app",
    "users_not_found": "there is no such person in the workspace",
    "not_messageable": "this person does not take direct messages",
}
NEVER = {
    "account_inactive": "the bot token belongs to a removed app or workspace",
    "as_user_not_supported": "the token is of another kind",
    "cant_kick_from_general": "nobody can be removed from the general channel",
    "cant_update_message": "only our own messages can be changed",
    "channel_not_found": "the channel is unknown, or private and the bot is not in it",
    "edit_window_closed": "the workspace no longer lets this message be changed",
    "invalid_auth": "the token is wrong",
    "invalid_blocks": "Slack does not take these blocks",
    "invalid_blocks_format": "Slack does not take these blocks",
    "is_archived": "the channel is archived",
    "message_not_found": "the message is gone",
    "messages_tab_disabled": "the Messages tab is off (App Home, in the app's configuration)",
    "metadata_too_large": "the message's metadata is too large",
    "method_not_supported_for_channel_type": "this kind of conversation does not allow it",
    "missing_scope": "the app lacks a scope",
    "msg_blocks_too_long": "the blocks are too long",
    "msg_too_long": "the text is too long",
    "no_permission": "the app may not do this",
    "not_allowed_token_type": "the token is of another kind",
    "not_authed": "no token was given",
    "not_in_channel": "the bot is not in the channel: invite it",
    "restricted_action": "a workspace setting forbids it",
    "thread_locked": "the thread is locked",
    "token_expired": "the token has expired",
    "token_revoked": "the token was revoked",
    "trigger_expired": "the form was opened too late",
}


def delivery_error(error: Exception) -> DeliveryError:
    """What an exception of the client library, or of the network below it, means."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, SlackApiError):
        return _refusal(error)
    if isinstance(error, aiohttp.ClientError | TimeoutError | OSError | SlackClientError):
        return Transient(type(error).__name__)
    return Permanent("unexpected", type(error).__name__)


def code_of(error: Exception) -> str:
    """Slack's own code in a refusal, empty when there is none."""
    data = getattr(getattr(error, "response", None), "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def refused_file(error: Exception) -> bool:
    """Whether a message was refused because its image is not ready yet."""
    data: Any = getattr(getattr(error, "response", None), "data", None)
    return code_of(error).startswith("invalid_blocks") and "slack file" in str(data)


def meaning(code: str) -> DeliveryError:
    """What one of Slack's codes means."""
    if code in LIMITED:
        return RateLimited(DEFAULT_WAIT)
    if code in LATER:
        return Transient(code)
    if code in UNREACHABLE:
        return Unreachable(code, UNREACHABLE[code])
    return Permanent(code, NEVER.get(code, "refused by Slack"))


def _refusal(error: SlackApiError) -> DeliveryError:
    response: Any = error.response
    status: int = getattr(response, "status_code", getattr(response, "status", 0))
    code = code_of(error)
    if status == 429 or code in LIMITED:  # noqa: PLR2004  HTTP Too Many Requests
        return RateLimited(_seconds(getattr(response, "headers", None)))
    if status >= 500 or not code:  # noqa: PLR2004  HTTP server errors; no code: no Slack answer
        return Transient(f"HTTP {status}")
    return meaning(code)


def _seconds(headers: Any) -> float:  # noqa: ANN401  a dict or a multi-dict of aiohttp
    try:
        found = {str(name).lower(): value for name, value in dict(headers or {}).items()}
        return float(found["retry-after"])
    except (KeyError, TypeError, ValueError):
        return DEFAULT_WAIT
