"""The clock on the wall: the parent moves it, every life of the suite reads it."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

_SHAPE = struct.Struct("<q")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Wall:
    """A moment in a file that processes share; it only moves forward."""

    def __init__(self, file: Path, start: datetime | None = None) -> None:
        if start is not None:
            file.write_bytes(_SHAPE.pack(_micros(start)))
        with file.open("r+b") as shared:
            self._page = mmap.mmap(shared.fileno(), _SHAPE.size)

    def now(self) -> datetime:
        """What it shows."""
        (micros,) = _SHAPE.unpack_from(self._page)
        return _EPOCH + timedelta(microseconds=micros)

    def reaches(self, moment: datetime) -> None:
        """Move on to that moment, unless it is past already."""
        if moment > self.now():
            _SHAPE.pack_into(self._page, 0, _micros(moment))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._page.close()


def _micros(moment: datetime) -> int:
    return round((moment - _EPOCH) / timedelta(microseconds=1))
