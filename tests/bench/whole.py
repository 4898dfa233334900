"""The suite as it runs, its own rooms all there, with a word for each message committed."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields

import structlog

from bots.platforms import adapter
from bots.serving import settle
from bots.suite import Suite, app_of, menu_of, open_database
from config.community import load
from config.settings import Settings
from core.chat.adapter import Answer
from core.chat.events import Event, MessagePosted
from core.chat.identity import Channel, Platform
from core.chat.markup import plain
from core.chat.messages import Message
from core.engine import database
from core.engine.app import App
from core.engine.clock import SystemClock
from tests.bench.town import tell


class Counted(App):
    """The App, which tells of each message that it is committed."""

    through: Callable[[str], None]

    async def handle(self, event: Event) -> Answer:
        """Handle it, then tell."""
        answer = await super().handle(event)
        if isinstance(event, MessagePosted) and not event.message.channel.private:
            self.through(event.message.id)
        return answer


@asynccontextmanager
async def whole(
    platforms: tuple[Platform, ...], url: str, through: Callable[[str], None]
) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Start it on these platforms, and stop it; what it gives owes words to channels."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    settings = Settings(database_url=url)
    config = load(settings.config)
    clock = SystemClock()
    await open_database(url)
    try:
        app = await app_of(settings, config, clock)
        held = {f.name: getattr(app, f.name) for f in fields(app) if f.init}
        counted = Counted(**held)
        counted.through = through
        menu = menu_of(counted)
        for platform in platforms:
            counted.adapters[platform] = adapter(platform, settings, config, menu, clock)
        running = Suite(counted)
        await running.start()
        settle()

        async def owe(places: Mapping[str, Sequence[str]], each: int) -> None:
            async with database.transaction():
                for number in range(each):
                    for adapter_ in counted.adapters.values():
                        for place in places[adapter_.platform]:
                            words = Message(plain(f"Bonjour {number}"))
                            here = adapter_.workspace
                            await counted.scene().owe(words, Channel(here.platform, here.id, place))
            running.wake()
            tell(owed=True)

        try:
            yield owe
        finally:
            await running.stop()
    finally:
        await database.close()
