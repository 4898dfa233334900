"""The methods that write, change and remove messages."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlparse

from bots.sandbox.people import Seen
from bots.sandbox.telegram import rules, screen
from bots.sandbox.telegram.drafts import Draft, Drafts
from bots.sandbox.telegram.entities import units
from bots.sandbox.telegram.refusals import Json, RefusedError, bad
from bots.sandbox.telegram.shapes import Call
from bots.sandbox.telegram.state import Chat, Post, Query, State, User
from bots.sandbox.telegram.vocabulary import ACTIONS, REACTIONS
from bots.sandbox.telegram.wire import poll_json, post_json

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
DELETABLE = timedelta(hours=48)  # https://core.telegram.org/bots/api#deletemessage


class Posting:
    """sendMessage and its family; `query_seconds` is how long a pressed button waits."""

    def __init__(
        self, state: State, query_seconds: float, open_url: Callable[[User, str], None]
    ) -> None:
        self.state = state
        self.open_url = open_url
        self.drafts = Drafts(state)
        self.query_seconds = query_seconds

    def send_message(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#sendmessage ."""
        return self._send(call, self.drafts.text(call))

    def send_photo(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#sendphoto ."""
        return self._send(call, replace(self.drafts.caption(call), media=self.drafts.photo(call)))

    def send_document(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#senddocument ."""
        media = self.drafts.document(call)
        return self._send(call, replace(self.drafts.caption(call), media=media))

    def send_poll(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#sendpoll ."""
        return self._send(call, Draft("", poll=self.drafts.poll(call)))

    def stop_poll(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#stoppoll ."""
        chat = rules.readable(self.state, call.text("chat_id"))
        post = chat.posts.get(call.number("message_id"))
        if post is None or post.poll is None:
            raise bad("message with poll to stop not found")
        if post.sender is not self.state.bot:
            raise bad("poll can't be stopped")
        if post.poll.closed:
            raise bad("poll has already been closed")
        post.poll.closed = True
        screen.show(post, self.state)
        return poll_json(post.poll)

    def _send(self, call: Call, draft: Draft) -> Json:
        chat = rules.writable(self.state, call.text("chat_id"))
        topic = self._topic(chat, call)
        answered = self._answered(chat, call)
        if answered is not None and topic is None:
            topic = answered.topic
        post = Post(
            chat,
            self.state.next_id(chat),
            self.state.next_order(),
            self.state.world.now(),
            self.state.bot,
            draft.text,
            draft.entities,
            topic,
            keyboard=self.drafts.keyboard(call),
            media=draft.media,
            poll=draft.poll,
        )
        reply(post, answered)
        chat.posts[post.id] = post
        screen.show(post, self.state)
        return post_json(post, self.state)

    def _topic(self, chat: Chat, call: Call) -> int | None:
        number = call.number("message_thread_id")
        if not number:
            return None
        topic = chat.topics.get(number)
        if topic is None:  # the General topic (1) is not addressed by its id either
            raise bad("message thread not found")
        if topic.closed and not chat.standing(self.state.bot).may("can_manage_topics"):
            raise bad("TOPIC_CLOSED")
        return topic.id

    def _answered(self, chat: Chat, call: Call) -> Post | None:
        asked = call.values.get("reply_parameters")
        if not asked:
            return None
        if str(asked.get("chat_id", chat.id)) != str(chat.id):
            raise bad("message to be replied not found")
        found = chat.posts.get(asked["message_id"])
        if found is None and not asked.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        return found

    # --- change

    def edit_message_text(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#editmessagetext ."""
        post = self._own(call)
        if post.media is not None or post.poll is not None:
            raise bad("there is no text in the message to edit")
        return self._edit(post, self.drafts.text(call), call)

    def edit_message_caption(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#editmessagecaption ."""
        post = self._own(call)
        if post.media is None:
            raise bad("there is no caption in the message to edit")
        return self._edit(post, self.drafts.caption(call), call)

    def edit_message_media(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#editmessagemedia ."""
        return self._edit(self._own(call), self.drafts.media(call), call)

    def edit_message_reply_markup(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#editmessagereplymarkup ."""
        post = self._own(call)
        return self._edit(post, Draft(post.text, post.entities), call)

    def _own(self, call: Call) -> Post:
        if not call.text("chat_id") or not call.number("message_id"):
            raise bad("message identifier is not specified", violation=True)
        chat = rules.readable(self.state, call.text("chat_id"))
        post = rules.post(chat, call.number("message_id"), "edit")
        if post.sender is not self.state.bot or post.service:
            raise bad("message can't be edited")
        return post

    def _edit(self, post: Post, draft: Draft, call: Call) -> Json:
        keyboard = self.drafts.keyboard(call)
        new = (draft.text, draft.entities, keyboard, draft.media or post.media)
        if new == (post.text, post.entities, post.keyboard, post.media):
            raise bad(NOT_MODIFIED)
        post.text, post.entities, post.keyboard, post.media = new
        post.revised = self.state.next_order()
        post.edited_at = self.state.world.now()
        screen.show(post, self.state)
        return post_json(post, self.state)

    def delete_message(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#deletemessage ."""
        chat = rules.readable(self.state, call.text("chat_id"))
        self._delete(chat, rules.post(chat, call.number("message_id"), "delete"))
        return True

    def delete_messages(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#deletemessages ; unknown ids are skipped."""
        chat = rules.readable(self.state, call.text("chat_id"))
        wanted = call.values["message_ids"]
        if not isinstance(wanted, list) or not 1 <= len(wanted) <= 100:
            raise bad("too many message identifiers specified", violation=True)
        for number in wanted:
            if number in chat.posts:
                self._delete(chat, chat.posts[number])
        return True

    def _delete(self, chat: Chat, post: Post) -> None:
        admin = chat.standing(self.state.bot).may("can_delete_messages")
        mine = post.sender is self.state.bot or chat.kind == "private"
        fresh = self.state.world.now() - post.at < DELETABLE
        if not (admin or (mine and fresh)):
            raise bad("message can't be deleted")
        del chat.posts[post.id]
        self.state.world.touch()

    # --- react, answer, show

    def set_message_reaction(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#setmessagereaction ; one reaction for a bot."""
        chat = rules.readable(self.state, call.text("chat_id"))
        post = rules.post(chat, call.number("message_id"), "react")
        wanted = call.values.get("reaction", [])
        if len(wanted) > 1:
            raise bad("REACTIONS_TOO_MANY", violation=True)
        post.reactions.pop(self.state.bot.id, None)
        for reaction in wanted:
            emoji = plain_emoji(reaction.get("emoji", ""))
            if reaction["type"] != "emoji" or emoji not in REACTIONS:
                raise bad("REACTION_INVALID", violation=True)
            post.reactions[self.state.bot.id] = emoji
        self.state.world.touch()
        return True

    def send_chat_action(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#sendchataction ."""
        rules.writable(self.state, call.text("chat_id"))
        if call.text("action") not in ACTIONS:
            raise bad("wrong parameter action in request", violation=True)
        return True

    def answer_callback_query(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#answercallbackquery .

        Text up to 200 characters; `url` opens a chat with the bot, `t.me/<bot>?start=…`.
        """
        query = self.state.queries.get(call.text("callback_query_id"))
        if query is None or query.answered or self.expired(query):
            raise bad(TOO_OLD)
        if units(call.text("text")) > 200:
            raise bad("MESSAGE_TOO_LONG", violation=True)
        url = call.text("url")
        if url and start_parameter(url, self.state.bot.username) is None:
            raise bad("URL_INVALID", violation=True)
        query.answered = True
        if call.text("text"):
            self._toast(query, call.text("text"))
        self.state.world.touch()
        if url:
            self.open_url(query.user, url)
        return True

    def expired(self, query: Query) -> bool:
        """Whether the platform has given up waiting for an answer."""
        return asyncio.get_running_loop().time() - query.at > self.query_seconds

    def _toast(self, query: Query, text: str) -> None:
        shown = Seen(
            id=query.id,
            at=self.state.world.now(),
            platform="telegram",
            channel="notification",
            author=self.state.bot.name,
            text=text,
            private_to=query.user.name,
        )
        self.state.toasts.append((self.state.next_order(), shown))
        self.state.transcript.append(shown)

    def get_file(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#getfile ."""
        media = self.state.files.get(call.text("file_id"))
        if media is None:
            raise bad("invalid file_id")
        return {
            "file_id": media.file_id,
            "file_unique_id": "u" + media.file_id[-12:],
            "file_size": len(media.content),
            "file_path": f"{media.kind}s/{media.file_id}",
        }

    def file(self, path: str) -> bytes:
        """The bytes behind a `file_path`."""
        media = self.state.files.get(path.rpartition("/")[2])
        if media is None:
            raise RefusedError(404, "Not Found")
        return media.content


def reply(post: Post, answered: Post | None) -> None:
    """Hang `post` under `answered`; in supergroups replies form a thread under the first one."""
    if answered is None:
        return
    post.reply_to = answered.id
    if post.chat.kind == "supergroup" and post.topic is None:
        post.root = answered.root or answered.id


def plain_emoji(emoji: str) -> str:
    """The emoji without variation selectors, as the platform lists them."""
    return emoji.replace("\ufe0f", "")


def start_parameter(url: str, username: str) -> str | None:
    """The parameter of a deep link to this bot (possibly empty), None for any other address.

    https://core.telegram.org/bots/features#deep-linking
    """
    read = urlparse(url if "://" in url else f"https://{url}")
    if read.netloc.lower() not in {"t.me", "telegram.me"} or read.path.strip("/") != username:
        return None
    return parse_qs(read.query).get("start", [""])[0]
