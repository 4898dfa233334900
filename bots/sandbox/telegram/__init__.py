"""A Bot API server on loopback, and the people who use its groups."""

from bots.sandbox.telegram.people import TelegramPerson
from bots.sandbox.telegram.sandbox import TelegramSandbox

__all__ = ["TelegramPerson", "TelegramSandbox"]
