"""Who was trained: a file looked at, then imported; passports given and shown; what came of it."""

import csv
import io
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from pydantic import TypeAdapter
from tortoise.expressions import Q

from core.arrivals import reading, rules
from core.arrivals.models import ImportDraft, Trained
from core.arrivals.reading import Fault, Wrong
from core.arrivals.rules import ArrivalsSettings, Person, Plan, Seal, Stand
from core.charter.models import CharterAcceptance
from core.chat.actions import row_named
from core.chat.messages import File
from core.engagement.models import Activity
from core.engagement.rules import Kind
from core.engine.errors import Refused
from core.engine.scene import Dialogue, Scene
from core.members import service as members
from core.members.models import LinkAttempt
from core.members.rules import ALPHABET, door_reopens, written_code

KEPT = timedelta(days=1)
"""How long a file that nobody imported is kept."""

_people = TypeAdapter(list[Person])

# -- a file ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file would do: the people in it, what changes, the lines left out."""

    people: Sequence[Person]
    plan: Plan
    faults: Sequence[Fault]
    ignored: Sequence[str]


async def look(scene: Scene, content: bytes) -> Looked:
    """Read a CSV file and say what it would change; changes nothing. Raises Unreadable."""
    roll = reading.read(content)
    people, twice = _known_again(scene, roll.lines)
    found = rules.plan(people, {row.identity: row.person for row in await _everyone(scene)})
    faults = sorted([*roll.faults, *twice], key=lambda fault: fault.number)
    return Looked(people, found, faults, roll.ignored)


def _known_again(scene: Scene, lines: Iterable[reading.Line]) -> tuple[list[Person], list[Fault]]:
    """Each person of a file once, and the lines that name somebody again."""
    settings, seal = scene.settings(ArrivalsSettings), _seal(scene)
    people: dict[str, Person] = {}
    twice: list[Fault] = []
    for line in lines:
        known = rules.identity(seal, line.name, line.email, line.training, line.cohort)
        if known in people:
            twice.append(Fault(line.number, Wrong.TWICE, str(people[known].line)))
            continue
        email = "" if settings.hash_emails else line.email
        people[known] = Person(
            identity=known,
            name=line.name,
            email=email,
            training=line.training,
            cohort=line.cohort,
            ends=line.ends,
            certification=line.certification,
            line=line.number,
        )
    return [replace(person, line=0) for person in people.values()], twice


def _seal(scene: Scene) -> Seal:
    found = scene.settings_by_kind.get(Seal, Seal())
    assert isinstance(found, Seal)  # noqa: S101  the suite keys them by their type
    return found


async def _everyone(scene: Scene) -> list[Trained]:
    return await Trained.filter(community=scene.community).order_by("id")


async def bring_in(scene: Scene, people: Sequence[Person]) -> Plan:
    """Import people, each once whatever happens; says what changed. A second time nothing does.

    Who has joined already is celebrated when the file brings them a certification.
    """
    rows = {row.identity: row for row in await _everyone(scene)}
    found = rules.plan(people, {known: row.person for known, row in rows.items()})
    new = [
        Trained(community=scene.community, imported_at=scene.now, **_columns(person))
        for person in found.new
    ]
    await Trained.bulk_create(new, batch_size=500, ignore_conflicts=True)
    for before, after in found.changed:
        row = rows[before.identity]
        await Trained.filter(id=row.id).update(**_columns(after))
        if row.member_id is not None and after.certification != before.certification:
            key = f"{row.member_id}:{after.certification}"
            await scene.later("recognition.certified", key, scene.now)
    return found


def _columns(person: Person) -> dict[str, object]:
    told = asdict(person)
    del told["line"]
    return told


async def keep(dialogue: Dialogue, looked: Looked) -> ImportDraft:
    """Keep the people of a file until whoever showed it imports them; only the last file."""
    await ImportDraft.filter(member_id=dialogue.who.member).delete()
    told = _people.dump_python(list(looked.people), mode="json")
    return await ImportDraft.create(member_id=dialogue.who.member, people=told, at=dialogue.now)


async def take(dialogue: Dialogue, named: str) -> list[Person]:
    """The people of the file in hand, which is kept no longer.

    Raises Refused when it is not theirs, was imported, or is not the last one.
    """
    draft = await ImportDraft.get_or_none(id=row_named(named), member_id=dialogue.who.member)
    if draft is None:
        raise Refused("arrivals.draft_gone")
    await draft.delete()
    return _people.validate_python(draft.people)


