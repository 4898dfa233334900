"""Renders what we say as Block Kit: pure, so that every message can be read in a golden file.

Text becomes `rich_text` blocks rather than mrkdwn: there words are values, not markup, so what a
member wrote cannot format, link, mention or turn into emoji, whatever it contains.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from bots.slack.manifest import COMMAND
from bots.slack.written import escaped
from core.chat.actions import Link
from core.chat.identity import Account, Platform
from core.chat.markup import Block, Span, blocks, inert, split
from core.chat.messages import Button, Message, Poll, Style, Text

Json = dict[str, Any]

PART = 3000
"""Source characters in one message: a section's limit, and below the 4,000 Slack advises
(https://docs.slack.dev/reference/block-kit/blocks/section-block,
https://docs.slack.dev/reference/methods/chat.postMessage#truncating)."""
BLOCKS = 50
"""Blocks in one message (https://docs.slack.dev/reference/block-kit/blocks)."""
VIEW_BLOCKS = 100
"""Blocks in one view (https://docs.slack.dev/reference/views)."""
HEADER = 150
"""Characters in a header (https://docs.slack.dev/reference/block-kit/blocks/header-block)."""
LABEL = 75
"""Characters on a button, and in an option
(https://docs.slack.dev/reference/block-kit/block-elements/button-element)."""
ALT_TEXT = 2000
"""Characters describing an image (https://docs.slack.dev/reference/block-kit/blocks/image-block)."""
ROW = 5
"""Buttons in one `actions` block; Slack takes 25, five is what a telephone shows without hiding."""
OUTBOX_BLOCK = "amicale_outbox:"
"""How the id of the block begins that carries a row's id beside a file, which takes no metadata."""
OUTBOX_EVENT = "amicale_outbox"
"""The metadata event type that carries an outbox row's id."""

_WRITTEN = re.compile(r"/[^\W\d]")

_FURNITURE = 10  # blocks kept free for buttons and the image


def render(message: Message, workspace: str, image_file: str | None = None) -> list[Json]:
    """The messages to post, in order: `text` (what notifications read) and `blocks`.

    Buttons and the image stand on the last one. `image_file` is the id of the uploaded image;
    without it the image's words are shown instead. A poll is a message of its own, after them.
    """
    poll = [_poll(message.poll)] if message.poll and not message.poll.closed else []
    if poll and not (message.text.strip() or message.buttons or message.image):
        return poll
    reader = _Reader(message, workspace)
    parts = [part for text in split(message.text, PART) for part in reader.parts(text)]
    parts = parts or [_part("", [])]
    last = parts[-1]
    last["blocks"] = [*last["blocks"], *_furniture(message, image_file)]
    last["text"] = last["text"] or escaped(_without_words(message))
    return [*parts, *poll]


def _poll(poll: Poll) -> Json:
    """Slack has no poll of its own: the question, and a button for each answer."""
    question = {**_text(poll.question), "style": {"bold": True}}
    asked = _rich({"type": "rich_text_section", "elements": [question]})
    buttons = [Button(choice, poll.vote(number)) for number, choice in enumerate(poll.choices)]
    return _part(escaped(poll.question), [asked, *_rows(buttons)])


def sharing(name: str, key: str = "", number: int = 0) -> list[Json]:
    """The words beside a file, with the outbox row's id so that a second try can find it."""
    mark = {"block_id": f"{OUTBOX_BLOCK}{number}:{key}"} if key else {}
    return [{**_rich({"type": "rich_text_section", "elements": [_text(name)]}), **mark}]


def whole(message: Message, workspace: str, image_file: str | None = None) -> Json:
    """One single message, for an edit, which cannot become several."""
    parts = render(message, workspace, image_file)
    every = [block for part in parts for block in part["blocks"]]
    return {"text": "\n".join(part["text"] for part in parts), "blocks": every[-BLOCKS:]}


def home(message: Message, workspace: str, image_file: str | None = None) -> Json:
    """A Home tab view (https://docs.slack.dev/reference/views/home-tab-views)."""
    parts = render(message, workspace, image_file)
    every = [block for part in parts for block in part["blocks"]]
    return {"type": "home", "blocks": every[-VIEW_BLOCKS:]}


def marked(part: Json, key: str, number: int) -> Json:
    """`part` with the outbox row's id in its metadata, so that a resend can find it.

    Source: https://docs.slack.dev/messaging/message-metadata
    """
    payload = {"id": key, "part": number}
    return {**part, "metadata": {"event_type": OUTBOX_EVENT, "event_payload": payload}}


def shortened(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, cut between words with an ellipsis."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    head, _, _ = kept.rpartition(" ")
    return f"{head or kept}…"


def _part(text: str, found: list[Json]) -> Json:
    return {"text": text, "blocks": found}


class _Reader:
    """Renders the text of one message, knowing whom it may notify."""

    def __init__(self, message: Message, workspace: str) -> None:
        self._notified = {
            account
            for account in message.mentions
            if account.platform is Platform.SLACK and account.workspace == workspace
        }

    def parts(self, text: Text) -> Iterator[Json]:
        """One text that fits, as one message, or several when it has too many pieces."""
        groups = [self._group(kind, list(run)) for kind, run in groupby(blocks(text), _run)]
        room = BLOCKS - _FURNITURE
        for start in range(0, len(groups), room):
            some = groups[start : start + room]
            yield _part("\n".join(words for words, _ in some), [block for _, block in some])

    def _group(self, run: tuple[str, str], found: Sequence[Block]) -> tuple[str, Json]:
        kind, style = run
        words = "\n".join(self._words(block) for block in found)
        if kind == "heading":
            return words, self._heading(found[0])
        if kind == "item":
            return words, _rich(self._list(style, found))
        if kind == "paragraph":
            pieces = [piece for b in found for piece in (*self._pieces(b.spans), _text("\n\n"))]
            return words, _rich({"type": "rich_text_section", "elements": pieces[:-1]})
        element = "rich_text_quote" if kind == "quote" else "rich_text_preformatted"
        return words, _rich(*({"type": element, "elements": self._inside(b)} for b in found))

    def _heading(self, block: Block) -> Json:
        simple = not any(span.account or span.url for span in block.spans)
        if simple and 0 < len(block.text) <= HEADER and ":" not in block.text:
            return {"type": "header", "text": _label(block.text, HEADER)}
        pieces = list(self._pieces(block.spans, strong=True))
        return _rich({"type": "rich_text_section", "elements": pieces})

    def _list(self, style: str, found: Sequence[Block]) -> Json:
        items = [{"type": "rich_text_section", "elements": self._inside(b)} for b in found]
        first = int(found[0].marker.rstrip(".")) if style == "ordered" else 1
        offset = {"offset": first - 1} if first > 1 else {}
        return {"type": "rich_text_list", "style": style, "elements": items, **offset}

    def _inside(self, block: Block) -> list[Json]:
        if block.kind == "code":
            return [_text(block.text)] if block.text else []
        return list(self._pieces(block.spans))

    def _pieces(self, spans: Iterable[Span], *, strong: bool = False) -> Iterator[Json]:
        for span in spans:
            if span.account in self._notified and span.account is not None:
                yield {"type": "user", "user_id": span.account.user}
            elif span.url:
                yield {"type": "link", "url": span.url, "text": span.text, **_styled(span, strong)}
            elif span.text:
                yield {**_text(_as_typed(span)), **_styled(span, strong)}

    def _words(self, block: Block) -> str:
        """A block as mrkdwn for notifications: escaped, mentions only where allowed."""
        found = "".join(self._word(span) for span in block.spans)
        return f"{block.marker} {found}" if block.marker else found

    def _word(self, span: Span) -> str:
        if span.account in self._notified and span.account is not None:
            return mention(span.account)
        return escaped(_as_typed(span))


def _as_typed(span: Span) -> str:
    """A command as people type it here: `/parcours` is `/amicale parcours`."""
    ours = span.code and _WRITTEN.match(span.text) and span.text.split()[0] != COMMAND
    return f"{COMMAND} {span.text[1:]}" if ours else span.text


def mention(account: Account) -> str:
    """A notifying mention in mrkdwn."""
    return f"<@{account.user}>"


def _run(block: Block) -> tuple[str, str]:
    """Blocks of the same run stand in one rich text block."""
    if block.kind == "item":
        return "item", "bullet" if block.marker == "•" else "ordered"
    return block.kind, block.text if block.kind == "heading" else ""


def _rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def _text(text: str) -> Json:
    return {"type": "text", "text": text}


def _styled(span: Span, strong: bool) -> Json:  # noqa: FBT001  a heading makes all its words strong
    forms = {"bold": span.strong or strong, "italic": span.emphasis, "code": span.code}
    style = {name: True for name, held in forms.items() if held}
    return {"style": style} if style else {}


def _label(text: str, limit: int) -> Json:
    """Plain words; `emoji` false keeps `:name:` as typed."""
    return {"type": "plain_text", "text": shortened(text, limit), "emoji": False}


def _furniture(message: Message, image_file: str | None) -> Iterator[Json]:
    if message.image and image_file:
        alt = shortened(inert(message.image.alt) or message.image.name, ALT_TEXT)
        yield {"type": "image", "slack_file": {"id": image_file}, "alt_text": alt}
    elif message.image:
        words = {**_text(inert(message.image.alt)), "style": {"italic": True}}
        yield _rich({"type": "rich_text_section", "elements": [words]})
    yield from _rows(message.buttons)


def _rows(buttons: Sequence[Button]) -> Iterator[Json]:
    for start in range(0, len(buttons), ROW):
        row = enumerate(buttons[start : start + ROW], start)
        yield {"type": "actions", "elements": [_button(number, b) for number, b in row]}


def _button(number: int, button: Button) -> Json:
    shape: Json = {
        "type": "button",
        "action_id": f"amicale.{number}",
        "text": _label(button.label, LABEL),
    }
    if button.style is not Style.SECONDARY:
        shape["style"] = button.style.value
    if isinstance(button.does, Link):
        return {**shape, "url": button.does.url}
    return {**shape, "value": button.does.packed}


def _without_words(message: Message) -> str:
    if message.image:
        return message.image.alt
    return " · ".join([*(b.label for b in message.buttons), *(file.name for file in message.files)])
