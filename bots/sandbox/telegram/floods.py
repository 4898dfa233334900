"""Telegram's flood control: what it lets a bot say in a second and in a minute, and the 429 after.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

import math
from collections import defaultdict, deque

from bots.sandbox.telegram.refusals import RefusedError

OVERALL = (30, 1.0)
CHAT = (1, 1.0)
GROUP = (20, 60.0)
SHOWN = ("send", "edit", "copy", "forward")


class Floods:
    """Refuses what comes faster than the published limits; each window is `scale` times shorter.

    Stricter than the platform, which lets short bursts pass in a chat. `refusals` counts.
    """

    def __init__(self, scale: float) -> None:
        self.refusals = 0
        self._scale = scale
        self._passed: defaultdict[tuple[str, float], deque[float]] = defaultdict(deque)

    def admit(self, method: str, chat: str, now: float) -> None:
        """Let a call pass at this moment (seconds on any clock), or raise 429."""
        if not method.startswith(SHOWN) or method == "sendChatAction":
            return
        limits = [("", OVERALL), (chat, CHAT)]
        if chat.startswith(("-", "@")):
            limits.append((chat, GROUP))
        windows = [
            (self._window(key, seconds, now), calls, seconds) for key, (calls, seconds) in limits
        ]
        waits = [passed[0] - now for passed, calls, _ in windows if len(passed) >= calls]
        if waits:
            self.refusals += 1
            left = max(1, math.ceil(max(waits)))
            raise RefusedError(429, f"Too Many Requests: retry after {left}", retry_after=left)
        for passed, _, seconds in windows:
            passed.append(now + seconds / self._scale)

    def _window(self, key: str, seconds: float, now: float) -> deque[float]:
        """When each call that still counts stops counting."""
        passed = self._passed[key, seconds]
        while passed and passed[0] <= now:
            passed.popleft()
        return passed
