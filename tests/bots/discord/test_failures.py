"""Every way a call can fail has one meaning."""

import aiohttp
import discord
import pytest

from bots.discord.failures import PASSING, REFUSED, REFUSED_TO_PERSON, meaning
from core.chat.adapter import DeliveryError, Permanent, RateLimited, Transient, Unreachable


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (discord.RateLimited(42.0), RateLimited),
        (discord.LoginFailure("no"), Permanent),
        (aiohttp.ServerDisconnectedError(), Transient),
        (ConnectionResetError(), Transient),
        (TimeoutError(), Transient),
        (RuntimeError("Session is closed"), Transient),
        (Unreachable("50007", "no"), Unreachable),
        (ValueError("a secret"), Permanent),
    ],
)
def test_meaning(error: Exception, kind: type[DeliveryError]) -> None:
    found = meaning(error)
    assert type(found) is kind
    assert "secret" not in str(found)


def test_a_code_has_one_meaning() -> None:
    assert not PASSING.keys() & REFUSED.keys()
    assert not REFUSED_TO_PERSON.keys() & (PASSING.keys() | REFUSED.keys())
