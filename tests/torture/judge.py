"""What people saw in two runs, compared: what is missing is lost, what is too much is twice."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Line = tuple[str, str, str]
"""Platform, where (a channel and its thread, or one person) and the words."""

BEGINNING = 40
"""Characters by which an answer is known: what follows depends on what others do meanwhile."""

ANSWERED = "answered"
"""Stands for the platform of what may come more often than once."""

_MOMENT = re.compile(r"\b\d{1,2}[:h]\d{2}\b|(?<=Première réponse en )[^(]+")
_DRAWN = re.compile(r"@?\w+ \d+(?=, pourriez-vous| s’en occupe)")
_FIGURE = re.compile(r"\d+")
_CODE = re.compile(r"\b(?=\w*\d)[A-Z2-9]{8}\b")


@dataclass(frozen=True, slots=True)
class Seen:
    """One message of ours as it stands at the end; `owed`: it came through the outbox."""

    platform: str
    where: str
    text: str
    private: bool = False
    owed: bool = True

    @property
    def line(self) -> Line:
        """What two runs have in common: no moment of the day, no code, no name that was drawn."""
        text = _DRAWN.sub("someone", _CODE.sub("CODE", _MOMENT.sub("hh:mm", self.text)))
        return self.platform, self.where, " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Account:
    """What came of a month: what stands on the screens, and what the suite holds to be true."""

    seen: tuple[Seen, ...] = ()
    figures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line for each thing that people missed, and for each they got too often."""

    lost: tuple[str, ...]
    twice: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Nothing of either."""
        return not self.lost and not self.twice


def compare(calm: Account, fire: Account) -> Verdict:
    """The disturbed run against the undisturbed one.

    An answer to somebody who pressed or typed is not stored: whoever gets none asks again. So
    what was only ever an answer must have come at least once, and may have come again. All else
    is compared to the letter.
    """
    strict = _strict(calm)
    lost: list[str] = []
    twice: list[str] = []
    had, has = _counted(calm.seen, strict), _counted(fire.seen, strict)
    for line in sorted(had.keys() | has.keys()):
        missing = had[line] - has[line]
        if line[0] == ANSWERED:
            missing = int(had[line] > 0 and has[line] == 0)
        wanted = lost if missing > 0 else twice
        wanted += [" | ".join(line)[:160]] * abs(missing)
    for name in sorted(calm.figures.keys() | fire.figures.keys()):
        before, after = calm.figures.get(name, "none"), fire.figures.get(name, "none")
        if before != after:
            wanted = twice if _more(before, after) else lost
            wanted.append(f"{name}: {after} instead of {before}")
    return Verdict(tuple(lost), tuple(twice))


def _strict(calm: Account) -> set[Line]:
    """What is owed to one person, and was never an answer as well.

    The undisturbed run knows which is which; the other one may have been killed before it said so.
    """
    private = [one for one in calm.seen if one.private]
    answered = {one.line for one in private if not one.owed}
    return {one.line for one in private if one.owed} - answered


def _counted(seen: Iterable[Seen], strict: set[Line]) -> Counter[Line]:
    """So many of each; the figures in an answer count for nothing, for others act meanwhile."""
    counted: Counter[Line] = Counter()
    for one in seen:
        platform, where, text = one.line
        if one.private and one.line not in strict:
            counted[ANSWERED, f"{platform} {where}", _FIGURE.sub("#", text)[:BEGINNING]] += 1
        else:
            counted[platform, where, text] += 1
    return counted


def _more(before: str, after: str) -> bool:
    figures = [int(text) if text.isdigit() else 0 for text in (before, after)]
    return figures[1] > figures[0]
