"""What an operator sets to be on Telegram, readable without loading the chat library."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.chat.identity import Purpose

API_URL = "https://api.telegram.org/bot"
FILE_URL = "https://api.telegram.org/file/bot"
GROUP_PER_MINUTE = 20
"""Messages a group takes in a minute (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits)."""


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """Secrets, addresses, and where things are said.

    `workspace` is the group's chat id as text (`-1001234567890`). A channel is `chat_id`,
    `chat_id/topic_id`, `@public_group`, the name of a topic of the group, or empty or `general`
    for the group itself. An empty `webhook_url` means long polling; otherwise the public https
    address Telegram calls, served on `webhook_listen:webhook_port`, and `webhook_secret` (1 to
    256 of `A-Za-z0-9_-`) is what it must show; left empty, a new one is drawn at each start.
    `group_per_minute` is the pace kept in a group, in messages a minute; 0 keeps no pace at all,
    nowhere (a stand-in that limits nothing). `scale` shortens the windows of every limit so many
    times, for a stand-in that enforces them shortened.
    """

    token: str = field(repr=False)
    workspace: str
    channels: Mapping[Purpose, str] = field(default_factory=dict)
    api_url: str = API_URL
    file_url: str = FILE_URL
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    webhook_listen: str = "127.0.0.1"
    webhook_port: int = 8443
    group_per_minute: int = GROUP_PER_MINUTE
    scale: float = 1.0
