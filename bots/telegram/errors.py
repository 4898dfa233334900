"""What Telegram's refusals mean for a delivery."""

import re

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bots.telegram.wire import FailedError, NotSentError, UnansweredError
from core.chat.adapter import (
    DeliveryError,
    Doubtful,
    Permanent,
    RateLimited,
    Transient,
    Unauthorised,
    Unreachable,
)

REFUSALS: dict[str, tuple[type[Permanent], str, str]] = {
    "bot was blocked by the user": (Unreachable, "blocked", "the person blocked the bot"),
    "bot can't initiate conversation": (Unreachable, "not_started", "the person must write first"),
    "bot can't send messages to the user": (Unreachable, "refused", "the person cannot be written"),
    "bot can't send messages to bots": (Unreachable, "is_bot", "a bot cannot be written to"),
    "user_is_blocked": (Unreachable, "blocked", "the person blocked the bot"),
    "user is deactivated": (Unreachable, "deactivated", "the account is deleted"),
    "input_user_deactivated": (Unreachable, "deactivated", "the account is deleted"),
    "user_privacy_restricted": (Unreachable, "refused", "the person cannot be written to"),
    "private_chat": (Unreachable, "refused", "the person cannot be written to"),
    "bot was kicked": (Permanent, "kicked", "the bot was removed from the group"),
    "bot is not a member": (Permanent, "not_member", "the bot is not in the group"),
    "channel_private": (Permanent, "not_member", "the bot is not in the group"),
    "group chat was deleted": (Permanent, "chat_not_found", "the group was deleted"),
    "group chat was deactivated": (Permanent, "chat_not_found", "the group was deleted"),
    "chat not found": (Permanent, "chat_not_found", "no such chat, or the bot is not in it"),
    "peer_id_invalid": (Permanent, "chat_not_found", "no such chat, or the bot is not in it"),
    "user not found": (Permanent, "user_not_found", "no such person in the group"),
    "member not found": (Permanent, "user_not_found", "no such person in the group"),
    "participant_id_invalid": (Permanent, "user_not_found", "no such person in the group"),
    "user_id_invalid": (Permanent, "user_not_found", "no such person, or no such join request"),
    "hide_requester_missing": (Permanent, "no_request", "no join request is waiting"),
    "user_already_participant": (Permanent, "no_request", "the person is already in the group"),
    "message thread not found": (Permanent, "topic_not_found", "no such topic in the group"),
    "topic_deleted": (Permanent, "topic_not_found", "the topic was deleted"),
    "topic_closed": (Permanent, "topic_closed", "the topic is closed"),
    "message is not modified": (Permanent, "not_modified", "the message already says this"),
    "message to edit not found": (Permanent, "message_not_found", "no such message"),
    "message to react not found": (Permanent, "message_not_found", "no such message"),
    "message to be replied not found": (Permanent, "message_not_found", "no such message"),
    "message_id_invalid": (Permanent, "message_not_found", "no such message"),
    "message can't be edited": (Permanent, "not_editable", "the message is not ours or too old"),
    "there is no text in the message": (Permanent, "no_text", "the message is a picture"),
    "there is no caption in the message": (Permanent, "no_text", "the message takes no caption"),
    "not enough rights": (Permanent, "no_right", "the bot lacks a right in the group"),
    "chat_admin_required": (Permanent, "no_right", "the bot is not an administrator"),
    "have no rights": (Permanent, "no_right", "the bot lacks a right in the group"),
    "need administrator rights": (Permanent, "no_right", "the bot is not an administrator"),
    "chat_write_forbidden": (Permanent, "no_right", "the bot may not write in the group"),
    "no write access": (Permanent, "no_right", "the bot may not write in the group"),
    "chat_restricted": (Permanent, "no_right", "the bot may not write in the group"),
    "chat_send_": (Permanent, "no_right", "the bot may not write this in the group"),
    "user_banned_in_channel": (Permanent, "no_right", "Telegram keeps the bot from writing"),
    "available only for supergroups": (Permanent, "basic_group", "only a supergroup allows this"),
    "available for supergroup": (Permanent, "basic_group", "only a supergroup allows this"),
    "is an administrator of the chat": (Permanent, "is_administrator", "administrators are free"),
    "can't restrict self": (Permanent, "is_administrator", "the bot cannot restrict itself"),
    "can't remove chat owner": (Permanent, "is_administrator", "the owner is free"),
    "query is too old": (Permanent, "query_too_old", "the press waited too long for an answer"),
    "query id is invalid": (Permanent, "query_too_old", "the press waited too long for an answer"),
    "message is too long": (Permanent, "too_long", "more than 4096 characters"),
    "message_too_long": (Permanent, "too_long", "more than 4096 characters"),
    "entities_too_long": (Permanent, "too_long", "too many links and marks for one message"),
    "message text is empty": (Permanent, "empty", "a message without words"),
    "caption is too long": (Permanent, "too_long", "a caption of more than 1024 characters"),
    "can't parse entities": (Permanent, "bad_html", "the text is not the HTML Telegram reads"),
    "button_data_invalid": (Permanent, "bad_button", "button data over 64 bytes"),
    "button_url_invalid": (Permanent, "bad_button", "a button's address is none"),
    "wrong http url": (Permanent, "bad_button", "a button's address is none"),
    "poll has already been closed": (Permanent, "poll_over", "the poll is over"),
    "poll can't be stopped": (Permanent, "not_editable", "the poll is not ours"),
    "message with poll to stop not found": (Permanent, "message_not_found", "no such message"),
    "photo_invalid_dimensions": (Permanent, "bad_picture", "the picture is too narrow or too big"),
    "image_process_failed": (Permanent, "bad_picture", "the picture cannot be read"),
    "file is too big": (Permanent, "too_large", "what was to be uploaded is too large"),
    "request entity too large": (Permanent, "too_large", "what was to be uploaded is too large"),
}
"""A piece of Telegram's description, in lower case, to what it means; the first that fits.

Telegram publishes codes, not texts (https://core.telegram.org/bots/api#making-requests); the
texts are those of its open server (https://github.com/tdlib/telegram-bot-api, Client.cpp) and
of https://core.telegram.org/api/errors.
"""

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


