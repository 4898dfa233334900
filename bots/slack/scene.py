"""Where an act took place, so that its answer appears there; it travels inside modals."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from bots.slack.incoming import Ourselves
from core.chat.events import (
    CommandInvoked,
    Event,
    HomeOpened,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.identity import Channel, MessageRef

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """Who acted (`user`) and where an answer can go.

    `channel` is None on the Home tab and where an act has no place. `thread` is the thread it
    happened in, `under` the message a public answer hangs below; `message` is the one whose
    button was pressed; `opened`: the Home tab was just opened. `response_url` lets us
    answer for 30 minutes, five times
    (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).
    """

    user: str
    channel: str | None = None
    thread: str | None = None
    under: str | None = None
    message: str | None = None
    ephemeral: bool = False
    home: bool = False
    opened: bool = False
    command: bool = False
    response_url: str | None = None

    @property
    def private(self) -> bool:
        """Between the bot and the person: whatever is said there is private already."""
        return self.channel is not None and self.channel.startswith("D") and not self.command

    def place(self, us: Ourselves) -> Channel:
        """The channel as the core knows it."""
        return us.channel(self.channel, self.thread) if self.channel else us.direct(self.user)

    def pressed(self, us: Ourselves) -> MessageRef | None:
        """The message whose button began this, where there is one."""
        if not (self.channel and self.message):
            return None
        return us.ref(self.channel, self.message, self.thread)

    @property
    def packed(self) -> str:
        """The scene as a modal carries it."""
        return json.dumps({name: value for name, value in asdict(self).items() if value})


def unpacked(text: str, user: str) -> Scene:
    """Read back `packed`; whatever it says, the scene is that of `user`.

    Raises ValueError or TypeError when `text` is no such thing (another version's).
    """
    held = json.loads(text) if text else {}
    return Scene(**(held | {"user": user}))


def of_press(body: Json) -> Scene:
    """Where a button was pressed."""
    place: Json = body.get("container") or {}
    return Scene(
        user=body["user"]["id"],
        channel=place.get("channel_id"),
        thread=place.get("thread_ts"),
        message=place.get("message_ts"),
        ephemeral=bool(place.get("is_ephemeral")),
        home=(body.get("view") or {}).get("type") == "home",
        response_url=body.get("response_url"),
    )


def of_command(body: Json) -> Scene:
    """Where a command was typed."""
    return Scene(
        user=body["user_id"],
        channel=body["channel_id"],
        command=True,
        response_url=body.get("response_url"),
    )


def of_event(event: Event, user: str) -> Scene:
    """Where something happened: a public answer to a message hangs below it."""
    if isinstance(event, HomeOpened):
        return Scene(user, home=True, opened=True)
    if isinstance(event, CommandInvoked):  # words in private, with a file
        return Scene(user, channel=event.channel.id, thread=event.channel.thread)
    if not isinstance(
        event, MessagePosted | MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved
    ):
        return Scene(user)
    channel = event.message.channel
    under = channel.thread or (None if channel.private else event.message.id)
    return Scene(user, channel=channel.id, thread=channel.thread, under=under)
