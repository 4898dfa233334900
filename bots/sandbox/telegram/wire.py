"""The JSON objects of the Bot API, built from the state."""

from datetime import datetime

from bots.sandbox.telegram.refusals import Json
from bots.sandbox.telegram.state import (
    Chat,
    Link,
    Membership,
    Poll,
    Post,
    State,
    Topic,
    User,
)
from bots.sandbox.telegram.vocabulary import MEMBER_MAY, PERMISSIONS, RIGHTS


def stamp(at: datetime) -> int:
    """Unix time, in seconds."""
    return int(at.timestamp())


def user_json(user: User) -> Json:
    """https://core.telegram.org/bots/api#user ."""
    shape: Json = {
        "id": user.id,
        "is_bot": user.is_bot,
        "first_name": user.name,
        "username": user.username,
    }
    return shape if user.is_bot else shape | {"language_code": user.language_code}


def chat_json(chat: Chat, state: State) -> Json:
    """https://core.telegram.org/bots/api#chat ."""
    if chat.kind == "private":
        person = state.users[chat.id]
        return {
            "id": chat.id,
            "type": "private",
            "first_name": person.name,
            "username": person.username,
        }
    shape: Json = {"id": chat.id, "type": chat.kind, "title": chat.title}
    if chat.is_forum:
        shape["is_forum"] = True
    return shape


def full_chat_json(chat: Chat, state: State) -> Json:
    """https://core.telegram.org/bots/api#chatfullinfo ."""
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    shape = chat_json(chat, state) | {
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }
    if chat.kind == "private":
        return shape
    shape["permissions"] = {name: name in MEMBER_MAY for name in PERMISSIONS}
    if chat.kind == "supergroup":
        shape |= {"has_visible_history": True, "join_by_request": chat.asks_to_join}
    primary = next((link.url for link in chat.links if link.primary), None)
    if primary and chat.standing(state.bot).may("can_invite_users"):
        shape["invite_link"] = primary
    return shape


def member_json(user: User, standing: Membership) -> Json:
    """https://core.telegram.org/bots/api#chatmember ."""
    shape: Json = {"user": user_json(user), "status": standing.status}
    if standing.status == "creator":
        shape["is_anonymous"] = False
    elif standing.status == "administrator":
        shape |= {"can_be_edited": False, "is_anonymous": False}
        shape |= {right: right in standing.rights for right in sorted(RIGHTS)}
    elif standing.status == "restricted":
        shape |= {"is_member": standing.present, "until_date": standing.until}
        shape |= {name: name in standing.permissions for name in PERMISSIONS}
    elif standing.status == "kicked":
        shape["until_date"] = standing.until
    return shape | ({"custom_title": standing.title} if standing.title else {})


def link_json(link: Link) -> Json:
    """https://core.telegram.org/bots/api#chatinvitelink ."""
    shape: Json = {
        "invite_link": link.url,
        "creator": user_json(link.creator),
        "creates_join_request": link.asks,
        "is_primary": link.primary,
        "is_revoked": False,
    }
    optional = {"name": link.name, "expire_date": link.expires, "member_limit": link.limit}
    return shape | {key: value for key, value in optional.items() if value}


def topic_json(topic: Topic) -> Json:
    """https://core.telegram.org/bots/api#forumtopic ."""
    return {"message_thread_id": topic.id, "name": topic.name, "icon_color": topic.icon_color}


def post_json(post: Post, state: State, *, nested: bool = False) -> Json:
    """https://core.telegram.org/bots/api#message ; a quoted message is not quoted further."""
    shape: Json = {
        "message_id": post.id,
        "from": user_json(post.sender),
        "chat": chat_json(post.chat, state),
        "date": stamp(post.at),
    }
    if post.topic is not None:
        shape |= {"message_thread_id": post.topic, "is_topic_message": True}
    elif post.root is not None:
        shape["message_thread_id"] = post.root
    # In a topic a message that answers nothing still carries the message that opened the topic.
    quoted = post.chat.posts.get(post.reply_to or post.topic or 0)
    if quoted is not None and quoted is not post and not nested:
        shape["reply_to_message"] = post_json(quoted, state, nested=True)
    if post.edited_at is not None:
        shape["edit_date"] = stamp(post.edited_at)
    if post.keyboard:
        shape["reply_markup"] = {"inline_keyboard": post.keyboard}
    return shape | _content(post) | post.service


def poll_json(poll: Poll) -> Json:
    """https://core.telegram.org/bots/api#poll ."""
    return {
        "id": poll.id,
        "question": poll.question,
        "options": [
            {"persistent_id": str(at), "text": text, "voter_count": poll.count(at)}
            for at, text in enumerate(poll.options)
        ],
        "total_voter_count": len(poll.votes),
        "is_closed": poll.closed,
        "is_anonymous": poll.anonymous,
        "type": "regular",
        "allows_multiple_answers": poll.several,
        "allows_revoting": poll.revoting,
        "members_only": False,
    }


def _content(post: Post) -> Json:
    shape: Json = {}
    if post.poll is not None:
        return {"poll": poll_json(post.poll)}
    if post.service:
        return shape
    words, marks = ("caption", "caption_entities") if post.media else ("text", "entities")
    if post.text:
        shape[words] = post.text
    if post.entities:
        shape[marks] = post.entities
    if post.media is None:
        return shape
    file: Json = {
        "file_id": post.media.file_id,
        "file_unique_id": "u" + post.media.file_id[-12:],
        "file_size": len(post.media.content),
    }
    if post.media.kind == "photo":
        size = {"width": post.media.width, "height": post.media.height}
        return shape | {"photo": [file | size]}
    named = {"file_name": post.media.name, "mime_type": post.media.mime}
    return shape | {"document": file | named}
