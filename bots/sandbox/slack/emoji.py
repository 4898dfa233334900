"""The names Slack gives emoji, since its API knows reactions by name and people know the sign."""

import re
from functools import cache
from pathlib import Path

VARIATION = "\ufe0f"

# The public emoji-data set, which Slack says it uses; its first name is the one Slack writes.
_TABLE = Path(__file__).parents[2] / "slack" / "emoji.tsv"
_SHORT = re.compile(r":([a-z0-9_+\-']+)(?:::(skin-tone-[2-6]))?:")
# A skin tone is a suffix of the name (https://docs.slack.dev/reference/methods/reactions.add).
_TONES = {f"skin-tone-{tone}": chr(0x1F3F9 + tone) for tone in range(2, 7)}


@cache
def _signs() -> dict[str, str]:
    """Name -> sign."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    rows = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return {name: sign for name, _, sign in rows}


@cache
def _names() -> dict[str, str]:
    """Sign (without variation selector) -> the first name it has."""
    found: dict[str, str] = {}
    for name, sign in _signs().items():
        found.setdefault(sign.replace(VARIATION, ""), name)
    return found


@cache
def _any_sign() -> re.Pattern[str]:
    """Every sign people type, the longest first, a variation selector and a tone allowed."""
    longest = sorted((s for s in _names() if not s.isascii()), key=len, reverse=True)
    tones = "".join(_TONES.values())
    return re.compile(f"({'|'.join(map(re.escape, longest))}){VARIATION}?([{tones}])?")


def name_of(sign: str) -> str:
    """The Slack name of an emoji. Raises ValueError when it is not one."""
    bare = sign.replace(VARIATION, "")
    for suffix, tone in _TONES.items():
        if tone in bare and bare != tone:
            return f"{name_of(bare.replace(tone, ''))}::{suffix}"
    if bare not in _names():
        raise ValueError(f"{sign!r} is not one emoji Slack knows")
    return _names()[bare]


def canonical(name: str) -> str | None:
    """The name Slack would write for `name`, or None when there is no such emoji."""
    bare, _, tone = name.strip(":").partition("::")
    sign = _signs().get(bare)
    if sign is None or (tone and tone not in _TONES):
        return None
    return _names()[sign.replace(VARIATION, "")] + (f"::{tone}" if tone else "")


def sign_of(name: str) -> str | None:
    """The emoji of that Slack name, or None."""
    bare, _, tone = name.partition("::")
    sign = _signs().get(bare)
    if sign is None or not tone:
        return sign
    return sign[0] + _TONES.get(tone, "") + sign[1:].replace(VARIATION, "", 1)


def shown(text: str) -> str:
    """Text with `:wave:` shown as people see it."""
    return _SHORT.sub(lambda m: sign_of(f"{m[1]}::{m[2]}" if m[2] else m[1]) or m[0], text)


def typed(text: str) -> str:
    """Text as Slack's client sends it: the signs it knows become `:name:`."""
    suffix = {tone: f"::{name}" for name, tone in _TONES.items()}
    return _any_sign().sub(lambda m: f":{_names()[m[1]]}{suffix.get(m[2] or '', '')}:", text)


def parted(text: str) -> list[str]:
    """Words and emoji names by turns: `a :wave: b` gives `["a ", "wave", " b"]`."""
    parts = [""]
    end = 0
    for match in _SHORT.finditer(text):
        if sign_of(match[1]):
            parts[-1] += text[end : match.start()]
            parts += [match[1], ""]
            end = match.end()
    parts[-1] += text[end:]
    return parts
