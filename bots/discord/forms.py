"""Forms as Discord modals, the answers read back, and what somebody last typed in one."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping

from bots.discord.guild import Json
from core.chat.actions import Answers, Field, Form, Kind, OpenForm

TITLE, LABEL, HINT, CHOICE = 45, 45, 100, 100
RADIO = range(2, 11)
OPTIONS = 25
TYPED = 4000
"""Limits of a modal, of a radio group (2 to 10 choices), of a select and of a text input.
https://docs.discord.com/developers/components/reference#label"""

_SELECT, _INPUT, _LABEL, _RADIO = 3, 4, 18, 21


def modal(form: Form, opened: OpenForm, typed: Answers | None = None) -> Json:
    """The modal of a form, prefilled with `typed`; its custom_id is `opened.packed`.

    Raises ValueError when a field offers more choices than a select holds (25).
    """
    return {
        "custom_id": opened.packed,
        "title": form.title,
        "components": [_label(field, (typed or {}).get(field.name, "")) for field in form.fields],
    }


def _label(field: Field, typed: str) -> Json:
    native: Json = {"type": _LABEL, "label": field.label, "component": _component(field, typed)}
    if field.hint:
        native["description"] = _short(field.hint, HINT)
    return native


def _component(field: Field, typed: str) -> Json:
    native: Json = {"custom_id": field.name, "required": field.required}
    if field.kind is Kind.CHOICE:
        if len(field.choices) > OPTIONS:
            raise ValueError(f"field {field.name} offers more than {OPTIONS} choices")
        kind = _RADIO if len(field.choices) in RADIO else _SELECT
        return {"type": kind, **native, "options": list(_options(field, typed))}
    native |= {
        "type": _INPUT,
        "style": 2 if field.kind is Kind.PARAGRAPH else 1,
        "min_length": field.min_length,
        "max_length": min(field.max_length, TYPED),
    }
    if typed:
        native["value"] = typed[: native["max_length"]]
    return native


def _options(field: Field, typed: str) -> Iterator[Json]:
    for choice in field.choices:
        option: Json = {"label": _short(choice.label, CHOICE), "value": choice.value}
        if choice.value == typed:
            option["default"] = True
        yield option


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def answers(components: list[Json]) -> dict[str, str]:
    """What was typed in a submitted modal: field name to text, empty where nothing was chosen.

    Raises KeyError, TypeError or AttributeError on a malformed payload.
    """
    return dict(_answers(components))


def _answers(components: list[Json]) -> Iterator[tuple[str, str]]:
    for outer in components:
        inner = [outer["component"]] if "component" in outer else outer.get("components", [])
        for component in inner:
            chosen = component.get("values") or [component.get("value") or ""]
            yield component["custom_id"], str(chosen[0])


class Typed:
    """What people last typed in forms that were refused, so that nobody types it twice.

    In memory and bounded (the oldest go first): after a restart a form merely opens empty.
    """

    def __init__(self, limit: int = 500) -> None:
        self._limit = limit
        self._kept: OrderedDict[tuple[str, str], Answers] = OrderedDict()

    def keep(self, user: str, opened: OpenForm, typed: Mapping[str, str]) -> None:
        """Remember one person's answers to one form."""
        self._kept[user, opened.packed] = dict(typed)
        self._kept.move_to_end((user, opened.packed))
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)

    def forget(self, user: str, opened: OpenForm) -> None:
        """The form was accepted."""
        self._kept.pop((user, opened.packed), None)

    def of(self, user: str, opened: OpenForm) -> Answers | None:
        """What that person last typed in that form."""
        return self._kept.get((user, opened.packed))
