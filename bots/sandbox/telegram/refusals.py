"""How the Bot API says no: one exception that carries the documented status and body."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class RefusedError(Exception):
    """A request the platform refuses.

    `description` is the sentence of the body, with its prefix (`Bad Request: chat not found`);
    `parameters` is the documented ResponseParameters object (`retry_after` in seconds,
    `migrate_to_chat_id`). `violation` is true when no correct client would have sent it.
    https://core.telegram.org/bots/api#making-requests
    """

    def __init__(
        self, code: int, description: str, *, violation: bool = False, **parameters: int
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.violation = violation
        self.parameters = parameters

    def body(self) -> Json:
        """The JSON object that a client receives."""
        shape: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            shape["parameters"] = self.parameters
        return shape


def bad(why: str, *, violation: bool = False, **parameters: int) -> RefusedError:
    """400: the request cannot be done as asked."""
    return RefusedError(400, f"Bad Request: {why}", violation=violation, **parameters)


def forbidden(why: str) -> RefusedError:
    """403: the bot may not write there."""
    return RefusedError(403, f"Forbidden: {why}")


def conflict(why: str) -> RefusedError:
    """409: two ways of receiving updates at once."""
    return RefusedError(409, f"Conflict: {why}")
