"""Turns Slack's mrkdwn and blocks into what a person reads, and finds what notifies everyone."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from . import emoji
from .state import Json

# https://docs.slack.dev/messaging/formatting-message-text: <@U…>, <#C…>, <!…>, <url|label>
_ANGLE = re.compile(r"<([^<>\n]*)>")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_STYLES = tuple(
    re.compile(rf"(?<![\w{mark}]){mark}(?=\S)([^{mark}\n]+?)(?<=\S){mark}(?![\w{mark}])")
    for mark in (r"\*", "_", "~")
)
_MASS = re.compile(r"<!(channel|here|everyone)(?:\|[^>]*)?>")
_MARKDOWN_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
_MARKDOWN_STYLE = re.compile(r"(\*\*|__|\*|_|~~|`)(?=\S)(.+?)(?<=\S)\1")

Name = Callable[[str, str], str]  # ("user" | "channel", id) -> the name people know


@dataclass(slots=True)
class Pressable:
    """A button somebody can press, and the block it stands in."""

    label: str
    block_id: str
    element: Json


@dataclass(slots=True)
class Reading:
    """A message or view as read from top to bottom."""

    lines: list[str] = field(default_factory=list)
    buttons: list[Pressable] = field(default_factory=list)
    images: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The visible text, one block a paragraph."""
        return "\n".join(line for line in self.lines if line)


def mass_mentions(text: str) -> list[str]:
    """Which of channel, here, everyone this mrkdwn notifies."""
    return _MASS.findall(text)


def mrkdwn(text: str, name: Name) -> str:
    """The visible text of one mrkdwn string."""

    def angle(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        if target.startswith("@"):
            return "@" + name("user", target[1:])
        if target.startswith("#"):
            return "#" + name("channel", target[1:])
        if target.startswith("!"):
            return label or "@" + target[1:].split("^", 1)[0]
        return label or target.removeprefix("mailto:")

    parts = []
    for index, part in enumerate(_CODE.split(text)):
        if index % 2:
            parts.append(_ANGLE.sub(angle, part.strip("`").strip("\n")))
            continue
        shown = re.sub(r"(?m)^(?:&gt;|>) ?", "", part)
        for style in _STYLES:
            shown = style.sub(r"\1", shown)
        parts.append(emoji.shown(_ANGLE.sub(angle, shown)))
    return html.unescape("".join(parts))


def markdown(text: str) -> str:
    """The visible text of a `markdown` block (CommonMark, as Slack's own block takes)."""
    shown = re.sub(r"(?m)^(?:#{1,6}|>) +", "", text)
    shown = _MARKDOWN_LINK.sub(r"\1", shown)
    for _ in range(3):
        shown = _MARKDOWN_STYLE.sub(r"\2", shown)
    return emoji.shown(re.sub(r"\\([\\`*_{}\[\]()#+\-.!~|<>@])", r"\1", shown))


def text_object(thing: Json | None, name: Name) -> str:
    """The visible text of a composition text object."""
    if not thing:
        return ""
    text = str(thing.get("text", ""))
    if thing.get("type") == "mrkdwn":
        return mrkdwn(text, name)
    return emoji.shown(text) if thing.get("emoji", True) else text


def read(blocks: list[Json], name: Name) -> Reading:
    """What a person reads of `blocks`, buttons and images' alternative texts included."""
    seen = Reading()
    for block in blocks:
        _READERS.get(block["type"], _nothing)(block, name, seen)
    return seen


def _nothing(block: Json, name: Name, seen: Reading) -> None:
    """Dividers and the like hold no words."""


def _element(block: Json, element: Json, name: Name, seen: Reading) -> None:
    if element["type"] == "button":
        label = text_object(element["text"], name)
        seen.buttons.append(Pressable(label, block["block_id"], element))
    elif element["type"] == "image":
        seen.images.append(element["alt_text"])
    else:
        for option in element.get("options", []):
            seen.lines.append("• " + text_object(option["text"], name))


def _section(block: Json, name: Name, seen: Reading) -> None:
    seen.lines.append(text_object(block.get("text"), name))
    seen.lines += [text_object(each, name) for each in block.get("fields", [])]
    if "accessory" in block:
        _element(block, block["accessory"], name, seen)


def _header(block: Json, name: Name, seen: Reading) -> None:
    seen.lines.append(text_object(block["text"], name))


def _context(block: Json, name: Name, seen: Reading) -> None:
    words = []
    for element in block["elements"]:
        if element["type"] == "image":
            seen.images.append(element["alt_text"])
        else:
            words.append(text_object(element, name))
    seen.lines.append(" ".join(words))


def _actions(block: Json, name: Name, seen: Reading) -> None:
    for element in block["elements"]:
        _element(block, element, name, seen)


def _image(block: Json, name: Name, seen: Reading) -> None:
    seen.lines.append(text_object(block.get("title"), name))
    seen.images.append(block["alt_text"])


def _input(block: Json, name: Name, seen: Reading) -> None:
    seen.lines.append(text_object(block["label"], name))
    seen.lines.append(text_object(block.get("hint"), name))


def _markdown(block: Json, _name: Name, seen: Reading) -> None:
    seen.lines.append(markdown(block["text"]))


def _rich_text(block: Json, name: Name, seen: Reading) -> None:
    for part in block["elements"]:
        if part["type"] == "rich_text_list":
            first = part.get("offset", 0) + 1
            for number, item in enumerate(part["elements"], first):
                mark = f"{number}. " if part.get("style") == "ordered" else "• "
                seen.lines.append(mark + _rich_line(item, name))
        else:
            seen.lines.append(_rich_line(part, name))


def _rich_line(part: Json, name: Name) -> str:
    words = []
    for piece in part["elements"]:
        match piece["type"]:
            case "user":
                words.append("@" + name("user", piece["user_id"]))
            case "channel":
                words.append("#" + name("channel", piece["channel_id"]))
            case "emoji":
                words.append(emoji.shown(f":{piece['name']}:"))
            case "link":
                words.append(piece.get("text") or piece["url"])
            case "broadcast":
                words.append("@" + piece["range"])
            case _:
                words.append(str(piece.get("text", "")))
    return "".join(words)


_READERS: dict[str, Callable[[Json, Name, Reading], None]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
}


def notifying(text: str, blocks: list[Json]) -> list[str]:
    """Every mass mention in a message: its text, its mrkdwn objects and its rich text."""
    found = mass_mentions(text)
    for thing in walk(blocks):
        if thing.get("type") in ("mrkdwn", "markdown"):
            found += mass_mentions(str(thing.get("text", "")))
        elif thing.get("type") == "broadcast":
            found.append(str(thing.get("range")))
    return found


def walk(thing: object) -> Iterator[Json]:
    """Every JSON object inside `thing`, outermost first."""
    if isinstance(thing, dict):
        yield thing
        for value in thing.values():
            yield from walk(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from walk(value)
