"""Files that come with a command: read before the core is told, so that it never waits for one."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog

from core.chat.adapter import Answer, DeliveryError, Handle
from core.chat.events import DOCUMENT_BYTES, Attachment, CommandInvoked, Document, Event

Fetch = Callable[[Attachment], Awaitable[bytes]]

log = structlog.get_logger(__name__)


def reading(handle: Handle, fetch: Fetch) -> Handle:
    """The same `handle`, given commands whose file was read with an adapter's `fetch`.

    One that is too large, or cannot be read, stays an Attachment: the core says so.
    """

    async def read_first(event: Event) -> Answer:
        if isinstance(event, CommandInvoked) and isinstance(event.file, Attachment):
            event = await _read(event, event.file, fetch)
        return await handle(event)

    return read_first


async def _read(event: CommandInvoked, file: Attachment, fetch: Fetch) -> CommandInvoked:
    if file.size > DOCUMENT_BYTES:
        return event
    try:
        content = await fetch(file)
    except DeliveryError as error:
        log.warning("file.unread", delivery=event.delivery_id, reason=type(error).__name__)
        return event
    if len(content) > DOCUMENT_BYTES:  # the platform said less than it sent
        return replace(event, file=replace(file, size=len(content)))
    return replace(event, file=Document(file.name, content, file.media_type))
