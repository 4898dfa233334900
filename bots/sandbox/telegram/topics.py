"""The methods about forum topics and pinned messages."""

from bots.sandbox.telegram import rules
from bots.sandbox.telegram.groups import Groups
from bots.sandbox.telegram.refusals import Json, bad
from bots.sandbox.telegram.shapes import Call, malformed
from bots.sandbox.telegram.state import Chat, State, Topic, User
from bots.sandbox.telegram.wire import post_json, topic_json

# https://core.telegram.org/bots/api#createforumtopic
COLOURS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


class Topics:
    """Forum topics, each opened by a service message whose id is its own."""

    def __init__(self, state: State, groups: Groups) -> None:
        self.state = state
        self.groups = groups

    def create_forum_topic(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#createforumtopic ."""
        chat = self._forum(call)
        colour = call.number("icon_color", COLOURS[0])
        if colour not in COLOURS:
            raise malformed("TOPIC_ICON_COLOR_INVALID")
        return topic_json(self.open(chat, self._name(call), self.state.bot, colour))

    def open(self, chat: Chat, name: str, by: User, colour: int = COLOURS[0]) -> Topic:
        """A new topic, and the message that says so."""
        topic = Topic(chat.last_id + 1, name, icon_color=colour)
        chat.topics[topic.id] = topic
        fields = {"forum_topic_created": {"name": name, "icon_color": colour}}
        self.groups.service(chat, by, fields, f"Sujet ouvert : {name}", topic.id)
        return topic

    def edit_forum_topic(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#editforumtopic ."""
        chat = self._forum(call)
        topic, name = self._topic(chat, call), call.text("name")
        if not name or name == topic.name:
            raise bad("TOPIC_NOT_MODIFIED")
        topic.name = self._name(call)
        self._say(chat, topic, {"forum_topic_edited": {"name": name}}, f"Sujet renommé : {name}")
        return True

    def close_forum_topic(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#closeforumtopic ."""
        return self._close(call, closed=True)

    def reopen_forum_topic(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#reopenforumtopic ."""
        return self._close(call, closed=False)

    def _close(self, call: Call, *, closed: bool) -> bool:
        chat = self._forum(call)
        topic = self._topic(chat, call)
        if topic.closed == closed:
            raise bad("TOPIC_NOT_MODIFIED")
        topic.closed = closed
        name, said = ("closed", "Sujet fermé") if closed else ("reopened", "Sujet rouvert")
        self._say(chat, topic, {f"forum_topic_{name}": {}}, said)
        return True

    def _say(self, chat: Chat, topic: Topic, fields: Json, said: str) -> None:
        self.groups.service(chat, self.state.bot, fields, said, topic.id)

    def _forum(self, call: Call) -> Chat:
        chat = rules.group(self.state, call.text("chat_id"))
        if not chat.is_forum:
            raise bad("the chat is not a forum")
        rules.need(
            self.state, chat, "can_manage_topics", bad("not enough rights to create a topic")
        )
        return chat

    def _topic(self, chat: Chat, call: Call) -> Topic:
        topic = chat.topics.get(call.number("message_thread_id"))
        if topic is None:
            raise bad("TOPIC_ID_INVALID")
        return topic

    def _name(self, call: Call) -> str:
        name = call.text("name").strip()
        if not 1 <= len(name) <= 128:
            raise malformed("TOPIC_TITLE_INVALID")
        return name

    def pin_chat_message(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#pinchatmessage ."""
        chat = self._pinning(call)
        post = rules.post(chat, call.number("message_id"), "pin")
        chat.pinned = [n for n in chat.pinned if n != post.id] + [post.id]
        quoted = {"pinned_message": post_json(post, self.state, nested=True)}
        said = f"{self.state.bot.name} a épinglé un message"
        self.groups.service(chat, self.state.bot, quoted, said, post.topic)
        return True

    def unpin_chat_message(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#unpinchatmessage : the newest when none is named."""
        chat = self._pinning(call)
        wanted = call.number("message_id") or (chat.pinned or [0])[-1]
        if wanted not in chat.pinned:
            raise bad("message to unpin not found")
        chat.pinned.remove(wanted)
        return True

    def _pinning(self, call: Call) -> Chat:
        chat = rules.readable(self.state, call.text("chat_id"))
        if chat.kind != "private":
            refusal = bad("not enough rights to manage pinned messages in the chat")
            rules.need(self.state, chat, "can_pin_messages", refusal)
        return chat
