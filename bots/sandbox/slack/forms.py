"""What a modal asks, what a person may answer, and how Slack writes the answers down."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bots.sandbox.people import CannotDo, SeenForm

from . import emoji
from .state import Json, View

_SHAPES = {
    "email_text_input": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "une adresse e-mail"),
    "url_text_input": (r"https?://\S+", "une adresse web"),
    "number_input": (r"-?\d+([.,]\d+)?", "un nombre"),
    "datepicker": (r"\d{4}-\d{2}-\d{2}", "une date AAAA-MM-JJ"),
    "timepicker": (r"\d{2}:\d{2}", "une heure HH:MM"),
}
_KEYS = {"datepicker": "selected_date", "timepicker": "selected_time"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One input block of a view."""

    label: str
    block_id: str
    element: Json
    optional: bool

    @property
    def key(self) -> tuple[str, str]:
        """Where its answer stands in `state.values`."""
        return self.block_id, self.element["action_id"]

    @property
    def options(self) -> list[Json]:
        """All its options, groups flattened."""
        groups = self.element.get("option_groups", [])
        return [*self.element.get("options", []), *(o for g in groups for o in g["options"])]


def entries(view: View) -> list[Entry]:
    """The view's input blocks, top to bottom."""
    return [
        Entry(
            emoji.shown(block["label"]["text"]),
            block["block_id"],
            block["element"],
            bool(block.get("optional", False)),
        )
        for block in view.payload["blocks"]
        if block["type"] == "input"
    ]


def initial(element: Json) -> Json:
    """The state of an element before anybody touched it."""
    kind = element["type"]
    if kind in ("checkboxes", "multi_static_select"):
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if "options" in element or "option_groups" in element:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _KEYS:
        return {"type": kind, _KEYS[kind]: element.get(_KEYS[kind].replace("selected", "initial"))}
    return {"type": kind, "value": element.get("initial_value")}


def state_of(view: View, entry: Entry) -> Json:
    """An entry's present state."""
    return view.typed.get(entry.key) or initial(entry.element)


def state_values(view: View) -> Json:
    """`view.state.values` (https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload)."""
    values: Json = {}
    for entry in entries(view):
        values.setdefault(entry.block_id, {})[entry.key[1]] = state_of(view, entry)
    return values


def words(state: Json) -> str:
    """An answer as a person reads it in the form."""
    if "selected_options" in state:
        return ", ".join(option["text"]["text"] for option in state["selected_options"])
    if state.get("selected_option"):
        return str(state["selected_option"]["text"]["text"])
    return str(state.get("value") or state.get("selected_date") or state.get("selected_time") or "")


def shown(view: View) -> SeenForm:
    """The form as the person sees it."""
    asked = entries(view)
    return SeenForm(
        title=emoji.shown(view.payload["title"]["text"]),
        labels=tuple(entry.label for entry in asked),
        values={entry.label: words(state_of(view, entry)) for entry in asked},
        errors=dict(view.errors),
    )


def find(view: View, wanted: str) -> Entry:
    """The entry so labelled (exactly, else by case-insensitive beginning), or so named."""
    asked = entries(view)
    for same in (
        lambda e: e.label == wanted,
        lambda e: wanted in e.key,
        lambda e: e.label.casefold().startswith(wanted.casefold()),
    ):
        found = [entry for entry in asked if same(entry)]
        if found:
            return found[0]
    raise CannotDo(f"the form has no field {wanted!r}, only {[e.label for e in asked]}")


def fill(view: View, answers: Mapping[str, str]) -> None:
    """Type the answers; nothing is kept when one of them cannot be typed."""
    typed = {}
    for wanted, answer in answers.items():
        entry = find(view, wanted)
        typed[entry.key] = _put(entry, answer)
    view.typed.update(typed)
    for entry in entries(view):
        _ready(entry, state_of(view, entry))


def _put(entry: Entry, answer: str) -> Json:
    kind = entry.element["type"]
    if entry.options:
        return _choose(entry, answer)
    if not answer:
        return {"type": kind, _KEYS.get(kind, "value"): None}
    if kind in _SHAPES:
        pattern, what = _SHAPES[kind]
        if not re.fullmatch(pattern, answer):
            raise CannotDo(f"{entry.label!r} takes {what}, not {answer!r}")
        return {"type": kind, _KEYS.get(kind, "value"): answer}
    if kind != "plain_text_input":
        raise CannotDo(f"{entry.label!r} is a {kind}, which this stand-in cannot fill")
    if "\n" in answer and not entry.element.get("multiline"):
        answer = answer.replace("\n", " ")
    most = entry.element.get("max_length", 3000)
    if len(answer) > most:
        raise CannotDo(f"{entry.label!r} takes at most {most} characters, not {len(answer)}")
    return {"type": kind, "value": answer}


def _choose(entry: Entry, answer: str) -> Json:
    kind = entry.element["type"]
    many = kind in ("checkboxes", "multi_static_select")
    parts = [part.strip() for part in answer.split(",")] if many else [answer.strip()]
    chosen = [_option(entry, part) for part in parts if part]
    most = entry.element.get("max_selected_items", len(entry.options))
    if len(chosen) > most:
        raise CannotDo(f"{entry.label!r} takes at most {most} choices")
    if many:
        return {"type": kind, "selected_options": chosen}
    return {"type": kind, "selected_option": chosen[0] if chosen else None}


def _option(entry: Entry, wanted: str) -> Json:
    by_text = {emoji.shown(option["text"]["text"]): option for option in entry.options}
    for text, option in by_text.items():
        if wanted in (text, option["value"]):
            return option
    for text, option in by_text.items():
        if text.casefold().startswith(wanted.casefold()):
            return option
    raise CannotDo(f"{entry.label!r} offers {list(by_text)}, not {wanted!r}")


def _ready(entry: Entry, state: Json) -> None:
    """What Slack's client refuses to submit: an empty required field, too short a text."""
    answer = words(state)
    if not answer.strip() and not entry.optional:
        raise CannotDo(f"{entry.label!r} is required")
    least = entry.element.get("min_length", 0)
    if answer and len(answer) < least:
        raise CannotDo(f"{entry.label!r} takes at least {least} characters")
