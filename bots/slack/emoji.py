"""Slack writes emoji by name; everybody else writes the emoji."""

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r":([a-z0-9_+-]+)(?:::?(skin-tone-[2-6]))?:")
_VARIATION = "\ufe0f"
# https://docs.slack.dev/reference/methods/reactions.add: a tone is written `::skin-tone-2` to 6.
_TONES = {f"skin-tone-{tone}": chr(0x1F3F9 + tone) for tone in range(2, 7)}


@cache
def _by_name() -> dict[str, str]:
    table = files("bots.slack").joinpath("emoji.tsv").read_text(encoding="utf-8")
    rows = (line.partition("\t") for line in table.splitlines() if not line.startswith("#"))
    return {name: sign for name, _, sign in rows}


def emoji(name: str) -> str:
    """The emoji of that Slack name, or `:name:` when the workspace made it up.

    `name` may carry a skin tone: `wave::skin-tone-3`.
    """
    bare, _, tone = name.partition("::")
    found = _by_name().get(bare)
    if found is None:
        return f":{name}:"
    if tone not in _TONES:
        return found
    return found[0] + _TONES[tone] + found[1:].replace(_VARIATION, "", 1)


def with_emoji(text: str) -> str:
    """`text` with every known `:name:` replaced by its emoji; the others stay as they are."""

    def shown(match: re.Match[str]) -> str:
        name = f"{match[1]}::{match[2]}" if match[2] else match[1]
        found = emoji(name)
        return match[0] if found == f":{name}:" else found

    return _NAME.sub(shown, text)
