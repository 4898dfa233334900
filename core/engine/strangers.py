"""Those whose name we do not know: their platform is asked before their words are recorded."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

import structlog

from core.chat.identity import Account, Profile
from core.engine.crowd import CROWD, Fact
from core.engine.errors import trace

log = structlog.get_logger()

Ask = Callable[[Account], Awaitable[Profile | None]]


class Strangers:
    """The words of strangers, kept apart while their platform says who they are.

    The others are not held up by it, save by what is about a message kept apart (a reaction, an
    answer): that comes after it. `back` takes those that can go on, in their order.
    """

    def __init__(self, ask: Ask, back: Callable[[Sequence[Fact]], None]) -> None:
        self._ask = ask
        self._back = back
        self._asked: dict[Account, asyncio.Task[None]] = {}
        self._apart: list[Fact] = []

    def asked(self) -> Iterable[asyncio.Task[None]]:
        """The questions now put to the platforms."""
        return self._asked.values()

    def part(self, group: Sequence[Fact], nameless: Collection[Account]) -> Sequence[Fact]:
        """Those of a group that can be recorded now; the others come back later."""
        for account in nameless:
            if account not in self._asked:
                self._asked[account] = asyncio.create_task(self._learn(account))
        if not self._asked:
            return group
        return self._sorted(group)

    async def _learn(self, account: Account) -> None:
        profile: Profile | None = None
        try:
            profile = await self._ask(account)
        except Exception as error:  # noqa: BLE001  the boundary: their words count all the same
            log.error("not asked", platform=account.platform, trace=trace(error))  # noqa: TRY400  without words
        del self._asked[account]
        for fact in self._apart:
            if fact.event.account == account:
                fact.asked, fact.profile = True, profile or fact.profile
        waiting, self._apart = self._apart, []
        self._back(self._sorted(waiting))

    def _sorted(self, facts: Sequence[Fact]) -> list[Fact]:
        """Put apart whatever waits for an answer, or comes after something that does."""
        free: list[Fact] = []
        people: set[Account | None] = {*self._asked, *(f.event.account for f in self._apart)}
        about = {_about(fact) for fact in self._apart}
        for fact in facts:
            account, ref = fact.event.account, getattr(fact.event, "reply_to", None)
            waits = account is not None and account in people
            if waits or _about(fact) in about or (ref is not None and ref.key in about):
                self._apart.append(fact)
                people.add(account)
                about.add(_about(fact))
            else:
                free.append(fact)
        return free


def _about(fact: Fact) -> str:
    """The message somebody wrote, changed, deleted or reacted to."""
    assert isinstance(fact.event, CROWD)  # noqa: S101  nothing else comes here
    return fact.event.message.key
