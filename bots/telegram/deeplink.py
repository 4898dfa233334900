"""Links that open the private chat and go on with what was asked in the group.

https://core.telegram.org/bots/features#deep-linking: at most 64 of `A-Za-z0-9_-`.
"""

import base64

PAYLOAD_LENGTH = 64


def payload(asked: str) -> str:
    """What stands after `?start=` for a packed action or a command line.

    Empty when it does not fit: the link then only opens the private chat.
    """
    encoded = base64.urlsafe_b64encode(asked.encode()).decode().rstrip("=")
    return encoded if len(encoded) <= PAYLOAD_LENGTH else ""


def asked(payload: str) -> str:
    """Read back what `payload` wrote. Raises ValueError when it is no such text."""
    try:
        return base64.b64decode(
            payload + "=" * (-len(payload) % 4), altchars=b"-_", validate=True
        ).decode()
    except ValueError as error:
        raise ValueError("no such deep link") from error


def url(bot: str, *wishes: str) -> str:
    """The address that opens the private chat with a bot, and asks the first that fits."""
    start = next(filter(None, map(payload, wishes)), "")
    return f"https://t.me/{bot}?start={start}" if start else f"https://t.me/{bot}"
