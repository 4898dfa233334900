"""A database that takes nothing: facts are handed back, who asks is told, and nothing is lost."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tortoise.exceptions import OperationalError

from core.chat.adapter import Untaken
from core.chat.events import MemberJoined
from core.chat.identity import Platform
from core.chat.markup import words
from core.chat.messages import Reply
from core.engine.database import is_away, select, transaction
from core.engine.models import Community, SeenDelivery
from core.members.models import Member
from core.members.rules import MembersSettings
from tests.core.engine import handlers
from tests.core.engine.test_app import about
from tests.core.engine.test_hearing import Slow
from tests.core.engine.test_intake import all_of, runs, says
from tests.village import Village, village

MODULES = ["core.engine.models", "core.members.models"]


@pytest.fixture
async def place(locales: Path, tmp_path: Path) -> AsyncIterator[Village]:
    url = f"sqlite://{tmp_path}/a.sqlite3"
    settings: dict[type, object] = {MembersSettings: MembersSettings()}
    async with village(MODULES, [handlers.routes], settings, locales=locales, url=url) as made:
        handlers.NOTED.clear()
        yield made


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another process writes, and does not end."""
    other = sqlite3.connect(folder / "a.sqlite3", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


async def test_facts_are_handed_back_until_they_are_taken(place: Village, tmp_path: Path) -> None:
    alice = place.person("Alice")
    said = [says(alice, f"mot {n}") for n in range(3)]
    came = MemberJoined(**about(alice))  # type: ignore[arg-type]  # the common fields
    await all_of(place, says(alice, "bonjour"))
    with locked(tmp_path):
        handed = [place.app.handle(event) for event in (*said, came)]
        back = await asyncio.gather(*handed, return_exceptions=True)
    assert [type(why) for why in back] == [Untaken] * 4
    assert await SeenDelivery.all().count() == 1
    await all_of(place, *said, came)
    assert await SeenDelivery.all().count() == 5
    assert handlers.NOTED == [["Alice bonjour"], ["Alice mot 0", "Alice mot 1", "Alice mot 2"]]


@pytest.mark.parametrize("again", ["handed over", "in the history"])
async def test_what_was_handed_back_holds_the_mark(
    place: Village, tmp_path: Path, again: str
) -> None:
    alice, discord = place.person("Alice"), place.adapters[Platform.DISCORD]
    await place.app.catch_up(Platform.DISCORD)
    lost = says(alice, "perdu")
    with locked(tmp_path), pytest.raises(Untaken):
        await place.app.handle(lost)
    place.clock.advance(minutes=5)
    await all_of(place, says(alice, "mot"))
    await place.app.drain()
    assert await place.app.heard(discord.workspace) == lost.at
    if again == "handed over":
        await all_of(place, lost)
    else:
        discord.missed = [lost]
        assert await place.app.catch_up(Platform.DISCORD) == 1
    await place.app.drain()
    assert await place.app.heard(discord.workspace) == place.clock.now()


async def test_what_was_handed_back_while_a_history_was_read_holds_the_mark_too(
    place: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.hearing.PATIENCE", 0.05)
    alice, discord = place.person("Alice"), place.adapters[Platform.DISCORD]
    await place.app.catch_up(Platform.DISCORD)
    history = Slow()
    discord.history = history  # type: ignore[method-assign,assignment]  # a slow history
    reading = asyncio.create_task(place.app.catch_up(Platform.DISCORD))
    await history.began.wait()
    lost = says(alice, "perdu")  # after its channel was read
    with locked(tmp_path), pytest.raises(Untaken):
        await place.app.handle(lost)
    place.clock.advance(minutes=5)
    history.goes_on.set()
    await reading
    assert await place.app.heard(discord.workspace) == lost.at


async def test_a_group_is_handed_back_whole(place: Village, tmp_path: Path) -> None:
    alice = place.person("Alice")
    with locked(tmp_path):
        tasks = [place.app.handle(says(alice, f"mot {n}")) for n in range(3)]
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(failure) for failure in ended] == [Untaken] * 3
    assert not await Member.exists()


async def test_who_asks_is_told_that_nothing_was_recorded(place: Village, tmp_path: Path) -> None:
    alice = place.person("Alice")
    with locked(tmp_path):
        answer = await place.app.handle(runs(alice, "devoir"))
    assert isinstance(answer, Reply)
    assert "rien n’a été fait" in words(answer.message.text)


@pytest.mark.usefixtures("place")
async def test_a_lock_is_not_waited_for_longer_than_an_answer_may_take() -> None:
    (row,) = await select("PRAGMA busy_timeout")
    assert list(row.values()) == [2000]
    (row,) = await select("PRAGMA cache_size")
    assert list(row.values()) == [-16384]


@pytest.mark.usefixtures("place")
async def test_a_wrong_statement_is_no_database_that_is_away() -> None:
    with pytest.raises(OperationalError) as wrong:
        await select("SELECT nothing FROM nowhere")
    assert not is_away(wrong.value)
    assert not is_away(ValueError("the form is full of mistakes"))


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (sqlite3.OperationalError("database or disk is full"), True),
        (sqlite3.OperationalError("attempt to write a readonly database"), True),
        (sqlite3.OperationalError("no such column: x"), False),
        (sqlite3.ProgrammingError("Cannot operate on a closed database."), True),
        (ConnectionRefusedError(), True),
        (RuntimeError("disk I/O"), False),
    ],
)
def test_what_the_drivers_say_is_understood(error: Exception, away: bool) -> None:  # noqa: FBT001  a table
    assert is_away(error) is away
    wrapped = OperationalError("wrapped")
    wrapped.__cause__ = error
    assert is_away(wrapped) is away


@pytest.mark.usefixtures("place")
async def test_what_a_lock_kept_out_says_so_and_changes_nothing(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(OperationalError) as failed:
        async with transaction():
            await Community.all().update(name="B")
    assert is_away(failed.value)
    assert (await Community.get()).name == "Essai"
