"""How a room says no in words the member understands, and how an error is logged without any."""

import traceback
from typing import Any


class Refused(Exception):
    """What was asked cannot be done: the transaction is rolled back and the person is told why.

    `key` names a text of the catalogues, `values` fill it. Where something must be kept all the
    same (a failed attempt that counts), return a Reply instead.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values: dict[str, Any] = values


def trace(error: BaseException) -> str:
    """Where an error comes from: its kinds and frames, the cause first.

    Without its message, which may quote what somebody wrote (a value that is too long, an
    answer that is no number): a member's words are never logged.
    """
    found: list[str] = []
    link: BaseException | None = error
    while link is not None:
        found.insert(0, "".join(traceback.format_tb(link.__traceback__)) + type(link).__qualname__)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(found)
