"""Who is behind an account: the members' room, as the machinery needs it."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from core.chat.identity import Account, Profile
from core.engine.models import Community
from core.engine.scene import Scene, Speaker


class Directory(Protocol):
    """What the machinery asks of the members' room."""

    async def knows(self, community: Community, account: Account) -> bool:
        """Whether that account was met before, and its name is known."""

    async def met(self, community: Community, account: Account) -> bool:
        """Whether that account was met before."""

    async def speaks(self, community: Community, account: Account) -> str | None:
        """The language chosen behind an account, else its platform's tag; None when unknown."""

    async def tongues(self, community: Community, most: int) -> dict[Account, str]:
        """The languages chosen, by account, at most so many: those last active."""

    async def recognise(self, scene: Scene, account: Account, profile: Profile | None) -> Speaker:
        """The member behind an account, made when new, brought up to date by `profile`."""

    async def present(self, community: Community, account: Account) -> bool:
        """Whether that account has not left its workspace; who is unknown has not."""

    async def strangers(self, scene: Scene, accounts: Iterable[Account]) -> set[Account]:
        """Those among them who were never met, or whose name is not known."""

    async def recognise_many(
        self, scene: Scene, whom: Sequence[tuple[Account, Profile | None]]
    ) -> dict[Account, Speaker]:
        """The members behind many accounts at once, as `recognise` would one by one."""

    def forget(self) -> None:
        """Nothing learnt lately may be kept in memory: its transaction was undone."""
