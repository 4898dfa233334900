"""An entry's life: proposed, agreed to by its authors, looked at by the team, found, taken back."""

from collections.abc import Sequence

from core.attention import service as attention
from core.attention.service import Priority, Wish
from core.chat.actions import Action, row_named
from core.engine.errors import Refused
from core.engine.models import Community
from core.engine.scene import Dialogue, Scene, Speaker
from core.library import pages, rules
from core.library.models import Entry, EntryAuthor
from core.library.rules import EntryState, Kind, LibrarySettings, Voice
from core.library.words import kept
from core.members.models import Member

# -- what comes in -----------------------------------------------------------------------------


async def propose(
    scene: Scene,
    kind: Kind,
    title: str,
    text: str = "",
    *,
    authors: Sequence[int],
    source: str,
    link: str = "",
    topic: str = "",
) -> Entry | None:
    """Propose something, once for each `source` (`rituals:12`); None when it was before.

    All `authors` are asked for their agreement before anybody sees it; without authors it waits
    for the team alone. Nothing of what others wrote is copied: with an empty `text` the first
    author is asked to write it in words of their own, then the others are shown what is kept.
    """
    words = rules.cut(title, text, link, topic)
    entry, made = await Entry.get_or_create(
        {"kind": kind, "proposed_at": scene.now, **words},
        community=scene.community,
        source=source,
    )
    if not made:
        return None
    for author in dict.fromkeys(authors):
        await EntryAuthor.create(entry=entry, member_id=author)
    await _ask(scene, entry)
    return entry


async def _ask(scene: Scene, entry: Entry) -> None:
    """Ask whoever is to write it, or to agree; once for each version of it."""
    voices, names = await _voices(entry), await names_of(entry)
    until = entry.proposed_at + scene.settings(LibrarySettings).patience
    for member in rules.to_ask(voices, written=entry.written):
        wish = Wish(
            kind="library.agree" if entry.written else "library.write",
            key=f"{entry.id}:{entry.version}",
            say=pages.to_agree(scene, entry, names)
            if entry.written
            else pages.to_write(scene, entry),
            priority=Priority.LOW,
            guard=Action("library.waits", f"{entry.id}:{entry.version}"),
            until=until,
            skip=Action("library.decline", str(entry.id)),
        )
        await attention.solicit(scene, member, wish)


async def _voices(entry: Entry) -> list[Voice]:
    """Its authors as they are linked now, who writes it first."""
    rows = await EntryAuthor.filter(entry=entry).order_by("id").select_related("member")
    return [Voice(row.member.absorbed_by or row.member_id, row.agreed_at) for row in rows]


async def still_waits(scene: Scene, named: str) -> bool:
    """Whether an entry still waits for agreement in that very version."""
    number, _, version = named.partition(":")
    entry = await Entry.get_or_none(id=row_named(number), community=scene.community)
    if entry is None or entry.state is not EntryState.PROPOSED:
        return False
    return str(entry.version) == version


# -- what its authors do -----------------------------------------------------------------------


async def locked(scene: Scene, named: str) -> Entry | None:
    """The entry an argument names, alone with it until the transaction ends; None without one.

    An author may take back what a moderator keeps at that very moment, in another process: what
    was read before would be written over what was erased.
    """
    rows = Entry.filter(id=row_named(named), community=scene.community)
    return await rows.select_for_update().first()


async def my_entry(dialogue: Dialogue, named: str) -> Entry:
    """An entry of whoever acts, locked. Raises Refused when it is not theirs, or there is none."""
    entry = await locked(dialogue, named)
    if entry is None or not entry.title:
        raise Refused("library.gone")
    if not await _mine(dialogue.who, entry):
        raise Refused("library.not_yours")
    return entry


async def _mine(who: Speaker, entry: Entry) -> list[EntryAuthor]:
    """What somebody is in an entry; twice where two linked accounts both were its authors."""
    people = [row.id for row in await Member.filter(absorbed_by=who.member)]
    rows = EntryAuthor.filter(entry=entry, member_id__in=[who.member, *people])
    return await rows.order_by("id")


async def write(dialogue: Dialogue, entry: Entry, text: str) -> None:
    """The first author writes it, or corrects it; the others are shown what it became.

    Raises Refused when it is not theirs to write, or was published.
    """
    first = await EntryAuthor.filter(entry=entry).order_by("id").first()
    mine = {row.id for row in await _mine(dialogue.who, entry)}
    if first is None or first.id not in mine:
        raise Refused("library.not_yours")
    if entry.state is not EntryState.PROPOSED:
        raise Refused("library.kept_already")
    entry.text, entry.version = text.strip(), entry.version + 1
    await entry.save(update_fields=["text", "version"])
    await EntryAuthor.filter(entry=entry).update(agreed_at=None)
    await agree(dialogue, entry)
    await _ask(dialogue, entry)


