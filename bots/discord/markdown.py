"""Our text in Discord's markdown, so that only what we marked up is formatted or leads anywhere."""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby, pairwise

from core.chat.identity import Account
from core.chat.markup import Block, Span, blocks
from core.chat.messages import Text

# Discord shows any ASCII punctuation after a backslash as itself. What is escaped here is what
# starts something in https://support.discord.com/hc/en-us/articles/210298617 (styles, quotes,
# lists, headings, masked links) and in
# https://docs.discord.com/developers/reference#message-formatting (mentions, emoji, timestamps).
_ANYWHERE = re.compile(r"[\\*_~`|<>\[\]]|:(?=/|$)|@(?=everyone|here|$)")
_LINE_START = re.compile(r"^(\s*)([#+-])|^(\s*\d+)([.)])", re.MULTILINE)
_ADDRESS = re.compile(r"[()\s<>\\]")


def escape(text: str) -> str:
    """`text` so that Discord shows it as it is, wherever it stands in a line."""
    return _ANYWHERE.sub(r"\\\g<0>", text)


def markdown(text: Text, mentions: Collection[Account] = ()) -> str:
    """A text in Discord's markdown; only `mentions` become native mentions, others a name."""
    return _joined(blocks(text), mentions)


def _joined(parts: Iterable[Block], mentions: Collection[Account]) -> str:
    read = [(block, _block(block, mentions)) for block in parts]
    if not read:
        return ""
    written = [read[0][1]]
    for (before, _), (after, source) in pairwise(read):
        written.append(_between(before.kind, after.kind) + source)
    return "".join(written)


def _between(before: str, after: str) -> str:
    if before == after == "quote":
        return "\n> \n"
    if before == "heading" or after == "item":
        return "\n"
    return "\n\n"


def _block(block: Block, mentions: Collection[Account]) -> str:
    if block.kind == "code" and "```" not in block.text:
        return f"```\n{block.text}\n```"
    source = _LINE_START.sub(_line_start, _inline(block.spans, mentions))
    if block.kind == "heading":
        return f"## {source}"
    if block.kind == "quote":
        return "\n".join(f"> {line}" for line in source.split("\n"))
    if block.kind == "item":
        marker = "-" if block.marker == "•" else block.marker
        return f"{marker} {source}".replace("\n", "\n  ")
    return source


def _line_start(found: re.Match[str]) -> str:
    space, sign, number, stop = found.groups()
    return f"{space}\\{sign}" if sign else f"{number}\\{stop}"


def _inline(spans: Iterable[Span], mentions: Collection[Account]) -> str:
    return "".join(_styled(spans, mentions))


def _styled(spans: Iterable[Span], mentions: Collection[Account]) -> Iterator[str]:
    for (strong, emphasis), run in groupby(spans, key=lambda s: (s.strong, s.emphasis)):
        source = "".join(_run(run, mentions))
        mark = "**" * strong + "*" * emphasis
        words = source.strip()
        if not mark or not words:
            yield source
            continue
        start = source.index(words)
        yield source[:start] + mark + words + mark[::-1] + source[start + len(words) :]


def _run(spans: Iterable[Span], mentions: Collection[Account]) -> Iterator[str]:
    for (url, account), group in groupby(spans, key=lambda s: (s.url, s.account)):
        pieces = list(group)
        if account is not None and account in mentions:
            yield f"<@{account.user}>"
        elif url is not None:
            yield _link("".join(piece.text for piece in pieces), url)
        else:
            yield from (_code(p.text) if p.code else escape(p.text) for p in pieces)


def _code(text: str) -> str:
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _link(label: str, url: str) -> str:
    """A masked link; Discord masks an address only when the label holds none of its own."""
    label = label.replace("\n", " ")
    if url.startswith("mailto:"):
        address = url.removeprefix("mailto:")
        return escape(label) if label in {url, address} else f"{escape(label)} ({escape(address)})"
    address = _ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", url)
    if label == url:
        return address
    if "://" in label:
        return f"{escape(label)} ({address})"
    return f"[{escape(label)}]({address})"
