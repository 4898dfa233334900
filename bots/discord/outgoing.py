"""What we say as Discord takes it: Components V2 payloads, pure and ready to be sent."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.discord.guild import Json
from bots.discord.markdown import markdown
from core.chat.actions import Link
from core.chat.identity import Account, Platform, Workspace
from core.chat.markup import split
from core.chat.messages import Button, File, Image, Message, Poll, Style, Text

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

POLL_HOURS = 768
"""The longest a poll may last: https://docs.discord.com/developers/resources/poll"""

EPHEMERAL = 1 << 6
COMPONENTS_V2 = 1 << 15
"""https://docs.discord.com/developers/resources/message#message-object-message-flags"""

_ACTION_ROW, _BUTTON, _TEXT_DISPLAY, _MEDIA_GALLERY, _FILE = 1, 2, 10, 12, 13
_LINK_STYLE = 5
_STYLES = {Style.PRIMARY: 1, Style.SECONDARY: 2, Style.DANGER: 4}
"""https://docs.discord.com/developers/components/reference#button-button-styles"""


@dataclass(frozen=True, slots=True)
class Part:
    """One native message: the JSON body, and what is uploaded with it."""

    body: Json
    uploads: tuple[Image | File, ...] = ()

    def ephemeral(self) -> "Part":
        """The same, for one person's eyes."""
        return replace(self, body={**self.body, "flags": self.body["flags"] | EPHEMERAL})

    def replacing(self) -> "Part":
        """The same as an edit: attachments are named so that an older picture goes away."""
        return replace(self, body={"attachments": [], **self.body})


def render(message: Message, home: Workspace, now: datetime | None = None) -> tuple[Part, ...]:
    """The native messages, in order; buttons, picture and files stand on the last.

    Only accounts of `message.mentions` in `home` are mentioned natively; nobody else is ever
    notified, whatever the text says. A poll is a message of its own, after them: Discord takes
    no component beside it. It lasts from `now` as long as it may, or a little over its time.
    """
    poll = [_poll(message.poll, now)] if message.poll and not message.poll.closed else []
    if poll and not (message.text or message.buttons or message.image or message.files):
        return tuple(poll)
    allowed = tuple(
        account
        for account in message.mentions
        if account.platform is Platform.DISCORD and account.home == home
    )
    texts = _fitting(message.text, allowed)
    rows = [message.buttons[i : i + BUTTONS] for i in range(0, len(message.buttons), BUTTONS)]
    first_rows, *more_rows = rows or [()]
    parts = [_part(text, allowed) for text in texts[:-1]]
    uploads = (*((message.image,) if message.image else ()), *message.files)
    parts.append(_part(texts[-1], allowed, first_rows, uploads))
    parts += [_part("", allowed, buttons) for buttons in more_rows]
    return (*parts, *poll)


def _poll(poll: Poll, now: datetime | None) -> Part:
    """https://docs.discord.com/developers/resources/poll#poll-create-request-object ."""
    hours = POLL_HOURS
    if poll.closes is not None and now is not None:
        hours = min(POLL_HOURS, max(0, (poll.closes - now) // timedelta(hours=1)) + 1)
    native = {
        "question": {"text": poll.question},
        "answers": [{"poll_media": {"text": choice}} for choice in poll.choices],
        "duration": hours,
        "allow_multiselect": poll.several,
        "layout_type": 1,
    }
    return Part({"flags": 0, "poll": native, "allowed_mentions": {"parse": []}})


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def filename(upload: Image | File) -> str:
    """A name that can stand in an `attachment://` address."""
    unnamed = "image.png" if isinstance(upload, Image) else "document"
    return re.sub(r"[^A-Za-z0-9._-]+", "-", upload.name).strip("-.") or unnamed


def _attached(number: int, upload: Image | File) -> tuple[Json, Json]:
    """What shows an upload, and what describes it; both name it with its number."""
    address = {"url": f"attachment://{filename(upload)}"}
    about: Json = {"id": number, "filename": filename(upload)}
    if isinstance(upload, File):
        return {"type": _FILE, "file": address}, about
    described = {"description": upload.alt[:ALT]}
    shown = {"type": _MEDIA_GALLERY, "items": [{"media": address, **described}]}
    return shown, {**about, **described}


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
    uploads: Sequence[Image | File] = (),
) -> Part:
    components: list[Json] = []
    if text:
        components.append({"type": _TEXT_DISPLAY, "content": text})
    attached = [_attached(number, upload) for number, upload in enumerate(uploads)]
    components += [shown for shown, _ in attached]
    for start in range(0, len(buttons), ROW):
        row = [_button(button) for button in buttons[start : start + ROW]]
        components.append({"type": _ACTION_ROW, "components": row})
    users = list(dict.fromkeys(account.user for account in allowed))[:MENTIONS]
    body: Json = {
        "flags": COMPONENTS_V2,
        "components": components,
        "allowed_mentions": {"parse": [], "users": users},
    }
    if attached:
        body["attachments"] = [about for _, about in attached]
    return Part(body, tuple(uploads))


def _button(button: Button) -> Json:
    native: Json = {"type": _BUTTON, "label": button.label}
    if isinstance(button.does, Link):
        return {**native, "style": _LINK_STYLE, "url": button.does.url}
    return {**native, "style": _STYLES[button.style], "custom_id": button.does.packed}
