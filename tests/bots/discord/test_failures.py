"""Every way a call can fail has one meaning, and the operator's page says the same."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bots.discord.failures import PASSING, REFUSED, REFUSED_TO_PERSON, UNDECIDED, meaning
from core.chat.adapter import (
    DeliveryError,
    Doubtful,
    Permanent,
    RateLimited,
    Transient,
    Unauthorised,
    Unreachable,
)

PAGE = Path(__file__).parents[3] / "docs" / "platforms" / "discord.md"


def refusal(
    status: int, code: int = 0, headers: dict[str, str] | None = None
) -> discord.HTTPException:
    """What discord.py makes of an answer."""
    answer: Any = SimpleNamespace(status=status, reason="", headers=headers or {})
    return discord.HTTPException(answer, {"code": code, "message": 'Value "Léa" is not int.'})


def unopened() -> Exception:
    key: Any = SimpleNamespace(host="discord.com", port=443, ssl=True)
    return aiohttp.ClientConnectorError(key, OSError("no"))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (discord.RateLimited(42.0), RateLimited),
        (discord.LoginFailure("no"), Unauthorised),
        (refusal(401), Unauthorised),
        (unopened(), Transient),
        (ConnectionRefusedError(), Transient),
        (aiohttp.ServerDisconnectedError(), Doubtful),
        (aiohttp.ServerTimeoutError(), Doubtful),
        (ConnectionResetError(), Doubtful),
        (TimeoutError(), Doubtful),
        (RuntimeError("Session is closed"), Transient),
        (Unreachable("50007", "no"), Unreachable),
        (ValueError("a secret"), Permanent),
        (refusal(500), Transient),
        (refusal(503), Transient),
        (refusal(408), Transient),
        (refusal(429), RateLimited),
        (refusal(403, 50013), Permanent),
        (refusal(400), Permanent),
        *((refusal(status), Doubtful) for status in sorted(UNDECIDED)),
        *((refusal(400, code), Transient) for code in PASSING),
        *((refusal(403, code), Unreachable) for code in REFUSED_TO_PERSON),
        *((refusal(404, code), Permanent) for code in REFUSED),
    ],
    ids=lambda value: getattr(value, "__name__", None) or f"{value!r}"[:40],
)
def test_meaning(error: Exception, kind: type[DeliveryError]) -> None:
    found = meaning(error)
    assert type(found) is kind
    assert "secret" not in str(found)
    assert "Léa" not in str(found)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "65"}, 65.0), ({"Retry-After": "soon"}, 5.0), ({}, 5.0)],
)
def test_a_limit_says_how_long(headers: dict[str, str], seconds: float) -> None:
    found = meaning(refusal(429, headers=headers))
    assert isinstance(found, RateLimited)
    assert found.retry_after == seconds


def test_a_code_has_one_meaning() -> None:
    assert not PASSING.keys() & REFUSED.keys()
    assert not REFUSED_TO_PERSON.keys() & (PASSING.keys() | REFUSED.keys())


def test_the_page_says_of_each_code_what_it_means() -> None:
    section = PAGE.read_text().split("## What a refusal means", 1)[1].split("\n## ", 1)[0]
    rows = dict(re.findall(r"^\| (\d{5,6}) \| (`\w+` \| .+?) \|$", section, re.MULTILINE))
    wanted = {
        str(code): f"`{kind}` | {reason}"
        for kind, table in (
            ("Transient", PASSING),
            ("Unreachable", REFUSED_TO_PERSON),
            ("Permanent", REFUSED),
        )
        for code, reason in table.items()
    }
    assert rows == wanted
    assert all(str(status) in section for status in UNDECIDED)
