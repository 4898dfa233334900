"""The documented limits of components in messages and modals, old and new (Components V2).

Source of every figure: docs, Components / Reference.
"""

from collections.abc import Collection, Sequence

from bots.sandbox.discord.refusals import FormErrors, Path
from bots.sandbox.discord.shapes import (
    Check,
    Fields,
    anything,
    boolean,
    listing,
    null_or,
    one_of,
    record,
    snowflake,
    text,
    whole,
)
from bots.sandbox.discord.state import Json

MOST_COMPONENTS = 40
MOST_TEXT = 4000
SELECTS = (3, 5, 6, 7, 8)
V2_TOP = (1, 9, 10, 12, 13, 14, 17)
IN_CONTAINER = (1, 9, 10, 12, 13, 14)
IN_LABEL = (3, 4, 5, 6, 7, 8, 19, 21, 22, 23)
MODAL_TOP = (1, 10, 18)

_ID: Fields = {"type": anything, "id": null_or(whole(0, (1 << 31) - 1))}
_CUSTOM: Fields = {"custom_id": text(100, 1)}
_EMOJI = record({"id": null_or(snowflake), "name": null_or(text(100)), "animated": boolean})
_MEDIA = record({"url": text(2048, 1)}, required=["url"])


def _options(most: int, least: int, *, emoji: bool = False) -> Check:
    fields: dict[str, Check] = {
        "label": text(100, 1),
        "value": text(100, 1),
        "description": null_or(text(100)),
        "default": boolean,
    }
    if emoji:
        fields["emoji"] = null_or(_EMOJI)
    return listing(record(fields, required=["label", "value"]), most=most, least=least)


_SELECT: Fields = {
    **_CUSTOM,
    "placeholder": null_or(text(150)),
    "min_values": whole(0, 25),
    "max_values": whole(1, 25),
    "disabled": boolean,
    "required": boolean,
}
_AUTO: Fields = {**_SELECT, "default_values": listing(anything, most=25)}
_SHAPES: dict[int, tuple[Fields, Collection[str]]] = {
    1: ({"components": listing(anything, most=5, least=1)}, ["components"]),
    2: (
        {
            **_CUSTOM,
            "style": one_of(1, 2, 3, 4, 5, 6),
            "label": null_or(text(80)),
            "emoji": null_or(_EMOJI),
            "url": null_or(text(512)),
            "sku_id": null_or(snowflake),
            "disabled": boolean,
        },
        ["style"],
    ),
    3: ({**_SELECT, "options": _options(25, 1, emoji=True)}, ["custom_id", "options"]),
    4: (
        {
            **_CUSTOM,
            "style": one_of(1, 2),
            "label": null_or(text(45)),
            "min_length": null_or(whole(0, 4000)),
            "max_length": null_or(whole(1, 4000)),
            "required": boolean,
            "value": null_or(text(4000)),
            "placeholder": null_or(text(100)),
        },
        ["custom_id", "style"],
    ),
    5: (_AUTO, ["custom_id"]),
    6: (_AUTO, ["custom_id"]),
    7: (_AUTO, ["custom_id"]),
    8: ({**_AUTO, "channel_types": listing(whole(0, 20))}, ["custom_id"]),
    9: (
        {"components": listing(anything, most=3, least=1), "accessory": anything},
        ["components", "accessory"],
    ),
    10: ({"content": text(MOST_TEXT, 1)}, ["content"]),
    11: (
        {"media": _MEDIA, "description": null_or(text(1024)), "spoiler": boolean},
        ["media"],
    ),
    12: (
        {
            "items": listing(
                record(
                    {"media": _MEDIA, "description": null_or(text(1024)), "spoiler": boolean},
                    required=["media"],
                ),
                most=10,
                least=1,
            )
        },
        ["items"],
    ),
    13: ({"file": _MEDIA, "spoiler": boolean, "name": anything, "size": anything}, ["file"]),
    14: ({"divider": boolean, "spacing": one_of(1, 2)}, []),
    17: (
        {
            "components": listing(anything, most=MOST_COMPONENTS, least=1),
            "accent_color": null_or(whole(0, 0xFFFFFF)),
            "spoiler": boolean,
        },
        ["components"],
    ),
    18: (
        {"label": text(45, 1), "description": null_or(text(100)), "component": anything},
        ["label", "component"],
    ),
    19: (
        {**_CUSTOM, "min_values": whole(0, 10), "max_values": whole(1, 10), "required": boolean},
        ["custom_id"],
    ),
    21: (
        {**_CUSTOM, "options": _options(10, 2), "required": boolean},
        ["custom_id", "options"],
    ),
    22: (
        {
            **_CUSTOM,
            "options": _options(10, 1),
            "min_values": null_or(whole(0, 10)),
            "max_values": null_or(whole(1, 10)),
            "required": boolean,
        },
        ["custom_id", "options"],
    ),
    23: ({**_CUSTOM, "default": boolean}, ["custom_id"]),
}


