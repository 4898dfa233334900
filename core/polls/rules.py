"""What a vote changes and what all of them say: pure decisions on answers counted from 0."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Vote:
    """What one account of a member chose, and when; nothing chosen: taken back."""

    member: int
    at: datetime
    chosen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How a poll stands: who chose what, each member once; `counts` follow `choices`."""

    question: str
    choices: tuple[str, ...]
    votes: Mapping[int, tuple[int, ...]]
    closed: bool = False

    @property
    def counts(self) -> tuple[int, ...]:
        """How many chose each answer."""
        given = [number for chosen in self.votes.values() for number in chosen]
        return tuple(given.count(number) for number in range(len(self.choices)))

    @property
    def voters(self) -> int:
        """How many people voted."""
        return len(self.votes)

    @property
    def first(self) -> tuple[str, ...]:
        """The answers most chosen: several when they are level, none without any vote."""
        most = max(self.counts)
        ranked = zip(self.choices, self.counts, strict=True)
        return tuple(choice for choice, count in ranked if most and count == most)


def changed(
    held: Collection[int], chosen: Collection[int], dropped: Collection[int], *, several: bool
) -> tuple[int, ...]:
    """What is chosen now; where one answer only is allowed, the last one takes the others' place.

    >>> changed((0,), (2,), (), several=False)
    (2,)
    """
    kept = set(held) - set(dropped) if several or not chosen else set()
    return tuple(sorted(kept | set(chosen)))


def pressed(held: Collection[int], number: int, *, several: bool) -> tuple[int, ...]:
    """What is chosen after a button was pressed: where several may be, once more takes it back."""
    if several and number in held:
        return changed(held, (), (number,), several=True)
    return changed(held, (number,), (), several=several)


def counted(votes: Iterable[Vote]) -> dict[int, tuple[int, ...]]:
    """What each member chose: on several platforms, the last vote not taken back."""
    ordered = sorted(votes, key=lambda vote: vote.at)
    return {vote.member: vote.chosen for vote in ordered if vote.chosen}


def named(argument: str) -> tuple[str, int]:
    """The poll's key and the answer a button names; -1, which is none, for anything else."""
    key, _, number = argument.rpartition(":")
    return key, int(number) if number.isascii() and number.isdigit() and len(number) < 3 else -1  # noqa: PLR2004  two figures at most
