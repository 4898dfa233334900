"""What stands on people's screens, read from the stand-ins' own state in one go."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from bots.sandbox.discord.people import DiscordPerson
from bots.sandbox.discord.reading import seen as on_discord
from bots.sandbox.people import Person, Seen
from bots.sandbox.slack.people import SlackPerson
from bots.sandbox.telegram.people import TelegramPerson
from bots.sandbox.telegram.screen import seen as on_telegram
from bots.sandbox.towns import Towns

_LITERAL = re.compile(r"\{[^}]*\}|`[^`]*`|\n")


def _one(text: str | tuple[str, ...] | list[str] | None) -> str:
    """The singular where there are two."""
    return text if isinstance(text, str) else (text or ("",))[0]


def bare(text: str) -> str:
    """Letters and figures only: whatever marks a platform shows or hides."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


class Words:
    """The bot's own words, to be recognised on a screen whatever was filled in."""

    def __init__(self, locales: Path, language: str = "fr") -> None:
        self._known: dict[str, str] = {}
        for file in (locales / language / "LC_MESSAGES").glob("*.po"):
            with file.open("rb") as source:
                for message in read_po(source, locale=language):
                    if message.id:
                        self._known[_one(message.id)] = _one(message.string)

    def label(self, key: str) -> str:
        """A button's or a field's words."""
        return self._known[key].replace("`", "")

    def mark(self, key: str) -> str:
        """The longest piece of a text without anything filled in, as `bare` has it."""
        return max((bare(piece) for piece in _LITERAL.split(self._known[key])), key=len)

    def says(self, key: str, text: str) -> bool:
        """Whether this is that text."""
        return self.mark(key) in bare(text)

    def room(self, name: str) -> tuple[str, ...]:
        """The marks of every longer text of a room."""
        keys = (key for key in self._known if key.startswith(f"{name}."))
        return tuple(mark for mark in map(self.mark, keys) if len(mark) >= 20)


def private(person: Person) -> Iterator[Seen]:
    """What only that person sees."""
    match person:
        case DiscordPerson():
            state = person._state
            for message in state.messages.values():
                to = message.channel.recipient
                if message.only_for == person.id or (to is not None and to.id == person.id):
                    yield on_discord(state, message)
        case SlackPerson():
            ws = person._ws
            for post in ws.posts.values():
                where = ws.channels[post.channel]
                if person.id in {post.ephemeral_to, where.peer}:
                    yield ws.seen(post)
        case TelegramPerson():
            for sent in person.state.private(person.user).posts.values():
                if sent.order:
                    yield on_telegram(sent, person.state)
            yield from (
                toast for _, toast in person.state.toasts if toast.private_to == person.name
            )


def everything(towns: Towns) -> list[Seen]:
    """Every message as it stands now."""
    discord = towns.discord.state
    slack = towns.slack.workspace
    telegram = towns.telegram.state
    return [
        *(on_discord(discord, m) for m in discord.messages.values() if not m.flags & 1 << 7),
        *(slack.seen(post) for post in slack.posts.values() if not post.deleted),
        *(
            on_telegram(post, telegram)
            for chat in telegram.chats.values()
            for post in chat.posts.values()
            if post.order
        ),
    ]


def public(towns: Towns, platform: str) -> list[Seen]:
    """Every message of that platform that all can read."""
    return [s for s in everything(towns) if s.platform == platform and s.private_to is None]
