"""The manifest, the words, the errors and the emoji: what must agree with what."""

import sys
from subprocess import run

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.sandbox.slack.workspace import EVENT_SCOPES, MESSAGE_SCOPES
from bots.slack.emoji import emoji, with_emoji
from bots.slack.errors import NEVER, UNREACHABLE, code_of, delivery_error, meaning
from bots.slack.incoming import _READERS
from bots.slack.manifest import BOT_EVENTS, BOT_SCOPES, COMMAND, HINT, manifest, usage_hint
from core.chat.adapter import Command, DeliveryError, Permanent, RateLimited, Transient, Unreachable
from core.engine.texts import Texts
from tests.bots.slack.stage import FRENCH, LOCALES


def refusal(status: int, data: object, headers: dict[str, str] | None = None) -> SlackApiError:
    response = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url="x",
        req_args={},
        data=data,  # type: ignore[arg-type]  # whatever a server may answer
        headers=headers or {},
        status_code=status,
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call]  # the library's


def test_the_manifest_offers_what_the_adapter_reads() -> None:
    made = manifest(FRENCH)
    subscribed = made["settings"]["event_subscriptions"]["bot_events"]
    assert {event.split(".")[0] for event in subscribed} == set(_READERS)
    (command,) = made["features"]["slash_commands"]
    assert command["command"] == COMMAND
    assert command["should_escape"] is True
    assert command["usage_hint"] == "[question | parcours | lier | saluer | expertise]"
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["features"]["app_home"]["home_tab_enabled"] is True
    assert "request_url" not in str(made)


def test_every_event_has_a_scope_that_lets_it_through() -> None:
    needed = {**EVENT_SCOPES, "message": tuple(MESSAGE_SCOPES.values())}
    for event in BOT_EVENTS:
        scopes = needed[event.split(".")[0]]
        assert not scopes or set(scopes) & set(BOT_SCOPES), event
    assert all(reason for reason in (BOT_SCOPES | BOT_EVENTS).values())


def test_with_an_address_slack_sends_signed_requests() -> None:
    made = manifest(FRENCH, request_url="https://bot.example.org/slack/events")
    assert made["settings"]["socket_mode_enabled"] is False
    assert str(made).count("https://bot.example.org/slack/events") == 3


def test_a_long_menu_still_fits_the_hint() -> None:
    many = [Command(f"commande{n:04}", f"commande{n:04}", "…") for n in range(200)]
    assert len(usage_hint(many)) <= HINT
    assert usage_hint([]) == ""


def test_reading_the_manifest_loads_no_chat_library() -> None:
    code = (
        "import sys, bots.slack, bots.slack.settings, bots.slack.manifest;"
        "sys.exit(any(name.startswith('slack_') or name == 'aiohttp' for name in sys.modules))"
    )
    assert run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603  our own code


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refusal(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "3"}), RateLimited),
        (refusal(200, {"ok": False, "error": "ratelimited"}), RateLimited),
        (refusal(503, "Service Unavailable"), Transient),
        (refusal(200, {}), Transient),
        (refusal(200, {"ok": False, "error": "internal_error"}), Transient),
        (refusal(200, {"ok": False, "error": "user_not_found"}), Unreachable),
        (refusal(200, {"ok": False, "error": "is_archived"}), Permanent),
        (refusal(200, {"ok": False, "error": "brand_new_error"}), Permanent),
        (TimeoutError(), Transient),
        (ConnectionResetError(), Transient),
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
    assert not set(NEVER) & set(UNREACHABLE)
    assert "archived" in str(meaning("is_archived"))


def test_emoji_have_names() -> None:
    assert emoji("white_check_mark") == "✅"
    assert emoji("+1::skin-tone-4") == "👍🏽"
    assert emoji("point_up::skin-tone-2") == "☝🏻"
    assert emoji("partyparrot") == ":partyparrot:"
    assert (
        with_emoji("a :tada: b :nope: 10:30:00 :wave::skin-tone-6:")
        == "a 🎉 b :nope: 10:30:00 👋🏿"
    )


def test_every_language_has_every_word() -> None:
    texts = Texts(LOCALES)
    names = ["help_title", "help_staff", "unknown", "closest", "missing", "not_among", "usage"]
    names += ["example", "sample_text", "sample_person", "submit", "close", "not_opened"]
    for name in [*names, "to_correct", "correct"]:
        for language in ("fr", "fr@tu", "en"):
            assert texts.knows(f"adapter_slack.{name}", language), (name, language)
        french = texts.label(
            f"adapter_slack.{name}", "fr", typed="", option="", description="", given="", choices=""
        )
        assert "ton" not in french.split()
