"""The ready programme of a year, and what of it is still to be adopted. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from rituals.rules import RitualSettings, each_once


class Year(BaseModel):
    """`programme.toml`: the rituals a community adopts with one command, `[[programme]]` each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    programme: tuple[RitualSettings, ...] = ()

    _once_each = field_validator("programme")(each_once)


@dataclass(frozen=True, slots=True)
class Adoption:
    """What adopting would do: the rituals that are new, and those that keep their place."""

    new: tuple[RitualSettings, ...]
    kept: tuple[RitualSettings, ...]


def adoption(year: Year, programme: Sequence[RitualSettings]) -> Adoption:
    """What of a year is new beside a programme; a slug or a hashtag that is taken is left alone."""
    slugs = {ritual.slug for ritual in programme}
    hashtags = {ritual.hashtag.casefold() for ritual in programme}
    new = [
        ritual
        for ritual in year.programme
        if ritual.slug not in slugs and ritual.hashtag.casefold() not in hashtags
    ]
    return Adoption(tuple(new), tuple(ritual for ritual in year.programme if ritual not in new))


def table(ritual: RitualSettings, starts: date) -> dict[str, Any]:
    """A ritual that begins on a day, as the file would write it."""
    whole = ritual.model_dump(mode="json", exclude_defaults=True)
    return {**whole, "kind": ritual.kind, "starts": starts.isoformat()}


def weekly(ritual: RitualSettings) -> bool:
    """Whether a ritual comes so often that it is said once, not date by date."""
    return not ritual.which and "FREQ=WEEKLY" in (ritual.rrule or "FREQ=WEEKLY")
