"""What a kind of ritual is: what it publishes, what it does at its steps, and how it is found.

A file of `rituals/catalog` holds a subclass of `RitualSettings` and one `KIND`. The runner makes
the dates, does each step once, and decides for all kinds what is too late, paused or skipped.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import Protocol

from core.chat.identity import Account, Workspace
from core.chat.messages import Message
from core.engine.routes import Routes
from core.engine.scene import Scene
from core.engine.texts import Texts
from rituals import catalog
from rituals.calendar import Stand, Steps
from rituals.models import TO_COME, Contribution, Occurrence, OccurrenceState, Ritual, RitualState
from rituals.rules import RitualSettings

NAMED = "@"
"""Before a ritual's slug in the argument of `rituals.tip`; a turn's is `12`, a tip's `t12`."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One date as it is talked about: all moments are local.

    `deadline` is until when somebody may answer that they will serve; the opening where nobody
    is asked to. `text` is what the programme says with it, in its own words.
    """

    slug: str
    title: str
    hashtag: str
    publish: datetime
    deadline: datetime
    text: str = ""

    @property
    def named(self) -> str:
        """The argument with which `rituals.tip` asks for a tip for this ritual, at any date."""
        return f"{NAMED}{self.slug}"


@dataclass(frozen=True, slots=True)
class Gift:
    """What is published: somebody's words, an address or none, and whose they are.

    `account` is who to mention where it is published, None where they have no account.
    """

    text: str
    link: str
    name: str
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """One date of one ritual: as configured, as stored, and its moments."""

    settings: RitualSettings
    ritual: Ritual
    row: Occurrence
    steps: Steps

    @property
    def key(self) -> str:
        """The local date it was planned on, as everywhere."""
        return self.row.date.isoformat()

    @property
    def kind(self) -> "Kind":
        """What it does."""
        return kind(self.settings.kind)

    @property
    def paused(self) -> bool:
        """Whether the ritual rests on that date."""
        until = self.ritual.paused_until
        rests = self.ritual.state is RitualState.PAUSED
        return rests and (until is None or self.steps.day < until)

    @property
    def to_come(self) -> bool:
        """Whether it was neither published nor skipped."""
        return self.row.state in TO_COME

    @property
    def stand(self) -> Stand:
        """How it stands for its steps; one that rests will not take place."""
        if self.row.state is OccurrenceState.SKIPPED or (self.to_come and self.paused):
            return Stand.GIVEN_UP
        return Stand.TO_COME if self.to_come else Stand.OPENED

    def too_late(self, now: datetime) -> datetime:
        """Until when what is published now, or at its hour, may still appear."""
        return max(now, self.steps.opens) + self.settings.max_delay

    def occasion(self, scene: Scene) -> Occasion:
        """As it is talked about, in local time."""
        return Occasion(
            self.settings.slug,
            self.settings.title,
            self.settings.hashtag,
            scene.local(self.steps.opens),
            scene.local(self.steps.others.get("substitute", self.steps.opens)),
            self.settings.text,
        )


class InTurn(Protocol):
    """What is said of a ritual that people serve in turn, each in the language it is given."""

    def notice(
        self, texts: Texts, language: str, occasion: Occasion, turn: int, *, substitute: bool
    ) -> Message:
        """It is somebody's turn (`turn` is its row); a substitute is asked at short notice."""

    def reminder(self, texts: Texts, language: str, occasion: Occasion, turn: int) -> Message:
        """Somebody said yes and has given nothing yet."""

    def proposal(
        self, texts: Texts, language: str, occasion: Occasion, turn: int, name: str
    ) -> Message:
        """Would you take over the turn of `name`?"""

    def published(self, texts: Texts, language: str, occasion: Occasion, gift: Gift) -> Message:
        """What everybody reads."""

    def open_call(self, texts: Texts, language: str, occasion: Occasion) -> Message:
        """Nobody gave anything: everybody may."""


class By(StrEnum):
    """What counts as taking part: something done with what was published, or its hashtag.

    The hashtag counts on the day of the opening, while the date is open.
    """

    REACTION = "reaction"
    REPLY = "reply"
    HASHTAG = "hashtag"


Play = Callable[[Scene, Appointment], Awaitable[None]]
Shown = Callable[[Scene, Appointment, Workspace], Awaitable[Message | None]]
Open = Callable[[Scene, Appointment], Awaitable[OccurrenceState]]
Handed = Callable[[Scene, Appointment, Appointment], Awaitable[None]]
Card = Callable[[Scene, Appointment, Contribution, Workspace], Awaitable[Message]]
Kept = Callable[[Scene, Contribution], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Giving:
    """How people give something to a kind, and what becomes of it (rituals/giving.py).

    - `form`: asks for it; its argument is the row of a contribution, or `@<slug>`, or nothing.
    - `card`: what is published of it in a workspace, and what its giver sees before they agree.
    - `call`: what is published where nothing is ready; without it nothing is.
    - `checked`: a moderator lets it pass first.
    - `kept`: the day after, propose it to the library.
    """

    form: str
    card: Card
    call: Shown | None = None
    checked: bool = False
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of ritual, the `KIND` of its file.

    - `settings`: its part of `[[rituals.programme]]`; its `moments` say when `steps` are due.
    - `shown`: what the opening publishes in a workspace, in the community's language, and what a
      preview shows; None where nothing is to be said.
    - `steps`: what is done at each moment beside the opening, once each. What is due before the
      opening is left out when the date does not take place, what is due after it when it was
      not opened. A step named `closes` ends the date: nothing counts any more.
    - `announces`: what its step `announces` publishes beforehand, previewed as well.
    - `takes_part`: what counts by itself; `participation.took_part` records anything else.
    - `opens`: publishes by itself, and says how the date stands then; without it `shown` is
      published in the rituals' channel of every platform and the date is open.
    - `skipped`: the date (the first) does not take place; what was prepared goes to the second.
    - `restored`: it takes place after all; without it the steps that are due are made up for.
    - `moved`: it takes place at another moment than was said.
    - `in_turn`: what is said where people serve in turn (rituals/asking.py).
    - `giving`: what is given to it, where people give something that they agree to first.
    - `for_team`: it speaks to the team in its own channel: members do not see it in the programme.
    - `routes`: its own buttons, forms, commands; their words are in `<kind>.po`.
    """

    settings: type[RitualSettings]
    shown: Shown
    steps: Mapping[str, Play] = field(default_factory=dict)
    announces: Shown | None = None
    takes_part: frozenset[By] = frozenset({By.REACTION, By.REPLY})
    opens: Open | None = None
    skipped: Handed | None = None
    restored: Play | None = None
    moved: Play | None = None
    in_turn: InTurn | None = None
    giving: Giving | None = None
    for_team: bool = False
    routes: Routes | None = None


def kind(name: str) -> Kind:
    """The kind of that name. Raises ModuleNotFoundError when there is none."""
    found: Kind = import_module(f"{catalog.__name__}.{name}").KIND
    return found
