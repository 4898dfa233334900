"""Voices for what others gave: one a person for each, or the last one only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from core.engine.database import UtcField
from core.engine.scene import Dialogue
from core.members.models import Member
from rituals.kinds import Appointment
from rituals.models import Contribution


class Backing(Model):
    """Somebody's voice for what somebody gave: a question they would like answered, a nominee."""

    id = fields.IntField(primary_key=True)
    contribution: fields.ForeignKeyRelation[Contribution] = fields.ForeignKeyField(
        "amicale.Contribution", related_name=False, on_delete=fields.CASCADE
    )
    contribution_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "amicale.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    at = UtcField()

    class Meta:
        table = "ritual_backing"
        unique_together = (("contribution", "member"),)


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody's voice for one of the contributions, and when it was given."""

    member: int
    contribution: int
    at: datetime


def counted(voices: Iterable[Voice], *, single: bool = False) -> Counter[int]:
    """How many voices each contribution has; `single`: the last one of each person only."""
    ordered = sorted(voices, key=lambda voice: voice.at)
    if single:
        ordered = list({voice.member: voice for voice in ordered}.values())
    return Counter(voice.contribution for voice in ordered)


def first(counts: Counter[int], seats: int) -> tuple[int, ...]:
    """Who has the most voices, for so many seats: more where they are level for the last one."""
    best = sorted((count for count in counts.values() if count), reverse=True)[:seats]
    return tuple(sorted(one for one, count in counts.items() if best and count >= best[-1]))


async def toggle(dialogue: Dialogue, row: Contribution) -> bool:
    """Give one's voice, once more takes it back; says whether it is given now."""
    if await Backing.filter(contribution=row, member_id=dialogue.who.member).delete():
        return False
    await choose(dialogue, row)
    return True


async def choose(dialogue: Dialogue, row: Contribution) -> None:
    """Give one's voice; where one only counts, it is the last."""
    at = {"at": dialogue.now}
    await Backing.update_or_create(at, contribution=row, member_id=dialogue.who.member)


async def voices(found: Appointment) -> Sequence[Voice]:
    """The voices for what was given for a date; what a linked account said twice counts once."""
    rows = Backing.filter(contribution__occurrence=found.row, member__absorbed_by=None)
    return [Voice(row.member_id, row.contribution_id, row.at) for row in await rows.order_by("id")]
