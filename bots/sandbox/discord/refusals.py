"""How this Discord says no: documented status, code and message, and where a form is wrong."""

from typing import Any

from bots.sandbox.discord.state import Json

Path = tuple[str | int, ...]

# Docs: Topics / Opcodes and Status Codes, "JSON Error Codes": code -> (HTTP status, message).
CODES: dict[int, tuple[int, str]] = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    10070: (404, "Unknown Guild Scheduled Event"),
    20001: (403, "Bots cannot use this endpoint"),
    20012: (403, "You are not authorized to perform this action on this application"),
    30010: (400, "Maximum number of reactions reached (20)"),
    30038: (400, "Maximum number of uncompleted guild scheduled events reached (100)"),
    30032: (400, "Maximum number of application commands reached (100)"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160004: (400, "A thread has already been created for this message"),
    520001: (400, "Poll expired"),
    520003: (400, "Cannot edit a poll message"),
    520006: (400, "Cannot expire a non-poll message"),
}
# Refusals that a correct client may meet: something is gone, closed, refused, or was quicker.
HONEST = frozenset(
    {10003, 10004, 10007, 10008, 10011, 10013, 10014, 10063, 10070}
    | {30010, 30038, 50001, 50007, 50013, 50027, 50083, 160004, 520001}
)


class Refused(Exception):
    """A request this Discord declines; `code` 0 with a status is a bare HTTP refusal."""

    def __init__(
        self, code: int, *, status: int = 0, message: str = "", errors: Json | None = None
    ) -> None:
        known = CODES.get(code, (400, "General error"))
        self.code = code
        self.status = status or known[0]
        self.message = message or known[1]
        self.errors = errors
        super().__init__(f"{self.code} {self.message} {errors or ''}".strip())

    @property
    def is_complaint(self) -> bool:
        """Whether the client broke the protocol, rather than met a closed door."""
        return self.code not in HONEST

    def body(self) -> Json:
        """The JSON body (docs: Reference, "Error Messages")."""
        told: Json = {"message": self.message, "code": self.code}
        return told if self.errors is None else told | {"errors": self.errors}


def bare(status: int, phrase: str) -> Refused:
    """A refusal outside the JSON codes: `401: Unauthorized`, `404: Not Found`."""
    return Refused(0, status=status, message=f"{status}: {phrase}")


class FormErrors:
    """What is wrong in a body, collected field by field and refused together."""

    def __init__(self) -> None:
        self._found: Json = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """Note one error at a path such as `("components", 0, "label")`."""
        place: dict[str, Any] = self._found
        for step in path:
            place = place.setdefault(str(step), {})
        place.setdefault("_errors", []).append({"code": code, "message": message})

    def raise_any(self) -> None:
        """Raise 50035 when anything was noted."""
        if self._found:
            raise Refused(50035, errors=self._found)


def wrong(path: Path, code: str, message: str) -> Refused:
    """A 50035 about one field."""
    errors = FormErrors()
    errors.add(path, code, message)
    try:
        errors.raise_any()
    except Refused as refused:
        return refused
    raise AssertionError(path)
