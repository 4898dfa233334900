"""Renders a form as a Slack modal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bots.slack.acts import ANSWER
from bots.slack.outgoing import LABEL, shortened
from core.chat.actions import Field, Form, Kind

Json = dict[str, Any]

TITLE = 24
"""Characters in a modal's title and on its two buttons
(https://docs.slack.dev/reference/views/modal-views)."""
WORDS = 2000
"""Characters in a field's label and hint
(https://docs.slack.dev/reference/block-kit/blocks/input-block)."""
TYPED = 3000
"""Characters a text field takes
(https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element)."""
RADIOS = 5
"""Choices shown at once; Slack takes 10 radio buttons, a menu reads better past five."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words on a modal's own buttons."""

    submit: str
    close: str


def modal(
    form: Form, packed: str, wording: Wording, *, context: str, typed: Mapping[str, str]
) -> Json:
    """A modal view asking `form`.

    `packed` comes back as its callback id, `context` as its private metadata; `typed` is what
    the person had answered before, field name to text.
    """
    return {
        "type": "modal",
        "callback_id": packed,
        "private_metadata": context,
        "title": _words(form.title, TITLE),
        "submit": _words(wording.submit, TITLE),
        "close": _words(wording.close, TITLE),
        "blocks": [_input(field, typed.get(field.name, "")) for field in form.fields],
    }


def _input(field: Field, typed: str) -> Json:
    block: Json = {
        "type": "input",
        "block_id": field.name,
        "optional": not field.required,
        "label": _words(field.label, WORDS),
        "element": _choice(field, typed) if field.kind is Kind.CHOICE else _text(field, typed),
    }
    return {**block, "hint": _words(field.hint, WORDS)} if field.hint else block


def _text(field: Field, typed: str) -> Json:
    most = min(field.max_length, TYPED)
    element: Json = {
        "type": "plain_text_input",
        "action_id": ANSWER,
        "multiline": field.kind is Kind.PARAGRAPH,
        "max_length": most,
    }
    if field.min_length:
        element["min_length"] = min(field.min_length, most)
    if typed:
        element["initial_value"] = typed[:most]
    return element


def _choice(field: Field, typed: str) -> Json:
    options = [
        {"text": _words(choice.label, LABEL), "value": choice.value} for choice in field.choices
    ]
    element: Json = {
        "type": "radio_buttons" if len(options) <= RADIOS else "static_select",
        "action_id": ANSWER,
        "options": options,
    }
    chosen = next((option for option in options if option["value"] == typed), None)
    return {**element, "initial_option": chosen} if chosen else element


def _words(text: str, limit: int) -> Json:
    return {"type": "plain_text", "text": shortened(text, limit), "emoji": False}
