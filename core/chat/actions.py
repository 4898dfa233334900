"""What a button does and what a form asks: stateless, so that both survive a restart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

BUTTON_BYTES = 64
"""The smallest of the platforms' limits (https://core.telegram.org/bots/api#inlinekeyboardbutton)."""


@dataclass(frozen=True, slots=True)
class Action:
    """What the core is asked to do: a route's name and a short argument.

    Raises ValueError when the packed form would not fit in a button (64 bytes, UTF-8).
    """

    name: str
    argument: str = ""

    def __post_init__(self) -> None:
        _fits(self.packed)

    @property
    def packed(self) -> str:
        """The text a platform carries for us: `charter.accept:3`."""
        return f"{self.name}:{self.argument}" if self.argument else self.name


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Open the form of that name; `argument` comes back with the answers.

    The adapter opens it at once, without asking the core: a Discord modal must be the first
    response, a Slack trigger lives three seconds.
    """

    form: str
    argument: str = ""

    def __post_init__(self) -> None:
        _fits(self.packed)

    @property
    def packed(self) -> str:
        """The text a platform carries for us: `?questions.ask:12`."""
        return f"?{self.form}:{self.argument}" if self.argument else f"?{self.form}"


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens an address."""

    url: str


LARGEST_ROW = 2**31 - 1
"""The largest id a table may hold (https://www.postgresql.org/docs/current/datatype-numeric.html)."""


def row_named(argument: str) -> int:
    """The row an argument names; 0, which is no row, for whatever else somebody may send."""
    number = int(argument) if re.fullmatch(r"[0-9]{1,10}", argument) else 0
    return number if number <= LARGEST_ROW else 0


def unpack(data: str) -> Action | OpenForm:
    """Read back what `packed` wrote.

    Raises ValueError when `data` is no such text.
    """
    name, _, argument = data.removeprefix("?").partition(":")
    if not name:
        raise ValueError(f"no action in button data {data[:80]!r}")
    return OpenForm(name, argument) if data.startswith("?") else Action(name, argument)


def _fits(packed: str) -> None:
    if len(packed.encode()) > BUTTON_BYTES:
        raise ValueError(f"button data is limited to {BUTTON_BYTES} bytes: {packed!r}")


class Kind(StrEnum):
    """How a field is answered."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer: `value` is stored, `label` is read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form, already in the reader's language.

    `max_length` and `min_length` count characters. A platform without forms asks `label`,
    then `hint`, and offers `choices` as buttons.
    """

    name: str
    label: str
    kind: Kind = Kind.LINE
    hint: str = ""
    required: bool = True
    min_length: int = 0
    max_length: int = 300
    choices: tuple[Choice, ...] = ()


MAX_FIELDS = 5
"""Discord modals hold five labels (https://docs.discord.com/developers/components/reference)."""


@dataclass(frozen=True, slots=True)
class Form:
    """A questionnaire of one to five fields, already in the reader's language.

    Platforms cut nothing: `title` is at most 24 characters (Slack), a label at most 45 (Discord).
    Raises ValueError when it asks nothing or too much.
    """

    name: str
    title: str
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.fields) <= MAX_FIELDS:
            raise ValueError(f"form {self.name} needs one to {MAX_FIELDS} fields")
        if len(self.title) > 24:  # noqa: PLR2004  Slack: title ≤ 24
            raise ValueError(f"form {self.name}: the title is longer than 24 characters")
        for field in self.fields:
            if len(field.label) > 45:  # noqa: PLR2004  Discord: label ≤ 45
                raise ValueError(f"form {self.name}: label {field.label!r} is over 45 characters")


Answers = Mapping[str, str]
"""Field name to what was answered; an optional field left empty is an empty text."""