class Moved(Permanent):
    """The group became a supergroup: `to` is its new chat id.

    https://core.telegram.org/bots/api#responseparameters
    """

    def __init__(self, to: str) -> None:
        super().__init__("moved", "the group became a supergroup")
        self.to = to


GATEWAY_TIMEOUT = 504
"""A server in front waited in vain for the one behind: whether that one acted is not known."""


def meaning(error: TelegramError, *, shows: bool = False) -> DeliveryError:
    """What the library's error means for a delivery; never with the text of a message.

    `shows`: the call shows something anew each time it is made, so that a lost answer leaves a
    doubt. (A call over the limit may be delivered without an answer:
    https://github.com/python-telegram-bot/python-telegram-bot/issues/1045.)
    """
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return RateLimited(float(wait) if isinstance(wait, int) else wait.total_seconds())
    if isinstance(error, ChatMigrated):
        return Moved(str(error.new_chat_id))
    if isinstance(error, InvalidToken):
        return Unauthorised("401", "Telegram refuses the token, or the address has no such method")
    if isinstance(error, Conflict):
        return Transient("409: another process asks for this bot's updates")
    if isinstance(error, BadRequest | Forbidden):
        return _refusal(error)
    doubted = shows and _in_doubt(error)
    return (Doubtful if doubted else Transient)(_what(error))


def _refusal(error: BadRequest | Forbidden) -> Permanent:
    said = error.message.lower()
    for piece, (kind, code, reason) in REFUSALS.items():
        if piece in said:
            return kind(code, reason)
    code = "403" if isinstance(error, Forbidden) else "400"
    return Permanent(code, _QUOTED.sub("…", error.message)[:120])


def _in_doubt(error: TelegramError) -> bool:
    """Whether the call may have been carried out although nobody said so."""
    if isinstance(error, FailedError):
        return error.code == GATEWAY_TIMEOUT
    # What is no NetworkError is an answer that could not be read.
    return isinstance(error, UnansweredError) or not isinstance(error, NetworkError)


def _what(error: TelegramError) -> str:
    if isinstance(error, FailedError):
        return f"{error.code}: Telegram's servers failed"
    if isinstance(error, NotSentError):
        return f"{error.message}: Telegram cannot be reached"
    return f"{type(error).__name__}: Telegram did not answer"
