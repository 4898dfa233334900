"""The manifest, the words and the emoji: what must agree with what."""

import sys
from subprocess import run

from bots.sandbox.slack.workspace import EVENT_SCOPES, MESSAGE_SCOPES
from bots.slack.emoji import emoji, with_emoji
from bots.slack.incoming import _READERS
from bots.slack.manifest import BOT_EVENTS, BOT_SCOPES, COMMAND, HINT, manifest, usage_hint
from core.chat.adapter import Command
from core.engine.texts import Texts
from tests.bots.slack.stage import FRENCH, LOCALES


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
