"""Every refusal has one meaning, and the operators' table says the same as the code."""

import re
from itertools import chain
from pathlib import Path

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.slack.errors import KINDS, code_of, delivery_error, meaning
from core.chat.adapter import (
    DeliveryError,
    Doubtful,
    Permanent,
    RateLimited,
    Transient,
    Unreachable,
)

PAGE = Path(__file__).parents[3] / "docs" / "platforms" / "slack.md"
NOWHERE = ConnectionKey(
    host="127.0.0.1",
    port=1,
    is_ssl=False,
    ssl=True,
    proxy=None,
    proxy_auth=None,
    proxy_headers_hash=None,
)


def refusal(status: int, data: object, headers: dict[str, str] | None = None) -> SlackApiError:
    answer = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url="x",
        req_args={},
        data=data,  # type: ignore[arg-type]  # whatever a server may answer
        headers=headers or {},
        status_code=status,
    )
    return SlackApiError("refused", answer)  # type: ignore[no-untyped-call]  # the library's


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refusal(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "3"}), RateLimited),
        (refusal(200, {"ok": False, "error": "ratelimited"}), RateLimited),
        (refusal(503, "Service Unavailable"), Transient),
        (refusal(502, "Bad Gateway"), Doubtful),
        (refusal(404, "no such page"), Transient),
        (refusal(200, {}), Doubtful),
        (refusal(200, {"ok": False, "error": "service_unavailable"}), Transient),
        (refusal(200, {"ok": False, "error": "internal_error"}), Doubtful),
        (refusal(200, {"ok": False, "error": "user_not_found"}), Unreachable),
        (refusal(200, {"ok": False, "error": "is_archived"}), Permanent),
        (refusal(200, {"ok": False, "error": "brand_new_error"}), Permanent),
        (aiohttp.ClientConnectorError(NOWHERE, OSError("refused")), Transient),
        (aiohttp.ConnectionTimeoutError(), Transient),
        (aiohttp.ServerDisconnectedError(), Doubtful),
        (TimeoutError(), Doubtful),
        (ConnectionResetError(), Doubtful),
        (ValueError("odd"), Permanent),
        (Permanent("x", "y"), Permanent),
    ],
)
def test_every_failure_has_a_meaning(error: Exception, kind: type[DeliveryError]) -> None:
    assert type(delivery_error(error)) is kind


def test_a_limit_says_how_long_and_a_refusal_says_why() -> None:
    limited = delivery_error(refusal(429, {}, {"retry-after": "3"}))
    assert isinstance(limited, RateLimited)
    assert limited.retry_after == 3
    assert code_of(refusal(200, {"error": "is_archived"})) == "is_archived"
    assert "archived" in str(meaning("is_archived"))


def test_no_code_has_two_meanings() -> None:
    codes = list(chain.from_iterable(KINDS.values()))
    assert len(codes) == len(set(codes))
    for kind, table in KINDS.items():
        assert {type(meaning(code)) for code in table} == {kind}


def test_the_operators_page_shows_the_same_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.+) \|$", page, re.MULTILINE)
    known = [(code, kind.__name__, why) for kind, t in KINDS.items() for code, why in t.items()]
    assert shown == known
