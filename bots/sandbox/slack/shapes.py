"""Block Kit as Slack documents it, so that what Slack would refuse is refused here too.

Limits and required fields: https://docs.slack.dev/reference/block-kit (blocks, block elements,
composition objects) and https://docs.slack.dev/reference/views. Faults read as Slack's own:
`must be less than 76 characters [json-pointer:/blocks/0/text/text]`.
"""

import copy
from collections.abc import Callable
from typing import Any

from .kit import (
    ACCESSORIES,
    ACTIVE,
    BLOCKS_OF,
    CHOICES,
    EXTRA_KEYS,
    INPUTS,
    OPTIONS_MAX,
    RICH_PARTS,
    RICH_PIECES,
    SHARED_KEYS,
    VALUES,
    VIEW_KEYS,
    Surface,
)
from .state import Json


class BlockCheck:
    """Reads blocks or a view once and gathers every fault, in Slack's words."""

    def __init__(self, surface: Surface, known_file: Callable[[str], bool]) -> None:
        self.surface: Surface = surface
        self.faults: list[str] = []
        self._known_file = known_file
        self._block_ids: set[str] = set()
        self._markdown_length = 0

    def fault(self, where: str, what: str) -> None:
        """Note one fault at a JSON pointer."""
        self.faults.append(f"{what} [json-pointer:{where}]")

    def keys(self, where: str, thing: Json, required: str, optional: str = "") -> bool:
        """Are all required keys there? Unknown ones are faults."""
        names = required.split()
        for name in names:
            if name not in thing:
                self.fault(where, f"missing required field: {name}")
        for name in thing.keys() - {*names, *optional.split(), "type"}:
            self.fault(where, f"invalid additional property: {name}")
        for name in thing.keys() & VALUES.keys():
            if not isinstance(thing[name], VALUES[name]):
                self.fault(f"{where}/{name}", f"must be a {VALUES[name].__name__}")
        return all(name in thing for name in names)

    def length(self, where: str, value: object, most: int, least: int = 0) -> None:
        """A string of `least` to `most` characters."""
        if not isinstance(value, str):
            self.fault(where, "must be a string")
        elif len(value) > most:
            self.fault(where, f"must be less than {most + 1} characters")
        elif len(value) < least:
            self.fault(where, f"must be more than {least - 1} characters")

    def listed(self, where: str, value: object, most: int, least: int = 1) -> list[Json]:
        """A list of `least` to `most` objects; the objects that are."""
        if not isinstance(value, list):
            self.fault(where, "must be an array")
            return []
        if len(value) > most:
            self.fault(where, f"no more than {most} items allowed")
        if len(value) < least:
            self.fault(where, f"no fewer than {least} items allowed")
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                self.fault(f"{where}/{index}", "must be an object")
        return [item for item in value if isinstance(item, dict)]

    def text(self, where: str, value: object, most: int, *, plain: bool = True) -> None:
        """A text object: plain_text only, or either kind."""
        if not isinstance(value, dict):
            self.fault(where, "must be an object")
            return
        kind = value.get("type")
        if kind not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
            self.fault(f"{where}/type", f"unsupported type: {kind}")
        if self.keys(where, value, "text", "emoji" if kind == "plain_text" else "verbatim"):
            self.length(f"{where}/text", value["text"], most, 1)

    def blocks(self, where: str, value: object) -> None:
        """A whole list of blocks: 50 in a message, 100 in a view."""
        most = 50 if self.surface == "message" else 100
        for index, block in enumerate(self.listed(where, value, most, 0)):
            self.block(f"{where}/{index}", block)
        if self._markdown_length > 12_000:
            self.fault(where, "must be less than 12001 characters")

    def block(self, where: str, block: Json) -> None:
        """One block, by its type."""
        kind = str(block.get("type"))
        if kind not in BLOCKS_OF[self.surface]:
            self.fault(f"{where}/type", f"unsupported type: {kind}")
            return
        name = block.get("block_id")
        if name is not None:
            self.length(f"{where}/block_id", name, 255)
            if str(name) in self._block_ids:
                self.fault(f"{where}/block_id", f'`block_id` "{name}" already exists')
            self._block_ids.add(str(name))
        getattr(self, f"_{kind}")(where, {k: v for k, v in block.items() if k != "block_id"})

    def _divider(self, where: str, block: Json) -> None:
        self.keys(where, block, "")

    def _header(self, where: str, block: Json) -> None:
        if self.keys(where, block, "text"):
            self.text(f"{where}/text", block["text"], 150)

    def _section(self, where: str, block: Json) -> None:
        self.keys(where, block, "", "text fields accessory expand")
        if "text" not in block and "fields" not in block:
            self.fault(where, "must define either `text` or `fields`")
        if "text" in block:
            self.text(f"{where}/text", block["text"], 3000, plain=False)
        for index, item in enumerate(
            self.listed(f"{where}/fields", block.get("fields", []), 10, 0)
        ):
            self.text(f"{where}/fields/{index}", item, 2000, plain=False)
        if "accessory" in block:
            self.elements(where, [block["accessory"]], ACCESSORIES, path="accessory")

    def _context(self, where: str, block: Json) -> None:
        if not self.keys(where, block, "elements"):
            return
        for index, item in enumerate(self.listed(f"{where}/elements", block["elements"], 10)):
            here = f"{where}/elements/{index}"
            if item.get("type") == "image":
                self._image(here, item)
            else:
                self.text(here, item, 3000, plain=False)

    def _actions(self, where: str, block: Json) -> None:
        if self.keys(where, block, "elements"):
            items = self.listed(f"{where}/elements", block["elements"], 25)
            self.elements(where, items, ACTIVE)

    def _image(self, where: str, block: Json) -> None:
        if not self.keys(where, block, "alt_text", "image_url slack_file title"):
            return
        self.length(f"{where}/alt_text", block["alt_text"], 2000)
        if "title" in block:
            self.text(f"{where}/title", block["title"], 2000)
        if ("image_url" in block) == ("slack_file" in block):
            self.fault(where, "must define either `image_url` or `slack_file`")
        elif "image_url" in block:
            self.url(f"{where}/image_url", block["image_url"])
        elif not self._known(block["slack_file"]):
            self.fault(f"{where}/slack_file", "invalid slack file")

    def _known(self, file: object) -> bool:
        return isinstance(file, dict) and self._known_file(str(file.get("id")))

    def _input(self, where: str, block: Json) -> None:
        if not self.keys(where, block, "label element", "hint optional dispatch_action"):
            return
        self.text(f"{where}/label", block["label"], 2000)
        if "hint" in block:
            self.text(f"{where}/hint", block["hint"], 2000)
        self.elements(where, [block["element"]], INPUTS, path="element")

    def _markdown(self, where: str, block: Json) -> None:
        if self.keys(where, block, "text"):
            self.length(f"{where}/text", block["text"], 12_000, 1)
            self._markdown_length += len(str(block["text"]))

    def _rich_text(self, where: str, block: Json) -> None:
        if not self.keys(where, block, "elements"):
            return
        for index, part in enumerate(self.listed(f"{where}/elements", block["elements"], 100)):
            self.rich_part(f"{where}/elements/{index}", part)

    def rich_part(self, where: str, part: Json) -> None:
        """One section, list, quote or preformatted part of rich text."""
        kind = str(part.get("type"))
        if kind not in RICH_PARTS:
            self.fault(f"{where}/type", f"unsupported type: {kind}")
            return
        self.keys(where, part, "elements", "style indent offset border")
        for index, piece in enumerate(
            self.listed(f"{where}/elements", part.get("elements"), 1000, 0)
        ):
            here = f"{where}/elements/{index}"
            if kind == "rich_text_list":
                self.rich_part(here, piece)
            elif str(piece.get("type")) not in RICH_PIECES:
                self.fault(f"{here}/type", f"unsupported type: {piece.get('type')}")
            else:
                self.rich_piece(here, piece)

    def rich_piece(self, where: str, piece: Json) -> None:
        """A word, mention, emoji or link of rich text: its one field there, and not empty."""
        name = RICH_PIECES[piece["type"]]
        optional = "style text unsafe unicode skin_tone fallback format display_team_id"
        if self.keys(where, piece, name, optional) and name != "timestamp":
            self.length(f"{where}/{name}", piece[name], 3000 if name == "url" else 40_000, 1)

    def elements(
        self, where: str, items: list[Any], allowed: frozenset[str], path: str = "elements"
    ) -> None:
        """Block elements of one block: allowed there, well formed, action ids unique."""
        taken: set[str] = set()
        for index, item in enumerate(items):
            here = f"{where}/{path}" if path != "elements" else f"{where}/elements/{index}"
            if not isinstance(item, dict) or str(item.get("type")) not in allowed:
                kind = item.get("type") if isinstance(item, dict) else item
                self.fault(f"{here}/type", f"unsupported type: {kind}")
                continue
            name = item.get("action_id")
            if name is not None:
                self.length(f"{here}/action_id", name, 255)
                if str(name) in taken:
                    self.fault(f"{here}/action_id", f'`action_id` "{name}" already exists')
                taken.add(str(name))
            self.element(here, item)

    def element(self, where: str, item: Json) -> None:
        """One element by its type."""
        kind = item["type"]
        if kind == "image":
            self._image(where, item)
            return
        required = {"button": "text", "number_input": "is_decimal_allowed"}.get(kind, "")
        self.keys(where, item, required, " ".join(SHARED_KEYS | EXTRA_KEYS[kind]))
        if "placeholder" in item:
            self.text(f"{where}/placeholder", item["placeholder"], 150)
        if kind == "button":
            self.button(where, item)
        elif kind in CHOICES:
            self.options(where, item)
        elif kind == "plain_text_input":
            self.entry(where, item)

    def button(self, where: str, item: Json) -> None:
        """A button: text 75, value 2000, url 3000, style primary or danger."""
        if "text" in item:
            self.text(f"{where}/text", item["text"], 75)
        if "value" in item:
            self.length(f"{where}/value", item["value"], 2000)
        if "url" in item:
            self.url(f"{where}/url", item["url"])
        if item.get("style", "primary") not in ("primary", "danger"):
            self.fault(f"{where}/style", "must be one of: primary, danger")

    def url(self, where: str, value: object) -> None:
        """An http(s) address of at most 3000 characters."""
        self.length(where, value, 3000, 1)
        if not str(value).startswith(("https://", "http://", "mailto:", "slack://")):
            self.fault(where, "invalid url")

    def options(self, where: str, item: Json) -> None:
        """The options of a menu, a radio group or checkboxes; initial ones must be among them."""
        kind = item["type"]
        groups = self.listed(f"{where}/option_groups", item.get("option_groups", []), 100, 0)
        if ("options" in item) == bool(groups):
            self.fault(where, "must define either `options` or `option_groups`")
            return
        plain = kind not in ("radio_buttons", "checkboxes")
        known: list[Json] = []
        for holder, path in (
            [(item, where)]
            if "options" in item
            else [(group, f"{where}/option_groups/{i}") for i, group in enumerate(groups)]
        ):
            if holder is not item and self.keys(path, holder, "label options"):
                self.text(f"{path}/label", holder["label"], 75)
            most = OPTIONS_MAX.get(kind, 100)
            for index, option in enumerate(
                self.listed(f"{path}/options", holder.get("options"), most)
            ):
                known.append(option)
                self.option(f"{path}/options/{index}", option, plain=plain)
        initial = self.listed(f"{where}/initial_options", item.get("initial_options", []), 100, 0)
        for option in [*initial, item["initial_option"]] if "initial_option" in item else initial:
            if option not in known:
                self.fault(where, "initial option must match one of the options")

    def option(self, where: str, option: Json, *, plain: bool) -> None:
        """One option: text 75, value 150, description 75."""
        if not self.keys(where, option, "text value", "description url"):
            return
        self.text(f"{where}/text", option["text"], 75, plain=plain)
        self.length(f"{where}/value", option["value"], 150, 1)
        if "description" in option:
            self.text(f"{where}/description", option["description"], 75, plain=plain)

    def entry(self, where: str, item: Json) -> None:
        """A text field: min_length 0 to 3000, max_length 1 to 3000, in that order."""
        for name, least in (("min_length", 0), ("max_length", 1)):
            value = item.get(name, least)
            if not isinstance(value, int) or not least <= value <= 3000:
                self.fault(f"{where}/{name}", f"must be between {least} and 3000")
                return
        if item.get("min_length", 0) > item.get("max_length", 3000):
            self.fault(f"{where}/min_length", "must be less than max_length")
        if "initial_value" in item:
            self.length(
                f"{where}/initial_value", item["initial_value"], item.get("max_length", 3000)
            )


