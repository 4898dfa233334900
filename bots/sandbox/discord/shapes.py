"""The documented shape of request bodies, checked key by key as Discord checks them."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from bots.sandbox.discord.refusals import FormErrors, Path

Check = Callable[[Any, Path, FormErrors], None]
Fields = Mapping[str, Check]


def anything(value: object, path: Path, errors: FormErrors) -> None:
    """Accept any value."""
    del value, path, errors


def null_or(check: Check) -> Check:
    """Accept null, else what `check` accepts."""

    def checked(value: object, path: Path, errors: FormErrors) -> None:
        if value is not None:
            check(value, path, errors)

    return checked


def text(most: int, least: int = 0) -> Check:
    """A string of `least` to `most` characters."""

    def checked(value: object, path: Path, errors: FormErrors) -> None:
        if not isinstance(value, str):
            errors.add(path, "STRING_TYPE_CONVERT", "Could not interpret as string.")
        elif len(value) < least and not value:
            errors.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not least <= len(value) <= most:
            if least:
                said = f"Must be between {least} and {most} in length."
                errors.add(path, "BASE_TYPE_BAD_LENGTH", said)
            else:
                said = f"Must be {most} or fewer in length."
                errors.add(path, "BASE_TYPE_MAX_LENGTH", said)

    return checked


def whole(least: int, most: int) -> Check:
    """An integer between two bounds."""

    def checked(value: object, path: Path, errors: FormErrors) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            errors.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value < least:
            said = f"int value should be greater than or equal to {least}."
            errors.add(path, "NUMBER_TYPE_MIN", said)
        elif value > most:
            said = f"int value should be less than or equal to {most}."
            errors.add(path, "NUMBER_TYPE_MAX", said)

    return checked


def boolean(value: object, path: Path, errors: FormErrors) -> None:
    """True or false."""
    if not isinstance(value, bool):
        errors.add(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def snowflake(value: object, path: Path, errors: FormErrors) -> None:
    """An id, as digits or as an integer."""
    if isinstance(value, bool) or not str(value).isdigit():
        errors.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')


def one_of(*choices: object) -> Check:
    """One of the listed values."""

    def checked(value: object, path: Path, errors: FormErrors) -> None:
        if value not in choices:
            said = f"Value must be one of {{{', '.join(map(str, choices))}}}."
            errors.add(path, "BASE_TYPE_CHOICES", said)

    return checked


def listing(each: Check, *, most: int = 100, least: int = 0) -> Check:
    """A list of `least` to `most` items."""

    def checked(value: object, path: Path, errors: FormErrors) -> None:
        if not isinstance(value, list):
            errors.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return
        if not least <= len(value) <= most:
            said = f"Must be between {least} and {most} in length."
            errors.add(path, "BASE_TYPE_BAD_LENGTH", said)
        for index, item in enumerate(value):
            each(item, (*path, index), errors)

    return checked


def record(fields: Fields, *, required: Collection[str] = ()) -> Check:
    """An object with these keys only.

    Real Discord ignores most unknown keys; here they are refused, so that a misspelt one is
    seen at once.
    """

    def checked(value: object, path: Path, errors: FormErrors) -> None:
        if not isinstance(value, dict):
            errors.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            return
        for key in value:
            if key not in fields:
                errors.add((*path, str(key)), "UNKNOWN_KEY", "This field is not documented.")
        for key in required:
            if value.get(key) is None:
                errors.add((*path, key), "BASE_TYPE_REQUIRED", "This field is required")
        for key, check in fields.items():
            if value.get(key) is not None or (key in value and key not in required):
                check(value[key], (*path, key), errors)

    return checked


_MENTIONS = record(
    {
        "parse": listing(one_of("roles", "users", "everyone")),
        "users": listing(snowflake),
        "roles": listing(snowflake),
        "replied_user": boolean,
    }
)


def allowed_mentions(value: object, path: Path, errors: FormErrors) -> None:
    """Docs: Resources / Message, "Allowed Mentions Object"."""
    _MENTIONS(value, path, errors)
    if isinstance(value, dict):
        for kind in ("users", "roles"):
            if value.get(kind) and kind in (value.get("parse") or ()):
                said = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
                errors.add(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", said)


EMBED = record(
    {
        "title": text(256),
        "type": text(32),
        "description": text(4096),
        "url": text(2048),
        "timestamp": text(64),
        "color": whole(0, 0xFFFFFF),
        "footer": record({"text": text(2048), "icon_url": text(2048)}, required=["text"]),
        "image": record({"url": text(2048)}),
        "thumbnail": record({"url": text(2048)}),
        "author": record(
            {"name": text(256), "url": text(2048), "icon_url": text(2048)}, required=["name"]
        ),
        "fields": listing(
            record(
                {"name": text(256, 1), "value": text(1024, 1), "inline": boolean},
                required=["name", "value"],
            ),
            most=25,
        ),
        "flags": anything,
    }
)  # docs: Resources / Message, "Embed Limits"
_ATTACHMENT = record(
    {
        "id": snowflake,
        "filename": text(1024),
        "title": text(1024),
        "description": text(1024),
        "content_type": anything,
        "size": anything,
        "url": anything,
        "proxy_url": anything,
        "height": anything,
        "width": anything,
        "spoiler": anything,
        "flags": anything,
    },
    required=["id"],
)
# Components and embeds beyond these are checked by `components.check_message`.
MESSAGE: Fields = {
    "content": null_or(text(2000)),
    "tts": boolean,
    "embeds": null_or(listing(EMBED, most=10)),
    "allowed_mentions": null_or(allowed_mentions),
    "components": null_or(listing(anything, most=40)),
    "attachments": null_or(listing(_ATTACHMENT, most=10)),
    "flags": null_or(whole(0, (1 << 31) - 1)),
}
_REFERENCE = record(
    {
        "type": one_of(0),
        "message_id": snowflake,
        "channel_id": snowflake,
        "guild_id": snowflake,
        "fail_if_not_exists": boolean,
    },
    required=["message_id"],
)


def _nonce(value: object, path: Path, errors: FormErrors) -> None:
    if isinstance(value, bool) or not isinstance(value, int | str) or len(str(value)) > 25:
        errors.add(path, "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")


_POLL = record(
    {
        "question": record({"text": text(300, 1)}, required=["text"]),
        "answers": listing(
            record(
                {"poll_media": record({"text": text(55, 1), "emoji": anything}, required=["text"])},
                required=["poll_media"],
            ),
            most=10,
            least=1,
        ),
        "duration": whole(1, 768),
        "allow_multiselect": boolean,
        "layout_type": one_of(1),
    },
    required=["question", "answers"],
)  # docs: Resources / Poll, "Poll Create Request Object"
CREATE_MESSAGE = record(
    {
        **MESSAGE,
        "poll": _POLL,
        "nonce": null_or(_nonce),
        "enforce_nonce": boolean,
        "message_reference": null_or(_REFERENCE),
    }
)
EDIT_MESSAGE = record(MESSAGE)
FOLLOWUP = record(MESSAGE)
CALLBACK = record(
    {"type": one_of(1, 4, 5, 6, 7, 8, 9, 12), "data": null_or(anything)}, required=["type"]
)
CALLBACK_MESSAGE = record(MESSAGE)
CALLBACK_CHOICES = record(
    {
        "choices": listing(
            record(
                {
                    "name": text(100, 1),
                    "value": anything,
                    "name_localizations": null_or(anything),
                },
                required=["name", "value"],
            ),
            most=25,
        )
    },
    required=["choices"],
)
_ARCHIVE = one_of(60, 1440, 4320, 10080)
THREAD_FROM_MESSAGE = record(
    {
        "name": text(100, 1),
        "auto_archive_duration": null_or(_ARCHIVE),
        "rate_limit_per_user": null_or(whole(0, 21600)),
    },
    required=["name"],
)
THREAD = record(
    {
        "name": text(100, 1),
        "auto_archive_duration": null_or(_ARCHIVE),
        "rate_limit_per_user": null_or(whole(0, 21600)),
        "type": one_of(11, 12),
        "invitable": boolean,
    },
    required=["name"],
)
EDIT_CHANNEL = record(
    {
        "name": text(100, 1),
        "archived": boolean,
        "locked": boolean,
        "invitable": boolean,
        "auto_archive_duration": _ARCHIVE,
        "rate_limit_per_user": null_or(whole(0, 21600)),
        "topic": null_or(text(1024)),
    }
)
DIRECT_MESSAGE = record({"recipient_id": snowflake}, required=["recipient_id"])
EDIT_MEMBER = record({"nick": null_or(text(32)), "roles": null_or(listing(snowflake, most=250))})
BULK_DELETE = record({"messages": listing(snowflake, least=2)}, required=["messages"])


def check(shape: Check, body: object) -> None:
    """Check a whole body; raises Refused 50035 naming every field that is wrong."""
    errors = FormErrors()
    shape(body, (), errors)
    errors.raise_any()
