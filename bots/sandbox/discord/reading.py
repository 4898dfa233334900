"""What a person reads on screen: native messages flattened to plain text in reading order."""

import re
from datetime import UTC, datetime

from bots.sandbox.discord.components import flat
from bots.sandbox.discord.state import Json, Message, State
from bots.sandbox.people import Seen

_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_PAIRS = (
    re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL),
    re.compile(r"__(?=\S)(.+?)(?<=\S)__", re.DOTALL),
    re.compile(r"~~(?=\S)(.+?)(?<=\S)~~", re.DOTALL),
    re.compile(r"\|\|(?=\S)(.+?)(?<=\S)\|\|", re.DOTALL),
    re.compile(r"\*(?=\S)(.+?)(?<=\S)\*", re.DOTALL),
    re.compile(r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)", re.DOTALL),
)
_LINE_START = re.compile(r"^(?:-# |#{1,3} |>>> |> )", re.MULTILINE)
_LINK = re.compile(r"\[([^\]\n]+)\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)")
_CODE = re.compile(r"(?<!\\)(?:```(?:[\w+-]*\n)?(.+?)```|``(.+?)``|`([^`\n]+)`)", re.DOTALL)
_TAG = re.compile(r"<(@!?|@&|#)(\d+)>|<a?:(\w+):\d+>|<t:(-?\d+)(?::\w)?>|<(https?://[^>\s]+)>")
_KEPT = 0xE000  # private-use characters stand for what must not be read as markup


def plain(state: State, written: str) -> str:
    """Discord Markdown as it is displayed: markup gone, mentions and links by their names."""
    kept: list[str] = []

    def keep(shown: str) -> str:
        kept.append(shown)
        return chr(_KEPT + len(kept) - 1)

    def code(found: re.Match[str]) -> str:
        return keep(next(group for group in found.groups() if group is not None).strip("\n"))

    shown = _CODE.sub(code, written)
    shown = _ESCAPED.sub(lambda found: keep(found.group(1)), shown)
    shown = _TAG.sub(lambda found: keep(_named(state, found)), shown)
    shown = _LINK.sub(lambda found: found.group(1), shown)
    shown = _LINE_START.sub("", shown)
    for pair in _PAIRS:
        shown = pair.sub(r"\1", shown)
    while any(_KEPT <= ord(c) < _KEPT + len(kept) for c in shown):
        shown = "".join(
            kept[ord(c) - _KEPT] if _KEPT <= ord(c) < _KEPT + len(kept) else c for c in shown
        )
    return shown.strip()


def _named(state: State, found: re.Match[str]) -> str:
    sigil, number, emoji, stamp, url = found.groups()
    if emoji:
        return f":{emoji}:"
    if stamp:
        return datetime.fromtimestamp(int(stamp), UTC).strftime("%d/%m/%Y %H:%M")
    if url:
        return str(url)
    if sigil == "#":
        channel = state.channels.get(number)
        return f"#{channel.name}" if channel else "#inconnu"
    if sigil == "@&":
        role = state.roles.get(number)
        return f"@{role.name.lstrip('@')}" if role else "@inconnu"
    user = state.users.get(number)
    return f"@{user.name}" if user else "@inconnu"


def pressable(message: Message) -> list[tuple[str, Json, str | None]]:
    """What one can press: label, component, and the option's value when it is a select's."""
    found: list[tuple[str, Json, str | None]] = []
    for component in flat(message.components):
        if component.get("disabled"):
            continue
        if component["type"] == 2:
            emoji = (component.get("emoji") or {}).get("name") or ""
            found.append((component.get("label") or emoji, component, None))
        elif component["type"] == 3:
            found.extend((o["label"], component, o["value"]) for o in component["options"])
    return found


def seen(state: State, message: Message, *, edited: bool | None = None) -> Seen:
    """The message as it stands on the screen of somebody who may read it."""
    place, thread = message.channel, None
    if place.parent is not None:
        thread, place = place.name, place.parent
    private_to = state.users[message.only_for].name if message.only_for else None
    if place.recipient is not None:
        private_to = place.recipient.name
    return Seen(
        id=message.id,
        at=message.at,
        platform="discord",
        channel=place.name,
        author=message.author.name,
        text=_text(state, message),
        thread=thread,
        private_to=private_to,
        buttons=tuple(label for label, _, _ in pressable(message)),
        reactions=tuple((emoji, len(users)) for emoji, users in message.reactions.items()),
        images=_images(message),
        edited=message.edited_at is not None if edited is None else edited,
        files=_files(message),
        choices=_choices(message),
    )


def _text(state: State, message: Message) -> str:
    parts = [message.content]
    if message.poll is not None:
        parts.append(message.poll["question"]["text"])
    for embed in message.embeds:
        parts += [str(embed.get(key) or "") for key in ("title", "description")]
        for item in embed.get("fields") or []:
            parts += [item["name"], item["value"]]
        parts.append(str((embed.get("footer") or {}).get("text") or ""))
    for component in flat(message.components):
        if component["type"] == 10:
            parts.append(component["content"])
    return "\n".join(shown for part in parts if (shown := plain(state, part)))


def _choices(message: Message) -> tuple[tuple[str, int], ...]:
    """The answers of a poll with their votes, as everybody sees them."""
    answers = message.poll["answers"] if message.poll else ()
    votes = message.votes
    return tuple(
        (answer["poll_media"]["text"], len(votes.get(answer["answer_id"], ())))
        for answer in answers
    )


def _files(message: Message) -> tuple[str, ...]:
    """The names of documents; a Components V2 message shows only what it refers to."""
    names = {attachment["url"]: attachment["filename"] for attachment in message.attachments}
    shown = [c["file"]["url"] for c in flat(message.components) if c["type"] == 13]
    return tuple(names[url] for url in shown if url in names)


def _images(message: Message) -> tuple[str, ...]:
    """Alt texts, in reading order; a Components V2 message shows only what it refers to."""
    items: list[Json] = []
    for component in flat(message.components):
        if component["type"] == 12:
            items.extend(component["items"])
        elif component["type"] == 11:
            items.append(component)
    if not items and not message.flags & (1 << 15):
        items = [a for a in message.attachments if str(a.get("content_type")).startswith("image/")]
    return tuple(str(item.get("description") or "") for item in items)
