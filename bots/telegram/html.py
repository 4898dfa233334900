"""The words of a text as the HTML Telegram reads, where only what we mean is alive.

https://core.telegram.org/bots/api#html-style
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from bots.telegram.entities import width
from core.chat.identity import Account
from core.chat.markup import Block, Span, blocks
from core.chat.messages import Text

JOINER = "\u2060"
"""Word joiner: invisible, and no part of what Telegram finds by itself in a text.

Telegram turns `@name`, `/command`, `#tag`, `$USD`, addresses and numbers into links wherever
they stand, HTML or not (https://core.telegram.org/bots/api#messageentity); a joiner inside
them leaves what is read unchanged and alive nothing.
"""

_ALIVE = re.compile(
    r"(?<=[@#$])(?=\w)"  # mention, hashtag, cashtag, e-mail address
    r"|(?<=/)(?<!\w/)(?=\w)"  # command, and what follows ://
    r"|(?<=:)(?=//)"  # any scheme
    r"|(?<=\w\.)(?=[^\W\d])"  # a domain's dots
    r"|(?<=\d\.)(?=\d{1,3}\.\d{1,3}\.\d)"  # an IP address
    r"|(?<=\+)(?=\d)"  # telephone number
)
_COMMAND = re.compile(r"/[a-z0-9_]{1,32}(?:\s[^\n]*)?\Z")


def html(text: Text, allowed: Collection[Account] = (), homes: Collection[str] = ()) -> str:
    """Render a text; only `allowed` accounts of our groups (`homes`) become mentions."""
    notified = {account for account in allowed if account.workspace in homes}
    pieces = [
        _joined(kind, list(run), notified)
        for kind, run in groupby(blocks(text), key=lambda block: block.kind)
    ]
    return "\n\n".join(pieces)


def visible(rendered: str) -> str:
    """What is read of our HTML, the tags taken off: what Telegram's limits count."""
    bare = re.sub(r"<[^>]*>", "", rendered)
    for name, sign in (("lt", "<"), ("gt", ">"), ("quot", '"'), ("amp", "&")):
        bare = bare.replace(f"&{name};", sign)
    return bare


def length(rendered: str) -> int:
    """The length Telegram counts, in UTF-16 units (the more severe of its two ways)."""
    return width(visible(rendered))


def quiet(text: str) -> str:
    """A plain text rendered, nothing in it alive."""
    return escape(_broken(text, [found.start() for found in _ALIVE.finditer(text)]))


def escape(text: str) -> str:
    """A text that is no HTML, and that UTF-8 can carry."""
    whole = text.encode("utf-8", "replace").decode()
    return whole.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _joined(kind: str, run: Sequence[Block], notified: Collection[Account]) -> str:
    """Blocks of one kind that follow each other."""
    if kind == "quote":
        paragraphs = _lines(run, notified, "\n\n", code=False)
        return f"<blockquote>{paragraphs}</blockquote>"
    if kind == "item":
        return _lines(run, notified, "\n")
    if kind == "code":
        return "\n\n".join(f"<pre>{escape(block.text)}</pre>" for block in run)
    heading = kind == "heading"
    return "\n\n".join("".join(_spans(block, notified, strong=heading)) for block in run)


def _lines(
    run: Sequence[Block], notified: Collection[Account], between: str, *, code: bool = True
) -> str:
    return between.join(
        (f"{block.marker} " if block.marker else "") + "".join(_spans(block, notified, code=code))
        for block in run
    )


def _spans(
    block: Block, notified: Collection[Account], *, strong: bool = False, code: bool = True
) -> Iterator[str]:
    """Each span with its tags; `code` and `pre` hold no other entity and stand in none."""
    breaks = [found.start() for found in _ALIVE.finditer(block.text)]
    start = 0
    for span in block.spans:
        end = start + len(span.text)
        here = breaks[bisect_left(breaks, start) : bisect_left(breaks, end)]
        calm = _broken(span.text, [at - start for at in here])
        yield _span(span, calm, notified, strong=strong or span.strong, code=code)
        start = end


def _broken(text: str, breaks: Sequence[int]) -> str:
    parts = [text[a:b] for a, b in zip([0, *breaks], [*breaks, len(text)], strict=True)]
    return JOINER.join(parts)


def _span(span: Span, calm: str, notified: Collection[Account], *, strong: bool, code: bool) -> str:
    if span.code:
        if _COMMAND.match(span.text):
            return escape(span.text)  # a command of ours: Telegram makes it one press
        return f"<code>{escape(span.text)}</code>" if code else escape(calm)
    if span.url:
        address = escape(span.url).replace('"', "&quot;")
        shown = f'<a href="{address}">{escape(span.text)}</a>'
    elif span.account in notified and span.account is not None:
        shown = f'<a href="tg://user?id={int(span.account.user)}">{escape(span.text)}</a>'
    else:
        shown = escape(calm)
    shown = f"<i>{shown}</i>" if span.emphasis else shown
    return f"<b>{shown}</b>" if strong and shown.strip() else shown
