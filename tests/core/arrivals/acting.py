"""What people do about arrivals again and again in these stories."""

import csv
import io

from bots.sandbox.memory_people import MemoryPerson
from core.arrivals.models import Trained
from core.members.models import MemberAccount
from tests.village import Village, latest

HEAD = "Nom;E-mail;Formation;Promotion;Date de fin;Certification"
ALICE = "Alice Durand;alice@exemple.fr;Bilan;2025-A;30/06/2025;"
BOB = "Bob Martin;bob@exemple.fr;Coaching;2025-B;31/12/2025;"


def table(*lines: str) -> tuple[str, bytes]:
    """A file of these lines, below the names of the columns."""
    return "membres.csv", "\n".join([HEAD, *lines]).encode()


async def shows(admin: MemoryPerson, *lines: str) -> str:
    """An admin shows a file; says what it would change."""
    await admin.runs("/import", file=table(*lines))
    return latest(admin).text


async def imports(admin: MemoryPerson, *lines: str) -> None:
    """An admin imports a file."""
    await shows(admin, *lines)
    await admin.presses("Importer")


async def codes(admin: MemoryPerson, cohort: str = "") -> dict[str, str]:
    """The codes an admin is given, by name."""
    await admin.runs(f"/passeports {cohort}".strip())
    return {row["nom"]: row["code"] for row in given(admin)}


def given(person: MemoryPerson) -> list[dict[str, str]]:
    """The lines of the last file somebody was sent."""
    files = [file for shown in person.town.messages for file in shown.files]
    return list(csv.DictReader(io.StringIO(files[-1].content.decode("utf-8-sig")), delimiter=";"))


async def accepts(person: MemoryPerson) -> None:
    """Read the charter and accept it."""
    await person.runs("/charte lire")
    await person.presses("J’accepte la charte")


async def comes(person: MemoryPerson) -> None:
    """Arrive and accept the charter."""
    await person.joins()
    await accepts(person)


async def known(place: Village, name: str) -> Trained:
    """Somebody who was imported."""
    return await Trained.get(community=place.app.community, name=name)


async def member(person: MemoryPerson) -> int:
    """The member behind somebody who did something before."""
    account = MemberAccount.get(platform=person.town.platform, user=person.id)
    return (await account).member_id
