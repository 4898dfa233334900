"""Filling a modal as Discord's own client does: its checks come before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from bots.sandbox.discord.state import Json
from bots.sandbox.people import CannotDo, SeenForm

_TRUE, _FALSE = {"true", "vrai", "oui", "yes", "x", "1"}, {"false", "faux", "non", "no", "", "0"}


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a modal with the label above it."""

    label: str
    component: Json

    @property
    def id(self) -> str:
        """The custom id of the input."""
        return str(self.component["custom_id"])


def fields(modal: Json) -> list[Field]:
    """The inputs, in order."""
    found: list[Field] = []
    for top in modal["components"]:
        if top["type"] == 18:
            found.append(Field(top["label"], top["component"]))
        elif top["type"] == 1:
            found.extend(Field(c.get("label") or c["custom_id"], c) for c in top["components"])
    return found


def shown(modal: Json, errors: Mapping[str, str]) -> SeenForm:
    """The form as it opens, with what is already in it."""
    inputs = fields(modal)
    values = {field.label: value for field in inputs if (value := _prefilled(field.component))}
    return SeenForm(modal["title"], tuple(field.label for field in inputs), values, dict(errors))


def _prefilled(component: Json) -> str:
    if component["type"] == 4:
        return str(component.get("value") or "")
    if component["type"] == 23:
        return "oui" if component.get("default") else ""
    return ", ".join(o["label"] for o in component.get("options") or [] if o.get("default"))


def submitted(modal: Json, answers: Mapping[str, str]) -> list[Json]:
    """The components of the submission; raises CannotDo for what the client would not send."""
    inputs = fields(modal)
    given = {_field(inputs, key).id: value for key, value in answers.items()}
    told: list[Json] = []
    for top in modal["components"]:
        if top["type"] == 10:
            told.append({"type": 10, "id": top["id"]})
            continue
        kept = {"type": top["type"], "id": top["id"]}
        children = [_filled(field, given.get(field.id)) for field in fields({"components": [top]})]
        told.append(
            kept | ({"component": children[0]} if top["type"] == 18 else {"components": children})
        )
    return told


def _field(inputs: list[Field], key: str) -> Field:
    exact = [field for field in inputs if key in {field.label, field.id}]
    prefixed = [f for f in inputs if f.label.lower().startswith(key.lower())]
    found = exact or prefixed
    if len(found) != 1:
        labels = ", ".join(f"« {field.label} »" for field in inputs)
        raise CannotDo(f"no one field {key!r} in this form; it has {labels}")
    return found[0]


def _filled(field: Field, answer: str | None) -> Json:
    component, kind = field.component, field.component["type"]
    written = _prefilled(component) if answer is None else answer
    told = {"type": kind, "id": component["id"], "custom_id": component["custom_id"]}
    if kind == 4:
        return told | {"value": _text(field, written)}
    if kind == 23:
        if written.lower() not in _TRUE | _FALSE:
            raise CannotDo(f"« {field.label} » is ticked (oui) or not (non), not {written!r}")
        return told | {"value": written.lower() in _TRUE}
    if kind not in {3, 21, 22}:
        raise CannotDo(f"« {field.label} » is an input of type {kind}, which nobody fills here")
    chosen = _chosen(field, written)
    if kind == 21:
        return told | {"value": chosen[0] if chosen else None}
    return told | {"values": chosen}


def _text(field: Field, written: str) -> str:
    component = field.component
    if not written and component.get("required", True):
        raise CannotDo(f"« {field.label} » must be filled in")
    least, most = component.get("min_length") or 0, component.get("max_length") or 4000
    if written and not least <= len(written) <= most:
        raise CannotDo(f"« {field.label} » takes {least} to {most} characters, not {len(written)}")
    if component["style"] == 1 and "\n" in written:
        raise CannotDo(f"« {field.label} » is a single line")
    return written


def _chosen(field: Field, written: str) -> list[str]:
    component = field.component
    by_name = {option["label"].lower(): option["value"] for option in component["options"]}
    by_name |= {str(option["value"]).lower(): option["value"] for option in component["options"]}
    whole = written.strip().lower()
    names = [whole] if whole in by_name else [n.strip().lower() for n in written.split(",")]
    names = [name for name in names if name]
    for name in names:
        if name not in by_name:
            offered = ", ".join(option["label"] for option in component["options"])
            raise CannotDo(f"« {field.label} » offers {offered}; not {name!r}")
    if not names and component.get("required", True):
        raise CannotDo(f"« {field.label} » needs a choice")
    single = 1 if component["type"] in {3, 21} else len(component["options"])
    least, most = component.get("min_values") or 0, component.get("max_values") or single
    if names and not least <= len(names) <= most:
        raise CannotDo(f"« {field.label} » takes {least} to {most} choices, not {len(names)}")
    return [by_name[name] for name in names]
