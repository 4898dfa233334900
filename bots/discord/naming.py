"""How what we make on Discord is named, so that it is known again."""

import hashlib

NONCE = 25
"""Characters of a nonce: https://docs.discord.com/developers/resources/message#create-message"""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def nonce(key: str) -> str:
    """The nonce of one part of one outbox row: the same at every attempt."""
    return hashlib.sha256(key.encode()).hexdigest()[:NONCE]


def shorten(words: str, limit: int) -> str:
    """The beginning of a text, cut between words."""
    if len(words) <= limit:
        return words
    kept = words[: limit - 1]
    return (kept.rsplit(" ", 1)[0] if " " in kept else kept).rstrip() + "…"


def mark_of(user: str) -> str:
    """How a person's private thread ends its name, so that it is found again after a restart."""
    number, code = int(user), ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        code = _DIGITS[digit] + code
    return f" · {code}"
