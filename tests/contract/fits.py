"""Whether a message stands on each platform as meant: its documented limits, and no leak."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bots.discord import forms as discord_forms
from bots.discord import outgoing as discord
from bots.sandbox.discord import components, reading, shapes
from bots.sandbox.discord.refusals import FormErrors, Refused
from bots.sandbox.discord.state import State
from bots.sandbox.slack.reading import read
from bots.sandbox.slack.shapes import check_blocks, check_view, completed
from bots.sandbox.telegram.entities import parse_html, units
from bots.sandbox.telegram.refusals import RefusedError
from bots.sandbox.telegram.shapes import check_markup
from bots.slack import forms as slack_forms
from bots.slack import outgoing as slack
from bots.telegram import outgoing as telegram
from core.chat.actions import BUTTON_BYTES, Form, OpenForm
from core.chat.identity import Platform, Workspace
from core.chat.messages import Message
from tests.lexicon import lexicon

NOW = datetime(2026, 12, 1, tzinfo=UTC)
TEXT = 40_000
"""Characters of a Slack message's `text`: https://docs.slack.dev/reference/methods/chat.postMessage."""
WORDS, CAPTION = 4096, 1024
"""https://core.telegram.org/bots/api#sendmessage and https://core.telegram.org/bots/api#sendphoto."""
KEYS = 100
"""Buttons of an inline keyboard: beyond, Telegram answers REPLY_MARKUP_TOO_LONG."""

EMPTY = State(lambda: NOW)
ROOMS = "|".join(sorted({key.partition(".")[0] for key in lexicon()["fr"]}))
LEAK = re.compile(
    r"\*\*|\]\(|\\[*_~`\[\]()>#]|&(?:amp|lt|gt|quot|nbsp);"
    r"|</(?:a|b|i|u|s|p|em|strong|code|pre)>|<(?:a |br)|\{\w+\}"
    rf"|\bNone\b|\b(?:{ROOMS})\.(?!\w+/|ics\b)[a-z_]+\b"
)
"""Markup that stands there as it was written, a placeholder, nothing at all, a key."""


def leaks(shown: str) -> list[str]:
    """What was meant for us and is read by people."""
    return [f"{found[0]!r} in {shown[:160]!r}" for found in LEAK.finditer(shown)]


def _on_discord(message: Message, home: Workspace) -> Iterator[str]:
    for part in discord.render(message, home, NOW):
        names = {discord.filename(upload) for upload in part.uploads}
        errors = FormErrors()
        try:
            shapes.check(shapes.CREATE_MESSAGE, part.body)
            components.check_message(
                part.body.get("components", []), errors, v2="poll" not in part.body, files=names
            )
            errors.raise_any()
        except Refused as refused:
            yield str(refused)
        for component in components.flat(part.body.get("components", [])):
            written = component.get("content") or component.get("label") or ""
            yield from leaks(reading.plain(EMPTY, written))


def _on_slack(message: Message, home: Workspace) -> Iterator[str]:
    for part in slack.render(message, home.id, "F1"):
        yield from check_blocks(part["blocks"], lambda _: True)
        if not 1 <= len(part["text"]) <= TEXT:
            yield f"a text of {len(part['text'])} characters"
        shown = read(completed(part["blocks"], lambda: "new"), lambda _, known: known)
        yield from leaks(shown.text)


def _on_telegram(message: Message, home: Workspace) -> Iterator[str]:
    for part in telegram.parts(message, {home.id}):
        if part.poll:
            continue
        try:
            shown, _ = parse_html(part.text)
            keys = _keys(part.keyboard) if part.keyboard else []
        except RefusedError as refused:
            yield str(refused)
            continue
        limit = CAPTION if part.image or part.file else WORDS
        if not units(shown) <= limit or not (shown or limit == CAPTION):
            yield f"{units(shown)} characters: {shown[:80]}"
        if len(keys) > KEYS or any(len(key.encode()) > BUTTON_BYTES for key in keys):
            yield f"keys that do not fit: {keys}"
        yield from leaks(shown.replace("\u2060", ""))


def _keys(keyboard: dict[str, Any]) -> list[str]:
    check_markup(keyboard)
    rows = keyboard["inline_keyboard"]
    return [button.get("callback_data", "") for row in rows for button in row]


STANDS: Mapping[Platform, Callable[[Message, Workspace], Iterator[str]]] = {
    Platform.DISCORD: _on_discord,
    Platform.SLACK: _on_slack,
    Platform.TELEGRAM: _on_telegram,
}
"""What a platform, or a reader there, would object to."""


def modal_faults(form: Form) -> list[str]:
    """What Discord or Slack would object to in a form."""
    try:
        components.check_modal(discord_forms.modal(form, OpenForm(form.name)))
        refused = []
    except Refused as refusal:
        refused = [str(refusal)]
    wording = slack_forms.Wording("Envoyer", "Annuler")
    view = slack_forms.modal(form, f"?{form.name}", wording, context="", typed={})
    return [*refused, *check_view(view, lambda _: True)]
