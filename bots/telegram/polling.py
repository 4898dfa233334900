"""Asking Telegram for updates, and confirming them only once they are handled."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bots.telegram.api import JSON, Api
from bots.telegram.incoming import ALLOWED_UPDATES
from bots.telegram.lanes import Task, taken
from core.chat.adapter import DeliveryError, RateLimited

BATCH = 100
"""Updates of one answer, and so in hand at once; the most Telegram gives (bots/api#getupdates)."""
WAIT = 25
"""Seconds Telegram holds a question without an answer (bots/api#getupdates advises no zero)."""
LONGEST_PAUSE = 15.0
"""Seconds between two tries when Telegram does not answer."""

log = structlog.get_logger(__name__)

Take = Callable[[JSON], Awaitable[Task]]
"""Takes an update in hand; the task ends when it is handled."""


class Poll:
    """The loop on `getUpdates`.

    Telegram forgets an update when a later one is asked for, so the next question is asked only
    after all of an answer's updates are handled; python-telegram-bot's own updater asks at once.
    """

    def __init__(self, api: Api, take: Take) -> None:
        self._api = api
        self._take = take
        self._next: int | None = None
        self._in_hand: list[tuple[int, Task]] = []
        self._task: asyncio.Task[None] | None = None
        self.trouble = ""

    async def start(self) -> None:
        """Begin to ask. Raises DeliveryError when Telegram refuses polling.

        A first question that confirms nothing tells Telegram what we want before `start` returns:
        what happens before that is never delivered.
        """
        await self._api.call("deleteWebhook", {"drop_pending_updates": False})
        wanted = {"timeout": 0, "limit": 1, "allowed_updates": list(ALLOWED_UPDATES)}
        await self._api.call("getUpdates", wanted)
        self._task = asyncio.create_task(self._run())

    async def pause(self) -> None:
        """Ask for nothing more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def confirm(self) -> None:
        """Tell Telegram what was handled, so that it is not delivered again."""
        self._advance()
        if self._next is None:
            return
        data = {"offset": self._next, "limit": 1, "timeout": 0}
        try:
            await self._api.call("getUpdates", data, wait=2)
        except DeliveryError as error:
            log.info("telegram.not_confirmed", reason=str(error))

    async def _run(self) -> None:
        pause = 0.5
        while True:
            try:
                updates = await self._ask()
                pause, self.trouble = 0.5, ""
            except DeliveryError as error:
                self.trouble = str(error)
                asked = error.retry_after if isinstance(error, RateLimited) else 0
                log.warning("telegram.no_updates", reason=str(error), pause=max(pause, asked))
                await asyncio.sleep(max(pause, asked))
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            for update in updates:
                if isinstance(update, dict) and isinstance(update.get("update_id"), int):
                    self._in_hand.append((update["update_id"], await self._take(update)))
                else:
                    log.warning("telegram.update_refused", error="no update_id")
            if self._in_hand:
                await asyncio.wait([task for _, task in self._in_hand])
            self._advance()

    async def _ask(self) -> list[JSON]:
        # After a failure one short question, so that it is known at once that Telegram is back.
        wait = 0 if self.trouble else WAIT
        data: JSON = {"limit": BATCH, "timeout": wait, "allowed_updates": list(ALLOWED_UPDATES)}
        if self._next is not None:
            data["offset"] = self._next
        updates = await self._api.call("getUpdates", data, wait=wait + 10)
        return updates if isinstance(updates, list) else []

    def _advance(self) -> None:
        """Move past what is handled, up to the first update that is not.

        Not to the highest number: after a quiet week Telegram begins anew, anywhere.
        """
        handled = 0
        for number, task in self._in_hand:
            if not taken(task):
                break
            handled += 1
            self._next = number + 1
        del self._in_hand[:handled]
