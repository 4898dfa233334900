"""Rate limits as Discord announces and enforces them, and those it is told to invent."""

import asyncio
import math
import time
import zlib
from dataclasses import dataclass

from bots.sandbox.discord.routing import Endpoint
from bots.sandbox.discord.state import Json

MAJOR = ("channel_id", "guild_id", "token")  # docs: Topics / Rate Limits
OVERALL = (50, 1.0)  # docs: Topics / Rate Limits, "Global Rate Limit"
UNBOUND = ("/interactions/", "/webhooks/")  # as above: these are not bound to it
BUCKETS = {  # what Discord's headers have long said; no figure is published
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
}


@dataclass(slots=True)
class Limit:
    """An order to answer 429 to a route, given as a template or as the start of a real one."""

    route: str
    times: int
    retry_after: float


class TooMany(Exception):
    """A request over a limit (docs: Topics / Rate Limits, "Exceeding A Rate Limit")."""

    def __init__(self, headers: dict[str, str], wait: float, *, overall: bool = False) -> None:
        super().__init__()
        scope = "global" if overall else "user"
        told = {"Retry-After": str(math.ceil(wait)), "X-RateLimit-Scope": scope}
        self.headers = headers | told | {"Via": "1.1 sandbox"}
        self._wait = wait
        self._overall = overall
        if overall:
            self.headers["X-RateLimit-Global"] = "true"

    def body(self) -> Json:
        """What the client reads."""
        said = "You are being rate limited."
        return {"message": said, "retry_after": self._wait, "global": self._overall}


@dataclass(slots=True)
class Window:
    """How much of a bucket is used since it was last reset."""

    opened: float
    used: int = 0


class Limits:
    """Every bucket. `published`: enforce Discord's own, their windows `scale` times shorter.

    Otherwise each bucket holds `per_second`. `refused` counts what a client's own pace drew, the
    ordered refusals apart.
    """

    def __init__(self, *, per_second: int, published: bool, scale: float) -> None:
        self.ordered: list[Limit] = []
        self.refused = 0
        self._per_second = per_second
        self._published = published
        self._scale = scale
        self._windows: dict[str, Window] = {}

    def metered(self, endpoint: Endpoint, values: dict[str, str], path: str) -> dict[str, str]:
        """Count a request; the headers of its bucket. Raises TooMany when that is empty."""
        template = f"{endpoint.method} {endpoint.template}"
        self._overall(path)
        calls, seconds = self._size(template)
        major = ":".join(values[key] for key in MAJOR if key in values)
        window, reset = self._window(f"{template}:{major}", seconds)
        ordered = self._ordered(f"{endpoint.method} {path}", template)
        wait = ordered if ordered is not None else reset
        is_over = ordered is not None or window.used > calls
        left = 0 if is_over else calls - window.used
        after = wait if is_over else reset
        headers = {
            "X-RateLimit-Limit": str(calls),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": f"{zlib.crc32(template.encode()):08x}",
        }
        if is_over:
            self.refused += ordered is None
            raise TooMany(headers, wait)
        return headers

    def _overall(self, path: str) -> None:
        if not self._published or path.startswith(UNBOUND):
            return
        calls, seconds = OVERALL
        window, reset = self._window("", seconds / self._scale)
        if window.used > calls:
            self.refused += 1
            raise TooMany({}, reset, overall=True)

    def _size(self, template: str) -> tuple[int, float]:
        if self._published and template in BUCKETS:
            calls, seconds = BUCKETS[template]
            return calls, seconds / self._scale
        return self._per_second, 1.0

    def _window(self, key: str, seconds: float) -> tuple[Window, float]:
        """That bucket's window with this request counted, and the seconds until it is reset."""
        now = asyncio.get_running_loop().time()
        window = self._windows.get(key)
        if window is None or now - window.opened >= seconds:
            window = self._windows[key] = Window(now)
        window.used += 1
        return window, max(0.001, seconds - (now - window.opened))

    def _ordered(self, real: str, template: str) -> float | None:
        for limit in self.ordered:
            if limit.times and (limit.route == template or real.startswith(limit.route)):
                limit.times -= 1
                return limit.retry_after
        return None
