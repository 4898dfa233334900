"""Where things are said: the configured channels, the topics' names, and groups that moved."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bots.telegram.commands import fold
from core.chat.adapter import Permanent
from core.chat.identity import Channel, Platform, Purpose

GENERAL = "1"
"""The General topic: addressed by no topic id at all (https://core.telegram.org/api/forum)."""

_NUMBERS = re.compile(r"(-\d+)(?:/(\d+))?\Z")
_TOPIC = re.compile(r"\d+\Z")
_PUBLIC = re.compile(r"(@[A-Za-z]\w{3,31})(?:/(\d+))?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Setting:
    """A channel as configured: a chat and a topic, or a `name` still to be looked up."""

    chat: str
    thread: str | None = None
    name: str = ""


def setting(written: str, workspace: str) -> Setting:
    """Read what `TelegramSettings.channels` holds."""
    text = written.strip()
    numbers = _NUMBERS.match(text) or _PUBLIC.match(text)
    if numbers:
        return Setting(numbers[1], _thread(numbers[2]))
    if _TOPIC.match(text):
        return Setting(workspace, _thread(text))
    if fold(text) in {"", "general"}:
        return Setting(workspace)
    return Setting(workspace, name=text)


def _thread(topic: str | None) -> str | None:
    return None if topic in {None, GENERAL} else topic


class Places:
    """What is known of our chats now; learnt as it is told, and lost at a restart.

    The Bot API lists neither topics nor their names: a topic's name is learnt from what is
    posted in it (https://core.telegram.org/bots/api#forumtopiccreated).
    """

    def __init__(self, workspace: str, channels: Mapping[Purpose, str]) -> None:
        self.workspace = workspace
        self._settings = {
            purpose: setting(written, workspace) for purpose, written in channels.items()
        }
        self._moved: dict[str, str] = {}
        self._public: dict[str, str] = {}
        self._topics: dict[tuple[str, str], str] = {}

    @property
    def settings(self) -> Mapping[Purpose, Setting]:
        """The configured channels."""
        return self._settings

    @property
    def homes(self) -> frozenset[str]:
        """Every id our group has or had."""
        return frozenset(
            {self.workspace, *(old for old, _ in self._moved.items() if self._is_home(old))}
        )

    def _is_home(self, old: str) -> bool:
        return self.current(old) == self.workspace

    @property
    def chats(self) -> frozenset[str]:
        """The ids of every group of ours, as they are now."""
        named = (place.chat for place in self._settings.values())
        return frozenset(self.current(chat) for chat in (self.workspace, *named))

    def current(self, chat: str) -> str:
        """The id a chat has now."""
        chat = self._public.get(chat.lower(), chat)
        seen = {chat}
        while (after := self._moved.get(chat)) and after not in seen:
            chat = after
            seen.add(chat)
        return chat

    def move(self, old: str, new: str) -> bool:
        """A group changed its id; True when it is the community's own and was not known to."""
        ours = old == self.workspace
        self._moved[old] = new
        if ours:
            self.workspace = new
        return ours

    def found(self, public: str, chat: str) -> None:
        """A public group's id."""
        self._public[public.lower()] = chat

    def learn(self, chat: str, thread: str, name: str) -> None:
        """A topic's name."""
        self._topics[chat, fold(name)] = thread

    def of(self, purpose: Purpose) -> Channel:
        """The channel for a purpose. Raises Permanent when there is none, or none known."""
        place = self._settings.get(purpose)
        if place is None:
            raise Permanent("not_configured", f"no channel is configured for {purpose}")
        chat = self.current(place.chat)
        thread = place.thread
        if place.name:
            thread = self._topics.get((chat, fold(place.name)))
            if thread is None:
                raise Permanent("topic_unknown", f"the topic for {purpose} is not known by name")
        return Channel(Platform.TELEGRAM, self.workspace, chat, thread)
