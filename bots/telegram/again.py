"""Where facts wait that the core could not take, to be handed over again in the order they came."""

import asyncio

import structlog

from core.chat.adapter import Untaken

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds before those who wait are let go; they double while nothing can be taken."""

log = structlog.get_logger(__name__)


class Again:
    """One gate for all who wait: they go on at once, so that none overtakes another."""

    def __init__(self) -> None:
        self._pause = FIRST_PAUSE
        self._gate: asyncio.Event | None = None
        self._closed = False

    def open(self) -> None:
        """Begin anew."""
        self._closed = False
        self._pause = FIRST_PAUSE

    def close(self) -> None:
        """Nobody tries again: whoever waits, or comes, is told that it was not taken."""
        self._closed = True
        self._let_go()

    async def wait(self) -> None:
        """Wait for the next try. Raises Untaken when there is none."""
        if self._closed:
            raise Untaken
        if self._gate is None:
            log.warning("telegram.untaken", pause=self._pause)
            self._gate = asyncio.Event()
            asyncio.get_running_loop().call_later(self._pause, self._let_go)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        await self._gate.wait()
        if self._closed:
            raise Untaken

    def taken(self) -> None:
        """Something was taken at last: the next pause is short again."""
        self._pause = FIRST_PAUSE

    def _let_go(self) -> None:
        if self._gate is not None:
            gate, self._gate = self._gate, None
            gate.set()
