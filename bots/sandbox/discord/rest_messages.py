"""REST: messages and reactions (docs: Resources / Message)."""

import unicodedata

from bots.sandbox.discord.permissions import Intent, Permission
from bots.sandbox.discord.refusals import Refused, wrong
from bots.sandbox.discord.routing import Answer, Call, House, endpoint
from bots.sandbox.discord.shapes import BULK_DELETE, CREATE_MESSAGE, EDIT_MESSAGE, record
from bots.sandbox.discord.state import COMPONENTS_V2, Channel, Json, Message
from bots.sandbox.discord.wire import message_json, user_json, without_content

_MESSAGES = "/channels/{channel_id}/messages"
_ONE = _MESSAGES + "/{message_id}"
_REACTIONS = _ONE + "/reactions"


def fetched(house: House, message: Message) -> Json:
    """A message as REST answers it: without content when the app may not read it."""
    told = message_json(house.state, message)
    if message.channel.recipient is not None:
        return told
    readable = house.allowed_intents & Intent.MESSAGE_CONTENT
    return told if readable else without_content(told | {"guild_id": ""})


@endpoint("GET", _MESSAGES, query=("limit", "before", "after", "around"))
def list_messages(house: House, call: Call) -> Answer:
    """Newest first; 1 to 100, 50 by default."""
    channel = house.channel(call.values["channel_id"])
    limit = max(1, call.number("limit", 50, 100))
    anchors = [key for key in ("before", "after", "around") if key in call.query]
    if len(anchors) > 1:
        said = "before, after and around are mutually exclusive"
        raise wrong((anchors[1],), "BASE_TYPE_CHOICES", said)
    granted = house.state.permissions(house.state.bot.id, channel)
    if Permission.READ_MESSAGE_HISTORY not in granted:
        return []
    said_here = [
        m for m in house.state.messages.values() if m.channel is channel and m.only_for is None
    ]
    said_here.sort(key=lambda m: int(m.id))
    anchor = call.number(anchors[0], 0) if anchors else 0
    match anchors[0] if anchors else "before":
        case "after":
            page = [m for m in said_here if int(m.id) > anchor][:limit]
        case "around":
            before = [m for m in said_here if int(m.id) < anchor][-(limit // 2) :]
            page = before + [m for m in said_here if int(m.id) >= anchor][: limit - len(before)]
        case _:
            page = [m for m in said_here if not anchor or int(m.id) < anchor][-limit:]
    return [fetched(house, message) for message in reversed(page)]


@endpoint("POST", _MESSAGES, body=CREATE_MESSAGE, files=True)
def create_message(house: House, call: Call) -> Answer:
    """Write a message; with `enforce_nonce` the same nonce answers the first message again."""
    channel = house.channel(call.values["channel_id"])
    _may_send(house, channel, call)
    body = call.body
    key = (channel.id, str(body.get("nonce")))
    first = house.state.messages.get(house.nonces.get(key, ""))
    if body.get("enforce_nonce") and body.get("nonce") is not None and first is not None:
        return fetched(house, first)
    draft = house.writer.draft(body, call.files, channel)
    draft.nonce = body.get("nonce")
    draft.reference = _reference(house, channel, body.get("message_reference"))
    message = house.acts.post(house.state.bot, channel, draft)
    if draft.nonce is not None:
        house.nonces[key] = message.id
    return message_json(house.state, message)


def _may_send(house: House, channel: Channel, call: Call) -> None:
    recipient = channel.recipient
    if recipient is not None:
        if recipient.refuses or recipient.id not in house.state.members:
            raise Refused(50007)
        return
    if channel.is_thread:
        house.need(Permission.SEND_MESSAGES_IN_THREADS, channel)
        if channel.locked:
            house.need(Permission.MANAGE_THREADS, channel)
    else:
        house.need(Permission.SEND_MESSAGES, channel)
    if call.files:
        house.need(Permission.ATTACH_FILES, channel)
    if call.body.get("poll"):
        house.need(Permission.SEND_POLLS, channel)
    if call.body.get("embeds"):
        house.need(Permission.EMBED_LINKS, channel)


def _reference(house: House, channel: Channel, reference: Json | None) -> Message | None:
    if reference is None:
        return None
    target = house.state.messages.get(str(reference["message_id"]))
    if target is None or target.channel is not channel or target.only_for is not None:
        if reference.get("fail_if_not_exists", True):
            raise wrong(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return None
    house.need(Permission.READ_MESSAGE_HISTORY, channel)
    return target


@endpoint("GET", _ONE)
def get_message(house: House, call: Call) -> Answer:
    """One message."""
    channel = house.channel(call.values["channel_id"])
    house.need(Permission.READ_MESSAGE_HISTORY, channel)
    return fetched(house, house.message(channel, call.values["message_id"]))


@endpoint("PATCH", _ONE, body=EDIT_MESSAGE, files=True)
def edit_message(house: House, call: Call) -> Answer:
    """Change one's own message; Components V2 cannot be taken off again."""
    channel = house.channel(call.values["channel_id"])
    message = house.message(channel, call.values["message_id"])
    if message.author is not house.state.bot:
        raise Refused(50005)
    if channel.archived:
        raise Refused(50083)
    if message.poll is not None:
        raise Refused(520003)
    draft = house.writer.draft(call.body, call.files, channel, before=message)
    if not draft.flags & COMPONENTS_V2 and message.flags & COMPONENTS_V2:
        draft.flags |= COMPONENTS_V2
    house.acts.edit(message, draft)
    return message_json(house.state, message)


@endpoint("POST", "/channels/{channel_id}/polls/{message_id}/expire", body=record({}))
def end_poll(house: House, call: Call) -> Answer:
    """End one's own poll at once."""
    channel = house.channel(call.values["channel_id"])
    message = house.message(channel, call.values["message_id"])
    if message.poll is None:
        raise Refused(520006)
    if message.author is not house.state.bot:
        raise Refused(50005)
    if message.poll.get("ended") or house.state.now() >= message.poll["ends"]:
        raise Refused(520001)
    house.acts.end_poll(message)
    return message_json(house.state, message)


@endpoint(
    "GET",
    "/channels/{channel_id}/polls/{message_id}/answers/{answer_id}",
    query=("limit", "after"),
)
def list_voters(house: House, call: Call) -> Answer:
    """Who voted for one answer."""
    channel = house.channel(call.values["channel_id"])
    house.need(Permission.READ_MESSAGE_HISTORY, channel)
    message = house.message(channel, call.values["message_id"])
    if message.poll is None:
        raise Refused(10008)
    limit, after = call.number("limit", 25, 100), call.number("after", 0)
    voted = message.votes.get(int(call.values["answer_id"]), [])
    users = sorted((user for user in voted if int(user) > after), key=int)
    return {"users": [user_json(house.state.users[user]) for user in users[:limit]]}


@endpoint("DELETE", _ONE)
def delete_message(house: House, call: Call) -> Answer:
    """Delete a message; somebody else's needs MANAGE_MESSAGES."""
    channel = house.channel(call.values["channel_id"])
    message = house.message(channel, call.values["message_id"])
    if message.author is not house.state.bot:
        if channel.recipient is not None:
            raise Refused(50003)
        house.need(Permission.MANAGE_MESSAGES, channel)
    house.acts.delete(message)
    return None


@endpoint("POST", _MESSAGES + "/bulk-delete", body=BULK_DELETE)
def bulk_delete(house: House, call: Call) -> Answer:
    """Delete 2 to 100 messages; unknown ones are passed over."""
    channel = house.channel(call.values["channel_id"])
    house.need(Permission.MANAGE_MESSAGES, channel)
    for number in call.body["messages"]:
        message = house.state.messages.get(str(number))
        if message is not None and message.channel is channel:
            house.acts.delete(message)
    return None


@endpoint("POST", "/channels/{channel_id}/typing")
def typing(house: House, call: Call) -> Answer:
    """Show that the bot is writing."""
    channel = house.channel(call.values["channel_id"])
    _may_send(house, channel, Call({}, {}, {}, {}))
    return None


def is_emoji(written: str) -> bool:
    """Whether Discord would take this for a standard emoji: symbols only, no letters."""
    categories = {unicodedata.category(c) for c in written}
    drawn = categories & {"So", "Sk"} or "\u20e3" in written
    return bool(drawn) and len(written) <= 16 and not categories & {"Ll", "Lu", "Lo", "Zs"}


def _reactable(house: House, call: Call) -> tuple[Message, str]:
    channel = house.channel(call.values["channel_id"])
    message = house.message(channel, call.values["message_id"])
    emoji = call.values.get("emoji", "")
    if "emoji" in call.values and not is_emoji(emoji):
        raise Refused(10014)
    if channel.archived:
        raise Refused(50083)
    return message, emoji


@endpoint("PUT", _REACTIONS + "/{emoji}/@me")
def add_reaction(house: House, call: Call) -> Answer:
    """React as the bot."""
    message, emoji = _reactable(house, call)
    house.need(Permission.READ_MESSAGE_HISTORY, message.channel)
    if emoji not in message.reactions:
        house.need(Permission.ADD_REACTIONS, message.channel)
    house.acts.react(house.state.bot, message, emoji)
    return None


@endpoint("DELETE", _REACTIONS + "/{emoji}/@me")
def remove_own_reaction(house: House, call: Call) -> Answer:
    """Take the bot's reaction back."""
    message, emoji = _reactable(house, call)
    if not house.acts.unreact(house.state.bot, message, emoji):
        raise Refused(10014)
    return None


@endpoint("DELETE", _REACTIONS + "/{emoji}/{user_id}")
def remove_reaction(house: House, call: Call) -> Answer:
    """Take somebody's reaction away."""
    message, emoji = _reactable(house, call)
    house.need(Permission.MANAGE_MESSAGES, message.channel)
    user = house.state.users.get(call.values["user_id"])
    if user is None or not house.acts.unreact(user, message, emoji):
        raise Refused(10014)
    return None


@endpoint("GET", _REACTIONS + "/{emoji}", query=("limit", "after", "type"))
def list_reactions(house: House, call: Call) -> Answer:
    """Who reacted with one emoji."""
    message, emoji = _reactable(house, call)
    limit, after = call.number("limit", 25, 100), call.number("after", 0)
    users = sorted((u for u in message.reactions.get(emoji, []) if int(u) > after), key=int)
    return [user_json(house.state.users[user]) for user in users[:limit]]


@endpoint("DELETE", _REACTIONS)
def clear_reactions(house: House, call: Call) -> Answer:
    """Remove every reaction."""
    message, _ = _reactable(house, call)
    house.need(Permission.MANAGE_MESSAGES, message.channel)
    house.acts.clear_reactions(message)
    return None
