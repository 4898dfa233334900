"""What an offer is, how long it stands, and who hears of it. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from core.library.words import holds, kept, terms

TITLE, PLACE, CONTACT, TOPIC, WORDS, REASON = 100, 80, 300, 40, 900, 300
"""Characters kept."""

LISTED = 10
"""Offers shown at once."""

ALERTED = 4
"""Offers named in one alert."""

DRAFT_LIFE = timedelta(days=1)
"""After which an offer that was begun and not finished is forgotten."""

ALERT_LIFE = timedelta(days=6)
"""How long an alert may wait for its moment: the next one comes after a week."""

YEAR = timedelta(days=365)
"""The time over which filled offers are counted."""

_ALL = {"tout", "toutes", "tous", "all", "everything", "*"}
_CPF = re.compile(r"\bcpf\b|compte personnel de formation|mon ?compte ?formation", re.IGNORECASE)


class Kind(StrEnum):
    """What is offered; its words are `offers.form.offer.kind.<value>`."""

    JOB = "job"
    MISSION = "mission"
    INTERNSHIP = "internship"


class State(StrEnum):
    """Where an offer stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    REFUSED = "refused"
    EXPIRED = "expired"
    FILLED = "filled"
    WITHDRAWN = "withdrawn"


class OffersSettings(BaseModel):
    """`[offers]`: how long an offer stands, and when its author is asked whether it still does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: int = Field(default=30, ge=7, le=180, description="an offer stands for so long")
    renew_days: int = Field(
        default=3, ge=1, le=6, description="before its end, its author is asked"
    )

    @property
    def life(self) -> timedelta:
        """How long an offer stands."""
        return timedelta(days=self.days)

    @property
    def notice(self) -> timedelta:
        """How long before its end its author is asked whether it still stands."""
        return timedelta(days=self.renew_days)


def payable(said: str, *texts: str) -> bool:
    """Whether an offer may be paid with a CPF: its author said so, or its words do.

    Such an offer is never pushed to anybody, only shown to who asks: canvassing the holders of
    a CPF account is forbidden, with or without their consent
    (https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000046781142).
    """
    return said == "yes" or any(_CPF.search(text) for text in texts)


@dataclass(frozen=True, slots=True)
class Standing:
    """An offer that stands, as an alert looks at it."""

    id: int
    author: int
    title: str
    topic: str
    published_at: datetime
    cpf: bool


def concerns(wish: str, topic: str, title: str) -> bool:
    """Whether an offer is about what somebody wishes to hear of: every word of it is there."""
    if wish.strip().lower() in _ALL:
        return True
    wanted, known = terms(wish), set(kept(f"{topic} {title}").split())
    return bool(wanted) and all(holds(known, term) for term in wanted)


def to_tell(
    offers: Iterable[Standing], wishes: Sequence[str], reader: int, since: datetime
) -> list[int]:
    """The offers somebody hears of: new to them, on their topics, of others, the newest first.

    Never one that may be paid with a CPF.
    """
    found = [
        offer
        for offer in offers
        if not offer.cpf
        and offer.author != reader
        and offer.published_at > since
        and any(concerns(wish, offer.topic, offer.title) for wish in wishes)
    ]
    newest = sorted(found, key=lambda offer: (offer.published_at, offer.id), reverse=True)
    return [offer.id for offer in newest[:ALERTED]]


@dataclass(frozen=True, slots=True)
class Filled:
    """How many offers found somebody, and how many of them through the community."""

    all: int = 0
    here: int = 0
