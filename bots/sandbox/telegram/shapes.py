"""Every request against its documented shape: an unknown method, parameter or field is refused."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bots.sandbox.telegram.refusals import Json, RefusedError, bad

SENDING = (
    "chat_id! business_connection_id message_thread_id:int direct_messages_topic_id:int "
    "disable_notification:bool protect_content:bool allow_paid_broadcast:bool message_effect_id "
    "suggested_post_parameters:json reply_parameters:ReplyParameters reply_markup:Markup "
)
CAPTION = "caption parse_mode caption_entities:[MessageEntity] "
EDITING = "business_connection_id chat_id message_id:int inline_message_id "
# name -> parameters: `!` is required, `:kind` the type when it is not a string.
# https://core.telegram.org/bots/api#available-methods
METHODS = {
    "getUpdates": "offset:int limit:int timeout:int allowed_updates:json",
    "setWebhook": "url certificate:file ip_address max_connections:int allowed_updates:json "
    "drop_pending_updates:bool secret_token",
    "deleteWebhook": "drop_pending_updates:bool",
    "getWebhookInfo": "",
    "getMe": "",
    "sendMessage": SENDING + "text! parse_mode entities:[MessageEntity] "
    "link_preview_options:LinkPreviewOptions",
    "sendPhoto": SENDING + CAPTION + "photo:file! show_caption_above_media:bool has_spoiler:bool",
    "sendDocument": SENDING + CAPTION + "document:file! thumbnail:file "
    "disable_content_type_detection:bool",
    "sendPoll": SENDING + "question! question_parse_mode question_entities:[MessageEntity] "
    "options:[InputPollOption]! is_anonymous:bool type allows_multiple_answers:bool "
    "allows_revoting:bool shuffle_options:bool members_only:bool open_period:int close_date:int "
    "is_closed:bool",
    "stopPoll": "business_connection_id chat_id! message_id:int! reply_markup:Markup",
    "sendChatAction": "business_connection_id chat_id! message_thread_id:int action!",
    "setMessageReaction": "chat_id! message_id:int! reaction:[ReactionType] is_big:bool",
    "getFile": "file_id!",
    "editMessageText": EDITING + "text! parse_mode entities:[MessageEntity] "
    "link_preview_options:LinkPreviewOptions reply_markup:Markup",
    "editMessageCaption": EDITING + CAPTION + "show_caption_above_media:bool reply_markup:Markup",
    "editMessageMedia": EDITING + "media:InputMedia! reply_markup:Markup",
    "editMessageReplyMarkup": EDITING + "reply_markup:Markup",
    "deleteMessage": "chat_id! message_id:int!",
    "deleteMessages": "chat_id! message_ids:json!",
    "answerCallbackQuery": "callback_query_id! text show_alert:bool url cache_time:int",
    "setMyCommands": "commands:[BotCommand]! scope:BotCommandScope language_code",
    "getMyCommands": "scope:BotCommandScope language_code",
    "deleteMyCommands": "scope:BotCommandScope language_code",
    "setMyName": "name language_code",
    "getMyName": "language_code",
    "setMyDescription": "description language_code",
    "getMyDescription": "language_code",
    "setMyShortDescription": "short_description language_code",
    "getMyShortDescription": "language_code",
    "getChat": "chat_id!",
    "getChatMember": "chat_id! user_id:int!",
    "getChatAdministrators": "chat_id! return_bots:bool",
    "getChatMemberCount": "chat_id!",
    "leaveChat": "chat_id!",
    "approveChatJoinRequest": "chat_id! user_id:int!",
    "declineChatJoinRequest": "chat_id! user_id:int!",
    "restrictChatMember": "chat_id! user_id:int! permissions:ChatPermissions! "
    "use_independent_chat_permissions:bool until_date:int",
    "banChatMember": "chat_id! user_id:int! until_date:int revoke_messages:bool",
    "unbanChatMember": "chat_id! user_id:int! only_if_banned:bool",
    "exportChatInviteLink": "chat_id!",
    "createChatInviteLink": "chat_id! name expire_date:int member_limit:int "
    "creates_join_request:bool",
    "createForumTopic": "chat_id! name! icon_color:int icon_custom_emoji_id",
    "editForumTopic": "chat_id! message_thread_id:int! name icon_custom_emoji_id",
    "closeForumTopic": "chat_id! message_thread_id:int!",
    "reopenForumTopic": "chat_id! message_thread_id:int!",
    "pinChatMessage": "business_connection_id chat_id! message_id:int! disable_notification:bool",
    "unpinChatMessage": "business_connection_id chat_id! message_id:int",
}
# https://core.telegram.org/bots/api#available-types
OBJECTS = {
    "InputPollOption": "text! text_parse_mode text_entities:[MessageEntity]",
    "ReplyParameters": "message_id:int! chat_id allow_sending_without_reply:bool quote "
    "quote_parse_mode quote_entities:json quote_position:int checklist_task_id:int poll_option_id",
    "LinkPreviewOptions": "is_disabled:bool url prefer_small_media:bool prefer_large_media:bool "
    "show_above_text:bool",
    "MessageEntity": "type! offset:int! length:int! url user:json language custom_emoji_id "
    "unix_time:int date_time_format",
    "InputMedia": "type! media! thumbnail caption parse_mode caption_entities:[MessageEntity] "
    "show_caption_above_media:bool has_spoiler:bool disable_content_type_detection:bool",
    "InlineKeyboardMarkup": "inline_keyboard:json!",
    "InlineKeyboardButton": "text! url callback_data web_app:json login_url:json style "
    "icon_custom_emoji_id switch_inline_query switch_inline_query_current_chat "
    "switch_inline_query_chosen_chat:json copy_text:json callback_game:json pay:bool",
    "ForceReply": "force_reply:bool! input_field_placeholder selective:bool",
    "ReplyKeyboardRemove": "remove_keyboard:bool! selective:bool",
    "ReactionType": "type! emoji custom_emoji_id",
    "BotCommand": "command! description!",
    "BotCommandScope": "type! chat_id user_id:int",
    "ChatPermissions": "can_send_messages:bool can_send_audios:bool can_send_documents:bool "
    "can_send_photos:bool can_send_videos:bool can_send_video_notes:bool "
    "can_send_voice_notes:bool can_send_polls:bool can_send_other_messages:bool "
    "can_add_web_page_previews:bool can_react_to_messages:bool can_edit_tag:bool "
    "can_change_info:bool can_invite_users:bool can_pin_messages:bool can_manage_topics:bool",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart request."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One method called, its parameters already of their documented types."""

    method: str
    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A string parameter, empty when absent (the Bot API makes no difference)."""
        return str(self.values.get(name, ""))

    def number(self, name: str, default: int = 0) -> int:
        """An integer parameter."""
        return int(self.values.get(name, default))

    def flag(self, name: str) -> bool:
        """A boolean parameter, false when absent."""
        return bool(self.values.get(name))

    def upload(self, name: str) -> Upload | None:
        """The file given for `name`, directly or as `attach://<field>`."""
        given = str(self.values.get(name, ""))
        if given.startswith("attach://"):
            return self.files.get(given.removeprefix("attach://"))
        return self.files.get(name)


def malformed(why: str) -> RefusedError:
    """400 for something that no documented client sends."""
    return bad(why, violation=True)


def fields(written: str) -> dict[str, tuple[str, bool]]:
    """`"chat_id! offset:int"` -> {name: (kind, required)}."""
    found = {}
    for word in written.split():
        name, _, kind = word.rstrip("!").partition(":")
        found[name] = (kind or "str", word.endswith("!"))
    return found


SIGNATURES = {name.lower(): (name, fields(written)) for name, written in METHODS.items()}
SHAPES = {name: fields(written) for name, written in OBJECTS.items()}


def read_call(name: str, given: Mapping[str, Any], files: Mapping[str, Upload]) -> Call:
    """The call, checked; method names are case-insensitive as on the platform.

    Raises RefusedError: 404 for an unknown method, 400 for an unknown, missing or ill-typed
    parameter. (The real server ignores unknown parameters; a stand-in that did so would hide
    misspelt ones.)
    """
    if name.lower() not in SIGNATURES:
        raise RefusedError(404, "Not Found: method not found", violation=True)
    method, parameters = SIGNATURES[name.lower()]
    attached = set(re.findall(r"attach://([\w\-.]+)", str(list(given.values())))) | set(parameters)
    for extra in [key for key in (*given, *files) if key not in attached]:
        raise malformed(f'unknown parameter "{extra}" in {method}')
    values: Json = {}
    for key, (kind, required) in parameters.items():
        empty = given.get(key) in (None, "") and key not in files
        if required and empty:
            raise malformed(REQUIRED.get(key, f'parameter "{key}" is required'))
        if key in given and given[key] is not None:
            values[key] = coerce(given[key], kind, key)
    return Call(method, values, files)


REQUIRED = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "user_id": "invalid user_id specified",
}


def coerce(value: object, kind: str, name: str) -> object:
    """One parameter as its documented type; forms carry numbers and JSON as strings."""
    if kind == "int":
        return _integer(value, name)
    if kind == "bool":
        return str(value).lower() in {"true", "1", "yes"}
    if kind in {"str", "file"}:
        return str(value)
    if isinstance(value, str):
        if not value:
            return [] if kind.startswith("[") else None
        try:
            value = json.loads(value)
        except ValueError:
            raise malformed(f"can't parse {name} JSON object") from None
    return _structure(value, kind, name)


def _integer(value: object, name: str) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise malformed(f'parameter "{name}" must be an integer') from None


def _structure(value: object, kind: str, name: str) -> object:
    if kind == "json":
        return value
    if kind == "Markup":
        return check_markup(value)
    if kind.startswith("["):
        if not isinstance(value, list):
            raise malformed(f"expected an Array of {kind[1:-1]} in {name}")
        return [check_object(kind[1:-1], item) for item in value]
    return check_object(kind, value)


def check_object(kind: str, value: object) -> Json:
    """A nested object with only documented fields, of the documented types."""
    if not isinstance(value, dict):
        raise malformed(f"can't parse {kind}: expected an Object")
    shape, read = SHAPES[kind], {}
    for key, inner in value.items():
        if key not in shape:
            raise malformed(f'can\'t parse {kind}: unknown field "{key}"')
        if inner is not None:
            read[key] = coerce(inner, shape[key][0], key)
    for key, (_, required) in shape.items():
        if required and key not in read:
            raise malformed(f"can't parse {kind}: Can't find field \"{key}\"")
    return read


def check_markup(value: object) -> Json:
    """One of the reply markups; reply keyboards are not part of this stand-in."""
    if not isinstance(value, dict):
        raise malformed("object expected as reply markup")
    for key, kind in (
        ("inline_keyboard", "InlineKeyboardMarkup"),
        ("force_reply", "ForceReply"),
        ("remove_keyboard", "ReplyKeyboardRemove"),
    ):
        if key in value:
            return check_object(kind, value)
    raise malformed(f"can't parse reply markup: unsupported fields {sorted(value)}")
