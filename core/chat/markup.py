"""The CommonMark subset in which everything is written: escaping, mentions, and reading it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.chat.identity import Account, Platform
from core.chat.messages import Text

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&:@=$^\"'])")
_LINE_BREAKS = re.compile(r"\s*\n\s*")
_SCHEME = "account:"
# Characters that reorder or hide what follows them: bidirectional controls, zero-width
# characters and other format characters (Unicode TR9, TR36), and C0/C1 controls.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


def inert(value: str) -> str:
    """`value` without the characters that hide or reorder text."""
    return _INVISIBLE.sub("", value)


def plain(value: str) -> Text:
    """What somebody wrote, as text that cannot format, link, mention or command.

    Line breaks become spaces: use `quote` to keep paragraphs.
    """
    return Text(_SPECIAL.sub(r"\\\1", _LINE_BREAKS.sub(" ", inert(value)).strip()))


def quote(value: str) -> Text:
    """What somebody wrote, as an inert quotation that keeps its lines."""
    lines = [plain(line) for line in inert(value).strip().splitlines()]
    breaks = ["\\" if line and after else "" for line, after in pairwise([*lines, ""])]
    return Text("\n".join(f"> {line}{end}" for line, end in zip(lines, breaks, strict=True)))


def mention(account: Account, name: str) -> Text:
    """A mention: native and notifying when the message allows it, else the name."""
    target = f"{account.platform}/{account.workspace}/{account.user}"
    return Text(f"[{plain(name)}](<{_SCHEME}{target}>)")


def link(label: str, url: str) -> Text:
    """A link; the label is inert."""
    safe = url.replace("<", "%3C").replace(">", "%3E").replace("\n", "").replace(" ", "%20")
    return Text(f"[{plain(label)}](<{safe}>)")


def join(parts: Sequence[Text], between: str = "\n\n") -> Text:
    """Texts put together, as paragraphs unless told otherwise."""
    return Text(between.join(part for part in parts if part))


def bullets(items: Sequence[Text]) -> Text:
    """A list with one line an item."""
    return Text("\n".join(f"- {item}" for item in items))


@dataclass(frozen=True, slots=True)
class Span:
    """A run of inline text with its form; `url` or `account` when it leads somewhere."""

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    url: str | None = None
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph-level piece: `kind` is paragraph, heading, item, quote or code.

    `marker` is what stands before a list item (`•`, `1.`); a span whose text is a line feed is
    a line break.
    """

    kind: str
    spans: tuple[Span, ...]
    marker: str = ""

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(span.text for span in self.spans)


_parser = MarkdownIt("commonmark", {"html": False}).disable(
    ["html_block", "html_inline", "image", "entity", "reference", "autolink", "lheading", "hr"]
)
_parser.validateLink = lambda url: url.startswith((_SCHEME, "https://", "http://", "mailto:"))  # type: ignore[method-assign]  # documented extension point


def blocks(text: Text) -> tuple[Block, ...]:
    """Read a text into blocks, in reading order."""
    return tuple(_blocks(_parser.parse(text)))


def words(text: Text) -> str:
    """The text alone, without any markup: for logs of our own words, toasts and tests."""
    return "\n".join(f"{b.marker} {b.text}" if b.marker else b.text for b in blocks(text))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    kinds: list[str] = []
    numbers: list[int | None] = []
    for token in tokens:
        if token.type in {"ordered_list_open", "bullet_list_open"}:
            start = int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else None
            numbers.append(start)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            numbers.pop()
        elif token.type in {"list_item_open", "heading_open", "blockquote_open"}:
            kinds.append(token.type.removesuffix("_open"))
        elif token.type in {"list_item_close", "heading_close", "blockquote_close"}:
            kinds.pop()
        elif token.type in {"fence", "code_block"}:
            yield Block("code", (Span(token.content.rstrip("\n"), code=True),))
        elif token.type == "inline":
            kind = {"list_item": "item", "blockquote": "quote"}.get(
                kinds[-1] if kinds else "", kinds[-1] if kinds else "paragraph"
            )
            yield Block(kind, tuple(_spans(token.children or [])), _marker(kind, numbers))


