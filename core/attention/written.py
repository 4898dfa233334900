"""What people type about being asked: for how long they are away, where they live. Pure."""

import re
import unicodedata
from collections.abc import Collection

LONGEST_LEAVE = 365
"""Days."""

_NUMBERS = {
    **dict.fromkeys(("un", "une", "a", "an", "one"), 1),
    **dict.fromkeys(("deux", "two"), 2),
    **dict.fromkeys(("trois", "three"), 3),
}
_UNITS = {"j": 1, "d": 1, "s": 7, "w": 7, "m": 30}
_LEAVE = re.compile(
    r"(\w+)\s*(j|jours?|d|days?|s|semaines?|w|weeks?|m|mois|months?)", re.IGNORECASE
)
_END = {"fin", "reprendre", "retour", "stop", "end", "resume", "back"}


def ends_leave(written: str) -> bool:
    """Whether somebody wrote that their leave is over."""
    return written.strip().lower() in _END


def leave_of(written: str) -> int | None:
    """The days of a leave as people write it (`2 semaines`, `un mois`, `10 days`, `5`).

    None when it is no such thing, less than a day or more than a year.
    """
    found = _LEAVE.fullmatch(written.strip())
    number, unit = found.groups() if found else (written.strip(), "j")
    count = _NUMBERS.get(number.lower()) or (
        int(number) if re.fullmatch(r"[0-9]{1,3}", number) else 0
    )
    days = count * _UNITS[unit[0].lower()]
    return days if 1 <= days <= LONGEST_LEAVE else None


def zone_of(written: str, known: Collection[str]) -> str | None:
    """The time zone somebody typed (`europe/paris`, `Réunion`), as the database names it.

    The part after the slash is enough when only one zone is called so; None when none is.
    """
    wanted = _folded(written)
    exact = [name for name in known if _folded(name) == wanted]
    towns = [name for name in known if _folded(name.rpartition("/")[2]) == wanted]
    found = exact or towns
    return found[0] if len(found) == 1 else None


def _folded(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.strip().lower())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return plain.replace(" ", "_").replace("-", "_")
