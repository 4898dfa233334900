"""What was delivered while the database was locked is written when it is back, never sent twice."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from core.chat.identity import Destination, MessageRef, Platform
from core.chat.messages import Message, Text
from core.engine.models import OutboxMessage, State
from core.members.handlers import routes as members
from core.members.rules import MembersSettings
from tests.village import village

MODULES = ["core.engine.models", "core.members.models"]


async def test_what_was_sent_while_the_database_was_locked_is_sent_once(tmp_path: Path) -> None:
    file = tmp_path / "amicale.sqlite3"
    url = f"sqlite://{file}?busy_timeout=20"
    settings: dict[type, object] = {MembersSettings: MembersSettings()}
    async with village(MODULES, [members], settings, url=url) as place:
        slack = place.adapters[Platform.SLACK]
        original, sent = slack.send, asyncio.Event()
        with closing(sqlite3.connect(file, isolation_level=None)) as other:

            async def send(message: Message, to: Destination, *, key: str) -> MessageRef:
                ref = await original(message, to, key=key)
                if not sent.is_set():
                    other.execute("BEGIN IMMEDIATE")
                    sent.set()
                return ref

            slack.send = send  # type: ignore[method-assign]  # the lock falls between sending and writing
            for text in ("un", "deux"):
                await place.app.scene().owe(Message(Text(text)), slack.channel("entraide"))
            await place.app.begin(Platform.SLACK)
            await sent.wait()
            await asyncio.sleep(0.1)
            assert [m.text for m in slack.messages] == ["un"]
            other.execute("ROLLBACK")
            await place.app.deliver(Platform.SLACK)
        assert [m.text for m in slack.messages] == ["un", "deux"]
        assert {row.state for row in await OutboxMessage.all()} == {State.DONE}
