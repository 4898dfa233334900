"""The names Slack gives emoji, since its API knows reactions by name and people know the sign."""

import re
import unicodedata

VARIATION = "\ufe0f"

# Slack's first short name for each sign, from the public emoji-data set Slack says it uses.
BY_NAME: dict[str, str] = {
    "+1": "👍",
    "-1": "👎",
    "100": "💯",
    "alarm_clock": "⏰",
    "arrow_right": "➡️",
    "ballot_box_with_check": "☑️",
    "bar_chart": "📊",
    "bell": "🔔",
    "blush": "😊",
    "bookmark": "🔖",
    "books": "📚",
    "bulb": "💡",
    "calendar": "📅",
    "chart_with_upwards_trend": "📈",
    "clap": "👏",
    "clipboard": "📋",
    "coffee": "☕",
    "dart": "🎯",
    "eyes": "👀",
    "fire": "🔥",
    "gift": "🎁",
    "grin": "😁",
    "grinning": "😀",
    "hand": "✋",
    "handshake": "🤝",
    "heart": "❤️",
    "heart_eyes": "😍",
    "heavy_check_mark": "✔️",
    "hourglass": "⌛",
    "information_source": "ℹ️",
    "joy": "😂",
    "link": "🔗",
    "lock": "🔒",
    "mag": "🔍",
    "mega": "📣",
    "memo": "📝",
    "mortar_board": "🎓",
    "muscle": "💪",
    "ok_hand": "👌",
    "open_hands": "👐",
    "page_facing_up": "📄",
    "point_right": "👉",
    "pray": "🙏",
    "pushpin": "📌",
    "question": "❓",
    "raised_hands": "🙌",
    "rocket": "🚀",
    "scroll": "📜",
    "seedling": "🌱",
    "slightly_smiling_face": "🙂",
    "smile": "😄",
    "sos": "🆘",
    "sparkles": "✨",
    "speech_balloon": "💬",
    "star": "⭐",
    "tada": "🎉",
    "thinking_face": "🤔",
    "trophy": "🏆",
    "warning": "⚠️",
    "wave": "👋",
    "white_check_mark": "✅",
    "x": "❌",
}
ALIASES = {"thumbsup": "+1", "thumbsdown": "-1", "raised_hand": "hand"}
_BY_SIGN = {sign.replace(VARIATION, ""): name for name, sign in reversed(BY_NAME.items())}
_SHORT = re.compile(r":([a-z0-9_+\-']+):")
_SIGNS = re.compile(
    "(" + "|".join(map(re.escape, sorted(_BY_SIGN, key=len, reverse=True))) + f"){VARIATION}?"
)


def name_of(sign: str) -> str:
    """The Slack name of an emoji: the table's, else its Unicode name in lower_case."""
    bare = sign.replace(VARIATION, "")
    if bare in _BY_SIGN:
        return _BY_SIGN[bare]
    try:
        return unicodedata.name(bare).lower().replace(" ", "_").replace("-", "_")
    except (TypeError, ValueError) as fault:
        raise ValueError(f"{sign!r} is not one emoji Slack would know") from fault


def canonical(name: str) -> str | None:
    """The name Slack would show for `name`, or None when there is no such emoji."""
    bare = name.strip(":").split("::", 1)[0]
    bare = ALIASES.get(bare, bare)
    if bare in BY_NAME:
        return bare
    return bare if sign_of(bare) else None


def sign_of(name: str) -> str | None:
    """The emoji of that Slack name, or None."""
    name = ALIASES.get(name, name)
    if name in BY_NAME:
        return BY_NAME[name]
    try:
        sign = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return None
    return sign if unicodedata.category(sign) == "So" else None


def shown(text: str) -> str:
    """Text with `:wave:` shown as people see it."""
    return _SHORT.sub(lambda m: sign_of(m[1]) or m[0], text)


def typed(text: str) -> str:
    """Text as Slack's client sends it: the signs it knows become `:name:`."""
    return _SIGNS.sub(lambda m: f":{_BY_SIGN[m[1]]}:", text)