class Tree:
    """One walk over a component tree, counting what has a limit for the whole."""

    def __init__(self, errors: FormErrors, files: Collection[str] = (), *, modal: bool) -> None:
        self.errors = errors
        self.files = files
        self.in_row: tuple[int, ...] = (4,) if modal else (2, *SELECTS)
        self.count = 0
        self.text = 0
        self._custom_ids: set[str] = set()

    def walk(self, component: object, path: Path, allowed: Collection[int]) -> None:
        """Check one component and what it holds."""
        kind = component.get("type") if isinstance(component, dict) else None
        if not isinstance(component, dict) or kind not in allowed or kind not in _SHAPES:
            said = f"Value must be one of {{{', '.join(map(str, allowed))}}}."
            self.errors.add((*path, "type"), "UNION_TYPE_CHOICES", said)
            return
        self.count += 1
        fields, required = _SHAPES[kind]
        record({**_ID, **fields}, required=required)(component, path, self.errors)
        self._one_of_a_kind(component, path)
        self._own_rules(kind, component, path)
        self._children(kind, component, path)

    def _one_of_a_kind(self, component: Json, path: Path) -> None:
        custom_id = component.get("custom_id")
        if isinstance(custom_id, str):
            if custom_id in self._custom_ids:
                self.errors.add(
                    (*path, "custom_id"),
                    "COMPONENT_CUSTOM_ID_DUPLICATED",
                    "Component custom id cannot be duplicated",
                )
            self._custom_ids.add(custom_id)

    def _own_rules(self, kind: int, component: Json, path: Path) -> None:
        if kind == 2:
            self._button(component, path)
        elif kind == 10:
            self.text += len(str(component.get("content") or ""))
        elif kind in {11, 12, 13}:
            self._media(component, path)
        elif kind in {4, 21, 22, *SELECTS}:
            self._bounds(component, path)

    def _button(self, button: Json, path: Path) -> None:
        style = button.get("style")
        needed = {5: "url", 6: "sku_id"}.get(style if isinstance(style, int) else 0, "custom_id")
        for key in ("url", "sku_id", "custom_id"):
            if key == needed and not button.get(key):
                self.errors.add((*path, key), "BASE_TYPE_REQUIRED", "This field is required")
            elif key != needed and button.get(key):
                said = "A custom id and url cannot both be specified"
                self.errors.add((*path, key), "COMPONENT_CUSTOM_ID_AND_URL", said)
        if needed != "sku_id" and not button.get("label") and not button.get("emoji"):
            said = "A button must have a label or emoji"
            self.errors.add(path, "COMPONENT_BUTTON_LABEL_OR_EMOJI_REQUIRED", said)
        url = button.get("url")
        if needed == "url" and isinstance(url, str) and "://" not in url:
            said = "Not a well formed URL."
            self.errors.add((*path, "url"), "URL_TYPE_INVALID_URL", said)

    def _media(self, component: Json, path: Path) -> None:
        items = component.get("items")
        holders = items if isinstance(items, list) else [component]
        for holder in holders:
            media = holder.get("media") or holder.get("file") if isinstance(holder, dict) else None
            url = str(media.get("url")) if isinstance(media, dict) else ""
            name = url.removeprefix("attachment://")
            if name != url and name not in self.files:
                said = f"The referenced attachment was not found: {name}"
                code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
                self.errors.add((*path, "media"), code, said)

    def _bounds(self, component: Json, path: Path) -> None:
        for low, high in (("min_length", "max_length"), ("min_values", "max_values")):
            least, most = component.get(low), component.get(high)
            if isinstance(least, int) and isinstance(most, int) and least > most:
                said = f"{low} must be less than or equal to {high}"
                self.errors.add((*path, low), "NUMBER_TYPE_MAX", said)
        options = component.get("options")
        if isinstance(options, list):
            values = [o.get("value") for o in options if isinstance(o, dict)]
            if len(set(map(str, values))) != len(values):
                said = "The specified option value is already used"
                self.errors.add(
                    (*path, "options"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", said
                )

    def _children(self, kind: int, component: Json, path: Path) -> None:
        children = component.get("components")
        listed = children if isinstance(children, list) else []
        if kind == 1:
            self._row(listed, path)
        for index, child in enumerate(listed):
            allowed = {1: self.in_row, 9: (10,), 17: IN_CONTAINER}[kind]
            self.walk(child, (*path, "components", index), allowed)
        if kind == 9 and "accessory" in component:
            self.walk(component["accessory"], (*path, "accessory"), (2, 11))
        if kind == 18 and "component" in component:
            self.walk(component["component"], (*path, "component"), IN_LABEL)

    def _row(self, children: list[object], path: Path) -> None:
        kinds = [child.get("type") for child in children if isinstance(child, dict)]
        if len(kinds) > 1 and any(kind != 2 for kind in kinds):
            said = "The specified component exceeds the maximum width"
            self.errors.add((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", said)


def check_message(
    components: Sequence[object], errors: FormErrors, *, v2: bool, files: Collection[str] = ()
) -> None:
    """Check a message's components; `files` are the names `attachment://` may refer to."""
    tree = Tree(errors, files, modal=False)
    for index, component in enumerate(components):
        tree.walk(component, ("components", index), V2_TOP if v2 else (1,))
    if not v2 and len(components) > 5:
        said = "Must be between 0 and 5 in length."
        errors.add(("components",), "BASE_TYPE_BAD_LENGTH", said)
    if tree.count > MOST_COMPONENTS:
        said = f"The total number of components exceeds the maximum of {MOST_COMPONENTS}"
        errors.add(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", said)
    if tree.text > MOST_TEXT:
        said = f"The total displayable text size exceeds the maximum of {MOST_TEXT}"
        errors.add(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", said)


def check_modal(data: object) -> None:
    """Check a modal (docs: Receiving and Responding, "Modal"); raises Refused 50035."""
    errors = FormErrors()
    shape = record(
        {
            "custom_id": text(100, 1),
            "title": text(45, 1),
            "components": listing(anything, most=5, least=1),
        },
        required=["custom_id", "title", "components"],
    )
    shape(data, ("data",), errors)
    errors.raise_any()
    if isinstance(data, dict):
        tree = Tree(errors, modal=True)
        for index, component in enumerate(data["components"]):
            tree.walk(component, ("data", "components", index), MODAL_TOP)
    errors.raise_any()


def numbered(components: list[Json]) -> list[Json]:
    """The same tree with the `id`s Discord generates where none was given."""
    used = {c["id"] for c in flat(components) if c.get("id")}
    free = (number for number in range(1, 10_000) if number not in used)

    def number(component: Json) -> Json:
        given = component.get("id") or next(free)
        told = {**component, "id": given}
        if isinstance(told.get("components"), list):
            told["components"] = [number(child) for child in told["components"]]
        for key in ("accessory", "component"):
            if isinstance(told.get(key), dict):
                told[key] = number(told[key])
        return told

    return [number(component) for component in components]


def flat(components: list[Json]) -> list[Json]:
    """Every component of a tree, in reading order."""
    found: list[Json] = []
    for component in components:
        found.append(component)
        found.extend(flat(component.get("components") or []))
        found.extend(flat([component[k] for k in ("accessory", "component") if component.get(k)]))
    return found
