"""Says what Slack's refusals mean for a delivery: later, never, in doubt, or not to this person."""

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from core.chat.adapter import (
    DeliveryError,
    Doubtful,
    Permanent,
    RateLimited,
    Transient,
    Unauthorised,
    Unreachable,
)

DEFAULT_WAIT = 30.0
"""Seconds to wait when Slack limits us without saying how long
(https://docs.slack.dev/apis/web-api/rate-limits)."""

# Codes of chat.postMessage, chat.postEphemeral, chat.update, conversations.open, .invite, .kick,
# .history, .replies, views.open, views.publish, files.* and of every method: the «errors» of
# each page, https://docs.slack.dev/reference/methods/chat.postMessage#errors and so on.
LATER = {
    "org_login_required": "the workspace is moving into an organisation",
    "request_timeout": "Slack received only a part of the request",
    "service_unavailable": "Slack is out of service for a while",
    "team_added_to_org": "the workspace is moving into an organisation",
}
DOUBTFUL = {
    "fatal_error": "Slack failed, and may have done a part of it",
    "internal_error": "Slack failed, and may have done a part of it",
}
LIMITED = {
    "message_limit_exceeded": "too many messages are posted in this workspace",
    "rate_limited": "we post too much",
    "ratelimited": "we ask too much",
}
UNREACHABLE = {
    "cannot_dm_bot": "this account is a bot",
    "cannot_dm_user": "this person does not take direct messages",
    "not_messageable": "this person does not take direct messages",
    "user_disabled": "this account is deactivated",
    "user_not_found": "there is no such person in the workspace",
    "user_not_visible": "this person is not visible to the app",
    "users_not_found": "there is no such person in the workspace",
}
UNAUTHORISED = {
    "account_inactive": "the bot token belongs to a removed app or workspace",
    "invalid_auth": "the token is wrong",
    "not_authed": "no token was given",
    "token_expired": "the token has expired",
    "token_revoked": "the token was revoked",
}
NEVER = {
    "access_denied": "the app may not touch this",
    "accesslimited": "this network may not use the method",
    "already_in_channel": "this person is in the channel already",
    "as_user_not_supported": "the token is of another kind",
    "cannot_reply_to_message": "this message takes no replies",
    "cant_invite": "this person cannot be invited into the channel",
    "cant_invite_self": "the bot cannot invite itself",
    "cant_kick_from_general": "nobody can be removed from the general channel",
    "cant_kick_self": "the bot cannot remove itself",
    "cant_update_message": "only our own messages can be changed",
    "channel_is_limited_access": "the channel is open to some only",
    "channel_not_found": "the channel is unknown, or private and the bot is not in it",
    "deprecated_endpoint": "Slack no longer has this method",
    "duplicate_channel_not_found": "the channel of an earlier try is unknown",
    "duplicate_message_not_found": "the message of an earlier try is unknown",
    "edit_window_closed": "the workspace no longer lets this message be changed",
    "ekm_access_denied": "the administrators suspended posting",
    "enterprise_is_restricted": "the organisation may not use the method",
    "exchanged_trigger_id": "the form was opened twice",
    "expired_trigger_id": "the form was opened too late",
    "external_channel_migrating": "the shared channel is being moved",
    "file_not_found": "the image is gone",
    "invalid_arg_name": "an argument of ours is unknown to Slack",
    "invalid_arguments": "Slack does not take our arguments",
    "invalid_array_arg": "Slack does not take our arguments",
    "invalid_blocks": "Slack does not take these blocks",
    "invalid_blocks_format": "Slack does not take these blocks",
    "invalid_charset": "Slack cannot read our request",
    "invalid_cursor": "the page asked for is gone",
    "invalid_form_data": "Slack cannot read our request",
    "invalid_metadata_format": "Slack does not take the message's metadata",
    "invalid_post_type": "Slack cannot read our request",
    "invalid_thread_ts": "there is no such thread",
    "invalid_trigger_id": "the form belongs to no act",
    "is_archived": "the channel is archived",
    "is_inactive": "the conversation was closed",
    "message_not_found": "the message is gone",
    "messages_tab_disabled": "the Messages tab is off (App Home, in the app's configuration)",
    "metadata_too_large": "the message's metadata is too large",
    "method_deprecated": "Slack no longer has this method",
    "method_not_supported_for_channel_type": "this kind of conversation does not allow it",
    "missing_post_type": "Slack cannot read our request",
    "missing_scope": "the app lacks a scope",
    "msg_blocks_too_long": "the blocks are too long",
    "msg_too_long": "the text is too long",
    "no_permission": "the app may not do this",
    "no_text": "the message is empty",
    "not_allowed_token_type": "the token is of another kind",
    "not_in_channel": "the bot is not in the channel: invite it",
    "not_supported": "Slack does not do this here",
    "posting_to_general_channel_denied": "a workspace setting forbids it in the general channel",
    "restricted_action": "a workspace setting forbids it",
    "restricted_action_non_threadable_channel": "the channel has no threads",
    "restricted_action_read_only_channel": "the channel can only be read",
    "restricted_action_thread_locked": "the thread is locked",
    "restricted_action_thread_only_channel": "the channel takes only replies",
    "team_access_not_granted": "the app is not installed in this workspace",
    "team_not_found": "there is no such workspace",
    "thread_locked": "the thread is locked",
    "thread_not_found": "there is no such thread",
    "too_many_attachments": "the message has too many attachments",
    "trigger_expired": "the form was opened too late",
    "two_factor_setup_required": "the workspace asks for two-factor authentication first",
    "unknown_method": "Slack has no such method",
    "ura_max_channels": "this person is in as many channels as they may be",
    "user_is_restricted": "a guest cannot be invited there",
    "user_is_ultra_restricted": "a guest of one channel cannot be invited there",
    "user_not_in_channel": "this person is not in the channel",
    "view_too_large": "the form is too large",
}
KINDS: dict[type[DeliveryError], dict[str, str]] = {
    Transient: LATER,
    Doubtful: DOUBTFUL,
    RateLimited: LIMITED,
    Unreachable: UNREACHABLE,
    Unauthorised: UNAUTHORISED,
    Permanent: NEVER,
}
"""Every code we know, by what it means (`docs/platforms/slack.md` shows the same)."""

