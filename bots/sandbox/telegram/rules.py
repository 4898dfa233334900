"""Who may do what where: the refusals that every method shares."""

import asyncio

from bots.sandbox.telegram.refusals import RefusedError, bad, forbidden
from bots.sandbox.telegram.shapes import Call
from bots.sandbox.telegram.state import Chat, Post, State, User


def find_chat(state: State, given: str) -> Chat:
    """The chat of that id; 400 `chat not found` when the bot never met it."""
    chat = state.chats.get(int(given)) if given.lstrip("-").isdigit() else None
    if chat is None or (chat.kind == "private" and not state.users[chat.id].known):
        raise bad("chat not found")
    return chat


def readable(state: State, given: str) -> Chat:
    """A chat that the bot may look at.

    400 with `migrate_to_chat_id` when a group was upgraded, 403 when the bot was removed.
    https://core.telegram.org/bots/api#responseparameters
    """
    chat = find_chat(state, given)
    if chat.upgraded_to:
        raise bad(
            "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.upgraded_to
        )
    if chat.kind == "private":
        return chat
    standing = chat.standing(state.bot)
    kind = f"{chat.kind} chat"
    if standing.status == "kicked":
        raise forbidden(f"bot was kicked from the {kind}")
    if not standing.present:
        raise forbidden(f"bot is not a member of the {kind}")
    return chat


def writable(state: State, given: str) -> Chat:
    """A chat that the bot may write in.

    403 `bot was blocked by the user`, or `bot can't initiate conversation with a user` unless
    they pressed Start, wrote, or asked to join less than five minutes ago
    (https://core.telegram.org/bots/api#chatjoinrequest, user_chat_id).
    """
    chat = readable(state, given)
    if chat.kind != "private":
        return chat
    person = state.users[chat.id]
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    if not person.started and asyncio.get_running_loop().time() >= person.contact_until:
        raise forbidden("bot can't initiate conversation with a user")
    return chat


def group(state: State, given: str) -> Chat:
    """A group or supergroup that the bot may look at."""
    chat = readable(state, given)
    if chat.kind == "private":
        raise bad("there are no members in the private chat")
    return chat


def supergroup(state: State, given: str) -> Chat:
    """A supergroup; 400 otherwise."""
    chat = readable(state, given)
    if chat.kind != "supergroup":
        raise bad("method is available only for supergroups")
    return chat


def need(state: State, chat: Chat, right: str, refusal: RefusedError) -> None:
    """Raise `refusal` unless the bot holds the administrator right."""
    if not chat.standing(state.bot).may(right):
        raise refusal


def person(state: State, call: Call) -> User:
    """The user of `user_id`; 400 when nobody has that id."""
    found = state.users.get(call.number("user_id"))
    if found is None or not (found.known or found.is_bot):
        raise bad("user not found")
    return found


def post(chat: Chat, message_id: int, purpose: str) -> Post:
    """The message; 400 `message to <purpose> not found`."""
    found = chat.posts.get(message_id)
    if found is None:
        raise bad(f"message to {purpose} not found")
    return found
