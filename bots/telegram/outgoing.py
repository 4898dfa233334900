"""What we say, as the parameters of the Bot API's methods: pure functions on messages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from bots.telegram.html import html, length, quiet, visible
from core.chat.actions import Link
from core.chat.markup import split
from core.chat.messages import Button, File, Image, Message, Poll, Style, Text

TEXT_LIMIT = 4096
"""Characters after entities parsing (https://core.telegram.org/bots/api#sendmessage)."""
CAPTION_LIMIT = 1024
"""Characters after entities parsing (https://core.telegram.org/bots/api#sendphoto)."""
TOAST_LIMIT = 200
"""Characters of a press's answer (https://core.telegram.org/bots/api#answercallbackquery)."""
NO_WORDS = "…"
"""Telegram refuses a message without words, even one with buttons."""
ROW_WIDTH = 30
"""Characters of labels that a telephone shows side by side without cutting them."""
ROW_BUTTONS = 3
"""Buttons side by side; Telegram allows 8 (https://core.telegram.org/bots/api#inlinekeyboardmarkup)."""

STYLES = {Style.PRIMARY: "primary", Style.DANGER: "danger"}
"""https://core.telegram.org/bots/api#inlinekeyboardbutton; an ordinary button has no style."""

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One message of Telegram's.

    `image` makes it a photo and `file` a document, whose caption stands in `text`; `poll` makes
    it a poll.
    """

    text: str
    image: Image | None = None
    keyboard: JSON | None = None
    file: File | None = None
    poll: Poll | None = None

    def sending(self) -> tuple[str, JSON]:
        """The method that shows it, and its parameters but where."""
        if self.poll:
            return "sendPoll", _poll(self.poll)
        if self.image or self.file:
            method = "sendPhoto" if self.image else "sendDocument"
            return method, {**self._captioned(), **self._markup()}
        return "sendMessage", {**self._worded(), **self._markup()}

    def editing(self) -> tuple[str, JSON]:
        """The method that replaces a text by it, and its parameters but which."""
        return "editMessageText", {**self._worded(), **self._markup()}

    def captioning(self) -> tuple[str, JSON]:
        """The method that replaces a photo's caption by it, and its parameters but which."""
        return "editMessageCaption", {**self._captioned(), **self._markup()}

    def _worded(self) -> JSON:
        return {
            "text": self.text,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }

    def _captioned(self) -> JSON:
        return {"caption": self.text, "parse_mode": "HTML"} if self.text else {}

    def _markup(self) -> JSON:
        return {"reply_markup": self.keyboard} if self.keyboard else {}


def parts(message: Message, homes: Collection[str]) -> tuple[Part, ...]:
    """A message as the messages Telegram shows, in order; buttons stand under the last one.

    `homes` are the ids our group has or had: whose accounts a mention may reach.

    A picture carries the text as its caption when it fits, and goes before it otherwise; the
    words that replace the picture are in its caption, Telegram having no other place for them.
    One file without a picture does the same; several go before the rest. A poll comes last.
    """
    poll = (Part("", poll=message.poll),) if message.poll and not message.poll.closed else ()
    if poll and not (message.text.strip() or message.buttons or message.image or message.files):
        return poll
    return (*_carried(message, homes), *poll)


def _carried(message: Message, homes: Collection[str]) -> tuple[Part, ...]:
    """The words with the pictures and files that go with them."""
    files = tuple(Part("", file=file) for file in message.files)
    if message.image is not None or len(files) != 1:
        return (*files, *_worded(message, homes))
    texts = _fitting(message, homes) if message.text.strip() else [""]
    keyboard = keyboard_of(message.buttons)
    if len(texts) == 1 and length(texts[0]) <= CAPTION_LIMIT:
        return (Part(texts[0], None, keyboard, message.files[0]),)
    return (*files, *_under(texts, keyboard))


def _worded(message: Message, homes: Collection[str]) -> tuple[Part, ...]:
    """The words, on or under their picture."""
    keyboard = keyboard_of(message.buttons)
    if message.image is None:
        return _under(_fitting(message, homes), keyboard)
    texts = _fitting(message, homes) if message.text.strip() else []
    alt = f"<i>{quiet(message.image.alt)}</i>" if message.image.alt else ""
    whole = "\n\n".join(filter(None, (*texts, alt)))
    if len(texts) <= 1 and length(whole) <= CAPTION_LIMIT:
        return (Part(whole, message.image, keyboard),)
    return (Part(_shortened(alt), message.image), *_under(texts, keyboard))


def _poll(poll: Poll) -> JSON:
    """It may not be forwarded, or strangers would vote (https://core.telegram.org/bots/api#sendpoll)."""
    return {
        "question": poll.question,
        "options": [{"text": choice} for choice in poll.choices],
        "is_anonymous": False,
        "allows_multiple_answers": poll.several,
        "allows_revoting": True,
        "protect_content": True,
    }


def _under(texts: Sequence[str], keyboard: JSON | None) -> tuple[Part, ...]:
    return (
        *(Part(text) for text in texts[:-1]),
        *(Part(text, None, keyboard) for text in texts[-1:]),
    )


def _fitting(message: Message, homes: Collection[str]) -> list[str]:
    """The text rendered in as many parts as it takes; source and shown lengths differ."""
    room = TEXT_LIMIT
    while True:
        rendered = [_html(text, message, homes) for text in split(message.text, room)]
        if all(length(text) <= TEXT_LIMIT for text in rendered):
            return [text for text in rendered if visible(text).strip()] or [NO_WORDS]
        room = room * 3 // 4


def _html(text: Text, message: Message, homes: Collection[str]) -> str:
    return html(text, message.mentions, homes)


def _shortened(alt: str) -> str:
    """A caption that Telegram takes: the words for a picture are ours and rarely long."""
    return alt if length(alt) <= CAPTION_LIMIT else ""


def keyboard_of(buttons: Sequence[Button]) -> JSON | None:
    """An inline keyboard: as many buttons in a row as a telephone shows whole."""
    rows: list[list[JSON]] = []
    used = 0
    for button in buttons:
        room = used + len(button.label) <= ROW_WIDTH
        if rows and room and len(rows[-1]) < ROW_BUTTONS:
            rows[-1].append(_button(button))
            used += len(button.label)
        else:
            rows.append([_button(button)])
            used = len(button.label)
    return {"inline_keyboard": rows} if rows else None


def _button(button: Button) -> JSON:
    if isinstance(button.does, Link):
        does = {"url": button.does.url}
    else:
        does = {"callback_data": button.does.packed}
    style = STYLES.get(button.style)
    return {"text": button.label, **does, **({"style": style} if style else {})}


def toast(message: Message) -> str:
    """The words of a message as a press's answer: plain, at most 200 characters."""
    words = visible(html(message.text)).strip()
    return words if len(words) <= TOAST_LIMIT else words[: TOAST_LIMIT - 1].rstrip() + "…"


def fits_toast(message: Message) -> bool:
    """Whether a press's answer can say it all."""
    words = visible(html(message.text)).strip()
    alone = not (message.buttons or message.image or message.files or message.poll)
    return alone and length(words) <= TOAST_LIMIT
