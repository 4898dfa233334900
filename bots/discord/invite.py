"""The address that adds the bot to a server, asking for exactly the rights it uses."""

from urllib.parse import urlencode

AUTHORIZE = "https://discord.com/oauth2/authorize"
"""https://docs.discord.com/developers/topics/oauth2#bot-authorization-flow"""

SCOPES = ("bot", "applications.commands")
"""To be a member of the server, and to publish slash commands in it."""

PERMISSIONS: dict[str, tuple[int, str]] = {
    "view_channel": (1 << 10, "read the configured channels"),
    "send_messages": (1 << 11, "speak in them"),
    "attach_files": (1 << 15, "post the digest's chart, and files such as an agenda"),
    "read_message_history": (1 << 16, "answer a message and open a thread below it"),
    "create_polls": (1 << 49, "ask the polls of rituals"),
    "manage_roles": (1 << 28, "give and take the role that opens the gate"),
    "create_public_threads": (1 << 35, "give each question its thread"),
    "create_private_threads": (1 << 36, "write to somebody who refuses direct messages"),
    "send_messages_in_threads": (1 << 38, "speak in those threads"),
    "create_events": (1 << 44, "put gatherings among the server's events"),
}
"""Permission (as discord.py names it) to its bit and the reason we ask for it.

Bits: https://docs.discord.com/developers/topics/permissions#permissions-bitwise-permission-flags
"""


def permissions() -> int:
    """The bit field of everything we ask for, and nothing else."""
    return sum(bit for bit, _ in PERMISSIONS.values())


def invite_url(application_id: str) -> str:
    """The address an administrator of the server opens to add the bot."""
    query = {
        "client_id": application_id,
        "scope": " ".join(SCOPES),
        "permissions": str(permissions()),
    }
    return f"{AUTHORIZE}?{urlencode(query)}"