async def agree(dialogue: Dialogue, entry: Entry) -> None:
    """Somebody agrees to the entry as it stands; the team sees it once all did."""
    mine = [row.id for row in await _mine(dialogue.who, entry)]
    await EntryAuthor.filter(id__in=mine, agreed_at=None).update(agreed_at=dialogue.now)


async def withdraw(entry: Entry) -> None:
    """An author does not want it kept, or no longer: nothing of it is."""
    await _erase(entry, EntryState.WITHDRAWN)


async def drop(scene: Scene, source: str) -> None:
    """What it comes from is gone: nothing of it is kept, unless its authors agreed before."""
    rows = Entry.filter(community=scene.community, source=source, state=EntryState.PROPOSED)
    for entry in await rows.select_for_update():
        if not await _agreed(entry):
            await withdraw(entry)


async def _erase(entry: Entry, state: EntryState) -> None:
    """Only its source is known from now on, so that nobody is asked again."""
    emptied = {"title": "", "text": "", "link": "", "topic": "", "head": "", "body": ""}
    await entry.update_from_dict({**emptied, "state": state, "published_at": None}).save()
    await EntryAuthor.filter(entry=entry).delete()


async def of_member(dialogue: Dialogue, skipped: int = 0) -> tuple[list[Entry], int]:
    """A page of what somebody is an author of, the newest first, and how much there is in all."""
    rows = EntryAuthor.filter(member_id=dialogue.who.member, entry__community=dialogue.community)
    page = rows.order_by("-entry_id").offset(skipped).limit(rules.PAGE)
    return [row.entry for row in await page.select_related("entry")], await rows.count()


async def names_of(entry: Entry) -> list[str]:
    """What its authors are called, each once."""
    people = [voice.member for voice in await _voices(entry)]
    called = {row.id: row.name for row in await Member.filter(id__in=people)}
    return [called[person] for person in dict.fromkeys(people)]


async def tidy(scene: Scene) -> None:
    """What nobody agreed to in all that time is erased."""
    before = scene.now - scene.settings(LibrarySettings).patience
    rows = Entry.filter(community=scene.community, state=EntryState.PROPOSED)
    for entry in await rows.filter(proposed_at__lt=before).select_for_update():
        if not await _agreed(entry):
            await _erase(entry, EntryState.WITHDRAWN)


# -- what the team does ------------------------------------------------------------------------


async def to_curate(community: Community) -> list[Entry]:
    """What all authors agreed to and nobody of the team looked at, the oldest first."""
    waits = EntryAuthor.filter(entry__community=community, agreed_at=None)
    missing = {row.entry_id for row in await waits.only("id", "entry_id")}
    rows = Entry.filter(community=community, state=EntryState.PROPOSED)
    found = await rows.order_by("proposed_at", "id")
    return [entry for entry in found if entry.written and entry.id not in missing]


async def _agreed(entry: Entry) -> bool:
    return rules.agreed(await _voices(entry), written=entry.written)


async def waiting_one(dialogue: Dialogue, named: str) -> Entry:
    """The entry a moderator's button is about, locked. Raises Refused when it no longer waits."""
    entry = await locked(dialogue, named)
    if entry is None or entry.state is not EntryState.PROPOSED:
        raise Refused("library.looked_at")
    if not await _agreed(entry):
        raise Refused("library.not_agreed")
    return entry


async def kept_one(dialogue: Dialogue, named: str) -> Entry:
    """The same for what can be found. Raises Refused when it was taken back."""
    entry = await locked(dialogue, named)
    if entry is None or entry.state is not EntryState.PUBLISHED:
        raise Refused("library.gone")
    return entry


async def publish(dialogue: Dialogue, entry: Entry) -> None:
    """It can be found from now on; its authors are told, and how to take it back."""
    entry.state, entry.published_at = EntryState.PUBLISHED, dialogue.now
    entry.curated_by_id = dialogue.who.member
    await _index(entry)
    await _tell(dialogue, entry, "library.published")


async def retitle(dialogue: Dialogue, entry: Entry, title: str) -> None:
    """A title that is found better; its authors read it when it is published."""
    entry.title, entry.curated_by_id = title, dialogue.who.member
    await entry.save(update_fields=["title", "curated_by_id"])


async def refuse(dialogue: Dialogue, entry: Entry) -> None:
    """It is not kept, or no longer; its authors are told, and nothing of it stays."""
    kept_before = entry.state is EntryState.PUBLISHED
    await _tell(dialogue, entry, "library.removed" if kept_before else "library.refused")
    entry.curated_by_id = dialogue.who.member
    await _erase(entry, EntryState.REFUSED)


async def _tell(scene: Scene, entry: Entry, key: str) -> None:
    say = pages.outcome(scene, entry, key)
    for member in dict.fromkeys(voice.member for voice in await _voices(entry)):
        await attention.tell(scene, member, say, patient=True)


async def _index(entry: Entry) -> None:
    entry.head, entry.body = kept(f"{entry.title} {entry.topic}"), kept(entry.text)
    await entry.save()
