"""How a room says no, in words the member understands."""

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
