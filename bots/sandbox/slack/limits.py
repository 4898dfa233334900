"""The limits Slack publishes, enforced: how often each method may be called.

https://docs.slack.dev/apis/web-api/rate-limits and the «Rate limits» line of each method's page.
"""

import asyncio
import math
from collections import defaultdict, deque

from .kit import names

MINUTE = 60.0
POSTS = "chat.postMessage"  # special: one message a second in a channel
TIERS = {
    20: names("conversations.list usergroups.list users.list"),
    50: names(
        "chat.delete chat.update conversations.history conversations.info conversations.invite "
        "conversations.join conversations.kick conversations.open conversations.replies "
        "reactions.add reactions.get reactions.remove users.conversations"
    ),
    100: names(
        "chat.postEphemeral conversations.members files.completeUploadExternal "
        "files.getUploadURLExternal users.info views.open views.publish views.update"
    ),
}
"""Calls a minute, of the app in the workspace. Slack allows more in bursts but says not how many;
here there are none. apps.connections.open (1 a minute) is left out: its bursts are the rule."""
_A_MINUTE = {method: calls for calls, methods in TIERS.items() for method in methods}


class TooMany(Exception):
    """HTTP 429; `retry_after` is in whole seconds, as Slack says it."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class Published:
    """The calls of the last minute, which is `scale` times shorter than a minute."""

    def __init__(self, scale: float) -> None:
        self.refusals = 0
        self._scale = scale
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def count(self, method: str, channel: str) -> None:
        """One more call. Raises TooMany when it is one too many: it then does not count."""
        if method == POSTS:
            self._within(f"{method} {channel}", 1, 1.0 / self._scale)
        elif method in _A_MINUTE:
            self._within(method, _A_MINUTE[method], MINUTE / self._scale)

    def _within(self, what: str, most: int, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        calls = self._calls[what]
        while calls and calls[0] <= now - seconds:
            calls.popleft()
        if len(calls) >= most:
            self.refusals += 1
            raise TooMany(max(1, math.ceil(calls[0] + seconds - now)))
        calls.append(now)
