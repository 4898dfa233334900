"""The closed lists of words of the Bot API: rights, permissions, kinds of updates and entities."""


def words(written: str) -> tuple[str, ...]:
    """A list written as one reads it."""
    return tuple(written.split())


# https://core.telegram.org/bots/api#chatadministratorrights
RIGHTS = frozenset(
    words(
        "can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
        "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories "
        "can_delete_stories can_pin_messages can_manage_topics can_manage_tags"
    )
)
# https://core.telegram.org/bots/api#chatpermissions
PERMISSIONS = words(
    "can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos "
    "can_send_video_notes can_send_voice_notes can_send_polls can_send_other_messages "
    "can_add_web_page_previews can_react_to_messages can_edit_tag can_change_info "
    "can_invite_users can_pin_messages can_manage_topics"
)
MEMBER_MAY = frozenset(PERMISSIONS) - {
    "can_change_info",
    "can_pin_messages",
    "can_manage_topics",
    "can_edit_tag",
}
# https://core.telegram.org/bots/api#update
KINDS = frozenset(
    words(
        "message edited_message channel_post edited_channel_post business_connection "
        "business_message edited_business_message deleted_business_messages message_reaction "
        "message_reaction_count "
        "inline_query chosen_inline_result callback_query shipping_query pre_checkout_query "
        "purchased_paid_media poll poll_answer my_chat_member chat_member chat_join_request "
        "chat_boost removed_chat_boost managed_bot guest_message"
    )
)
# Sent only when asked for: https://core.telegram.org/bots/api#getupdates
ON_DEMAND = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
MARKS = frozenset(
    words(
        "mention hashtag cashtag bot_command url email phone_number bold italic underline "
        "strikethrough spoiler blockquote expandable_blockquote code pre text_link text_mention "
        "custom_emoji date_time"
    )
)
ACTIONS_OF_BUTTON = frozenset(
    words(
        "url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat "
        "switch_inline_query_chosen_chat copy_text callback_game pay"
    )
)
# https://core.telegram.org/bots/api#sendchataction
ACTIONS = frozenset(
    words(
        "typing upload_photo record_video upload_video record_voice upload_voice upload_document "
        "choose_sticker find_location record_video_note upload_video_note"
    )
)
# https://core.telegram.org/bots/api#reactiontypeemoji
REACTIONS = words(
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 "
    " 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 "
    "🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 "
    "🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 "
    "🤷‍♂ 🤷 🤷‍♀ 😡"
)
