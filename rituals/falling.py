"""Whether a ritual gathers fewer people each time, and what may bring them back. Pure."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

FALLS = 3
"""After so many falls in a row something is proposed."""


class Proposal(StrEnum):
    """What may bring people back to a ritual that gathers fewer each time."""

    PAUSE = "pause"
    HOST = "host"
    HOUR = "hour"
    THEME = "theme"


def falling(
    people: Sequence[int], *, hosts: Sequence[int] = (), expected: Sequence[int] = ()
) -> Proposal | None:
    """What to propose after the last four dates, the oldest first; None when they do not fall.

    `people` took part each time; `hosts` served each time, where people serve; `expected` said
    they would come, where they may. A quarter of the first or fewer are left: a pause. More said
    they would come than came, twice over: another hour. Always the same host: another one. Else
    another theme.
    """
    last = people[-FALLS - 1 :]
    if len(last) <= FALLS or not all(after < before for before, after in pairwise(last)):
        return None
    if last[-1] * 4 <= last[0]:
        return Proposal.PAUSE
    if expected and expected[-1] >= 2 * last[-1]:
        return Proposal.HOUR
    return Proposal.HOST if len(set(hosts)) == 1 and len(hosts) > FALLS else Proposal.THEME