async def tidy(scene: Scene) -> None:
    """Files nobody imported are forgotten, and e-mails where only their hash is to be kept."""
    await ImportDraft.filter(member__community=scene.community, at__lt=scene.now - KEPT).delete()
    if scene.settings(ArrivalsSettings).hash_emails:
        await Trained.filter(community=scene.community).exclude(email="").update(email="")


# -- passports ---------------------------------------------------------------------------------


async def issue(scene: Scene, cohort: str = "") -> list[Trained]:
    """Who was trained and has not joined, each with a code that is good; old ones are replaced.

    Of one cohort when it is named, whatever its case and accents.
    """
    rows = Trained.filter(community=scene.community, member_id=None).order_by("cohort", "name")
    wanted = rules.folded(cohort)
    waiting = [row for row in await rows if wanted in {"", rules.folded(row.cohort)}]
    life = scene.settings(ArrivalsSettings).passport_life
    for row in waiting:
        if row.code is None or row.code_until is None or row.code_until <= scene.now:
            row.code = "".join(secrets.choice(ALPHABET) for _ in range(rules.CODE_LENGTH))
            row.code_until, row.invited_at = scene.now + life, row.invited_at or scene.now
            await row.save(update_fields=["code", "code_until", "invited_at"])
    return waiting


def written(scene: Scene, rows: Sequence[Trained], head: Sequence[str], name: str) -> File:
    """Passports as a table that spreadsheets open; no cell of it is taken for a formula."""
    link = scene.settings(ArrivalsSettings).link
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(head)
    for row in rows:
        code, until = row.code or "", row.code_until
        leads = link.replace("{code}", code) if link else ""
        day = scene.local(until).strftime("%d/%m/%Y") if until else ""
        told = (row.name, row.email, row.training, row.cohort, code, leads, day)
        writer.writerow([rules.cell(value) for value in told])
    return File(name, out.getvalue().encode("utf-8-sig"), "text/csv")


async def closed_door(dialogue: Dialogue) -> bool:
    """Whether this person typed too many wrong codes this hour."""
    wrong = await LinkAttempt.filter(member_id=dialogue.who.member)
    return door_reopens([attempt.at for attempt in wrong], dialogue.now) is not None


async def show(dialogue: Dialogue, typed: str) -> Trained | None:
    """Somebody shows a code: they are the trained person it was made for.

    Their profile tells their training and cohort from now on. Showing one's own again changes
    nothing. None when it is no living code, which is counted like any wrong one.
    """
    code = written_code(typed)
    row = await Trained.get_or_none(community=dialogue.community, code=code)
    if row is not None and row.member_id == dialogue.who.member:
        return row
    free = Q(id=row.id if row else 0, member_id=None, code_until__gt=dialogue.now)
    joined = Trained.filter(free)
    if row is None or not await joined.update(
        member_id=dialogue.who.member, joined_at=dialogue.now
    ):
        await LinkAttempt.create(member_id=dialogue.who.member, at=dialogue.now)
        return None
    profile = await members.profile_of(dialogue.who.member)
    profile.training = row.training or profile.training
    profile.cohort = row.cohort or profile.cohort
    await members.save_profile(profile)
    return row


# -- how far people come -----------------------------------------------------------------------


async def stands(scene: Scene) -> list[Stand]:
    """How far each trained person came; who left has not joined."""
    rows = (
        await Trained.filter(community=scene.community)
        .order_by("id")
        .values_list("cohort", "ends", "invited_at", "member_id", "member__left_at")
    )
    here = sorted({member for _, _, _, member, left in rows if member and left is None})
    inside: set[int] = set()
    wrote: set[int] = set()
    for start in range(0, len(here), 500):  # SQLite takes a limited number of parameters
        some = here[start : start + 500]
        proofs = CharterAcceptance.filter(member_id__in=some)
        inside |= {row.member_id for row in await proofs.only("id", "member_id")}
        said = Activity.filter(member_id__in=some, kind__in=(Kind.MESSAGE, Kind.REPLY))
        wrote |= {
            int(str(one)) for one in await said.distinct().values_list("member_id", flat=True)
        }
    return [
        Stand(
            cohort=cohort,
            ends=ends,
            invited=invited is not None,
            joined=member is not None and left is None,
            accepted=member in inside,
            posted=member in wrote,
        )
        for cohort, ends, invited, member, left in rows
    ]


async def funnel(scene: Scene) -> rules.Funnel:
    """How many were trained, invited, joined, accepted the charter and wrote."""
    return rules.funnel(await stands(scene))