_TOO_MANY, _SERVER, _UNAVAILABLE, _OK = 429, 500, 503, 200  # HTTP


def delivery_error(error: Exception) -> DeliveryError:
    """What an exception of the client library, or of the network below it, means.

    A connection that could not be opened carried nothing; one that was lost, or stayed silent,
    after the request may have: that is in doubt.
    """
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, SlackApiError):
        return _refusal(error)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Transient(type(error).__name__)
    if isinstance(error, aiohttp.ClientError | TimeoutError | OSError | SlackClientError):
        return Doubtful(type(error).__name__)
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
    if code in DOUBTFUL:
        return Doubtful(code)
    if code in UNREACHABLE:
        return Unreachable(code, UNREACHABLE[code])
    if code in UNAUTHORISED:
        return Unauthorised(code, UNAUTHORISED[code])
    return Permanent(code, NEVER.get(code, "refused by Slack"))


def _refusal(error: SlackApiError) -> DeliveryError:
    response: Any = error.response
    status: int = getattr(response, "status_code", getattr(response, "status", 0))
    code = code_of(error)
    if status == _TOO_MANY or code in LIMITED:
        return RateLimited(_seconds(getattr(response, "headers", None)))
    if code and status < _SERVER:
        return meaning(code)
    if status == _OK or (status >= _SERVER and status != _UNAVAILABLE):
        return Doubtful(f"HTTP {status}")  # Slack, or what stands before it, broke down half-way
    return Transient(f"HTTP {status}")


def _seconds(headers: Any) -> float:  # noqa: ANN401  a dict or a multi-dict of aiohttp
    try:
        found = {str(name).lower(): value for name, value in dict(headers or {}).items()}
        return float(found["retry-after"])
    except (KeyError, TypeError, ValueError):
        return DEFAULT_WAIT
