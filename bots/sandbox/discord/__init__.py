"""A stand-in for Discord on loopback, for demonstrations and tests."""

from bots.sandbox.discord.sandbox import DiscordSandbox

__all__ = ["DiscordSandbox"]
