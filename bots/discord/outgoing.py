"""What we say as Discord takes it: Components V2 payloads, pure and ready to be sent."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bots.discord.guild import Json
from bots.discord.markdown import markdown
from core.chat.actions import Link
from core.chat.identity import Account, Platform, Workspace
from core.chat.markup import split
from core.chat.messages import Button, Image, Message, Style, Text

TEXT = 4000
"""Characters over all text displays of a message, counted here in UTF-16 units to be safe.
https://docs.discord.com/developers/components/reference#text-display"""
ROW = 5
"""Buttons in one action row: https://docs.discord.com/developers/components/reference#action-row"""
BUTTONS = 25
"""Five rows; with their text and picture they stay below the 40 components of a message.
https://docs.discord.com/developers/components/reference#component-limits"""
ALT = 1024
"""Description of a picture.
https://docs.discord.com/developers/components/reference#media-gallery"""

MENTIONS = 100
"""People one message may notify.
https://docs.discord.com/developers/resources/message#allowed-mentions-object"""

EPHEMERAL = 1 << 6
COMPONENTS_V2 = 1 << 15
"""https://docs.discord.com/developers/resources/message#message-object-message-flags"""

_ACTION_ROW, _BUTTON, _TEXT_DISPLAY, _MEDIA_GALLERY = 1, 2, 10, 12
_LINK_STYLE = 5
_STYLES = {Style.PRIMARY: 1, Style.SECONDARY: 2, Style.DANGER: 4}
"""https://docs.discord.com/developers/components/reference#button-button-styles"""


@dataclass(frozen=True, slots=True)
class Part:
    """One native message: the JSON body, and the picture uploaded with it."""

    body: Json
    image: Image | None = None

    def ephemeral(self) -> "Part":
        """The same, for one person's eyes."""
        return replace(self, body={**self.body, "flags": self.body["flags"] | EPHEMERAL})

    def replacing(self) -> "Part":
        """The same as an edit: attachments are named so that an older picture goes away."""
        return replace(self, body={"attachments": [], **self.body})


def render(message: Message, home: Workspace) -> tuple[Part, ...]:
    """The native messages, in order; buttons and picture stand on the last.

    Only accounts of `message.mentions` in `home` are mentioned natively; nobody else is ever
    notified, whatever the text says.
    """
    allowed = tuple(
        account
        for account in message.mentions
        if account.platform is Platform.DISCORD and account.home == home
    )
    texts = _fitting(message.text, allowed)
    rows = [message.buttons[i : i + BUTTONS] for i in range(0, len(message.buttons), BUTTONS)]
    first_rows, *more_rows = rows or [()]
    parts = [_part(text, allowed) for text in texts[:-1]]
    parts.append(_part(texts[-1], allowed, first_rows, message.image))
    parts += [_part("", allowed, buttons) for buttons in more_rows]
    return tuple(parts)


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def filename(image: Image) -> str:
    """A name that can stand in an `attachment://` address."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", image.name).strip("-.") or "image.png"


def _alt(image: Image) -> str:
    return image.alt[:ALT]


def _fitting(text: Text, allowed: Sequence[Account]) -> list[str]:
    limit = TEXT
    while True:
        pieces = [markdown(part, allowed) for part in split(text, limit)] or [""]
        if limit <= 1 or all(units(piece) <= TEXT for piece in pieces):
            return pieces
        limit //= 2


def _part(
    text: str,
    allowed: Iterable[Account],
    buttons: Sequence[Button] = (),
    image: Image | None = None,
) -> Part:
    components: list[Json] = []
    if text:
        components.append({"type": _TEXT_DISPLAY, "content": text})
    if image is not None:
        media = {"media": {"url": f"attachment://{filename(image)}"}, "description": _alt(image)}
        components.append({"type": _MEDIA_GALLERY, "items": [media]})
    for start in range(0, len(buttons), ROW):
        row = [_button(button) for button in buttons[start : start + ROW]]
        components.append({"type": _ACTION_ROW, "components": row})
    users = list(dict.fromkeys(account.user for account in allowed))[:MENTIONS]
    body: Json = {
        "flags": COMPONENTS_V2,
        "components": components,
        "allowed_mentions": {"parse": [], "users": users},
    }
    if image is not None:
        body["attachments"] = [{"id": 0, "filename": filename(image), "description": _alt(image)}]
    return Part(body, image)


def _button(button: Button) -> Json:
    native: Json = {"type": _BUTTON, "label": button.label}
    if isinstance(button.does, Link):
        return {**native, "style": _LINK_STYLE, "url": button.does.url}
    return {**native, "style": _STYLES[button.style], "custom_id": button.does.packed}
