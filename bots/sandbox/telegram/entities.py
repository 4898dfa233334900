"""Text as Telegram reads it: strict HTML, cleaned characters, offsets in UTF-16 code units."""

import re
from dataclasses import dataclass

from bots.sandbox.telegram.refusals import Json, RefusedError, bad

STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
ATTRIBUTE = re.compile(r"\s*([^\s=>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.\-]*)(?=[\s>])))?")
FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)"
    r"|(?<![\w@./])@(?P<mention>[A-Za-z]\w{3,31})"
    r"|(?<![\w#&])#(?P<hashtag>\w*[^\W\d]\w*)"
    r"|(?<![\w/<>])/(?P<bot_command>[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])",
)
OPAQUE = {"pre", "code", "text_link", "text_mention"}


def units(text: str) -> int:
    """Length in UTF-16 code units, the measure of every offset and limit of the Bot API.

    https://core.telegram.org/bots/api#messageentity
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def part(text: str, entity: Json) -> str:
    """The characters that `entity` covers."""
    raw = text.encode("utf-16-le")
    start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
    return raw[start:end].decode("utf-16-le", "replace")


def clean(text: str) -> str:
    """Characters that Telegram drops: control characters and direction overrides."""
    text = re.sub(r"[\u2028-\u202e\r\x00]", "", text)
    return re.sub(r"[\x01-\x09\x0b-\x1f]", " ", text)


@dataclass(slots=True)
class _Open:
    tag: str
    value: str
    offset: int
    begin: int


class _Html:
    """One pass over an HTML text; each refusal names the byte offset, as the platform does."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.text: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def refuse(self, why: str, at: int) -> RefusedError:
        offset = len(self.source[:at].encode())
        return bad(
            f"can't parse entities: {why.format(at=f'at byte offset {offset}')}", violation=True
        )

    def read(self) -> tuple[str, list[Json]]:
        at = 0
        while at < len(self.source):
            if self.source.startswith("</", at):
                at = self.end_tag(at)
            elif self.source[at] == "<":
                at = self.start_tag(at)
            else:
                char, at = character(self.source, at)
                self.text.append(char)
                self.length += units(char)
        if self.open:
            tag = self.open[-1].tag
            raise self.refuse(f"Can't find end tag corresponding to start tag {tag}", 0)
        self.entities.sort(key=lambda e: (e["offset"], -e["length"]))
        return "".join(self.text), self.entities

    def start_tag(self, begin: int) -> int:
        named = re.compile(r"<([^\s>]*)").match(self.source, begin)
        close = self.source.find(">", begin)
        if named is None or close < 0:
            raise self.refuse("Unclosed start tag {at}", begin)
        tag = named[1].lower()
        if tag not in STYLES:
            shown = tag.replace("{", "{{").replace("}", "}}")
            raise self.refuse(f'Unsupported start tag "{shown}" {{at}}', begin)
        at, attributes = named.end(), {}
        while not self.source[at:].lstrip().startswith(">"):
            pair = ATTRIBUTE.match(self.source, at)
            if pair is None or pair.end() == at:
                raise self.refuse(f'Unclosed start tag "{tag}" {{at}}', begin)
            attributes[pair[1]] = plain(pair[2] or pair[3] or (pair[4] or "").lower())
            at = pair.end()
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self.refuse('Tag "span" must have class "tg-spoiler" {at}', begin)
        key = {"a": "href", "code": "class", "tg-emoji": "emoji-id"}.get(tag, "")
        self.open.append(_Open(tag, attributes.get(key, ""), self.length, len(self.text)))
        return self.source.index(">", at) + 1

    def end_tag(self, begin: int) -> int:
        if not self.open:
            raise self.refuse("Unexpected end tag {at}", begin)
        named = re.compile(r"</([^\s>]*)\s*>").match(self.source, begin)
        if named is None:
            raise self.refuse("Unclosed end tag {at}", begin)
        last = self.open.pop()
        if named[1] and named[1].lower() != last.tag:
            found = named[1].lower().replace("{", "{{").replace("}", "}}")
            raise self.refuse(
                f'Unmatched end tag {{at}}, expected "</{last.tag}>", found "</{found}>"', begin
            )
        if self.length > last.offset:
            self.add(last)
        return named.end()

    def add(self, last: _Open) -> None:
        kind = STYLES[last.tag]
        entity: Json = {"type": kind, "offset": last.offset, "length": self.length - last.offset}
        if kind == "text_link":
            url = last.value or "".join(self.text[last.begin :])
            user = re.fullmatch(r"tg://user\?id=(\d+)", url)
            if user:
                entity |= {"type": "text_mention", "user_id": int(user[1])}
            elif looks_like_url(url):
                entity["url"] = url
            else:
                return  # the platform keeps the words and drops the link
        elif kind == "custom_emoji":
            if not last.value.isdigit():
                raise self.refuse("Invalid custom emoji identifier specified", 0)
            entity["custom_emoji_id"] = last.value
        self.entities.append(entity)


def character(source: str, at: int) -> tuple[str, int]:
    """The character at `at`, an HTML reference decoded, and where the next one starts."""
    found = REFERENCE.match(source, at) if source[at] == "&" else None
    if found is None:
        return source[at], at + 1
    if found[3] is not None:
        known = NAMED.get(found[3])
        return (known, found.end()) if known else ("&", at + 1)
    code = int(found[1], 16) if found[1] else int(found[2])
    if code == 0 or code >= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return "&", at + 1
    return chr(code), found.end()


def plain(value: str) -> str:
    """An attribute's value with its HTML references decoded."""
    out, at = [], 0
    while at < len(value):
        char, at = character(value, at)
        out.append(char)
    return "".join(out)


def looks_like_url(url: str) -> bool:
    """Whether Telegram would make a link of it."""
    return bool(
        re.fullmatch(r"(https?://)?[\w\-.]+\.[\w\-]{2,}(:\d+)?([/?#]\S*)?|tg://\S+", url)
        or re.fullmatch(r"https?://(localhost|[\d.]+)(:\d+)?([/?#]\S*)?", url)
    )


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Text and entities of an HTML text; 400 `can't parse entities: …` when it is malformed.

    Tags, attributes and the four named references are those of
    https://core.telegram.org/bots/api#html-style
    """
    return _Html(source).read()


def detect(text: str, given: list[Json]) -> list[Json]:
    """`given` plus what Telegram marks by itself: links, @mentions, #hashtags, /commands."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in given if e["type"] in OPAQUE]
    found: list[Json] = []
    for match in FOUND.finditer(text):
        kind = str(match.lastgroup)
        offset, length = units(text[: match.start()]), units(match[0])
        if all(offset >= end or offset + length <= start for start, end in taken):
            found.append({"type": kind, "offset": offset, "length": length})
    return sorted([*given, *found], key=lambda e: (e["offset"], -e["length"]))


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Text without the white space around it, entities moved and cut to match."""
    kept = text.strip()
    lead, size = units(text[: len(text) - len(text.lstrip())]), units(kept)
    moved: list[Json] = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(size, entity["offset"] + entity["length"] - lead)
        if end > start:
            moved.append(entity | {"offset": start, "length": end - start})
    return kept, moved
