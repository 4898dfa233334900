"""Finding what is kept: what answers some words, what is close to a question, one entry whole."""

from collections.abc import Sequence

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from core.chat.actions import row_named
from core.engine.errors import Refused
from core.engine.models import Community
from core.engine.scene import Dialogue, Scene
from core.library import index, rules
from core.library.models import Entry
from core.library.rules import EntryState, Found, LibrarySettings
from core.library.words import MOST, terms

CANDIDATES = 50
"""How many entries of the index are looked at to choose the best few."""


async def search(scene: Scene, text: str) -> list[Entry]:
    """The published entries that answer some words, best first, at most five."""
    wanted = terms(text)[:MOST]
    found = await _found(scene.community, text)
    return await _entries(rules.best(wanted, found))


async def close_to(scene: Scene, text: str, limit: int | None = None) -> list[Entry]:
    """The published entries whose title asks nearly the same, closest first.

    At most `limit`, or what `[library]` says.
    """
    most = scene.settings(LibrarySettings).suggestions if limit is None else limit
    if not most:
        return []
    return await _entries(rules.close(text, await _found(scene.community, text), most))


async def _found(community: Community, text: str) -> list[Found]:
    rows = await index.candidates(community.id, terms(text)[:MOST], CANDIDATES)
    return [Found(**row) for row in rows]


async def _entries(ids: Sequence[int]) -> list[Entry]:
    rows = {row.id: row for row in await Entry.filter(id__in=list(ids))}
    return [rows[number] for number in ids]


async def readable(dialogue: Dialogue, named: str) -> Entry:
    """An entry that can be read. Raises Refused when it was taken back."""
    entry = await _published(dialogue.community).get_or_none(id=row_named(named))
    if entry is None:
        raise Refused("library.gone")
    return entry


async def helped(scene: Scene, named: str) -> None:
    """An entry answered somebody's question."""
    rows = _published(scene.community).filter(id=row_named(named))
    await rows.update(helped=F("helped") + 1)


async def size(community: Community) -> int:
    """How many entries can be found."""
    return await _published(community).count()


def _published(community: Community) -> QuerySet[Entry]:
    return Entry.filter(community=community, state=EntryState.PUBLISHED)