def check_blocks(blocks: object, known_file: Callable[[str], bool]) -> list[str]:
    """Every fault of a message's blocks."""
    check = BlockCheck("message", known_file)
    check.blocks("/blocks", blocks)
    return check.faults


def check_view(view: Json, known_file: Callable[[str], bool]) -> list[str]:
    """Every fault of a modal or Home view (https://docs.slack.dev/reference/views)."""
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return [f"unsupported type: {kind} [json-pointer:/view/type]"]
    check = BlockCheck("modal" if kind == "modal" else "home", known_file)
    required = "title blocks" if kind == "modal" else "blocks"
    check.keys("/view", view, required, " ".join(VIEW_KEYS[kind]))
    for name in ("title", "submit", "close"):
        if name in view and kind == "modal":
            check.text(f"/view/{name}", view[name], 24)
    for name, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if name in view:
            check.length(f"/view/{name}", view[name], most)
    check.blocks("/view/blocks", view.get("blocks"))
    blocks = view.get("blocks")
    has_input = isinstance(blocks, list) and any(
        isinstance(each, dict) and each.get("type") == "input" for each in blocks
    )
    if kind == "modal" and has_input and "submit" not in view:
        check.fault("/view", "missing required field: submit")
    return check.faults


def completed(blocks: list[Json], fresh: Callable[[], str]) -> list[Json]:
    """Blocks with the ids Slack adds when the app gave none."""
    done = copy.deepcopy(blocks)
    for block in done:
        block.setdefault("block_id", fresh())
        held = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        if block["type"] in ("section", "actions", "input"):
            for element in held:
                if element and element["type"] != "image":
                    element.setdefault("action_id", fresh())
    return done
