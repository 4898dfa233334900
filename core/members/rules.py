"""What decides about people: codes, doors, roles. Pure."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from core.chat.identity import Platform, Role

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and figures that nobody takes for one another (no I, O, 0, 1)."""

CODE_LENGTH = 8
CODE_LIFE = timedelta(minutes=10)
WRONG_CODES = 5
DOOR = timedelta(hours=1)
UNDO = timedelta(hours=24)

LEVELS: Mapping[str, Role] = {"owner": Role.ADMIN, "administrator": Role.MODERATOR}
"""What a platform's own levels are worth when the configuration does not say."""


class MembersSettings(BaseModel):
    """Which platform roles mean what: platform -> role name or id, lower case -> our role."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: Mapping[Platform, Mapping[str, Role]] = Field(default_factory=dict)


def roles_from(
    platform: Platform, names: AbstractSet[str], settings: MembersSettings
) -> frozenset[Role]:
    """Our roles for what a platform says about somebody."""
    mapping = {**LEVELS, **settings.roles.get(platform, {})}
    return frozenset(mapping[name.lower()] for name in names if name.lower() in mapping)


def written_code(typed: str) -> str:
    """A code as it was shown, whatever case, spaces or hyphens it was typed with."""
    return "".join(c for c in typed.upper() if c.isalnum())


def door_reopens(wrong: Sequence[datetime], now: datetime) -> datetime | None:
    """When somebody who typed these wrong codes may try again; None: now."""
    recent = sorted(at for at in wrong if at > now - DOOR)
    if len(recent) < WRONG_CODES:
        return None
    return recent[-WRONG_CODES] + DOOR


TOPICS = 10
TOPIC_LENGTH = 40


def topics_in(written: str) -> list[str]:
    """The topics somebody listed (`Excel, RGPD ; #Python`): lower case, each once, at most ten."""
    parts = re.split(r"[,;\n/]|\bet\b|\band\b", written.lower())
    cleaned = (" ".join(part.replace("#", " ").split())[:TOPIC_LENGTH].strip() for part in parts)
    return list(dict.fromkeys(part for part in cleaned if part))[:TOPICS]
