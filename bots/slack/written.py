"""Reads Slack's markup back into what a person wrote, and writes text that stays text."""

import re

from bots.slack.emoji import with_emoji
from core.chat.identity import Account, Platform

_MARKED = re.compile(r"[<&:]")
# https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
_ANGLES = re.compile(r"<([@#!])?([^<>|]*)(?:\|([^<>]*))?>")


def escaped(text: str) -> str:
    """`text` as Slack wants plain words: the three characters that begin its own markup.

    Source: https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """The reverse of `escaped`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def plain(text: str) -> str:
    """What somebody wrote, mentions and links as words, emoji as emoji."""
    if not _MARKED.search(text):
        return text
    return with_emoji(unescaped(_ANGLES.sub(_words, text)))


def mentioned(text: str, workspace: str) -> tuple[Account, ...]:
    """The people named in a text, once each, in order."""
    if "<@" not in text:
        return ()
    users = dict.fromkeys(match[2] for match in _ANGLES.finditer(text) if match[1] == "@")
    return tuple(Account(Platform.SLACK, workspace, user) for user in users if user)


def _words(match: re.Match[str]) -> str:
    kind, target, label = match[1], match[2], match[3]
    if kind in {"@", "#"}:
        return f"{kind}{label or target}"
    if kind == "!":  # <!here>, <!subteam^S1|@trainers>, <!date^…|fallback>
        return label or f"@{target.partition('^')[0]}"
    target = target.removeprefix("mailto:")
    if not label or target.endswith(label):
        return label or target
    return f"{label} ({target})"
