"""Telegram's adapter: what it reads, what it says, and how it behaves on the wire."""
