"""What the stages of the three platforms share: a stand-in on loopback that can be told to fail."""

from abc import abstractmethod
from typing import Protocol

from bots.sandbox.people import Sandbox
from core.chat.adapter import Adapter
from tests.contract.stage import Stage


class Faulty(Sandbox, Protocol):
    """A stand-in and the faults that all three know."""

    def drop(self) -> None:
        """Cut every connection abruptly."""

    def deliver_twice(self, times: int) -> None:
        """Deliver the next events twice."""

    def down(self) -> None:
        """Refuse everything."""


class Wired(Stage):
    """A real client library on sockets."""

    sandbox: Faulty
    _adapter: Adapter | None = None

    @property
    def adapter(self) -> Adapter:
        self._adapter = self._adapter or self.another()
        return self._adapter

    @abstractmethod
    def another(self, *, token: str | None = None) -> Adapter:
        """A second adapter for the same workspace, with a token that may be wrong."""

    async def open(self) -> None:
        await self.sandbox.start()
        await self.start()

    async def close(self) -> None:
        await self.adapter.stop()
        await self.sandbox.stop()

    def cut(self) -> None:
        self.sandbox.drop()

    def deliver_twice(self) -> None:
        self.sandbox.deliver_twice(1)

    def down(self) -> None:
        self.sandbox.down()

    def complaints(self) -> tuple[str, ...]:
        return self.sandbox.complaints()
