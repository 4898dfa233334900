"""The tables of Block Kit: which blocks and elements stand where, and the fields they take.

Source: https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/reference/views.
"""

from typing import Literal

Surface = Literal["message", "modal", "home"]


def names(text: str) -> frozenset[str]:
    """The words of a string."""
    return frozenset(text.split())


BLOCKS_OF: dict[Surface, frozenset[str]] = {
    "message": names("actions context divider header image input markdown rich_text section"),
    "modal": names("actions context divider header image input rich_text section"),
    "home": names("actions context divider header image input rich_text section"),
}
SELECTS = frozenset(
    f"{many}{what}_select"
    for many in ("", "multi_")
    for what in ("static", "users", "channels", "conversations", "external")
)
CHOICES = frozenset(
    {"radio_buttons", "checkboxes", "overflow", "static_select", "multi_static_select"}
)
ACTIVE = frozenset({"button", "datepicker", "timepicker", "datetimepicker"}) | SELECTS | CHOICES
ENTRIES = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})
INPUTS = (ACTIVE | ENTRIES) - {"button", "overflow"}
ACCESSORIES = (ACTIVE | {"image"}) - {"datetimepicker"}

SHARED_KEYS = names("type action_id confirm focus_on_load placeholder")
_SELECT_KEYS = (
    "initial_option initial_options initial_user initial_users initial_channel initial_channels "
    "initial_conversation initial_conversations default_to_current_conversation filter "
    "response_url_enabled max_selected_items options option_groups min_query_length"
)
EXTRA_KEYS: dict[str, frozenset[str]] = {
    "button": names("text url value style accessibility_label"),
    "radio_buttons": names("options initial_option"),
    "checkboxes": names("options initial_options"),
    "overflow": frozenset({"options"}),
    "datepicker": frozenset({"initial_date"}),
    "timepicker": names("initial_time timezone"),
    "datetimepicker": frozenset({"initial_date_time"}),
    "plain_text_input": names(
        "initial_value multiline min_length max_length dispatch_action_config"
    ),
    "email_text_input": names("initial_value dispatch_action_config"),
    "url_text_input": names("initial_value dispatch_action_config"),
    "number_input": names(
        "is_decimal_allowed initial_value min_value max_value dispatch_action_config"
    ),
    **{select: names(_SELECT_KEYS) for select in SELECTS},
}
OPTIONS_MAX = {"radio_buttons": 10, "checkboxes": 10, "overflow": 5}
VIEW_KEYS = {
    "modal": names(
        "type title blocks close submit private_metadata callback_id clear_on_close "
        "notify_on_close external_id submit_disabled"
    ),
    "home": names("type blocks private_metadata callback_id external_id"),
}
RICH_PARTS = names("rich_text_section rich_text_list rich_text_quote rich_text_preformatted")
RICH_PIECES = {
    "text": "text",
    "user": "user_id",
    "channel": "channel_id",
    "emoji": "name",
    "link": "url",
    "broadcast": "range",
    "usergroup": "usergroup_id",
    "date": "timestamp",
}

# Fields that are plain values, and of which type.
VALUES: dict[str, type] = {
    **dict.fromkeys(
        names(
            "multiline optional dispatch_action emoji verbatim focus_on_load clear_on_close "
            "notify_on_close submit_disabled is_decimal_allowed expand"
        ),
        bool,
    ),
    **dict.fromkeys(names("offset indent border max_selected_items"), int),
    **dict.fromkeys(
        names("action_id block_id initial_value initial_date initial_time range name user_id"), str
    ),
}
