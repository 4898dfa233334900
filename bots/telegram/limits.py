"""What Telegram lets a bot say, and where.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

from bots.pace import Limit
from bots.telegram.settings import TelegramSettings

OVERALL = Limit(30, 1)
"""Messages a second, in all chats together."""
CHAT = Limit(1, 1)
"""Messages a second in one chat; short bursts are let pass there, and we make none."""

SHOWN = ("send", "edit", "copy", "forward")
"""Methods that put something in a chat, which Telegram counts."""


def is_shown(method: str) -> bool:
    """Whether a method puts something in a chat."""
    return method.startswith(SHOWN) and method != "sendChatAction"


def scaled(limit: Limit, settings: TelegramSettings) -> Limit:
    """A limit with its window shortened as the settings say."""
    return Limit(limit.calls, limit.seconds / settings.scale)


def limits_of(chat: str, settings: TelegramSettings) -> tuple[Limit, ...]:
    """What holds in a chat; none where no pace is kept. A person's chat id is positive."""
    if not settings.group_per_minute:
        return ()
    own = scaled(CHAT, settings)
    if chat.isdigit():
        return (own,)
    return (own, scaled(Limit(settings.group_per_minute, 60), settings))