def _marker(kind: str, numbers: list[int | None]) -> str:
    if kind != "item":
        return ""
    number = numbers[-1]
    if number is None:
        return "•"
    numbers[-1] = number + 1
    return f"{number}."


def _spans(tokens: Sequence[Token]) -> Iterator[Span]:
    strong = emphasis = 0
    url: str | None = None
    for token in tokens:
        if token.type in {"strong_open", "strong_close"}:
            strong += token.nesting
        elif token.type in {"em_open", "em_close"}:
            emphasis += token.nesting
        elif token.type == "link_open":
            url = str(token.attrs["href"])
        elif token.type == "link_close":
            url = None
        else:
            content = "\n" if token.type in {"softbreak", "hardbreak"} else token.content
            if content:
                yield _span(content, bool(strong), bool(emphasis), token.type, url)


def _span(content: str, strong: bool, emphasis: bool, kind: str, url: str | None) -> Span:  # noqa: FBT001  the two states travel together
    account = _account(url) if url and url.startswith(_SCHEME) else None
    return Span(
        content,
        strong=strong,
        emphasis=emphasis,
        code=kind == "code_inline",
        url=None if account else url,
        account=account,
    )


def _account(url: str) -> Account | None:
    platform, workspace, user = url.removeprefix(_SCHEME).split("/", 2)
    return Account(Platform(platform), workspace, user)


def split(text: Text, limit: int) -> tuple[Text, ...]:
    """Cut a text into parts of at most `limit` source characters.

    Cuts stand between paragraphs; a paragraph that is too long by itself is cut between lines,
    then between words, never inside a word or a link unless one alone is over `limit`.
    """
    parts: list[str] = []
    for paragraph in re.split(r"\n{2,}", text):
        for piece in _pieces(paragraph, limit):
            if parts and len(parts[-1]) + 2 + len(piece) <= limit:
                parts[-1] = f"{parts[-1]}\n\n{piece}"
            else:
                parts.append(piece)
    return tuple(Text(part) for part in parts if part)


_ATOM = re.compile(
    r"\[(?:\\.|[^\]\\])*\]\(<[^>]*>\)\S*|\n|[^\s\[]+(?:\[(?!(?:\\.|[^\]\\])*\]\(<))?|\[|[ \t]+"
)

_BEGUN = re.compile(r"(?:\s*\n>\s*)+\Z")


def _pieces(paragraph: str, limit: int) -> Iterator[str]:
    """A paragraph in pieces; what is cut out of a quotation stays one."""
    if len(paragraph) <= limit:
        yield paragraph
        return
    current, again, begins = "", "", True
    for atom in _ATOM.findall(paragraph):
        if begins:
            again = "> " if atom == ">" and limit > len("> ") * 2 else ""
        inside = again if not begins and atom != "\n" else ""
        begins = atom == "\n"
        if len(current) + len(atom) > limit and current.strip("> "):
            yield _closed(current)
            current = inside
        if current == inside and atom.isspace():
            continue
        if len(current) + len(atom) > limit:
            room = limit - len(inside)
            *full, current = [inside + chunk for chunk in _chunks(atom, room)]
            yield from full
        else:
            current += atom
    if current.strip():
        yield current.strip()


def _closed(piece: str) -> str:
    """A piece cut at a line's end, without what only led to the next line."""
    piece = _BEGUN.sub("", piece.strip())
    return piece[:-1] if _hanging(piece) else piece


def _chunks(atom: str, limit: int) -> Iterator[str]:
    """An endless word in pieces; an escaped sign is never parted from its backslash."""
    start = 0
    while start < len(atom):
        end = start + limit
        if end < len(atom) and end - start > 1 and _hanging(atom[start:end]):
            end -= 1
        yield atom[start:end]
        start = end


def _hanging(piece: str) -> bool:
    """Whether a piece ends with a backslash that escapes what follows it."""
    return (len(piece) - len(piece.rstrip("\\"))) % 2 == 1
