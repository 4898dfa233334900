"""What Telegram tells us, as events: pure functions on the JSON of an update.

https://core.telegram.org/bots/api#update
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from bots.telegram.asking import captioned, command, pressed
from bots.telegram.commands import called
from bots.telegram.entities import mentioned
from bots.telegram.membership import changed, moved_of, own, service, waiting
from bots.telegram.reading import (
    JSON,
    NOTHING,
    Arrival,
    Here,
    Hint,
    account_of,
    at_of,
    facts_of,
    ours,
    person_of,
    ref_of,
)
from core.chat.events import (
    Event,
    MessageEdited,
    MessagePosted,
    PollVoted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.identity import MessageRef
from core.chat.messages import CHOICES

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "chat_member",
    "my_chat_member",
    "chat_join_request",
    "poll_answer",
)
"""What we ask for; reactions and members come only when asked (bots/api#getupdates)."""

MALFORMED = (LookupError, TypeError, ValueError, AttributeError, OverflowError, OSError)
"""What reading JSON that is not as documented raises (the last two: times out of range)."""

log = structlog.get_logger(__name__)


def read(update: JSON, here: Here, now: datetime) -> Arrival:
    """Read one update; `now` dates what Telegram does not date (a press).

    Never raises: an update that is not as documented is logged (ids only) and left out.
    """
    try:
        for kind, reader in _READERS.items():
            if kind in update:
                return reader(str(int(update["update_id"])), update[kind], here, now)
    except MALFORMED as error:
        number = update.get("update_id") if isinstance(update, Mapping) else None
        log.warning("telegram.update_refused", update=number, error=type(error).__name__)
    return NOTHING


def _message(delivery: str, message: JSON, here: Here, _now: datetime) -> Arrival:
    moved = moved_of(message, here)
    if moved:
        return moved
    if not ours(message["chat"], here):
        return NOTHING
    topic = _topic(message)
    user = person_of(message)
    if user is None:
        return Arrival(topic=topic) if topic else NOTHING
    if "text" not in message and "caption" not in message and not _carries(message):
        return replace(service(delivery, message, here), topic=topic)
    facts = facts_of(delivery, at_of(message["date"]), user, here)
    line = captioned(message)
    if str(line.get("text")).startswith("/"):
        asked = _asked(line, facts, here)
        if asked is not None:
            return replace(asked, topic=topic)
    return _written(message, facts, here, topic)


def _carries(message: JSON) -> bool:
    """Whether a message without words is still something somebody posted."""
    kinds = ("photo", "video", "document", "voice", "audio", "sticker", "animation", "video_note")
    return any(kind in message for kind in (*kinds, "poll", "location", "contact", "venue"))


def _asked(message: JSON, facts: dict[str, Any], here: Here) -> Arrival | None:
    """A command; None when it is only a message that begins like one."""
    text, source, profile = str(message["text"]), ref_of(message, here), facts["profile"]
    call = called(text)
    if call is None:
        return None
    if call.bot not in {"", here.username.lower()}:
        return NOTHING  # a command for another bot
    arrival = Arrival(lane=profile.account.user, locale=profile.locale, source=source)
    found = command(call, message, here, facts, source.channel)
    if found:
        return replace(arrival, events=found.events, hint=found.hint, asked=found.asked or text)
    if source.channel.private or call.bot:
        return replace(arrival, hint=Hint("error.unknown_command", {"command": f"/{call.name}"}))
    return None


def _written(
    message: JSON, facts: dict[str, Any], here: Here, topic: tuple[str, str, str] | None
) -> Arrival:
    source, profile = ref_of(message, here), facts["profile"]
    mentions = mentioned(message)
    event = MessagePosted(
        **facts,
        message=source,
        text=str(message.get("text") or message.get("caption") or ""),
        reply_to=_answered(message, here),
        mentions=tuple(account_of(who, here) for who in mentions if not who["is_bot"])
        if mentions
        else (),
    )
    return Arrival(
        (event,),
        profile.account.user,
        profile.locale,
        source,
        topic=topic,
        counted=not source.channel.private,
    )


def _answered(message: JSON, here: Here) -> MessageRef | None:
    """The message answered; in a topic every message answers the one that opened it."""
    parent = message.get("reply_to_message")
    if not parent or "forum_topic_created" in parent:
        return None
    return ref_of(parent, here)


def _edited(delivery: str, message: JSON, here: Here, _now: datetime) -> Arrival:
    user = person_of(message)
    if user is None or not ours(message["chat"], here):
        return NOTHING
    text = message.get("text") or message.get("caption")
    if text is None:
        return NOTHING
    facts = facts_of(delivery, at_of(message["edit_date"]), user, here)
    event = MessageEdited(**facts, message=ref_of(message, here), text=str(text))
    person = facts["account"].user
    return Arrival((event,), person, user.get("language_code"), event.message, counted=True)


def _reacted(delivery: str, reaction: JSON, here: Here, _now: datetime) -> Arrival:
    user = reaction.get("user")
    if user is None or user["is_bot"] or not ours(reaction["chat"], here):
        return NOTHING
    old, new = (
        [_emoji(kind) for kind in reaction[side]] for side in ("old_reaction", "new_reaction")
    )
    message = ref_of(reaction, here)
    at = at_of(reaction["date"])
    events: list[Event] = [
        ReactionRemoved(
            **facts_of(f"{delivery}:-{emoji}", at, user, here), message=message, emoji=emoji
        )
        for emoji in old
        if emoji not in new
    ]
    events += [
        ReactionAdded(
            **facts_of(f"{delivery}:+{emoji}", at, user, here), message=message, emoji=emoji
        )
        for emoji in new
        if emoji not in old
    ]
    person = str(int(user["id"]))
    return Arrival(tuple(events), person, user.get("language_code"), message, counted=True)


def _voted(delivery: str, answer: JSON, here: Here, now: datetime) -> Arrival:
    """Somebody's whole vote, as it is now (https://core.telegram.org/bots/api#pollanswer)."""
    user = answer.get("user")
    if user is None or user["is_bot"]:
        return NOTHING
    chosen = tuple(int(number) for number in answer["option_ids"])
    event = PollVoted(
        **facts_of(delivery, now, user, here),
        poll=str(answer["poll_id"]),
        chosen=chosen,
        dropped=tuple(number for number in range(CHOICES) if number not in chosen),
    )
    return Arrival((event,), str(int(user["id"])), user.get("language_code"))


def _emoji(kind: JSON) -> str:
    """https://core.telegram.org/bots/api#reactiontype."""
    if kind["type"] == "emoji":
        return str(kind["emoji"])
    return f":{kind.get('custom_emoji_id', kind['type'])}:"


def _topic(message: JSON) -> tuple[str, str, str] | None:
    """The name of a topic, which only the message that opened or renamed it carries."""
    thread = message.get("message_thread_id")
    if thread is None or not message.get("is_topic_message"):
        return None
    parent = message.get("reply_to_message") or {}
    told = (
        message.get("forum_topic_edited")
        or message.get("forum_topic_created")
        or parent.get("forum_topic_created")
        or {}
    )
    name = told.get("name")
    return (str(message["chat"]["id"]), str(int(thread)), str(name)) if name else None


_READERS: dict[str, Callable[[str, JSON, Here, datetime], Arrival]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": pressed,
    "message_reaction": _reacted,
    "chat_member": changed,
    "my_chat_member": own,
    "chat_join_request": waiting,
    "poll_answer": _voted,
}
